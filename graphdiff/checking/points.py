"""Points to tell formulas apart at: the given one, its neighbours, random ones, kinks.

Each point computes the graph to many digits, so that two formulas that agree at several
of them are the same function for all practical purposes, and no simplification is ever
waited for.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
import sympy as sp

from graphdiff.arithmetic import Multiprecision, value_of
from graphdiff.checking.claims import Link
from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import NumericalError
from graphdiff.expression import Expression
from graphdiff.functions import Function
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local import LocalFunction
from graphdiff.sweeps import local_jacobian, reverse

SEED = 20_240_229
DIGITS, SHARPER = 60, 400

Leaves = dict[str, sp.Expr]


class _Strict(Multiprecision):
    """Numbers that stay of a size to compute with, at every step.

    With exp(exp(exp(x))) infinite on the way, tanh of it has a value, but its derivative
    would be a number of more digits than there is memory for.
    """

    def apply(self, function: Function) -> Any:
        compute = super().apply(function)

        def step(*arguments: Any) -> Any:
            value = compute(*arguments)
            if not self.is_finite(value):
                raise NumericalError(f"{function.name} has no finite value here")
            return value

        return step


@dataclass(frozen=True)
class Point:
    """Values for leaves, perhaps not for all, with the graph computed when first asked for."""

    graph: ComputationalGraph
    leaves: Mapping[str, sp.Expr]
    digits: int = DIGITS

    @cached_property
    def arithmetic(self) -> Multiprecision:
        """The numbers to compute with."""
        return _Strict(self.digits)

    @cached_property
    def sharper(self) -> Point:
        """The same point with several times the digits."""
        return Point(self.graph, self.leaves, SHARPER)

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The value of every node that has one here: a claim needs no more than its own."""
        values: dict[str, Any] = {}
        with self.arithmetic.guard():
            for i in self.graph.nodes:
                if i.name in self.leaves:
                    value = self.arithmetic.number(self.leaves[i.name])
                elif i.function is not None and all(j.name in values for j in i.parents):
                    arguments = [values[j.name] for j in i.parents]
                    value = self._value(i.function, arguments)
                else:
                    continue
                if value is not None:
                    values[i.name] = value
        return values

    def _value(self, function: LocalFunction, arguments: list[Any]) -> Any | None:
        try:
            with self.arithmetic.guard():
                value = value_of(self.arithmetic, function, arguments)
        except NumericalError:
            return None
        return value if self.arithmetic.is_finite(value) else None

    @cached_property
    def _swept(self) -> dict[tuple[str, str | None], Mapping[str, Any] | None]:
        return {}

    def at(self, target: Target) -> Any | None:
        """Return the number the target is here; None where there is none."""
        if target.of.name not in self.values:
            return None
        match target:
            case Target("value", node):
                return self.values[node.name]
            case Target("J", child, parent):
                return self._jacobian(child, [j is parent for j in child.parents])
            case Target(_, output, Node() as wrt):
                return self._P(output, wrt)
        raise AssertionError(target)

    def _jacobian(self, child: Node, among: list[bool]) -> Any | None:
        slots = itertools.compress(itertools.count(), among)
        try:
            with self.arithmetic.guard():
                return sum(
                    local_jacobian(child, slot, self.values, self.arithmetic)[0, 0]
                    for slot in slots
                )
        except NumericalError:
            return None

    def _P(self, output: Node, wrt: Node) -> Any | None:
        """Return one P of the sweep that finds them all, or of its own where that fails."""
        P = self._sweep(output)
        if P is None:
            P = self._sweep(output, wrt)
        return None if P is None else P.get(wrt.name, mpmath.mpf(0))

    def _sweep(self, output: Node, wrt: Node | None = None) -> Mapping[str, Any] | None:
        key = output.name, None if wrt is None else wrt.name
        if key not in self._swept:
            wanted = None if wrt is None else self.graph.descendants(wrt)
            try:
                P, _ = reverse(self.graph, output, self.values, self.arithmetic, wanted)
            except NumericalError:
                self._swept[key] = None
            else:
                self._swept[key] = {name: matrix[0, 0] for name, matrix in P.items()}
        return self._swept[key]

    def of(self, link: Link) -> Any | None:
        """Return the number a claimed formula is here; None where there is none."""
        arguments = [self._named(name) for name in link.names]
        if any(argument is None for argument in arguments):
            return None
        return self._value(link.function, arguments)

    def _named(self, name: Expression) -> Any | None:
        if isinstance(name, Reference):
            return self.at(name.target)
        return self.values.get(name.name) if isinstance(name, Node) else None


def neighbours(start: Leaves) -> Iterator[Leaves]:
    """Yield points that differ from the start in one leaf: the easiest to follow by hand."""
    for name, value in itertools.islice(start.items(), 40):
        for change in (1, -2):
            yield {**start, name: value + change}


def beside(leaves: Mapping[str, sp.Expr]) -> Leaves:
    """Return a point a little beside another: off a kink, if that is on one."""
    return {name: value + sp.Rational(k, 9973) for k, (name, value) in enumerate(leaves.items(), 1)}


NEAR = (sp.Rational(1, 4), sp.Rational(1, 1000), sp.Rational(1, 10**6))
WIDE = ((-3, 3), (sp.Rational(1, 10), 3), (-1, 1), (-30, 30), (-3000, 3000))


def scattered(start: Leaves, seed: int = SEED) -> Iterator[Leaves]:
    """Yield random rational points, on no kink but by the wildest chance.

    Some are near the start, where the formulas should have values at all; some in ranges
    where log and √ live; some far away, where a step or a maximum turns.
    """
    generator = random.Random(seed)  # noqa: S311 - not for secrets

    def fraction() -> sp.Rational:
        return sp.Rational(generator.randrange(1, 9973), 9973)

    while True:
        for low, high in WIDE:
            yield {name: low + (high - low) * fraction() for name in start}
        for part in NEAR:
            yield {
                name: value + part * (abs(value) + sp.Rational(1, 25)) * (2 * fraction() - 1)
                for name, value in start.items()
            }


def at_kinks(start: Leaves, seed: int = SEED) -> Iterator[Leaves]:
    """Yield points of small integers, where kinks, ties and jumps usually are."""
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    yield dict.fromkeys(start, sp.S.Zero)
    yield dict.fromkeys(start, sp.S.One)
    for name in list(start)[:20]:
        yield {**start, name: sp.S.Zero}
    for _ in range(10):
        yield {name: sp.Integer(generator.randint(-1, 1)) for name in start}

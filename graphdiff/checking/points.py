"""Points to tell formulas apart at: the given one, its neighbours, random ones, kinks.

Each point computes the whole graph to many digits, so that two formulas that agree at
several of them are the same function for all practical purposes, and no simplification
is ever waited for.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import mpmath
import sympy as sp

from graphdiff import quantity
from graphdiff.arithmetic import Multiprecision, value_of
from graphdiff.checking.claims import Link
from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import NumericalError
from graphdiff.expression import Expression
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.sweeps import forward, local_jacobian, reverse

SEED = 20_240_229
VALID = 10
"""Random points to compare at, of up to this many times four tried."""


@dataclass(frozen=True)
class Point:
    """Values for the leaves, with the graph computed there when first asked for."""

    graph: ComputationalGraph
    leaves: Mapping[str, sp.Expr]
    arithmetic: Multiprecision = field(default_factory=Multiprecision)

    @cached_property
    def values(self) -> Mapping[str, Any] | None:
        """The value of every node; None where the graph has none at this point."""
        try:
            return forward(self.graph, self.leaves, self.arithmetic)
        except NumericalError:
            return None

    @cached_property
    def _swept(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def at(self, target: Target) -> Any | None:
        """Return the number the target is here; None where there is none."""
        if self.values is None:
            return None
        try:
            match target:
                case Target("value", node):
                    return self.values[node.name]
                case Target("J", child, parent):
                    slots = [k for k, node in enumerate(child.parents) if node is parent]
                    with self.arithmetic.guard():
                        return sum(self._jacobian(child, slot) for slot in slots)
                case Target(_, output, Node() as wrt):
                    return self._P(output).get(wrt.name, mpmath.mpf(0))
        except NumericalError:
            return None
        raise AssertionError(target)

    def _jacobian(self, child: Node, slot: int) -> Any:
        assert self.values is not None  # noqa: S101
        return local_jacobian(child, slot, self.values, self.arithmetic)[0, 0]

    def _P(self, output: Node) -> Mapping[str, Any]:
        assert self.values is not None  # noqa: S101
        if output.name not in self._swept:
            P, _ = reverse(self.graph, output, self.values, self.arithmetic)
            self._swept[output.name] = {name: matrix[0, 0] for name, matrix in P.items()}
        return self._swept[output.name]

    def of(self, link: Link) -> Any | None:
        """Return the number a claimed formula is here; None where there is none."""
        arguments = [self._named(name) for name in link.names]
        if any(argument is None for argument in arguments):
            return None
        with self.arithmetic.guard():
            value = value_of(self.arithmetic, link.function, arguments)
        return value if self.arithmetic.is_finite(value) else None

    def _named(self, name: Expression) -> Any | None:
        if isinstance(name, Reference):
            return self.at(name.target)
        if isinstance(name, Node) and self.values is not None:
            return self.values[name.name]
        return None

    def sharper(self) -> Point:
        """Return the same point with several times the digits."""
        return Point(self.graph, self.leaves, Multiprecision(400))


def here(graph: ComputationalGraph, given: Mapping[str, Any]) -> Point | None:
    """Return the point of the given values; None if a leaf has none."""
    if any(value is None for value in given.values()):
        return None
    return Point(graph, {name: quantity.exact(value) for name, value in given.items()})


def neighbours(start: Mapping[str, sp.Expr]) -> Iterator[dict[str, sp.Expr]]:
    """Yield points that differ from the start in one leaf: the easiest to follow by hand."""
    for name, value in start.items():
        for change in (1, -2):
            yield {**start, name: value + change}


def scattered(start: Mapping[str, sp.Expr], seed: int = SEED) -> Iterator[dict[str, sp.Expr]]:
    """Yield random rational points: near the start, and in ranges where log and √ live."""
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    ranges = ((-3, 3), (sp.Rational(1, 10), 3), (-1, 1), None)
    while True:
        for interval in ranges:
            yield {
                name: _between(generator, value, interval) for name, value in start.items()
            }


def _between(generator: random.Random, value: sp.Expr, interval: Any) -> sp.Expr:
    fraction = sp.Rational(generator.randrange(1, 9973), 9973)
    if interval is None:
        return value * (sp.Rational(3, 4) + fraction / 2) + (fraction - sp.Rational(1, 2)) / 50
    low, high = interval
    return low + (high - low) * fraction


def at_kinks(start: Mapping[str, sp.Expr], seed: int = SEED) -> Iterator[dict[str, sp.Expr]]:
    """Yield points of small integers, where kinks, ties and jumps usually are."""
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    yield dict.fromkeys(start, sp.S.Zero)
    yield dict.fromkeys(start, sp.S.One)
    for name in list(start)[:20]:
        yield {**start, name: sp.S.Zero}
    for _ in range(10):
        yield {name: sp.Integer(generator.randint(-1, 1)) for name in start}

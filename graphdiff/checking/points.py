"""Points to tell formulas apart at: the given one, its neighbours, random ones, kinks.

Each point computes the graph to many digits, so that two formulas that agree at several
of them are the same function for all practical purposes, and no simplification is ever
waited for. Arrays too large for that are computed in float64.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import mpmath
import numpy as np

from graphdiff.arithmetic import FLOAT64, Arithmetic, Multiprecision, value_of
from graphdiff.checking.sides import Cell, Link, Numbers, Side
from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import NumericalError
from graphdiff.expression import Expression
from graphdiff.functions import Function
from graphdiff.functions.contraction import Einsum, MatMul
from graphdiff.functions.linear import Det, Inverse, LogDet
from graphdiff.functions.reductions import Extremum, Mean, Sum
from graphdiff.functions.structure import Index
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.jacobians import MAX_ENTRIES
from graphdiff.local import LocalFunction, Step
from graphdiff.sweeps import identity, local_jacobian, reverse

DIGITS, SHARPER, ROUGH = 60, 400, 15


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
    """Values for leaves, perhaps not for all, with the graph computed when first asked for.

    Attributes
    ----------
    graph
        The graph.
    leaves
        Values by leaf.
    digits
        Decimal digits carried; float64 for those it has.
    """

    graph: ComputationalGraph
    leaves: Mapping[str, Any]
    digits: int = DIGITS

    @property
    def rough(self) -> bool:
        """Whether it is computed in float64."""
        return self.digits == ROUGH

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """The numbers to compute with."""
        return FLOAT64 if self.rough else _Strict(self.digits)

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
                    value = self._leaf(self.leaves[i.name])
                elif i.function is not None and all(j.name in values for j in i.parents):
                    arguments = [values[j.name] for j in i.parents]
                    value = self._value(i.function, arguments)
                else:
                    continue
                if value is not None:
                    values[i.name] = value
        return values

    def _leaf(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype != object:
            return self.arithmetic.number(value)
        result = np.empty(value.shape, np.float64 if self.rough else object)
        result.ravel()[:] = [self._number(entry) for entry in value.ravel().tolist()]
        return result

    def _number(self, entry: Any) -> Any:
        if self.rough or not isinstance(entry, Fraction):
            return self.arithmetic.number(entry)
        return mpmath.mpf(entry.numerator) / entry.denominator

    def _value(self, function: LocalFunction, arguments: list[Any]) -> Any | None:
        try:
            with self.arithmetic.guard():
                value = value_of(self.arithmetic, function, arguments)
        except NumericalError:
            return None
        return _plain(value) if self.arithmetic.is_finite(value) else None

    @cached_property
    def _swept(self) -> dict[tuple[str, str | None], Mapping[str, Any] | None]:
        return {}

    @cached_property
    def _has_tensors(self) -> bool:
        return has_tensors(self.graph)

    def at(self, target: Target) -> Any | None:
        """Return the number or the array the target is here; None where there is none."""
        if target.of.name not in self.values:
            return None
        match target.kind, target.wrt:
            case "value", _:
                whole = self.values[target.of.name]
            case "J", Node() as parent:
                whole = self._jacobian(target.of, [j is parent for j in target.of.parents])
            case _, Node() as wrt:
                whole = self._P(target.of, wrt)
            case _:
                raise AssertionError(target)
        if whole is None:
            return None
        if np.ndim(whole):
            whole = np.reshape(whole, target.whole)
        if target.key is not None:
            whole = Index(target.key).kernel(self.arithmetic, [whole], [target.whole])
        return _plain(whole)

    def _jacobian(self, child: Node, among: list[bool]) -> Any | None:
        slots = itertools.compress(itertools.count(), among)
        try:
            with self.arithmetic.guard():
                total = functools.reduce(
                    operator.add,
                    (local_jacobian(child, slot, self.values, self.arithmetic) for slot in slots),
                )
        except NumericalError:
            return None
        return total[0, 0] if total.shape == (1, 1) else total

    def _P(self, output: Node, wrt: Node) -> Any | None:
        """Return one P of the sweep that finds them all, or of its own where that fails."""
        P = self._sweep(output)
        if P is None:
            P = self._sweep(output, wrt)
        if P is None:
            return None
        zero = self.arithmetic.number(0)
        size = (output.size, wrt.size)
        return P.get(wrt.name, zero if size == (1, 1) else np.full(size, zero))

    def _sweep(self, output: Node, wrt: Node | None = None) -> Mapping[str, Any] | None:
        key = output.name, None if wrt is None else wrt.name
        if key not in self._swept:
            wanted = None if wrt is None else self.graph.descendants(wrt)
            try:
                if self._has_tensors:
                    self._swept[key] = self._pulled(output, wanted)
                else:
                    P, _ = reverse(self.graph, output, self.values, self.arithmetic, wanted)
                    self._swept[key] = {name: matrix[0, 0] for name, matrix in P.items()}
            except NumericalError:
                self._swept[key] = None
        return self._swept[key]

    def _pulled(self, n: Node, wanted: Container[str] | None) -> Mapping[str, Any]:
        """Return every P^j, found by pulling back through each edge: no Jacobian is made."""
        value = np.asarray(self.values[n.name])
        P = {n.name: np.reshape(identity(n, value, self.arithmetic), (n.size, *n.shape))}
        with self.arithmetic.guard():
            for j in reversed(self.graph.nodes[: n.index - 1]):
                if wanted is not None and j.name not in wanted:
                    continue
                edges = [edge for edge in self.graph.children(j) if edge.child.name in P]
                if not edges:
                    continue
                if n.size * j.size > MAX_ENTRIES:
                    raise NumericalError(f"P[{j.name}] has more than {MAX_ENTRIES} entries")
                terms = [self._through(i, slot, P[i.name]) for _, i, slot in edges]
                P[j.name] = functools.reduce(operator.add, terms)
                if not self.arithmetic.is_finite(P[j.name]):
                    raise NumericalError(f"P[{j.name}] is not finite here")
        return {name: np.reshape(matrix, (n.size, -1)) for name, matrix in P.items()}

    def _through(self, i: Node, slot: int, cotangent: Any) -> Any:
        assert i.function is not None  # noqa: S101 - a child is computed
        arguments = [self.values[parent.name] for parent in i.parents]
        back = value_of(self.arithmetic, i.function.pullback(slot), [*arguments, cotangent])
        return np.broadcast_to(np.asarray(back), (len(cotangent), *i.function.shapes[slot]))

    def of(self, link: Side) -> Any | None:
        """Return what a claim is here, read as it is meant; None where it has no value."""
        found = self._cells(link) if isinstance(link, Numbers) else self._formula(link)
        return found if found is None or link.turn is None else link.turn(found)

    def _formula(self, link: Link) -> Any | None:
        arguments = [self._named(name) for name in link.names]
        if any(argument is None for argument in arguments):
            return None
        return self._value(link.function, arguments)

    def _cells(self, numbers: Numbers) -> Any | None:
        result = np.empty(math.prod(numbers.shape), np.float64 if self.rough else object)
        with self.arithmetic.guard():
            for place, cell in enumerate(numbers.cells):
                value = self.cell(cell)
                if value is None:
                    return None
                result[place] = value
        return result.reshape(numbers.shape)

    def cell(self, cell: Cell) -> Any | None:
        """Return a number of a claimed array; None where it is none."""
        if cell.link is not None:
            return self.of(cell.link)
        return float(cell.value or 0) if self.rough else self._number(cell.value)

    def _named(self, name: Expression) -> Any | None:
        if isinstance(name, Reference):
            return self.at(name.target)
        return self.values.get(name.name) if isinstance(name, Node) else None


def _plain(value: Any) -> Any:
    """Return an array without axes as the number in it."""
    return value[()] if isinstance(value, np.ndarray) and not value.shape else value


def has_tensors(graph: ComputationalGraph) -> bool:
    """Whether a node has axes, or is computed by way of one that has."""
    return any(
        node.shape or (node.function is not None and not node.function.is_scalar)
        for node in graph.nodes
    )


class Work(NamedTuple):
    """How much there is to compute at a point: in float64 or not, and at how many points."""

    rough: bool
    points: int


FINE = 30_000
"""Operations at one point that many digits are carried for."""

QUICK = 50_000
"""Operations at all points together that many digits are carried for, if four points allow."""

KEPT = 2_000_000
"""Entries of the values at all points of a kind together."""

MOST = 5_000_000
"""Entries of the values at one point; of more, only the given one is computed."""


def work(graph: ComputationalGraph, targets: Sequence[Target]) -> Work:
    """Return how to compute, by the operations that values and derivatives take."""
    if not has_tensors(graph):
        return Work(rough=False, points=QUICK)
    own = {node.name: _operations(node) for node in graph.nodes}
    rows, most = {1}, 0
    for target in targets:
        if target.kind == "J":
            most = max(most, target.of.size * own[target.of.name])
        elif target.is_derivative:
            rows.add(target.of.size)
    total = max(rows) * sum(own.values()) + most
    kept = max(rows) * sum(node.size for node in graph.nodes)
    if total <= FINE:
        return Work(rough=False, points=max(4, QUICK // max(1, total)))
    return Work(rough=True, points=0 if kept > MOST else max(3, KEPT // kept))


def _operations(node: Node) -> int:
    """Return about how many numbers are computed for a node: entries, and products in sums."""
    if node.function is None or node.function.is_scalar:
        return 1
    function, total = node.function.lowered, 0
    for line, shape in zip(function.program, function.line_shapes, strict=True):
        total += math.prod(shape)
        match line:
            case Step(Einsum() as contraction, lines):
                given = [function.line_shapes[k] for k in lines]
                total += math.prod(contraction.sizes(*given).values())
            case Step(MatMul(), (left, _)):
                total += math.prod(shape) * function.line_shapes[left][-1]
            case Step(Inverse() | Det() | LogDet(), (of,)):
                total += function.line_shapes[of][0] ** 3
            case Step(Sum() | Mean() | Extremum(), (of,)):
                total += math.prod(function.line_shapes[of])
    return total

"""Judge claims: whether a number is right here, and a formula everywhere.

Equality is decided by computing both sides to 60 digits at the given point, at random
points and at small integers. Two formulas that agree wherever both have a value are held
to be equal; one point where they differ separates them. Where the digits do not settle
it, 400 do: a true difference stays, one made by rounding shrinks away.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp

from graphdiff import quantity, symbolic
from graphdiff.checking import points
from graphdiff.checking.claims import Claim, Link, claims, half_digit, printed
from graphdiff.checking.points import Leaves, Point
from graphdiff.checking.report import Report, Result, Verdict
from graphdiff.checking.targets import Target
from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.leaves import given_values
from graphdiff.local import Literal, LocalFunction
from graphdiff.notation import text

SECONDS = 60.0
"""Time for one report; formulas not judged by then are undecided."""

ENOUGH = 16
"""Random points that formulas must agree at, of five times as many tried."""

READABLE = 60
"""Operations in an expected formula that a report still shows."""


def check(
    graph: ComputationalGraph,
    written: Mapping[str, Any] | Iterable[tuple[str, Any]],
    values: Mapping[str, Any],
    output: Node | None = None,
) -> Report:
    """Verify claims; see :meth:`graphdiff.Graph.check`."""
    judge = _Judge(graph, _one_point(graph, values))
    results = [
        judge.result(claim, place, link)
        for claim in claims(graph, written, output)
        for place, link in enumerate(claim.links, 1)
    ]
    return Report(graph.title, tuple(results))


def _one_point(graph: ComputationalGraph, values: Mapping[str, Any]) -> Leaves:
    """Return the exact value of every leaf that has one."""
    given = given_values(graph, values)
    for name, value in given.items():
        if np.ndim(value):
            raise GraphError(
                f"{name!r} has {len(value)} samples, but claims are checked at one point; "
                f"give one value, {name}=…"
            )
    return {name: quantity.exact(value) for name, value in given.items() if value is not None}


class _Finding(NamedTuple):
    verdict: Verdict
    note: str = ""
    point: Point | None = None


class _Judge:
    """Judges links at one point, and formulas at many."""

    def __init__(self, graph: ComputationalGraph, given: Leaves) -> None:
        start = {leaf.name: given.get(leaf.name, sp.S.One) for leaf in graph.leaves}
        random = itertools.islice(points.scattered(start), 5 * ENOUGH)
        self.graph = graph
        self.deadline = time.monotonic() + SECONDS
        self.missing = [name for name in start if name not in given]
        self.here = Point(graph, given)
        self.nearby = _Kept(Point(graph, leaves) for leaves in points.neighbours(start))
        self.generic = _Kept(Point(graph, leaves) for leaves in random)
        self.special = _Kept(Point(graph, leaves) for leaves in points.at_kinks(start))
        self.completed = _Kept(Point(graph, {**p.leaves, **given}) for p in self.generic)
        self.formulas: dict[Target, str] = {}

    def result(self, claim: Claim, place: int, link: Link) -> Result:
        """Judge one link of a claim."""
        verdict, note, point = (self.number if link.is_numeric else self.formula)(claim, link)
        leaves = point and {name: quantity.written(v) for name, v in point.leaves.items()}
        expected = self.expected(claim.target, link)
        return Result(claim.written, place, link.written, expected, verdict, note, leaves)

    def number(self, claim: Claim, link: Link) -> _Finding:
        """Judge a number, or arithmetic on numbers, at the given point."""
        expected, claimed = self.known(claim.target), self.here.of(link)
        if expected is None:
            if missing := self._missing(claim.target):
                return _Finding("undecided", f"{missing} has no value, so numbers cannot be judged")
            return _Finding("undecided", f"{claim.written} has no finite value here")
        if claimed is None:
            return _Finding("wrong", "this has no finite value")
        if _equal(claimed, expected):
            return _Finding("correct")
        if abs(claimed - expected) <= self.tolerance(link, claimed):
            return _Finding("correct", "to the digits printed")
        if self._agree(self.here, claim.target, link):
            return _Finding("correct")
        return _Finding("wrong", self._disconnected(claim.target) or _should_be(link, expected))

    def formula(self, claim: Claim, link: Link) -> _Finding:
        """Judge a formula: as a function, and as a number at the given point."""
        target = claim.target
        separating, compared = self._separated(target, link, self.generic)
        if separating is not None:
            wrong_here = self.here if self._agree(self.here, target, link) is False else None
            simplest = wrong_here or self._simplest(target, link) or separating
            return self._differs(claim, link, simplest)
        if not compared:
            return self._incomparable(claim, link)
        right_here = self._agree(self.here, target, link)
        at_kink = self.here if right_here is False else self._kink(target, link)
        if at_kink is not None and right_here is not False and target.is_derivative:
            return _Finding("correct", f"by convention it differs at the kink {_shown(at_kink)}")
        if at_kink is not None:
            return self._differs(claim, link, at_kink)
        lacks = self.here.at(target) is not None and self.here.of(link) is None
        return _Finding("correct", "it has no finite value at the given point" if lacks else "")

    def _differs(self, claim: Claim, link: Link, at: Point) -> _Finding:
        claimed, expected = _told_apart(at.of(link), at.at(claim.target))
        apart = f"at {_shown(at)} it gives {claimed}, but {claim.written} is {expected}"
        if self._agree(self.here, claim.target, link):
            value = _number(self.here.at(claim.target))
            note = f"the number {value} is right here, the formula is not: {apart}"
            return _Finding("coincidental", note, at)
        return _Finding("wrong", self._disconnected(claim.target) or apart, at)

    def _incomparable(self, claim: Claim, link: Link) -> _Finding:
        """Judge a formula that has no value wherever its target has one, or none was found."""
        target = claim.target
        if target.kind == "value" and _is_formula_of(link, target.of):
            return _Finding("correct")
        if time.monotonic() > self.deadline:
            return _Finding("undecided", "time ran out")
        for point in itertools.chain([self.here], self.generic):
            if (expected := point.at(target)) is not None and point.of(link) is None:
                where = f"at {_shown(point)}" if point.leaves else "anywhere"
                note = f"it has no finite value {where}, but {claim.written} is {_number(expected)}"
                return _Finding("wrong", note, point)
        return _Finding("undecided", "no point was found where both have a value")

    def known(self, target: Target) -> Any | None:
        """Return the target's number at the given point.

        Where a value is missing it is still known if it is the same whatever the value
        is, such as J = 1.
        """
        value = self.here.at(target)
        if value is not None or not self.missing:
            return value
        tried = (point.at(target) for point in itertools.islice(self.completed, ENOUGH))
        found = [value for value in tried if value is not None]
        same = len(found) >= 3 and all(_equal(value, found[0]) for value in found)
        return found[0] if same else None

    def _missing(self, target: Target) -> str | None:
        """Return the leaf without a value that the target needs, if any."""
        needed = self.graph.ancestors(target.of)
        return next((name for name in self.missing if name in needed), None)

    def _agree(self, point: Point, target: Target, link: Link) -> bool | None:
        """Whether both sides agree at a point; None where one has no value."""
        claimed, expected = point.of(link), point.at(target)
        if claimed is None or expected is None:
            return None
        if _equal(claimed, expected):
            return True
        apart, rough = claimed - expected, (claimed, expected)
        claimed, expected = point.sharper.of(link), point.sharper.at(target)
        if claimed is None or expected is None or _lost(rough, (claimed, expected)):
            return None
        return bool(abs(claimed - expected) <= SHRUNK * abs(apart))

    def _separated(
        self, target: Target, link: Link, among: Iterable[Point]
    ) -> tuple[Point | None, int]:
        """Return the first point where the sides differ, and how many were compared."""
        compared = 0
        for point in among:
            if compared >= ENOUGH or time.monotonic() > self.deadline:
                break
            agree = self._agree(point, target, link)
            if agree is False:
                return point, compared
            compared += agree is not None
        return None, compared

    def _simplest(self, target: Target, link: Link) -> Point | None:
        """Return a neighbour that separates, and not for lying on a kink."""
        for point in self.nearby:
            if self._agree(point, target, link) is False:
                beside = Point(self.graph, points.beside(point.leaves))
                if self._agree(beside, target, link) is False:
                    return point
        return None

    def _kink(self, target: Target, link: Link) -> Point | None:
        return self._separated(target, link, self.special)[0]

    def tolerance(self, link: Link, claimed: Any) -> Any:
        """Return how far the number may be off, by the digits of the decimals in it.

        In arithmetic a decimal that is a number of the graph, or one over it, is exact.
        """
        if link.decimal is not None:
            return mpmath.mpf(str(half_digit(link.decimal))) * (1 + HALFWAY)
        total, program = mpmath.mpf(0), link.function.program
        for place, line in enumerate(program):
            if not isinstance(line, Literal) or line.value in self._exact:
                continue
            decimal = printed(line.text)
            if decimal is not None and "." in line.text:
                step = sp.Rational(str(half_digit(decimal)))
                moved = Literal(line.value + step, line.text)
                function = LocalFunction((*program[:place], moved, *program[place + 1 :]), 0)
                value = self.here.of(Link("", function, ()))
                total += abs(value - claimed) if value is not None else 0
        return total

    @cached_property
    def _exact(self) -> set[sp.Expr]:
        constants = {
            line.value
            for node in self.graph.nodes
            if node.function
            for line in node.function.program
            if isinstance(line, Literal)
        }
        numbers = constants | set(self.here.leaves.values())
        return numbers | {1 / number for number in numbers if number != 0}

    def expected(self, target: Target, link: Link) -> str:
        """Return what is right: a number for a number, a formula for a formula."""
        if not link.is_numeric:
            if target not in self.formulas:
                self.formulas[target] = self._formula(target)
            if self.formulas[target]:
                return self.formulas[target]
        value = self.known(target)
        return "" if value is None else _number(value)

    def _formula(self, target: Target) -> str:
        """Return the formula of a target; nothing if it is too long to read."""
        if time.monotonic() > self.deadline:
            return ""
        try:
            match target:
                case Target("value", node):
                    return node.formula
                case Target("J", child, Node() as parent):
                    formula = symbolic.local_jacobian(self.graph, parent, child)
                case Target(_, output, Node() as wrt):
                    between = self.graph.ancestors(output) & self.graph.descendants(wrt)
                    if len(between) > 10 * READABLE:
                        return ""
                    formula = symbolic.gradient(self.graph, output, wrt, "nodes")
                case _:
                    raise AssertionError(target)
        except DerivationError:
            return ""
        formula = symbolic.tidied(formula)
        return "" if symbolic.operations(formula) > READABLE else text.symbolic(formula)

    def _disconnected(self, target: Target) -> str:
        output, wrt = target.of, target.wrt
        if target.kind == "J" or wrt is None or wrt.name in self.graph.ancestors(output):
            return ""
        return f"{output.name} does not depend on {wrt.name}, so it is 0"


class _Kept:
    """Points made when first needed and kept, so that all claims share their computation."""

    def __init__(self, source: Iterator[Point]) -> None:
        self.source = source
        self.made: list[Point] = []

    def __iter__(self) -> Iterator[Point]:
        for place in itertools.count():
            if place == len(self.made):
                point = next(self.source, None)
                if point is None:
                    return
                self.made.append(point)
            yield self.made[place]


TOLERANCE = mpmath.mpf(10) ** -40
SHRUNK = mpmath.mpf(10) ** -100
"""By this much a difference made by rounding shrinks at 400 digits, if not to nothing."""


FAINT = mpmath.mpf(10) ** -300
"""Below this a number may be what cancelling left: σ(z) − 1 at z = 2000 has lost 400 digits."""

HALFWAY = mpmath.mpf(10) ** -12
"""Of two decimals as near to a number, such as 0.4 and 0.5 to 0.45, both are right."""

LONG = 1e15
"""Whole numbers up to this are shown with all their digits."""


def _equal(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))


def _lost(rough: tuple[Any, Any], sharper: tuple[Any, Any]) -> bool:
    """Whether numbers have cancelled to so little that even 400 digits are none of them."""
    if max(map(abs, sharper)) >= FAINT:
        return False
    return any(
        abs(digits - more) >= abs(more) / 2 for digits, more in zip(rough, sharper, strict=True)
    )


def _is_formula_of(link: Link, node: Node) -> bool:
    """Whether a link is the formula of a node, word for word."""
    return node.function is not None and (
        (link.function.program, link.names) == (node.function.program, node.parents)
    )


def _should_be(link: Link, expected: Any) -> str:
    """Return what a number should have been, and how it rounds to the digits claimed."""
    value = f"it is {_number(expected)}"
    if link.decimal is not None:
        exactly = Decimal(mpmath.nstr(expected, 25))
        with contextlib.suppress(ArithmeticError):
            rounded = exactly.quantize(link.decimal)
            if abs(exactly - link.decimal) < 3 * half_digit(link.decimal):
                return f"{value}; the last digit is off by one"
            return value if rounded == exactly else f"{value}, which rounds to {rounded}"
    return value


def _number(value: Any, digits: int = 6) -> str:
    """Return a number for a report: whole, a small fraction, or to six digits."""
    exact = Fraction(*_ratio(value)).limit_denominator(1000)
    if _equal(mpmath.mpf(exact.numerator) / exact.denominator, value):
        return str(exact)
    return mpmath.nstr(value, digits)


def _told_apart(claimed: Any, expected: Any) -> tuple[str, str]:
    """Return two different numbers with as many digits as it takes to see that they differ."""
    enough = (n for n in (6, 15, 30, 60) if mpmath.nstr(claimed, n) != mpmath.nstr(expected, n))
    digits = next(enough, 60)
    return _number(claimed, digits), _number(expected, digits)


def _ratio(value: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    mantissa = -int(mantissa) if sign else int(mantissa)
    if abs(exponent) > 3000 or abs(value) > LONG:
        return 0, 1
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def _shown(point: Point) -> str:
    pairs = [
        f"{name} = {quantity.written(v) if len(str(v)) < 12 else text.number(float(v))}"
        for name, v in point.leaves.items()
    ]
    return ", ".join(pairs[:6]) + (", …" if len(pairs) > 6 else "")

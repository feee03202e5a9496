"""Judging claims: is the number right here, and is the formula right everywhere?

Equality is decided by computing both sides to 60 digits at the given point, at points
near it, at random points and at small integers. Two formulas that agree wherever both
have a value are held to be equal; one point where they differ separates them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff import quantity, symbolic
from graphdiff.checking import points
from graphdiff.checking.claims import Claim, Link, claims, half_digit, printed
from graphdiff.checking.points import Point
from graphdiff.checking.report import Report, Result, Verdict
from graphdiff.checking.targets import Target
from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import ComputationalGraph, Node, checked_number
from graphdiff.local import Literal, LocalFunction
from graphdiff.notation import text

SECONDS = 60.0
"""Time for one report; formulas not judged by then are undecided."""

READABLE = 60
"""Operations in an expected formula that a report still shows."""


def check(
    graph: ComputationalGraph,
    written: Mapping[str, Any] | Iterable[tuple[str, Any]],
    values: Mapping[str, Any],
    output: Node | None = None,
) -> Report:
    """Verify claims; see :meth:`graphdiff.Graph.check`."""
    given = _given(graph, values)
    judge = _Judge(graph, points.here(graph, given), given, time.monotonic() + SECONDS)
    return Report(
        graph.title,
        tuple(
            judge.result(claim, place, link)
            for claim in claims(graph, written, output)
            for place, link in enumerate(claim.links, 1)
        ),
    )


def _given(graph: ComputationalGraph, values: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {leaf.name: leaf.value for leaf in graph.leaves}
    for key, value in values.items():
        node = graph[key]
        if not node.is_leaf:
            raise GraphError(f"{node.name!r} is computed as {node.formula}; give values to leaves")
        given[node.name] = value
    for name, value in given.items():
        if np.ndim(value):
            raise GraphError(
                f"{name!r} has {len(value)} samples, but claims are checked at one point; "
                f"give one value, {name}=…"
            )
        if value is not None:
            given[name] = checked_number(value, f"the value of {name!r}")
    return given


@dataclass(frozen=True)
class _Judge:
    """Judges links at one point, and formulas at many."""

    graph: ComputationalGraph
    here: Point | None
    given: Mapping[str, Any]
    deadline: float

    def __post_init__(self) -> None:
        start = {
            name: sp.S.One if value is None else quantity.exact(value)
            for name, value in self.given.items()
        }
        others = itertools.chain(
            points.neighbours(start) if self.here and len(start) <= 40 else (),
            itertools.islice(points.scattered(start), 4 * points.VALID),
        )
        object.__setattr__(self, "generic", _Kept(Point(self.graph, p) for p in others))
        object.__setattr__(
            self, "special", _Kept(Point(self.graph, p) for p in points.at_kinks(start))
        )

    generic: Any = None
    special: Any = None

    def result(self, claim: Claim, place: int, link: Link) -> Result:
        verdict, note, point = (self.number if link.is_numeric else self.formula)(claim, link)
        return Result(
            target=claim.written,
            link=place,
            claimed=link.written,
            expected=self.expected(claim.target, link),
            verdict=verdict,
            note=note,
            point=point,
        )

    def number(self, claim: Claim, link: Link) -> tuple[Verdict, str, dict[str, str] | None]:
        """Judge a number, or arithmetic on numbers, at the given point."""
        if self.here is None:
            missing = next(name for name, value in self.given.items() if value is None)
            expected = self._constant(claim.target)
            if expected is None:
                return "undecided", f"{missing} has no value, so numbers cannot be judged", None
        else:
            expected = self.here.at(claim.target)
        if expected is None:
            return "undecided", f"{claim.written} has no finite value here", None
        claimed = (self.here or self._anywhere()).of(link)
        if claimed is None:
            return "wrong", "this has no finite value", None
        within = self.tolerance(link, claimed)
        if _equal(claimed, expected) or (within and abs(claimed - expected) <= within):
            rounded = link.decimal is not None and not _equal(claimed, expected)
            return "correct", "to the digits printed" if rounded else "", None
        return "wrong", self._disconnected(claim.target) or f"it is {_number(expected)}", None

    def formula(self, claim: Claim, link: Link) -> tuple[Verdict, str, dict[str, str] | None]:
        """Judge a formula: as a function, and as a number at the given point."""
        number_here = self.compare(self.here, claim.target, link) if self.here else None
        separating, compared = self.separated(claim.target, link, self.generic, points.VALID)
        at_kink = None
        if separating is None and (at_kink := self.kink(claim.target, link)) is not None:
            if not claim.target.is_derivative:
                separating = at_kink
            elif number_here is not False:
                return "correct", f"by convention it differs at the kink {_shown(at_kink)}", None
        if separating is None and number_here is False and self.here is not None:
            separating = self.here
        if separating is not None:
            return self._separated(claim, link, separating, number_here)
        if not compared:
            out_of_time = time.monotonic() > self.deadline
            why = "time ran out" if out_of_time else "no point was found where both have a value"
            return "undecided", why, None
        return "correct", "", None

    def _separated(
        self, claim: Claim, link: Link, separating: Point, number_here: bool | None
    ) -> tuple[Verdict, str, dict[str, str] | None]:
        apart = (
            f"at {_shown(separating)} it gives {_number(separating.of(link))}, "
            f"but {claim.written} is {_number(separating.at(claim.target))}"
        )
        point = {name: quantity.written(value) for name, value in separating.leaves.items()}
        if number_here:
            assert self.here is not None  # noqa: S101
            value = _number(self.here.at(claim.target))
            note = f"the number {value} is right here, the formula is not: {apart}"
            return "coincidental", note, point
        return "wrong", self._disconnected(claim.target) or apart, point

    def compare(self, point: Point, target: Target, link: Link) -> bool | None:
        """Whether both sides agree at a point; None where one has no value."""
        claimed, expected = point.of(link), point.at(target)
        if claimed is None or expected is None:
            return None
        if _nearly(claimed, expected):
            sharper = point.sharper()
            claimed, expected = sharper.of(link), sharper.at(target)
            with mpmath.workdps(400):
                return _equal(claimed, expected, mpmath.mpf(10) ** -300)
        return _equal(claimed, expected)

    def separated(
        self, target: Target, link: Link, among: Iterable[Point], enough: int
    ) -> tuple[Point | None, int]:
        """Return the first point where the sides differ, and how many were compared."""
        compared = 0
        for point in among:
            if compared >= enough + 2 * len(self.given) or time.monotonic() > self.deadline:
                break
            agree = self.compare(point, target, link)
            if agree is False:
                return point, compared
            compared += agree is not None
        return None, compared

    def kink(self, target: Target, link: Link) -> Point | None:
        return self.separated(target, link, self.special, 40)[0]

    def tolerance(self, link: Link, claimed: Any) -> Any:
        """Return how far the number may be off, by the digits of the decimals in it.

        A decimal that is a value or a constant of the graph is taken as exact.
        """
        if link.decimal is not None:
            return mpmath.mpf(str(half_digit(link.decimal))) * (1 + mpmath.mpf(10) ** -30)
        total, anywhere = mpmath.mpf(0), self.here or self._anywhere()
        for place, line in enumerate(link.function.program):
            if not isinstance(line, Literal) or line.value in self._exact:
                continue
            decimal = printed(line.text)
            if decimal is not None:
                step = sp.Rational(str(half_digit(decimal)))
                program = list(link.function.program)
                program[place] = Literal(line.value + step, line.text)
                moved = anywhere.of(Link("", LocalFunction(tuple(program), 0), ()))
                total += abs(moved - claimed) if moved is not None else 0
        return total

    @property
    def _exact(self) -> set[sp.Expr]:
        constants = {
            line.value
            for node in self.graph.nodes
            if node.function
            for line in node.function.program
            if isinstance(line, Literal)
        }
        return constants | {
            quantity.exact(value) for value in self.given.values() if value is not None
        }

    def expected(self, target: Target, link: Link) -> str:
        """Return what is right: a number for a number, a formula for a formula."""
        here = None if self.here is None else self.here.at(target)
        if link.is_numeric:
            return "" if here is None else _number(here)
        try:
            match target:
                case Target("value", node):
                    return node.formula
                case Target("J", child, Node() as parent):
                    formula = symbolic.local_jacobian(self.graph, parent, child)
                case Target(_, output, Node() as wrt):
                    formula = symbolic.gradient(self.graph, output, wrt, "nodes")
                case _:
                    raise AssertionError(target)
        except DerivationError:
            return "" if here is None else _number(here)
        formula = symbolic.tidied(formula)
        if symbolic.operations(formula) > READABLE:
            return "" if here is None else _number(here)
        return text.symbolic(formula)

    def _constant(self, target: Target) -> Any | None:
        """Return the target's number where it is the same at every point, such as J = 1."""
        found = [point.at(target) for point in itertools.islice(iter(self.generic), 6)]
        known = [value for value in found if value is not None]
        same = len(known) >= 3 and all(_equal(value, known[0]) for value in known)
        return known[0] if same else None

    def _anywhere(self) -> Point:
        return Point(self.graph, {})

    def _disconnected(self, target: Target) -> str:
        if target.kind in ("P", "derivative") and target.wrt is not None:
            if target.wrt.name not in self.graph.ancestors(target.of):
                return f"{target.of.name} does not depend on {target.wrt.name}, so it is 0"
        return ""


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


def _equal(a: Any, b: Any, tolerance: Any = TOLERANCE) -> bool:
    if a is None or b is None:
        return False
    return bool(abs(a - b) <= tolerance * max(abs(a), abs(b), tolerance))


def _nearly(a: Any, b: Any) -> bool:
    """Whether two numbers differ by so little that lost digits could be the cause."""
    apart = abs(a - b)
    return TOLERANCE * max(abs(a), abs(b), TOLERANCE) < apart < mpmath.mpf(10) ** -15 * max(
        abs(a), abs(b), mpmath.mpf(1)
    )


def _number(value: Any) -> str:
    """Return a number for a report: whole, a small fraction, or to six digits."""
    if value is None:
        return "no finite value"
    exact = Fraction(*_ratio(value)).limit_denominator(1000)
    if _equal(mpmath.mpf(exact.numerator) / exact.denominator, value):
        return str(exact)
    return mpmath.nstr(value, 6)


def _ratio(value: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    mantissa = -int(mantissa) if sign else int(mantissa)
    if abs(exponent) > 3000:
        return 0, 1
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def _shown(point: Point) -> str:
    pairs = [
        f"{name} = {quantity.written(v) if len(str(v)) < 12 else text.number(float(v))}"
        for name, v in point.leaves.items()
    ]
    return ", ".join(pairs[:6]) + (", …" if len(pairs) > 6 else "")

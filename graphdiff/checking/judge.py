"""Judge claims: whether a number is right here, and a formula everywhere.

Equality is decided by computing both sides to 60 digits at the given point, at random
points and at small integers. Two formulas that agree wherever both have a value are held
to be equal; one point where they differ separates them. Where the digits do not settle
it, 400 do: a true difference stays, one made by rounding shrinks away. Arrays are compared
entry by entry; those too large for many digits in float64.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp

from graphdiff import quantity
from graphdiff.checking import equality, points, readings, sampling, sizes, wording
from graphdiff.checking.claims import claims
from graphdiff.checking.equality import COMPUTED, HALFWAY, SHRUNK, flat
from graphdiff.checking.formulas import formula_of
from graphdiff.checking.points import Point
from graphdiff.checking.report import Report, Result, Verdict
from graphdiff.checking.sampling import Leaves
from graphdiff.checking.sides import Cell, Claim, Link, Misfit, Side, half_digit, printed
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.leaves import given_values
from graphdiff.local import Literal, LocalFunction

SECONDS = 60.0
"""Time for one report; formulas not judged by then are undecided."""

ENOUGH = 16
"""Random points that formulas must agree at, of five times as many tried."""


def check(
    graph: ComputationalGraph,
    written: Mapping[str, Any] | Iterable[tuple[str, Any]],
    values: Mapping[str, Any],
    output: Node | None = None,
) -> Report:
    """Verify claims; see :meth:`graphdiff.Graph.check`."""
    given = _one_point(graph, values)
    pairs: list[Any] = list(written.items() if isinstance(written, Mapping) else written)
    read = claims(graph, pairs, output)
    if not sizes.letters(graph):
        return Report(graph.title, _results(graph, read, given))
    found: list[tuple[Result, ...]] = []
    for chosen in sizes.assignments(graph):
        sized = sizes.sized(graph, chosen)
        at = None if output is None else sized[output.name]
        results = _results(sized, claims(sized, pairs, at, chosen), given, graph, read)
        found.append(tuple(sizes.named(result, chosen) for result in results))
    return Report(graph.title, tuple(itertools.starmap(sizes.worse, zip(*found, strict=True))))


def _results(
    graph: ComputationalGraph,
    read: tuple[Claim, ...],
    given: Mapping[str, Any],
    shown: ComputationalGraph | None = None,
    lettered: tuple[Claim, ...] = (),
) -> tuple[Result, ...]:
    """Judge claims; where sizes are letters, ``shown`` and ``lettered`` still have them."""
    work = points.work(graph, [claim.target for claim in read])
    judge = _Judge(graph, given, work, shown or graph)
    return tuple(
        judge.result(claim, place, with_letters)
        for claim, with_letters in zip(read, lettered or read, strict=True)
        for place in range(1, len(claim.links) + 1)
    )


def _one_point(graph: ComputationalGraph, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every leaf that has one."""
    given = given_values(graph, values)
    for name, value in given.items():
        if np.ndim(value) > len(graph[name].shape):
            raise GraphError(
                f"{name!r} has {len(value)} samples, but claims are checked at one point; "
                f"give one value, {name}=…"
            )
    return {name: value for name, value in given.items() if value is not None}


class _Finding(NamedTuple):
    verdict: Verdict
    note: str = ""
    point: Point | None = None


class _Judge:
    """Judges links at one point, and formulas at many."""

    def __init__(
        self,
        graph: ComputationalGraph,
        values: Mapping[str, Any],
        work: points.Work,
        shown: ComputationalGraph,
    ) -> None:
        rough, self.enough = work.rough, min(ENOUGH, work.points)
        given = {name: sampling.exactly(v, rough=rough) for name, v in values.items()}
        start = {
            leaf.name: given.get(leaf.name, sampling.start(leaf, rough=rough))
            for leaf in graph.leaves
        }
        digits = points.ROUGH if rough else points.DIGITS
        tries = 5 * self.enough

        def at(leaves: Leaves) -> Point:
            return Point(graph, leaves, digits)

        def random() -> Iterator[Leaves]:
            draw = sampling.scaled if rough else sampling.scattered
            return itertools.islice(draw(start), tries)

        self.graph = graph
        self.shown = shown
        self.deadline = time.monotonic() + SECONDS
        self.missing = [name for name in start if name not in given]
        self.here = at(given)
        self.nearby = _Kept(map(at, itertools.islice(sampling.neighbours(start), tries)))
        self.generic = _Kept(map(at, random()))
        self.special = _Kept(map(at, itertools.islice(sampling.at_kinks(start), 2 * tries)))
        self.completed = _Kept(at({**p.leaves, **given}) for p in self.generic)
        self.rows = sampling.distributions(graph, given)
        self.proper = _Kept(map(at, sampling.with_distributions(random(), self.rows)))
        self.formulas: dict[Target, str] = {}

    def result(self, claim: Claim, place: int, lettered: Claim) -> Result:
        """Judge one link of a claim; what does not fit is said in the letters it was read in."""
        link, written = claim.links[place - 1], lettered.links[place - 1]
        if isinstance(link, Misfit) or isinstance(written, Misfit):
            problem = written.problem if isinstance(written, Misfit) else ""
            found = _Finding("wrong", problem or getattr(link, "problem", ""))
        else:
            found = self.finding(claim, link) or _Finding(
                "wrong", readings.mismatch(written, lettered.target, claim.written)
            )
        verdict, note, point = found
        leaves = point and {name: wording.written(v) for name, v in point.leaves.items()}
        expected = self.expected(claim.target, link)
        return Result(claim.written, place, link.written, expected, verdict, note, leaves)

    def finding(self, claim: Claim, link: Side) -> _Finding | None:
        """Judge a link in each way its shape may be read, the plainest first; None if in none."""
        ways = readings.readings(link, claim.target, claim.written)
        first: _Finding | None = None
        for way in ways:
            turned = link.turned(way.turn)
            found = self.judged(claim, turned)
            if found.verdict == "correct":
                if way.accepted:
                    return found._replace(note="; ".join(filter(None, (way.note, found.note))))
                verdict = "wrong" if first is None else first.verdict
                return _Finding(verdict, way.note, found.point)
            if way.accepted and first is None:
                first = found
                if found.verdict == "undecided":
                    break
        return first

    def judged(self, claim: Claim, link: Side) -> _Finding:
        """Judge a link that has its target's shape."""
        if isinstance(link, Link) and not link.is_numeric:
            return self.formula(claim, link)
        return self.number(claim, link)

    def number(self, claim: Claim, link: Side) -> _Finding:
        """Judge a number, or arithmetic on numbers, at the given point."""
        expected, claimed = self.known(claim.target), self.here.of(link)
        if expected is None:
            if missing := self._missing(claim.target):
                return _Finding("undecided", f"{missing} has no value, so numbers cannot be judged")
            return _Finding("undecided", f"{claim.written} has no finite value here")
        if claimed is None:
            return _Finding("wrong", "this has no finite value")
        apart = equality.unequal(claimed, expected, rough=self.here.rough)
        if not apart:
            return _Finding("correct")
        off = _outside(claimed, expected, apart, self.tolerance(link, claimed, expected))
        if not off:
            return _Finding("correct", "to the digits printed")
        if self._agree(self.here, claim.target, link):
            return _Finding("correct")
        wrong = wording.should_be(link, claimed, expected, off)
        return _Finding("wrong", self._disconnected(claim.target) or wrong)

    def formula(self, claim: Claim, link: Link) -> _Finding:
        """Judge a formula: as a function, and as a number at the given point."""
        target = claim.target
        if not self.enough:
            return self._only_here(claim, link)
        separating, compared = self._separated(target, link, self.generic)
        if separating is not None and self._holds_for_distributions(target, link):
            rows = " and ".join(self.rows)
            return _Finding("correct", f"as the rows of {rows} sum to 1")
        if separating is not None:
            wrong_here = self.here if self._agree(self.here, target, link) is False else None
            simplest = wrong_here or self._simplest(target, link) or separating
            return self._differs(claim, link, simplest)
        if not compared:
            return self._incomparable(claim, link)
        if self.here.rough:  # at the given point, or at a kink, digits may be lost
            return _Finding("correct")
        right_here = self._agree(self.here, target, link)
        at_kink = self.here if right_here is False else self._kink(target, link)
        if at_kink is not None and right_here is not False and target.is_derivative:
            shown = self._described(at_kink)
            return _Finding("correct", f"by convention it differs at the kink {shown}")
        if at_kink is not None:
            return self._differs(claim, link, at_kink)
        lacks = self.here.at(target) is not None and self.here.of(link) is None
        return _Finding("correct", "it has no finite value at the given point" if lacks else "")

    def _only_here(self, claim: Claim, link: Link) -> _Finding:
        """Judge a formula of arrays so large that one point is all there is time for."""
        agree = self._agree(self.here, claim.target, link)
        if agree is False:
            return self._differs(claim, link, self.here)
        where = "right at the given point; " if agree else ""
        return _Finding("undecided", f"{where}the arrays are too large to judge it at others")

    def _differs(self, claim: Claim, link: Link, at: Point) -> _Finding:
        claimed, expected = at.of(link), at.at(claim.target)
        where = f"at {self._described(at)}"
        if isinstance(expected, np.ndarray) and claimed is not None:
            places = self._differing(at, claim.target, link) or []
            apart = f"{where} {wording.entries(link, claimed, expected, places)}"
            right = "the numbers are right here"
        else:
            shown, true = wording.told_apart(claimed, expected)
            apart = f"{where} it gives {shown}, but {claim.written} is {true}"
            right = "the number {} is right here"
        if self._agree(self.here, claim.target, link):
            value = self.here.at(claim.target)
            value = "" if isinstance(value, np.ndarray) else wording.number(value)
            note = f"{right.format(value)}, the formula is not: {apart}"
            return _Finding("coincidental", note, at)
        return _Finding("wrong", self._disconnected(claim.target) or apart, at)

    def _incomparable(self, claim: Claim, link: Link) -> _Finding:
        """Judge a formula that has no value wherever its target has one, or none was found."""
        target = claim.target
        if target.kind == "value" and target.key is None and _is_formula_of(link, target.of):
            return _Finding("correct")
        if time.monotonic() > self.deadline:
            return _Finding("undecided", "time ran out")
        for point in itertools.chain([self.here], self.generic):
            if (expected := point.at(target)) is not None and point.of(link) is None:
                where = f"at {self._described(point)}" if point.leaves else "anywhere"
                is_there = wording.shown_value(expected)
                note = f"it has no finite value {where}, but {claim.written} is {is_there}"
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
        same = len(found) >= 3 and not any(
            equality.unequal(value, found[0], rough=self.here.rough) for value in found
        )
        return found[0] if same else None

    def _missing(self, target: Target) -> str | None:
        """Return the leaf without a value that the target needs, if any."""
        needed = self.graph.ancestors(target.of)
        return next((name for name in self.missing if name in needed), None)

    def _agree(self, point: Point, target: Target, link: Side) -> bool | None:
        """Whether both sides agree at a point; None where one has no value."""
        differing = self._differing(point, target, link)
        return None if differing is None else not differing

    def _differing(self, point: Point, target: Target, link: Side) -> list[int] | None:
        """Return the entries in which the sides differ at a point; None where one has no value."""
        claimed, expected = point.of(link), point.at(target)
        if claimed is None or expected is None:
            return None
        apart = equality.unequal(claimed, expected, rough=point.rough)
        if not apart or point.rough:
            return apart
        sharp = point.sharper.of(link), point.sharper.at(target)
        if sharp[0] is None or sharp[1] is None:
            return None
        pairs = list(zip(flat(claimed), flat(expected), strict=True))
        sharper = list(zip(flat(sharp[0]), flat(sharp[1]), strict=True))
        gone = [place for place in apart if equality.lost(pairs[place], sharper[place])]
        differing = [
            place
            for place in apart
            if place not in gone
            and abs(sharper[place][0] - sharper[place][1])
            > SHRUNK * abs(pairs[place][0] - pairs[place][1])
        ]
        return None if gone and not differing else differing

    def _separated(
        self, target: Target, link: Link, among: Iterable[Point]
    ) -> tuple[Point | None, int]:
        """Return the first point where the sides differ, and how many were compared."""
        compared = 0
        for point in among:
            if compared >= self.enough or time.monotonic() > self.deadline:
                break
            agree = self._agree(point, target, link)
            if agree is False:
                return point, compared
            compared += agree is not None
        return None, compared

    def _holds_for_distributions(self, target: Target, link: Link) -> bool:
        """Whether the sides agree wherever the rows of some inputs are probabilities."""
        if not self.rows or self._agree(self.here, target, link) is False:
            return False
        separating, compared = self._separated(target, link, self.proper)
        return separating is None and compared > 0

    def _simplest(self, target: Target, link: Link) -> Point | None:
        """Return a neighbour that separates, and not for lying on a kink."""
        for point in self.nearby:
            if self._agree(point, target, link) is False:
                beside = Point(self.graph, sampling.beside(point.leaves), point.digits)
                if self._agree(beside, target, link) is False:
                    return point
        return None

    def _kink(self, target: Target, link: Link) -> Point | None:
        return self._separated(target, link, self.special)[0]

    def tolerance(self, link: Side, claimed: Any, expected: Any) -> list[Any]:
        """Return how far each entry may be off, by the digits of the decimals in it."""
        if isinstance(link, Link):
            return flat(self._allowed(link, claimed))
        least = COMPUTED * float(np.max(np.abs(expected))) if link.computed else 0
        allowed = np.array([max(self._of_cell(cell), least) for cell in link.cells], object)
        allowed = allowed.reshape(link.shape)
        return flat(allowed if link.turn is None else link.turn(allowed))

    def _of_cell(self, cell: Cell) -> Any:
        if cell.link is not None:
            value = self.here.cell(cell)
            return 0 if value is None else self._allowed(cell.link, value)
        return 0 if cell.decimal is None else _half(cell.decimal)

    def _allowed(self, link: Link, claimed: Any) -> Any:
        """Return how far a number may be off.

        In arithmetic a decimal that is a number of the graph, or one over it, is exact.
        """
        if link.decimal is not None:
            return _half(link.decimal)
        total, program = mpmath.mpf(0) + 0 * claimed, link.function.program
        for place, line in enumerate(program):
            if not isinstance(line, Literal) or line.value in self._exact:
                continue
            decimal = printed(line.text)
            if decimal is not None and "." in line.text:
                step = sp.Rational(str(half_digit(decimal)))
                moved = Literal(line.value + step, line.text)
                function = LocalFunction((*program[:place], moved, *program[place + 1 :]), 0)
                value = self.here.of(Link("", function, (), link.turn))
                total = total + (abs(value - claimed) if value is not None else 0)
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
        leaves = (flat(value) for value in self.here.leaves.values() if np.size(value) <= 100)
        numbers = constants | {quantity.exact(entry) for entries in leaves for entry in entries}
        return numbers | {1 / number for number in numbers if number != 0}

    def expected(self, target: Target, link: Side | Misfit) -> str:
        """Return what is right: a number for a number, a formula for a formula."""
        if not link.is_numeric:
            if target not in self.formulas:
                late = time.monotonic() > self.deadline
                self.formulas[target] = "" if late else formula_of(self.shown, target)
            if self.formulas[target]:
                return self.formulas[target]
        value = self.known(target)
        return "" if value is None else wording.shown_value(value)

    def _disconnected(self, target: Target) -> str:
        output, wrt = target.of, target.wrt
        if target.kind == "J" or wrt is None or wrt.name in self.graph.ancestors(output):
            return ""
        return f"{output.name} does not depend on {wrt.name}, so it is 0"

    def _described(self, point: Point) -> str:
        """Return the values of the leaves at a point, for a sentence."""
        if point is self.here and any(map(np.ndim, point.leaves.values())):
            return "the given point"
        pairs = [f"{name} = {wording.brief(value)}" for name, value in point.leaves.items()]
        return ", ".join(pairs[:6]) + (", …" if len(pairs) > 6 else "")


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


def _half(decimal: Decimal) -> Any:
    return mpmath.mpf(str(half_digit(decimal))) * (1 + HALFWAY)


def _outside(claimed: Any, expected: Any, apart: list[int], allowed: list[Any]) -> list[int]:
    """Return the entries that differ by more than their printed digits allow."""
    one, other = flat(claimed), flat(expected)
    if len(allowed) == 1:
        allowed = allowed * len(one)
    return [place for place in apart if abs(one[place] - other[place]) > allowed[place]]


def _is_formula_of(link: Link, node: Node) -> bool:
    """Whether a link is the formula of a node, word for word."""
    return node.function is not None and (
        (link.function.program, link.names) == (node.function.program, node.parents)
    )

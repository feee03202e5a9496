"""Judge numbers: to their own precision, by other conventions, by the page's own numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.checking import conventions, equality, precision, roundings, wording
from graphdiff.checking.claim_records import Claim, ClaimedSide, Side
from graphdiff.checking.equality import flat
from graphdiff.checking.finding import Finding, following
from graphdiff.checking.ground import Ground, margin
from graphdiff.checking.page import Page, Sources, effective, spread
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.precision import Match, Precision
from graphdiff.checking.targets import Target
from graphdiff.evaluation import wobbling
from graphdiff.files.tolerance import Tolerance
from graphdiff.language import quantity
from graphdiff.local_functions.local_function import Literal, LocalFunction

EXCUSED = 0.5
"""The part of what is right by which digits that were rounded away may change it."""

CANCELLED = 0.01
"""The part of what cancels in a result that rounding may leave of it."""


class NumberJudge:
    """Judges numbers, and arithmetic on them.

    Parameters
    ----------
    tolerance
        A teacher's word on how far they may be off; None for their own precision.
    """

    def __init__(self, ground: Ground, page: Page, tolerance: Tolerance | None) -> None:
        self.ground = ground
        self.page = page
        self.tolerance = tolerance
        self._growths: dict[Target, list[Any]] = {}

    def judged(self, claim: Claim, link: Side) -> Finding:
        """Judge a number, or arithmetic on numbers, at the given point."""
        target = claim.target
        expected, claimed = self.ground.known(target), self.ground.here.of(link)
        if expected is None:
            if missing := self.ground.missing_for(target):
                return Finding("undecided", f"{missing} has no value, so numbers cannot be judged")
            return Finding("undecided", f"{claim.written} has no finite value here")
        if claimed is None:
            return Finding("wrong", "this has no finite value")
        match, off = self.matched(target, link, claimed, expected)
        if match is not None and match.exactly:
            return Finding("correct", match.note)
        if match is not None:
            followed = self._from_page(target, link, claimed, exactly=True)
            if followed is not None and followed.verdict == "follows":
                return followed
            return Finding("rounded", match.note)
        agree = self.ground.agree(self.ground.here, target, link)
        if agree or self._vanishes(target, claimed, off):
            return Finding("correct")
        found = self.by_convention(target, link, claimed) or self._from_page(target, link, claimed)
        if found is not None:
            return found
        why = self.ground.disconnected(target) or wording.should_be(link, claimed, expected, off)
        return Finding("wrong", why, off=tuple(off))

    def following(self, target: Target, link: ClaimedSide) -> Finding | None:
        """Judge a formula into which numbers of the page were put, 0.138·a, by these."""
        claimed = self.ground.here.of(link)
        if claimed is None or not any(map(bool, self.slack(link, claimed))):
            return None
        return self._from_page(target, link, claimed)

    def _vanishes(self, target: Target, claimed: Any, off: Sequence[int]) -> bool:
        """Whether a claim is 0 where it is off, and what is right shrinks to 0 with the digits."""
        here = self.ground.here
        if here.rough or any(flat(claimed)[place] for place in off):
            return False
        digits, sharper = here.at(target), here.sharper.at(target)
        if digits is None or sharper is None:
            return False
        return all(
            abs(flat(sharper)[place]) <= equality.SHRUNK * abs(flat(digits)[place]) for place in off
        )

    def matched(
        self, target: Target, link: Side, claimed: Any, expected: Any, also: Sequence[Any] = ()
    ) -> tuple[Match | None, list[int]]:
        """Return how numbers agree with what is right, or the entries in which they do not.

        Parameters
        ----------
        also
            How far each entry of what is right may be off itself.
        """
        apart = equality.unequal(claimed, expected, rough=self.ground.here.rough)
        if not apart:
            return Match(exactly=True), []
        one, other = flat(claimed), flat(expected)
        knowns, slack = self.known_to(link, len(one)), self.slack(link, claimed)
        worst, off = Match(exactly=True), list[int]()
        for place in apart:
            allowed = self._bounded(target, place, slack[place] + (also[place] if also else 0))
            near = _moved(one[place], other[place], allowed)
            growth = self._growth(target, place, other[place])
            found = precision.matched(knowns[place], one[place], near, growth)
            if found is None and abs(one[place] - other[place]) <= allowed:
                found = precision.DIGITS
            if self.tolerance is not None:
                found = self._tolerated(one[place], other[place], near, found)
            if found is None:
                off.append(place)
            elif worst.exactly and (not found.exactly or not worst.note):
                worst = found
        return (None, off) if off else (worst, [])

    def _bounded(self, target: Target, place: int, allowed: Any) -> Any:
        """Return an allowance for digits that were rounded away, bounded by what is right.

        Coarse numbers hide much, 1e0 all from a half to one and a half, but excuse no other result.
        """
        size = self._size(target) if allowed else None
        if size is None or allowed <= size * EXCUSED:
            return allowed
        return min(allowed, max(size * EXCUSED, CANCELLED * self._growth(target, place, size)()))

    def _is_near(self, target: Target, claimed: Any) -> bool:
        """Whether a claim is off by less than what is right is large, or was where it cancels."""
        right, size = self.ground.known(target), self._size(target)
        if right is None or size is None:
            return True
        pairs = zip(flat(claimed), flat(right), strict=True)
        return all(
            off < size or off <= CANCELLED * self._growth(target, place, size)()
            for place, off in enumerate(abs(one - other) for one, other in pairs)
        )

    def _size(self, target: Target) -> Any:
        """Return how large the largest entry is of what is right; None if that is not known."""
        right = self.ground.known(target)
        return None if right is None else max(map(abs, flat(right)))

    def _tolerated(
        self, claimed: Any, expected: Any, near: Any, found: Match | None
    ) -> Match | None:
        """Return how a number agrees by the teacher's word."""
        tolerance = self.tolerance
        assert tolerance is not None  # noqa: S101 - asked for only then
        if found is not None and found.exactly and found is not precision.DIGITS:
            return found
        if not precision.within(tolerance, claimed, near if near == claimed else expected):
            return None
        note = f"within the tolerance of {tolerance.written}"
        return found if found is not None and found.exactly else Match(exactly=False, note=note)

    def _growth(self, target: Target, place: int, expected: Any) -> Callable[[], Any]:
        """Return what gives how roundings grow on the way to an entry of a target."""

        def growth() -> Any:
            growths = self.ground.samples.growths if target.is_bare else self._growths
            if target not in growths:
                growths[target] = self._all_growths(target)
            found = growths[target]
            return found[place] if place < len(found) else abs(expected)

        return growth

    def _all_growths(self, target: Target) -> list[Any]:
        here = self.ground.quick
        right = here.at(target)
        if self.ground.here.rough or right is None:
            return []
        tiny, jump = (
            (wobbling.SMALL, roundings.CROSSED) if here.rough else (roundings.TINY, roundings.JUMP)
        )
        worst: list[Any] = [0] * len(flat(right))
        for seed in range(roundings.TIMES):
            moved = replace(here, exact=False, wobble=seed).at(target)
            if moved is not None:
                pairs = zip(flat(moved), flat(right), strict=True)
                off = [abs(a - b) / tiny for a, b in pairs]
                worst = [max(a, b) if b < jump else a for a, b in zip(worst, off, strict=True)]
        return worst

    def known_to(self, link: Side, many: int) -> list[Precision]:
        """Return how exactly each entry is known, in the order it is read in."""
        if isinstance(link, ClaimedSide):
            return [link.known] * many
        cells = np.empty(len(link.cells), object)
        cells[:] = [cell.known for cell in link.cells]
        cells = cells.reshape(link.shape)
        return flat(cells if link.turn is None else link.turn(cells))

    def slack(self, link: Side, claimed: Any) -> list[Any]:
        """Return how far each entry may be off for the decimals it is computed from."""
        if isinstance(link, ClaimedSide):
            slack = 0 if link.is_literal else self._allowed(link, claimed)
            return flat(slack) if isinstance(slack, np.ndarray) else [slack] * len(flat(claimed))
        slack = np.empty(len(link.cells), object)
        for place, cell in enumerate(link.cells):
            arithmetic = cell.link is not None and not cell.link.is_literal
            value = self.ground.here.cell(cell) if arithmetic else None
            slack[place] = (
                0 if cell.link is None or value is None else self._allowed(cell.link, value)
            )
        slack = slack.reshape(link.shape)
        return flat(slack if link.turn is None else link.turn(slack))

    def _allowed(self, link: ClaimedSide, claimed: Any) -> Any:
        """Return how far arithmetic may be off by what the rounding of its decimals allows.

        A decimal that is a number of the graph, or one over it, is exact.
        """
        total, program = mpmath.mpf(0) + 0 * claimed, link.function.program
        for place, line in enumerate(program):
            if not isinstance(line, Literal) or line.value in self._exact:
                continue
            decimal = precision.printed(line.text)
            if decimal is not None and precision.half_digit(decimal) < 1:
                step = sp.Rational(str(precision.half_digit(decimal)))
                moved = Literal(line.value + step, line.text)
                changed = (*program[:place], moved, *program[place + 1 :])
                function = LocalFunction(changed, link.function.arity, link.function.shapes)
                value = self.ground.here.of(ClaimedSide("", function, link.names, turn=link.turn))
                total = total + (abs(value - claimed) if value is not None else 0)
        return total

    @cached_property
    def _exact(self) -> set[sp.Expr]:
        constants = {
            line.value
            for node in self.ground.graph.nodes
            if node.function
            for line in node.function.program
            if isinstance(line, Literal)
        }
        leaves = (
            flat(value) for value in self.ground.here.leaves.values() if np.size(value) <= 100
        )
        numbers = constants | {quantity.exact(entry) for entries in leaves for entry in entries}
        if self.ground.descent is not None:
            numbers.add(quantity.exact(self.ground.descent.rate))
        return numbers | {1 / number for number in numbers if number != 0}

    def by_convention(self, target: Target, link: Side, claimed: Any) -> Finding | None:
        """Accept a derivative by another convention at the kink the point lies on."""
        here = self.ground.here
        if not target.is_derivative or here.rough or not self.ground.has_kinks:
            return None
        if target.is_first and not target.step and not self.ground.is_at_kink:
            return None
        for other in conventions.alternatives(here, target):
            if np.size(other) == np.size(claimed) and self._is_limit(target, link, claimed, other):
                return Finding("convention", "at a kink, where this value is usual too")
        return None

    def _is_limit(self, target: Target, link: Side, claimed: Any, limit: Any) -> bool:
        """Whether a claim is what a derivative is by another convention."""
        one, other = flat(claimed), flat(limit)
        knowns = self.known_to(link, len(one))
        return all(
            abs(a - b) <= conventions.SAME * max(abs(a), abs(b), 1)
            or precision.matched(known, a, b, self._growth(target, place, b)) is not None
            for place, (a, b, known) in enumerate(zip(one, other, knowns, strict=True))
        )

    def _from_page(
        self, target: Target, link: Side, claimed: Any, *, exactly: bool = False
    ) -> Finding | None:
        """Judge a number by what the lines above give: rounded on the way, or following a mistake.

        Parameters
        ----------
        exactly
            Whether to its own precision, hidden digits of the lines above left out.
        """
        found = None if exactly else self._from_same(target, link, claimed)
        if found is not None:
            return found
        for sources, by_value in itertools.product(self.page.of_numbers(target), (True, False)):
            if by_value and not (target.is_derivative and any(map(_is_of_map, sources.lines))):
                continue
            if not self._may_come_of(
                target, link, claimed, sources, exactly=exactly, by_value=by_value
            ):
                continue

            def at(lines: Sequence[PageLine], by_value: bool = by_value) -> Any:
                return self.ground.quick.with_lines(*lines, by_value=by_value).at(target)

            value = at(sources.lines)
            if value is None or np.size(value) != np.size(claimed):
                continue
            match, _ = self.matched(target, link, claimed, value)
            if match is None and not exactly and not self.ground.here.rough:
                lined = self.ground.quick.in_floats.with_lines(*sources.lines, by_value=by_value)
                moves = self._spread(lined, target, claimed, value)
                if len(moves) == len(flat(value)):
                    match, _ = self.matched(target, link, claimed, value, moves)
            if match is None or (exactly and not match.exactly):
                continue
            cause = effective(sources, at, self._differ)
            if cause is None and sources.by_convention:
                return Finding("convention", "by the convention of a line above")
            if cause is not None:
                return following(cause)
            if self._is_near(target, claimed):
                return Finding("rounded", "from the rounded numbers above")
        return None

    def _may_come_of(
        self, target: Target, link: Side, claimed: Any, sources: Sources, *,
        exactly: bool, by_value: bool,
    ) -> bool:  # fmt: skip
        """Whether a number may come of some lines: in float64, which is off by far less than this.

        Most numbers that are wrong come of nothing, and are so told at once.
        """
        floats = self.ground.quick.in_floats
        lined = floats.with_lines(*sources.lines, by_value=by_value)
        value = lined.at(target)
        right, true = floats.at(target), self.ground.quick.at(target)
        if any(
            found is None or np.size(found) != np.size(claimed) for found in (value, right, true)
        ):
            return True
        near = [
            margin(a, b, c - d)
            for a, b, c, d in zip(*map(flat, (claimed, value, right, true)), strict=True)
        ]
        if self.matched(target, link, claimed, value, near)[0] is not None:
            return True
        if exactly or self.ground.here.rough:
            return False
        moves = self._spread(lined, target, claimed, value)
        also = [a + b for a, b in zip(near, moves, strict=False)]
        return bool(also) and self.matched(target, link, claimed, value, also)[0] is not None

    def _spread(self, lined: Point, target: Target, claimed: Any, value: Any) -> list[Any]:
        """Return how far digits hidden behind those of some lines may move a result."""
        off = max(abs(a - b) for a, b in zip(flat(claimed), flat(value), strict=True))
        return spread(lined, target, self.ground.here, float(off))

    def _from_same(self, target: Target, link: Side, claimed: Any) -> Finding | None:
        """Judge a number by the steps written for the same quantity before."""
        for entry in self.page.before(target):
            side = entry.line.side
            value = self.ground.here.of(side)
            if value is None or np.size(value) != np.size(claimed):
                continue
            is_step = isinstance(side, ClaimedSide) and not side.is_literal
            if entry.line.target.key != target.key or (entry.is_right and not is_step):
                continue
            slack = self._slack_of_step(target, side, value)
            if self.matched(target, link, claimed, value, slack)[0] is None:
                continue
            if entry.is_right:
                return Finding("rounded", "from the step before")
            return following(entry.line)
        return None

    def _slack_of_step(self, target: Target, side: Side, value: Any) -> Sequence[Any]:
        """Return how far a step may be off for its decimals: those of a right one are exact."""
        right = self.ground.known(target)
        if not side.is_numeric or right is None or not self._differ(value, right):
            return ()
        return self.slack(side, value)

    def _differ(self, one: Any, other: Any) -> bool:
        rough = self.ground.quick.rough
        return np.size(one) != np.size(other) or bool(equality.unequal(one, other, rough=rough))


def _is_of_map(line: PageLine) -> bool:
    """Whether a line says the value of a map alone, from which its slope may be computed."""
    node = line.target.of
    return (
        line.target.kind == "value"
        and node.function is not None
        and (len(node.function.program) == 2)
    )


def _moved(claimed: Any, expected: Any, allowed: Any) -> Any:
    """Return what is right, moved towards the claim by as much as it may be off itself."""
    if not allowed:
        return expected
    if abs(claimed - expected) <= allowed:
        return claimed
    return expected + allowed * (1 if claimed > expected else -1)

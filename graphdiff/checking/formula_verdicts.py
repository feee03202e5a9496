"""Judge formulas as functions: equal to the truth, to it with values put in, to what follows."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import mpmath
import numpy as np

from graphdiff.checking import conventions, equality, given, sampling, wording
from graphdiff.checking.claim_records import Claim, ClaimedSide, Side
from graphdiff.checking.equality import flat
from graphdiff.checking.finding import Finding, following
from graphdiff.checking.ground import ENOUGH, Ground
from graphdiff.checking.number_verdicts import NumberJudge
from graphdiff.checking.page import Page
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.report import Verdict
from graphdiff.checking.targets import Reference, Target, written
from graphdiff.graph import Node
from graphdiff.graph.facts import Facts

FEW = 6
"""Random points that formulas must agree at with given values put in, or to follow."""

BY_DIGITS = "right for the given values, to the digits of the numbers put in"


class FormulaJudge:
    """Judges formulas.

    Parameters
    ----------
    strict
        Whether a formula with given values put in counts as coincidental.
    """

    def __init__(self, ground: Ground, page: Page, numbers: NumberJudge, *, strict: bool) -> None:
        self.ground = ground
        self.page = page
        self.numbers = numbers
        self.strict = strict

    def judged(self, claim: Claim, link: ClaimedSide) -> Finding:
        """Judge a formula: as a function, and as a number at the given point."""
        target = claim.target
        if not self.ground.enough:
            return self._only_here(claim, link)
        generic = self.ground.separated(target, link, self.ground.generic)
        separating, compared = generic.separating, generic.compared
        if separating is None and compared and self._turns(link):
            separating = self.ground.separated(
                target, link, self.ground.scales, most=None
            ).separating
        if separating is None and (generic.late or not compared):
            return self._incomparable(claim, link)
        if separating is None:
            return self._since(target, link, self._holds(claim, link, lacks=generic.lacks))
        if self._holds_for_distributions(target, link):
            rows = " and ".join(self.ground.rows)
            return Finding("correct", f"right if {rows} sum to 1")
        right_here = self.ground.agree(self.ground.exercise, target, link)
        if right_here is not False and (names := self._put_in(target, link)):
            shown = ", ".join(
                f"{name} = {wording.brief(self.ground.given[name])}" for name in names
            )
            verdict: Verdict = "coincidental" if self.strict else "given"
            return Finding(verdict, f"right with the given {shown} put in")
        if (found := self._with_numbers_of_lines(target, link)) is not None:
            return found
        if right_here is not True:
            if self._holds_by_digits(target, link):
                return Finding("coincidental" if self.strict else "given", BY_DIGITS)
            followed = self._formula_from_page(target, link)
            if followed is not None:
                return followed
        wrong_here = self.ground.exercise if right_here is False else None
        return self._differs(claim, link, wrong_here or self._simplest(target, link) or separating)

    def _since(self, target: Target, link: ClaimedSide, found: Finding) -> Finding:
        """Return a finding that says which of the facts declared a right formula needs."""
        if found.verdict != "correct" or not self._needs(target, link, {}):
            return found
        said = self.ground.graph.facts
        needed = [
            (name, fact)
            for name, facts in said.items()
            for fact in facts.names
            if self._needs(target, link, {**said, name: facts.without(fact)})
        ]
        every = needed or [(name, fact) for name, facts in said.items() for fact in facts.names]
        clauses = " and ".join(self._clause(name, fact) for name, fact in every)
        note = f"right since {clauses}"
        return found._replace(note=f"{note}; {found.note}" if found.note else note)

    def _needs(self, target: Target, link: ClaimedSide, left: Mapping[str, Facts]) -> bool:
        """Whether the sides differ somewhere where only some facts hold."""
        if left == self.ground.graph.facts:
            return False
        among = self.ground.beyond(left)
        return self.ground.separated(target, link, among, most=FEW).separating is not None

    def _clause(self, name: str, fact: str) -> str:
        if fact == "constant" and name in self.ground.given:
            return f"{name} = {wording.brief(self.ground.given[name])}"
        return self.ground.graph[name].facts.sentence(fact, name)

    def _holds(self, claim: Claim, link: ClaimedSide, *, lacks: bool) -> Finding:
        """Judge a formula that is right at random points: at the given one, and at kinks."""
        target = claim.target
        if self.ground.exercise.rough:  # at the given point, or at a kink, digits may be lost
            return Finding("correct")
        right_here = self.ground.agree(self.ground.exercise, target, link)
        at_kink = self.ground.exercise if right_here is False else self._kink(target, link)
        if at_kink is not None and right_here is not False and target.is_derivative:
            shown = self.ground.described(at_kink)
            return Finding("correct", f"by convention it differs at the kink {shown}")
        if at_kink is not None:
            if target.is_derivative and (claimed := self.ground.exercise.of(link)) is not None:
                found = self.numbers.by_convention(target, link, claimed)
                if found is not None:
                    return found
            return self._differs(claim, link, at_kink)
        if self.ground.exercise.at(target) is not None and self.ground.exercise.of(link) is None:
            return Finding("correct", "it has no finite value at the given point")
        smaller = self._outside_domain(target, link) if lacks else None
        if smaller is not None:
            shown = self.ground.described(smaller)
            return Finding("correct", f"where it has a value: it has none at {shown}", smaller)
        return Finding("correct")

    def _outside_domain(self, target: Target, link: ClaimedSide) -> Point | None:
        """Return a point where the target has a value and the claim none, if such are usual."""
        near = itertools.chain(
            self.ground.nearby, itertools.islice(self.ground.generic, self.ground.enough)
        )
        moderate = (point for point in near if point.is_moderate)
        lacking = [
            point
            for point in itertools.islice(moderate, 2 * ENOUGH)
            if point.of(link) is None and point.at(target) is not None
        ]
        return lacking[0] if len(lacking) > 1 else None

    def says_nothing(self, target: Target, link: ClaimedSide) -> bool:
        """Whether a claim is what it is about, whatever that is."""
        own = [k for k, name in enumerate(link.names) if _stands_for(name, target)]
        if not own:
            return False
        for place, point in enumerate(itertools.islice(self.ground.generic, 3)):
            shape = link.names[own[0]].shape
            free = _arbitrary(shape, place, rough=point.rough)
            found = point.with_arguments(link, dict.fromkeys(own, free))
            if found is None or np.shape(found) != np.shape(free):
                return False
            if equality.unequal(found, free, rough=point.rough):
                return False
        return True

    def _put_in(self, target: Target, link: ClaimedSide) -> list[str] | None:
        """Return the leaves whose given values explain a formula, if some do."""
        return given.put_in(
            target, link, self.ground.given, lambda fixed: self._holds_with(fixed, target, link)
        )

    def _with_numbers_of_lines(self, target: Target, link: ClaimedSide) -> Finding | None:
        """Judge a formula into which numbers of lines above were put: 2.2/q where p = 2.2.

        A factor 1 is not seen in it, and −1 is a sign.
        """
        seen = given.numbers(link)
        found = self._with_numbers(seen, target, link)
        return self._with_numbers(seen | {1.0}, target, link) if found is None else found

    def _with_numbers(
        self, numbers: set[float], target: Target, link: ClaimedSide
    ) -> Finding | None:
        put = self.page.put_in(target, numbers, self.ground.here.in_floats)
        named = {_quantity(name) for name in link.names}
        put = [entry for entry in put if entry.line.target.quantity not in named]
        lines = [entry.line for entry in put]

        def holds(fixed: frozenset[str]) -> bool:
            return self._holds_with(fixed, target, link, lines)

        by_lines = lines and (
            holds(frozenset()) or given.put_in(target, link, self.ground.given, holds) is not None
        )
        if not by_lines and not self._is_formula_above_with(lines, target, link):
            return None
        wrong = [entry.line for entry in put if not entry.is_right]
        if wrong:
            return following(wrong[-1])
        said = [f"{written(line.target)} = {line.side.written}" for line in lines]
        what = " and ".join(said) or "given numbers"
        return Finding("coincidental" if self.strict else "given", f"right with {what} put in")

    def _is_formula_above_with(
        self, lines: Sequence[PageLine], target: Target, link: ClaimedSide
    ) -> bool:
        """Whether it is a right formula above about the same, whatever the names left in it are."""
        here = self.ground.here
        said = {line.target.quantity: here.of(line.side) for line in lines}
        left = [_quantity(name) for name in link.names]
        for entry in self.page.before(target):
            above = entry.line.side
            if not entry.is_right or not isinstance(above, ClaimedSide) or above.is_numeric:
                continue
            put = {
                k: said.get(_quantity(name), self.ground.given.get(getattr(name, "name", "")))
                for k, name in enumerate(above.names)
                if _quantity(name) not in left
            }
            if (
                put
                and not any(value is None for value in put.values())
                and all(self._agree_freely(above, put, link, left, seed) for seed in range(ENOUGH))
            ):
                return True
        return False

    def _agree_freely(
        self,
        above: ClaimedSide,
        put: Mapping[int, Any],
        link: ClaimedSide,
        left: Sequence[Any],
        seed: int,
    ) -> bool:
        """Whether two formulas agree where the names of one have any values."""
        point = self.ground.here
        free = {
            quantity: _arbitrary(name.shape, 10 * seed + k, rough=point.rough)
            for k, (quantity, name) in enumerate(zip(left, link.names, strict=True))
        }
        ours = dict(enumerate(free[quantity] for quantity in left))
        theirs = {k: free.get(_quantity(name)) for k, name in enumerate(above.names)}
        one = point.with_arguments(above, {**theirs, **put})
        other = point.with_arguments(link, ours)
        return (
            one is not None
            and other is not None
            and np.shape(one) == np.shape(other)
            and not equality.unequal(one, other, rough=point.rough)
        )

    def _holds_with(
        self,
        fixed: frozenset[str],
        target: Target,
        link: ClaimedSide,
        lines: Sequence[PageLine] = (),
    ) -> bool:
        """Whether the sides agree wherever some leaves have their given values."""
        among = self.ground.with_given(fixed) if fixed else self.ground.generic
        there = [point.with_lines(*lines) for point in among] if lines else among
        separating, compared, *_ = self.ground.separated(target, link, there, most=FEW)
        if separating is not None or not compared:
            return False
        some = list(itertools.islice(there, FEW))
        return given.varies(link, some, list(itertools.islice(self.ground.generic, FEW)))

    def _holds_by_digits(self, target: Target, link: ClaimedSide) -> bool:
        """Whether a formula with rounded numbers put in is right here to their digits."""
        claimed, expected = self.ground.exercise.of(link), self.ground.exercise.at(target)
        if claimed is None or expected is None or self.ground.exercise.rough:
            return False
        slack = self.numbers.slack(link, claimed)
        if not any(slack):
            return False
        pairs = zip(flat(claimed), flat(expected), slack, strict=True)
        return all(abs(one - other) <= allowed for one, other, allowed in pairs)

    def _formula_from_page(self, target: Target, link: ClaimedSide) -> Finding | None:
        """Judge a formula by the wrong formulas above, from which it may follow."""
        for entry in self.page.before(target):
            same = entry.line.target.key == target.key and not entry.line.side.is_numeric
            if same and not entry.is_right and self._is_same(entry.line.side, link):
                return following(entry.line)
        for sources in self.page.of_formulas(target):
            first = next(iter(self.ground.generic), None)
            if first is not None and self.ground.far_apart(first, sources.lines, target, link):
                continue
            kept = (point.with_lines(*sources.lines) for point in self.ground.generic)
            separating, compared, *_ = self.ground.separated(target, link, kept, most=FEW)
            if separating is None and compared:
                return following(sources.wrong[-1])
        return None

    def _is_same(self, one: Side, other: ClaimedSide) -> bool:
        separating, compared, *_ = self.ground.separated(one, other, self.ground.generic, most=FEW)
        return separating is None and compared > 0

    def _turns(self, link: ClaimedSide) -> bool:
        """Whether a claim or its target may have cases that turn far out."""
        return self.ground.has_kinks or conventions.is_kinked(link.function)

    def _only_here(self, claim: Claim, link: ClaimedSide) -> Finding:
        """Judge a formula of arrays so large that one point is all there is time for."""
        agree = self.ground.agree(self.ground.exercise, claim.target, link)
        if agree is False:
            return self._differs(claim, link, self.ground.exercise)
        where = "right at the given point; " if agree else ""
        return Finding("undecided", f"{where}the arrays are too large to judge it at others")

    def _differs(self, claim: Claim, link: ClaimedSide, at: Point) -> Finding:
        claimed, expected = at.of(link), at.at(claim.target)
        where = f"at {self.ground.described(at)}"
        if isinstance(expected, np.ndarray) and claimed is not None:
            places = self.ground.differing(at, claim.target, link) or []
            apart = f"{where} {wording.entries(link, claimed, expected, places)}"
            right = "the numbers are right here"
        else:
            shown, true = wording.told_apart(claimed, expected)
            apart = f"{where} it gives {shown}, but {claim.written} is {true}"
            right = "the number {} is right here"
        if self.ground.agree(self.ground.exercise, claim.target, link):
            value = self.ground.exercise.at(claim.target)
            value = "" if isinstance(value, np.ndarray) else wording.number(value)
            note = f"{right.format(value)}, the formula is not: {apart}"
            return Finding("coincidental", note, at)
        return Finding("wrong", self.ground.disconnected(claim.target) or apart, at)

    def _incomparable(self, claim: Claim, link: ClaimedSide) -> Finding:
        """Judge a formula that has no value wherever its target has one, or none was found."""
        target = claim.target
        if target.kind == "value" and target.key is None and _is_formula_of(link, target.of):
            return Finding("correct")
        if self.ground.late:
            return Finding("undecided", "time ran out")
        for point in itertools.chain([self.ground.exercise], self.ground.generic):
            if (expected := point.at(target)) is not None and point.of(link) is None:
                where = f"at {self.ground.described(point)}" if point.leaves else "anywhere"
                is_there = wording.shown_value(expected)
                note = f"it has no finite value {where}, but {claim.written} is {is_there}"
                return Finding("wrong", note, point)
        return Finding("undecided", "no point was found where both have a value")

    def _holds_for_distributions(self, target: Target, link: ClaimedSide) -> bool:
        """Whether the sides agree wherever the rows of some inputs are probabilities."""
        if not self.ground.rows or self.ground.agree(self.ground.exercise, target, link) is False:
            return False
        separating, compared, *_ = self.ground.separated(target, link, self.ground.proper)
        return separating is None and compared > 0

    def _simplest(self, target: Target, link: ClaimedSide) -> Point | None:
        """Return a neighbour that separates, and lies on no kink of the graph or the claim."""
        for point in self.ground.nearby:
            if self.ground.agree(point, target, link) is False:
                beside = Point(self.ground.graph, sampling.beside(point.leaves), point.digits)
                on_kink = self.ground.has_kinks and conventions.at_kink(point)
                if not on_kink and self.ground.agree(beside, target, link) is False:
                    return point
        return None

    def _kink(self, target: Target, link: ClaimedSide) -> Point | None:
        return self.ground.separated(target, link, self.ground.special).separating


def _quantity(name: Any) -> Any:
    """Return what a name in a claim is about, as targets have it."""
    of = name.target if isinstance(name, Reference) else Target("value", name)
    return of.quantity


def _stands_for(name: Any, target: Target) -> bool:
    """Whether a name in a claim is what the claim is about."""
    if isinstance(name, Reference):
        same_kind = (name.target.kind == "J") == (target.kind == "J")
        return same_kind and name.target.is_same_as(target) and name.target.shape == target.shape
    return target == Target("value", name) if isinstance(name, Node) else False


def _arbitrary(shape: tuple[Any, ...], seed: int, *, rough: bool) -> Any:
    values = np.random.default_rng(seed).integers(2, 10**6, size=shape) / 9973
    if rough or not shape:
        return values if rough else mpmath.mpf(float(values))
    result = np.empty(shape, object)
    result.ravel()[:] = [mpmath.mpf(entry) for entry in values.ravel().tolist()]
    return result


def _is_formula_of(link: ClaimedSide, node: Node) -> bool:
    """Whether a link is the formula of a node, word for word."""
    return node.function is not None and (
        (link.function.program, link.names) == (node.function.program, node.parents)
    )

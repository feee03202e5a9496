"""The search: which known mistakes give just what a wrong line says.

Single mistakes are tried before pairs, with exact values before the page's own rounded ones. What
fits by chance is no explanation: the fewer digits a line has and the more mistakes were tried, the
less a fit says.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.faults import ranking, second_order
from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.candidates import (
    MAX_ENTRIES,
    MAX_OPERATIONS,
    Candidate,
    Candidates,
    Group,
    candidates,
    settled,
)
from graphdiff.checking.faults.claimed_numbers import (
    EXACT,
    ClaimedNumbers,
    by_chance,
    row_of,
    short,
)
from graphdiff.checking.faults.declaration import WrongLine
from graphdiff.checking.faults.effort import FEWEST, Allowance
from graphdiff.checking.faults.evidence import Evidence
from graphdiff.checking.faults.operations import operations
from graphdiff.checking.faults.printed_steps import nearest, steps
from graphdiff.checking.faults.ranking import Fit
from graphdiff.checking.faults.slips import SLIPS
from graphdiff.checking.page import Sources
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError

Array = Any

POINTS, LEAST, TRIED, MODERATE = 6, 3, 40, 4
"""Random points that formulas are compared at, and at least, of how many tried; and how large
leaves are there."""

CLOSE = 1e-7
"""To this part two formulas agree at a point."""

SOURCES, WAYS = 3, 2
"""Sets of lines above that a number is compared by; ways to compute by the first of them."""

NEAR = 2
"""A slip leads about as far as a claim is off if no more than so many times as far."""

AFTER_STEP, AFTER_FORMULA = 0.02, 0.1
"""How likely a mistake in the derivation is after a printed step, and after a formula."""

NEARBY, FARTHER = 0.1, 50
"""How near to what is claimed a mistake by exact numbers leads, to be tried by the page's rounded
ones: as a part of the numbers, and as so many times what the right result drifts."""

OUT_OF_WORK = "no mistake was looked for: too many lines are wrong"
"""What is said of a line for whose mistake there is no work left."""

DRIFT = 1.5
"""How much farther than the right result one with a mistake may drift by rounded lines."""


def diagnosis(line: WrongLine, work: Allowance | None = None) -> Diagnosis | None:
    """Return which known mistakes give what a line says; None where it cannot be looked for.

    Parameters
    ----------
    work
        How much work it may take; what was not tried for want of it is told.
    """
    graph = line.ground.graph
    if second_order.is_second(line.target):
        first = second_order.as_first(line.target)
        if first is None:
            return None
        graph = first.of.graph
    if len(operations(graph)) > MAX_OPERATIONS:
        return Diagnosis((), False, "the graph is too large to look for a mistake")
    if math.prod(line.target.shape) > MAX_ENTRIES:
        return Diagnosis((), False, "it has too many entries to look for a mistake")
    work = Allowance() if work is None else work
    if work.left < FEWEST:
        return Diagnosis((), False, OUT_OF_WORK)
    with np.errstate(all="ignore"):
        found = ranking.diagnosis(_fits(line, work))
    if work.ended and not found.explanations:
        return replace(
            found, unsearched="no mistake was found among the likeliest; not all were tried"
        )
    return found


def _fits(line: WrongLine, work: Allowance) -> list[Fit]:
    if not line.link.is_numeric:
        return list(_of_formula(line, work))
    claim = ClaimedNumbers.of(line)
    if claim is None or len(claim.said) != math.prod(line.target.shape):
        return [] if claim is None else list(_of_foreign_shape(line, claim))
    return list(_of_number(line, claim, work))


# Formulas


def _of_formula(line: WrongLine, work: Allowance) -> Iterator[Fit]:
    """Yield the mistakes that give a formula, as functions."""
    points = list(_generic(line))
    if len(points) < LEAST:
        return
    claimed = [row_of(point.of(line.link)) for point in points]
    true = [row_of(point.at(line.target)) for point in points]
    here = [point.in_floats for point in points]
    target, settings = settled(line.target, here)
    found = candidates(settings, target)
    said = np.stack([row for row in claimed if row is not None])
    yield from _transposed(line, points)
    if said.shape[1] != found.size:
        yield from _slips_of_formula(line, here, said)
        return
    right = np.stack([row for row in true if row is not None])
    kept = [k for k in range(len(points)) if _are_same(found.right[k], right[k])]
    if len(kept) < LEAST:  # float64 has not digits enough there
        return
    slips = list(_slips_of_formula(line, [here[k] for k in kept], said[kept]))
    yield from slips
    if not said.any():  # 0 whatever the values are: too many mistakes give it
        return
    fits = _alike(work.of(found.singles), kept, said[kept])
    if not fits and not slips:
        fits = _alike(work.of(found.pairs), kept, said[kept])
    evidence = Evidence(line)
    for each in fits:
        yield _by_evidence(Fit(each.explanation, each.likely, 0.0, effect=b""), each, evidence)


def _by_evidence(fit: Fit, candidate: Candidate, evidence: Evidence) -> Fit:
    """Return a fit with what the page says for it and against it."""
    belief = evidence.belief(candidate)
    shown = all(map(evidence.shows, candidate.made))
    excluded = evidence.is_excluded(candidate)
    return fit._replace(
        likely=fit.likely * belief, doubtful=belief < 1, shown=shown, excluded=excluded
    )


def _alike(group: Group, kept: Sequence[int], said: Array) -> list[Candidate]:
    """Return the candidates that are what a formula is, at some of the points."""
    if not group:
        return []
    same = _same(group.values[:, kept], said).all(axis=(1, 2))
    return [group[place] for place in np.flatnonzero(same).tolist()]


def _transposed(line: WrongLine, points: Sequence[Point]) -> Iterator[Fit]:
    """Yield that the transpose is given, where its shape says so."""
    shape = line.target.shape
    said = [np.asarray(point.of(line.link)) for point in points]
    if len(shape) != 2 or shape[0] == shape[1] or said[0].shape != shape[::-1]:
        return
    true = [np.asarray(point.at(line.target), float) for point in points]
    pairs = zip(true, said, strict=True)
    if all(_are_same(right.ravel(), one.T.astype(float).ravel()) for right, one in pairs):
        bug = next(bug for bug in BUGS if bug.key == "transposed")
        yield Fit(bug.explained({"matrix": "the matrix"}, ""), bug.likely, 0.0)


def _slips_of_formula(line: WrongLine, points: Sequence[Point], said: Array) -> Iterator[Fit]:
    """Yield the slips in copying that give a formula."""
    for slip in SLIPS:
        for attempt in slip.attempts(slip, line):
            values = (row_of(attempt.value(point)) for point in points)
            pairs = zip(values, said, strict=True)
            if all(_is_same_row(row, claimed) for row, claimed in pairs):
                yield Fit(attempt.explanation, slip.likely * attempt.likely, 0.0)


def _is_same_row(row: Array | None, said: Array) -> bool:
    return row is not None and len(row) == len(said) and _are_same(row, said)


def _generic(line: WrongLine) -> Iterator[Point]:
    """Yield random points where the line and its target have values of moderate size."""
    found = 0
    among = line.ground.proper if line.ground.rows else line.ground.generic
    for point in itertools.islice(among, TRIED):
        if any(np.max(np.abs(np.asarray(v, float))) > MODERATE for v in point.leaves.values()):
            continue
        if point.of(line.link) is None or point.at(line.target) is None:
            continue
        yield point
        found += 1
        if found == POINTS:
            return


def _are_same(values: Array, said: Array) -> bool:
    return bool(_same(values, said).all())


def _same(values: Array, said: Array) -> Array:
    """Return which numbers are the same as those of a formula."""
    size = np.maximum(np.abs(said), np.max(np.abs(said), axis=-1, keepdims=True) * 1e-3)
    return np.isfinite(values) & (np.abs(values - said) <= CLOSE * size)


# Numbers


def _of_number(line: WrongLine, claim: ClaimedNumbers, work: Allowance) -> Iterator[Fit]:
    slips = list(_slips(line, claim))
    exact = _candidates(line.target, [line.ground.here.in_floats])
    evidence = Evidence(line)
    tried = work.of(exact.singles)
    singles = list(_fitting(exact, tried, claim, 0.0, evidence))
    by_lines: _ByLines | None = None
    if not any(fit.chance <= ranking.CERTAIN for fit in (*slips, *singles)):
        by_lines = _ByLines.of(line, exact, claim, evidence, work)
    if by_lines is not None:
        singles += by_lines.singles(tried)
    yield from slips
    after = _after_step(line)
    yield from (fit._replace(likely=fit.likely * after) for fit in singles)
    if slips or singles or claim.digits < 3 or work.ended:
        return
    two = work.of(exact.pairs)
    pairs = list(_fitting(exact, two, claim, 0.0, evidence))
    yield from pairs if pairs or by_lines is None else by_lines.pairs(two)


def _of_foreign_shape(line: WrongLine, claim: ClaimedNumbers) -> Iterator[Fit]:
    """Yield the slips that give numbers of another shape than the target's."""
    here = line.ground.here.in_floats
    chance = by_chance(claim.said, claim.allowed, np.abs(claim.said))
    for slip in SLIPS:
        attempts = list(slip.attempts(slip, line)) if not slip.general else []
        for attempt in attempts:
            values = row_of(attempt.value(here))
            if values is not None and len(values) == len(claim.said) and claim.fits(values):
                likely = slip.likely * attempt.likely
                yield Fit(attempt.explanation, likely, len(attempts) * chance)


def _after_step(line: WrongLine) -> float:
    """Return how much less likely a mistake in the derivation is after what stands before a line.

    Where a step is printed, it is not what was computed from; where a formula is, that is known.
    """
    step = nearest(line)
    return 1.0 if step is None else AFTER_STEP if step.is_numeric else AFTER_FORMULA


def _slips(line: WrongLine, claim: ClaimedNumbers) -> Iterator[Fit]:
    """Yield the slips that give the numbers claimed.

    Some do by chance: the more of them lead about as far as the claim is off, the likelier.
    """
    here = line.ground.here.in_floats
    tried = [
        (slip, attempt, values)
        for slip in SLIPS
        for attempt in slip.attempts(slip, line)
        if (values := row_of(attempt.value(here))) is not None and len(values) == len(claim.said)
    ]
    near = steps(line)
    right = row_of(near[0].given if near else line.ground.known(line.target))
    if right is None:
        return
    off = np.abs(claim.said - right)
    wrong = off > claim.allowed
    among = sum(
        bool((np.abs(values - right) <= NEAR * off)[wrong].all())
        for slip, _, values in tried
        if not slip.general
    )
    chance = among * by_chance(claim.said[wrong], claim.allowed[wrong], off[wrong])
    is_printed = any(step.is_printed for step in near)
    for slip, attempt, values in tried:
        if claim.fits(values):
            likely = slip.likely * attempt.likely
            own = chance if not slip.general else 0.0 if is_printed else 1.0
            yield Fit(attempt.explanation, likely, own + attempt.chance, slip.general)


def _fitting(
    found: Candidates, group: Group, claim: ClaimedNumbers, drift: Array,
    evidence: Evidence, again: Mapping[int, Candidate] | None = None,
) -> Iterator[Fit]:  # fmt: skip
    """Yield the candidates that give the numbers claimed, at one of the settings.

    Parameters
    ----------
    evidence
        What the page says for them and against them.
    again
        Those of the group that are computed anew, by their places, where the others are too far
        off to be.
    """
    if not group:
        return
    said, right = claim.said, found.right
    allowed = claim.allowed + 1e-9 * np.abs(said)
    is_right = np.abs(right - said) <= allowed + drift
    size = np.maximum(np.abs(right), 1e-300)
    tried = group if again is None else Group(again.values())
    places = range(len(group)) if again is None else list(again)
    if not tried:
        return
    values = tried.values
    farther = drift * np.maximum(np.abs(values) / size, 1.0) * DRIFT
    fits = np.abs(values - said) <= allowed + farther
    whole, partly = fits.all(axis=2), (fits | is_right).all(axis=2) & ~is_right.all(axis=1)
    settings = np.where(whole.any(axis=1), whole.argmax(axis=1), partly.argmax(axis=1))
    for row in np.flatnonzero((whole | partly).any(axis=1)).tolist():
        each, place, k = tried[row], places[row], settings[row]
        wrong = np.ones(len(said), bool) if whole[row, k] else ~is_right[k]
        wide = (allowed + farther[row, k])[wrong]
        chance = (place + 1) * by_chance(said[wrong], wide, found.spread[k][wrong])
        if whole[row, k] and (np.abs(each.values[k] - said) <= EXACT * np.abs(said)).all():
            chance *= short(group, said)
        explanation = each.explanation
        if not whole[row, k]:
            explanation = _in_entries(explanation, found.target, np.flatnonzero(wrong).tolist())
        likely = each.likely if whole[row, k] else each.likely / 3
        fit = Fit(explanation, likely, chance, effect=_effect(each.values[0]))
        yield _by_evidence(fit, each, evidence)


def _effect(values: Array) -> bytes:
    """Return what tells numbers from others, to the digits that float64 has for certain."""
    return np.asarray([f"{value:.9g}" for value in values]).tobytes()


def _in_entries(explanation: Explanation, target: Target, places: Sequence[int]) -> Explanation:
    """Return an explanation that holds for some entries only, and says for which."""
    indices = [list(map(int, np.unravel_index(place, target.shape))) for place in places]
    shown = ", ".join(map(str, indices[:4])) + (", …" if len(indices) > 4 else "")
    plural = "entries" if len(indices) > 1 else "entry"
    sentence = f"in the {plural} {shown}, {explanation.sentence}"
    return replace(explanation, sentence=sentence, where=shown)


@dataclass(frozen=True)
class _ByLines:
    """What mistakes make of the page's own numbers.

    Attributes
    ----------
    exact
        What they make of exact ones.
    found
        What they make of those of the lines, each set of lines in each way a setting.
    claim
        The numbers claimed.
    evidence
        What the page says for mistakes and against them.
    sets
        The lines above that the numbers may come of.
    drift
        How far right lines let a result drift.
    """

    exact: Candidates
    found: Candidates
    claim: ClaimedNumbers
    evidence: Evidence
    sets: Sequence[Sources]
    drift: Array
    work: Allowance

    @classmethod
    def of(
        cls,
        line: WrongLine,
        exact: Candidates,
        claim: ClaimedNumbers,
        evidence: Evidence,
        work: Allowance,
    ) -> _ByLines | None:
        """Return them; None where there are no lines above, or none that fit together.

        All sets of lines are settings of one derivation: what takes time is to try each mistake.
        """
        if second_order.is_second(line.target):
            return None  # lines are about the graph without the first derivatives
        here = line.ground.here.in_floats
        sets = list(itertools.islice(line.page.of_numbers(line.target), SOURCES))
        ways = (False, True) if line.target.is_derivative else (False,)
        every = [here.with_lines(*one.lines, by_value=way) for one in sets for way in ways]
        if not every:
            return None
        try:
            target, settings = settled(line.target, every)
            found = Candidates(settings, target)
        except GraphdiffError:
            return None
        drift = np.zeros_like(exact.right)
        if not sets[0].wrong:
            drift = np.abs(found.right[:1] - exact.right)
            drift = np.where(np.isfinite(drift), drift, 0.0)
        return cls(exact, found, claim, evidence, sets, drift, work)

    def singles(self, tried: Group) -> Iterator[Fit]:
        """Yield the single mistakes that give the numbers claimed, given those tried exactly."""
        if any(sources.wrong for sources in self.sets):
            tried = self.work.of(self.found.singles)
            return _fitting(self.found, tried, self.claim, self.drift, self.evidence)
        return self._near(tried, self.found)

    def pairs(self, tried: Group) -> Iterator[Fit]:
        """Yield two mistakes that together give the numbers claimed, by right lines."""
        if self.sets[0].wrong:
            return iter(())
        settings = self.found.derivation.settings[:WAYS]
        return self._near(tried, Candidates(settings, self.found.target))

    def _near(self, group: Group, found: Candidates) -> Iterator[Fit]:
        """Yield those that fit: right lines are rounded, and lead not far from exact ones."""
        near = {place: group[place] for place in self._places_near(group)}
        found.spread = np.broadcast_to(self.exact.spread, found.right.shape)
        again = found.again(near)
        self.work.take(found.derivation.work.done)
        return _fitting(found, group, self.claim, self.drift, self.evidence, again)

    def _places_near(self, group: Group) -> list[int]:
        """Return which lead so near to what is claimed that rounding may do the rest."""
        if not group:
            return []
        said, values = self.claim.said, group.values[:, :1]
        allowed = (
            self.claim.allowed + NEARBY * (np.abs(said) + np.abs(values)) + FARTHER * self.drift
        )
        is_right = np.abs(self.exact.right - said) <= allowed
        near = (np.abs(values - said) <= allowed) | is_right
        return np.flatnonzero(near.all(axis=(1, 2))).tolist()


def _candidates(target: Target, settings: Sequence[Point]) -> Candidates:
    about, points = settled(target, settings)
    return candidates(points, about)

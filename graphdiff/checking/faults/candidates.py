"""What single mistakes make of a target: computed once for a graph, its values and the target."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults import second_order
from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import NO_ALTERATION, Alteration, Derivation
from graphdiff.checking.faults.effort import LINE, Tries
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.faults.side_by_side import SideBySide
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError, GraphError

Array = Any

SAME = 1e-9
"""To this part two results are the same."""

MAX_OPERATIONS, MAX_ENTRIES = 3000, 10_000
"""Operations of a graph, and entries of a target, up to which mistakes are looked for."""

TRYING, HELD = 5, 50
"""Units of work that trying a mistake takes beside what is computed anew, and numbers of a result
that are held for another one."""

FIRST, FEWEST_TOGETHER = 32, 4
"""Mistakes that are tried at first, then more and more at a time; and how few one by one."""

MOST_PLACES = 600
"""Places of one mistake that are looked at."""

SECONDS = 20.0
"""Seconds of CPU time after which nothing more is tried, however little work it was."""

PLACES = 0.7
"""How much less likely one of several places of a mistake is: by their number to this power."""

PAIRED = 0.05
"""How likely a second mistake is beside a first."""

MAX_PAIRED = 40
"""Of so many of the likeliest mistakes two together are tried."""

KEPT = 500
"""Targets of a graph whose candidates are kept."""

Tried = tuple[Array | None, int]
"""What a mistake makes of a target, at each setting, None for nothing else; and its work."""

Untried = tuple[tuple[Bug, ...], tuple[Made, ...], float]
"""One mistake, or two, what each does, and how likely that is."""


@dataclass(frozen=True)
class Candidate:
    """One mistake, or two, with what they make of a target.

    Attributes
    ----------
    bugs, made
        The mistakes, and what each does.
    values
        What the target is then, at each setting, its entries in a row.
    likely
        How likely it is beforehand.
    """

    bugs: tuple[Bug, ...]
    made: tuple[Made, ...]
    values: Array
    likely: float

    @property
    def explanation(self) -> Explanation:
        """It in words."""
        each = [
            bug.explained(made.words, made.where)
            for bug, made in zip(self.bugs, self.made, strict=True)
        ]
        if len(each) == 1:
            return each[0]
        sentence, hint, reference = (
            joint.join(dict.fromkeys(getattr(one, name) for one in each))
            for name, joint in (("sentence", ", and "), ("hint", " "), ("reference", "; "))
        )
        where = ", ".join(filter(None, (one.where for one in each)))
        return Explanation(tuple(bug.key for bug in self.bugs), sentence, hint, reference, where)


class Group(list[Candidate]):
    """Several candidates, with what they make of a target."""

    @cached_property
    def values(self) -> Array:
        """It as one array of candidates × settings × entries."""
        return np.array([each.values for each in self])


class Candidates:
    """What mistakes make of one target, the likeliest first.

    Attributes
    ----------
    right
        What the target is, at each setting.
    """

    def __init__(self, settings: Sequence[Point], target: Target) -> None:
        self.target = target
        self.derivation = Derivation(settings)
        self.size = math.prod(target.shape)
        self.many = len(settings)
        right = self._flat(self.derivation.at(target))
        self.is_known = right is not None
        self.right = np.full((self.many, self.size), np.nan) if right is None else right

    @cached_property
    def singles(self) -> Tries[Candidate, Group]:
        """What one mistake makes of it, the likeliest first."""
        return self._tries(self._single)

    @property
    def single(self) -> Group:
        """What one mistake makes of it, as far as one line may take."""
        return self.singles.within(LINE)[0]

    @cached_property
    def pairs(self) -> Tries[Candidate, Group]:
        """What two of the likeliest mistakes together make of it."""
        return self._tries(self._paired)

    def again(self, others: Mapping[int, Candidate]) -> dict[int, Candidate]:
        """Return mistakes that were tried on another derivation of the graph as they are in this.

        Those that are nothing else than what is right here are left out.
        """
        found: dict[int, Candidate] = {}
        several = iter(others.items())
        while some := list(itertools.islice(several, self._most)):
            made = [_together(each.made) for _, each in some]
            for (key, each), (values, units) in zip(some, self._altered(made), strict=True):
                self.derivation.work.done += units
                if values is not None:
                    found[key] = replace(each, values=values)
        return found

    @cached_property
    def spread(self) -> Array:
        """How far off mistakes lead, entry by entry: half of them farther."""
        first = self.singles.within(LINE // 10)[0]
        if not first:
            return np.full(self.right.shape, np.inf)
        off = np.abs(first.values[:200] - self.right)
        off[(off == 0) | ~np.isfinite(off)] = np.nan
        off[0][np.isnan(off).all(axis=0)] = np.inf
        return np.nanmedian(off, axis=0)

    def _flat(self, found: Array | None) -> Array | None:
        """Return a result as an array of settings × entries; None if it is none of the target's."""
        if found is None or math.prod(found.shape[1:]) != self.size:
            return None
        rows = np.reshape(found, (len(found), self.size))
        return rows if len(rows) == self.many else np.broadcast_to(rows, (self.many, self.size))

    def _are_new(self, values: Array) -> Array:
        """Return which results are finite somewhere, and another than the right one."""
        off = values - self.right  # not a number, or infinite, where one of them is
        return (np.isfinite(off) & (np.abs(off) > self._same)).any(axis=(-2, -1))

    @cached_property
    def _same(self) -> Array:
        """How far off at most a result is the same, at each setting."""
        known = np.where(np.isfinite(self.right), np.abs(self.right), 0)
        return SAME * known.max(axis=1, initial=0, keepdims=True)

    def _tries(self, several: Callable[[], Iterator[Untried]]) -> Tries[Candidate, Group]:
        """Return what comes of mistakes, one after another."""
        each = lambda: self._tried(several()) if self.is_known else iter(())  # noqa: E731
        return Tries(each, self.derivation.work, Group)

    def _tried(self, several: Iterator[Untried]) -> Iterator[Candidate | None]:
        seconds, many = 0.0, min(FIRST, self._most)
        while some := list(itertools.islice(several, many)):
            began = time.process_time()
            tried = self._altered([_together(made) for _, made, _ in some])
            seconds += time.process_time() - began
            for (bugs, made, likely), (values, units) in zip(some, tried, strict=True):
                self.derivation.work.done += units
                yield None if values is None else Candidate(bugs, made, values, likely)
            if seconds > SECONDS:
                return
            many = min(2 * many, self._most)

    @cached_property
    def _most(self) -> int:
        """How many mistakes are tried at a time."""
        return SideBySide.most(self.derivation, self.target)

    def _single(self) -> Iterator[Untried]:
        """Yield all mistakes at all places, the likeliest first."""
        scene = Scene(self.derivation, self.target)
        found: list[Untried] = []
        for bug in sorted(BUGS, key=lambda bug: -bug.likely):
            places = [*map(self._readable, itertools.islice(bug.made(scene), MOST_PLACES))]
            self.derivation.work.done += len(places)
            total = max(1.0, sum(made.likely for made in places))
            found += [
                ((bug,), (made,), bug.likely * (made.likely / total) ** PLACES) for made in places
            ]
        yield from sorted(found, key=_likeliest)

    def _readable(self, made: Made) -> Made:
        """Return a mistake with first derivatives that are nodes as they are written."""
        graph = self.derivation.operations.graph
        if not second_order.derivatives(graph):
            return made
        words = {key: second_order.readable(graph, word) for key, word in made.words.items()}
        return made._replace(words=words, where=second_order.readable(graph, made.where))

    def _paired(self) -> Iterator[Untried]:
        """Yield two of the likeliest mistakes that give different results."""
        distinct = list(self._distinct(self.single, MAX_PAIRED))
        found = [
            (other.bugs + one.bugs, other.made + one.made, PAIRED * one.likely * other.likely)
            for other, one in itertools.combinations(distinct, 2)
        ]
        yield from sorted(found, key=_likeliest)

    def _altered(self, several: Sequence[Alteration | None]) -> list[Tried]:
        """Return what alterations make of the target, each with the work it takes alone.

        None of one that makes nothing else of it.
        """
        found = dict[int, Tried]()
        alike = {m: one for m, one in enumerate(several) if one is not None and self._is_alike(one)}
        if len(alike) >= FEWEST_TOGETHER:
            last = self.derivation.last(self.target, NO_ALTERATION)
            with contextlib.suppress(GraphdiffError, ValueError):
                found = self._beside_each_other(alike, last)
        return [
            found[m] if m in found else self._alone(alteration)
            for m, alteration in enumerate(several)
        ]

    def _is_alike(self, alteration: Alteration) -> bool:
        """Whether an alteration may be computed beside others."""
        others = alteration.target or alteration.step or alteration.end
        return not others and self.target.kind != "expression" and self.derivation.is_plain

    def _beside_each_other(
        self, alterations: Mapping[int, Alteration], last: int | None
    ) -> dict[int, Tried]:
        """Return what alterations make of the target, but for those that do not fit in."""
        beside = SideBySide(self.derivation, list(alterations.values()), last)
        whole = beside.whole(self.target)
        if whole is None or math.prod(whole.shape[1:]) != self.size:
            return {}
        lead = len(alterations) * self.many
        rows = np.broadcast_to(np.reshape(whole, (len(whole), self.size)), (lead, self.size))
        values = rows.reshape((len(alterations), self.many, self.size))
        new = self._are_new(values).tolist()
        return {
            m: (values[k] if new[k] else None, self._units + beside.units[k])
            for k, m in enumerate(alterations)
            if k not in beside.odd
        }

    def _alone(self, alteration: Alteration | None) -> Tried:
        if alteration is None:
            return None, 0
        work, before = self.derivation.work, self.derivation.work.done
        try:
            values = self._flat(self.derivation.at(self.target, alteration))
        except (GraphdiffError, ValueError):
            values = None  # arrays that do not fit, a value that there is not
        units, work.done = self._units + work.done - before, before
        return (values if values is not None and self._are_new(values) else None), units

    @cached_property
    def _units(self) -> int:
        """Units of work that trying a mistake takes beside what is computed anew."""
        return TRYING + self.many * self.size // HELD

    @staticmethod
    def _distinct(candidates: Iterable[Candidate], most: int) -> Iterator[Candidate]:
        """Yield the first candidates that give different results."""
        seen = set[bytes]()
        for candidate in candidates:
            key = np.asarray([f"{v:.9g}" for v in candidate.values.ravel()[:64]]).tobytes()
            if key not in seen:
                seen.add(key)
                yield candidate
            if len(seen) == most:
                return


def _together(several: Sequence[Made]) -> Alteration | None:
    """Return what mistakes do together; None where they are about the same."""
    first, *others = several
    together: Alteration | None = first.alteration
    for made in others:
        together = together and together + made.alteration
    return together


def _likeliest(untried: Untried) -> float:
    return -untried[2]


def candidates(settings: Sequence[Point], target: Target) -> Candidates:
    """Return what mistakes make of a target; kept with the graph where no lines are put in.

    It is the same then for all who hand in the same exercise.
    """
    if any(point.lines for point in settings):
        return Candidates(settings, target)
    graph = settings[0].graph
    kept: dict[Any, Candidates] = graph.kept.setdefault("mistakes", {})
    key = (len(graph), target, *(point.known_by for point in settings))
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = Candidates(settings, target)
    return kept[key]


def settled(target: Target, points: Sequence[Point]) -> tuple[Target, list[Point]]:
    """Return a target after several steps as one after a step, and the points before that.

    A second derivative becomes a first one, of a graph with the first derivatives as nodes.
    """
    if second_order.is_second(target):
        first = second_order.as_first(target)
        if first is None:
            raise GraphError("this second derivative is none of a graph with the first")
        there = (point.after(target.step) if target.step else point for point in points)
        known = [point for point in there if point is not None]
        return first, second_order.at_points(first, known)
    if not target.step:
        return target, list(points)
    is_updated = target.kind == "value" and target.of.kind == "parameter"
    before = target.step - 1 if is_updated else target.step
    later = (point.after(before) for point in points)
    return replace(target, step=target.step - before), [one for one in later if one is not None]

"""What single mistakes make of a target: computed once for a graph, its values and the target."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import NO_ALTERATION, Alteration, Derivation
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError

Array = Any

SAME = 1e-9
"""To this part two results are the same."""

MAX_OPERATIONS, MAX_ENTRIES = 3000, 10_000
"""Operations of a graph, and entries of a target, up to which mistakes are looked for."""

SECONDS = 0.6
"""Seconds of CPU time for all candidates of one target."""

PLACES = 0.7
"""How much less likely one of several places of a mistake is: by their number to this power."""

PAIRED = 0.05
"""How likely a second mistake is beside a first."""

MAX_PAIRED = 40
"""Of so many of the likeliest mistakes two together are tried."""

KEPT = 500
"""Targets of a graph whose candidates are kept."""


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
    def single(self) -> list[Candidate]:
        """What one mistake makes of it."""
        return self._single() if self.is_known else []

    @cached_property
    def pairs(self) -> list[Candidate]:
        """What two of the likeliest mistakes together make of it."""
        return sorted(self._paired(), key=lambda each: -each.likely)

    def again(self, others: Mapping[int, Candidate]) -> dict[int, Candidate]:
        """Return mistakes that were tried on another derivation of the graph as they are in this.

        Those that are nothing else than what is right here are left out.
        """
        found: dict[int, Candidate] = {}
        for key, each in others.items():
            together: Alteration | None = NO_ALTERATION
            for made in each.made:
                together = together and together + made.alteration
            values = None if together is None else self._altered(Made(together))
            if values is not None:
                found[key] = replace(each, values=values)
        return found

    @cached_property
    def spread(self) -> Array:
        """How far off mistakes lead, entry by entry: half of them farther."""
        if not self.single:
            return np.full(self.right.shape, np.inf)
        off = np.stack([np.abs(each.values - self.right) for each in self.single[:200]])
        off[(off == 0) | ~np.isfinite(off)] = np.nan
        off[0][np.isnan(off).all(axis=0)] = np.inf
        return np.nanmedian(off, axis=0)

    def _flat(self, found: Array | None) -> Array | None:
        """Return a result as an array of settings × entries; None if it is none of the target's."""
        if found is None or math.prod(found.shape[1:]) != self.size:
            return None
        return np.broadcast_to(np.reshape(found, (len(found), self.size)), (self.many, self.size))

    def _is_new(self, values: Array) -> bool:
        """Whether a result is finite somewhere, and another than the right one."""
        known = np.isfinite(values) & np.isfinite(self.right)
        size = np.abs(np.where(known, self.right, 0)).max(axis=1, initial=0, keepdims=True)
        off = np.abs(np.where(known, values - self.right, 0))
        return bool((off > SAME * size).any())

    def _single(self) -> list[Candidate]:
        scene = Scene(self.derivation, self.target)
        until = time.process_time() + SECONDS
        found: list[Candidate] = []
        for bug in sorted(BUGS, key=lambda bug: -bug.likely):
            places = list(bug.made(scene)) if time.process_time() < until else []
            total = sum(made.likely for made in places)
            for made in places:
                values = self._altered(made)
                if values is not None:
                    share = (made.likely / max(total, 1.0)) ** PLACES
                    found.append(Candidate((bug,), (made,), values, bug.likely * share))
                if time.process_time() > until:
                    break
        return sorted(found, key=lambda each: -each.likely)

    def _altered(self, made: Made) -> Array | None:
        """Return what a mistake makes of the target; None where that is nothing else."""
        try:
            values = self._flat(self.derivation.at(self.target, made.alteration))
        except (GraphdiffError, ArithmeticError, ValueError, IndexError):
            return None  # arrays that do not fit, a value that there is not
        return values if values is not None and self._is_new(values) else None

    def _paired(self) -> Iterator[Candidate]:
        until = time.process_time() + SECONDS
        distinct = list(self._distinct(self.single, MAX_PAIRED))
        for k, one in enumerate(distinct):
            for other in distinct[:k]:
                alteration = other.made[0].alteration + one.made[0].alteration
                if alteration is None:
                    continue
                values = self._altered(Made(alteration))
                if values is not None:
                    yield Candidate(
                        (*other.bugs, *one.bugs), (*other.made, *one.made), values,
                        PAIRED * one.likely * other.likely,
                    )  # fmt: skip
                if time.process_time() > until:
                    return

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


def candidates(settings: Sequence[Point], target: Target) -> Candidates:
    """Return what mistakes make of a target; kept with the graph where no lines are put in.

    It is the same then for all who hand in the same exercise.
    """
    if any(point.lines for point in settings):
        return Candidates(settings, target)
    graph = settings[0].graph
    kept: dict[Any, Candidates] = graph.kept.setdefault("mistakes", {})
    key = (len(graph), target, *map(_key, settings))
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = Candidates(settings, target)
    return kept[key]


def _key(point: Point) -> Any:
    """Return what tells the values of a point from those of others."""
    descent = point.descent and (point.descent.output.name, str(point.descent.rate))
    return descent, tuple((name, _entries(value)) for name, value in point.leaves.items())


def _entries(value: Any) -> Any:
    return value.tobytes() if isinstance(value, np.ndarray) else str(value)


def settled(target: Target, points: Sequence[Point]) -> tuple[Target, list[Point]]:
    """Return a target after several steps as one after a step, and the points before that."""
    if not target.step:
        return target, list(points)
    is_updated = target.kind == "value" and target.of.kind == "parameter"
    before = target.step - 1 if is_updated else target.step
    later = (point.after(before) for point in points)
    return replace(target, step=target.step - before), [one for one in later if one is not None]

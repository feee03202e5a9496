"""The lines of a page so far, and what follows from them.

A person computes with the numbers of the lines above, rounded as they stand there, and right or
wrong. So a number is also compared with what the page's own numbers give: from right ones
it is rounded, from a wrong one it follows. How far rounding reaches is propagated: what each
entry's last digit may hide moves the result by so much.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import mpmath
import numpy as np

from graphdiff.checking.claim_records import ClaimedSide, Numbers
from graphdiff.checking.equality import flat
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.report import ACCEPTED, Verdict
from graphdiff.checking.targets import Reference, Target

MAX_SHIFTS = 200
"""Entries whose hidden digits are followed to a result."""

TRIES, FARTHER = 3, 4
"""Random parts of hidden digits to see how far they reach together, and how much farther."""

BEYOND = 30
"""How much farther still there is no use in trying again."""

MAX_BEFORE = 8
"""Lines about one quantity that a later one may repeat or come of."""

MAX_ALONE = 6
"""Wrong lines that are tried one at a time."""


Hidden = tuple[int, int, Any]
"""The place of a line among others, that of an entry in it, and what its last digit may hide."""


class Judged(NamedTuple):
    """A line with its verdict."""

    line: PageLine
    verdict: Verdict

    @property
    def is_right(self) -> bool:
        """Whether it was accepted."""
        return self.verdict in ACCEPTED


@dataclass(frozen=True)
class Sources:
    """Lines of a page that a result may have been computed from.

    Attributes
    ----------
    lines
        The lines, in their order.
    wrong
        Those that are wrong.
    by_convention
        Whether one is right by another convention at a kink.
    """

    lines: tuple[PageLine, ...]
    wrong: tuple[PageLine, ...]
    by_convention: bool = False


class Page:
    """The lines judged so far."""

    def __init__(self) -> None:
        self.last: dict[Any, Judged] = {}
        self.same: defaultdict[Any, deque[Judged]] = defaultdict(lambda: deque(maxlen=MAX_BEFORE))

    def add(self, line: PageLine, verdict: Verdict) -> None:
        """Add a line that has been judged, if later ones can be computed from it."""
        if verdict in ("unread", "undecided", "says-nothing"):
            return
        entry = Judged(line, verdict)
        self.same[line.target.quantity].appendleft(entry)
        if line.target.kind != "expression" and (line.side.is_numeric or not entry.is_right):
            key = (line.target.quantity, line.target.key, line.side.is_numeric)
            self.last[key] = entry

    def before(self, target: Target) -> list[Judged]:
        """Return the last lines about the same quantity, the last first."""
        return list(self.same[target.quantity])

    def right_of(self, target: Target) -> Iterator[PageLine]:
        """Yield the lines that are right about other quantities which a target may come of."""
        for entries in self.same.values():
            entry = next((one for one in entries if one.is_right), None)
            about = None if entry is None else entry.line.target
            if entry is None or about is None or _is_about(about, target):
                continue
            if about.kind != "expression" and may_matter(about, target):
                yield entry.line

    def of_numbers(self, target: Target) -> Iterator[Sources]:
        """Yield what a number may come of: right lines, all lines, wrong ones, each wrong one."""
        last = self._others(target)
        wrong = [entry for entry in last if not entry.is_right]
        right = [entry for entry in last if entry.is_right]
        if right:
            yield _sources(right)
        yield from self._with_wrong(last, wrong)

    def of_formulas(self, target: Target) -> Iterator[Sources]:
        """Yield what a formula may come of: wrong formulas, together and each alone."""
        others = self._others(target)
        wrong = [e for e in others if not e.is_right and not e.line.side.is_numeric]
        yield from self._with_wrong([], wrong)

    def put_in(self, target: Target, numbers: Container[float], here: Point) -> list[Judged]:
        """Return the lines above whose number is one of some that stand in a formula."""
        return [
            entry
            for entry in self._others(target)
            if isinstance(entry.line.side, ClaimedSide)
            and entry.line.side.is_numeric
            and (said := here.of(entry.line.side)) is not None
            and np.size(said) == 1
            and abs(float(np.ravel(said)[0])) in numbers
        ]

    @staticmethod
    def _with_wrong(last: list[Judged], wrong: list[Judged]) -> Iterator[Sources]:
        if wrong and len(last) > len(wrong):
            yield _sources(last)
        if len(wrong) > 1:
            yield _sources(wrong)
        for entry in itertools.islice(reversed(wrong), MAX_ALONE):
            yield _sources([entry])

    def _others(self, target: Target) -> list[Judged]:
        """Return the last line about each other quantity: numbers, and formulas that are wrong."""
        return [
            entry
            for entry in self.last.values()
            if not _is_about(entry.line.target, target) and may_matter(entry.line.target, target)
        ]


def _is_about(source: Target, target: Target) -> bool:
    """Whether a line is about the same quantity, or about what a target is the negative of."""
    name = target.link.of_negative if target.kind == "expression" else None
    if isinstance(name, Reference):
        return source.is_same_as(name.target)
    return source.is_same_as(target)


def may_matter(source: Target, target: Target) -> bool:
    """Whether the number of a target may change with what a line says of another."""
    if source.step or target.step or not (target.is_first or target.kind == "value"):
        return True
    wrt = target.wrt
    if source.of.name not in target.before:
        return False
    if source.wrt is None:
        return True
    if wrt is None or target.kind == "J":
        return False
    return source.wrt.name in target.behind


def _sources(entries: Sequence[Judged]) -> Sources:
    ordered = sorted(entries, key=lambda entry: entry.line.place)
    wrong = tuple(entry.line for entry in ordered if not entry.is_right)
    by_convention = any(entry.verdict == "convention" for entry in entries)
    return Sources(tuple(entry.line for entry in ordered), wrong, by_convention)


def spread(at: Point, target: Target, truth: Point, off: float) -> list[Any]:
    """Return how far the digits hidden behind printed ones move each entry of a result.

    Parameters
    ----------
    at
        The point in float64, with the lines put in.
    truth
        The same point without lines put in, computed already.
    off
        How far the result is off at most; where hidden digits cannot move it so far, there is
        nothing to return.
    """
    at = at.by_edges  # digits move a sum over paths much as they move what is said of it
    middle = at.at(target)
    if middle is None:
        return []
    total = np.zeros(np.size(middle))
    hidden = list(itertools.islice(_hidden(truth, at.lines), MAX_SHIFTS))
    if not _reaches(at, target, hidden, off):
        return []
    for k, place, amount in hidden:
        moved = at.shifted({k: ((place, float(amount)),)}).at(target)
        if moved is not None:
            total += np.abs(np.ravel(moved) - np.ravel(middle))
    return [mpmath.mpf(float(amount)) for amount in total]


def _reaches(at: Point, target: Target, hidden: Sequence[Hidden], off: Any) -> bool:
    """Whether all hidden digits together move a result anywhere near as far as it is off."""
    middle, most = np.ravel(np.asarray(at.at(target))), 0.0
    far = FARTHER * max(1, len(hidden)) ** 0.5
    for seed in range(TRIES):
        shifts: defaultdict[int, tuple[tuple[int, float], ...]] = defaultdict(tuple)
        for (k, place, amount), part in zip(hidden, _parts(seed, len(hidden)), strict=True):
            shifts[k] += ((place, part * float(amount)),)
        found = at.shifted(shifts).at(target)
        if found is not None:
            most = max(most, float(np.max(np.abs(np.ravel(np.asarray(found)) - middle))))
        if far * most >= off:
            return True
        if BEYOND * far * most < off:
            return False
    return False


@cache
def _parts(seed: int, many: int) -> list[float]:
    """Return random parts of so many hidden digits, up and down, the same each time."""
    random = np.random.default_rng(seed)
    return (random.choice((-1.0, 1.0), many) * random.uniform(0.5, 1, many)).tolist()


def _hidden(here: Point, lines: Sequence[PageLine]) -> Iterator[Hidden]:
    """Yield, for each printed number of the lines, half a unit; all of one where it was cut off."""
    for k, line in enumerate(lines):
        side, true = line.side, here.at(line.target)
        knowns = [cell.known for cell in side.cells] if isinstance(side, Numbers) else [side.known]
        said, right = here.of(side), None if true is None else flat(true)
        for place, known in enumerate(knowns):
            if known.unit is None:
                continue
            unit = mpmath.mpf(str(known.unit))
            off = unit / 4
            if said is not None and right is not None and len(right) == len(knowns):
                off = abs(flat(said)[place] - right[place])
            if off:
                yield k, place, unit if unit / 2 < off <= unit else unit / 2


def effective(
    sources: Sources, at: Callable[[Sequence[PageLine]], Any], apart: Callable[[Any, Any], bool]
) -> PageLine | None:
    """Return the wrong line that a result comes of; None if it would be the same without any."""
    if not sources.wrong:
        return None
    whole = at(sources.lines)
    right = [line for line in sources.lines if line not in sources.wrong]
    without = at(right)
    if whole is None or (without is not None and not apart(without, whole)):
        return None
    for line in reversed(sources.wrong):
        alone = at(sorted([*right, line], key=lambda each: each.place))
        if alone is not None and not apart(alone, whole):
            return line
    return sources.wrong[-1]

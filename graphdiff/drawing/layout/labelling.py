"""What is said on edges, put where it is plain of which edge it is said.

Graphviz keeps room for a label beside its edge, and lets other edges pass as near. A label that
stands nearer to another edge than to its own, or across a line, goes to a place along its edge
that is clear of everything; where there is none, to a clear place farther off, with a leader.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphdiff.drawing.layout.areas import (
    Area,
    Areas,
    framed,
    gaps,
    passed,
    rows,
    title_area,
    whole,
    written,
)
from graphdiff.drawing.layout.layout import LaidOut, Leader, Point
from graphdiff.drawing.marks.strokes import lanes

CLEAR = 3.0
"""Between a label and all but its own edge, at least."""
OWN = 1.5
"""Between a label and its own edge, at least."""
NEARER = 2.0
"""By how much a label that is moved is nearer to its own edge than to any other, at least."""
ROOMY = 12.0
"""From here on it is no better to be farther from other edges."""
OFF = (3.0, 6.0, 10.0)
"""Between a label and its own edge, without a leader."""
APART = 4.0
"""Between points along an edge."""
EACH = 3
"""One point of so many has places for the label."""
RINGS = (15.0, 30.0, 45.0, 65.0, 90.0, 120.0, 160.0)
"""From an edge to the middle of a label with a leader."""
ROUND = 16
"""How many places are tried on a ring."""
FREE = 2.0
"""Between a label and its leader."""
LINE, LANE = 0.7, 2.2
"""Half the breadth of an edge; of each line of a marked one."""

TOGETHER = 48
"""How many places, one near the other, are looked at together."""


class Place(NamedTuple):
    """Where a label is, and the line from it to its edge if it is far off."""

    area: Area
    leader: Leader | None = None


@dataclass(frozen=True)
class _Passed:
    """Small areas along all edges, in order along the sheet, so that near ones are soon found."""

    axis: int
    areas: Areas
    edges: NDArray[np.intp]
    """Of which edge each is."""
    starts: NDArray[np.float64]
    longest: float

    @classmethod
    def along(cls, lines: Sequence[Areas], axis: int) -> _Passed:
        areas = np.concatenate([rows([]), *lines])
        edges = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        order = np.argsort(areas[:, axis], kind="stable")
        areas = areas[order]
        starts = np.ascontiguousarray(areas[:, axis])
        longest = float((areas[:, axis + 2] - starts).max(initial=0.0))
        return cls(axis, areas, edges[order], starts, longest)

    def near(self, region: Areas, reach: float, but: int) -> Areas:
        """Return what a region touches, or nearly, of all edges but one."""
        first = np.searchsorted(self.starts, region[self.axis] - reach - self.longest)
        last = np.searchsorted(self.starts, region[self.axis + 2] + reach, side="right")
        areas = self.areas[first:last]
        return areas[(self.edges[first:last] != but) & _touched(areas, region, reach)]


@dataclass(frozen=True)
class _Sheet:
    """What labels keep clear of."""

    size: Area
    lines: tuple[Areas, ...]
    """Along each edge, small areas of its breadth."""
    passed: _Passed
    """The same of all edges."""
    solid: list[Area]
    """Nodes and titles."""
    frames: Areas
    """A label stands within a frame or outside."""

    def taken(self, places: Iterable[Place]) -> Areas:
        """Return all that is solid, labels and leaders too."""
        areas, leaders = zip(*places, strict=True) if (places := list(places)) else ((), ())
        led = [_line(leader, LINE) for leader in leaders if leader]
        return np.concatenate([rows([*self.solid, *areas]), *led])


def labelled(laid_out: LaidOut) -> tuple[LaidOut, int]:
    """Return a layout with labels moved to where it is plain of which edges they are said.

    The number is of labels for which there is no such place; they stay where they were.
    """
    sheet = _sheet(laid_out)
    old = {
        k: written(corner, box)
        for k, (corner, box) in enumerate(
            zip(laid_out.labels, laid_out.measured.edges, strict=True)
        )
        if corner is not None
    }
    places = {k: Place(area) for k, area in old.items()}
    short_first = sorted(old, key=lambda k: len(sheet.lines[k]))  # they have the least choice
    unplain = [k for k in short_first if not _placed(k, places, sheet)]
    unplain = [k for k in unplain if not _placed(k, places, sheet)]  # others have left their places
    moved = {k: (places[k].area[0] - old[k][0], places[k].area[1] - old[k][1]) for k in old}
    corners = tuple(
        corner and (corner[0] + moved[k][0], corner[1] + moved[k][1])
        for k, corner in enumerate(laid_out.labels)
    )
    leaders = {k: place.leader for k, place in places.items() if place.leader}
    return replace(laid_out, labels=corners, leaders=leaders), len(unplain)


def _placed(k: int, places: dict[int, Place], sheet: _Sheet) -> bool:
    """Put a label where it is plain and all others stay; return whether there is such a place."""
    others = [place for j, place in places.items() if j != k]
    found = _Label(places[k].area, k, sheet, sheet.taken(others)).place()
    if found:
        places[k] = found
    return found is not None


def _sheet(laid_out: LaidOut) -> _Sheet:
    measured = laid_out.measured
    lines = tuple(
        _line(passed(curve), LANE * len(lanes(edge.marks)) or LINE)
        for curve, edge in zip(laid_out.curves, measured.description.edges, strict=True)
    )
    solid = [whole(corner, box) for corner, box in zip(laid_out.nodes, measured.nodes, strict=True)]
    return _Sheet(
        (0.0, 0.0, laid_out.width, laid_out.height),
        lines,
        _Passed.along(lines, axis=int(laid_out.height > laid_out.width)),
        [*solid, *map(title_area, laid_out.clusters)],
        rows([framed(frame) for frame in laid_out.clusters]),
    )


def _line(points: ArrayLike, half: float) -> Areas:
    """Return small areas along a line, evenly far apart."""
    x, y = np.transpose(points)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    even = np.linspace(0.0, length[-1], 2 + int(length[-1] / APART))
    x, y = np.interp(even, length, x), np.interp(even, length, y)
    return np.stack([x - half, y - half, x + half, y + half], axis=1)


@dataclass(frozen=True)
class _Label:
    """The label of edge number ``k``, on a sheet where some areas are taken."""

    area: Area
    k: int
    sheet: _Sheet
    taken: Areas

    def place(self) -> Place | None:
        """Return where it goes: it stays where it is if that is plain."""
        if self._best([self.area], nearer=NEARER / 4):
            return Place(self.area)
        if beside := self._best(self._beside(), nearer=NEARER):
            return Place(beside[0])
        for ring in RINGS:
            for area in self._best(self._around(ring), nearer=-math.inf):
                if leader := self._leader(area):
                    return Place(area, leader)
        return None

    def _best(self, areas: Iterable[Area], *, nearer: float) -> list[Area]:
        """Return the places that are clear, and so much nearer to the edge; the best first."""
        places = rows(list(areas))
        costs = self._costs(places, nearer)
        return [_area(places[i]) for i in np.argsort(costs) if costs[i] < math.inf]

    # Places

    @property
    def _points(self) -> Areas:
        line = self.sheet.lines[self.k]
        return (line[:, :2] + line[:, 2:]) / 2

    def _beside(self) -> Iterator[Area]:
        """Yield places on both sides all along the edge."""
        points = self._points
        for i in range(1, len(points) - 1, EACH):
            dx, dy = points[i + 1] - points[i - 1]
            length = math.hypot(dx, dy) or 1.0
            for nx, ny in ((-dy / length, dx / length), (dy / length, -dx / length)):
                half = (abs(nx) * self._width + abs(ny) * self._height) / 2
                for off in OFF:
                    yield self._centred(points[i] + np.array([nx, ny]) * (half + off + LINE))

    def _around(self, ring: float) -> Iterator[Area]:
        """Yield places around points of the edge."""
        for point in self._points[1 : -1 : 4 * EACH]:
            for turn in range(ROUND):
                angle = 2 * math.pi * turn / ROUND
                away = ring + self._height / 2, ring + self._width / 2
                yield self._centred(
                    point + np.array([math.cos(angle) * away[1], math.sin(angle) * away[0]])
                )

    @property
    def _width(self) -> float:
        return self.area[2] - self.area[0]

    @property
    def _height(self) -> float:
        return self.area[3] - self.area[1]

    def _centred(self, middle: Areas) -> Area:
        x, y = float(middle[0]) - self._width / 2, float(middle[1]) - self._height / 2
        return x, y, x + self._width, y + self._height

    # Which is best

    def _costs(self, places: Areas, nearer: float) -> Areas:
        """Return how bad each place is: infinitely where it will not do."""
        parts = [places[k : k + TOGETHER] for k in range(0, len(places), TOGETHER)]
        return np.concatenate([np.empty(0), *(self._costs_near(part, nearer) for part in parts)])

    def _costs_near(self, places: Areas, nearer: float) -> Areas:
        region = np.concatenate([places[:, :2].min(0), places[:, 2:].max(0)])
        own = gaps(places, self.sheet.lines[self.k]).min(axis=1)
        reach = own.max() + NEARER + CLEAR
        other = gaps(places, self.sheet.passed.near(region, reach, but=self.k))
        other = other.min(axis=1, initial=math.inf)
        taken = gaps(places, self.taken[_touched(self.taken, region, CLEAR)])
        left, top, right, bottom = self.sheet.size
        clear = (
            (taken.min(axis=1, initial=math.inf) >= CLEAR)
            & (other >= CLEAR)
            & (places[:, 0] >= left) & (places[:, 1] >= top)
            & (places[:, 2] <= right) & (places[:, 3] <= bottom)
            & ~_crossed(places, self.sheet.frames)
            & (own >= OWN) & (other >= own + nearer)
        )  # fmt: skip
        moved = np.hypot(places[:, 0] - self.area[0], places[:, 1] - self.area[1])
        crowded = np.maximum(0.0, ROOMY - other)
        return np.where(clear, own + crowded / 2 + moved / 40, math.inf)

    def _leader(self, place: Area) -> Leader | None:
        """Return the shortest line from a place to the edge that crosses nothing."""
        points = self._points[1:-1]
        starts = np.clip(points, place[:2], place[2:])
        lengths = np.hypot(*(points - starts).T)
        region = np.concatenate(
            [np.minimum(place[:2], points.min(0)), np.maximum(place[2:], points.max(0))]
        )
        taken = self.taken[_touched(self.taken, region, CLEAR)]
        others = np.concatenate([taken, self.sheet.passed.near(region, CLEAR, but=self.k)])
        for i in np.argsort(lengths)[: 12 * EACH : EACH]:
            start = starts[i] + (points[i] - starts[i]) * FREE / max(lengths[i], FREE)
            leader = _point(start), _point(points[i])
            if gaps(_line(leader, 0.0), others).min(initial=math.inf) >= CLEAR / 2:
                return leader
        return None


def _point(row: Areas) -> Point:
    return float(row[0]), float(row[1])


def _area(row: Areas) -> Area:
    left, top, right, bottom = map(float, row)
    return left, top, right, bottom


def _touched(areas: Areas, region: Areas, reach: float) -> NDArray[np.bool_]:
    """Return which areas a region touches, or nearly."""
    left, top, right, bottom = areas.T
    return (
        (left <= region[2] + reach) & (top <= region[3] + reach)
        & (right >= region[0] - reach) & (bottom >= region[1] - reach)
    )  # fmt: skip


def _crossed(places: Areas, frames: Areas) -> NDArray[np.bool_]:
    """Return which places stand partly in a frame and partly outside."""
    crossed = np.zeros(len(places), dtype=bool)
    left, top, right, bottom = places.T
    for x, y, to_x, to_y in frames:
        meets = (left < to_x) & (x < right) & (top < to_y) & (y < bottom)
        crossed |= meets & ~((x <= left) & (right <= to_x) & (y <= top) & (bottom <= to_y))
    return crossed

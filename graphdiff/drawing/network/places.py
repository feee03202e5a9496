"""Places for the units of a network: columns side by side, or rows one below the other.

Along the network runs u, across it v (:mod:`ways`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphdiff.drawing.network import ways
from graphdiff.drawing.network.elision import Excerpt
from graphdiff.drawing.options import Direction
from graphdiff.drawing.scene import Point

RADIUS = 23.0
RADII = (RADIUS, 30.0, 38.0)
"""Of units that hold one, two and three numbers."""
DOTS = 46.0
"""The room across for the dots that stand for units."""


@dataclass(frozen=True)
class Places:
    """Where everything is.

    Attributes
    ----------
    centres
        The middle of each unit that is drawn.
    along
        The u of each column.
    spans
        The least and the largest v of each column's middles.
    dots
        The middle of the dots in a column, if there are any.
    radius
        Of the units' circles.
    """

    direction: Direction
    centres: Mapping[int, Point]
    along: tuple[float, ...]
    spans: tuple[tuple[float, float], ...]
    dots: Mapping[int, Point]
    radius: float = RADIUS

    def point(self, u: float, v: float) -> Point:
        """Return the point at u along and v across."""
        return ways.place(self.direction, u, v)

    def across(self, point: Point) -> float:
        """Return the v of a point."""
        return point[1] if ways.is_level(self.direction) else point[0]


def placed(
    excerpt: Excerpt,
    direction: Direction,
    gaps: Sequence[float],
    pitch: float,
    radius: float = RADIUS,
) -> Places:
    """Return the places of all units.

    Parameters
    ----------
    gaps
        The distance from each column's middle to the next.
    pitch
        The distance between the middles of two units of a column.
    radius
        Of the units' circles.
    """
    along = [0.0]
    for gap in gaps:
        along.append(along[-1] + gap)
    centres: dict[int, Point] = {}
    dots: dict[int, Point] = {}
    spans: list[tuple[float, float]] = []
    for c, shown in enumerate(excerpt.columns):
        offsets = [0.0]
        for before, after in itertools.pairwise(shown.slots):
            narrow = before is None or after is None
            offsets.append(offsets[-1] + ((pitch + DOTS) / 2 if narrow else pitch))
        middle = offsets[-1] / 2
        for slot, offset in zip(shown.slots, offsets, strict=True):
            point = ways.place(direction, along[c], offset - middle)
            if slot is None:
                dots[c] = point
            else:
                centres[slot] = point
        spans.append((-middle, middle))
    return Places(direction, centres, tuple(along), tuple(spans), dots, radius)

"""Boxes around what is drawn, to keep things apart and to measure the whole."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphdiff.drawing.scene import Circle, Group, Item, Path, Point, Rectangle, Text
from graphdiff.drawing.typeset import Fragment


@dataclass(frozen=True)
class Area:
    """A rectangle from (left, top) to (right, bottom)."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Area:
        """Return the rectangle of a size around a point."""
        x, y = centre
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def grown(self, by: float) -> Area:
        """Return it with a margin."""
        return Area(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Area) -> bool:
        """Whether they overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def meets_circle(self, centre: Point, radius: float) -> bool:
        """Whether a circle overlaps with it."""
        x = min(max(centre[0], self.left), self.right)
        y = min(max(centre[1], self.top), self.bottom)
        return math.hypot(x - centre[0], y - centre[1]) < radius

    def crossing(self, start: Point, end: Point) -> tuple[float, float] | None:
        """Return which part of a straight line is inside, from 0 at its start to 1 at its end.

        Liang and Barsky 1984.
        """
        low, high = 0.0, 1.0
        for a, b, least, most in (
            (start[0], end[0], self.left, self.right),
            (start[1], end[1], self.top, self.bottom),
        ):
            if a == b:
                if not least < a < most:
                    return None
                continue
            first, last = sorted(((least - a) / (b - a), (most - a) / (b - a)))
            low, high = max(low, first), min(high, last)
        return (low, high) if low < high else None


def united(areas: Iterable[Area]) -> Area:
    """Return the rectangle around all; of none, an empty one."""
    found = list(areas)
    if not found:
        return Area(0, 0, 0, 0)
    return Area(
        min(a.left for a in found),
        min(a.top for a in found),
        max(a.right for a in found),
        max(a.bottom for a in found),
    )


def of_text(fragment: Fragment, x: float, y: float) -> Area:
    """Return the box of a line's ink."""
    return Area(x, y - fragment.ascent, x + fragment.width, y + fragment.descent)


def areas(items: Iterable[Item], x: float = 0.0, y: float = 0.0) -> Iterator[Area]:
    """Yield the boxes of all items."""
    for item in items:
        match item:
            case Group():
                yield from areas(item.items, x + item.x, y + item.y)
            case Text():
                yield of_text(item.fragment, x + item.x, y + item.y)
            case Rectangle():
                left, top = x + item.x, y + item.y
                yield Area(left, top, left + item.width, top + item.height)
            case Circle():
                yield Area.around((x + item.x, y + item.y), 2 * item.radius, 2 * item.radius)
            case Path():
                xs, ys = zip(*itertools.chain([item.start], *item.pieces), strict=True)
                half = item.stroke.width / 2 if item.stroke else 0.0
                yield Area(x + min(xs), y + min(ys), x + max(xs), y + max(ys)).grown(half)

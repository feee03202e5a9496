"""Arrows along laid out curves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from graphdiff.drawing.layout.layout import Curve
from graphdiff.drawing.scene import Path, Point, Stroke

ARROW = 4.0
"""Half the breadth of an arrow's head."""


def arrow(curve: Curve, tail: Point, stroke: Stroke, half: float = ARROW) -> Iterator[Path]:
    """Yield an arrow; it begins inside its node, behind the round corners."""
    (x, y), (cx, cy) = curve.points[0], tail
    inside = x + (cx - x) / 4, y + (cy - y) / 4
    rest = curve.points[1:]
    pieces = tuple(rest[k : k + 3] for k in range(0, len(rest), 3))
    yield Path(inside, ((curve.points[0],), *pieces), stroke=stroke)
    yield head(curve.points[-1], curve.tip, stroke.colour, half)


def head(end: Point, tip: Point, colour: str, half: float = ARROW) -> Path:
    """Return an arrow's head: a triangle from the end of a line to its tip."""
    (x, y), (tx, ty) = end, tip
    length = math.hypot(tx - x, ty - y) or 1.0
    dx, dy = (tx - x) / length * half, (ty - y) / length * half
    corners = ((tip,), ((x + dy, y - dx),))
    return Path((x - dy, y + dx), corners, closed=True, fill=colour)

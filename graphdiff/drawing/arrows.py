"""Arrows along laid out curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

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


def against(curve: Curve, off: float, stroke: Stroke, half: float) -> Iterator[Path]:
    """Yield an arrow from the end of a curve back to its beginning, beside it by ``off``."""
    points = (*beside(curve.points, off)[::-1],)
    points = _shortened(points, 2 * half)
    pieces = tuple(points[k : k + 3] for k in range(1, len(points), 3))
    yield Path(points[0], pieces, stroke=stroke)
    yield head(points[-1], beside(curve.points, off)[0], stroke.colour, half)


def _shortened(points: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    """Return a curve whose last piece ends so much earlier."""
    a, b, c, d = points[-4:]
    length = math.dist(a, b) + math.dist(b, c) + math.dist(c, d)
    t = 1 - min(by / (length or 1.0), 0.8)
    ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
    abc, bcd = _between(ab, bc, t), _between(bc, cd, t)
    return (*points[:-3], ab, abc, _between(abc, bcd, t))


def _between(p: Point, q: Point, t: float) -> Point:
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def beside(points: tuple[Point, ...], offset: float) -> tuple[Point, ...]:
    """Return the points of a curve moved to its side, each across the curve's way there."""
    if not offset:
        return points
    moved: list[Point] = []
    for k, (x, y) in enumerate(points):
        dx, dy = _direction(points, k)
        moved.append((x - dy * offset, y + dx * offset))
    return tuple(moved)


def _direction(points: Sequence[Point], k: int) -> Point:
    """Return the unit vector along the control points around number k."""
    before, after = max(k - 1, 0), min(k + 1, len(points) - 1)
    while before > 0 or after < len(points) - 1:
        if points[before] != points[after]:
            break
        before, after = max(before - 1, 0), min(after + 1, len(points) - 1)
    dx, dy = (points[after][axis] - points[before][axis] for axis in (0, 1))
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def head(end: Point, tip: Point, colour: str, half: float = ARROW) -> Path:
    """Return an arrow's head: a triangle from the end of a line to its tip."""
    (x, y), (tx, ty) = end, tip
    length = math.hypot(tx - x, ty - y) or 1.0
    dx, dy = (tx - x) / length * half, (ty - y) / length * half
    corners = ((tip,), ((x + dy, y - dx),))
    return Path((x - dy, y + dx), corners, closed=True, fill=colour)

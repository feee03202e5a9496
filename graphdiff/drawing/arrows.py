"""Arrows along laid out curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

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


STEP = 3.0
"""Between points of a line beside a curve."""
FREE = 6.0, 12.0
"""How far from the two ends of a curve an arrow beside it begins and ends."""


def against(curve: Curve, off: float, stroke: Stroke, half: float) -> Iterator[Path]:
    """Yield an arrow from the end of a curve back to its beginning, beside it by ``off``."""
    x, y = np.transpose([*_along(curve)][::-1])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    first, last = (min(free, 0.2 * length[-1]) for free in FREE)
    even = np.linspace(first, length[-1] - last, 3 + int(length[-1] / STEP))
    x, y = np.interp(even, length, x), np.interp(even, length, y)
    dx, dy = np.gradient(x), np.gradient(y)
    norm = np.maximum(np.hypot(dx, dy), 1e-9)
    x, y = x + dy / norm * off, y - dx / norm * off
    line = [(float(p), float(q)) for p, q in zip(x, y, strict=True)]
    tip = line[-1]
    shaft = [point for point in line[:-1] if math.dist(point, tip) > 2 * half] or line[:1]
    yield Path(shaft[0], tuple((point,) for point in shaft[1:]), stroke=stroke)
    yield head(shaft[-1], tip, stroke.colour, half)


def _along(curve: Curve) -> Iterator[Point]:
    """Yield points along a curve, as far as its tip."""
    points = curve.points
    for k in range(0, len(points) - 3, 3):
        a, b, c, d = points[k : k + 4]
        for t in np.linspace(0, 1, 17)[:-1]:
            ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
            yield _between(_between(ab, bc, t), _between(bc, cd, t), t)
    yield from (points[-1], curve.tip)


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

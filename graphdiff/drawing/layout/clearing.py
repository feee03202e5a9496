"""Frames kept clear: their titles stand where no arrow passes, and no label stands on a border.

Graphviz reserves room for a title across the whole frame, so it may stand anywhere along the top;
and it keeps nodes out of frames, but not what is said on edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.layout.layout import ClusterFrame, Curve, LaidOut, Point

TITLE = (9.0, 7.0)
"""From the corner of a frame to its title."""

NEAR = 3.0
"""An arrow so close to a title passes through it."""

FARTHEST = 30.0
"""How far a label is moved at most."""

GAP = 2.0
STEPS = 16
"""Into how many parts a piece of a curve is divided to see where it passes."""

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def cleared(laid_out: LaidOut) -> LaidOut:
    """Return a layout with titles and labels moved where they can be read."""
    if not laid_out.clusters:
        return laid_out
    passed = [point for curve in laid_out.curves for point in along(curve)]
    frames = tuple(_titled(frame, passed) for frame in laid_out.clusters)
    return replace(laid_out, clusters=frames, labels=tuple(_labels(laid_out, frames)))


def title_area(frame: ClusterFrame) -> Area:
    """Return where a title stands."""
    x, y = frame.x + frame.title_x, frame.y + TITLE[1]
    return x, y, x + frame.title.width, y + frame.title.height


# Titles


def _titled(frame: ClusterFrame, passed: Sequence[Point]) -> ClusterFrame:
    """Move a title to the left, the right or the middle of its frame: where least passes it."""
    room = frame.width - 2 * TITLE[0] - frame.title.width
    tried = [replace(frame, title_x=TITLE[0] + max(room, 0.0) * share) for share in (0, 1, 0.5)]
    return min(tried, key=lambda one: _passing(title_area(one), passed))


def _passing(area: Area, points: Sequence[Point]) -> int:
    left, top, right, bottom = area
    return sum(
        left - NEAR <= x <= right + NEAR and top - NEAR <= y <= bottom + NEAR for x, y in points
    )


def along(curve: Curve) -> Iterator[Point]:
    """Yield points along a curve, as far as its tip."""
    points = curve.points
    for k in range(0, len(points) - 3, 3):
        a, b, c, d = points[k : k + 4]
        for step in range(STEPS):
            t = step / STEPS
            s = 1 - t
            u, v, w, z = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
            yield (
                u * a[0] + v * b[0] + w * c[0] + z * d[0],
                u * a[1] + v * b[1] + w * c[1] + z * d[1],
            )
    yield from (points[-1], curve.tip)


# Labels


def _labels(laid_out: LaidOut, frames: Sequence[ClusterFrame]) -> Iterator[Point | None]:
    """Yield the places of labels, moved off borders and titles where there is room beside them."""
    borders = [(f.x, f.y, f.x + f.width, f.y + f.height) for f in frames]
    titles = [title_area(frame) for frame in frames]
    boxes = laid_out.measured.edges
    areas = [
        None if corner is None else _written(corner, box)
        for corner, box in zip(laid_out.labels, boxes, strict=True)
    ]
    taken = [
        _area(corner, box)
        for corner, box in zip(laid_out.nodes, laid_out.measured.nodes, strict=True)
    ] + titles
    for k, (corner, area) in enumerate(zip(laid_out.labels, areas, strict=True)):
        if corner is None or area is None:
            yield corner
            continue
        if not _crossed(area, borders) and not any(_overlaps(area, title) for title in titles):
            yield corner
            continue
        others = [other for j, other in enumerate(areas) if j != k and other is not None]
        moves = [
            (dx, dy)
            for dx, dy in _moves(area, [*borders, *titles])
            if _is_free(_moved(area, dx, dy), borders, [*taken, *others], laid_out)
        ]
        dx, dy = min(moves, key=lambda move: abs(move[0]) + abs(move[1]), default=(0.0, 0.0))
        areas[k] = _moved(area, dx, dy)
        yield corner[0] + dx, corner[1] + dy


def _area(corner: Point, box: Box) -> Area:
    return corner[0], corner[1], corner[0] + box.width, corner[1] + box.height


def _written(corner: Point, box: Box) -> Area:
    """Return where the lines of a label stand, without the room around them."""
    x, y = corner
    lefts = [line.x for line in box.lines]
    rights = [line.x + line.fragment.width for line in box.lines]
    tops = [line.y - line.fragment.ascent for line in box.lines]
    bottoms = [line.y + line.fragment.descent for line in box.lines]
    return x + min(lefts), y + min(tops), x + max(rights), y + max(bottoms)


def _moved(area: Area, dx: float, dy: float) -> Area:
    return area[0] + dx, area[1] + dy, area[2] + dx, area[3] + dy


def _moves(area: Area, borders: Sequence[Area]) -> Iterator[Point]:
    """Yield moves that take a label off a border, to the one side or the other."""
    for border in borders:
        for axis in (0, 1):
            for line in (border[axis], border[axis + 2]):
                before = line - GAP - area[axis + 2]
                behind = line + GAP - area[axis]
                for by in (before, behind):
                    if abs(by) <= FARTHEST:
                        yield (by, 0.0) if axis == 0 else (0.0, by)


def _is_free(area: Area, borders: Sequence[Area], taken: Sequence[Area], laid_out: LaidOut) -> bool:
    left, top, right, bottom = area
    around = left - NEAR, top - NEAR, right + NEAR, bottom + NEAR
    inside = left >= 0 and top >= 0 and right <= laid_out.width and bottom <= laid_out.height
    return (
        inside
        and not _crossed(area, borders)
        and not any(_overlaps(around, other) for other in taken)
    )


def _overlaps(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crossed(area: Area, borders: Sequence[Area]) -> bool:
    """Whether a label stands partly in a frame and partly outside."""
    return any(
        _overlaps(area, border)
        and not (
            border[0] <= area[0]
            and area[2] <= border[2]
            and border[1] <= area[1]
            and area[3] <= border[3]
        )
        for border in borders
    )

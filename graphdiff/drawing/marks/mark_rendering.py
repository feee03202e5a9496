"""How marks look: lines side by side for paths, badges, rings around nodes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from graphdiff.drawing import typeset
from graphdiff.drawing.arrows import beside, head
from graphdiff.drawing.labels.description import EdgeLabel, NodeLabel
from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.layout.layout import Curve, Point
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.strokes import (
    badge_half,
    badge_number,
    badge_width,
    colour_of,
    lanes,
    stroke_of,
)
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Stroke, Text
from graphdiff.drawing.themes import OUTLINES, Theme

LANE = 4.4
"""From the middle of one line to that of the next."""

HEAD = 5.5
CLEAR = 6.0
"""Between a badge and what is said beside it, if there is room."""
RING = 4.0
"""How far around a node its ring is."""

TRIED = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12)
"""Where along an edge its badge may be."""

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""


# Edges


def marked_arrow(
    curve: Curve, centre: Point, marks: Sequence[Mark], theme: Theme
) -> Iterator[Path]:
    """Yield the lines of a marked edge side by side, and the head they end in."""
    shown = lanes(marks)
    for k, mark in enumerate(shown):
        offset = (k - (len(shown) - 1) / 2) * LANE
        yield _line(
            beside(curve.points, offset), _inward(curve, centre, offset), stroke_of(mark, theme)
        )
    half = max(HEAD, LANE / 2 * (len(shown) - 1) + 3.5)
    colour = colour_of(shown[0], theme) if len(shown) == 1 else theme.ink
    yield head(curve.points[-1], curve.tip, colour, half)


def _inward(curve: Curve, centre: Point, offset: float) -> Point:
    """Return where a line begins: inside its node, behind the round corners."""
    (x, y), (cx, cy) = beside(curve.points, offset)[0], centre
    return x + (cx - x) / 4, y + (cy - y) / 4


def _line(points: Sequence[Point], start: Point, stroke: Stroke) -> Path:
    pieces = tuple(tuple(points[k : k + 3]) for k in range(1, len(points), 3))
    return Path(start, ((points[0],), *pieces), stroke=stroke)


def at(curve: Curve, share: float) -> Point:
    """Return the point so far along a curve, by the lengths of its straightened pieces."""
    points = [curve.points[0]]
    for k in range(1, len(curve.points) - 2, 3):
        a, b, c, d = curve.points[k - 1 : k + 3]
        points += [_bezier(a, b, c, d, step / 12) for step in range(1, 13)]
    lengths = [math.dist(p, q) for p, q in itertools.pairwise(points)]
    left = share * sum(lengths)
    for (p, q), length in zip(itertools.pairwise(points), lengths, strict=True):
        if left <= length and length:
            return p[0] + (q[0] - p[0]) * left / length, p[1] + (q[1] - p[1]) * left / length
        left -= length
    return points[-1]


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    s = 1 - t
    weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
    return x, y


# Badges


def badge(marks: Sequence[Mark], theme: Theme, least: float = 0.0) -> Group | None:
    """Return the badge of an edge or a node around (0, 0); None if there is none to show.

    It has the numbers of the paths, ✗ for a wrong claim and ≈ for one right by coincidence, in
    type of a ``least`` size.
    """
    shown = [mark for mark in lanes(marks) if mark.has_badge]
    if not shown:
        return None
    width, half = badge_width(marks, least), badge_half(least)
    left = -width / 2
    ring = Stroke(colour_of(shown[0], theme) if len(shown) == 1 else theme.ink, 1.4)
    fill = ring.colour if len(shown) == 1 else theme.background
    items: list[Item] = [
        Rectangle(left, -half, width, 2 * half, radius=half, fill=fill, stroke=ring)
    ]
    for k, mark in enumerate(shown):
        ink = theme.background if len(shown) == 1 else colour_of(mark, theme)
        items += _sign(mark, left + half + k * badge_number(least), ink, least)
    return Group(tuple(items), kind="badge")


def _sign(mark: Mark, x: float, ink: str, least: float) -> Iterator[Item]:
    r = 0.4 * badge_half(least)
    match mark.kind:
        case "wrong":
            for slope in (1, -1):
                yield Path((x - r, -slope * r), (((x + r, slope * r),),), stroke=Stroke(ink, 1.9))
        case "doubtful":
            for y in (-2.1, 2.1):
                wave = (x - r / 3, y - 3.0), (x + r / 3, y + 3.0), (x + r, y - 0.6)
                yield Path((x - r, y + 0.6), (wave,), stroke=Stroke(ink, 1.5))
        case "path":
            number = typeset.formula(str(mark.number), str(mark.number), badge_number(least))
            yield Text(number, x - number.width / 2, (number.ascent - number.descent) / 2, ink)
        case "highlight":
            return


def badge_places(
    labels: Sequence[EdgeLabel],
    curves: Sequence[Curve],
    taken: Sequence[Area],
    least: float = 0.0,
) -> tuple[Point | None, ...]:
    """Return where the badges of edges are: on their curves, and beside what is there already."""
    areas = list(taken)
    places: list[Point | None] = []
    for label, curve in zip(labels, curves, strict=True):
        if label.again or not any(mark.has_badge for mark in label.marks):
            places.append(None)
            continue
        across, up = badge_width(label.marks, least) / 2 + CLEAR, badge_half(least) + CLEAR
        tried = [at(curve, share) for share in TRIED]
        around = [(x - across, y - up, x + across, y + up) for x, y in tried]
        best = min(range(len(tried)), key=lambda k: (round(_covered(around[k], areas), 1), k))
        areas.append(around[best])
        places.append(tried[best])
    return tuple(places)


def _covered(area: Area, others: Sequence[Area]) -> float:
    """Return how much of an area others lie on."""
    return sum(
        max(0.0, min(area[2], other[2]) - max(area[0], other[0]))
        * max(0.0, min(area[3], other[3]) - max(area[1], other[1]))
        for other in others
    )


# Nodes


def ring(
    label: NodeLabel, box: Box, theme: Theme, least: float = 0.0, *, is_round: bool = False
) -> Iterator[Item]:
    """Yield the ring around a marked node, and its badge at the corner."""
    claims = [mark for mark in lanes(label.marks) if mark.kind != "path"]
    if not claims or label.again:
        return
    stroke = stroke_of(claims[0], theme)
    radius = box.height / 2 if is_round else OUTLINES[label.kind].radius
    yield Rectangle(
        -RING,
        -RING,
        box.width + 2 * RING,
        box.height + 2 * RING,
        radius=min(radius, box.height / 2, box.width / 2) + RING,
        stroke=stroke,
    )
    sign = badge(claims, theme, least)
    if sign is not None:
        yield Group(sign.items, box.width, 0, kind=sign.kind)


# Samples of what marks look like


def sample(mark: Mark, width: float, theme: Theme, least: float = 0.0) -> Iterator[Item]:
    """Yield a piece of a marked edge from (0, 0) to the right; its badge stands before it."""
    sign = badge([mark], theme, least)
    start = 2 * badge_half(least) - 1 if sign else 0.0
    yield Path((start, 0), (((width, 0),),), stroke=stroke_of(mark, theme))
    if sign:
        yield Group(sign.items, badge_half(least), 0, kind=sign.kind)

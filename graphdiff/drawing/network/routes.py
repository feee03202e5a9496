"""The lines of a network's edges; one that skips a column goes around it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing.extents import Area
from graphdiff.drawing.network.elision import Connection, Excerpt
from graphdiff.drawing.network.places import Places
from graphdiff.drawing.scene import Point

CLEARANCE = 30.0
"""From the middle of the outermost unit's edge to a line that goes around."""
LANE = 15.0
LANES = 8
"""Lines side by side on one side of a column; more share them."""
HEAD = 7.0


@dataclass(frozen=True)
class Route:
    """A line: its start, pieces of one or of three points, and the tip of its arrow.

    ``straight`` are the ends of the part a label may stand on.
    """

    start: Point
    pieces: tuple[tuple[Point, ...], ...]
    tip: Point
    straight: tuple[Point, Point]

    @property
    def end(self) -> Point:
        """Where its line ends, and the head of its arrow begins."""
        return self.pieces[-1][-1]

    @property
    def head(self) -> Area:
        """The box around the head of its arrow."""
        (x, y), (u, v) = self.end, self.tip
        middle = (x + u) / 2, (y + v) / 2
        return Area.around(middle, abs(x - u) + HEAD, abs(y - v) + HEAD)


RoutedLine = tuple[Point, tuple[tuple[Point, ...], ...]]
"""A start and the pieces after it."""


def around_label(route: Route, area: Area | None) -> Iterator[RoutedLine]:
    """Yield the line of an edge, in two parts if a label stands on it."""
    part = None if area is None else area.crossing(*route.straight)
    if part is None:
        yield route.start, route.pieces
        return
    (x, y), (to_x, to_y) = route.straight
    stop, go_on = ((x + t * (to_x - x), y + t * (to_y - y)) for t in part)
    is_straight = len(route.pieces) == 1
    yield route.start, ((stop,),) if is_straight else (route.pieces[0], (stop,))
    yield go_on, route.pieces if is_straight else route.pieces[1:]


def routes(excerpt: Excerpt, places: Places, *, heads: bool, clear: float) -> tuple[Route, ...]:
    """Return the line of each edge drawn.

    Parameters
    ----------
    heads
        Whether room is left for arrows' heads.
    clear
        How far beyond the circles of a column the words around them reach.
    """
    lanes: dict[tuple[int, int, int], int] = {}
    found: list[Route] = []
    for link in excerpt.links:
        first, last = excerpt.where[link.source][0], excerpt.where[link.target][0]
        if last - first <= 1:
            found.append(_straight(link, places, heads=heads))
        else:
            found.append(_around(link, places, first, last, lanes, heads=heads, clear=clear))
    return tuple(found)


def _straight(link: Connection, places: Places, *, heads: bool) -> Route:
    a, b = places.centres[link.source], places.centres[link.target]
    start, tip = towards(a, b, places.radius), towards(b, a, places.radius)
    end = towards(tip, a, HEAD) if heads else tip
    return Route(start, ((end,),), tip, (start, tip))


def towards(start: Point, end: Point, by: float) -> Point:
    """Return the point so far from one point on the way to another."""
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (
        start[0] + (end[0] - start[0]) / length * by,
        start[1] + (end[1] - start[1]) / length * by,
    )


def _around(
    link: Connection,
    places: Places,
    first: int,
    last: int,
    lanes: dict[tuple[int, int, int], int],
    *,
    heads: bool,
    clear: float,
) -> Route:
    """Return a line beyond the outermost units of the columns between, on the nearer side."""
    a, b = places.centres[link.source], places.centres[link.target]
    between = places.spans[first + 1 : last]
    low, high = min(s[0] for s in between), max(s[1] for s in between)
    middle = (places.across(a) + places.across(b)) / 2
    side = 1 if middle - low > high - middle else -1
    key = (first, last, side)
    lane = lanes[key] = lanes.get(key, -1) + 1
    radius = places.radius
    beyond = radius + clear + CLEARANCE / 2 + LANE * (lane % LANES)
    v = high + beyond if side > 0 else low - beyond
    enter, leave = places.along[first + 1] - radius - 6, places.along[last - 1] + radius + 6
    p = places.point
    ua, ub = places.along[first], places.along[last]
    start = towards(a, p(enter, v), radius)
    tip = towards(b, p(leave, v), radius)
    end = towards(tip, p(leave, v), HEAD) if heads else tip
    bend = (enter - ua) / 3, (ub - leave) / 3
    pieces = (
        (towards(start, p(enter, v), bend[0]), p(enter - bend[0], v), p(enter, v)),
        (p(leave, v),),
        (p(leave + bend[1], v), towards(end, p(leave, v), bend[1]), end),
    )
    return Route(start, pieces, tip, (p(enter, v), p(leave, v)))

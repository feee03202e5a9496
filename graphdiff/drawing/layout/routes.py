"""The lines of edges: level through the ranks they pass, bent between them, into ports of heads.

In a rank nothing but the edge is at its height, and between ranks there are no nodes, so no edge
passes through one. Edges that enter a node do so side by side, in the order in which they come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from graphdiff.drawing.layout.levels import Levels
from graphdiff.drawing.layout.places import LABEL_GAP, Across, Along, Room, border

PORT = 18.0
"""Between edges that enter a node, at most."""
APART = 9.0
"""Between edges that enter a node, where one is moved to be straight."""
CORNER = 9.0
"""From the corners of a node to edges that enter it."""
HEAD = 8.0
"""How long the head of an arrow is."""

TURN = 17.0
"""How far out a loop turns."""
LABEL_OFF = 4.0
"""Between a label and its edge."""

Point = tuple[float, float]
Line = tuple[tuple[Point, ...], Point]
"""The points of a curve, and its tip: along the ranks, and across."""


class Arranged(NamedTuple):
    """All elements, what they take and where they stand."""

    levels: Levels
    rooms: Sequence[Room]
    across: Across
    along: Along
    fanned: bool = True
    """Whether edges enter side by side, not all in the middle."""


def lines(arranged: Arranged) -> list[Line]:
    """Return the line of each edge."""
    entering, leaving = ports(arranged)
    return [
        _looped(arranged, k, entering[k])
        if k in arranged.levels.loops
        else _line(arranged, k, (leaving[k], entering[k]))
        for k in range(len(arranged.levels.ways))
    ]


def ports(arranged: Arranged) -> tuple[list[float], list[float]]:
    """Return where edges enter their heads and leave their tails, from the middles of these.

    An edge of the spine enters in the middle. Edges between the same two nodes, as of x·x, leave
    side by side; others together.
    """
    levels, rooms, across, _, is_fanned = arranged
    spine = set(pairwise(levels.pattern.spine))
    slots = [edge.slot for edge in levels.pattern.description.edges]
    entering, leaving = [0.0] * len(levels.ways), [0.0] * len(levels.ways)
    if not is_fanned:
        return entering, leaving
    into: dict[int, list[int]] = defaultdict(list)
    for k, (_, head) in enumerate(levels.pattern.edges):
        into[head].append(k)
    for head, some in into.items():
        some.sort(key=lambda k: (across.elements[levels.own(k)], slots[k]))
        on_spine = [k not in levels.loops and levels.pattern.edges[k] in spine for k in some]
        middle = on_spine.index(True) if any(on_spine) else (len(some) - 1) / 2
        most = max(middle, len(some) - 1 - middle)
        half = min(rooms[head].before, rooms[head].behind) - CORNER
        step = min(PORT, half / most) if most else 0.0
        found = [(i - middle) * step for i in range(len(some))]
        level = [across.elements[levels.own(k)] - across.elements[head] for k in some]
        for k, port in zip(some, _straightened(found, level, half), strict=True):
            entering[k] = port
    between: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, edge in levels.pattern.forwards:
        between[edge].append(k)
    for some in between.values():
        if len(some) > 1:
            for k in some:
                leaving[k] = entering[k]
    return entering, leaving


def _straightened(ports: Sequence[float], level: Sequence[float], half: float) -> list[float]:
    """Return ports at the heights where edges come, if that leaves all of them apart."""
    found = list(ports)
    for i, wanted in enumerate(level):
        before = found[i - 1] + APART if i else -half
        behind = found[i + 1] - APART if i + 1 < len(found) else half
        if before <= wanted <= behind:
            found[i] = wanted
    return found


def _line(arranged: Arranged, k: int, port: tuple[float, float]) -> Line:
    levels, rooms, across, along, _ = arranged
    way = levels.ways[k]
    passed: list[tuple[Point, Point]] = []
    for one in way:
        rank = levels.elements[one].rank
        (left, right), (until, _) = along.ranks[rank], along.bends[rank]
        since = along.bends[rank - 1][1] if rank else left
        y = across.elements[one]
        if one == way[0]:
            start = (left + right + rooms[one].along) / 2, y + port[0]
            passed.append((start, (until, y + port[0])))
        elif one == way[-1]:
            x = (left + right - rooms[one].along) / 2
            since = x if x - since < 2 * HEAD else since
            passed.append(((since, y + port[1]), (x, y + port[1])))
        else:
            passed.append(((since, y), (until, y)))
    is_turned = k in levels.pattern.turned
    tip = passed[0][0] if is_turned else passed[-1][1]
    end = (tip[0] + HEAD, tip[1]) if is_turned else (tip[0] - HEAD, tip[1])
    points = list(_through(passed))
    if is_turned:
        points.reverse()
    return (*points[:-1], end), tip


def _looped(arranged: Arranged, k: int, port: float) -> Line:
    """Return a line that turns round behind its tail, and again before its head."""
    levels, rooms, across, along, _ = arranged
    way = levels.loops[k]
    tail, head = levels.pattern.edges[k]
    left, until = along.ranks[levels.elements[head].rank]
    since, right = along.ranks[levels.elements[tail].rank]
    tip = (left + until - rooms[head].along) / 2, across.elements[head] + port
    start = (since + right + rooms[tail].along) / 2, across.elements[tail]
    end = tip[0] - HEAD, tip[1]
    points = [start, start, (right, start[1]), (right, start[1])]
    points += _turn(right + TURN, start[1], (right, across.elements[way[-1]]))
    points += [points[-1], (left, points[-1][1]), (left, points[-1][1])]
    points += _turn(left - HEAD - TURN, across.elements[way[0]], end)
    return tuple(points), tip


def _turn(x: float, y: float, end: Point) -> list[Point]:
    return [(x, y), (x, end[1]), end]


def _through(passed: Sequence[tuple[Point, Point]]) -> Iterator[Point]:
    """Yield the points of a curve that is level where it passes, and bent between."""
    yield passed[0][0]
    for k, (start, end) in enumerate(passed):
        if k:
            before = passed[k - 1][1]
            middle = (before[0] + start[0]) / 2
            yield from ((middle, before[1]), (middle, start[1]), start)
        if end != start and (k or len(passed) > 1):
            third = (end[0] - start[0]) / 3
            yield from ((start[0] + third, start[1]), (end[0] - third, end[1]), end)


def label_at(
    arranged: Arranged, k: int, size: tuple[float, float], port: float, *, side: int
) -> Point:
    """Return where the label of an edge is sought first: its middle, beside its last part.

    It stands on the side given; at an edge that bends to that side, on the other, if there is
    room.
    """
    levels, rooms, across, along, _ = arranged
    way = levels.ways[k]
    if k in levels.loops:
        first, last = levels.loops[k][0], levels.loops[k][-1]
        ends = (along.ranks[levels.elements[one].rank] for one in (first, last))
        return sum(map(sum, ends)) / 4, across.elements[first] + side * (size[1] / 2 + LABEL_OFF)
    one, head = way[-2], way[-1]
    left, right = along.ranks[levels.elements[one].rank]
    y, away = across.elements[one], size[1] / 2 + LABEL_OFF
    if levels.elements[one].node is None:
        return left + max(size[0], right - left) / 2, y + side * away
    behind = [
        end - along.ranks[last][1]
        for (_, end), (_, last) in zip(along.frames, levels.spans, strict=True)
    ]
    other = rooms[one].behind if side < 0 else rooms[one].before
    if (across.elements[head] + port - y) * side > 0 and other >= size[1]:
        side = -side
    return right + border(levels, way, behind) + LABEL_GAP / 2 + size[0] / 2, y + side * away

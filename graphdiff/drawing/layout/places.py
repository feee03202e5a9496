"""Where elements stand: across the ranks by what has to be in line, along them by their sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from graphdiff.drawing.layout.distances import Distances, Terms
from graphdiff.drawing.layout.levels import Element, Levels
from graphdiff.drawing.layout.orders import Order, rows_of

NODE_GAP = 18.0
"""Between nodes of a rank."""
LANE_GAP = 9.0
"""Between an edge that passes and its neighbours in a rank."""
FRAME_PAD = 14.0
"""Between what is in a frame and its border."""
FRAME_GAP = 16.0
"""Between a frame and what is outside."""
HEAD = 12.0
"""The room for the head of an arrow beyond a label."""
BEND = 24.0
"""The room between ranks in which edges bend, at least."""
LOOP = 16.0
"""Before and behind what a loop leads back to."""
RANK_GAP = 34.0
"""Between ranks, at least."""
STEEP = 0.2
"""How long it is, of what they climb."""
MOST_BEND = 150.0
LABEL_GAP = 10.0
"""Beside a label, in the direction of its edge."""


@dataclass(frozen=True)
class Room:
    """What an element takes: along the ranks; and across, before its middle and behind."""

    along: float
    before: float
    behind: float


@dataclass(frozen=True)
class Across:
    """The places of elements across the ranks; and where each frame begins and ends."""

    elements: tuple[float, ...]
    frames: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Along:
    """Where each rank begins and ends, where edges bend behind it; and where each frame is."""

    ranks: tuple[tuple[float, float], ...]
    bends: tuple[tuple[float, float], ...]
    frames: tuple[tuple[float, float], ...]


def across(
    levels: Levels,
    order: Order,
    rooms: Sequence[Room],
    titles: Sequence[tuple[float, float]],
    spread: float,
) -> Across:
    """Return places across the ranks: straight spines, frames in rows, cells in step.

    Parameters
    ----------
    titles
        How much more room each frame has before its first element, and how long it is at least.
    """
    count, frames = len(levels.elements), len(levels.spans)
    starts, ends = range(count, count + frames), range(count + frames, count + 2 * frames)
    wanted = Distances(count + 2 * frames)
    for some in order:
        wanted.apart += _in_order(levels, some, rooms, spread, starts, ends)
    for k, (element, room) in enumerate(zip(levels.elements, rooms, strict=True)):
        if (f := element.frame) is not None:
            wanted.apart.append((starts[f], k, FRAME_PAD + titles[f][0] + room.before))
            wanted.apart.append((k, ends[f], FRAME_PAD + room.behind))
    for f, (_, least) in enumerate(titles):
        wanted.apart.append((starts[f], ends[f], least))
    wanted.near += [(((b, 1.0), (a, -1.0)), 0.02) for a, b in zip(starts, ends, strict=True)]
    into: dict[int, list[int]] = defaultdict(list)
    for (a, b), edges in levels.steps.items():
        wanted.near.append((((a, 1.0), (b, -1.0)), _nearness(levels, a, b) * len(edges) ** 0.5))
        into[b].append(a)
    for k, way in levels.loops.items():
        u, v = levels.pattern.edges[k]
        wanted.near += [(((way[0], 1.0), (v, -1.0)), 1.0), (((way[-1], 1.0), (u, -1.0)), 1.0)]
    for b, tails in into.items():
        wanted.near.append((((b, 1.0), *((a, -1 / len(tails)) for a in tails)), 0.3))
    rows = _in_rows(rows_of(levels), starts, ends)
    rows += [((way[0], 1.0), (one, -1.0)) for way in levels.loops.values() for one in way[1:]]
    spine, steps = _straight(levels), _in_step(levels)
    tries = ([*rows, *spine, *steps], [*rows, *spine], [*rows, *steps], rows)
    places = [float(x) for x in wanted.best(tries)]
    return Across(
        tuple(places[:count]),
        tuple((places[a], places[b]) for a, b in zip(starts, ends, strict=True)),
    )


def _nearness(levels: Levels, a: int, b: int) -> float:
    """Return how much it counts that a step is level: between nodes, and where edges pass."""
    match levels.elements[a].node is None, levels.elements[b].node is None:
        case False, False:
            return 2.0
        case True, True:
            return 4.0
        case False, True:
            return 1.0
        case _:
            return 0.5


def _in_order(
    levels: Levels,
    some: Sequence[int],
    rooms: Sequence[Room],
    spread: float,
    starts: Sequence[int],
    ends: Sequence[int],
) -> list[tuple[int, int, float]]:
    """Return how far apart the elements of a rank are, and the frames that lie there."""
    apart: list[tuple[int, int, float]] = []
    for a, b in pairwise(some):
        one, other = levels.elements[a], levels.elements[b]
        if one.frame == other.frame:
            lanes = one.node is None or other.node is None
            gap = (LANE_GAP if lanes else NODE_GAP) * spread
            apart.append((a, b, rooms[a].behind + gap + rooms[b].before))
        else:
            first = (a, rooms[a].behind) if one.frame is None else (ends[one.frame], 0.0)
            second = (b, rooms[b].before) if other.frame is None else (starts[other.frame], 0.0)
            apart.append((first[0], second[0], first[1] + FRAME_GAP * spread + second[1]))
    return apart


def _in_rows(rows: Sequence[int], starts: Sequence[int], ends: Sequence[int]) -> list[Terms]:
    """Return that frames of a row begin and end together."""
    equal: list[Terms] = []
    first: dict[int, int] = {}
    for f, row in enumerate(rows):
        g = first.setdefault(row, f)
        if g != f:
            equal += [((side[g], 1.0), (side[f], -1.0)) for side in (starts, ends)]
    return equal


def _straight(levels: Levels) -> list[Terms]:
    """Return that the spine is one line, but where it goes out of a frame that it comes back to."""
    pattern = levels.pattern
    first = {edge: k for k, edge in reversed(pattern.forwards)}
    return [
        ((u, 1.0), (one, -1.0))
        for u, v in pairwise(pattern.spine)
        if {pattern.frame_of.get(node) for node in (u, v)} <= {*pattern.blocks, None}
        or pattern.frame_of.get(u) == pattern.frame_of.get(v)
        for one in levels.ways[first[u, v]][1:]
    ]


def _in_step(levels: Levels) -> list[Terms]:
    """Return that in cells of one form everything is as far from the first node."""
    members = levels.pattern.members
    return [
        ((a, 1.0), (members[f][0], -1.0), (b, -1.0), (members[g][0], 1.0))
        for f, *others in levels.pattern.cells
        for g in others
        for a, b in zip(members[f][1:], members[g][1:], strict=True)
    ]


def along(
    levels: Levels,
    rooms: Sequence[Room],
    places: Across,
    labels: Sequence[float],
    titles: Sequence[tuple[float, float, float]],
    spread: float,
) -> Along:
    """Return places along the ranks: wide enough for nodes, labels and what edges climb.

    Parameters
    ----------
    labels
        How long the label of each edge is.
    titles
        How much more room each frame has before its first rank and behind its last, and how long
        it is at least.
    """
    breadths = [0.0] * levels.count
    for element, room in zip(levels.elements, rooms, strict=True):
        breadths[element.rank] = max(breadths[element.rank], room.along)
    ahead: list[float] = []
    behind = [FRAME_PAD + title[1] for title in titles]
    leads, bends = [0.0] * levels.count, [HEAD * spread] * levels.count
    for way, label in zip(levels.ways, labels, strict=True):
        if not way:
            continue
        rank = levels.elements[way[-2]].rank
        beside = (
            -breadths[rank]
            if levels.elements[way[-2]].node is None
            else border(levels, way, behind)
        )
        leads[rank] = max(leads[rank], label and label + LABEL_GAP + beside)
        for a, b in pairwise(way):
            climb = abs(places.elements[a] - places.elements[b])
            step = levels.elements[a].rank
            if climb > 1:
                bends[step] = max(bends[step], min(max(BEND, STEEP * climb), MOST_BEND) * spread)
    before = [0.0] * (levels.count + 1)
    turning = [levels.elements[way[0]] for way in levels.loops.values()]
    for element in turning:
        before[element.rank] = LOOP
    for f, (first, last) in enumerate(levels.spans):
        inner = sum(breadths[first : last + 1]) + sum(leads[first:last]) + sum(bends[first:last])
        breadths[last] += max(0.0, titles[f][2] - inner - 2 * FRAME_PAD)
        inside = LOOP if Element(first, None, f) in turning else 0.0
        ahead.append(FRAME_PAD + inside + titles[f][0])
        before[first] = max(before[first], ahead[f])
        leads[last] = max(leads[last], behind[f])
    least = RANK_GAP * min(spread, 1.0)
    leads = [max(lead, least - bend) for lead, bend in zip(leads, bends, strict=True)]
    for first, *others in ([levels.spans[f] for f in cells] for cells in levels.pattern.cells):
        for k in range(first[1] - first[0] + 1):
            for some in (breadths, leads, bends) if k < first[1] - first[0] else (breadths,):
                most = max(some[span[0] + k] for span in (first, *others))
                for span in (first, *others):
                    some[span[0] + k] = most
    ranks: list[tuple[float, float]] = []
    bent: list[tuple[float, float]] = []
    x = before[0]
    for breadth, lead, bend, following in zip(breadths, leads, bends, before[1:], strict=True):
        ranks.append((x, x + breadth))
        bent.append((x + breadth + lead, x + breadth + lead + bend))
        x += breadth + lead + bend + following
    frames = tuple(
        (ranks[first][0] - ahead[f], ranks[last][1] + behind[f])
        for f, (first, last) in enumerate(levels.spans)
    )
    return Along(tuple(ranks), tuple(bent), frames)


def border(levels: Levels, way: Sequence[int], behind: Sequence[float]) -> float:
    """Return how far behind the rank of its last element an edge leaves a frame, if it does.

    Parameters
    ----------
    behind
        How far behind its last rank each frame ends.
    """
    element = levels.elements[way[-2]]
    if element.frame is None or element.rank < levels.spans[element.frame][1]:
        return 0.0
    return behind[element.frame]

"""In which order the elements of each rank stand: as formulas are written, or as Graphviz says.

Read from the output on, argument by argument, a formula gives an order: parameters stand as they
do in it, and what is written first stands first. Where Graphviz finds an order in which far fewer
edges cross, that is taken, with the leaves of each node put in their order. An order has to hold
everywhere at once, so a frame, or a row of frames, has one place among all else.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from statistics import median

import numpy as np

from graphdiff.drawing.layout.levels import Levels

CROSSINGS = 1.2
"""So many times as many crossings are taken for the order of the formulas."""

Order = tuple[tuple[int, ...], ...]
"""The elements of each rank."""


def rows_of(levels: Levels) -> tuple[int, ...]:
    """Return the row of each frame: those of one row lie one behind the other.

    The frames through which the spine leads are row 0, and all that stand in one line.
    """
    pattern = levels.pattern
    on_spine = {pattern.frame_of.get(node) for node in pattern.spine} & pattern.blocks
    ends: dict[int, int] = {}
    rows: dict[int, int] = {}
    linked = Counter((pattern.frame_of.get(u), pattern.frame_of.get(v)) for u, v in pattern.edges)
    for f in sorted(range(len(levels.spans)), key=lambda f: (f not in on_spine, levels.spans[f])):
        first, last = levels.spans[f]
        free = [row for row in ends if row and ends[row] < first and f in pattern.blocks]
        if f in on_spine or (levels.in_line and f in pattern.blocks):
            rows[f] = 0
        elif free:
            rows[f] = max(free, key=lambda r: (sum(linked[g, f] for g in rows if rows[g] == r), -r))
        else:
            rows[f] = max([0, *ends]) + 1
        ends[rows[f]] = last
    return tuple(rows[f] for f in range(len(levels.spans)))


def order(levels: Levels, places: Sequence[float]) -> Order:
    """Return the order of each rank; ``places`` are those of Graphviz across the ranks."""
    written = _ordered(levels, _reading(levels))
    found = _ordered(levels, dict(enumerate(places)))
    found = _ordered(levels, _with_leaves_in_order(levels, found))
    return written if crossings(levels, written) <= CROSSINGS * crossings(levels, found) else found


def crossings(levels: Levels, order: Order) -> int:
    """Return how often edges cross between ranks."""
    place = {one: k for some in order for k, one in enumerate(some)}
    between: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b in levels.steps:
        between[levels.elements[a].rank].append((place[a], place[b]))
    return sum(_inversions(some) for some in between.values())


def _inversions(pairs: list[tuple[int, int]]) -> int:
    a, b = np.transpose(pairs)
    return int(np.sum((a[:, None] < a) & (b[:, None] > b)))


def _reading(levels: Levels) -> dict[int, float]:
    """Return the places of elements in the order of reading: from the last on, by arguments."""
    slots = [edge.slot for edge in levels.pattern.description.edges]
    before: dict[int, list[tuple[tuple[int, int], int]]] = defaultdict(list)
    for (a, b), edges in levels.steps.items():
        before[b].append((min((slots[k], k) for k in edges), a))
    ahead = {a for a, _ in levels.steps}
    nodes = range(len(levels.pattern.description.nodes))
    number = reading([node for node in nodes if node not in ahead], before)
    return {k: number.get(k, len(number)) for k in range(len(levels.elements))}


def reading(
    ends: Iterable[int], arguments: Mapping[int, Sequence[tuple[tuple[int, int], int]]]
) -> dict[int, int]:
    """Return numbers in reading order, from the last end on: each before its arguments.

    Parameters
    ----------
    arguments
        Of each, the places, of the same in the order of the edges, and what stands there.
    """
    number: dict[int, int] = {}
    stack = list(ends)
    while stack:
        one = stack.pop()
        if one not in number:
            number[one] = len(number)
            stack += [a for _, a in sorted(arguments.get(one, ()), reverse=True)]
    return number


def _ordered(levels: Levels, keys: Mapping[int, float]) -> Order:
    """Return elements by their keys, each row of frames together, and loops around the others."""
    rows = rows_of(levels)
    around = {
        one: keys[levels.pattern.edges[k][1]] - 0.5 if len(way) == 1 else -math.inf
        for k, way in levels.loops.items()
        for one in way
    }
    keys = {**keys, **around}
    in_row: dict[int, list[float]] = defaultdict(list)
    for k, element in enumerate(levels.elements):
        if element.frame is not None and k not in around:
            in_row[rows[element.frame]].append(keys[k])
    middle = {row: median(some) for row, some in in_row.items()}
    ranks: list[list[int]] = [[] for _ in range(levels.count)]
    for k, element in enumerate(levels.elements):
        ranks[element.rank].append(k)

    def key(k: int) -> tuple[float, ...]:
        frame = levels.elements[k].frame
        if frame is None:
            return keys[k], -1, keys[k], k
        return middle[rows[frame]], rows[frame], keys[k], k

    return tuple(tuple(sorted(some, key=key)) for some in ranks)


def _with_leaves_in_order(levels: Levels, order: Order) -> dict[int, float]:
    """Put leaves of one node, and leaves of many, in order; cells as the one in the middle."""
    keys = {one: float(k) for some in order for k, one in enumerate(some)}
    for some in order:
        for alike in _exchangeable(levels, some):
            taken = sorted(keys[one] for one in alike)
            keys.update(zip(alike, taken, strict=True))
    for cells in levels.pattern.cells:
        model = levels.pattern.members[cells[len(cells) // 2]]
        for f in cells:
            for node, same in zip(levels.pattern.members[f], model, strict=True):
                keys[node] = keys[same]
    return keys


def _exchangeable(levels: Levels, some: Sequence[int]) -> list[list[int]]:
    """Return leaves that may change places, in the order they should have."""
    edges, nodes = levels.pattern.edges, levels.pattern.description.nodes
    heads: dict[int, list[int]] = defaultdict(list)
    for k, (u, _) in enumerate(edges):
        heads[u].append(k)
    alike: dict[Hashable, list[tuple[tuple[int, int], int]]] = defaultdict(list)
    for one in some:
        if one >= len(nodes) or nodes[one].kind == "computation":
            continue
        element = levels.elements[one]
        used = heads[one]
        if len({edges[k][1] for k in used}) == 1:
            slot = levels.pattern.description.edges[used[0]].slot
            alike[element.frame, edges[used[0]][1]].append(((slot, used[0]), one))
        else:
            alike[element.frame, nodes[one].kind].append(((0, one), one))
    return [[one for _, one in sorted(group)] for group in alike.values()]

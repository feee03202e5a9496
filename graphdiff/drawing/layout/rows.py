"""A long graph in rows, read from left to right one below the other.

A row is a graph of its own, which Graphviz lays out. A node that a later row uses is drawn again at
the beginning of that row, by its name alone; a line leads there from where it was computed: out of
its row to the right, back between the rows, and in from the left. Leaves are drawn again where they
are used, with no line; where many lines would lead past a row, so are all nodes. A row ends behind
a rank, and not inside a cell; in each the order is that of the formulas.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing.labels.description import (
    Cluster,
    Description,
    EdgeLabel,
    NodeLabel,
    Phrase,
    Value,
)
from graphdiff.drawing.layout.boxes import Box, Manner, Measured, frame_title, node_box
from graphdiff.drawing.layout.cells import inside
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.layout.levels import levels
from graphdiff.drawing.layout.orders import reading
from graphdiff.drawing.layout.pattern import pattern
from graphdiff.drawing.layout.stacking import Part, led_on, line_of, stacked
from graphdiff.drawing.options import Direction
from graphdiff.drawing.typeset import Fragment
from graphdiff.notation import latex

AGAIN = 1_000_000
"""Nodes drawn again have indices from here on, negative; no card has so many before it."""
BETWEEN = 25.0
"""Between one node and the next, about."""
MOST_LINES = 8
"""Of more lines from one row to later ones none is drawn."""
REPEATED = 2
"""A leaf that is used more often in a row is drawn again at each use."""
UNEVEN, PASSING, FRAMED = 4.0, 0.4, 2.0
"""What it costs to cut where rows become uneven, a computed node is passed on, or in a frame.

Of more nodes than have lines, which are drawn again instead, each costs nothing more.
"""

Lay = Callable[[Measured], LaidOut]
Again = Callable[[NodeLabel, Manner], Box]
"""The box of a node that is drawn again."""


def in_rows(measured: Measured, count: int, lay: Lay, again: Again = node_box) -> LaidOut:
    """Return a graph in so many rows, or in fewer if it is too short for that.

    Parameters
    ----------
    lay
        Lays out a row.
    again
        Measures a node that is drawn again.
    """
    row_of, place = _rows(measured, count), _places(measured.description)
    rows = range(1 + max(row_of.values()))
    are_led = max(map(len, _passing(measured.description, row_of)), default=0) <= MOST_LINES
    parts = [_part(measured, row_of, row, place, again, are_led=are_led) for row in rows]
    return stacked(measured, parts, [lay(part.measured) for part in parts])


# Which node is in which row


@dataclass(frozen=True)
class _Cut:
    """Where a row may end: behind a rank, so far along; and how bad it is to cut there."""

    rank: int
    end: float
    cost: float


def most_rows(measured: Measured) -> int:
    """Return how many rows a graph has at most."""
    return len(_cuts(measured.description, *_ranks(measured)))


def _rows(measured: Measured, count: int) -> dict[int, int]:
    """Return the row of every node, by its index: leaves are where they are first used."""
    said, (rank_of, ends) = measured.description, _ranks(measured)
    cuts = _best(_cuts(said, rank_of, ends), count)
    row_of = {index: sum(rank > cut.rank for cut in cuts) for index, rank in rank_of.items()}
    children: dict[int, list[int]] = {node.index: [] for node in said.nodes}
    for edge in said.edges:
        children[edge.tail].append(edge.head)
    for index in children.keys() - row_of.keys():
        row_of[index] = min((row_of[child] for child in children[index]), default=0)
    return row_of


def _ranks(measured: Measured) -> tuple[dict[int, int], list[float]]:
    """Return the ranks of computed nodes, counted from 0, by their indices; and where each ends."""
    said = measured.description
    ranked = levels(pattern(said), frozenset(), in_line=measured.manner.in_line).elements
    all_ranks = {
        node.index: element.rank for node, element in zip(said.nodes, ranked, strict=False)
    }
    breadths = [0.0] * (1 + max(all_ranks.values()))
    gaps = [BETWEEN] * len(breadths)
    for node, box in zip(said.nodes, measured.nodes, strict=True):
        rank = all_ranks[node.index]
        breadths[rank] = max(breadths[rank], box.width)
    for edge, box in zip(said.edges, measured.edges, strict=True):
        rank = all_ranks[edge.head]
        gaps[rank] = max(gaps[rank], box.width)
    ends = list(itertools.accumulate(map(sum, zip(gaps, breadths, strict=True))))
    computed = {edge.head for edge in said.edges}
    place = {rank: k for k, rank in enumerate(sorted({all_ranks[index] for index in computed}))}
    rank_of = {
        node.index: place[all_ranks[node.index]] for node in said.nodes if node.index in computed
    }
    return rank_of, [ends[rank] for rank in place]


def _cuts(said: Description, rank_of: Mapping[int, int], ends: Sequence[float]) -> list[_Cut]:
    """Return where rows may end, in order."""
    last = dict(rank_of)
    for edge in said.edges:
        if edge.tail in last:
            last[edge.tail] = max(last[edge.tail], rank_of[edge.head])
    spans = [
        (min(found), max(found))
        for cluster in said.clusters
        if (found := [rank_of[index] for index in cluster.nodes if index in rank_of])
    ]
    within = inside(said, rank_of)
    return [
        _Cut(
            rank,
            end,
            PASSING * min(MOST_LINES, max(0, _passed(rank_of, last, rank) - 1))
            + FRAMED * sum(start <= rank < end for start, end in spans),
        )
        for rank, end in enumerate(ends)
        if rank not in within
    ]


def _passed(rank_of: Mapping[int, int], last: Mapping[int, int], rank: int) -> int:
    """Return how many computed nodes are used behind a rank, of those that stand before its end."""
    return sum(rank_of[one] <= rank < end for one, end in last.items())


def longest(measured: Measured, direction: Direction) -> dict[int, float]:
    """Return how far along each node ends at least, by its index: no layout has it before that."""
    said = measured.description
    k = 0 if direction in ("LR", "RL") else 1
    sizes = {
        node.index: (box.width, box.height)[k]
        for node, box in zip(said.nodes, measured.nodes, strict=True)
    }
    place = {index: number for number, index in enumerate(sizes)}
    ends = dict(sizes)
    edges = zip(said.edges, measured.edges, strict=True)
    for edge, box in sorted(edges, key=lambda found: place[found[0].tail]):
        if place[edge.tail] < place[edge.head]:  # cards may lead back
            way = ends[edge.tail] + (box.width, box.height)[k]
            ends[edge.head] = max(ends[edge.head], way + sizes[edge.head])
    return ends


def _best(places: Sequence[_Cut], count: int) -> list[_Cut]:
    """Return where to cut: rows as even as can be, few lines between them."""
    count = min(count, len(places))
    if count < 2:
        return []
    ends = [place.end for place in places]
    even = ends[-1] / count
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for row in range(count):
        further: dict[int, tuple[float, tuple[int, ...]]] = {}
        for k, place in enumerate(places):
            if (row == count - 1) != (k == len(places) - 1):
                continue
            ways = [
                (cost + UNEVEN * ((place.end - (ends[j] if j >= 0 else 0.0)) / even - 1) ** 2, cuts)
                for j, (cost, cuts) in best.items()
                if j < k
            ]
            if ways:
                cost, cuts = min(ways)
                further[k] = cost + (place.cost if row < count - 1 else 0.0), (*cuts, k)
        best = further
    return [places[k] for k in best[len(places) - 1][1][:-1]] if best else []


# A row as a graph of its own


def _places(said: Description) -> dict[int, int]:
    """Return in which order nodes stand in the formulas, by their indices."""
    arguments: dict[int, list[tuple[tuple[int, int], int]]] = defaultdict(list)
    for k, edge in enumerate(said.edges):
        if not edge.loops:
            arguments[edge.head].append(((edge.slot, k), edge.tail))
    used = {edge.tail for edge in said.edges if not edge.loops}
    nodes = [node.index for node in said.nodes]
    read = reading([index for index in nodes if index not in used], arguments)
    return {index: read.get(index, len(read)) for index in nodes}


def _passing(said: Description, row_of: Mapping[int, int]) -> list[set[Value]]:
    """Return the computed values that are used below, by the rows behind which lines pass."""
    computed = {edge.head for edge in said.edges}
    passing: list[set[Value]] = [set() for _ in range(max(row_of.values(), default=0))]
    for edge in said.edges:
        if edge.tail in computed:
            for row in range(row_of[edge.tail], row_of[edge.head]):
                passing[row].add(edge.value)
    return passing


def _part(
    measured: Measured,
    row_of: Mapping[int, int],
    row: int,
    place: Mapping[int, int],
    box_again: Again,
    *,
    are_led: bool,
) -> Part:
    """Return a row; lines lead from it and into it if they are led at all."""
    said = measured.description
    labels = {node.index: node for node in said.nodes}
    computed = {edge.head for edge in said.edges}
    led = computed if are_led else set[int]()
    kept = [k for k, node in enumerate(said.nodes) if row_of[node.index] == row]
    inner = {said.nodes[k].index for k in kept}
    numbers = tuple(k for k, edge in enumerate(said.edges) if edge.head in inner)
    read = sorted(numbers, key=lambda k: (place[said.edges[k].head], said.edges[k].slot))
    fresh = itertools.count(-AGAIN * (row + 1), -1)
    uses = Counter(value for value, _ in {(said.edges[k].value, said.edges[k].head) for k in read})
    again: dict[Value, int] = {}
    ghosts: list[NodeLabel] = []
    tails: dict[tuple[Value, int], int] = {}
    for k in read:
        edge = said.edges[k]
        value, tail, use = edge.value, edge.tail, (edge.value, edge.head)
        if use in tails:
            continue
        is_alone = tail not in (computed if tail in inner else led)
        at_each = is_alone and uses[value] > REPEATED
        first = tail in inner and (not at_each or value not in again)
        if first or (value in again and not at_each):
            tails[use] = tail if tail in inner else again[value]
            again.setdefault(value, tail)
            continue
        again[value] = tails[use] = next(fresh)
        ghosts.append(_again(labels[tail], edge, again[value]))
    again = {value: number for value, number in again.items() if value[0] not in inner}
    passed_on = {
        edge.value: edge
        for edge in said.edges
        if edge.tail in inner and edge.tail in led and row_of[edge.head] > row
    }
    in_order = sorted(passed_on, key=lambda value: -place[value[0]])
    leaving = {value: next(fresh) for value in in_order}
    exits = [line_of(passed_on[value], value[0], number) for value, number in leaving.items()]
    ends = [
        replace(_again(labels[value[0]], passed_on[value], number), phrases=())
        for value, number in leaving.items()
    ]
    edges = [
        replace(edge, tail=tails[edge.value, edge.head])
        for edge in (said.edges[k] for k in numbers)
    ]
    clusters = list(_frames(measured, row_of, row))
    return Part(
        replace(
            measured,
            description=replace(
                said,
                nodes=(*(said.nodes[k] for k in kept), *ghosts, *ends),
                edges=(*edges, *exits),
                clusters=tuple(cluster for cluster, _ in clusters),
            ),
            nodes=(
                *(measured.nodes[k] for k in kept),
                *(box_again(ghost, measured.manner) for ghost in ghosts),
                *(Box(2.0, 2.0) for _ in ends),
            ),
            edges=(*(measured.edges[k] for k in numbers), *(Box(0, 0) for _ in exits)),
            listed=(),
            clusters=tuple(title for _, title in clusters),
            first=tuple(n for value, n in again.items() if value[0] in led),
            last=tuple(leaving.values()),
        ),
        numbers,
        again,
        leaving,
    )


def _frames(
    measured: Measured, row_of: Mapping[int, int], row: int
) -> Iterator[tuple[Cluster, Fragment]]:
    """Yield the frames that have nodes in a row, with their titles there."""
    clusters, titles = measured.description.clusters, measured.clusters
    going_on = [
        cluster
        for cluster in clusters
        if (rows := {row_of[index] for index in cluster.nodes}) & {row} and min(rows) < row
    ]
    for cluster, title in zip(clusters, titles, strict=True):
        if cluster in going_on:
            title = frame_title(cluster.title, measured.manner, among=len(going_on))
        if within := tuple(index for index in cluster.nodes if row_of[index] == row):
            yield Cluster(cluster.title, within), title


def _again(label: NodeLabel, edge: EdgeLabel, index: int) -> NodeLabel:
    """Return a node drawn again, for the value that an edge leads on.

    Of a node that has several values none is marked that no marked edge leads on.
    """
    named = Phrase("formula", latex.name(label.name), label.name)
    name = edge.called or label.called or named
    return NodeLabel(
        label.name, index, label.kind, (name,), f"{name.plain}, again", label.cut_off,
        marks=led_on(edge.marks if edge.called else label.marks), colour=label.colour, again=True,
    )  # fmt: skip

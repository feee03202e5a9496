"""The ranks of nodes, and the elements of each rank: nodes, and the points edges pass through.

A frame has ranks of its own: what leads into it stands before it, and what it leads to behind, so
frames lie one behind the other and not aslant. Edges that leave one node share their points as
long as they go the same way; the last point before its head is an edge's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from graphdiff.drawing.layout.distances import Distances
from graphdiff.drawing.layout.pattern import Pattern

SPINE = 4.0
"""How much shorter edges of the spine are wanted than others."""


@dataclass(frozen=True)
class Element:
    """A node, by its position, or a point edges pass (``node`` is None), in a frame or outside."""

    rank: int
    node: int | None
    frame: int | None


@dataclass(frozen=True)
class Levels:
    """The elements, those of nodes first and in their order; and the way of each edge along them.

    Loops have no way; they pass an element of their own in each rank from their heads to their
    tails (``loops``).

    A frame has an element in each of its ranks; one that no edge passes keeps its room there.
    """

    pattern: Pattern
    elements: tuple[Element, ...]
    ways: tuple[tuple[int, ...], ...]
    spans: tuple[tuple[int, int], ...]
    """The first and the last rank of each frame."""
    loops: Mapping[int, tuple[int, ...]]
    in_line: bool = False
    """Whether no frame stands above another, nor what it alone uses above or below one."""

    @property
    def count(self) -> int:
        """How many ranks there are."""
        return 1 + max(element.rank for element in self.elements)

    def own(self, edge: int) -> int:
        """Return the element from which an edge goes on to its head alone."""
        return self.loops[edge][0] if edge in self.loops else self.ways[edge][-2]

    @property
    def steps(self) -> dict[tuple[int, int], list[int]]:
        """From which element to which of the next rank there are edges, and which these are."""
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for k, way in enumerate(self.ways):
            for a, b in pairwise(way):
                found[a, b].append(k)
        for k, way in self.loops.items():
            for a, b in pairwise(way):
                found[a, b].append(k)
        return found


def levels(
    pattern: Pattern,
    labelled: Set[int],
    before: Sequence[int] = (),
    behind: Sequence[int] = (),
    *,
    in_line: bool = False,
) -> Levels:
    """Return the ranks of a graph, and what stands in each.

    Labelled edges that leave one node together have a rank between, where each is alone.

    Parameters
    ----------
    before, behind
        The indices of nodes that stand before all others, or behind.
    in_line
        Whether all frames are to stand one behind the other, with what each alone uses between.
    """
    at = {node.index: k for k, node in enumerate(pattern.description.nodes)}
    ends = [(at[one], k) for one in before for k in at.values()]
    ends += [(k, at[one]) for one in behind for k in at.values()]
    leaving = Counter(u for _, (u, _) in pattern.forwards)
    ranks = _ranks(
        pattern,
        [2 if k in labelled and leaving[u] > 1 else 1 for k, (u, _) in enumerate(pattern.edges)],
        ends,
        in_line=in_line,
    )
    spans = tuple(
        (min(ranks[n] for n in some), max(ranks[n] for n in some)) for some in pattern.members
    )
    elements = [Element(rank, k, pattern.frame_of.get(k)) for k, rank in enumerate(ranks)]
    shared: dict[tuple[object, ...], int] = {}
    ways: list[tuple[int, ...]] = []
    loops: dict[int, tuple[int, ...]] = {}
    for k, (u, v) in enumerate(pattern.edges):
        if k in pattern.loops:
            first, last = sorted((ranks[u], ranks[v]))
            frame = pattern.frame_of.get(u)
            frame = frame if frame == pattern.frame_of.get(v) else None
            loops[k] = tuple(range(len(elements), len(elements) + last - first + 1))
            elements += [Element(rank, None, frame) for rank in range(first, last + 1)]
            ways.append(())
            continue
        way = [u]
        for rank in range(ranks[u] + 1, ranks[v]):
            frame = _passed(pattern, u, v, rank, spans)
            own = (k,) if rank == ranks[v] - 1 else ()
            key = (u, rank, frame, pattern.description.edges[k].marks, *own)
            if key not in shared:
                shared[key] = len(elements)
                elements.append(Element(rank, None, frame))
            way.append(shared[key])
        ways.append((*way, v))
    held = {(element.frame, element.rank) for element in elements}
    for f, (first, last) in enumerate(spans):
        for rank in range(first, last + 1):
            if (f, rank) not in held:
                elements.append(Element(rank, None, f))
    return Levels(pattern, tuple(elements), tuple(ways), spans, loops, in_line)


def _passed(
    pattern: Pattern, u: int, v: int, rank: int, spans: tuple[tuple[int, int], ...]
) -> int | None:
    """Return in which frame an edge is at a rank between its ends."""
    start, end = pattern.frame_of.get(u), pattern.frame_of.get(v)
    if start is not None and start == end:
        return start
    if start is not None and start in pattern.blocks and rank <= spans[start][1]:
        return start
    if end is not None and end in pattern.blocks and rank >= spans[end][0]:
        return end
    return None


def _ranks(
    pattern: Pattern, least: Sequence[int], ends: Sequence[tuple[int, int]], *, in_line: bool
) -> list[int]:
    """Return ranks with edges as short as can be, and as long as they have to."""
    nodes = len(pattern.description.nodes)
    blocks = {f: nodes + 2 * k for k, f in enumerate(sorted(pattern.blocks))}
    wanted = Distances(nodes + 2 * len(blocks))
    pairs = set(pairwise(pattern.spine))
    wanted.apart += [(one, other, 0) for one, other in ends if one != other]
    for k, (u, v) in pattern.forwards:
        wanted.apart.append((u, v, least[k]))
        wanted.near.append((((v, 1.0), (u, -1.0)), SPINE if (u, v) in pairs else 1.0))
        start, end = pattern.frame_of.get(u), pattern.frame_of.get(v)
        if start != end and start in blocks:
            wanted.apart.append((blocks[start] + 1, v, 1))
        if start != end and end in blocks:
            wanted.apart.append((u, blocks[end], 1))
        if start != end and start in blocks and end in blocks:
            wanted.apart.append((blocks[start] + 1, blocks[end], 1))
    for f, first in blocks.items():
        for node in pattern.members[f]:
            wanted.apart += [(first, node, 0), (node, first + 1, 0)]
        wanted.near.append((((first + 1, 1.0), (first, -1.0)), 0.1))
    if in_line:
        line = _line(pattern)
        wanted.apart += [(blocks[f] + 1, blocks[g], 1) for f, g in pairwise(line)]
        wanted.apart += [(blocks[f] + 1, leaf, 1) for f, leaf in _beside(pattern, line)]
    for k in range(nodes):  # of two places as good, the first
        wanted.near.append((((k, 1.0), (0, -1.0)), 0.001))
    in_step = [
        ((g_node, 1.0), (blocks[g], -1.0), (f_node, -1.0), (blocks[f], 1.0))
        for f, *others in pattern.cells
        for g in others
        for f_node, g_node in zip(pattern.members[f], pattern.members[g], strict=True)
    ]
    found = wanted.best([in_step])[:nodes]
    return [round(float(rank)) for rank in found - found.min()]


def _line(pattern: Pattern) -> tuple[int, ...]:
    """Return frames one behind the other, none before one that leads to it."""
    count = len(pattern.members)

    def part(node: int) -> int:
        return pattern.frame_of.get(node, count + node)

    parts: nx.DiGraph[int] = nx.DiGraph((part(u), part(v)) for _, (u, v) in pattern.forwards)
    parts.add_nodes_from(pattern.blocks)
    together = nx.condensation(parts)
    held: dict[int, set[int]] = {one: together.nodes[one]["members"] for one in together}
    line = nx.lexicographical_topological_sort(together, key=lambda one: min(held[one]))
    return tuple(f for one in line for f in held[one] & pattern.blocks)


def _beside(pattern: Pattern, line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield each leaf that one frame of a line alone uses, with the frame before that."""
    before = {f: g for g, f in pairwise(line)}
    used: dict[int, set[int | None]] = defaultdict(set)
    for _, (u, v) in pattern.forwards:
        used[u].add(pattern.frame_of.get(v))
    for leaf, (f, *others) in used.items():
        is_leaf = pattern.description.nodes[leaf].kind != "computation"
        if (
            is_leaf
            and leaf not in pattern.frame_of
            and f is not None
            and f in before
            and not others
        ):
            yield before[f], leaf

"""What a reader sees in a graph: its spine, frames that lie in rows, and cells of one form.

Nodes and frames are given by their positions in the description.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import networkx as nx

from graphdiff.drawing.labels.description import Description

Edge = tuple[int, int]


@dataclass(frozen=True)
class Pattern:
    """A graph with what stands out in it.

    ``edges`` lead forwards: those that close a circle, as between collapsed groups, are turned
    round and are in ``turned``; those of folded steps lead back as ``loops``. ``blocks`` are the
    frames that lead to no others from which they are reached, so they can have ranks of their own.
    """

    description: Description
    edges: tuple[Edge, ...]
    turned: frozenset[int]
    loops: frozenset[int]
    frame_of: Mapping[int, int]
    members: tuple[tuple[int, ...], ...]
    blocks: frozenset[int]
    spine: tuple[int, ...]
    cells: tuple[tuple[int, ...], ...]
    """Blocks of one form: their members, in order, are made of each other in the same way."""

    @property
    def forwards(self) -> tuple[tuple[int, Edge], ...]:
        """The edges that are no loops, with their positions."""
        return tuple((k, edge) for k, edge in enumerate(self.edges) if k not in self.loops)


def pattern(description: Description) -> Pattern:
    """Return what stands out in a graph."""
    at = {node.index: k for k, node in enumerate(description.nodes)}
    edges = [(at[edge.tail], at[edge.head]) for edge in description.edges]
    loops = frozenset(k for k, edge in enumerate(description.edges) if edge.loops)
    turned = frozenset(_turned(edges, loops, len(at)))
    led = tuple((v, u) if k in turned else (u, v) for k, (u, v) in enumerate(edges))
    forwards = {k: edge for k, edge in enumerate(led) if k not in loops}
    members = tuple(
        tuple(sorted(at[index] for index in cluster.nodes)) for cluster in description.clusters
    )
    frame_of = {node: f for f, some in enumerate(members) for node in some}
    blocks = _blocks(forwards.values(), frame_of, len(members))
    spine = _spine(description, forwards)
    cells = _cells(description, forwards, members, blocks)
    return Pattern(description, led, turned, loops, frame_of, members, blocks, spine, cells)


def _turned(edges: Sequence[Edge], loops: Set[int], count: int) -> Iterator[int]:
    """Yield the edges that lead back to a node on the way to which they were found."""
    leaving: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for k, (u, v) in enumerate(edges):
        if k not in loops:
            leaving[u].append((k, v))
    is_open: dict[int, bool] = {}
    for start in range(count):
        if start in is_open:
            continue
        is_open[start] = True
        stack = [(start, iter(leaving[start]))]
        while stack:
            u, rest = stack[-1]
            for k, v in rest:
                if v not in is_open:
                    is_open[v] = True
                    stack.append((v, iter(leaving[v])))
                    break
                if is_open[v]:
                    yield k
            else:
                is_open[u] = False
                stack.pop()


def _blocks(edges: Iterable[Edge], frame_of: Mapping[int, int], count: int) -> frozenset[int]:
    def part(node: int) -> int:
        return frame_of.get(node, count + node)

    parts: nx.DiGraph[int] = nx.DiGraph((part(u), part(v)) for u, v in edges)
    parts.add_nodes_from(range(count))
    return frozenset(
        next(iter(some)) for some in nx.strongly_connected_components(parts) if len(some) == 1
    ) & frozenset(range(count))


def _spine(description: Description, edges: Mapping[int, Edge]) -> tuple[int, ...]:
    """Return the longest path of computations; of equals, that in the middle."""
    is_made = [node.kind == "computation" for node in description.nodes]
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(k for k, made in enumerate(is_made) if made)
    graph.add_edges_from((u, v) for u, v in edges.values() if is_made[u] and is_made[v])
    before: dict[int, list[int]] = defaultdict(list)
    slots = [edge.slot for edge in description.edges]
    for k in sorted(edges, key=lambda k: slots[k]):
        u, v = edges[k]
        if is_made[u] and is_made[v]:
            before[v].append(u)
    length: dict[int, int] = {}
    for node in nx.lexicographical_topological_sort(graph):
        length[node] = 1 + max((length[u] for u in before[node]), default=0)
    spine: list[int] = []
    ends = sorted(length, key=lambda node: (-length[node], -node))[:1]
    while ends:
        spine.append(ends[0])
        parents = before[ends[0]]
        equals = [u for u in parents if length[u] == length[ends[0]] - 1]
        ends = equals[(len(equals) - 1) // 2 :][:1]
    return tuple(reversed(spine))


def _cells(
    description: Description,
    edges: Mapping[int, Edge],
    members: Sequence[tuple[int, ...]],
    blocks: frozenset[int],
) -> tuple[tuple[int, ...], ...]:
    """Return the blocks of each form that there is more than once."""
    entering: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for k, (u, v) in edges.items():
        entering[v].append((description.edges[k].slot, u))
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for f in sorted(blocks):
        place = {node: k for k, node in enumerate(members[f])}
        form = tuple(
            (
                description.nodes[node].kind,
                tuple(sorted((slot, place.get(u, -1)) for slot, u in entering[node])),
            )
            for node in members[f]
        )
        alike[form].append(f)
    return tuple(tuple(some) for some in alike.values() if len(some) > 1)

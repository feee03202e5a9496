"""How many ranks an edge spans, so that clusters lie one behind the other and not aslant.

Parameters of a layer stand beside what they enter, among the ranks of the layer before. Two
clusters that share ranks cannot lie in one row: a network would go down like stairs, most of
the sheet being empty. So an edge from one cluster to the next is made to span what its tail has
behind it and what its head has before it.
"""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from graphdiff.drawing.labels.description import Description

Edge = tuple[int, int]


def spans(description: Description) -> list[int]:
    """Return the ranks that each edge spans at least: as many as it takes between clusters, else 1.

    A cluster that leads out and back into itself shares ranks with others, whatever its edges
    span.
    """
    edges = [(edge.tail, edge.head) for edge in description.edges]
    forward = [(edge.tail, edge.head) for edge in description.edges if not edge.loops]
    if not description.clusters:
        return [1] * len(edges)
    part = {node: -k for k, some in enumerate(description.clusters, 1) for node in some.nodes}
    for node in description.nodes:
        part.setdefault(node.index, len(part) + 1)
    parts: nx.DiGraph[int] = nx.DiGraph((part[u], part[v]) for u, v in forward)
    knotted = {
        one for some in nx.strongly_connected_components(parts) if len(some) > 1 for one in some
    }
    inner = [(u, v) for u, v in forward if part[u] == part[v] and part[u] not in knotted]

    def is_in_clusters(u: int, v: int) -> bool:
        return part[u] < 0 and part[v] < 0

    before, behind = _longest(inner), _longest([(v, u) for u, v in inner])
    return [
        1 + behind.get(u, 0) + before.get(v, 0)
        if part[u] != part[v] and is_in_clusters(u, v)
        else 1
        for u, v in edges
    ]


def _longest(edges: Iterable[Edge]) -> dict[int, int]:
    """Return the length of the longest way along edges that ends in each node."""
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    longest: dict[int, int] = {}
    for node in nx.topological_sort(graph):
        longest[node] = max((longest[start] + 1 for start in graph.predecessors(node)), default=0)
    return longest

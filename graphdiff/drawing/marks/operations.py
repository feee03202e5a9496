"""Marks of what a teacher points at, where each operation of a formula stands by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from graphdiff.drawing.marks.pointed import marks_of_highlights
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks
from graphdiff.graph import ComputationalGraph, Node


def marks_of_operations(
    graph: ComputationalGraph, made: Mapping[str, Node], highlights: Mapping[str, str]
) -> Marks:
    """Return the marks of nodes and edges, and of all operations' edges between two nodes.

    Parameters
    ----------
    graph
        The author's, whose nodes and edges are pointed at.
    made
        The nodes of the graph it was divided into, by their names.
    """
    asked = marks_of_highlights(graph, highlights)
    named = {node.index: made[node.name] for node in graph.nodes if node.name in made}
    edges: dict[EdgeKey, dict[Mark, None]] = {}
    for (j, i, _), marks in asked.edges.items():
        if j in named and i in named:
            for key in _between(named[j], named[i], frozenset(named.values())):
                edges.setdefault(key, {}).update(dict.fromkeys(marks))
    nodes = {named[k].index: marks for k, marks in asked.nodes.items() if k in named}
    return replace(asked, edges={key: tuple(marks) for key, marks in edges.items()}, nodes=nodes)


def _between(start: Node, end: Node, named: frozenset[Node]) -> list[EdgeKey]:
    """Return the edges on ways from one node to another, past named ones if there are no others."""
    return list(_ways(start, end, named)) or list(_ways(start, end, frozenset()))


def _ways(start: Node, end: Node, without: frozenset[Node]) -> Iterator[EdgeKey]:
    @cache
    def leads(node: Node) -> bool:
        if node is start:
            return True
        is_passed = node is end or node not in without
        return is_passed and any(map(leads, node.parents))

    waiting, met = [end], {end}
    while waiting:
        node = waiting.pop()
        for slot, parent in enumerate(node.parents):
            if leads(parent):
                yield parent.index, node.index, slot
                if parent is not start and parent not in met:
                    met.add(parent)
                    waiting.append(parent)

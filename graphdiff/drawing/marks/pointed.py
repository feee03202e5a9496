"""Marks for what a teacher points at: nodes, edges and paths, each colour with its own dashes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks
from graphdiff.drawing.shown import EDGES
from graphdiff.graph import ComputationalGraph, Node

SETS: Mapping[str, Callable[[ComputationalGraph], Iterable[Node]]] = MappingProxyType(
    {
        "inputs": lambda graph: graph.inputs,
        "parameters": lambda graph: graph.parameters,
        "leaves": lambda graph: graph.leaves,
        "computations": lambda graph: (node for node in graph.nodes if not node.is_leaf),
        "outputs": lambda graph: (
            graph.outputs if graph.declared_output is None else (graph.output,)
        ),
        "all": lambda graph: graph.nodes,
    }
)
"""Which nodes are meant by a word, where no node and no group has that name."""


def sets_of(graph: ComputationalGraph) -> tuple[str, ...]:
    """Return the words that several nodes or edges of a graph are called by."""
    return (*graph.groups, *SETS, EDGES)


def marks_of_highlights(graph: ComputationalGraph, highlights: Mapping[str, str]) -> Marks:
    """Return the marks of nodes, edges and paths; a path marks its nodes too.

    Parameters
    ----------
    highlights
        The colour of each by its name, ``"x->u->L"``, or that of a group, ``"parameters"``, by
        what its nodes are called together; "" for the theme's.
    """
    colours = list(dict.fromkeys(highlights.values()))
    nodes: dict[int, dict[Mark, None]] = {}
    edges: dict[EdgeKey, dict[Mark, None]] = {}
    for name, colour in highlights.items():
        mark = Mark("highlight", colours.index(colour) + 1, colour=colour)
        for path in _meant(graph, name):
            if len(path) != 2:
                for node in path:
                    nodes.setdefault(node.index, {})[mark] = None
            for j, i in itertools.pairwise(path):
                for slot, parent in enumerate(i.parents):
                    if parent is j:
                        edges.setdefault((j.index, i.index, slot), {})[mark] = None
    return Marks(
        {key: tuple(marks) for key, marks in edges.items()},
        {index: tuple(marks) for index, marks in nodes.items()},
    )


def _meant(graph: ComputationalGraph, name: str) -> Iterable[Sequence[Node]]:
    """Return the paths that a name means; a node is one by itself."""
    if ARROW in name or name in graph:
        return ([graph[part] for part in name.split(ARROW)],)
    if name in graph.groups:
        return ([node] for node in graph.groups[name])
    if name == EDGES:
        return ([edge.parent, edge.child] for edge in graph.edges)
    return ([node] for node in SETS[name](graph))

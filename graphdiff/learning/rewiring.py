"""A graph again, with another node in the place of some nodes wherever they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.models.mlp import MLP
from graphdiff.workbench import Graph

Replacement = Callable[[Graph, Node], Node]
"""Adds to a graph what stands in the place of one of its nodes, and returns it."""


class Rewired(Graph):
    """A graph made of another, that knows still what is predicted, by name; None where nothing."""

    predicted: str | None = None


def prediction_of(graph: Graph) -> Node | None:
    """Return the node that a network predicts by, or a graph made of one; None if not known."""
    if isinstance(graph, Rewired) and graph.predicted is not None:
        return graph[graph.predicted]
    known = graph.prediction if isinstance(graph, MLP) else ()
    return known[0] if len(known) == 1 else None


def named_nodes(graph: Graph, names: Any) -> tuple[Node, ...]:
    """Return the nodes that are named, one or several, each once."""
    given = [names] if isinstance(names, str | int | Node) else list(names)
    return tuple(dict.fromkeys(graph[name] for name in given))


def copied(graph: Graph, title: str, output: str | None) -> Graph:
    """Return a graph of the same nodes and groups."""
    return rewired(graph, (), _nothing, title, output)


def rewired(
    graph: Graph, nodes: Sequence[Node], replacement: Replacement, title: str, output: str | None
) -> Graph:
    """Return a graph in which what is made of some nodes is used in their place.

    What is made of a node stands behind it, in its group.

    Raises
    ------
    GraphError
        For a node that no other uses.
    """
    used = {parent for node in graph.nodes for parent in node.parents}
    for node in nodes:
        if node not in used:
            raise GraphError(f"no node uses {node.name!r}, so nothing can stand in its place")
    made, instead = Rewired(title, output=output), dict[str, Node]()
    predicted = prediction_of(graph)
    made.predicted = None if predicted is None else predicted.name
    for node in graph.nodes:
        if node.function is None or not any(parent.name in instead for parent in node.parents):
            own = made.adopt(node)
        else:
            parents = tuple(instead.get(p.name, made[p.name]) for p in node.parents)
            own = made.node(node.name, node.function.expression(parents), label=node.label)
        if node in nodes:
            instead[node.name] = replacement(made, own)
    for name, members in graph.groups.items():
        made.group(name, [
            each for node in members
            for each in (made[node.name], instead.get(node.name)) if each is not None
        ])  # fmt: skip
    return made


def _nothing(_: Graph, node: Node) -> Node:
    return node

"""What verbs are given: nodes, by whatever names them, and values of leaves."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from graphdiff.errors import GraphError, quoted_list
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import check_variable

Name = Node | str | int
"""A node, its name, or its index from 1."""


def as_values(
    graph: ComputationalGraph, values: Mapping[Any, Any] | None, named: Mapping[str, Any]
) -> dict[Any, Any]:
    """Return values from a mapping and from keywords, whose letters Python may have folded.

    Python reads the keyword ``ℓ=3`` as ``l=3``.
    """
    given = dict(values or {})
    for name, value in named.items():
        alike = [n.name for n in graph.leaves if unicodedata.normalize("NFKC", n.name) == name]
        if len(alike) > 1:
            raise GraphError(
                f"Python reads {quoted_list(alike)} alike as the keyword {name}; "
                f"write {{{alike[0]!r}: …}}"
            )
        given[alike[0] if alike else name] = value
    return given


def as_output(graph: ComputationalGraph, given: Name | None) -> Node:
    """Return the output to differentiate: the one given, else that of the graph."""
    return graph.output if given is None else graph[given]


def as_variable(graph: ComputationalGraph, name: Name) -> Node:
    """Return a node that may be differentiated in."""
    node = graph[name]
    check_variable(node.name, node.facts)
    return node


def as_variables(graph: ComputationalGraph, names: Name | Sequence[Name]) -> list[Node]:
    """Return the nodes to differentiate in: one named, or several."""
    return [as_variable(graph, node) for node in as_nodes(graph, names)]


def as_nodes(graph: ComputationalGraph, names: Name | Sequence[Name]) -> list[Node]:
    """Return the nodes that are named, one at least."""
    if isinstance(names, Node | str | int):
        names = [names]
    nodes = [graph[name] for name in names]
    if not nodes:
        raise GraphError("no node to differentiate with respect to; name at least one")
    return nodes

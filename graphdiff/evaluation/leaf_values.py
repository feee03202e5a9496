"""Values for the leaves: those given at the call, over those given at building."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, quoted_list
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.checked_values import checked_value
from graphdiff.notation import text


def checked_values(
    graph: ComputationalGraph, given: Mapping[str, Any], needed: Container[str] | None = None
) -> dict[str, Any]:
    """Return a value for every leaf: the given one, else the one it was built with.

    Parameters
    ----------
    needed
        The leaves that must have a value; all if None.

    Raises
    ------
    GraphError
        For an unknown name, a node that is computed, a missing value, samples whose
        numbers differ.
    """
    values = given_values(graph, given)
    for node in map(graph.__getitem__, given):
        if node.facts.constant and not _is_same(values[node.name], node.value):
            raise GraphError(
                f"{node.name!r} is constant, {text.value(node.value, node.shape)}, so it has no "
                "other value; for a graph with another one use with_values"
            )
    missing = [
        name
        for name, value in values.items()
        if value is None and (needed is None or name in needed)
    ]
    if missing:
        raise GraphError(
            f"no value for {quoted_list(missing)}; give it when building the graph, or to "
            f"forward and backward: {missing[0]}=1"
        )
    samples = {
        name: len(value)
        for name, value in values.items()
        if isinstance(value, np.ndarray) and value.ndim > graph[name].ndim
    }
    if len(set(samples.values())) > 1:
        counts = ", ".join(f"{name!r} has {count}" for name, count in samples.items())
        raise GraphError(f"all samples must be equally many, but {counts}")
    return values


def _is_same(value: Any, other: Any) -> bool:
    return other is None or bool(np.all(np.equal(value, other)))


def given_values(graph: ComputationalGraph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every leaf as for :func:`checked_values`, None where it is missing."""
    values = {leaf.name: leaf.value for leaf in graph.leaves}
    for key, value in given.items():
        node = graph[key]
        if not node.is_leaf:
            raise GraphError(
                f"{node.name!r} is computed as {node.formula}; give values to leaves only"
            )
        described = f"the value of {node.kind} {node.name!r}"
        values[node.name] = checked_value(value, node.shape, described, node.facts)
    return values

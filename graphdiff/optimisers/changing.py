"""Which leaves of a graph a descent changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node


def changing(graph: ComputationalGraph, wrt: Any) -> Sequence[Node]:
    """Return the leaves that change: those named, one or several, or all parameters.

    Raises
    ------
    GraphError
        If a node is computed, or there are none.
    """
    if wrt is None:
        chosen = list(graph.parameters)
    else:
        names = [wrt] if isinstance(wrt, str | int | Node) else wrt
        chosen = list(dict.fromkeys(graph[name] for name in names))
    for node in chosen:
        if not node.is_leaf:
            raise GraphError(f"{node.name!r} is computed as {node.formula}; leaves only can change")
    if not chosen:
        raise GraphError(
            "the graph has no parameters to update; add some with graph.parameter"
            if wrt is None
            else "no parameter is named that changes; name one at least, or leave wrt out"
        )
    return chosen

"""What forward mode goes along, as people name it: a node, one entry of it, or a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.errors import ExpressionError, GraphError, ShapeError, quoted_list
from graphdiff.evaluation.tangents import seeds
from graphdiff.files import options
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import check_variable
from graphdiff.language.functions.movement import Index, as_key
from graphdiff.language.shapes import is_known


def direction(graph: ComputationalGraph, wrt: Any, *, letters: bool = False) -> dict[str, Any]:
    """Return the tangents that forward mode begins with, by name.

    Parameters
    ----------
    wrt
        A node of one entry, ``"W[0, 1]"`` for one entry of another, or a mapping from nodes to
        tangents of their shape.
    letters
        Whether the tangent of a node of several entries may be a letter, None here.

    Raises
    ------
    GraphError
        For none of these.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> W = g.parameter("W", [[1, 2], [3, 4]])
    >>> direction(g, "W[0, 1]")["W"].tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    if wrt is None:
        names = quoted_list(leaf.name for leaf in graph.leaves)
        raise GraphError(f"forward mode goes along a direction; name a leaf, wrt=…: {names}")
    if isinstance(wrt, Sequence) and not isinstance(wrt, str):
        raise GraphError(
            "forward mode goes along one direction; give a mapping from leaves to tangents, such "
            f"as wrt={{{', '.join(f'{_name(part)!r}: 1' for part in wrt[:2])}}}"
        )
    if isinstance(wrt, str) and wrt not in graph and wrt.rstrip().endswith("]"):
        name, _, inside = wrt.partition("[")
        node = graph[name.strip()]
        return {node.name: _one_entry(node, f"[{inside.rstrip()}", wrt)}
    if letters and not isinstance(wrt, Mapping) and graph[wrt].size != 1:
        return {graph[wrt].name: None}
    return seeds(graph, wrt)


def _name(part: Any) -> str:
    return part.name if isinstance(part, Node) else str(part)


def _one_entry(node: Node, brackets: str, written: str) -> np.ndarray:
    """Return the direction that is 1 at one entry of a node and 0 at the others."""
    check_variable(node.name, node.facts)
    if not is_known(node.shape):
        raise GraphError(f"{written!r:.60}: the sizes of {node.name!r} are letters")
    try:
        key = as_key(options.key(options.Letters(brackets)))
        chosen = Index(key).shape(node.shape)
    except ShapeError as error:
        raise GraphError(f"{written!r:.60}: {error.named([node.name])}") from None
    except ExpressionError as error:
        raise GraphError(f"{written!r:.60}: {error}") from None
    if chosen:
        raise GraphError(f"{written!r:.60} is more than one entry; a direction is 1 at one of them")
    found = np.zeros(node.shape)
    found[tuple(key)] = 1
    return found

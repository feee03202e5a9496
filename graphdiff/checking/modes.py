"""Claims about the two modes: ``adjoint[u]`` = ∂L/∂u, and ``tangent[u]`` = Σ ∂u/∂θ · θ̇."""

from __future__ import annotations

import functools
import operator
import re
from typing import Any

import numpy as np

from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import ExpressionError, GraphError, ShapeError
from graphdiff.files import options
from graphdiff.files.direction import direction
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.functions.movement import Index, as_key
from graphdiff.language.shapes import shown

MODES = ("adjoint", "tangent")

_MODE = re.compile(
    r"\s*(?P<mode>adjoint|tangent)\s*\[\s*(?P<node>\w[\w\u0300-\u036f]*)\s*\]\s*(?P<key>\[.*\])?\s*"
)


def mode_target(
    graph: ComputationalGraph, source: Any, output: Node | None, tangent: Any
) -> Target | Expression | None:
    """Return what ``adjoint[u]``, ``tangent[u]`` or entries of one are; None for another text."""
    found = _MODE.fullmatch(source) if isinstance(source, str) else None
    if found is None or found["mode"] in graph:
        return None
    whole = in_mode(graph, found["mode"], found["node"], output, tangent)
    if found["key"] is None:
        return whole
    try:
        key = as_key(options.key(options.Letters(found["key"])))
    except ExpressionError as error:
        raise GraphError(f"{source!r:.60}: {error}") from None
    try:
        Index(key).shape(whole.shape)
    except ShapeError as error:
        name = f"{found['mode']}[{found['node']}]"
        raise GraphError(str(error.named([f"{name} of shape {shown(whole.shape)}"]))) from None
    return apply(Index(key), Reference(whole) if isinstance(whole, Target) else whole)


def in_mode(
    graph: ComputationalGraph, mode: str, name: str, output: Node | None, tangent: Any
) -> Target | Expression:
    """Return the adjoint or the tangent of a node: a derivative, or a sum of derivatives.

    Raises
    ------
    GraphError
        For a node that is none, an adjoint of an output of several entries, and a tangent where
        no direction is given.
    """
    node = graph[int(name[:9])] if name.isdigit() and name not in graph else graph[name]
    if mode == "adjoint":
        n = graph.output if output is None else output
        if n.size != 1:
            raise GraphError(
                f"adjoint[{node.name}]: the output {n.name!r} has shape {shown(n.shape)}; "
                f"name P[{node.name}], its Jacobian"
            )
        return Target("derivative", n, node)
    if tangent is None:
        raise GraphError(
            f"tangent[{node.name}] is along a direction, which is not known; give tangent='x', or "
            'in a file [tangent] wrt = "x"'
        )
    seeds = direction(graph, tangent)
    if len(seeds) == 1:
        ((start, seed),) = seeds.items()
        if graph[start].size == 1 and np.all(np.asarray(seed) == 1):
            return Target("derivative", node, graph[start])
    terms = (_along(Target("derivative", node, graph[j]), seed) for j, seed in seeds.items())
    return functools.reduce(operator.add, terms)


def _along(derivative: Target, seed: Any) -> Expression:
    """Return ∂u/∂θ · θ̇ in the shape of u: the last axes are those of θ."""
    product = Reference(derivative) * _constant(seed)
    axes = len(derivative.shape) - np.ndim(seed)
    return product.sum(axis=tuple(range(axes, len(derivative.shape)))) if np.ndim(seed) else product


def _constant(seed: Any) -> Expression:
    return as_expression(seed.tolist() if isinstance(seed, np.ndarray) else seed)

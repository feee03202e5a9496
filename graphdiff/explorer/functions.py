"""The local functions of a graph as a script, which a page computes the two sweeps with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.program.export.javascript import as_functions
from graphdiff.program.tape.transforms import recorded


@dataclass(frozen=True)
class Functions:
    """What the nodes of a graph compute.

    Attributes
    ----------
    source
        A script that defines ``f_0``, ``f_1``, … and ``J_0``, ``J_1``, …, functions of the values
        of the parents: the value, and the dense Jacobians by ``p_0``, ``p_1``, …, each a number
        for two scalars, else a Float64Array, a row for each entry of the value.
    of
        The number of the function that each computed node has; alike nodes share one.
    """

    source: str
    of: Mapping[str, int]


def functions_of(nodes: Sequence[Node]) -> Functions:
    """Return the local functions of nodes.

    Raises
    ------
    GraphError
        If one cannot be written in JavaScript.
    """
    known: dict[tuple[object, ...], int] = {}
    of: dict[str, int] = {}
    steps = {}
    for node in nodes:
        local = node.function
        if local is None:
            continue
        key = (local, *(parent.shape for parent in node.parents))
        if key not in known:
            number = known[key] = len(known)
            alone, leaves, value = _alone(local, node.parents)
            names = [leaf.name for leaf in leaves]
            steps[f"f_{number}"] = recorded(alone, value, (), "value", single=False), names
            steps[f"J_{number}"] = recorded(alone, value, leaves, "jacobian", single=False), names
        of[node.name] = known[key]
    return Functions(as_functions(steps), of)


def _alone(
    local: LocalFunction, parents: Sequence[Node]
) -> tuple[ComputationalGraph, list[Node], Node]:
    """Return a graph of one function, its arguments as leaves, and its value."""
    graph = ComputationalGraph()
    leaves = [graph.parameter(f"p_{k}", shape=p.shape) for k, p in enumerate(parents)]
    return graph, leaves, graph.node("u", local.expression(tuple(leaves)))

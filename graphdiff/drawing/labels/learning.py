"""Of which nodes a picture tells P: of those that learning asks for, unless more was asked for.

Data, an input or a target, has a derivative like any other node, but nobody steps along it. So
where a graph has parameters, P and the local Jacobians are shown of what depends on them alone,
as a sweep ``backward(wrt=parameters)`` would find them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from graphdiff.drawing.options import Options
from graphdiff.drawing.shown import SORTS
from graphdiff.evaluation.run import ByNode, Run
from graphdiff.graph import ComputationalGraph, Node


def told_of(
    graph: ComputationalGraph, run: Run | None, options: Options, also: Iterable[Node] = ()
) -> frozenset[str] | None:
    """Return the names of the nodes whose P is told, with what a local Jacobian is for; None: all.

    Parameters
    ----------
    also
        Nodes that are asked for besides.
    """
    if "data" in options.show or not graph.parameters:
        return None
    if run is not None and run.asked:
        return frozenset(run.P)
    named = {name for name, shown in options.show.of.items() if "P" in shown}
    also = (*also, *(node for node in graph.inputs if named & {node.name, SORTS[node.kind]}))
    asked = {node.name for node in (*graph.parameters, *also)}
    found = set(asked)
    for node in graph.nodes:
        if any(parent.name in found for parent in node.parents):
            found.add(node.name)
    return frozenset(found)


Known = TypeVar("Known", Run, Run | None)


def as_told(run: Known, told: frozenset[str] | None) -> Known:
    """Return a run with the P of these nodes alone."""
    if run is None or run.output is None or told is None or told.issuperset(run.P):
        return run
    P, gradient, terms = (
        ByNode(run.graph, {name: of[name] for name in of if name in told})
        for of in (run.P, run.gradient, run.terms)
    )
    return replace(run, P=P, gradient=gradient, terms=terms)

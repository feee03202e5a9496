"""Second derivatives as first ones, of a graph that has the first as nodes: ∂(∂L/∂w)/∂b."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.symbolic import gradient_graph

_KEPT = "gradient graph"


def is_second(target: Target) -> bool:
    """Whether a target is a second derivative."""
    return target.kind in ("second", "H")


def as_first(target: Target) -> Target | None:
    """Return a second derivative as one of a node that is the first; None where that fails."""
    wrt, by = target.wrt, target.by
    assert wrt is not None  # noqa: S101 - of derivatives
    assert by is not None  # noqa: S101 - of second ones
    try:
        graph = _with_gradient(target.of, wrt, by)
    except (GraphdiffError, ArithmeticError):
        return None
    first = graph[derivatives(graph)[wrt.name]]
    kind = "P" if target.kind == "H" else "derivative"
    found = Target(kind, first, graph[by.name], key=target.key)
    return found if found.whole == target.whole else None


def at_points(target: Target, points: Sequence[Point]) -> list[Point]:
    """Return points of a graph in that which has the first derivatives, without lines put in."""
    return [
        Point(target.of.graph, point.leaves, digits=point.digits, exact=point.exact)
        for point in points
    ]


def derivatives(graph: ComputationalGraph) -> Mapping[str, str]:
    """Return the names of first derivatives in a graph, by what they are in; none in others."""
    return graph.kept.get(_KEPT, ("", {}))[1]


def readable(graph: ComputationalGraph, words: str) -> str:
    """Return words with first derivatives as they are written, dL/dw for the node dL_dw."""
    of, names = graph.kept.get(_KEPT, ("", {}))
    for wrt, name in names.items():
        own = re.escape(name)
        words = re.sub(rf"∂\(?{own}\)?/∂\(?(\w+)\)?(?!\w)", rf"∂²{of}/∂{wrt}∂\1", words)
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"d{of}/d{wrt}", words)
    return words


def _with_gradient(of: Node, wrt: Node, by: Node) -> ComputationalGraph:
    """Return the graph with the derivatives of a node in two; kept with the graph."""
    kept = of.graph.kept.setdefault(_KEPT + " of", {})
    key = (len(of.graph), of.name, wrt.name, by.name)
    if key not in kept:
        into = ComputationalGraph(output=of.name)
        gradient_graph.gradient_graph(of.graph, of, [wrt, by], into)
        own = list(into.nodes)[len(of.graph) :]
        called = {gradient_graph.name_of(of.graph, of, node): node.name for node in of.graph.nodes}
        named = {called[node.name]: node.name for node in own if node.name in called}
        into.kept[_KEPT] = of.name, named
        kept[key] = into
    return kept[key]

"""The steps of the two sweeps, in the order the lecture takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphdiff.drawing.stepwise.staging import Staging
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge


@dataclass(frozen=True)
class SweepStep:
    """One step: the nodes of which something is found, and the edges along which it is.

    The first one only gives the leaves their values. The last one of a reverse sweep says, if
    there are any, which nodes the output does not depend on, so that their P is 0.
    """

    sweep: Literal["given", "forward", "backward"]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()


def steps(run: Run) -> Iterator[SweepStep]:
    """Yield the steps that a run took."""
    graph = run.graph
    yield SweepStep("given", graph.leaves)
    for i in graph.nodes:
        if not i.is_leaf:
            into = tuple(Edge(parent, i, slot) for slot, parent in enumerate(i.parents))
            yield SweepStep("forward", (i,), into)
    for j in reversed(graph.nodes):
        if j.name in run.terms:
            terms = run.terms[j.name]
            along = tuple(Edge(j, graph[term.child], term.slot) for term in terms)
            yield SweepStep("backward", (j,), along)
    if run.disconnected:
        yield SweepStep("backward", tuple(graph[name] for name in run.disconnected))


def staging(taken: tuple[SweepStep, ...]) -> Staging:
    """Return from which step on each value, P and local Jacobian is seen."""
    found = list(enumerate(taken))
    return Staging(
        len(taken),
        {i.index: k for k, step in found if step.sweep == "forward" for i in step.nodes},
        {j.index: k for k, step in found if step.sweep == "backward" for j in step.nodes},
        {
            (edge.parent.index, edge.child.index, edge.slot): k
            for k, step in found
            if step.sweep == "backward"
            for edge in step.edges
        },
    )

"""What a picture says: the words and formulas of every node and edge, without any place.

Only this module and those it gathers read a graph and a run; all later stages see a
:class:`Description`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from graphdiff.drawing.labels.by_hand import by_hand
from graphdiff.drawing.labels.description import Cluster, Description
from graphdiff.drawing.labels.edges import edge_labels
from graphdiff.drawing.labels.learning import as_told, told_of
from graphdiff.drawing.labels.legend import alternative, legend
from graphdiff.drawing.labels.nodes import node_label
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import Reduced, reduced
from graphdiff.drawing.reduced.limits import Plan, plan
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import heading, one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node


def describe(
    graph: ComputationalGraph,
    run: Run | None,
    options: Options,
    also: Iterable[Node] = (),
    planned: Plan | None = None,
) -> Description:
    """Return what a picture of the graph says.

    Parameters
    ----------
    also
        Data whose P is asked for.
    planned
        The plan of these options, if it has been made already.

    Raises
    ------
    DrawingError
        If there is nothing to draw, or the run is of another graph.
    UnknownNameError
        If a group to collapse is unknown.
    """
    check(graph, run)
    parts, options, remarks, _ = planned or plan(graph, options)
    told = told_of(graph, run, options, also)
    run = as_told(run, told)
    said = (
        _whole(graph, run, options, told)
        if parts is None
        else reduced(graph, parts, run, options, told)
    )
    said = by_hand(said, options, parts)
    title = heading(graph.title)
    return Description(
        title,
        said.nodes,
        said.edges,
        tuple(legend(said.nodes, said.edges, run, options)),
        alternative(title, graph, said, remarks),
        remarks,
        said.clusters if "clusters" in options.show else (),
    )


def check(graph: ComputationalGraph, run: Run | None) -> None:
    """Raise if there is nothing to draw, or the run is of another graph."""
    if not len(graph):
        raise DrawingError("the graph has no nodes; add some before drawing it")
    if run is not None and run.graph is not graph:
        raise DrawingError("the run is of another graph; draw it with the graph that was swept")


def _whole(
    graph: ComputationalGraph, run: Run | None, options: Options, told: Container[str] | None
) -> Reduced:
    """Return the labels of a graph of which every node is drawn."""
    return Reduced(
        tuple(node_label(node, run, options) for node in graph.nodes),
        tuple(edge_labels(graph.edges, run, options, told)),
        tuple(_clusters(graph)),
    )


def _clusters(graph: ComputationalGraph) -> Iterator[Cluster]:
    for name, members in graph.groups.items():
        yield Cluster(one_line(name), tuple(node.index for node in members))

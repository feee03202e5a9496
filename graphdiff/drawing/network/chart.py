"""A network as nodes and edges with labels in plain text, for writers of flowcharts."""

from __future__ import annotations

from collections.abc import Iterable

from graphdiff.drawing.labels.description import Cluster, Description, EdgeLabel, NodeLabel, Phrase
from graphdiff.drawing.network.dot import loss_lines, unit_lines
from graphdiff.drawing.network.elision import Excerpt, excerpt, heading
from graphdiff.drawing.network.paints import scale_for
from graphdiff.drawing.network.unit_words import painted
from graphdiff.drawing.network.wording import at_weight
from graphdiff.drawing.options import Options
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.structure import Kind
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers


def network_chart(graph: ComputationalGraph, run: Run | None, options: Options) -> Description:
    """Return what is said of a network: a node for each unit, a cluster for each column.

    Raises
    ------
    DrawingError
        If the graph is no network, or the run is of another graph.
    """
    network = read(graph)
    numbers = Numbers(network, graph, run, options.sample)
    drawn = excerpt(network)
    nodes, clusters, place = [], [], dict[int, int]()
    for shown in drawn.columns:
        first = len(nodes) + 1
        for slot in shown.slots:
            index = len(nodes) + 1
            if slot is None:
                nodes.append(_node(index, ["…"], is_unit=False))
                continue
            place[slot] = index
            kind: Kind = "input" if network.units[slot].is_input else "computation"
            nodes.append(_node(index, unit_lines(drawn, slot, numbers, options), kind))
        inside = tuple(range(first, len(nodes) + 1))
        clusters.append(Cluster(", ".join(heading(drawn, shown)), inside))
    edges = _edges(drawn, place, numbers, options)
    if lines := loss_lines(drawn, graph, numbers, options):
        loss = len(nodes) + 1
        nodes.append(_node(loss, lines, is_unit=False))
        edges += [_edge(place[k], loss, ()) for k in network.outputs if k in place]
    return Description(network.title, tuple(nodes), tuple(edges), (), "", (), tuple(clusters))


def _edges(
    drawn: Excerpt, place: dict[int, int], numbers: Numbers, options: Options
) -> list[EdgeLabel]:
    scale = scale_for(painted(drawn), numbers, options.edges)
    return [
        _edge(
            place[link.source],
            place[link.target],
            (said.plain for said in at_weight([link.weight], numbers, options, options.digits)),
            scale.stroke(link.weight, options.theme).colour,
        )
        for link in drawn.links
    ]


def _node(
    index: int, lines: Iterable[str], kind: Kind = "computation", *, is_unit: bool = True
) -> NodeLabel:
    return NodeLabel("", index, kind, _phrases(lines), "", card="node" if is_unit else "group")


def _edge(tail: int, head: int, lines: Iterable[str], colour: str = "") -> EdgeLabel:
    return EdgeLabel("", "", tail, head, 0, _phrases(lines), "", colour=colour)


def _phrases(lines: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(Phrase("formula", "", line) for line in lines)

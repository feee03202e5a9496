"""The reduced graph: collapsed groups and alike nodes as one card each, and edges between cards.

Edges between the same two cards are one arrow that says how many they are. They have no Jacobian
then; those between two nodes are as they always are.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from graphdiff.drawing.labels.description import Cluster, EdgeLabel, NodeLabel, Phrase
from graphdiff.drawing.labels.edges import edge_labels
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.cards import label_of
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.recognition.alike_nodes import Part, arrows_between


class Reduced(NamedTuple):
    """The labels of a reduced graph."""

    nodes: tuple[NodeLabel, ...]
    edges: tuple[EdgeLabel, ...]
    clusters: tuple[Cluster, ...]


def reduced(
    graph: ComputationalGraph,
    parts: Sequence[Part],
    run: Run | None,
    options: Options,
    told: Container[str] | None = None,
) -> Reduced:
    """Return what is said of a graph whose nodes stand on these cards; P of those ``told``."""
    part_of = {node: k for k, part in enumerate(parts) for node in part.nodes}
    outside = _seen_outside(graph, part_of)
    labels: list[NodeLabel] = []
    for part, index in zip(parts, card_indices(parts), strict=True):
        labels.append(label_of(part, index, run, options, outside))
    edges = tuple(_edges(graph, parts, labels, run, options, told))
    return Reduced(tuple(labels), edges, tuple(_clusters(graph, parts, labels)))


def card_indices(parts: Sequence[Part]) -> Iterator[int]:
    """Yield the index of each card: that of its node, or −1, −2, … if it stands for several."""
    several = 0
    for part in parts:
        several -= part.kind != "node"
        yield part.nodes[0].index if part.kind == "node" else several


def _seen_outside(graph: ComputationalGraph, part_of: dict[Node, int]) -> set[Node]:
    """Return the nodes that another part uses, or none at all."""
    used: set[Node] = set()
    outside: set[Node] = set()
    for node in graph.nodes:
        for parent in node.parents:
            used.add(parent)
            if part_of[parent] != part_of[node]:
                outside.add(parent)
    return outside | {node for node in graph.nodes if node not in used and not node.is_leaf}


def _edges(
    graph: ComputationalGraph,
    parts: Sequence[Part],
    labels: Sequence[NodeLabel],
    run: Run | None,
    options: Options,
    told: Container[str] | None,
) -> Iterator[EdgeLabel]:
    """Yield the edges, those between the same two cards as one."""
    for (tail, head), (count, edges) in arrows_between(graph, parts).items():
        if edges:
            yield from edge_labels(edges, run, options, told)
        else:
            yield _merged(labels[tail], labels[head], count, options)


def _merged(tail: NodeLabel, head: NodeLabel, count: int, options: Options) -> EdgeLabel:
    said = Phrase("count", rf"\times {count}", f"×{count}")
    is_said = count > 1 and bool(options.show & {"jacobian", "jacobian_value", "index"})
    return EdgeLabel(
        tail.name,
        head.name,
        tail.index,
        head.index,
        0,
        (said,) if is_said else (),
        f"{tail.name} → {head.name}" + (f": {count} edges" if count > 1 else ""),
        cut_off=head.cut_off,
        count=count,
    )


def _clusters(
    graph: ComputationalGraph, parts: Sequence[Part], labels: Sequence[NodeLabel]
) -> Iterator[Cluster]:
    """Yield the groups that are not collapsed."""
    members: dict[str, list[int]] = {name: [] for name in graph.groups}
    for part, label in zip(parts, labels, strict=True):
        if part.group is not None and part.kind != "group":
            members[part.group].append(label.index)
    for name, indices in members.items():
        if indices:
            yield Cluster(one_line(name), tuple(indices))

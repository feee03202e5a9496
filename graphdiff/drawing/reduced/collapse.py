"""The reduced graph: collapsed groups and alike nodes as one card each, and edges between cards.

Edges between the same two cards are one arrow that says how many they are. They have no Jacobian
then; those between two nodes are as they always are. Where the steps of a chain share a node, the
arrow says what those drawn as one contribute to its P.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from graphdiff.drawing.labels.description import Cluster, EdgeLabel, NodeLabel, Phrase
from graphdiff.drawing.labels.edges import edge_labels
from graphdiff.drawing.labels.nodes import of_P
from graphdiff.drawing.labels.phrases import equated, value_phrase
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.cards import generic_name, is_framed, label_of, steps_of
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.notation.notation import current
from graphdiff.recognition.alike_nodes import Arrow, arrows_between
from graphdiff.recognition.parts import Fold, Part


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
    names = Counter(map(generic_name, parts))
    for part, index in zip(parts, card_indices(parts), strict=True):
        name = generic_name(part)
        listed = name is not None and names[name] > 1
        labels.append(label_of(part, index, run, options, outside, listed=listed))
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
    for ends, arrow in arrows_between(graph, parts).items():
        if arrow.is_single:
            yield from edge_labels(arrow.edges, run, options, told)
        else:
            shared = _share(arrow.edges, run, options) if parts[ends.tail].kind == "node" else None
            cards = labels[ends.tail], labels[ends.head]
            yield _merged(*cards, arrow, shared, options, loops=ends.loops)


def _share(edges: Sequence[Edge], run: Run | None, options: Options) -> Phrase | None:
    """Return what several steps contribute to P of a node that they share: the sum over them."""
    if len(edges) < 2 or run is None or run.output is None or "P" not in options.show:
        return None
    shared = edges[0].parent
    products = [term.product for edge in edges if (term := run.term(edge)) is not None]
    if not products or run.graph[run.output].size != 1:
        return None
    total = sum(products[1:], products[0])
    if shared.shape:
        total = np.reshape(total, (*np.shape(total)[:-2], *run.graph[shared.name].shape))
    found = value_phrase(total, options.digits, "P", shape=shared.shape)
    return None if found.describes else equated(_contributed(shared, run), found)


def _contributed(shared: Node, run: Run) -> Phrase:
    if current().is_usual:
        j = current().numbered(shared.index)
        latex = rf"{{\textstyle\sum}}\, P^{{i}} J^{{{j}\to i}}"
        return Phrase("P", latex, f"sum P^i J^({j}→i)")
    whole = of_P(shared, run.output)
    return Phrase("P", rf"\text{{share of }} {whole.latex}", f"share of {whole.text}")


def _merged(
    tail: NodeLabel,
    head: NodeLabel,
    arrow: Arrow,
    shared: Phrase | None,
    options: Options,
    *,
    loops: bool,
) -> EdgeLabel:
    count = arrow.size
    said = Phrase("count", rf"\times {count}", f"×{count}")
    is_said = count > 1 and bool(options.show & {"jacobian", "jacobian_value", "index"})
    told = f": {count} edges" if count > 1 else ""
    told += " from one step to the next" if loops else ""
    told += f", {shared.plain}" if shared else ""
    return EdgeLabel(
        tail.name,
        head.name,
        tail.index,
        head.index,
        0,
        (*((said,) if is_said else ()), *((shared,) if shared else ())),
        f"{tail.name} → {head.name}{told}",
        cut_off=head.cut_off,
        count=count,
        loops=loops,
    )


def _clusters(
    graph: ComputationalGraph, parts: Sequence[Part], labels: Sequence[NodeLabel]
) -> Iterator[Cluster]:
    """Yield the groups that are not collapsed, and the steps of chains that are in no group."""
    members: dict[str, list[int]] = {name: [] for name in graph.groups}
    steps: dict[Fold, list[int]] = {}
    for part, label in zip(parts, labels, strict=True):
        if part.group is not None and part.kind != "group":
            members[part.group].append(label.index)
        elif part.fold is not None and is_framed(part):
            steps.setdefault(part.fold, []).append(label.index)
    for fold, indices in steps.items():
        yield Cluster(steps_of(fold), tuple(indices))
    for name, indices in members.items():
        if indices:
            yield Cluster(one_line(name), tuple(indices))

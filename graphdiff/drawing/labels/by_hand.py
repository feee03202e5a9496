"""What a teacher chose for single nodes and edges: what is not drawn, colours, sizes, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from graphdiff.drawing.elements import ARROW, check_elements
from graphdiff.drawing.hand import USUAL_SIZE
from graphdiff.drawing.labels.description import Cluster, EdgeLabel, NodeLabel
from graphdiff.drawing.marks.pointed import sets_of
from graphdiff.drawing.notes import parts_of
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import Reduced
from graphdiff.drawing.shown import ALL, ANNOTATIONS, EDGES, EVERY, SORTS
from graphdiff.errors import DrawingError, UnknownNameError, unknown
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import Part

T = TypeVar("T")


def by_hand(said: Reduced, options: Options, parts: Sequence[Part] | None = None) -> Reduced:
    """Return the labels with what was chosen for single ones.

    Parameters
    ----------
    parts
        What each card stands for, where some stand for several nodes; it has their notes.
    """
    gone = options.hide.gone
    if ALL in gone:
        raise _nothing(options)
    members = [()] * len(said.nodes) if parts is None else [part.nodes for part in parts]
    nodes = tuple(
        _node(one, options, [one.name, *(node.name for node in several if node.name != one.name)])
        for one, several in zip(said.nodes, members, strict=True)
        if not _names(one) & gone
    )
    if said.nodes and not nodes:
        raise _nothing(options)
    there = {node.index for node in nodes}
    edges = tuple(
        _edge(one, options)
        for one in said.edges
        if {one.tail, one.head} <= there and not _names(one) & gone
    )
    clusters = (
        Cluster(frame.title, members)
        for frame in said.clusters
        if (members := tuple(index for index in frame.nodes if index in there))
    )
    return Reduced(nodes, edges, tuple(clusters))


def _nothing(options: Options) -> DrawingError:
    named = ", ".join(sorted(options.hide.gone))
    return DrawingError(
        f"hide leaves no node to draw: {named}; hide fewer nodes, or annotations, 'value'"
    )


def _names(label: NodeLabel | EdgeLabel) -> set[str]:
    """Return by which names a choice may be meant for a label."""
    if isinstance(label, EdgeLabel):
        return {f"{label.parent}{ARROW}{label.child}", EDGES}
    return {label.name, SORTS[label.kind]} if label.card == "node" else {label.name}


def _node(label: NodeLabel, options: Options, names: Sequence[str]) -> NodeLabel:
    note = tuple(
        part for name in names if name in options.note for part in parts_of(options.note[name])
    )
    told = " ".join(part.text for part in note)
    return replace(
        label,
        colour=_own(label, options.colors, ""),
        size=_size(label, options),
        note=note,
        summary=f"{label.summary}; note: {told}" if told else label.summary,
    )


def _edge(label: EdgeLabel, options: Options) -> EdgeLabel:
    colour = _own(label, options.colors, "")
    return replace(label, colour=colour, size=_size(label, options))


def _own(label: NodeLabel | EdgeLabel, chosen: Mapping[str, T], otherwise: T) -> T:
    """Return what is chosen for a label: by its own name, else for all of its sort."""
    names = sorted(_names(label), key=lambda name: name in EVERY)
    return next((chosen[name] for name in names if name in chosen), otherwise)


def _size(label: NodeLabel | EdgeLabel, options: Options) -> float:
    usual = options.font_size.get(ALL, USUAL_SIZE)
    return _own(label, options.font_size, usual) / USUAL_SIZE


def check(graph: ComputationalGraph, options: Options) -> None:
    """Raise unless what was chosen for single nodes and edges is of a graph's.

    Raises
    ------
    UnknownNameError
        For an unknown node, naming the choice and the nearest.
    DrawingError
        For an edge that there is not, and a label that two nodes have.
    """
    others = (*EVERY, ALL, *graph.groups)
    for what in ("colors", "font_size"):
        check_elements(graph, getattr(options, what), what, others)
    check_elements(graph, options.show.of, "show", others)
    check_elements(graph, (*options.hide.of, *options.hide.gone), "hide", (*others, *ANNOTATIONS))
    check_elements(graph, options.highlight, "highlight", sets_of(graph))
    for name in options.expand:
        if name not in graph.groups and name not in graph:
            known = [*graph.groups, *(node.name for node in graph.nodes)]
            raise UnknownNameError(f"expand: {unknown('group or node', name, known)}")
    for what in ("labels", "note"):
        names = getattr(options, what)
        check_elements(graph, names, what, graph.groups if what == "note" else ())
        if edge := next((name for name in names if ARROW in name), ""):
            raise DrawingError(f"{what}: {edge} is an edge; give the name of a node")
    labels = {**graph.labels, **options.labels}
    taken: dict[str, str] = {}
    for name, label in labels.items():
        if taken.setdefault(label, name) != name:
            raise DrawingError(
                f"labels: that of {name!r} is that of {taken[label]!r}; formulas could not tell "
                "them apart"
            )

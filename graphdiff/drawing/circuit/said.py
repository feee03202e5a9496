"""What a circuit says: the sign of each gate, its value and its derivative, in words too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from graphdiff.derivations import edge_formulas
from graphdiff.drawing.circuit.signs import sign
from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.labels.by_hand import by_hand
from graphdiff.drawing.labels.description import (
    Description,
    EdgeLabel,
    Entry,
    NodeLabel,
    Phrase,
    counted,
)
from graphdiff.drawing.labels.legend import MAX_TOLD
from graphdiff.drawing.labels.nodes import value_of
from graphdiff.drawing.labels.phrases import space_of, told, value_phrase
from graphdiff.drawing.marks.highlight import highlighted
from graphdiff.drawing.marks.operations import marks_of_operations
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import Reduced
from graphdiff.drawing.shown import EDGES, SORTS
from graphdiff.errors.plain_text import heading
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.language.shapes import Shape
from graphdiff.notation import latex

WHOLE = 6
"""Entries of arrays that are written out; their derivatives have as many."""
GOES_ON = Phrase("formula", r"\cdots", "…")
"""What stands for a gate without a name where its wire goes on, in a later row."""


def describe(
    circuit: ComputationalGraph, run: Run | None, named: ComputationalGraph, options: Options
) -> Description:
    """Return what the picture of a circuit says.

    Parameters
    ----------
    circuit, run
        A graph of single operations, and its run.
    named
        The graph it was made of: its nodes are named.
    """
    said = Reduced(
        tuple(_gate(node, run, options, is_named=node.name in named) for node in circuit.nodes),
        tuple(_wire(edge, circuit, run, options) for edge in circuit.edges),
        (),
    )
    nodes, edges, _ = by_hand(said, options)
    title = heading(circuit.title)
    entries = tuple(legend(nodes, edges, run, options)) if "legend" in options.show else ()
    said = Description(title, nodes, edges, entries, _alternative(title, circuit, nodes))
    made = {node.name: node for node in circuit.nodes}
    return highlighted(said, marks_of_operations(named, made, options.highlight))


def _gate(node: Node, run: Run | None, options: Options, *, is_named: bool) -> NodeLabel:
    show = options.of(node.name, SORTS[node.kind]).show
    said: list[Phrase] = []
    summary = f"{node.name}, {node.kind}" if node.is_leaf else f"{node.name} = {node.formula}"
    if node.is_leaf:
        said.append(Phrase("formula", latex.name(node.name), node.name))
    else:
        said.append(sign(node))
        if is_named and "name" in show:
            said.append(Phrase("index", latex.name(node.name), node.name))
    if (value := value_of(node, run)) is not None and "value" in show:
        found = value_phrase(value, options.digits, "forward", shape=node.shape)
        said.append(_on_wire(found, node.shape))
        summary += told(found)
    elif node.shape and "value" in show:
        said.append(replace(space_of(node.shape), role="forward"))
    cut_off = run is not None and node.name in run.disconnected
    if run is not None and node.name in run.P and "P" in show:
        value, shape = edge_formulas.P(run, node)
        found = value_phrase(value, options.digits, "backward", shape=shape)
        said.append(_on_wire(found, shape))
        summary += f"; d{run.output}/d{node.name}{told(found)}"
    called = None if node.is_leaf or is_named else GOES_ON
    return NodeLabel(node.name, node.index, node.kind, tuple(said), summary, cut_off, called=called)


def _on_wire(found: Phrase, shape: Shape) -> Phrase:
    """Return a value; the space it is of, for arrays of more than :data:`WHOLE` entries."""
    if not shape:
        return found
    space = replace(space_of(shape), role=found.role, describes=True)
    if found.describes or math.prod(shape) > WHOLE:
        return space
    return replace(found, shorter=space)


def _wire(edge: Edge, circuit: ComputationalGraph, run: Run | None, options: Options) -> EdgeLabel:
    """Return a wire; where it is one of several branches, with what comes back along it."""
    j, i, slot = edge
    options = options.of(f"{j.name}{ARROW}{i.name}", EDGES)
    said: tuple[Phrase, ...] = ()
    summary = f"{j.name} → {i.name}"
    term = None if run is None else run.term(edge)
    if term is not None and "P" in options.show and len(circuit.children(j)) > 1:
        n = circuit[run.output] if run and run.output else j
        shape = j.shape if n.size == 1 else (n.size, j.size)
        value = np.reshape(term.product, (*np.shape(term.product)[:-2], *shape)) if shape else None
        found = value_phrase(
            term.product if value is None else value, options.digits, "contribution", shape=shape
        )
        said = (_on_wire(found, shape),)
        summary += f": gives back {said[0].plain}"
    cut_off = run is not None and i.name in run.disconnected
    return EdgeLabel(
        j.name, i.name, j.index, i.index, slot, said, summary, edge.is_repeated, cut_off, said
    )


def legend(
    nodes: tuple[NodeLabel, ...], edges: tuple[EdgeLabel, ...], run: Run | None, options: Options
) -> Iterator[Entry]:
    """Yield what the legend says: where values and gradients stand, and what branches say."""
    is_down = options.direction in ("TB", "BT")
    first, second = ("left of", "right of") if is_down else ("above", "below")
    roles = {said.role for label in (*nodes, *edges) for said in label.phrases}
    if "forward" in roles:
        yield Entry(Phrase("forward", "u", "u"), f"the value, {first} its wire")
    if "backward" in roles and run is not None and run.output is not None:
        n = latex.name(run.output)
        of = Phrase("backward", rf"\partial {n} / \partial u", f"∂{run.output}/∂u")
        yield Entry(of, f"{second} it")
    if "contribution" in roles:
        said = f"on branches: what comes back along each; {second} the wire is their sum"
        yield Entry(Phrase("contribution", r"P \, J", "P J"), said)
    if any(label.cut_off for label in nodes):
        yield Entry("cut_off", "the output does not depend on it")


def _alternative(title: str, circuit: ComputationalGraph, nodes: tuple[NodeLabel, ...]) -> str:
    called = f"Circuit “{title}”" if title else "Circuit"
    gates = sum(not node.is_leaf for node in circuit.nodes)
    size = f"{counted(len(circuit) - gates, 'leaf')}, {counted(gates, 'gate')}"
    listed = ". ".join(node.summary for node in nodes[:MAX_TOLD])
    more = len(nodes) - MAX_TOLD
    rest = f". And {more} more" if more > 0 else ""
    return f"{called}: {size.replace('leafs', 'leaves')}. {listed}{rest}."

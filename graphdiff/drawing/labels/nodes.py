"""What is said in a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.drawing.labels.description import Equation, NodeLabel, Phrase, Role
from graphdiff.drawing.labels.phrases import (
    clipped,
    defined,
    equal_to,
    equated,
    in_space,
    space_of,
    told,
    value_phrase,
)
from graphdiff.drawing.options import Options
from graphdiff.drawing.shown import SORTS
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.notation import latex
from graphdiff.notation.equations import Link
from graphdiff.notation.notation import current

MAX_STEPS = 200
"""Nodes with longer formulas have their local Jacobians named only, not derived."""
MAX_ARGUMENTS = 3
"""How many arguments are shown of a function whose formula has no room."""
LONG_NAME = 16
"""A leaf with a longer name has its value on a line of its own."""


def node_label(node: Node, run: Run | None, options: Options) -> NodeLabel:
    """Return what is said in a node."""
    options = options.of(node.name, SORTS[node.kind])
    cut_off = run is not None and node.name in run.disconnected
    phrases = tuple(_node_phrases(node, run, options, cut_off=cut_off))
    everything = (*_said(node, run, options.digits), *(["not connected"] if cut_off else []))
    return NodeLabel(
        node.name,
        node.index,
        node.kind,
        phrases,
        f"{symbols.u(node).text}, {node.kind}: {'; '.join(everything)}",
        cut_off,
        _node_equation(node, options) if "formula" in options.show else None,
    )


def _node_equation(node: Node, options: Options) -> Equation | None:
    if node.function is None:
        return None
    left = Phrase("formula", latex.name(node.name), node.name)
    if "index" in options.show:
        left = phrase("formula", symbols.u(node))
    return Equation(left, authored(node))


def authored(node: Node) -> Phrase | None:
    """Return the formula of a node, unless it is too long to be shown."""
    if node.function is None or len(node.function.program) > MAX_STEPS:
        return None
    arguments = [latex.name(parent.name) for parent in node.parents]
    return Phrase("formula", latex.authored(node.function, arguments), node.formula)


def _node_phrases(
    node: Node, run: Run | None, options: Options, *, cut_off: bool
) -> Iterator[Phrase]:
    show = options.show
    yield from _badge(node, options)
    value = value_of(node, run) if "value" in show else None
    shown = None if value is None else value_phrase(value, options.digits, shape=node.shape)
    formula = _formula(node, name="name" in show, formula="formula" in show)
    bare = node.is_leaf or "formula" not in show  # a heat map's heading is the name
    match formula, shown:
        case None, None:
            pass
        case None, Phrase():
            yield shown
        case Phrase(), None:
            yield formula
        case Phrase(), Phrase() if bare and (
            shown.heat or (node.is_leaf and len(node.name) <= LONG_NAME)
        ):
            yield from defined(formula, shown)
        case Phrase(), Phrase():
            yield formula
            yield from _below(node, shown)
    if "P" in show and run is not None and node.name in run.P:
        symbol = phrase("P", of_P(node, run.output, indexed="index" in show))
        P = _P(node, run, options.digits)
        shape = edge_formulas.P(run, node).shape
        if P.describes and shape != node.shape:
            symbol = in_space(symbol, shape)
        yield from defined(symbol, P)
    if cut_off:
        yield Phrase("remark", r"\text{not connected}", "not connected")


def _below(node: Node, value: Phrase) -> Iterator[Phrase]:
    """Yield a value on a line of its own: ``= 3``, or a heat map with the name above."""
    if value.heat is None:
        yield equal_to(value)
    else:
        yield from defined(Phrase("formula", latex.name(node.name), node.name), value)


def _badge(node: Node, options: Options) -> Iterator[Phrase]:
    """Yield u^i and the space that its value is of."""
    space = f" {space_of(node.shape).latex}", f" {space_of(node.shape).plain}"
    if not node.shape:
        space = "", ""
    if "index" in options.show:
        u = symbols.u(node)
        yield Phrase("index", f"{u.latex}{space[0]}", f"{u.text}{space[1]}")
    elif node.shape and options.show & {"name", "formula"}:
        yield Phrase("index", space[0].strip(), space[1].strip())


def of_P(node: Node, output: str | None, *, indexed: bool = True) -> Link:
    """Return P^j as pictures have it: on one line, in plain text with the node's number."""
    if not current().is_usual:
        return symbols.P_on_one_line(node, node.graph[output or node.name])
    if not indexed:
        return Link("P", "P")
    return Link(f"P^{current().numbered(node.index)}", f"P^{{{current().node(node.index)}}}")


def phrase(role: Role, link: Link) -> Phrase:
    """Return a link as a phrase."""
    return Phrase(role, link.latex, link.text)


def _P(node: Node, run: Run, digits: int) -> Phrase:
    value, shape = edge_formulas.P(run, node)
    return value_phrase(value, digits, "P", shape=shape)


def _formula(node: Node, *, name: bool, formula: bool) -> Phrase | None:
    called = Phrase("formula", latex.name(node.name), node.name)
    if node.function is None or not formula:
        return called if name else None
    local, written = _local_function(node), authored(node)
    if written is None:
        return equated(called, local) if name else local
    written = replace(written, shorter=local)
    return equated(called, written) if name else written


def _local_function(node: Node) -> Phrase:
    """Return f^i of its arguments, in place of a formula there is no room for."""
    index = current().numbered(node.index)
    names = [parent.name for parent in node.parents]
    shown = [latex.name(name) for name in names[:MAX_ARGUMENTS]]
    dots, rest = ([r"\ldots"], ", …") if len(names) > MAX_ARGUMENTS else ([], "")
    return Phrase(
        "formula",
        rf"f^{{{current().node(node.index)}}}\left({', '.join([*shown, *dots])}\right)",
        f"f^{index}({', '.join(names[:MAX_ARGUMENTS])}{rest})",
    )


def value_of(node: Node, run: Run | None) -> Any:
    """Return the value of a node that is shown: of a leaf without a sweep, its own."""
    return node.value if run is None else run.value.get(node.name)


def _said(node: Node, run: Run | None, digits: int) -> Iterator[str]:
    """Tell all there is to tell about a node in plain text."""
    value = value_of(node, run)
    known = "" if value is None else told(value_phrase(value, digits, shape=node.shape))
    formula = "" if node.is_leaf else f" = {clipped(node.formula)}"
    space = f" {space_of(node.shape).plain}" if node.shape else ""
    yield f"{node.name}{space}{formula}{known}"
    if run is not None and node.name in run.P:
        yield f"{of_P(node, run.output).text}{told(_P(node, run, digits))}"

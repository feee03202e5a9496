"""What a picture says: the words and formulas of every node and edge, without any place.

This is the only module that reads a graph and a run; all later stages see a
:class:`Description`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import sympy as sp

from graphdiff import showing
from graphdiff.drawing.options import Options
from graphdiff.drawing.typeset import one_line
from graphdiff.errors import DrawingError
from graphdiff.graph import KINDS, ComputationalGraph, Edge, Kind, Node
from graphdiff.notation import latex, text
from graphdiff.run import Run
from graphdiff.shapes import SCALAR, Shape

Role = Literal["index", "formula", "value", "P", "remark", "jacobian", "jacobian_value"]

MAX_STEPS = 200
"""Nodes with longer formulas have their local Jacobians named only, not derived."""
MAX_ARGUMENTS = 3
"""How many arguments are shown of a function whose formula has no room."""
LONG_NAME = 16
"""A leaf with a longer name has its value on a line of its own."""
SHOWN = 3
"""How many samples are written."""
SMALL = 4
"""Rows and columns of what is written whole; of more, the range and the norm are."""
MAX_TITLE = 100
MAX_TOLD = 60
"""How many nodes the alternative text tells one by one."""


@dataclass(frozen=True)
class Phrase:
    """A formula to typeset: as LaTeX and as plain text, and a shorter one if there is no room.

    Numbers that were rounded are not ``exact``: ≈ is written before them, not =.
    """

    role: Role
    latex: str
    plain: str
    shorter: Phrase | None = None
    exact: bool = True
    describes: bool = field(default=False, repr=False)
    """Whether it tells of a value, its range and its norm, in place of the value."""


@dataclass(frozen=True)
class Equation:
    """A formula that is listed below the graph if its label has no room for it.

    The right side is None if the formula is too long to be derived for a picture.
    """

    left: Phrase
    right: Phrase | None


@dataclass(frozen=True)
class NodeLabel:
    """What is said in a node; ``equation`` is its formula, if that is to be shown."""

    name: str
    index: int
    kind: Kind
    phrases: tuple[Phrase, ...]
    summary: str
    cut_off: bool = False
    equation: Equation | None = None


@dataclass(frozen=True)
class EdgeLabel:
    """What is said on an edge; ``tail`` and ``head`` are indices of nodes.

    ``equation`` is its local Jacobian, if that is to be shown, and ``brief`` is said on the
    edge when there is no room for it. An edge is ``repeated`` if its parent is more than one
    of the child's arguments.
    """

    parent: str
    child: str
    tail: int
    head: int
    slot: int
    phrases: tuple[Phrase, ...]
    summary: str
    repeated: bool = False
    cut_off: bool = False
    brief: tuple[Phrase, ...] = ()
    equation: Equation | None = None


@dataclass(frozen=True)
class Entry:
    """An entry of the legend: a kind of node, or a notation; and what it means."""

    sample: Kind | Literal["cut_off"] | Phrase
    meaning: str


@dataclass(frozen=True)
class Description:
    """Everything a picture says."""

    title: str
    nodes: tuple[NodeLabel, ...]
    edges: tuple[EdgeLabel, ...]
    legend: tuple[Entry, ...]
    alt: str


def describe(graph: ComputationalGraph, run: Run | None, options: Options) -> Description:
    """Return what a picture of the graph says.

    Raises
    ------
    DrawingError
        If there is nothing to draw, or the run is of another graph.
    """
    if not len(graph):
        raise DrawingError("the graph has no nodes; add some before drawing it")
    if run is not None and run.graph is not graph:
        raise DrawingError("the run is of another graph; draw it with the graph that was swept")
    nodes = tuple(_node(node, run, options) for node in graph.nodes)
    edges = tuple(_edges(graph, run, options))
    title = one_line(graph.title)
    title = title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1] + "…"
    return Description(
        title, nodes, edges, tuple(_legend(nodes, edges, run, options)), _alt(title, nodes, edges)
    )


# Nodes


def _node(node: Node, run: Run | None, options: Options) -> NodeLabel:
    cut_off = run is not None and node.name in run.disconnected
    phrases = tuple(_node_phrases(node, run, options, cut_off=cut_off))
    everything = (*_said(node, run, options.digits), *(["not connected"] if cut_off else []))
    return NodeLabel(
        node.name,
        node.index,
        node.kind,
        phrases,
        f"u^{node.index}, {node.kind}: {'; '.join(everything)}",
        cut_off,
        _node_equation(node, options) if "formula" in options.show else None,
    )


def _node_equation(node: Node, options: Options) -> Equation | None:
    if node.function is None:
        return None
    left = Phrase("formula", latex.name(node.name), node.name)
    if "index" in options.show:
        left = Phrase("formula", f"u^{{{node.index}}}", f"u^{node.index}")
    return Equation(left, _authored(node))


def _authored(node: Node) -> Phrase | None:
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
    value = _value(node, run) if "value" in show else None
    shown = None if value is None else value_phrase(value, options.digits, shape=node.shape)
    formula = _formula(node, name="name" in show, formula="formula" in show)
    match formula, shown:
        case None, None:
            pass
        case None, Phrase():
            yield shown
        case Phrase(), None:
            yield formula
        case Phrase(), Phrase() if node.is_leaf and len(node.name) <= LONG_NAME:
            yield from _defined(formula, shown)
        case Phrase(), Phrase():
            yield formula
            yield _equal_to(shown)
    if "P" in show and run is not None and node.name in run.P:
        index = f"^{{{node.index}}}" if "index" in show else ""
        symbol = Phrase("P", f"P{index}", f"P^{node.index}" if index else "P")
        P = _P(node, run, options.digits)
        shape = showing.P(run, node).shape
        if P.describes and shape != node.shape:
            symbol = _in_space(symbol, shape)
        yield from _defined(symbol, P)
    if cut_off:
        yield Phrase("remark", r"\text{not connected}", "not connected")


def _badge(node: Node, options: Options) -> Iterator[Phrase]:
    """Yield u^i and the space that its value is of."""
    space = f" {_space(node.shape).latex}", f" {_space(node.shape).plain}"
    if not node.shape:
        space = "", ""
    if "index" in options.show:
        yield Phrase("index", f"u^{{{node.index}}}{space[0]}", f"u^{node.index}{space[1]}")
    elif node.shape and options.show & {"name", "formula"}:
        yield Phrase("index", space[0].strip(), space[1].strip())


def _space(shape: Shape) -> Phrase:
    """Return ∈ ℝ^{3×4}."""
    sizes = " × ".join(map(str, shape))
    return Phrase(
        "index",
        rf"\in \mathbb{{R}}^{{{latex.sizes(shape)}}}",
        f"∈ ℝ^{sizes}" if len(shape) == 1 else f"∈ ℝ^({sizes})",
    )


def _P(node: Node, run: Run, digits: int) -> Phrase:
    value, shape = showing.P(run, node)
    return value_phrase(value, digits, "P", shape=shape)


def _defined(left: Phrase, right: Phrase) -> Iterator[Phrase]:
    """Yield ``left = right``; on two lines where the right side only describes the value."""
    if right.describes:
        yield left
        yield right
    else:
        yield _equated(left, right)


def _formula(node: Node, *, name: bool, formula: bool) -> Phrase | None:
    called = Phrase("formula", latex.name(node.name), node.name)
    if node.function is None or not formula:
        return called if name else None
    local, written = _local_function(node), _authored(node)
    if written is None:
        return _equated(called, local) if name else local
    written = replace(written, shorter=local)
    return _equated(called, written) if name else written


def _local_function(node: Node) -> Phrase:
    """Return f^i of its arguments, in place of a formula there is no room for."""
    names = [parent.name for parent in node.parents]
    shown = [latex.name(name) for name in names[:MAX_ARGUMENTS]]
    dots, rest = ([r"\ldots"], ", …") if len(names) > MAX_ARGUMENTS else ([], "")
    return Phrase(
        "formula",
        rf"f^{{{node.index}}}\left({', '.join([*shown, *dots])}\right)",
        f"f^{node.index}({', '.join(names[:MAX_ARGUMENTS])}{rest})",
    )


def _value(node: Node, run: Run | None) -> Any:
    return node.value if run is None else run.value.get(node.name)


def _said(node: Node, run: Run | None, digits: int) -> Iterator[str]:
    """Tell all there is to tell about a node in plain text."""
    value = _value(node, run)
    known = "" if value is None else _told(value_phrase(value, digits, shape=node.shape))
    formula = "" if node.is_leaf else f" = {_clipped(node.formula)}"
    space = f" {_space(node.shape).plain}" if node.shape else ""
    yield f"{node.name}{space}{formula}{known}"
    if run is not None and node.name in run.P:
        yield f"P^{node.index}{_told(_P(node, run, digits))}"


def _told(value: Phrase) -> str:
    return f": {value.plain}" if value.describes else f" {_equal_to(value).plain}"


def _clipped(plain: str, most: int = 300) -> str:
    return plain if len(plain) <= most else plain[: most - 1] + "…"


# Edges


def _edges(graph: ComputationalGraph, run: Run | None, options: Options) -> Iterator[EdgeLabel]:
    reverse = run is not None and run.output is not None
    for edge in graph.edges:
        parent, child, slot = edge
        term = None if run is None else run.term(edge)
        symbol = _jacobian_symbol(edge)
        formula = _symbolic(edge)
        number = None if term is None else _number(edge, term.J, options.digits)
        if formula is None and not number:
            symbol = _sized(symbol, edge)
        summary = symbol.plain + (f" = {formula.plain}" if formula else "")
        if number and (formula is None or number.plain != formula.plain):
            summary += f" {_equal_to(number).plain}"
        yield EdgeLabel(
            parent.name,
            child.name,
            parent.index,
            child.index,
            slot,
            tuple(_edge_phrases(symbol, formula, number, options)),
            f"{parent.name} → {child.name}: {summary}",
            _repeated(edge),
            reverse and run is not None and child.name in run.disconnected,
            tuple(_edge_phrases(symbol, None, number, options)),
            _edge_equation(edge, symbol, formula, options)
            if "jacobian" in options.show and (formula or not _is_derived(edge))
            else None,
        )


def _edge_equation(
    edge: Edge, symbol: Phrase, formula: Phrase | None, options: Options
) -> Equation:
    if "index" in options.show:
        return Equation(symbol, formula)
    child, parent = edge.child.name, edge.parent.name
    part = str(edge.slot + 1) if _repeated(edge) else ""
    left = Phrase(
        "jacobian",
        rf"\partial {latex.name(child)} / \partial {latex.name(parent)}"
        + (rf"\,({part})" if part else ""),
        f"∂{child}/∂{parent}" + (f" ({part})" if part else ""),
    )
    return Equation(left, formula)


def _edge_phrases(
    symbol: Phrase, formula: Phrase | None, number: Phrase | None, options: Options
) -> Iterator[Phrase]:
    show = options.show
    formula = formula if "jacobian" in show else None
    number = number if "jacobian_value" in show else None
    named = "index" in show
    if formula is None and number is None:
        if "jacobian" in show and named:
            yield symbol
    elif formula is None and number is not None:
        yield _equated(symbol, number) if named else number
    elif formula is not None:
        yield _equated(symbol, formula) if named else formula
        if number is not None and number.latex != formula.latex:
            yield _equal_to(number)


def _jacobian_symbol(edge: Edge) -> Phrase:
    j, i = edge.parent.index, edge.child.index
    part = str(edge.slot + 1) if _repeated(edge) else ""
    return Phrase(
        "jacobian",
        rf"J^{{{j}\to {i}}}" + (f"_{{{part}}}" if part else ""),
        f"J^({j}→{i})" + (f"_{part}" if part else ""),
    )


def _repeated(edge: Edge) -> bool:
    return edge.child.parents.count(edge.parent) > 1


def _symbolic(edge: Edge) -> Phrase | None:
    """Return the local Jacobian as a formula of the parents' names."""
    J = showing.formula(edge) if _is_derived(edge) else None
    return None if J is None else Phrase("jacobian", J.latex, _clipped(J.text))


def _is_derived(edge: Edge) -> bool:
    """Whether the child's formula is short enough to be derived for a picture."""
    return edge.child.function is not None and len(edge.child.function.program) <= MAX_STEPS


def _number(edge: Edge, value: Any, digits: int) -> Phrase | None:
    """Return the value of a local Jacobian, if it is a number or small."""
    J = showing.J(edge, value)
    phrase = value_phrase(J.value, digits, "jacobian_value", shape=J.shape)
    return None if phrase.describes else phrase


def _sized(symbol: Phrase, edge: Edge) -> Phrase:
    """Return J ∈ ℝ^{3×12}, all there is to say of a large matrix without a formula."""
    shape = showing.dimensions(edge)
    return symbol if shape == (1, 1) else _in_space(symbol, shape)


def _in_space(symbol: Phrase, shape: Shape) -> Phrase:
    space = _space(shape)
    return replace(
        symbol, latex=f"{symbol.latex} {space.latex}", plain=f"{symbol.plain} {space.plain}"
    )


# Phrases


def value_phrase(value: Any, digits: int, role: Role = "value", *, shape: Shape = SCALAR) -> Phrase:
    """Return a value as a phrase; a shorter one for where there is no room for it.

    That is the decimal of a fraction, and the range and norm of an array.
    """
    plain = text.value(value, shape, digits, SMALL)
    exact = not _rounded(value, digits) if not shape else not text.is_rounded(value, plain)
    phrase = Phrase(role, latex.value(value, shape, digits, SMALL), plain, exact=exact)
    if shape:
        if np.ndim(value) == len(shape):
            summary = Phrase(
                role, latex.summary(value, digits), text.summary(value, digits), describes=True
            )
            return replace(phrase, shorter=summary) if plain.startswith("[") else summary
        return replace(phrase, describes=True)
    if isinstance(value, sp.Expr) and not value.is_Integer:
        near = str(sp.N(value, digits))
        return replace(phrase, shorter=Phrase(role, latex.decimal(near), near, exact=False))
    return phrase


def _rounded(value: Any, digits: int) -> bool:
    """Whether a number, or one of those shown of samples, is rounded."""
    if hasattr(value, "shape") and value.shape:
        return any(_rounded(entry, digits) for entry in value.ravel()[:SHOWN])
    return text.is_rounded(value, text.number(value, digits))


def _braced(formula: str) -> str:
    """Keep a sign at the beginning unary, with no space after it."""
    return f"{{{formula}}}" if formula.startswith("-") else formula


def _sign(right: Phrase) -> str:
    return "=" if right.exact else r"\approx"


def _equal_to(right: Phrase) -> Phrase:
    """Return ``= right``, or ``≈ right`` if it is rounded, or a description as it is."""
    if right.describes:
        return right
    return Phrase(
        right.role,
        f"{_sign(right)} {_braced(right.latex)}",
        f"{'=' if right.exact else '≈'} {right.plain}",
        right.shorter and _equal_to(right.shorter),
    )


def _equated(left: Phrase, right: Phrase) -> Phrase:
    """Return ``left = right`` in the role of the left side; the left side if there is no room."""
    equal = _equal_to(right)
    return Phrase(
        left.role,
        f"{left.latex} {equal.latex}",
        f"{left.plain} {equal.plain}",
        _equated(left, right.shorter) if right.shorter else left,
    )


# Legend and alternative text


def _legend(
    nodes: tuple[NodeLabel, ...], edges: tuple[EdgeLabel, ...], run: Run | None, options: Options
) -> Iterator[Entry]:
    show = options.show
    if "legend" not in show:
        return
    present = {node.kind for node in nodes}
    for kind in KINDS:
        if kind in present:
            yield Entry(kind, kind)
    if any(node.cut_off for node in nodes):
        yield Entry("cut_off", "the output does not depend on it")
    if "index" in show:
        yield Entry(Phrase("index", "u^{i}", "u^i"), "nodes in order")
    if run is not None and run.output is not None and "P" in show:
        n = latex.name(run.output)
        symbol = "P^{i}" if "index" in show else "P"
        below = "u^{i}" if "index" in show else "u"
        meaning = Phrase(
            "P", rf"{symbol} = \partial {n} / \partial {below}", f"P = ∂{run.output}/∂u"
        )
        yield Entry(meaning, "")
    if any(edge.phrases for edge in edges) and "index" in show:
        yield Entry(_JACOBIAN, "")
    if any(edge.repeated and edge.phrases for edge in edges) and "index" in show:
        yield Entry(_PARTIAL, "by argument k alone")


_JACOBIAN = Phrase(
    "jacobian", r"J^{j\to i} = \partial u^{i} / \partial u^{j}", "J^(j→i) = ∂u^i/∂u^j"
)
_PARTIAL = Phrase("jacobian", r"J^{j\to i}_{k}", "J^(j→i)_k")


def _alt(title: str, nodes: tuple[NodeLabel, ...], edges: tuple[EdgeLabel, ...]) -> str:
    called = f"Computational graph “{title}”" if title else "Computational graph"
    told = ". ".join(node.summary for node in nodes[:MAX_TOLD])
    more = len(nodes) - MAX_TOLD
    rest = f". And {more} more nodes" if more > 0 else ""
    return f"{called}: {counted(nodes, 'node')}, {counted(edges, 'edge')}. {told}{rest}."


def counted(things: tuple[object, ...], what: str) -> str:
    """Return how many there are, in words."""
    return f"{len(things)} {what}{'' if len(things) == 1 else 's'}"

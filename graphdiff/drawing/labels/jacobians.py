"""What is said on an edge of its local Jacobian: a formula and its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.derivations.lengths import least_length
from graphdiff.drawing.labels.description import Equation, Phrase
from graphdiff.drawing.labels.nodes import MAX_STEPS
from graphdiff.drawing.labels.phrases import clipped, equal_to, equated, in_space, value_phrase
from graphdiff.drawing.options import Options
from graphdiff.drawing.typeset import MAX_LATEX
from graphdiff.evaluation.run import Run
from graphdiff.graph.structure import Edge
from graphdiff.notation.equations import Link
from graphdiff.notation.notation import current


class Said(NamedTuple):
    """What is said on an edge: at it, when it is pointed at, where there is no room, in a list."""

    phrases: tuple[Phrase, ...] = ()
    summary: str = ""
    brief: tuple[Phrase, ...] = ()
    equation: Equation | None = None
    held: bool = False


def said(edge: Edge, run: Run | None, options: Options) -> Said:
    """Return what is said of a local Jacobian: J^{j→i} = w = 0.5."""
    show = options.show
    symbol = jacobian_symbol(edge) if "index" in show else _partial(edge)
    held = _held(edge, run)
    if held:
        symbol = _holding(symbol, held)
    formula = _symbolic(edge, options) if "jacobian" in show else None
    number = _number(edge, run, options) if "jacobian_value" in show else None
    if formula is None and (number is None or number.heat is not None):
        symbol = _sized(symbol, edge)
    return Said(
        tuple(_phrases(symbol, formula, number, options)),
        _summary(symbol, formula, number),
        tuple(_phrases(symbol, None, number, options)),
        Equation(symbol, formula)
        if "jacobian" in show and (formula or not is_derived(edge))
        else None,
        bool(held and "index" in show),
    )


def _summary(symbol: Phrase, formula: Phrase | None, number: Phrase | None) -> str:
    """Return what is said when an edge is pointed at: no more than the picture may show."""
    found = symbol.plain + (f" = {formula.plain}" if formula else "")
    if number is not None and (formula is None or number.plain != formula.plain):
        found += f" {equal_to(number).plain}"
    return found


def _held(edge: Edge, run: Run | None) -> list[str]:
    """Return what is held in ∂i/∂j, where the sweep has another ∂i/∂j, along all edges."""
    if run is None or run.output is None:
        return []
    return symbols.held(edge.parent, edge.child, run.graph[run.output])


def _holding(symbol: Phrase, held: Sequence[str]) -> Phrase:
    """Return (∂i/∂j)_k."""
    found = symbols.holding(Link(symbol.plain, symbol.latex), held)
    return Phrase(symbol.role, found.latex, found.text)


def _partial(edge: Edge) -> Phrase:
    found = symbols.on_one_line(edge.child, edge.parent)
    part = str(edge.slot + 1) if edge.is_repeated else ""
    return Phrase(
        "jacobian",
        found.latex + (rf"\,({part})" if part else ""),
        found.text + (f" ({part})" if part else ""),
    )


def _phrases(
    symbol: Phrase, formula: Phrase | None, number: Phrase | None, options: Options
) -> Iterator[Phrase]:
    named = "index" in options.show
    if formula is None and number is None:
        if "jacobian" in options.show and named:
            yield symbol
    elif number is not None and number.heat is not None:
        yield symbol if formula is None else equated(symbol, formula)
        yield number
    elif formula is None and number is not None:
        numbered = equated(symbol, number) if named else number
        yield replace(numbered, role=number.role)
    elif formula is not None:
        yield equated(symbol, formula) if named else formula
        if number is not None and number.latex != formula.latex:
            yield equal_to(number)


def jacobian_symbol(edge: Edge) -> Phrase:
    """Return J^{j→i}, with the argument it is by where the parent repeats."""
    if not current().is_usual:
        return _partial(edge)
    j, i = (current().numbered(node.index) for node in (edge.parent, edge.child))
    part = str(edge.slot + 1) if edge.is_repeated else ""
    return Phrase(
        "jacobian",
        rf"J^{{{j}\to {i}}}" + (f"_{{{part}}}" if part else ""),
        f"J^({j}→{i})" + (f"_{part}" if part else ""),
    )


def _symbolic(edge: Edge, options: Options) -> Phrase | None:
    """Return the local Jacobian as a formula of the nodes' names."""
    if not is_derived(edge):
        return None
    J = edge_formulas.formula(edge, own_value=options.own_value)
    return None if J is None else Phrase("jacobian", J.latex, clipped(J.text))


def is_derived(edge: Edge) -> bool:
    """Whether the child's formula is short enough to be derived for a picture.

    And whether what is derived may be short enough to be typeset.
    """
    function = edge.child.function
    if function is None or len(function.program) > MAX_STEPS:
        return False
    return least_length(edge) <= MAX_LATEX


def _number(edge: Edge, run: Run | None, options: Options) -> Phrase | None:
    """Return the value of a local Jacobian, if it is a number or small."""
    term: Any = None if run is None else run.term(edge)
    if term is None or not term.is_made:
        return None
    J = edge_formulas.J(edge, term.J)
    phrase = value_phrase(J.value, options.digits, "jacobian_value", shape=J.shape)
    if phrase.heat is not None and "jacobian_matrix" in options.show:
        return phrase
    return None if phrase.describes else phrase


def _sized(symbol: Phrase, edge: Edge) -> Phrase:
    """Return J ∈ ℝ^{3×12}, all there is to say of a large matrix without a formula."""
    shape = edge_formulas.dimensions(edge)
    return symbol if shape == (1, 1) else in_space(symbol, shape)

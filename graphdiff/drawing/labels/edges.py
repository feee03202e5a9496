"""What is said on an edge: its local Jacobian."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.labels.description import EdgeLabel, Equation, Phrase
from graphdiff.drawing.labels.nodes import MAX_STEPS
from graphdiff.drawing.labels.phrases import clipped, equal_to, equated, in_space, value_phrase
from graphdiff.drawing.options import Options
from graphdiff.drawing.shown import EDGES
from graphdiff.evaluation.run import Run
from graphdiff.graph.graph import Edge
from graphdiff.notation.notation import current


def edge_labels(edges: Iterable[Edge], run: Run | None, options: Options) -> Iterator[EdgeLabel]:
    """Yield what is said on edges."""
    reverse = run is not None and run.output is not None
    of_all = options
    for edge in edges:
        parent, child, slot = edge
        options = of_all.of(f"{parent.name}{ARROW}{child.name}", EDGES)
        term = None if run is None else run.term(edge)
        symbol = jacobian_symbol(edge)
        formula = _symbolic(edge, options)
        number = None
        if term is not None and term.is_made:
            number = _number(edge, term.J, options.digits)
        if formula is None and not number:
            symbol = _sized(symbol, edge)
        yield EdgeLabel(
            parent.name,
            child.name,
            parent.index,
            child.index,
            slot,
            tuple(_edge_phrases(symbol, formula, number, options)),
            f"{parent.name} → {child.name}: {_summary(symbol, formula, number, options)}",
            edge.is_repeated,
            reverse and run is not None and child.name in run.disconnected,
            tuple(_edge_phrases(symbol, None, number, options)),
            _edge_equation(edge, symbol, formula, options)
            if "jacobian" in options.show and (formula or not is_derived(edge))
            else None,
        )


def _summary(
    symbol: Phrase, formula: Phrase | None, number: Phrase | None, options: Options
) -> str:
    """Return what is said when an edge is pointed at: no more than the picture may show."""
    formula = formula if "jacobian" in options.show else None
    number = number if "jacobian_value" in options.show else None
    said = symbol.plain + (f" = {formula.plain}" if formula else "")
    if number and (formula is None or number.plain != formula.plain):
        said += f" {equal_to(number).plain}"
    return said


def _edge_equation(
    edge: Edge, symbol: Phrase, formula: Phrase | None, options: Options
) -> Equation:
    if "index" in options.show:
        return Equation(symbol, formula)
    return Equation(_partial(edge), formula)


def _partial(edge: Edge) -> Phrase:
    found = symbols.on_one_line(edge.child, edge.parent)
    part = str(edge.slot + 1) if edge.is_repeated else ""
    return Phrase(
        "jacobian",
        found.latex + (rf"\,({part})" if part else ""),
        found.text + (f" ({part})" if part else ""),
    )


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
    """Whether the child's formula is short enough to be derived for a picture."""
    return edge.child.function is not None and len(edge.child.function.program) <= MAX_STEPS


def _number(edge: Edge, value: Any, digits: int) -> Phrase | None:
    """Return the value of a local Jacobian, if it is a number or small."""
    J = edge_formulas.J(edge, value)
    phrase = value_phrase(J.value, digits, "jacobian_value", shape=J.shape)
    return None if phrase.describes else phrase


def _sized(symbol: Phrase, edge: Edge) -> Phrase:
    """Return J ∈ ℝ^{3×12}, all there is to say of a large matrix without a formula."""
    shape = edge_formulas.dimensions(edge)
    return symbol if shape == (1, 1) else in_space(symbol, shape)

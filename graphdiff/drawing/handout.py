"""A page to hand out: the picture, a table of all values, and derivations.

One file of HTML without scripts or anything to load. Formulas are typeset as outlines,
drawn in the colour of the text around them, with the plain formula as alternative text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.derivations.backprop import explain
from graphdiff.derivations.derivation import Derivation, Step
from graphdiff.drawing import html_page, typeset
from graphdiff.drawing.html_page import Cell, Drawn
from graphdiff.drawing.labels.phrases import value_phrase
from graphdiff.drawing.options import Options
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import escaped
from graphdiff.errors import GraphError
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.shapes import SCALAR, Shape, shown
from graphdiff.notation import latex
from graphdiff.notation.notation import current

SIZE = html_page.SIZE

MOST = 8
"""Derivations on a page that nobody has chosen them for."""
MOST_NODES = 60
"""Nodes of a graph that there are derivations of."""


def page(
    graph: ComputationalGraph,
    run: Run | None,
    derivations: Derivation | Sequence[Derivation],
    picture: Drawn,
    *,
    dark: Drawn | None = None,
    language: str = "en",
) -> str:
    """Return a page about a graph as HTML text.

    Parameters
    ----------
    graph, run
        The graph, and the sweep whose numbers the table shows.
    derivations
        One derivation or several.
    picture
        The picture; its digits are used in the table as well.
    dark
        A picture to show instead where the reader prefers dark pages.
    language
        The language of the title, for readers that speak it.

    Raises
    ------
    DrawingError
        If the picture cannot be laid out.
    """
    if not isinstance(derivations, Sequence):
        derivations = (derivations,)
    with symbols.writing(picture.options.notation, graph, picture.options.labels):
        return _page(graph, run, derivations, picture, dark, language)


def _page(
    graph: ComputationalGraph,
    run: Run | None,
    derivations: Sequence[Derivation],
    picture: Drawn,
    dark: Drawn | None,
    language: str,
) -> str:
    title = one_line(graph.title) or "Computational graph"
    rows = [_row(node, run, picture.options.digits) for node in graph.nodes]
    steps = [[_formulas(step) for step in found.steps] for found in derivations]
    fragments = [f for row in rows for _, f in row if isinstance(f, Fragment)]
    fragments += [f for found in steps for lines in found for _, f in lines]
    body = [
        f"<h1>{escaped(title)}</h1>",
        *html_page.figures(picture, dark),
        html_page.in_words(picture.scene.alt),
        "<h2>Values</h2>",
        *html_page.table(_headings(graph), rows),
        *_derivations(derivations, steps),
    ]
    return html_page.document(title, body, fragments, language=language)


def derivations(
    graph: ComputationalGraph, run: Run | None, options: Options
) -> tuple[Derivation, ...]:
    """Return the derivations of a page about a picture: in the leaves whose P it shows.

    There are none where it shows no P, in a large graph, or if no output is known; and not more
    than a reader reads.
    """
    output = _output(graph) if run is None else run.output
    if output is None or "P" not in options.show or len(graph.nodes) > MOST_NODES:
        return ()
    leaves = graph.parameters or graph.inputs
    if run is not None and run.asked:
        leaves = [node for node in graph.nodes if node.name in run.asked]
    shown = None if run is None else as_shown(run)
    digits, own_value = options.digits, options.own_value
    return tuple(
        explain(
            graph, graph[output], leaf, shown, digits,
            own_value=own_value, notation=options.notation,
        )
        for leaf in leaves[:MOST]
    )  # fmt: skip


def _output(graph: ComputationalGraph) -> str | None:
    try:
        return graph.output.name
    except GraphError:
        return None


# The table


def _headings(graph: ComputationalGraph) -> tuple[str, ...]:
    shape = ("Shape",) if edge_formulas.has_tensors(graph) else ()
    derivatives = "P" if current().is_usual else "Derivative"
    return ("Node", "Name", "Kind", *shape, "Formula", "Value", derivatives)


def _row(node: Node, run: Run | None, digits: int) -> tuple[Cell, ...]:
    arguments = [latex.name(parent.name) for parent in node.parents]
    formula = latex.authored(node.function, arguments) if node.function else ""
    value = node.value if run is None else run.value.get(node.name)
    P = edge_formulas.P(run, node) if run is not None and node.name in run.P else (None, SCALAR)
    shape = (_shape(node),) if edge_formulas.has_tensors(node.graph) else ()
    return (
        _cell(symbols.u(node).latex, symbols.u(node).text),
        _cell(latex.name(node.name), node.name),
        (node.kind, None),
        *shape,
        _cell(formula, node.formula if node.function else ""),
        _number(value, node.shape, digits),
        ("0, not connected", None) if _cut_off(node, run) else _number(*P, digits),
    )


def _shape(node: Node) -> Cell:
    if not node.shape:
        return "", None
    return _cell(latex.sizes(node.shape), shown(node.shape))


def _cut_off(node: Node, run: Run | None) -> bool:
    return run is not None and node.name in run.disconnected


def _number(value: object, shape: Shape, digits: int) -> Cell:
    if value is None:
        return "", None
    phrase = value_phrase(value, digits, shape=shape)
    is_said = phrase.exact or phrase.describes
    sign, plain_sign = ("", "") if is_said else (r"\approx ", "≈ ")
    return _cell(sign + phrase.latex, plain_sign + phrase.plain)


def _cell(formula: str, plain: str) -> Cell:
    return plain, typeset.formula(formula, plain, SIZE) if formula else None


# Derivations


def _formulas(step: Step) -> list[tuple[str, Fragment]]:
    return [(line.text, typeset.formula(line.latex, line.text, SIZE)) for line in step.lines]


def _derivations(
    derivations: Sequence[Derivation], typeset_steps: Sequence[Sequence[Sequence[Cell]]]
) -> Iterator[str]:
    for derivation, steps in zip(derivations, typeset_steps, strict=True):
        yield f"<section><h2>{escaped(derivation.title)}</h2>"
        for step, lines in zip(derivation.steps, steps, strict=True):
            yield f"<h3>{escaped(step.heading)}</h3>"
            for plain, fragment in lines:
                yield f'<div class="equation">{html_page.shown(plain, fragment)}</div>'
        yield "</section>"

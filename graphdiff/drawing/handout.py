"""A page to hand out: the picture, a table of all values, and derivations.

One file of HTML without scripts or anything to load. Formulas are typeset as outlines,
drawn in the colour of the text around them, with the plain formula as alternative text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graphdiff.derivations import edge_formulas
from graphdiff.derivations.derivation import Derivation, Step
from graphdiff.drawing import typeset
from graphdiff.drawing.labels.phrases import value_phrase
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import NAMESPACES, definitions, escaped, placed, sized
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.shapes import SCALAR, Shape, shown
from graphdiff.notation import latex

SIZE = 17.0
PREFIX = "p"


def page(
    graph: ComputationalGraph,
    run: Run | None,
    derivations: Derivation | Sequence[Derivation],
    picture: Picture,
    *,
    dark: Picture | None = None,
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
    title = one_line(graph.title) or "Computational graph"
    rows = [_row(node, run, picture.options.digits) for node in graph.nodes]
    steps = [[_formulas(step) for step in found.steps] for found in derivations]
    fragments = [f for row in rows for _, f in row if isinstance(f, Fragment)]
    fragments += [f for found in steps for lines in found for _, f in lines]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escaped(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>{escaped(title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            f'<svg {NAMESPACES} width="0" height="0" class="outlines" aria-hidden="true">'
            f"{definitions(typeset.glyphs_of(fragments), PREFIX)}</svg>",
            "<main>",
            f"<h1>{escaped(title)}</h1>",
            *_figures(picture, dark),
            "<h2>Values</h2>",
            *_table(_headings(graph), rows),
            *_derivations(derivations, steps),
            "</main>",
            "</body>",
            "</html>\n",
        ]
    )


LEAST = 0.7
"""A picture is shown no smaller than this; beyond that it scrolls."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { --ink: #14181f; --paper: #ffffff; --line: #c9d0d8; --faint: #4d5663; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; color: var(--faint); }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { max-width: 100%; min-width: var(--least); height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.equation { overflow-x: auto; padding: .3rem 0 .3rem 1.25rem; }
.formula { vertical-align: middle; fill: currentColor; }
.outlines { position: absolute; }
.for-dark { display: none; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0f2f5; --paper: #14171c; --line: #3b434d; --faint: #b4bdc9; }
  .for-dark { display: block; } .for-light.has-dark { display: none; }
}
@media print {
  :root { --ink: #000000; --paper: #ffffff; --line: #999999; --faint: #333333; }
  main { max-width: none; padding: 0; } figure svg { min-width: 0; }
  .equation, tr { break-inside: avoid; }
  .for-dark { display: none; } .for-light.has-dark { display: block; }
}
"""


def _figures(picture: Picture, dark: Picture | None) -> Iterator[str]:
    shown = "for-light has-dark" if dark else "for-light"
    yield _figure(picture, shown)
    if dark:
        yield _figure(dark, "for-dark")


def _figure(picture: Picture, shown: str) -> str:
    """Return a picture that shrinks with the page, though not until it cannot be read."""
    width = re.search(r' width="(\d+)"', picture.svg)
    least = f"--least: {LEAST * float(width[1] if width else 0):.0f}px"
    return f'<figure class="{shown}" style="{least}">{picture.svg}</figure>'


# The table

Cell = tuple[str, Fragment | None]


def _headings(graph: ComputationalGraph) -> tuple[str, ...]:
    shape = ("Shape",) if edge_formulas.has_tensors(graph) else ()
    return ("Node", "Name", "Kind", *shape, "Formula", "Value", "P")


def _row(node: Node, run: Run | None, digits: int) -> tuple[Cell, ...]:
    arguments = [latex.name(parent.name) for parent in node.parents]
    formula = latex.authored(node.function, arguments) if node.function else ""
    value = node.value if run is None else run.value.get(node.name)
    P = edge_formulas.P(run, node) if run is not None and node.name in run.P else (None, SCALAR)
    shape = (_shape(node),) if edge_formulas.has_tensors(node.graph) else ()
    return (
        _cell(f"u^{{{node.index}}}", f"u^{node.index}"),
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


def _table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for row in rows:
        yield f"<tr>{''.join(f'<td>{_shown(*cell)}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"


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
                yield f'<div class="equation">{_shown(plain, fragment)}</div>'
        yield "</section>"


def _shown(plain: str, fragment: Fragment | None) -> str:
    """Return a formula as a small SVG, or plain text where there is none."""
    if fragment is None:
        return escaped(plain)
    width, height = fragment.width + 2, fragment.height + 2
    return (
        f'<svg {NAMESPACES} class="formula" role="img" aria-label="{escaped(plain)}" '
        f"{sized(width, height)}>"
        f"<title>{escaped(plain)}</title>"
        f"{placed(fragment, 1, fragment.ascent + 1, 'currentColor', PREFIX)}</svg>"
    )

"""An evaluation trace as a table in HTML, and on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.derivations.evaluation_trace import EvaluationTrace, TraceTable
from graphdiff.drawing import html_page, typeset
from graphdiff.drawing.html_page import Cell
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import escaped
from graphdiff.errors.plain_text import neutral
from graphdiff.notation.equations import Line

MAX_TYPESET = 300
"""Rows whose formulas are typeset; of a longer trace they are plain text."""

Rows = list[tuple[Cell, ...]]


def trace_table(trace: EvaluationTrace) -> str:
    """Return a trace as tables in HTML, to stand in a notebook or on a page."""
    rows = _rows(trace)
    return "\n".join([html_page.outlines(_fragments(rows)), *_body(trace, rows)])


def trace_page(trace: EvaluationTrace, *, language: str = "en") -> str:
    """Return a page with a trace alone, as HTML text without anything to load."""
    title, rows = neutral(trace.title), _rows(trace)
    body = [f"<h1>{escaped(title)}</h1>", *_body(trace, rows)]
    return html_page.document(title, body, _fragments(rows), language=language)


def _body(trace: EvaluationTrace, rows: list[Rows]) -> Iterator[str]:
    for table, found in zip(trace.tables, rows, strict=True):
        yield from html_page.table(("i", *table.headings), found)
    if trace.notes:
        yield f"<p>{'<br>'.join(escaped(line.text) for line in trace.notes)}</p>"


def _rows(trace: EvaluationTrace) -> list[Rows]:
    """Return the rows of each table, typeset where there are not too many."""
    is_typeset = len(trace.rows) <= MAX_TYPESET

    def cell(line: Line | None) -> Cell:
        if line is None:
            return "", None
        plain = neutral(line.text)
        return plain, typeset.formula(line.latex, plain, html_page.SIZE) if is_typeset else None

    def rows(table: TraceTable) -> Rows:
        return [((str(number), None), *map(cell, lines)) for number, lines in table.rows]

    return list(map(rows, trace.tables))


def _fragments(rows: list[Rows]) -> list[Fragment]:
    cells = (cell for table in rows for row in table for cell in row)
    return [fragment for _, fragment in cells if fragment is not None]

"""A worksheet as Markdown, with its picture in a file beside it."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.derivations.derivation import as_markdown
from graphdiff.exercises.writing.sheet import Part, Row, Sheet

BLANK = "_" * 16


def markdown(sheet: Sheet, picture: str) -> str:
    """Return a worksheet as Markdown.

    Parameters
    ----------
    picture
        The name of the file with the picture.
    """
    return "\n\n".join(_blocks(sheet, picture)) + "\n"


def _blocks(sheet: Sheet, picture: str) -> Iterator[str]:
    yield f"# {as_markdown(sheet.title)}"
    yield sheet.about
    yield f"![The computational graph]({picture})"
    yield "Given: " + ", ".join(f"${line.latex}$" for line in sheet.given)
    if sheet.told:
        yield "You may use: " + ", ".join(f"${line.latex}$" for line in sheet.told)
    yield from sheet.hints
    for part in sheet.parts:
        yield from _part(part)
    if sheet.steps:
        yield "## How the answers come about"
        yield from (step.markdown() for step in sheet.steps)
    yield f"<small>{sheet.origin}</small>"


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.heading}"
    yield part.sentence
    for place, row in enumerate(part.rows, 1):
        yield f"{place}. {_row(row)}"


def _row(row: Row) -> str:
    note = f" ({row.note})" if row.note else ""
    if row.answer is not None:
        return f"$\\displaystyle {row.left.latex} {row.sign.latex} {row.answer.latex}$"
    return f"$\\displaystyle {row.left.latex} =$ {BLANK}{note}" + "\n\n   &nbsp;" * (row.lines - 1)

"""A worksheet as LaTeX, to be compiled by pdflatex with its picture in a file beside it."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.derivations import derivation
from graphdiff.derivations.derivation import Derivation
from graphdiff.exercises.writing.sheet import Part, Row, Sheet
from graphdiff.notation.latex import ascii_only
from graphdiff.notation.latex.words import as_tex


def latex(sheet: Sheet, picture: str) -> str:
    """Return a worksheet as a document for pdflatex, in ASCII.

    Parameters
    ----------
    picture
        The name of the file with the picture, a PDF.
    """
    return derivation.whole(ascii_only("\n".join(_blocks(sheet, picture))) + "\n")


def _blocks(sheet: Sheet, picture: str) -> Iterator[str]:
    yield rf"\section*{{{as_tex(sheet.title)}}}"
    if not sheet.steps:
        yield r"\noindent Name: \underline{\hspace{7cm}}\medskip" + "\n"
    yield as_tex(sheet.about) + "\n"
    yield r"\begin{center}"
    yield rf"\includegraphics{{{picture}}}"
    yield r"\end{center}"
    yield r"\noindent Given: " + ", ".join(f"${line.latex}$" for line in sheet.given) + ".\n"
    if sheet.told:
        told = ", ".join(f"${line.latex}$" for line in sheet.told)
        yield rf"\noindent You may use: {told}." + "\n"
    for hint in sheet.hints:
        yield rf"\noindent {as_tex(hint)}" + "\n"
    for part in sheet.parts:
        yield from _part(part)
    if sheet.steps:
        yield derivation.fragment([Derivation("How the answers come about", sheet.steps)])
    yield rf"\vfill\noindent{{\small {as_tex(sheet.origin)}}}"


def _part(part: Part) -> Iterator[str]:
    yield rf"\subsection*{{{as_tex(part.heading)}}}"
    yield as_tex(part.sentence)
    yield r"\begin{enumerate}"
    yield from (rf"\item {_row(row)}" for row in part.rows)
    yield r"\end{enumerate}"


def _row(row: Row) -> str:
    if row.answer is not None:
        return rf"$\displaystyle {row.left.latex} {row.sign.latex} {row.answer.latex}$"
    note = rf"\hfill ({as_tex(row.note)})" if row.note else ""
    room = rf"\vspace{{{0.7 * row.lines:.1f}cm}}"
    return rf"$\displaystyle {row.left.latex} =$ \underline{{\hspace{{4cm}}}}{note}{room}"

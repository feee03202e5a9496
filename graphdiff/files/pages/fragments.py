"""Formulas found on a page, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from graphdiff.files.mathematics.trees import Form
from graphdiff.files.pages.grids import Table


@dataclass(frozen=True, slots=True)
class Fragment:
    r"""A formula of a page: one display, one inline formula, one line of a program.

    Attributes
    ----------
    source
        What stands on the page between the signs that mark it as mathematics. Line breaks of the
        page stay in it.
    form
        How it is written.
    line
        The line of the page its first character stands on, from 1; in a notebook that of the cell.
    cell
        The cell of a notebook, from 1; None elsewhere.
    headings
        The headings it stands below, the outermost first.
    follows
        Whether it goes on with the fragment before it, as the next cell of a table row does.
    around
        The text of its line or paragraph, for people: "where η = 0.1 and $z$ …".
    written
        What stands on the page where the source had to be mended: the address of a picture, LaTeX
        that lost its backslashes; empty where the source is as written.
    certain
        Whether it is mathematics, whatever it is about. A line of a program that is not known to be
        counts only where it gives a quantity of the graph its value.
    """

    source: str
    form: Form
    line: int
    cell: int | None = None
    headings: tuple[str, ...] = ()
    follows: bool = False
    around: str = ""
    written: str = ""
    certain: bool = True

    def __repr__(self) -> str:
        where = f"line {self.line}" if self.cell is None else f"cell {self.cell}, line {self.line}"
        return f"<formula {' '.join(self.source.split())[:60]!r} of {where}>"

    def line_at(self, offset: int) -> int:
        """Return the line of the page that a character of the source stands on."""
        return self.line + self.source.count("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class PageText:
    r"""What a page has of mathematics, in its order, and the macros its author defined.

    `macros` are the definitions as they stand: ``\newcommand{\R}{\mathbb{R}}``, ``\def\x{…}``;
    `tables` have cells that are no formulas by themselves, as a number below a title is.
    """

    fragments: tuple[Fragment, ...]
    macros: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()

    def __repr__(self) -> str:
        return f"<page with {len(self.fragments)} formulas>"

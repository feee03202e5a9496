"""Tables as rows of cells, from Markdown, HTML and LaTeX alike, with what has been read of them."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphdiff.files.mathematics.trees import Span

MAX_TABLE = 100_000
"""Characters of a table."""

MAX_TABLES = 200
"""Tables of a page."""

HTML = re.compile(r"<table\b[^<>]*>", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE)
HTML_ROW = re.compile(r"<tr\b[^>]*>(.*?)(?:</tr\s*>|(?=<tr\b)|\Z)", re.IGNORECASE | re.DOTALL)
HTML_CELL = re.compile(
    r"<t[hd]\b[^>]*>(.*?)(?:</t[hd]\s*>|(?=<t[hd]\b)|\Z)", re.IGNORECASE | re.DOTALL
)
LATEX = (
    re.compile(r"\\begin\{(?:tabular[*x]?|longtable)\}"),
    re.compile(r"\\end\{(?:tabular[*x]?|longtable)\}"),
)
ARRAY = (
    re.compile(r"(?:\$\$|\\\[)\s*\\begin\{array\}"),
    re.compile(r"\\end\{array\}(?=\s*(?:\$\$|\\\]))"),
)
"""An array that is all of a display, and so no matrix in a formula."""

MERGED = re.compile(r"\b(?:row|col)span\b|\\multi(?:row|column)\b", re.IGNORECASE)
COLUMNS = re.compile(r"\s*(?:\[[^\]]*\]|\{(?:[^{}]|\{[^{}]*\})*\})+")
RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|(?:cline|cmidrule(?:\([^)]*\))?)\{[^{}]*\})(?:\[[^\]]*\])?"
)
RELATION = re.compile(r"[=≈←]|\\approx|&asymp;")


@dataclass
class Table:
    """A table of a page.

    Attributes
    ----------
    rows
        The line of each row, and its cells as they stand there.
    cell
        The cell of a notebook that it stands in, from 1; None elsewhere.
    headings
        The headings it stands below, the outermost first.
    is_titled
        Whether the first row is known to be titles.
    is_merged
        Whether cells go over several rows or columns.
    read
        Which cells have been read already, as row and column, from 0.
    """

    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    cell: int | None = None
    headings: tuple[str, ...] = ()
    is_titled: bool = False
    is_merged: bool = False
    read: set[tuple[int, int]] = field(default_factory=set)

    def add(self, line: int, cells: tuple[str, ...]) -> None:
        """Add a row; what states something by itself is read where it stands."""
        self.read |= {(len(self.rows), k) for k, one in enumerate(cells) if RELATION.search(one)}
        self.rows.append((line, cells))


def tables_in(text: str, *, is_tex: bool) -> Iterator[tuple[Span, Table]]:
    """Yield the tables that are marked as such, in HTML or in LaTeX, and where they stand."""
    for signs, split in ((LATEX if is_tex else ARRAY, _latex), (HTML, _html)):
        for start, first, last, end in _enclosed(text, *signs):
            rows = text[first:last]
            table = Table(is_titled="<th" in rows.lower(), is_merged=bool(MERGED.search(rows)))
            for at, cells in split(rows):
                line = 1 + text.count("\n", 0, first + at)
                table.add(line, tuple(map(_marked, cells)) if signs is ARRAY else cells)
            yield (start, end), table


def _enclosed(
    text: str, opening: re.Pattern[str], closing: re.Pattern[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield where tables begin, where what is in them begins and ends, and where they end."""
    for found in itertools.islice(opening.finditer(text), MAX_TABLES):
        close = closing.search(text, found.end(), found.end() + MAX_TABLE)
        if close is not None:
            yield found.start(), found.end(), close.start(), close.end()


def _html(rows: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    for row in HTML_ROW.finditer(rows):
        cells = HTML_CELL.findall(row[1])
        yield row.start(), tuple(" ".join(html.unescape(cell).split()) for cell in cells)


def _latex(rows: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    columns = COLUMNS.match(rows)
    position = columns.end() if columns else 0
    for row in re.split(r"(?<!\\)(\\\\(?:\[[^\]]*\])?)", rows[position:]):
        bare = RULES.sub(lambda found: " " * len(found[0]), row)
        if "&" in bare:
            at = position + len(row) - len(bare.lstrip())
            yield at, tuple(" ".join(cell.split()) for cell in re.split(r"(?<!\\)&", bare))
        position += len(row)


def _marked(cell: str) -> str:
    r"""Return a cell of mathematics as one of a text: ``$z$``, the words of ``\text{value}``."""
    words = re.fullmatch(r"\\(?:text|mathrm|textbf|mathbf)\{([^{}\\$]*)\}", cell)
    return words[1] if words else f"${cell}$" if cell else ""

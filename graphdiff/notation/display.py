"""How results show themselves: as tables between words, in a terminal, in Markdown and in HTML.

A result says what it shows once, and prompts, notebooks and rich terminals have it in their forms.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from graphdiff.errors.plain_text import neutral

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table as RichTable

MAX_ROWS = 40
"""Rows of a table that shows itself; of more, the middle is left out."""

MAX_CELL = 60
"""Characters of a cell that shows itself."""

MAX_LINES = 100
"""Lines of a text that shows itself."""

_MARKDOWN = str.maketrans({c: f"\\{c}" for c in r"\`*_{}[]<>()#+-.!|$&:@~"})


Row = tuple[str, ...]


class Table(NamedTuple):
    """A table: its title, the names of its columns, and the rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(
        cls, title: str, columns: tuple[str, ...], items: Sequence[Any], row: Callable[..., Row]
    ) -> Table:
        """Return a table with a row for each item; of many the middle is left out, and not made."""
        if len(items) <= MAX_ROWS:
            return cls(title, columns, tuple(map(row, items)))
        gap = ("…", f"{len(items) - MAX_ROWS + 1} more", *("" for _ in columns))[: len(columns)]
        before, behind = items[: MAX_ROWS - 6], items[-5:]
        return cls(title, columns, (*map(row, before), gap, *map(row, behind)))

    def short(self) -> Table:
        """Return it with cells that are short, and in which nothing is hidden."""
        rows = tuple(tuple(neutral(cell, MAX_CELL) for cell in row) for row in self.rows)
        return Table(neutral(self.title), tuple(map(neutral, self.columns)), rows)

    def text(self) -> str:
        """Return it as lines of plain text.

        Examples
        --------
        >>> print(Table("", ("x", "y"), (("1", "x̂ + 2"), ("10", "0"))).text())
        x   y
        --  -----
        1   x̂ + 2
        10  0
        """
        columns = zip(self.columns, *self.rows, strict=True)
        widths = [max(map(_width, column)) for column in columns]
        rule = tuple("-" * width for width in widths)
        lines = [_padded(row, widths) for row in (self.columns, rule, *self.rows)]
        return "\n".join([self.title, *lines] if self.title else lines)

    def markdown(self) -> str:
        r"""Return it in Markdown, with all signs that mean something there escaped.

        Examples
        --------
        >>> print(Table("", ("a", "b"), (("2*x", "<b>"),)).markdown())
        | a | b |
        |---|---|
        | 2\*x | \<b\> |
        """
        rows = [[cell.translate(_MARKDOWN) for cell in row] for row in (self.columns, *self.rows)]
        head, *lines = (f"| {' | '.join(row)} |" for row in rows)
        table = "\n".join([head, "|" + "---|" * len(self.columns), *lines])
        return f"**{self.title.translate(_MARKDOWN)}**\n\n{table}" if self.title else table

    def html(self) -> str:
        """Return it in HTML, its cells escaped.

        Examples
        --------
        >>> Table("", ("a",), (("<b>",),)).html()
        '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
        """
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        head = _html_row(self.columns, "th")
        body = "".join(_html_row(row, "td") for row in self.rows)
        return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"

    def __rich__(self) -> RichTable:
        from rich import box
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(title=Text(self.title), title_justify="left", box=box.SIMPLE_HEAD)
        for column in self.columns:
            table.add_column(Text(column))
        for row in self.rows:
            table.add_row(*map(Text, row))
        return table


class Shown:
    """What shows itself as tables and words.

    A class says of what in :meth:`shown`.
    """

    def shown(self) -> Iterator[Table | str]:
        """Yield tables, and words that stand between them."""
        raise NotImplementedError

    def _parts(self) -> list[Table | str]:
        return [part.short() if isinstance(part, Table) else part for part in self.shown()]

    def __repr__(self) -> str:
        return "\n".join(p.text() if isinstance(p, Table) else neutral(p) for p in self._parts())

    def _repr_html_(self) -> str:
        return "".join(
            p.html() if isinstance(p, Table) else f"<p>{html.escape(neutral(p))}</p>"
            for p in self._parts()
        )

    def _repr_markdown_(self) -> str:
        return "\n\n".join(
            p.markdown() if isinstance(p, Table) else neutral(p).translate(_MARKDOWN)
            for p in self._parts()
        )

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for part in self._parts():
            yield part if isinstance(part, Table) else Text(neutral(part))


def few_lines(text: str) -> str:
    """Return a text as it shows itself: of a long one the first lines, and how many there are."""
    lines = text.split("\n")
    if len(lines) <= MAX_LINES:
        return text
    return "\n".join([*lines[:MAX_LINES], f"… {len(lines) - MAX_LINES} lines more; print it"])


def _width(cell: str) -> int:
    """Return how many places a cell takes; marks on a letter take none."""
    return sum(not unicodedata.combining(sign) for sign in cell)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()


def _html_row(cells: Sequence[Any], tag: str) -> str:
    inner = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inner}</tr>"

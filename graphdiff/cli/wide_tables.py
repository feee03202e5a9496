"""Tables of many columns on a terminal: in blocks below each other, as wide as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console

from graphdiff.cli.common import say, show_table
from graphdiff.errors.plain_text import neutral_lines
from graphdiff.notation.display import Table

BESIDE = 3
"""Places that a column takes beside its text."""


def show_wide_table(table: Table) -> None:
    """Print a table: plain in a pipe, and on a terminal in blocks that fit.

    Each block has the first column again.
    """
    if not sys.stdout.isatty():
        say(neutral_lines(table.text()))
        return
    for block in blocks(table, Console(file=sys.stdout).width):
        show_table(block)


def blocks(table: Table, width: int) -> Iterator[Table]:
    """Yield a table as several that are no wider, as far as its columns allow.

    Examples
    --------
    >>> for block in blocks(Table("", ("name", "x", "y"), (("Ada", "1", "2"),)), 14):
    ...     print(block.text())
    name  x
    ----  -
    Ada   1
    name  y
    ----  -
    Ada   2
    """
    columns = zip(table.columns, *table.rows, strict=True)
    first, *sizes = [max(map(cell_len, column)) + BESIDE for column in columns]
    taken = list[int]()
    for place, size in enumerate(sizes, 1):
        if taken and 1 + first + sum(sizes[k - 1] for k in taken) + size > width:
            yield _columns(table, [0, *taken])
            taken = []
        taken.append(place)
    yield _columns(table, [0, *taken])


def _columns(table: Table, places: Sequence[int]) -> Table:
    rows = tuple(tuple(row[k] for k in places) for row in table.rows)
    return Table(table.title, tuple(table.columns[k] for k in places), rows)

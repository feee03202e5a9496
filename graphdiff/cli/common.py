"""What several commands share: arguments, reading a graph, printing."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from graphdiff.errors import FileError, quoted_list
from graphdiff.plain_text import neutral, neutral_lines

OK, WRONG, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
EXIT = "exit code: 0 done (check: all correct), 1 check found something wrong, 2 unreadable input"
MAX_DIGITS = 17
MAX_SUGGESTED = 12
"""Entries of an array that is suggested whole."""


def add_graph(command: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the graph file and values for its leaves."""
    if several:
        command.add_argument("files", metavar="FILE", nargs="+", help="graph files, .toml or .json")
    else:
        command.add_argument("file", metavar="FILE", help="a graph file, .toml or .json")
    command.add_argument(
        "--set", dest="values", metavar="LEAF=VALUE", action="append", default=[],
        help='another value for a leaf, such as x=3, x=2/3 or "W=[[1, 0], [0, 1]]"; '
        "may be repeated",
    )  # fmt: skip


def add_digits(command: argparse.ArgumentParser, default: int = 6) -> None:
    """Add --digits."""
    command.add_argument(
        "--digits",
        type=_digits,
        default=default,
        metavar="N",
        help=f"significant digits ({default})",
    )


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a number from 1 to {MAX_DIGITS}")
    return int(text)


def add_force(command: argparse.ArgumentParser) -> None:
    """Add --force."""
    command.add_argument("--force", action="store_true", help="overwrite files that exist")


def load(
    given: argparse.Namespace, *, complete: bool = False, file: str = ""
) -> tuple[Any, Any, dict[str, Any]]:
    """Return the graph, its claims, and the values set on the command line.

    With ``complete`` every leaf must have a value.
    """
    from graphdiff.files.document import number_from_text
    from graphdiff.workbench import load_with_claims

    file = file or given.file
    graph, claims = load_with_claims(file)
    values = {}
    for assignment in given.values:
        name, equals, number = assignment.partition("=")
        if not equals:
            raise FileError(f"--set {assignment!r:.60} is not read; write --set LEAF=VALUE")
        leaf = graph[name.strip()]
        values[leaf.name] = number_from_text(leaf.name, number.strip())
    missing = [leaf for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if complete and missing:
        names = quoted_list(leaf.name for leaf in missing)
        raise FileError(f"{file}: no value for {names}; {remedy(missing[0])}")
    return graph, claims, values


def remedy(leaf: Any) -> str:
    """Return how to give a value to a leaf."""
    from graphdiff import shapes

    if not shapes.is_known(leaf.shape):
        return (
            f"the sizes {shapes.shown(leaf.shape)} of {leaf.name!r} are letters, for derivation "
            "only; use derive, or write numbers into the file"
        )
    if leaf.size > MAX_SUGGESTED:
        return f"write it into the file, as an array of shape {shapes.shown(leaf.shape)}"
    example = "1"
    for size in reversed(leaf.shape):
        example = f"[{', '.join([example] * size)}]"
    given = f"{leaf.name}={example}"
    return (
        f"write it into the file, or give it here: --set {given if not leaf.shape else repr(given)}"
    )


def say(text: str, end: str = "\n") -> None:
    """Print on standard output, neutral but for line breaks.

    Parts that others wrote, such as the names of files, are made neutral before they are put in.
    """
    sys.stdout.write(neutral_lines(text) + end)


def show_table(table: Any) -> None:
    """Print a table as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table

    console = Console(file=sys.stdout, highlight=False)
    if not sys.stdout.isatty():
        console = Console(file=sys.stdout, width=200, highlight=False)
    shown = Table(title=_cell(table.title), title_justify="left")
    for column in table.columns:
        shown.add_column(_cell(column), justify="right" if column == "value" else "left")
    for row in table.rows:
        shown.add_row(*map(_cell, row))
    with console.capture() as captured:  # rich itself would exit when the reader has left
        console.print(shown)
    sys.stdout.write(captured.get())  # colours are its own


def _cell(text: str) -> Any:
    from rich.text import Text

    return Text(neutral(text))

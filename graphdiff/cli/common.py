"""What several commands share: arguments, reading a graph, printing."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Any

from graphdiff.cli.streams import say as say
from graphdiff.drawing.options import MAX_DIGITS
from graphdiff.errors import FileError, quoted_list
from graphdiff.errors.plain_text import neutral
from graphdiff.files import budget
from graphdiff.files.worker import Limits

OK, WRONG, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
EXIT = (
    "exit code: 0 done (check: all correct), 1 check found something wrong, "
    "2 unreadable input, or beyond the limits"
)
EXACT_SECONDS = 10.0
"""CPU time for sweeps in exact numbers."""

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


def add_notation(command: argparse.ArgumentParser) -> None:
    """Add --notation."""
    command.add_argument(
        "--notation",
        metavar="N",
        help="how derivatives are written, P, partial, bar, delta, nabla or d; with more after "
        'commas: "bar, layers=(l), first=0, layout=denominator, decimals=2"',
    )


def _digits(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a number from 1 to {MAX_DIGITS}")
    return int(text)


def add_debug(command: argparse.ArgumentParser, *, default: Any = argparse.SUPPRESS) -> None:
    """Add --debug, before the command and after it."""
    command.add_argument(
        "--debug", action="store_true", default=default,
        help="show the traceback of an error, too",
    )  # fmt: skip


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add --no-limits."""
    command.add_argument(
        "--no-limits",
        action="store_true",
        help=f"for a file of your own that takes more than {budget.FILE:.0f} s or "
        f"{budget.MEMORY / 1e6:.0f} MB of memory",
    )


def limits_of(given: argparse.Namespace) -> Limits | None:
    """Return the limits for a file; None for none."""
    return None if given.no_limits else Limits(budget.FILE, budget.MEMORY)


MAX_LINE = 1000
"""Characters of an error that is told."""


def one_line(text: str) -> str:
    """Return a text as one line of a length to read, with nothing in it that moves a cursor."""
    return neutral(" ".join(text[: 2 * MAX_LINE].split()), MAX_LINE)


def add_force(command: argparse.ArgumentParser) -> None:
    """Add --force."""
    command.add_argument("--force", action="store_true", help="overwrite files that exist")


def load(
    given: argparse.Namespace, *, complete: bool = False, file: str | None = None
) -> tuple[Any, Any, dict[str, Any]]:
    """Return the graph, its claims, and the values set on the command line.

    With ``complete`` every leaf must have a value.
    """
    from graphdiff.workbench import load_with_claims

    path: str = given.file if file is None else file
    graph, claims = load_with_claims(path)
    values = values_set(given, graph)
    missing = [leaf for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if complete and missing:
        names = quoted_list(leaf.name for leaf in missing)
        raise FileError(f"{path}: no value for {names}; {remedy(missing[0])}")
    return graph, claims, values


def values_set(given: argparse.Namespace, graph: Any) -> dict[str, Any]:
    """Return the values of leaves set on the command line."""
    from graphdiff.files.document import number_from_text

    values: dict[str, Any] = {}
    for assignment in given.values:
        name, equals, number = assignment.partition("=")
        if not equals:
            raise FileError(f"--set {assignment!r:.60} is not read; write --set LEAF=VALUE")
        leaf = graph[name.strip()]
        values[leaf.name] = number_from_text(leaf.name, number.strip())
    return values


def sweeping(given: argparse.Namespace) -> contextlib.AbstractContextManager[None]:
    """Return the context for the sweeps: those in exact numbers have a budget."""
    if not given.exact:
        return contextlib.nullcontext()
    return budget.cpu(
        EXACT_SECONDS,
        f"the exact sweeps take more than {EXACT_SECONDS:.0f} s; compute in floating point",
    )


def remedy(leaf: Any) -> str:
    """Return how to give a value to a leaf."""
    from graphdiff.language import shapes

    if not shapes.is_known(leaf.shape):
        return (
            f"the sizes {shapes.shown(leaf.shape)} of {leaf.name!r} are letters; an array says "
            f"what they are, --set {leaf.name}=…; else use derive"
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

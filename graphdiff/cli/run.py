"""The command run: values, local Jacobians and every P."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import (
    OK,
    add_digits,
    add_graph,
    add_notation,
    load,
    say,
    show_table,
    sweeping,
)
from graphdiff.errors.lookalikes import lookalikes
from graphdiff.errors.plain_text import json_text

ROOMS = ("graphdiff.workbench", "graphdiff.derivations.tables", "rich.console", "rich.table")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    command.add_argument("--exact", action="store_true", help="exact numbers: 2/3 stays 2/3")
    command.add_argument("--forward", action="store_true", help="the forward sweep only")
    command.add_argument("--format", choices=("text", "json"), default="text")
    add_digits(command)
    add_notation(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.derivations import tables
    from graphdiff.notation.notation import as_notation

    graph, _, values = load(given, complete=True)
    with sweeping(given):
        if given.forward:
            run = graph.forward(values, exact=given.exact)
        else:
            run = graph.backward(given.output, values, exact=given.exact)
    if given.format == "json":
        say(json_text(tables.data(run)))
    else:
        for table in tables.tables(run, given.digits, as_notation(given.notation)):
            show_table(table)
        for remark in lookalikes(node.name for node in graph):
            say(f"note: {remark}")
    return OK

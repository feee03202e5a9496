"""The command explore: a page to play with a graph on."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, add_force, add_graph, load, say
from graphdiff.cli.patience import told
from graphdiff.errors.plain_text import neutral

ROOMS = ("graphdiff.workbench", "graphdiff.explorer")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    from graphdiff.cli.choices import add_choices
    from graphdiff.drawing.options import Options

    add_graph(command)
    command.add_argument(
        "-o", dest="path", metavar="PATH", required=True, help="the page to write, .html"
    )
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    add_choices(command, Options)
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.cli.choices import given_choices
    from graphdiff.drawing.options import Options

    graph, _, values = load(given)
    with told("making the page"):
        page = graph.explore(graph.backward(given.output, values), **given_choices(given, Options))
        written = page.save(given.path, overwrite=given.force)
    say(f"wrote {neutral(written)}")
    return OK

"""The command demo: all of it on one example."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, add_force, say, show_table

ROOMS = ("graphdiff.cli.demo_tour", "rich.console", "rich.table")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument(
        "folder", nargs="?", default="graphdiff-demo", help="where to write (graphdiff-demo)"
    )
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.cli.demo_tour import demo

    demo(given.folder, say, show_table, overwrite=given.force)
    return OK

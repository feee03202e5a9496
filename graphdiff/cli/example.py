"""The command example: the built-in graphs."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, say


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", nargs="?", help="the graph to print")


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.cli import examples

    if given.name is not None:
        say(examples.source(given.name), end="")
        return OK
    width = max(map(len, examples.names()))
    for name in examples.names():
        say(f"{name:<{width}}  {examples.summary(name)}")
    say("\nTo take one as a file:  graphdiff example NAME > NAME.toml")
    return OK

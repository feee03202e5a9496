"""The command draw: pictures."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, add_digits, add_force, add_graph, load, say
from graphdiff.errors import quoted_list


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", required=True,
        help="the picture to write: .svg, .png or .dot; may be repeated",
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    command.add_argument("--forward", action="store_true", help="values only, no gradients")
    command.add_argument("--plain", action="store_true", help="no numbers at all")
    command.add_argument(
        "--show", metavar="LIST",
        help="annotations, separated by commas: index, name, formula, value, P, jacobian, "
        "jacobian_value, legend (all)",
    )  # fmt: skip
    command.add_argument("--direction", choices=("LR", "TB"), default="LR")
    command.add_argument("--theme", default="lecture", help="lecture, dark or print")
    add_digits(command, 4)
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    graph, _, values = load(given)
    missing = [leaf.name for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if missing and not given.plain:
        say(f"no value for {quoted_list(missing)}, so the picture has formulas only")
    if missing or given.plain:
        run = None
    elif given.forward:
        run = graph.forward(values)
    else:
        run = graph.backward(given.output, values)
    show = None if given.show is None else [name.strip() for name in given.show.split(",")]
    picture = graph.draw(
        run, show=show, direction=given.direction, theme=given.theme, digits=given.digits
    )
    for path in given.paths:
        say(f"wrote {picture.save(path, overwrite=given.force)}")
    return OK

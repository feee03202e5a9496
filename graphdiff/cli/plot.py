"""The command plot: what a network decides, and the loss over two parameters."""

from __future__ import annotations

import argparse
from typing import Any

from graphdiff.cli.common import OK, add_digits, add_force, add_graph, load, say
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import neutral

ROOMS = ("graphdiff.workbench",)
SHARED = ("theme", "width", "size")
"""Choices of pictures that plots have too."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    from graphdiff.cli.choices import add_choices
    from graphdiff.drawing.options import Options, Saving

    add_graph(command)
    command.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", required=True,
        help="the picture to write: .svg, .png, .pdf or .tex (TikZ); may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--over", nargs=2, metavar="NAME",
        help="the loss over these two leaves; if left out, what a network of two inputs decides",
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the loss, with --over")
    command.add_argument("--rate", type=float, metavar="R", help="learning rate, with --over")
    command.add_argument(
        "--steps", type=int, metavar="N", help="steps of descent, with --over and --rate (20)"
    )
    others = {name for name in Options.__dataclass_fields__ if name not in SHARED}
    add_choices(command, Options, but=others)
    add_choices(command, Saving, but=("overwrite",))
    add_digits(command, Options().digits)
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.cli.choices import given_choices
    from graphdiff.drawing.options import Options, Saving

    graph, _, values = load(given)
    names = (*SHARED, "digits")
    choices = {k: v for k, v in given_choices(given, Options).items() if k in names}
    picture = _plot(given, graph, values, choices)
    saving = given_choices(given, Saving) | {"overwrite": given.force}
    for path in given.paths:
        say(f"wrote {neutral(picture.save(path, **saving))}")
    return OK


def _plot(given: argparse.Namespace, graph: Any, values: Any, choices: dict[str, Any]) -> Any:
    if given.over:
        steps = {} if given.steps is None else {"steps": given.steps}
        return graph.plot_loss(
            *given.over, values, output=given.output, rate=given.rate, **steps, **choices
        )
    for name in ("output", "rate", "steps"):
        if getattr(given, name) is not None:
            raise GraphdiffError(
                f"--{name} is about the loss over two leaves; add --over NAME NAME"
            )
    return graph.with_values(values).plot_decision(**choices)

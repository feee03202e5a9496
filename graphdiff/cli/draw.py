"""The command draw: pictures, whole or step by step."""

from __future__ import annotations

import argparse
import warnings
from dataclasses import fields
from typing import Any

from graphdiff.cli.common import OK, add_force, add_graph, load, say
from graphdiff.cli.patience import told
from graphdiff.errors import DrawingError, FileError, GraphdiffError, quoted_list
from graphdiff.errors.plain_text import neutral

ROOMS = ("graphdiff.workbench",)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    from graphdiff.cli.choices import add_choices
    from graphdiff.drawing.formats import PICTURES, STEPS, told
    from graphdiff.drawing.options import Options, SavingSteps

    add_graph(command)
    command.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", required=True,
        help=f"the picture to write: {told(PICTURES)}; may be repeated",
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    command.add_argument("--forward", action="store_true", help="values only, no gradients")
    command.add_argument("--plain", action="store_true", help="no numbers at all")
    command.add_argument(
        "--steps", action="store_true",
        help=f"each step of the sweeps: {told(STEPS)}",
    )  # fmt: skip
    command.add_argument(
        "--along", metavar="NODE", help="highlight all paths from it to the output, and their sum"
    )
    command.add_argument(
        "--check", action="store_true", help="mark what is wrong in the [claims] of the file"
    )
    add_choices(command, Options)
    add_choices(command, SavingSteps, but=("overwrite",))
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with told("drawing"):
            _drawn(given)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        say(neutral(message))
    return OK


def _drawn(given: argparse.Namespace) -> None:
    from graphdiff.cli.choices import given_choices
    from graphdiff.drawing.options import Options, SavingSteps

    graph, claims, values = load(given)
    run = _run(given, graph, values)
    check = None
    if given.check:
        if not claims:
            raise FileError(f"{given.file}: there are no [claims] to check")
        check = graph.check(claims, values, output=given.output)
    picture = graph.draw(run, paths=given.along, check=check, **given_choices(given, Options))
    saving = given_choices(given, SavingSteps) | {"overwrite": given.force}
    _check_steps(given, saving)
    for path in given.paths:
        if given.steps:
            written = picture.frames().save(path, **saving)
            more = f" … {neutral(written[-1])} ({len(written)} files)" if len(written) > 1 else ""
            say(f"wrote {neutral(written[0])}{more}")
        else:
            written = picture.save(path, **saving)
            say(f"wrote {neutral(written)}")


def _check_steps(given: argparse.Namespace, saving: dict[str, Any]) -> None:
    """Raise if a choice would have no effect: of steps without them, of one picture with them."""
    from graphdiff.drawing.options import Saving

    one = {field.name for field in fields(Saving)}
    if not given.steps and (unused := sorted(saving.keys() - one)):
        raise DrawingError(f"--{unused[0]} is about steps; add --steps")
    if given.steps and (given.along or given.check):
        option = "--along" if given.along else "--check"
        raise DrawingError(f"{option} marks one picture, not its steps; leave out --steps")


def _run(given: argparse.Namespace, graph: Any, values: dict[str, Any]) -> Any:
    """Return the sweep to draw, or None where there is nothing to sweep."""
    missing = [leaf.name for leaf in graph.leaves if leaf.value is None and leaf.name not in values]
    if given.plain or missing:
        if given.steps:
            why = f"there is no value for {quoted_list(missing)}" if missing else "--plain has none"
            raise GraphdiffError(f"--steps shows the sweeps' numbers, and {why}")
        if not given.plain:
            say(f"no value for {quoted_list(missing)}, so the picture has formulas only")
        return None
    if given.forward:
        return graph.forward(values)
    return graph.backward(given.output, values)

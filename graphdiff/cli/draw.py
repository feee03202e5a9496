"""The command draw: pictures, whole or step by step."""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from graphdiff.cli.common import OK, add_digits, add_force, add_graph, load, say
from graphdiff.errors import FileError, GraphdiffError, quoted_list
from graphdiff.errors.plain_text import neutral

ROOMS = ("graphdiff.workbench",)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument(
        "-o", dest="paths", metavar="PATH", action="append", required=True,
        help="the picture to write: .svg, .png, .pdf, .tex (TikZ) or .dot; may be repeated",
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    command.add_argument("--forward", action="store_true", help="values only, no gradients")
    command.add_argument("--plain", action="store_true", help="no numbers at all")
    command.add_argument(
        "--style", default="graph", help="graph, or network: neurons in layers (graph)"
    )
    command.add_argument(
        "--steps", action="store_true",
        help="each step of the sweeps: .svg and .gif play, others are numbered files",
    )  # fmt: skip
    command.add_argument(
        "--show", metavar="LIST",
        help="annotations, separated by commas: index, name, formula, value, P, jacobian, "
        "jacobian_value, clusters, legend (all)",
    )  # fmt: skip
    command.add_argument("--direction", choices=("LR", "TB"), default="LR")
    command.add_argument(
        "--theme", default="lecture", help="lecture, dark, print or colour-blind (lecture)"
    )
    command.add_argument("--width", help="a width to fit into: 640, 160mm, 5in")
    command.add_argument(
        "--collapse", metavar="GROUP", action="append",
        help="a group to draw as one node, all of them, or alike nodes; may be repeated",
    )  # fmt: skip
    command.add_argument(
        "--edges", default="weight",
        help="what colours the edges of a network: weight, gradient or plain (weight)",
    )  # fmt: skip
    command.add_argument(
        "--along", metavar="NODE", help="highlight all paths from it to the output, and their sum"
    )
    command.add_argument(
        "--check", action="store_true", help="mark what is wrong in the [claims] of the file"
    )
    command.add_argument(
        "--scale",
        type=_positive,
        default=2.0,
        metavar="S",
        help="of a .png: pixels to 1/96 inch (2)",
    )
    add_digits(command, 4)
    add_force(command)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a positive number")
    return number


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _drawn(given)
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        say(neutral(message))
    return OK


def _drawn(given: argparse.Namespace) -> None:
    graph, claims, values = load(given)
    run = _run(given, graph, values)
    check = None
    if given.check:
        if not claims:
            raise FileError(f"{given.file}: there are no [claims] to check")
        check = graph.check(claims, values, output=given.output)
    picture = graph.draw(
        run,
        style=given.style,
        show=None if given.show is None else [name.strip() for name in given.show.split(",")],
        direction=given.direction,
        theme=given.theme,
        digits=given.digits,
        width=given.width,
        collapse=given.collapse,
        edges=given.edges,
        paths=given.along,
        check=check,
    )
    for path in given.paths:
        if given.steps:
            written = picture.frames().save(path, overwrite=given.force)
            more = f" … {neutral(written[-1])} ({len(written)} files)" if len(written) > 1 else ""
            say(f"wrote {neutral(written[0])}{more}")
        else:
            written = picture.save(path, scale=given.scale, overwrite=given.force)
            say(f"wrote {neutral(written)}")


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

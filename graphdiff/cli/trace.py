"""The command trace: the evaluation trace in forward mode, in reverse mode, in dual numbers."""

from __future__ import annotations

import argparse
from typing import Any

from graphdiff.cli.common import OK, add_digits, add_graph, add_notation, load, say, sweeping
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import json_text

ROOMS = ("graphdiff.workbench",)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument(
        "--mode", choices=("reverse", "forward", "dual"), default="reverse",
        help="adjoints, tangents, or both value and tangent as a number a + bε (reverse)",
    )  # fmt: skip
    command.add_argument(
        "--wrt", metavar="NODE", action="append",
        help="reverse: the nodes whose adjoint is asked for (all leaves); else the direction: a "
        'node, an entry "W[0, 1]", or tangents "W=[[1, 0], [0, 0]]"; may be repeated',
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the node up to which is traced")
    command.add_argument(
        "--cotangent", metavar="VALUE", help="reverse: the adjoint of an output of several entries"
    )
    command.add_argument(
        "--format", choices=("text", "markdown", "latex", "html", "json"), default="text",
        help="latex is a document for pdflatex, html a page",
    )  # fmt: skip
    command.add_argument(
        "--fragment", action="store_true",
        help="with --format latex or html: only what goes into a document of your own",
    )  # fmt: skip
    command.add_argument("--exact", action="store_true", help="exact numbers: 2/3 stays 2/3")
    command.add_argument("--symbolic", action="store_true", help="formulas only, no numbers")
    add_digits(command)
    add_notation(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.drawing.trace_table import trace_page
    from graphdiff.files.document import number_from_text

    if given.fragment and given.format not in ("latex", "html"):
        raise GraphdiffError("--fragment goes with --format latex and --format html")
    graph, _, values = load(given)
    cotangent = given.cotangent
    if cotangent is not None:
        cotangent = number_from_text("--cotangent", cotangent)
    with sweeping(given):
        trace = graph.evaluation_trace(
            given.mode,
            given.wrt if given.mode == "reverse" else _direction(given.wrt),
            values,
            output=given.output,
            cotangent=cotangent,
            symbolic=given.symbolic,
            exact=given.exact,
            digits=given.digits,
            notation=given.notation,
        )
    match given.format:
        case "text":
            say(trace.text)
        case "markdown":
            say(trace.markdown(), end="")
        case "latex":
            say(trace.latex if given.fragment else trace.document(), end="")
        case "html":
            say(trace.html if given.fragment else trace_page(trace))
        case _:
            say(json_text(trace.data()))
    return OK


def _direction(given: list[str] | None) -> Any:
    """Return what forward mode goes along: a node or an entry, or tangents by name."""
    from graphdiff.files.document import number_from_text

    if given is None or (len(given) == 1 and "=" not in given[0]):
        return None if given is None else given[0]
    pairs = [one.partition("=") for one in given]
    return {
        name.strip(): number_from_text(name.strip(), number.strip() if equals else "1")
        for name, equals, number in pairs
    }

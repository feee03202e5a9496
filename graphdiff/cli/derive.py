"""The command derive: derivations, step by step."""

from __future__ import annotations

import argparse

from graphdiff.cli.common import OK, add_digits, add_graph, add_notation, load, say, sweeping
from graphdiff.errors import GraphdiffError

ROOMS = ("graphdiff.workbench",)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command)
    command.add_argument("--output", metavar="NODE", help="the node to differentiate")
    command.add_argument(
        "--wrt", metavar="NODE", action="append", help="with respect to it (all parameters)"
    )
    command.add_argument(
        "--format", choices=("text", "markdown", "latex"), default="text",
        help="latex is one document for pdflatex",
    )  # fmt: skip
    command.add_argument(
        "--fragment", action="store_true",
        help="with --format latex: only what goes between \\begin{document} and \\end{document},"
        " to \\input; it needs \\usepackage{amsmath, amssymb, graphicx}",
    )  # fmt: skip
    command.add_argument("--exact", action="store_true", help="exact numbers: 2/3 stays 2/3")
    command.add_argument("--symbolic", action="store_true", help="formulas only, no numbers")
    command.add_argument(
        "--no-own-value", action="store_false", dest="own_value",
        help="local Jacobians in the parents alone: σ(z)(1 − σ(z)), not a(1 − a)",
    )  # fmt: skip
    add_digits(command)
    add_notation(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.derivations import derivation as written

    if given.fragment and given.format != "latex":
        raise GraphdiffError("--fragment goes with --format latex")
    graph, _, values = load(given)
    output = graph.output if given.output is None else graph[given.output]
    wrt = given.wrt or [node.name for node in graph.parameters or graph.inputs]
    complete = not given.symbolic and all(
        leaf.value is not None or leaf.name in values for leaf in graph.leaves
    )
    with sweeping(given):
        run = graph.backward(output, values, exact=given.exact) if complete else None
    derivations = (
        graph.explain(
            output,
            name,
            run=run,
            symbolic=not complete,
            digits=given.digits,
            own_value=given.own_value,
            notation=given.notation,
        )
        for name in wrt
    )
    if given.format == "latex":
        make = written.fragment if given.fragment else written.document
        say(make(derivations), end="")
        return OK
    for derivation in derivations:
        say(derivation.markdown() if given.format == "markdown" else f"{derivation}\n")
    return OK

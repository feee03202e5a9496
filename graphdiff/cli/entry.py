"""From arguments to an exit code: the parser, and how errors are told."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from graphdiff import __version__
from graphdiff.cli import check, demo, derive, draw, example, run
from graphdiff.cli.common import EXIT, INTERRUPTED, OK, UNREADABLE
from graphdiff.errors import GraphdiffError

COMMANDS = {
    "demo": (demo, "show all of it on the lecture's linear regression"),
    "run": (run, "print values, local Jacobians and every P"),
    "derive": (derive, "write out the derivation of a gradient, step by step"),
    "draw": (draw, "draw the graph"),
    "check": (check, "verify the claims in the file, link by link"),
    "example": (example, "list the built-in graphs, or print one as a file"),
}

ABOUT = """\
Build a computational graph, and see its derivatives as graph, formulas and numbers.

A graph is a small file. Begin with one of the built-in graphs:

  graphdiff demo                            a tour: numbers, a check, pictures, a page
  graphdiff example                         list the built-in graphs
  graphdiff example colah > colah.toml      take one as a file to change

and then work on it:

  graphdiff run colah.toml                  values, local Jacobians and every P
  graphdiff run colah.toml --set a=3 --exact
  graphdiff derive colah.toml --wrt b       the derivation of de/db, step by step
  graphdiff draw colah.toml -o colah.svg    the picture (.svg, .png, .pdf, .tex or .dot)
  graphdiff check colah.toml                verify the [claims] in the file
"""
FILE_FORMAT = """\
a graph file (TOML; order in [nodes] is the order of building):

  output = "L"
  [inputs]
  x = 1
  [parameters]
  w = "2/3"
  [nodes]
  u = "x*w"
  L = "(u - 1)**2"
  [claims]
  "J[w->u]" = ["x", 1]
  "dL/dw" = "2*(u - 1)*x"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Errors are one line on standard error, without a traceback, and exit code 2.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without ŷ or ✓
    try:
        given = _parser().parse_args(arguments)
        code = given.command(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except GraphdiffError as error:
        return _failed(str(error), UNREADABLE)
    except OSError as error:
        return _failed(f"cannot write the output: {error.strerror}", UNREADABLE)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    return code


def _failed(problem: str, code: int) -> int:
    print(f"graphdiff: {problem}", file=sys.stderr)  # noqa: T201
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as all other errors are said."""

    def error(self, message: str) -> NoReturn:
        raise GraphdiffError(f"{message}; see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        "graphdiff", description=ABOUT, epilog=f"{FILE_FORMAT}\n{EXIT}", formatter_class=raw
    )
    parser.add_argument("--version", action="version", version=f"graphdiff {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (module, help) in COMMANDS.items():
        command = commands.add_parser(
            name, help=help, description=help, epilog=EXIT, formatter_class=raw
        )
        command.set_defaults(command=module.command)
        module.add_arguments(command)
    return parser

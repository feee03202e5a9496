"""From arguments to an exit code: the parser, and how errors are told."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from graphdiff import __version__
from graphdiff.cli import (
    check,
    demo,
    derive,
    draw,
    example,
    exercise,
    explore,
    grade,
    optimisers,
    plot,
    run,
    streams,
    trace,
    train,
)
from graphdiff.cli.common import (
    EXIT,
    INTERRUPTED,
    OK,
    UNREADABLE,
    add_debug,
    add_limits,
    limits_of,
    one_line,
    say,
)
from graphdiff.errors import GraphdiffError
from graphdiff.files import worker

COMMANDS = {
    "demo": (demo, "show all of it on the lecture's linear regression"),
    "run": (run, "print values, local Jacobians and every P"),
    "derive": (derive, "write out the derivation of a gradient, step by step"),
    "trace": (trace, "print the evaluation trace, in forward or reverse mode"),
    "draw": (draw, "draw the graph"),
    "explore": (explore, "make a page to play with the graph on"),
    "plot": (plot, "plot what a network decides, or the loss over two parameters"),
    "train": (train, "train the parameters of a graph on data"),
    "optimisers": (optimisers, "list the methods of descent with their formulas"),
    "check": (check, "verify the claims in the file, link by link"),
    "grade": (grade, "mark a class by the teacher's file"),
    "exercise": (exercise, "make an exercise with its worksheet, solution and marking"),
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
  graphdiff trace colah.toml --mode forward --wrt b
  graphdiff draw colah.toml -o colah.svg    the picture (.svg, .png, .pdf, .tex or .dot)
  graphdiff plot and.toml -o and.svg        the line of a perceptron, or --over w b the loss
  graphdiff train line.toml --data line.csv --optimiser adam
  graphdiff check colah.toml                verify the [claims] in the file
  graphdiff grade hw1.toml submissions/     mark a class
  graphdiff exercise --topic mlp -o week-1  an exercise, its solution and its marking
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

    Errors are one line on standard error, and exit code 2; a traceback is there with
    ``--debug`` only.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in given
    streams.prepare()
    try:
        with _termination():
            code = _run(given)
            streams.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        streams.abandon()
        return OK
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except _Terminated:
        return _failed("stopped by SIGTERM", UNREADABLE)
    except SystemExit:
        try:
            streams.flush()
        except GraphdiffError as error:
            streams.abandon()
            return _failed(str(error), UNREADABLE)
        raise
    except BaseException as error:
        if debug:
            streams.complain(getattr(error, "trace", "") or traceback.format_exc())
        if isinstance(error, streams.OutputError):
            streams.abandon()
        return _failed(worker.told(error), UNREADABLE)
    return code


def _run(arguments: Sequence[str]) -> int:
    given = _parser(arguments).parse_args(arguments)
    if not given.rooms:
        return given.command(given)
    limits = limits_of(given)
    if limits is not None and "numpy" not in sys.modules:
        # Threads of a library would each map memory, and share what one evaluation may use.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    worker.load_rooms(given.rooms)
    if given.each_file_apart:
        return given.command(given)
    answer = worker.apart(
        lambda: worker.captured(lambda: given.command(given)),
        limits,
        getattr(given, "file", given.called),
    )
    say(answer["out"], end="")
    streams.complain(answer["err"])
    return answer["code"]


class _Terminated(BaseException):
    """The process is asked to end."""


@contextlib.contextmanager
def _termination() -> Iterator[None]:
    """Raise an error on SIGTERM, so that a worker is ended too and the end is said."""

    def end(*_: object) -> NoReturn:
        raise _Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _failed(problem: str, code: int) -> int:
    streams.complain(f"graphdiff: {one_line(problem)}\n")
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, as all other errors are said."""

    def error(self, message: str) -> NoReturn:
        raise GraphdiffError(f"{message}; see {self.prog} --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print help as all else is printed: argparse would not say that it cannot."""
        if file is sys.stderr:
            streams.complain(message)
        else:
            say(message, end="")


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser, with the arguments of the commands that are given."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        "graphdiff", description=ABOUT, epilog=f"{FILE_FORMAT}\n{EXIT}", formatter_class=raw
    )
    parser.add_argument("--version", action="version", version=f"graphdiff {__version__}")
    add_debug(parser, default=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (module, help) in COMMANDS.items():
        command = commands.add_parser(
            name, help=help, description=help, epilog=EXIT, formatter_class=raw
        )
        rooms = getattr(module, "ROOMS", ())
        command.set_defaults(
            called=name,
            command=module.command,
            rooms=rooms,
            each_file_apart=getattr(module, "EACH_FILE_APART", False),
        )
        if name in given:
            module.add_arguments(command)
        if rooms:
            add_limits(command)
        add_debug(command)
    return parser

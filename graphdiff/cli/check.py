"""The command check: claims verified, a whole class at a time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from graphdiff.cli import streams
from graphdiff.cli.common import (
    UNREADABLE,
    add_force,
    add_graph,
    limits_of,
    load,
    one_line,
    say,
    values_set,
)
from graphdiff.errors import FileError, GraphdiffError
from graphdiff.errors.plain_text import json_text, neutral
from graphdiff.files import worker

ROOMS = ("graphdiff.workbench",)
EACH_FILE_APART = True


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command, several=True)
    command.add_argument(
        "--graph", metavar="FILE",
        help="the graph that pages are about; without it, it is read off the page",
    )  # fmt: skip
    command.add_argument("--output", metavar="NODE", help="the output that P belongs to")
    command.add_argument(
        "--learning-rate", metavar="ETA", help="the rate of gradient descent, where a page has none"
    )
    command.add_argument(
        "--tolerance", metavar="T",
        help="how far numbers may be off, 1%% or 0.001, in place of their own digits",
    )  # fmt: skip
    command.add_argument(
        "--strict", action="store_true",
        help="count formulas with given values put in as coincidental",
    )  # fmt: skip
    command.add_argument(
        "--no-diagnosis", dest="diagnose", action="store_false",
        help="do not look for the known mistakes behind wrong lines",
    )  # fmt: skip
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument(
        "-o", dest="path", metavar="PATH",
        help="write the page with a verdict beside each of its lines, and the graph: .html or .md",
    )  # fmt: skip
    command.add_argument(
        "--no-answers", action="store_true",
        help="write the page without what is right, with hints alone",
    )  # fmt: skip
    add_force(command)


def command(given: argparse.Namespace) -> int:
    """Run the command: each file in a process of its own, so that none costs the others."""
    several = len(given.files) > 1
    if several and given.path is not None:
        raise FileError("-o writes one page; check the others one at a time")
    return max(_judged(given, file, several=several) for file in given.files)


def _judged(given: argparse.Namespace, file: str, *, several: bool) -> int:
    """Judge one file and print what comes of it; return its exit code."""
    try:
        found = _Found(*worker.apart(lambda: _outcome(given, file), limits_of(given), file))
    except GraphdiffError as error:
        if not several:
            raise
        if given.debug:
            streams.complain(getattr(error, "trace", ""))
        problem = one_line(str(error))
        found = _Found(f"cannot be read: {problem}", {"error": problem}, UNREADABLE)
    if given.format == "text":
        say(f"== {neutral(file)}\n{found.shown}\n" if several else found.shown)
    elif several:
        say(json_text({"file": file, **found.record}, indent=None))
    else:
        say(json_text(found.record))
    streams.flush()
    return found.code


class _Found(NamedTuple):
    """What comes of one file: as text, as plain data, and as an exit code."""

    shown: str
    record: dict[str, Any]
    code: int


def _outcome(given: argparse.Namespace, file: str) -> _Found:
    """Return what comes of one file."""
    from graphdiff.files.formats import SUFFIXES

    if Path(file).suffix not in SUFFIXES:
        return _of_page(given, file)
    if given.path is not None:
        raise FileError(
            f"-o writes pages, and {file!r} is a file of claims; use graphdiff draw --check -o"
        )
    graph, worksheet, values = load(given, file=file)
    if not worksheet:
        raise FileError(f"{file}: there are no [claims] to check")
    try:
        report = graph.check(
            worksheet, values, output=given.output, tolerance=given.tolerance,
            learning_rate=given.learning_rate, strict=given.strict, diagnose=given.diagnose,
        )  # fmt: skip
    except GraphdiffError as error:
        raise type(error)(f"{file}: {error}") from None
    return _Found(str(report), report.to_json(), report.exit_code)


def _of_page(given: argparse.Namespace, file: str) -> _Found:
    """Return what comes of a page, judged by the graph given, or by the one it defines."""
    from graphdiff.workbench import Graph

    if given.graph is None:
        graph = Graph.from_page(file)
        values, rate = values_set(given, graph), None
    else:
        graph, sheet, values = load(given, file=given.graph)
        rate = sheet.learning_rate
    report = graph.check_file(
        file, values, output=given.output, tolerance=given.tolerance, strict=given.strict,
        learning_rate=rate if given.learning_rate is None else given.learning_rate,
        diagnose=given.diagnose,
    )  # fmt: skip
    if given.path is not None:
        run = _run(graph, given.output, values)
        page = graph.checked_page(file, report, run, answers=not given.no_answers)
        written = page.save(given.path, overwrite=given.force)
        said = f"{report}\nwrote {neutral(written)}"
        return _Found(said, report.to_json(), report.exit_code)
    return _Found(str(report), report.to_json(), report.exit_code)


def _run(graph: Any, output: str | None, values: dict[str, Any]) -> Any:
    """Return the sweep whose numbers a picture shows; None where there is none."""
    try:
        return graph.backward(output, values)
    except GraphdiffError:  # of leaves whose values only the page has, of several outputs
        return None

"""The command check: claims verified, a whole class at a time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

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

if TYPE_CHECKING:
    from graphdiff.checking import Report
    from graphdiff.workbench import Graph

ROOMS = ("graphdiff.grading.judging",)
EACH_FILE_APART = True

NOTHING = ": nothing was found that says something of the graph"
"""What is said of a page without claims, on which nothing is right."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_graph(command, several=True)
    command.add_argument(
        "--graph", metavar="FILE",
        help="the graph that files are about, as for graphdiff grade: nothing but their claims is "
        "read; without it, it is the file's own",
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
    """Return what comes of one file: by the graph given, by its own, or by what a page defines."""
    from graphdiff.grading.submission import is_page

    if given.path is not None and not is_page(file):
        raise FileError(
            f"-o writes pages, and {file!r} is a file of claims; use graphdiff draw --check -o"
        )
    if given.graph is not None:
        return _of_submission(given, file)
    return _of_page(given, file) if is_page(file) else _of_claims(given, file)


def _of_claims(given: argparse.Namespace, file: str) -> _Found:
    """Return what comes of the claims of a graph file."""
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
    """Return what comes of a page, judged by the graph that it defines."""
    from graphdiff.workbench import Graph

    graph = Graph.from_page(file)
    values = values_set(given, graph)
    report = graph.check_file(
        file, values, output=given.output, tolerance=given.tolerance, strict=given.strict,
        learning_rate=given.learning_rate, diagnose=given.diagnose,
    )  # fmt: skip
    return _written(given, file, graph, values, report)


def _of_submission(given: argparse.Namespace, file: str) -> _Found:
    """Return what comes of claims or a page, judged by the graph given as a class is graded."""
    from graphdiff.files.pages.extraction import page_text
    from graphdiff.files.storage import read_text
    from graphdiff.grading.assignment import load_assignment
    from graphdiff.grading.judging import judged
    from graphdiff.grading.submission import is_page

    graph, sheet, values = load(given, file=given.graph)
    strict, asked = given.strict, []
    if sheet.grading is not None:
        assignment = load_assignment(given.graph)
        graph, sheet, strict = assignment.graph, assignment.sheet, strict or assignment.strict
        asked = [question.target for question in assignment.questions]
    page = page_text(file) if is_page(file) else None
    text = read_text(file, what="a file of claims") if page is None else page.text
    try:
        report = judged(
            graph, sheet.ruled(given.tolerance, given.learning_rate), file, text, values,
            None if given.output is None else graph[given.output],
            strict=strict, diagnose=given.diagnose,
            own_values=any(leaf.value is None for leaf in graph.leaves), asked=asked,
        )  # fmt: skip
    except GraphdiffError as error:
        raise type(error)(f"{file}: {error}") from None
    report = report if page is None else report.remarked(page.remark)
    return _written(given, file, graph, values, report)


def _written(
    given: argparse.Namespace, file: str, graph: Graph, values: dict[str, Any], report: Report
) -> _Found:
    """Return what is said of a report, once its page is written where one is asked for."""
    said = str(report) if report.results else f"{report}{NOTHING}"
    if given.path is not None:
        run = _run(graph, given.output, values)
        page = graph.checked_page(file, report, run, answers=not given.no_answers)
        said += f"\nwrote {neutral(page.save(given.path, overwrite=given.force))}"
    return _Found(said, report.to_json(), report.exit_code if report.results else 2)


def _run(graph: Any, output: str | None, values: dict[str, Any]) -> Any:
    """Return the sweep whose numbers a picture shows; None where there is none."""
    try:
        return graph.backward(output, values)
    except GraphdiffError:  # of leaves whose values only the page has, of several outputs
        return None

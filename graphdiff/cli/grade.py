"""The command grade: a class marked by the teacher's file."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from graphdiff.cli import grade_outputs, streams
from graphdiff.cli.common import limits_of, one_line, say
from graphdiff.errors.plain_text import json_text, neutral
from graphdiff.files.worker import Limits

ROOMS = ("graphdiff.grading.running",)
EACH_FILE_APART = True

SOON = 2.0
"""Seconds after which a progress bar is worth looking at."""

RATE = 0.1
"""Seconds from one drawing of it to the next."""

EXIT = (
    "exit code: 0 all correct, 1 something is wrong or missing, 2 a submission could not be read "
    "or judged"
)


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.epilog = EXIT
    command.add_argument(
        "assignment", metavar="ASSIGNMENT",
        help="the teacher's file, .toml or .json: the graph, and [grading], or [claims] alone",
    )  # fmt: skip
    command.add_argument(
        "submissions", metavar="SUBMISSION", nargs="+",
        help="files of claims, pages, notebooks, or folders of these",
    )  # fmt: skip
    command.add_argument(
        "-o", dest="out", metavar="FOLDER",
        help="write results there as they come; a run that was ended goes on from them",
    )  # fmt: skip
    command.add_argument(
        "--anew", action="store_true", help="grade all anew, whatever the folder has"
    )
    command.add_argument(
        "--executor", metavar="E", default="processes",
        help="processes (each submission in one of its own), serial, or the address of a Dask "
        "cluster, tcp://host:8786",
    )  # fmt: skip
    command.add_argument(
        "--jobs",
        "-j",
        type=_count,
        metavar="N",
        help="how many processes at a time (one a processor)",
    )
    command.add_argument(
        "--seconds", type=_seconds, metavar="S", help="time for one submission (30)"
    )
    command.add_argument(
        "--roster", metavar="CSV", help="a table of names with the columns name,file"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    grade_outputs.add_arguments(command)


def command(given: argparse.Namespace) -> int:
    """Run the command."""
    from graphdiff.cli.wide_tables import show_wide_table
    from graphdiff.grading.assignment import load_assignment
    from graphdiff.grading.handed_in import read_roster
    from graphdiff.grading.running import grade

    grade_outputs.check_apart(given)
    roster = None if given.roster is None else read_roster(given.roster)
    assignment = load_assignment(given.assignment)
    for doubt in assignment.doubts() if assignment.sheet.claims else ():
        streams.complain(f"graphdiff: {one_line(f'{given.assignment}: {doubt}')}\n")
    with _progress() as told:
        book = grade(
            assignment, given.submissions, executor=given.executor, jobs=given.jobs,
            limits=_limits(given), out=given.out, anew=given.anew, roster=roster,
            apart=grade_outputs.apart(given), told=told,
        )  # fmt: skip
    for remark in book.remarks:
        streams.complain(f"graphdiff: {one_line(remark)}\n")
    written = grade_outputs.write(given, book, assignment, _limits(given))
    if given.format == "json":
        say(json_text(book.to_json()))
    else:
        show_wide_table(book.table)
        for problem in book.problems():
            say(neutral(problem))
        say(book.summary())
        for path in written:
            say(f"wrote {neutral(path)}")
    streams.flush()
    return book.exit_code


def _limits(given: argparse.Namespace) -> Limits | None:
    from graphdiff.grading.running import LIMITS

    limits = limits_of(given) and LIMITS
    return limits and limits._replace(seconds=given.seconds or limits.seconds)


@contextlib.contextmanager
def _progress() -> Iterator[Any]:
    """Give what is told how far it is, and shows a bar on a terminal once it takes long."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # It is drawn when something is graded, by no thread: processes are forked meanwhile.
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
    task, began, drawn = bar.add_task("", total=None), time.monotonic(), 0.0

    def told(done: int, of: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        bar.update(task, completed=done, total=of)
        if now - began >= SOON and now - drawn >= RATE:
            drawn = now
            bar.start()
            bar.refresh()

    try:
        yield told
    finally:
        bar.stop()


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a number from 1 to 1000")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r:.60} is not a number of seconds up to a day")
    return seconds

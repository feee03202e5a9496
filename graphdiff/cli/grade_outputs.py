"""The outputs of the command grade: tables for programs, pages for people."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from graphdiff.cli.common import add_force
from graphdiff.errors import FileError

if TYPE_CHECKING:
    from graphdiff.files.worker import Limits
    from graphdiff.grading.assignment import Assignment
    from graphdiff.grading.records import Gradebook

PATHS = {
    "csv": "the table, for a spreadsheet",
    "jsonl": "a line of JSON for each submission, with what is right",
    "junit": "JUnit XML: a suite a student, a case a claim",
    "gradescope": "results.json of one submission, or a folder of one for each",
    "class-page": "a page of the class, .html or .md: what most got wrong, and by which mistake",
}

FILES = tuple(name.replace("-", "_") for name in PATHS)
"""What the options that write a file are called where they are read."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments that say what to write."""
    group = command.add_argument_group("outputs")
    for name, said in PATHS.items():
        group.add_argument(f"--{name}", metavar="PATH", type=Path, help=f"write {said}")
    group.add_argument(
        "--pages", metavar="FOLDER", type=Path,
        help="write a page for each student: their lines beside the right ones, hints, the graph",
    )  # fmt: skip
    group.add_argument(
        "--markdown", action="store_true", help="write students' pages as Markdown, not HTML"
    )
    group.add_argument(
        "--no-answers", action="store_true",
        help="leave out what is right of what students get; hidden claims always are",
    )  # fmt: skip
    group.add_argument(
        "--anonymous",
        action="store_true",
        help="leave students' names out of the page of the class",
    )
    add_force(command)


def check_apart(given: argparse.Namespace) -> None:
    """Refuse to write over what is read, whatever is forced.

    Raises
    ------
    FileError
        If a file to write is the assignment, the roster or a submission; it may be what an earlier
        run wrote.
    """
    from graphdiff.grading.earlier import is_output

    read = {Path(file).resolve() for file in (given.assignment, *given.submissions)}
    read |= set() if given.roster is None else {Path(given.roster).resolve()}
    for name in FILES:
        path = getattr(given, name)
        if path is None or not path.is_file() or is_output(path):
            continue
        place = path.resolve()
        if read & {place, *place.parents}:
            raise FileError(f"--{name.replace('_', '-')} {path} is read here; write another file")


def apart(given: argparse.Namespace) -> list[Path]:
    """Return what is no submission, though it may lie among them: what is read besides and written.

    A folder to write to that submissions are in is none of these.
    """
    others = (given.assignment, given.roster, given.pages, *(getattr(given, one) for one in FILES))
    paths = [Path(path) for path in others if path is not None]
    within = {place for one in given.submissions for place in _and_above(Path(one))}
    return [path for path in paths if path.is_file() or path.resolve() not in within]


def _and_above(path: Path) -> tuple[Path, ...]:
    return path.resolve(), *path.resolve().parents


def write(
    given: argparse.Namespace,
    book: Gradebook,
    assignment: Assignment,
    limits: Limits | None,
) -> list[str]:
    """Write what is asked for, and return what to say of it."""
    if all(getattr(given, name) is None for name in ("pages", *FILES)):
        return []  # what draws pages takes a second to load
    from graphdiff.grading.writing import Outputs, write

    outputs = Outputs(
        given.csv, given.jsonl, given.junit, given.gradescope, given.class_page, given.pages,
        markdown=given.markdown, answers=not given.no_answers, anonymous=given.anonymous,
    )  # fmt: skip
    written = write(
        book, assignment, outputs, limits=limits, jobs=given.jobs, overwrite=given.force
    )
    found = Counter(path.parent for path in written)
    folders = [each for each in (given.gradescope, given.pages) if each in found]
    single = [str(path) for path in written if path.parent not in folders]
    return [*single, *(f"{found[folder]} files in {folder}" for folder in folders)]

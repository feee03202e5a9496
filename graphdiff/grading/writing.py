"""What comes of grading, written to files: tables for programs, pages for people."""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePath

from graphdiff.checking.report import Report
from graphdiff.errors import FileError, GraphdiffError
from graphdiff.errors.plain_text import json_text
from graphdiff.evaluation.run import Run
from graphdiff.files import worker
from graphdiff.files.pages.extraction import extract
from graphdiff.files.storage import make_folder, write_all
from graphdiff.files.worker import Limits
from graphdiff.grading.as_csv import as_csv
from graphdiff.grading.as_gradescope import as_gradescope
from graphdiff.grading.as_json_lines import as_json_lines
from graphdiff.grading.as_junit import as_junit
from graphdiff.grading.assignment import Assignment
from graphdiff.grading.class_page import ClassPage
from graphdiff.grading.earlier import COMMENT
from graphdiff.grading.grader import unread
from graphdiff.grading.handed_in import HandedIn
from graphdiff.grading.records import Gradebook, Graded
from graphdiff.grading.running import LIMITS, processors
from graphdiff.grading.student_page import StudentPage
from graphdiff.grading.submission import is_page

MAX_FILE_NAME = 60
"""Characters of the name of a student's file."""

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
"""Names that are no files on Windows."""


@dataclass(frozen=True)
class Outputs:
    """What to write, and where; None is not written.

    Attributes
    ----------
    csv, json_lines, junit
        Files of the whole class.
    gradescope
        A file ``.json`` for one submission, else a folder.
    class_page
        A page of the class, ``.html`` or ``.md``.
    pages
        A folder of pages, one a student.
    markdown
        Whether students' pages are Markdown, not HTML.
    answers
        Whether what students get says what is right.
    anonymous
        Whether the page of the class leaves out who the students are.
    """

    csv: Path | None = None
    json_lines: Path | None = None
    junit: Path | None = None
    gradescope: Path | None = None
    class_page: Path | None = None
    pages: Path | None = None
    markdown: bool = False
    answers: bool = True
    anonymous: bool = False


def write(
    gradebook: Gradebook,
    assignment: Assignment,
    outputs: Outputs,
    *,
    limits: Limits | None = LIMITS,
    jobs: int | None = None,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    r"""Write what comes of grading.

    Parameters
    ----------
    gradebook
        The class.
    assignment
        What it was graded by.
    outputs
        What to write, and where.
    limits
        Seconds and bytes of memory for the page of one student, each made in a process of its own.
    jobs
        How many processes at a time; one a processor if left out.
    overwrite
        Whether files may be replaced.

    Returns
    -------
    tuple
        The files.

    Raises
    ------
    FileError
        If a file exists with other content and ``overwrite`` is false, or cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from graphdiff.grading.assignment import assignment_of
    >>> assignment = assignment_of('parameters.w = 3\nnodes.L = "w**2"\nclaims."dL/dw" = 6')
    >>> book = Gradebook("Homework", assignment.required, ())
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "grades.csv"
    >>> [written.name for written in write(book, assignment, Outputs(csv=path))]
    ['grades.csv']
    """
    files = dict[Path, str | bytes]()
    if outputs.csv is not None:
        files[outputs.csv] = as_csv(gradebook).encode("utf-8-sig")
    if outputs.json_lines is not None:
        files[outputs.json_lines] = as_json_lines(gradebook)
    if outputs.junit is not None:
        files[outputs.junit] = as_junit(gradebook, datetime.now())
    if outputs.gradescope is not None:
        files |= _gradescope(gradebook, outputs.gradescope, answers=outputs.answers)
    if outputs.class_page is not None:
        files[outputs.class_page] = _class_page(gradebook, outputs)
    if outputs.pages is not None:
        files |= _pages(gradebook, assignment, outputs, outputs.pages, limits, jobs)
    for folder in dict.fromkeys(path.parent for path in files):
        make_folder(folder)
    return write_all(files, overwrite=overwrite)


def _gradescope(gradebook: Gradebook, path: Path, *, answers: bool) -> dict[Path, str | bytes]:
    if path.suffix.lower() != ".json":
        paths = [path / f"{name}.json" for name in file_names(gradebook.graded)]
    elif len(gradebook.graded) == 1:
        paths = [path]
    else:
        count = len(gradebook.graded)
        raise FileError(f"{str(path)!r} is one file, for one submission; of {count} give a folder")
    records = (as_gradescope(graded, answers=answers) for graded in gradebook.graded)
    return {path: json_text(record) + "\n" for path, record in zip(paths, records, strict=True)}


def _class_page(gradebook: Gradebook, outputs: Outputs) -> str:
    page = ClassPage(gradebook, outputs.anonymous)
    path = outputs.class_page or PurePath()
    if (suffix := path.suffix.lower()) not in (".html", ".md"):
        raise FileError(f"the page of a class is written to .html or .md, not to {suffix!r:.20}")
    return page.html if suffix == ".html" else _marked(page.markdown)


def _pages(
    gradebook: Gradebook,
    assignment: Assignment,
    outputs: Outputs,
    folder: Path,
    limits: Limits | None,
    jobs: int | None,
) -> Mapping[Path, str]:
    """Return the pages of students, each made in a process of its own where that can be."""
    run = _run(assignment) if outputs.answers else None
    suffix = ".md" if outputs.markdown else ".html"
    paths = [folder / f"{name}{suffix}" for name in file_names(gradebook.graded)]
    made = dict[Path, str]()

    def page(graded: Graded, bare: str = "") -> str:
        found = StudentPage(
            gradebook.title, graded, assignment.graph, run=run, answers=outputs.answers, bare=bare
        )
        if is_page(graded.file) and not graded.problem and not bare:
            text = HandedIn(graded.student, Path(graded.file)).text()
            found = replace(found, page=extract(text, PurePath(graded.file).suffix))
        return _marked(found.markdown) if outputs.markdown else found.html

    nobody = replace(unread(assignment, "", "none.toml", ""), report=Report(gradebook.title, ()))
    with contextlib.suppress(GraphdiffError):  # what all pages share is typeset before the forks
        page(nobody)
    of = dict(zip(paths, gradebook.graded, strict=True))
    works = ((path, functools.partial(page, graded)) for path, graded in of.items())
    for path, answer in worker.each(works, limits, jobs=jobs or processors()):
        made[path] = answer["done"] if "done" in answer else page(of[path], answer["problem"])
    return {path: made[path] for path in paths}


def _marked(page: str) -> str:
    """Return a page in Markdown with what it is known by, which is not seen."""
    return f"{page}\n{COMMENT}\n"


def _run(assignment: Assignment) -> Run | None:
    """Return the sweep whose numbers pictures show; None where there is none."""
    try:
        return assignment.graph.backward()
    except GraphdiffError:
        return None


def file_names(graded: Iterable[Graded]) -> list[str]:
    """Return a name of a file for each student: of letters and digits, no two the same.

    Examples
    --------
    >>> names = ("Đặng Ánh", "../../etc", "con", "a", "A", "")
    >>> file_names(Graded(name, "", ()) for name in names)
    ['Đặng-Ánh', 'etc', 'con-', 'a', 'A-2', 'student']
    """
    names, known = list[str](), set[str]()
    for one in graded:
        name = unicodedata.normalize("NFC", one.student)
        name = re.sub(r"[^\w.]+", "-", name)[:MAX_FILE_NAME].strip("-._") or "student"
        name = f"{name}-" if RESERVED.match(name) else name
        number, unique = 1, name
        while unique.casefold() in known:
            number += 1
            unique = f"{name}-{number}"
        known.add(unique.casefold())
        names.append(unique)
    return names

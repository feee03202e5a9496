"""A class graded: each submission on its own, the results written down as they come."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphdiff.errors import FileError, GraphdiffError
from graphdiff.files import budget, worker
from graphdiff.files.encodings import decoded
from graphdiff.files.worker import Answer, Limits
from graphdiff.grading import executors
from graphdiff.grading.assignment import Assignment, load_assignment
from graphdiff.grading.executors import Graders, Task
from graphdiff.grading.grader import unread
from graphdiff.grading.handed_in import HandedIn, absent, handed_in, written_before
from graphdiff.grading.record import Record, key_of
from graphdiff.grading.records import Gradebook, Graded
from graphdiff.grading.stations import Stations

RECORD = "grades.jsonl"
"""The file in the folder of results that has what has been graded."""

LIMITS = Limits(budget.FILE / 2, budget.MEMORY)
"""Time and memory for one submission."""

MAX_NAMES = 40
"""Names that are told at most: of a roster by which nothing was handed in, of files left out."""

Told = Callable[[int, int], None]
"""Is told how many submissions are graded, and of how many."""


def grade(
    assignment: Assignment | str | os.PathLike[str],
    submissions: Iterable[str | os.PathLike[str]],
    *,
    executor: Any = "processes",
    jobs: int | None = None,
    limits: Limits | None = LIMITS,
    out: str | os.PathLike[str] | None = None,
    anew: bool = False,
    roster: Mapping[str, str] | None = None,
    apart: Iterable[str | os.PathLike[str]] = (),
    told: Told | None = None,
) -> Gradebook:
    """Grade a class.

    Parameters
    ----------
    assignment
        The teacher's file, or what :func:`load_assignment` made of it.
    submissions
        Files of claims, pages, notebooks, and folders of these.
    executor
        ``"processes"``: each submission in a process of its own, within the limits, as many at a
        time as there are processors. ``"serial"``: in this process, without limits. The address
        of a Dask cluster, ``"tcp://…"``; or anything with ``submit`` as ``concurrent.futures`` has
        it.
    jobs
        How many processes at a time.
    limits
        Seconds and bytes of memory for each submission; None for no limits.
    out
        A folder for the results, written as they come. A run that was ended goes on from them;
        what has changed since, a submission or the assignment, is graded anew.
    anew
        Whether to grade all anew.
    roster
        Names of students by the names of files or folders.
    apart
        Files and folders that are no submissions, though they may lie among them; the assignment
        and the results are none in any case.
    told
        Is called with how many are graded, and of how many.

    Returns
    -------
    Gradebook
        By student. A submission that could not be read is in it, with the reason.

    Raises
    ------
    GraphdiffError
        If the assignment cannot be read, there are no submissions, the results cannot be
        written, or the executor fails.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "hw1.toml").write_text('''
    ... [parameters]
    ... w = 3
    ... [nodes]
    ... L = "w**2"
    ... [grading.required]
    ... L = 1
    ... "dL/dw" = 2
    ... ''')
    >>> _ = (folder / "ada.md").write_text("$L = w^2 = 9$ and $dL/dw = 2w = 6$")
    >>> _ = (folder / "bob.toml").write_text('"dL/dw" = "w"')
    >>> print(grade(folder / "hw1.toml", [folder / "ada.md", folder / "bob.toml"]))
    student  L    dL/dw  of 3
    -------  ---  -----  ----
    ada      ✓ 1  ✓ 2    3
    bob      –    ✗      0
    1 all correct, 1 with something wrong or missing; 1.5 of 3 points on average
    """
    others = list(apart)
    if not isinstance(assignment, Assignment):
        others.append(assignment)
        assignment = load_assignment(assignment)
    written = None if out is None else Path(out) / RECORD
    submissions = list(submissions)
    others += [] if written is None else [written]
    files = handed_in(submissions, roster, others)
    record = Record(written, anew=anew)
    with contextlib.ExitStack() as stack:
        stack.callback(record.close)
        if isinstance(executor, str) and "://" in executor:
            executor = stack.enter_context(executors.cluster(executor))
        graders = _graders(executor, assignment, limits, jobs or processors(), stack)
        run = _Run(assignment, files, record, limits, told or _not_told)
        book = run.gradebook(graders)
    missing = absent(files, roster or {})
    outputs = list(map(str, written_before(submissions, others)))
    remarks = (*_listed("written by an earlier run, and not graded", outputs),
               *_listed("on the roster, with nothing handed in", missing))  # fmt: skip
    return replace(book, remarks=(*book.remarks, *remarks))


def _listed(what: str, names: Sequence[str]) -> Iterator[str]:
    """Yield a remark that lists names, if there are some."""
    if names:
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        yield f"{what}: {', '.join(names[:MAX_NAMES])}{more}"


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _not_told(done: int, of: int) -> None:
    """Say nothing."""


def _graders(
    executor: Any,
    assignment: Assignment,
    limits: Limits | None,
    jobs: int,
    stack: contextlib.ExitStack,
) -> Graders:
    """Return what grades; what is to be ended with it is left to the stack.

    Raises
    ------
    FileError
        If there is none of the name.
    """
    if hasattr(executor, "submit"):
        return executors.by_executor(executor, assignment, limits)
    if executor not in executors.HERE:
        raise FileError(
            f"there is no executor {executor!r:.60}; it is 'processes', 'serial', the address of a "
            "Dask cluster such as 'tcp://10.0.0.1:8786', or in Python anything with submit"
        )
    if executor == "processes" and not worker.CAN_FORK:
        stations = Stations([assignment.source, assignment.is_json], limits, jobs)
        stack.callback(stations.close)
        return executors.in_futures(stations.submit)
    if executor == "processes":
        return executors.in_processes(assignment, limits, jobs)
    return executors.in_this_process(assignment)


class _Run:
    """The grading of one class."""

    def __init__(
        self,
        assignment: Assignment,
        files: list[HandedIn],
        record: Record,
        limits: Limits | None,
        told: Told,
    ) -> None:
        self.assignment = assignment
        self.files = files
        self.record = record
        self.limits = limits
        self.told = told
        self.found: dict[int, Graded] = {}
        self.keys: dict[int, str] = {}
        self.remarks: dict[int, str] = {}

    def gradebook(self, graders: Graders) -> Gradebook:
        """Grade all that is not known yet."""
        self.told(0, len(self.files))
        for number, answer in graders(self._tasks()):
            self._take(number, answer)
            self.told(len(self.found), len(self.files))
        self.told(len(self.found), len(self.files))
        found = sorted(self.found.values(), key=lambda one: (one.student.casefold(), one.file))
        return Gradebook(
            self.assignment.title, self.assignment.required, tuple(found), self.record.remarks
        )

    def _tasks(self) -> Iterator[tuple[int, Task]]:
        """Yield what is to be graded, each file read when its turn has come."""
        for number, handed in enumerate(self.files):
            try:
                content = handed.content()
                self.keys[number] = key = self._key(handed, content)
                known = self.record.known.get(key)
                if known is not None:
                    self.found[number] = _of(Graded.from_json(known), handed)
                    continue
                page = decoded(content)
                self.remarks[number] = page.remark
            except GraphdiffError as error:
                self.found[number] = self._unread(handed, str(error))
                continue
            yield number, Task(handed.student, handed.file, page.text)

    def _key(self, handed: HandedIn, content: bytes) -> str:
        source, suffix = self.assignment.source, handed.path.suffix.lower()
        return key_of(source, repr(self.limits), suffix, content)

    def _take(self, number: int, answer: Answer) -> None:
        """Take what came of a submission, and write it down."""
        handed = self.files[number]
        if "done" in answer:
            graded = Graded.from_json(answer["done"])
            if graded.report is not None:
                report = graded.report.remarked(self.remarks[number])
                graded = replace(graded, report=report)
        else:
            graded = self._unread(handed, answer["problem"])
        self.found[number] = graded
        self.record.add(self.keys[number], graded.to_json())

    def _unread(self, handed: HandedIn, problem: str) -> Graded:
        return unread(self.assignment, handed.student, handed.file, problem)


def _of(graded: Graded, handed: HandedIn) -> Graded:
    """Return a grade for the same content, whoever had it."""
    return replace(graded, student=handed.student, file=handed.file)

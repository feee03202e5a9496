"""Where submissions are graded: in processes of their own here, or by an executor elsewhere.

What an executor is sent is plain data, the text of the assignment and of the submission, and what
it sends back is plain data too. It may be on another machine, with the same release installed.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import itertools
import queue
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from graphdiff import checking
from graphdiff.checking.formulas import formula_of
from graphdiff.errors import FileError, GraphdiffError
from graphdiff.files import worker
from graphdiff.files.worker import Answer, Limits
from graphdiff.grading.assignment import Assignment, assignment_of
from graphdiff.grading.grader import graded

HERE = ("processes", "serial")
"""Ways to grade on this machine, by name."""

WRONG = "0.1234567"
"""A number that is hardly right."""

FEW = 12
"""Submissions from which on what they share is computed before them."""

AHEAD = 64
"""Submissions that an executor is given before the first has come back."""


class Task(NamedTuple):
    """A submission to be graded: whose it is, its file, and its text."""

    student: str
    file: str
    text: str


Graders = Callable[[Iterable[tuple[int, Task]]], Iterator[tuple[int, Answer]]]
"""Grades tasks, each with a number to know it by, in any order."""


def in_processes(assignment: Assignment, limits: Limits | None, jobs: int) -> Graders:
    """Grade each submission in a process forked from this one, which shares what is known.

    Of a class what all share is computed before the first; for a few it would take longer.
    """

    def grade(tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Answer]]:
        waiting = iter(tasks)
        first = list(itertools.islice(waiting, FEW))
        if len(first) == FEW:
            warm(assignment)
        elif first:
            _ = assignment.truths
        both = itertools.chain(first, waiting)
        works = ((key, functools.partial(_record, assignment, *task)) for key, task in both)
        return worker.each_apart(works, limits, jobs=jobs)

    return grade


def in_this_process(assignment: Assignment) -> Graders:
    """Grade one submission after the other, with no limits but those of single evaluations."""

    def grade(tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Answer]]:
        for key, task in tasks:
            try:
                yield key, {"done": _record(assignment, *task)}
            except Exception as error:  # of one, which costs the others nothing
                yield key, {"problem": worker.told(error)}

    return grade


def by_executor(executor: Any, assignment: Assignment, limits: Limits | None) -> Graders:
    """Grade by an executor, which has ``submit`` and gives futures as concurrent.futures has."""
    given = (assignment.source, assignment.is_json, limits and tuple(limits))
    return in_futures(lambda task: executor.submit(grade_plain, *given, *task))


def in_futures(submit: Callable[[Task], Any]) -> Graders:
    """Grade by what takes a task and gives a future of its answer."""

    def grade(tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Answer]]:
        ended: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        waiting, running = iter(tasks), dict[int, Any]()
        while True:
            while len(running) < AHEAD and (one := next(waiting, None)) is not None:
                key, task = one
                running[key] = submit(task)
                running[key].add_done_callback(functools.partial(_put, ended, key))
            if not running:
                return
            key, future = ended.get()
            del running[key]
            try:
                answer = future.result()
            except Exception as error:  # not of a submission, but of what was to grade it
                said = f"{type(error).__name__}: {error}"
                raise FileError(
                    f"the executor failed, {said:.300}; run it again to go on"
                ) from None
            yield key, answer

    return grade


def _put(ended: queue.SimpleQueue[tuple[int, Any]], key: int, future: Any) -> None:
    ended.put((key, future))


def grade_plain(
    source: str, is_json: bool, limits: tuple[float, int] | None, student: str, file: str, text: str
) -> Answer:
    """Grade a submission, given as plain data, and return what comes of it as plain data.

    Where processes can be forked it is done in one of its own.
    """
    assignment = _known(source, is_json)
    work = functools.partial(_record, assignment, student, file, text)
    if worker.CAN_FORK:
        within = None if limits is None else Limits(*limits)
        return next(worker.each_apart([(0, work)], within))[1]
    return next(in_this_process(assignment)([(0, Task(student, file, text))]))[1]


@functools.lru_cache(maxsize=4)
def _known(source: str, is_json: bool) -> Assignment:
    assignment = assignment_of(source, is_json=is_json)
    warm(assignment)
    return assignment


def _record(assignment: Assignment, student: str, file: str, text: str) -> dict[str, Any]:
    return graded(assignment, student, file, text).to_json()


def warm(assignment: Assignment) -> None:
    """Compute what all submissions share, before they are graded.

    That is what is right, at all the points where formulas are compared, and how to say it: the
    graph keeps it. So answers of each kind are judged, right and wrong ones.
    """
    _ = assignment.truths
    for question in assignment.questions:
        target = question.required.target
        right = formula_of(assignment.graph, question.target)
        for claim in (right, f"{right or target} + 1", WRONG):
            sheet = replace(assignment.sheet, claims=((target, claim),), cases=())
            with contextlib.suppress(GraphdiffError):
                checking.check(assignment.graph, sheet, {}, strict=assignment.strict)
    gc.collect()


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Any]:
    """Give an executor of a Dask cluster.

    Raises
    ------
    FileError
        If Dask is not installed, or there is no cluster at the address.
    """
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise FileError(
            "Dask is not installed; install it with: pip install 'graphdiff-explorer[dask]'"
        ) from None
    try:
        client = distributed.Client(address)
    except (OSError, ValueError) as error:
        raise FileError(f"there is no Dask cluster at {address!r}: {error!s:.200}") from None
    with client:
        yield client.get_executor(pure=False)

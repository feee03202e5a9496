"""One submission graded: read, judged as its claims are by a check, and marked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath

from graphdiff import checking
from graphdiff.checking.judge import Options
from graphdiff.checking.pages.check import check_page
from graphdiff.checking.report import Report
from graphdiff.errors import GraphdiffError
from graphdiff.files.tolerance import tolerance
from graphdiff.files.worksheet import Case
from graphdiff.grading.assignment import Assignment
from graphdiff.grading.hiding import for_students
from graphdiff.grading.marking import marks
from graphdiff.grading.records import Graded, Mark
from graphdiff.grading.submission import is_page, submission_of

OF_GRAPH = "its own graph, which is not used"
"""What the verdicts on a graph in a submission stand under."""


def graded(assignment: Assignment, student: str, file: str, text: str) -> Graded:
    r"""Grade the text of a submission; what cannot be read is told in its record.

    Examples
    --------
    >>> from graphdiff.grading.assignment import assignment_of
    >>> graph = '[parameters]\nw = 3\n[nodes]\nL = "w**2"\n'
    >>> assignment = assignment_of(graph + '[grading]\nrequired = ["dL/dw"]')
    >>> done = graded(assignment, "Ada", "ada.toml", '"P[w]" = "2*w"')
    >>> done.earned, done.marks[0].verdict
    (Fraction(1, 1), 'correct')
    """
    try:
        report = _report(assignment, file, text)
    except GraphdiffError as error:
        return unread(assignment, student, file, str(error))
    shown = for_students(assignment, report)
    return Graded(student, file, marks(assignment, report), shown)


def unread(assignment: Assignment, student: str, file: str, problem: str) -> Graded:
    """Return the record of a submission that could not be read or judged."""
    nothing = tuple(Mark(required, Fraction(0), "missing") for required in assignment.required)
    return Graded(student, file, nothing, problem=problem)


def _report(assignment: Assignment, file: str, text: str) -> Report:
    """Return the verdicts on all that a submission says."""
    graph, sheet = assignment.graph, assignment.sheet
    if is_page(file):
        allowed = None if sheet.tolerance is None else tolerance(sheet.tolerance)
        return check_page(
            graph, text, PurePath(file).suffix, sheet.suppose, learning_rate=sheet.learning_rate,
            options=Options(allowed, assignment.strict, diagnose=True), own_values=False,
        )  # fmt: skip
    is_json = PurePath(file).suffix.lower() == ".json"
    said = submission_of(text, graph, is_json=is_json)
    cases = (Case(OF_GRAPH, {}, said.nodes),) if said.nodes else ()
    judged = replace(sheet, claims=said.claims, cases=cases, grading=None)
    report = checking.check(graph, judged, {}, strict=assignment.strict)
    return replace(report, remarks=(*said.remarks, *report.remarks))

"""One submission graded: read, judged as its claims are by a check, and marked."""

from __future__ import annotations

from fractions import Fraction

from graphdiff.errors import GraphdiffError
from graphdiff.grading.assignment import Assignment
from graphdiff.grading.hiding import for_students, without_oracles
from graphdiff.grading.judging import judged
from graphdiff.grading.marking import marks
from graphdiff.grading.records import Graded, Mark


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
        report = judged(
            assignment.graph, assignment.sheet, file, text, strict=assignment.strict,
            asked=[question.target for question in assignment.questions],
        )  # fmt: skip
    except GraphdiffError as error:
        return unread(assignment, student, file, str(error))
    report = without_oracles(assignment, report)
    earned = marks(assignment, report)
    return Graded(student, file, earned, for_students(assignment, report, earned))


def unread(assignment: Assignment, student: str, file: str, problem: str) -> Graded:
    """Return the record of a submission that could not be read or judged."""
    nothing = tuple(Mark(required, Fraction(0), "missing") for required in assignment.required)
    return Graded(student, file, nothing, problem=problem)

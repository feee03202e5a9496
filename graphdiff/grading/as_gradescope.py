"""A graded submission as the ``results.json`` that Gradescope reads from an autograder."""

from __future__ import annotations

from typing import Any

from graphdiff.checking.told import told_of_line
from graphdiff.errors.plain_text import neutral
from graphdiff.grading.records import Graded, Mark


def as_gradescope(graded: Graded, *, answers: bool = True) -> dict[str, Any]:
    """Return a submission as plain data for Gradescope.

    Each claim is a test, those that are hidden from students of visibility ``hidden``. All text is
    of format ``text``, which is shown as it is. The format is the one of
    https://gradescope-autograders.readthedocs.io/en/latest/specs/.

    Parameters
    ----------
    graded
        The submission.
    answers
        Whether to say what is right.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from graphdiff.grading.records import Required
    >>> mark = Mark(Required("dL/dw", Fraction(2)), Fraction(1), "follows")
    >>> found = as_gradescope(Graded("anna", "anna.md", (mark,)))
    >>> found["score"], found["tests"][0]["name"], found["tests"][0]["status"]
    (1.0, 'dL/dw', 'failed')
    """
    shown = graded.for_student()
    return {
        "score": float(shown.earned),
        "output": _output(shown),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(mark, number, answers=answers) for number, mark in enumerate(shown.marks, 1)
        ],
    }


def _output(graded: Graded) -> str:
    if graded.problem:
        return f"The submission could not be read: {neutral(graded.problem)}"
    remarks = graded.report.remarks if graded.report else ()
    return "\n".join(map(neutral, remarks))


def _test(mark: Mark, number: int, *, answers: bool) -> dict[str, Any]:
    lines = [
        line
        for result, said in zip(
            mark.results, told_of_line(mark.results, answers=answers), strict=True
        )
        for line in (
            f"{neutral(result.target)} = {neutral(result.claimed)}: {result.verdict}",
            *(f"  {sentence}" for sentence in said.sentences()),
        )
    ]
    return {
        "name": neutral(mark.required.target),
        "number": str(number),
        "score": float(mark.earned),
        "max_score": float(mark.required.points),
        "status": "passed" if mark.ok else "failed",
        "output": "\n".join([*lines, *([neutral(mark.note)] if mark.note else [])]) or mark.verdict,
        "visibility": "hidden" if mark.required.hidden else "visible",
    }

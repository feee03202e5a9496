"""A gradebook as CSV that a spreadsheet shows and does not obey."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction

from graphdiff.errors.plain_text import neutral
from graphdiff.grading.records import Gradebook, Graded

BEGINS_FORMULA = re.compile(r"(^|;)(?=[\"'`\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where what a spreadsheet computes would begin: at the beginning of a cell, behind blanks and
quotes too, and behind a semicolon, which separates cells in half of the world. The wide signs are
those of Japanese spreadsheets."""

DECIMALS = 6


def as_csv(gradebook: Gradebook) -> str:
    """Return a gradebook as CSV: a row a student, the points for each claim, and the verdicts.

    Text that a spreadsheet would compute begins with an apostrophe, which makes it text in all of
    them; numbers are numbers. Save it with a byte order mark, ``encoding="utf-8-sig"``, by which
    spreadsheets know that it is UTF-8.

    Examples
    --------
    >>> from graphdiff.grading.records import Mark, Required
    >>> w = Required("dL/dw", Fraction(2))
    >>> graded = Graded("=1+1", "anna.md", (Mark(w, Fraction(1), "follows"),))
    >>> for line in as_csv(Gradebook("Homework", (w,), (graded,))).splitlines():
    ...     print(line)
    student,file,dL/dw,total,possible,percent,dL/dw: verdict,problem
    '=1+1,anna.md,1,1,2,50,follows,
    """
    targets = [required.target for required in gradebook.required]
    heading = [
        "student", "file", *targets, "total", "possible", "percent",
        *(f"{target}: verdict" for target in targets), "problem",
    ]  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(cell, heading))
    for graded in gradebook.graded:
        writer.writerow(map(cell, _row(gradebook, graded)))
    return out.getvalue()


def _row(gradebook: Gradebook, graded: Graded) -> list[str | Fraction]:
    found = {mark.required.target: mark for mark in graded.marks}
    marks = [found.get(required.target) for required in gradebook.required]
    possible = gradebook.possible
    return [
        graded.student,
        graded.file,
        *(mark.earned if mark else Fraction(0) for mark in marks),
        graded.earned,
        possible,
        100 * graded.earned / possible if possible else Fraction(0),
        *(mark.verdict if mark else "missing" for mark in marks),
        graded.problem,
    ]


def cell(content: str | Fraction) -> str | int | float:
    """Return what stands in a cell: a number, or text that is not computed.

    Examples
    --------
    >>> cell(Fraction(-1, 2)), cell("-1"), cell(" =A1"), cell("x; @SUM(1)"), cell("a - b")
    (-0.5, "'-1", "' =A1", "x;' @SUM(1)", 'a - b')
    """
    if isinstance(content, Fraction):
        whole = content.denominator == 1
        return content.numerator if whole else round(float(content), DECIMALS)
    return BEGINS_FORMULA.sub(r"\1'", neutral(content))

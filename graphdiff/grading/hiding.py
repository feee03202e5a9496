"""What students may see of a report: nothing that says what is right of a hidden quantity.

Its number may stand in what is said of another line, about twice the quantity, or where two
quantities are equal; so what is said of any line is looked through for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from graphdiff.checking.equality import flat
from graphdiff.checking.formulas import formula_of
from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import Target
from graphdiff.checking.told import told
from graphdiff.errors.plain_text import json_text
from graphdiff.grading.assignment import Assignment
from graphdiff.grading.records import without_answer

TELLING = 3
"""Digits of a number from which on it tells which it is, wherever it stands."""

CLOSE = 1e-9
"""Part of a number that two of many digits may differ by and still be the same."""

_WORD = re.compile(r"(?<![\d.])[^\W\d]")
"""The beginning of a name, which formulas have and numbers do not: not the e of 1e5."""

_NUMBER = re.compile(r"\d+/\d+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?")


def for_students(assignment: Assignment, report: Report) -> Report:
    """Return a report with nothing in it that says what is right of what is hidden."""
    hidden = [question for question in assignment.questions if question.required.hidden]
    if not hidden:
        return report
    numbers = [
        abs(float(entry))
        for question, truth in zip(assignment.questions, assignment.truths, strict=True)
        if question.required.hidden and truth is not None
        for entry in flat(truth)
    ]

    formulas = {formula_of(assignment.graph, question.target) for question in hidden} - {""}

    asked = [one.target for one in assignment.questions if not one.required.hidden]

    def shown(result: Result) -> Result:
        about = assignment.target(result.target)
        is_hidden = about and any(about.is_same_as(question.target) for question in hidden)
        is_made_up = (
            about is not None and _is_made_up(about) and not any(map(about.is_same_as, asked))
        )
        tells = result.expected in formulas or _tells(result, numbers)
        if is_hidden or is_made_up or tells:
            return without_answer(result)
        return _without_values(result) if _WORD.search(result.claimed) else result

    return replace(report, results=tuple(map(shown, report.results)))


def _is_made_up(about: Target) -> bool:
    """Whether it is computed of others, so that these can be computed of it."""
    return about.kind == "expression" or about.step > 0


def _without_values(result: Result) -> Result:
    """Return a formula's result without what it gives: it may be of what is hidden, 1000*dL/db."""
    return replace(result, note=told(result, answers=False).note, point=None)


def _tells(result: Result, numbers: list[float]) -> bool:
    """Whether what is said of a line has one of some numbers in it."""
    said = [result.note, *(result.point or {}).values()]
    said += [] if result.diagnosis is None else [json_text(result.diagnosis.to_json())]
    found = [*_found(result.expected, 1), *_found(" ".join([result.expected, *said]), TELLING)]
    return any(abs(one - number) <= off for one, off in found for number in numbers)


def _found(text: str, digits: int) -> Iterator[tuple[float, float]]:
    """Yield the numbers of a text that have so many digits, and how exactly each is known."""
    for written in _NUMBER.findall(text):
        if "/" in written:
            above, below = map(int, written.split("/"))
            if below:
                yield above / below, CLOSE * above / below
            continue
        mantissa, _, exponent = written.lower().partition("e")
        if len(mantissa.replace(".", "").strip("0")) >= digits:
            unit = Fraction(1, 10 ** len(mantissa.partition(".")[2]))
            half = 0.5 * float(unit) * 10.0 ** int(exponent or 0) if "." in mantissa else 0.0
            yield float(written), half + CLOSE * float(written)

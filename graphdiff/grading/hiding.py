"""What students may see of a report: nothing that says what is right of a hidden quantity.

Nor may a guess be tried out. So what is left out never depends on whether what was written comes to
what is hidden: only on what it is about, and on the assignment. Two assignments that differ in
nothing but what is hidden look the same to whoever earns the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdiff.checking.diagnoses import Diagnosis
from graphdiff.checking.equality import flat
from graphdiff.checking.formula_verdicts import BY_DIGITS
from graphdiff.checking.formulas import formula_of
from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import Reference, Target
from graphdiff.grading.assignment import Assignment, Question
from graphdiff.grading.chained import is_chained, is_right_whatever
from graphdiff.grading.records import Mark, without_answer

NOT_JUDGED = "it is not judged, since it would tell what is hidden"

NOT_SHOWN = "lines about what is hidden, or computed from it, that do not count have no verdict"

MAX_SAID = 8
"""Lines about one quantity that is not asked for, beyond which they are guesses."""


def for_students(assignment: Assignment, report: Report, marks: Sequence[Mark]) -> Report:
    """Return a report with nothing in it that says what is right of what is hidden.

    Where something is hidden, only of what is asked for openly is it said what is right, and which
    mistake was made. What is hidden has one verdict, that of its mark; whatever else is written of
    it, or computed from it, has none, for who guesses often is right at last.

    Parameters
    ----------
    marks
        What the submission earns.
    """
    if not any(mark.required.hidden for mark in marks):
        return report
    hiding = _Hiding(assignment, report, marks)
    shown = tuple(one for result in report.results if (one := hiding.shown(result)) is not None)
    left_out = len(report.results) > len(shown)
    return replace(report, results=shown, remarks=(*report.remarks, *[NOT_SHOWN] * left_out))


def without_oracles(assignment: Assignment, report: Report) -> Report:
    """Return a report in which no verdict on what is asked for openly says what is hidden.

    ``z = "where(dL/db < -0.17, z, 0)"`` and ``z = "0.5 + dL/db + 0.177"`` are no right formulas,
    but whether their numbers are right would tell that of dL/db. And z = w x + b + dL/db − f would
    tell whether f is dL/db, z = w x + b + a − f whether f is a.
    """
    if not any(question.required.hidden for question in assignment.questions):
        return report
    hiding = _Hiding(assignment, report, ())
    return replace(report, results=tuple(map(hiding.without_oracle, report.results)))


class _Hiding:
    """What is hidden of an assignment, and what the lines of a submission are about."""

    def __init__(self, assignment: Assignment, report: Report, marks: Sequence[Mark]) -> None:
        self.assignment = assignment
        hidden = [one for one in assignment.questions if one.required.hidden]
        telling = set(_tellings(assignment, hidden))
        self.hidden = [one.target for one in hidden]
        self.open = [one.target for one in assignment.questions if not one.required.hidden]
        self.alike = [
            one.target
            for one in assignment.questions
            if not telling.isdisjoint(_tellings(assignment, [one]))
        ]
        self.names = re.compile("|".join(map(_named, self.hidden)))
        self.counted = {
            id(result): seen
            for mark in marks
            if mark.required.hidden
            for result, seen in zip(mark.results, mark.without_answers().results, strict=True)
        }
        about = (assignment.target(one.target) for one in report.results)
        self.said = Counter(_place(one) for one in about if one is not None)

    def without_oracle(self, result: Result) -> Result:
        """Return a line as wrong if it is right in nothing but a number computed from others.

        One that has what is hidden in it, and does not come of that, is not judged.
        """
        if self._asks(result):
            return replace(
                result, verdict="undecided", note=NOT_JUDGED, expected="", point=None,
                diagnosis=None, follows=None, wrong_entries=(),
            )  # fmt: skip
        by_number = result.verdict == "coincidental" or result.note == BY_DIGITS
        names = self._names(result.claimed) if by_number or result.diagnosis is not None else ()
        asks = any(_is_one(one, [*self.hidden, *self.alike]) for one in names)
        if asks or (by_number and any(map(self._is_not_asked, names))):
            verdict = "wrong" if by_number else result.verdict
            nothing = Diagnosis((), certain=False)
            return replace(result, verdict=verdict, note="", point=None, diagnosis=nothing)
        return result

    def _asks(self, result: Result) -> bool:
        """Whether a line about something else asks what something hidden is."""
        about = self.assignment.target(result.target)
        said = self.assignment.target(result.claimed.strip())
        if about is None or said is None or not _is_one(about, self.open):
            return False
        named = self._names(result.claimed)
        values = [one.of for one in named if self._is_secret_value(one, about)]
        derived = any(one.is_derivative or one.step for one in named)
        if values and derived and about.is_derivative:
            return not is_chained(about, said, values)
        if any(map(self._is_secret, named)) and not is_chained(about, said, values):
            return True
        return bool(values) and not is_right_whatever(about, said, values)

    def _is_secret_value(self, one: Target, about: Target) -> bool:
        """Whether it is a hidden value, that is computed, of another quantity than a line's own."""
        is_value = one.kind == "value" and not one.step and not one.of.is_leaf
        return is_value and _is_one(one, self.hidden) and not one.is_same_as(about)

    def _is_secret(self, about: Target) -> bool:
        """Whether it is a hidden derivative, or one of the same output that is not asked for."""
        if about.kind == "value" and not about.step:
            return False
        if _is_one(about, [*self.hidden, *self.alike]):
            return True
        derived = (one for one in self.hidden if one.is_derivative or one.step)
        same = any(one.step or about.step or one.of is about.of for one in derived)
        return same and self._is_not_asked(about)

    def _names(self, claimed: str) -> Sequence[Target]:
        """Return the quantities that a formula names."""
        target = self.assignment.target(claimed.strip())
        if target is None or target.kind != "expression":
            return [] if target is None else [target]
        return list(_parts(target))

    def _is_not_asked(self, about: Target) -> bool:
        """Whether it is a derivative, or a value after a step, that is not asked for openly."""
        return (about.kind != "value" or about.step > 0) and not _is_one(about, self.open)

    def shown(self, result: Result) -> Result | None:
        """Return a line as it may be seen; None if it may not."""
        if id(result) in self.counted:
            return self.counted[id(result)]
        about = self.assignment.target(result.target)
        if about is None:
            return without_answer(result)
        if _is_one(about, self.hidden):
            return None
        if not _is_one(about, self.open):
            asks = any(_is_one(one, self.hidden) for one in self._names(result.claimed))
            return None if asks or self._is_guess(about) else without_answer(result)
        if _is_one(about, self.alike):
            return without_answer(result)
        return self._open(result)

    def _is_guess(self, about: Target) -> bool:
        """Whether verdicts on what is not asked for would, in the end, give what is hidden."""
        if about.kind == "expression":
            return any(
                one.kind != "value" or one.step > 0 or _is_one(one, self.hidden)
                for one in _parts(about)
            )
        return about.step > 0 or self.said[_place(about)] > MAX_SAID

    def _open(self, result: Result) -> Result:
        """Return a line about what is asked for openly, without what it has of others.

        What a formula gives may be what is hidden, 1000*dL/db; and that a mistake was made with
        what is hidden says what that is.
        """
        is_wrong = result.verdict in ("wrong", "coincidental")
        found = result.diagnosis
        if found is not None:
            kept = (
                one
                for one in found.explanations
                if not self.names.search(f"{one.sentence} {one.hint} {one.where}")
            )
            found = Diagnosis(tuple(kept), certain=False)
        note = "" if is_wrong else result.note
        return replace(result, note=note, point=None, diagnosis=found)


def _tellings(assignment: Assignment, questions: Sequence[Question]) -> Iterator[float | str]:
    """Yield what would tell what is right: formulas, and numbers without their signs, rounded."""
    for question, truth in zip(assignment.questions, assignment.truths, strict=True):
        if question in questions:
            if formula := formula_of(assignment.graph, question.target):
                yield formula
            entries = [] if truth is None else [abs(float(one)) for one in flat(truth)]
            yield from (float(f"{one:.6g}") for one in entries if one or not any(entries))


def _is_one(about: Target, targets: Sequence[Target]) -> bool:
    return any(map(about.is_same_as, targets))


def _place(about: Target) -> tuple[object, str]:
    return about.quantity, str(about.key)


def _parts(about: Target) -> Iterator[Target]:
    """Yield the quantities that an expression is computed from."""
    for one in about.link.names:
        yield one.target if isinstance(one, Reference) else Target("value", one)


def _named(target: Target) -> str:
    """Return a pattern of how a sentence names a quantity: ∂L/∂b, dL/db, P[b], or a."""
    if target.wrt is None:
        return rf"(?<!\w){re.escape(target.of.name)}(?!\w)"
    name = re.escape(target.wrt.name)
    return rf"[∂d]{name}(?!\w)|P\[{name}\]"

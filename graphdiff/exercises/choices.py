"""Questions with choices: the right answer among those that known mistakes lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults import mistaken
from graphdiff.checking.faults.formulas import typeset
from graphdiff.checking.report import ACCEPTED
from graphdiff.exercises.draws import Draws
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.feedback import as_html, marked, plain
from graphdiff.exercises.questions import Answer, Question
from graphdiff.exercises.ranges import EVERYWHERE, Range, of_slope, of_values
from graphdiff.graph import ComputationalGraph

WRONG = 4
"""Wrong answers of a question at most."""

LEAST = 2
"""Wrong answers without which there is nothing to choose from."""

APART, PART = 0.004, 0.01
"""Two answers differ by more than this in an entry, and by more than this part of it: else a
person who rounds would not know which is meant."""

TRIED = 24
"""Results of mistakes that are looked at for the wrong answers of a question."""

LARGEST = 1000
"""No number of a wrong answer is larger."""


@dataclass(frozen=True)
class Option:
    """One answer to choose.

    Attributes
    ----------
    answer
        What it says.
    explanation
        The known mistake that leads to it, its names and formulas marked; None for the right
        answer.
    """

    answer: Answer
    explanation: Explanation | None = None

    @property
    def is_right(self) -> bool:
        """Whether it is the right one."""
        return self.explanation is None

    @property
    def faults(self) -> tuple[str, ...]:
        """The keys of the mistakes that lead to it; none to the right answer."""
        return self.explanation.faults if self.explanation else ()

    @property
    def feedback(self) -> str:
        """What a student is told who chooses it."""
        if self.explanation is None:
            return "Right."
        return typeset(plain(self._told(self.explanation)))

    def feedback_in_html(self, graph: ComputationalGraph) -> str:
        """Return that as HTML, the names and formulas of a graph typeset."""
        if self.explanation is None:
            return self.feedback
        return as_html(self._told(self.explanation), graph)

    @staticmethod
    def _told(explanation: Explanation) -> str:
        return f"It looks like {explanation.sentence.rstrip('.')}. {explanation.hint}".strip()


@dataclass(frozen=True)
class Choice:
    """A question with answers to choose from, one of which is right.

    Attributes
    ----------
    question
        What is asked.
    options
        The answers, in the order in which they are shown.
    """

    question: Question
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The right answer."""
        return next(option for option in self.options if option.is_right)

    @property
    def wrong(self) -> tuple[Option, ...]:
        """The wrong answers."""
        return tuple(option for option in self.options if not option.is_right)


def choices(exercise: Exercise) -> tuple[Choice, ...]:
    """Return the questions of an exercise for which known mistakes lead to wrong answers.

    They are found once; of what was computed for them nothing else stays with the graph.
    """
    kept = exercise.graph.kept
    if "choices" not in kept:
        before = dict(kept)
        found = tuple(_found(exercise))
        kept.clear()
        kept.update(before, choices=found)
    return kept["choices"]


def _found(exercise: Exercise) -> Iterator[Choice]:
    draws = Draws(exercise.seed)
    for question in exercise.questions:
        right = Option(exercise.answers[question.target])
        wrong = _distractors(exercise, question)
        order = draws.shuffled([right, *wrong])
        if len(wrong) >= LEAST:
            yield Choice(question, tuple(order))


def _distractors(exercise: Exercise, question: Question) -> list[Option]:
    """Return wrong answers, the likeliest first, none of them like another or like the right one.

    Each is by a mistake of another kind, and one that is marked as that mistake. Those that may be
    of another mistake are taken only where there would be too few.
    """
    found: list[Option] = []
    others: list[Option] = []
    for option in islice(_possible(exercise, question), TRIED):
        if len(found) == WRONG:
            break
        if not _is_new(option, found):
            continue
        marks = _marked_as(exercise, question, option)
        if marks is not None:
            (found if option.faults in marks else others).append(option)
    for option in others:
        if len(found) < LEAST and _is_new(option, found):
            found.append(option)
    return found


def _possible(exercise: Exercise, question: Question) -> Iterator[Option]:
    """Yield what known mistakes lead to, the likeliest first."""
    right, within = exercise.answers[question.target], _range(exercise, question)
    for explanation, value in _mistaken(exercise, question):
        answer = _answer(value, question, within)
        if answer is not None and are_apart(answer, right):
            yield Option(answer, explanation)


def _is_new(option: Option, among: Sequence[Option]) -> bool:
    return all(
        option.faults != other.faults and are_apart(option.answer, other.answer) for other in among
    )


def _marked_as(
    exercise: Exercise, question: Question, option: Option
) -> list[tuple[str, ...]] | None:
    """Return the mistakes that an answer handed in is said to come of; None if it is accepted."""
    (result,) = exercise.graph.check(
        {question.target: option.answer.text}, learning_rate=exercise.learning_rate
    ).results
    if result.verdict in ACCEPTED:
        return None
    return [each.faults for each in result.diagnosis.explanations] if result.diagnosis else []


def _mistaken(exercise: Exercise, question: Question) -> Iterator[tuple[Explanation, Any]]:
    values: Mapping[str, Any] = {leaf.name: leaf.value for leaf in exercise.graph.leaves}
    rate = exercise.learning_rate
    return iter(
        mistaken(exercise.graph, question.target, values, learning_rate=rate, written=marked)
    )


def _range(exercise: Exercise, question: Question) -> Range:
    """Return between which numbers an answer can lie at all."""
    match question.kind:
        case "value":
            return of_values(exercise.graph)[question.target]
        case "jacobian":
            return of_slope(exercise.graph[question.target[2:-1].split("->")[1]])
        case _:
            return EVERYWHERE


def _answer(value: Any, question: Question, within: Range) -> Answer | None:
    """Return a wrong result as an answer; None if it has another shape, or is no such number."""
    entries = np.asarray(value, float)
    if entries.size != max(1, int(np.prod(question.shape))):
        return None
    if not np.isfinite(entries).all() or np.abs(entries).max() > LARGEST:
        return None
    exact = np.empty(entries.size, object)
    exact[:] = [_exact(float(entry)) for entry in entries.ravel()]
    found = Answer(exact.reshape(question.shape) if question.shape else exact[0], question.shape)
    return found if within.holds(entries) and not _hides(found) else None


def _hides(answer: Answer) -> bool:
    """Whether a number is printed as a whole one that it is not, 0.000 or 1.000."""
    pairs = zip(answer.entries, answer.printed, strict=True)
    return any("." in text and float(text).is_integer() and text != str(exact)
               for exact, text in pairs)  # fmt: skip


def _exact(number: float) -> sp.Rational:
    """Return the decimal that a float is, but for what floats leave of it."""
    return sp.Rational(f"{number:.12g}")


def are_apart(first: Answer, second: Answer) -> bool:
    """Whether two answers differ, also as they are printed and to a person who rounds."""
    if first.printed == second.printed:
        return False
    a, b = (np.array([float(text) for text in answer.printed]) for answer in (first, second))
    least = np.maximum(APART, PART * np.maximum(np.abs(a), np.abs(b)))
    return bool((np.abs(a - b) > least).any())

"""The questions of exercises as Moodle XML, to be imported into a question bank.

A number is asked for twice, to be chosen and to be entered; an array to be chosen, and entry by
entry in an embedded answers (cloze) question. Wrong answers that a known mistake leads to have its
sentence as feedback.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

import numpy as np

from graphdiff.exercises.choices import Choice
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.friendly import PLACES
from graphdiff.exercises.prompts import PICTURE, Prompt, answer, prompts
from graphdiff.exercises.questions import Answer, Question

PENALTY = "0.3333333"
"""What a further try costs where a quiz allows it: Moodle's own third."""

EXACT, ROUNDED, SHARE = 0.00005, 0.0015, 0.02
"""How far a number may be off: a short one by nothing, another by a unit of the third decimal, and
one that is computed from rounded numbers by this part of it: each step by hand is rounded."""


def moodle(exercises: Iterable[Exercise]) -> str:
    """Return the questions of exercises as Moodle XML, each exercise in a category of its own."""
    quiz = ET.Element("quiz")
    for exercise in exercises:
        quiz.append(_category(exercise))
        picture = base64.b64encode(exercise.picture.png(scale=1)).decode("ascii")
        for prompt in prompts(exercise):
            if prompt.choice is not None:
                quiz.append(_to_choose(prompt, prompt.choice, picture))
            quiz.append(_to_enter(exercise, prompt, picture))
    ET.indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(quiz, encoding="unicode")}\n'


def _category(exercise: Exercise) -> ET.Element:
    question = ET.Element("question", type="category")
    path = f"$course$/top/graphdiff/{exercise.title} ({exercise.topic.name} {exercise.seed})"
    _text(ET.SubElement(question, "category"), path)
    return question


def _question(kind: str, prompt: Prompt, suffix: str, words: str, picture: str) -> ET.Element:
    """Return what questions of all kinds begin with."""
    question = ET.Element("question", type=kind)
    _text(ET.SubElement(question, "name"), f"{prompt.name} ({suffix})")
    asked = ET.SubElement(question, "questiontext", format="html")
    _text(asked, words)
    file = ET.SubElement(asked, "file", name=PICTURE, path="/", encoding="base64")
    file.text = picture
    _text(ET.SubElement(question, "generalfeedback", format="html"), "")
    if kind != "cloze":
        ET.SubElement(question, "defaultgrade").text = f"{prompt.question.points:.7f}"
    ET.SubElement(question, "penalty").text = PENALTY
    ET.SubElement(question, "hidden").text = "0"
    return question


def _to_choose(prompt: Prompt, choice: Choice, picture: str) -> ET.Element:
    words = prompt.with_picture(f"@@PLUGINFILE@@/{PICTURE}")
    question = _question("multichoice", prompt, "choose", words, picture)
    for name, value in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
        ET.SubElement(question, name).text = value
    for option in choice.options:
        fraction = "100" if option.is_right else "0"
        element = ET.SubElement(question, "answer", fraction=fraction, format="html")
        _text(element, answer(option.answer))
        _text(ET.SubElement(element, "feedback", format="html"), prompt.feedback(option))
    return question


def _to_enter(exercise: Exercise, prompt: Prompt, picture: str) -> ET.Element:
    right, words = (
        exercise.answers[prompt.question.target],
        prompt.with_picture(f"@@PLUGINFILE@@/{PICTURE}"),
    )
    wrong = prompt.choice.wrong if prompt.choice else ()
    allowed = tolerance(exercise, prompt.question, [option.answer for option in wrong])
    if right.shape:
        return _question("cloze", prompt, "enter", words + _table(right, allowed), picture)
    question = _question("numerical", prompt, "enter", words, picture)
    _number(question, "100", right, "Right.", allowed)
    for option in wrong:
        _number(question, "0", option.answer, prompt.feedback(option), _unit(option.answer))
    return question


def _number(
    question: ET.Element, fraction: str, found: Answer, feedback: str, allowed: float
) -> None:
    element = ET.SubElement(question, "answer", fraction=fraction, format="moodle_auto_format")
    _text(element, found.printed[0])
    _text(ET.SubElement(element, "feedback", format="html"), feedback)
    ET.SubElement(element, "tolerance").text = _decimal(allowed)


def tolerance(exercise: Exercise, question: Question, wrong: Sequence[Answer] = ()) -> float:
    """Return how far what a student enters may be off, short of the wrong answers.

    Who computes by hand goes on with numbers of three decimals, as the worksheet says: what comes
    of them is off by more than one unit, and right.
    """
    right = exercise.answers[question.target]
    least = _unit(right)
    if not _is_by_rounded(exercise, question):
        return least
    size = max(abs(float(text)) for text in right.printed)
    apart = (_farthest(right, other) - _unit(other) for other in wrong)
    return max(least, min([max(ROUNDED, SHARE * size), *(0.9 * far for far in apart)]))


def _unit(found: Answer) -> float:
    most = max(len(text.partition(".")[2]) for text in found.printed)
    return EXACT if most < PLACES and not found.is_rounded else ROUNDED


def _decimal(number: float) -> str:
    """Return a number as fields of Moodle have it: without an exponent."""
    return f"{number:.5f}".rstrip("0").rstrip(".")


def _farthest(one: Answer, other: Answer) -> float:
    pairs = zip(one.printed, other.printed, strict=True)
    return max(abs(float(a) - float(b)) for a, b in pairs)


def _is_by_rounded(exercise: Exercise, question: Question) -> bool:
    """Whether an answer is rounded, or computed from some that are."""
    rounded = {target for target, answer in exercise.answers.items() if answer.is_rounded}
    if question.target in rounded or question.kind in ("gradient", "update"):
        return bool(rounded)
    name = question.target if question.kind == "value" else question.target[2:-1].split("->")[1]
    return not rounded.isdisjoint({name, *exercise.graph.ancestors(exercise.graph[name])})


def _table(found: Answer, allowed: float) -> str:
    """Return an array as a table with a field for each entry."""
    rows = np.reshape(np.array(found.printed, object), (found.shape[0], -1)).tolist()
    return f"<table>{''.join(_row(row, _decimal(allowed)) for row in rows)}</table>"


def _row(entries: Iterable[str], tolerance: str) -> str:
    return f"<tr>{''.join(_fields(entries, tolerance))}</tr>"


def _fields(entries: Iterable[str], tolerance: str) -> Iterator[str]:
    for entry in entries:
        yield f"<td>{{1:NUMERICAL:={entry}:{tolerance}}}</td>"


def _text(element: ET.Element, words: str) -> None:
    ET.SubElement(element, "text").text = words

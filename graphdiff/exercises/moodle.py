"""The questions of exercises as Moodle XML, to be imported into a question bank.

A number is asked for twice, to be chosen and to be entered; an array to be chosen, and entry by
entry in an embedded answers (cloze) question. Wrong answers that a known mistake leads to have its
sentence as feedback.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

import numpy as np

from graphdiff.exercises.choices import Choice
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.friendly import PLACES
from graphdiff.exercises.prompts import PICTURE, Prompt, answer, prompts
from graphdiff.exercises.questions import Answer

PENALTY = "0.3333333"
"""What a further try costs where a quiz allows it: Moodle's own third."""

EXACT, ROUNDED = "0.00005", "0.0015"
"""How far a number may be off: a short one by nothing, another by a unit of the third decimal."""


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
    if right.shape:
        return _question("cloze", prompt, "enter", words + _table(right), picture)
    question = _question("numerical", prompt, "enter", words, picture)
    _number(question, "100", right, "Right.")
    for option in prompt.choice.wrong if prompt.choice else ():
        _number(question, "0", option.answer, prompt.feedback(option))
    return question


def _number(question: ET.Element, fraction: str, found: Answer, feedback: str) -> None:
    element = ET.SubElement(question, "answer", fraction=fraction, format="moodle_auto_format")
    _text(element, found.printed[0])
    _text(ET.SubElement(element, "feedback", format="html"), feedback)
    ET.SubElement(element, "tolerance").text = _tolerance(found)


def _tolerance(found: Answer) -> str:
    most = max(len(text.partition(".")[2]) for text in found.printed)
    return EXACT if most < PLACES and not found.is_rounded else ROUNDED


def _table(found: Answer) -> str:
    """Return an array as a table with a field for each entry."""
    rows = np.reshape(np.array(found.printed, object), (found.shape[0], -1)).tolist()
    return f"<table>{''.join(_row(row, _tolerance(found)) for row in rows)}</table>"


def _row(entries: Iterable[str], tolerance: str) -> str:
    return f"<tr>{''.join(_fields(entries, tolerance))}</tr>"


def _fields(entries: Iterable[str], tolerance: str) -> Iterator[str]:
    for entry in entries:
        yield f"<td>{{1:NUMERICAL:={entry}:{tolerance}}}</td>"


def _text(element: ET.Element, words: str) -> None:
    ET.SubElement(element, "text").text = words

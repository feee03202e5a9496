"""The files of an exercise that programs read: the marking, the answers, and a form for them."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.derivations import symbols
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.questions import Question
from graphdiff.files import formats
from graphdiff.files.document import from_graph
from graphdiff.files.json_text import json_text
from graphdiff.files.worksheet import Worksheet


def grading(exercise: Exercise) -> str:
    """Return the teacher's file: the graph, and how many points each quantity is worth."""
    rate = exercise.learning_rate
    sheet = Worksheet(learning_rate=None if rate is None else float(rate))
    graph = formats.to_toml(from_graph(exercise.graph, sheet))
    required = "".join(f"{json_text(q.target)} = {q.points}\n" for q in exercise.questions)
    return f"{graph.rstrip()}\n\n[grading.required]\n{required}"


def answers(exercise: Exercise, *, solved: bool) -> str:
    """Return the answers as claims; unless solved, a form that a student fills in."""
    return "\n".join(_lines(exercise, solved=solved)) + "\n"


def _lines(exercise: Exercise, *, solved: bool) -> Iterator[str]:
    yield f"# {exercise.title} ({exercise.topic.name}, {exercise.level}, seed {exercise.seed})"
    if not solved:
        yield "# Between the quotes goes a number, a formula, or an array such as [1, 2]."
    yield "[claims]"
    for question in exercise.questions:
        value = exercise.answers[question.target].text if solved else ""
        remark = _remark(exercise, question)
        yield f"{json_text(question.target)} = {json_text(value)}{remark and f'  # {remark}'}"


def _remark(exercise: Exercise, question: Question) -> str:
    """Return the formula of a value, and the shape of an array."""
    shape = " × ".join(map(str, question.shape))
    formula = ""
    if question.kind == "value":
        formula = symbols.formula(exercise.graph[question.target]).text
    return ", ".join(part for part in (formula, shape) if part)

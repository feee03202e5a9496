"""What stands on a worksheet, blank or solved, whatever form it is written in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphdiff.derivations import symbols
from graphdiff.derivations.derivation import Step
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.friendly import PLACES, TOLD, applied
from graphdiff.exercises.questions import Answer, Kind, Question
from graphdiff.exercises.writing.solution import DIGITS, NOTATION, steps
from graphdiff.graph import Node
from graphdiff.notation import equations
from graphdiff.notation.equations import Line, Link, chain

PRIMES = (2, 3, 5)
"""Numbers whose logarithms a worksheet tells."""

_HEADINGS: dict[Kind, tuple[str, str]] = {
    "value": ("Values", "Sweep forward."),
    "jacobian": ("Local derivatives", "Of a node with respect to one of its parents."),
    "gradient": (
        "Gradients",
        "Sweep backward from the output, whose derivative with respect to itself is 1.",
    ),
    "update": ("A step of gradient descent", "All parameters change at once."),
}


@dataclass(frozen=True)
class Row:
    """A line to fill in.

    Attributes
    ----------
    left
        What stands before the answer, up to the sign of equality.
    note
        The shape of the answer, if it is an array.
    answer
        The answer, on a solved sheet; else None.
    lines
        How many lines of room it needs.
    """

    left: Link
    note: str
    answer: Answer | None
    lines: int

    @property
    def sign(self) -> Link:
        """The sign between the two: ≈ where the answer is rounded."""
        rounded = self.answer is not None and self.answer.is_rounded
        return Link("≈", r"\approx") if rounded else Link("=", "=")


@dataclass(frozen=True)
class Part:
    """A part of a worksheet: its heading with points, one sentence, and the lines to fill in."""

    heading: str
    sentence: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """A worksheet.

    Attributes
    ----------
    title, about
        Its title, and what is to be learned.
    given
        The numbers that are given, one equation each.
    told
        Values of functions that may be used.
    hints
        How answers are to be written.
    parts
        What is asked.
    steps
        On a solved sheet, how the answers come about.
    origin
        The topic, level and seed it was made from.
    """

    title: str
    about: str
    given: tuple[Line, ...]
    told: tuple[Line, ...]
    hints: tuple[str, ...]
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    origin: str


def sheet(exercise: Exercise, *, solved: bool) -> Sheet:
    """Return the worksheet of an exercise, blank or solved."""
    with symbols.writing(NOTATION, exercise.graph):
        return Sheet(
            title=exercise.title + (": solution" if solved else ""),
            about=exercise.topic.about,
            given=tuple(map(_given, exercise.graph.leaves)) + tuple(_rate(exercise)),
            told=tuple(_told(exercise)),
            hints=tuple(_hints(exercise)),
            parts=tuple(_parts(exercise, solved=solved)),
            steps=tuple(steps(exercise)) if solved else (),
            origin=f"{exercise.topic.name}, {exercise.level}, seed {exercise.seed}",
        )


def _given(leaf: Node) -> Line:
    return chain(symbols.name(leaf), equations.value(leaf.value, leaf.shape, DIGITS))


def _rate(exercise: Exercise) -> Iterator[Line]:
    if exercise.learning_rate is not None:
        eta = equations.value(float(exercise.learning_rate))
        yield chain(Link("eta", r"\eta"), eta)


def _told(exercise: Exercise) -> Iterator[Line]:
    """Yield what the functions of the graph are at a few arguments, where these are needed.

    Of e^log(3) and e^0 nothing need be told.
    """
    computed = [node for node in exercise.graph.nodes if not node.is_leaf]
    nodes = {
        applied(each): each for each in computed if not (each.shape or _is_whole(exercise, each))
    }
    for name in TOLD:
        if (node := nodes.get(name)) is None or node.function is None:
            continue
        for at in sorted(TOLD[name]):
            value = float(value_of(FLOAT64, node.function, [np.float64(at)]))
            yield _approximately(symbols.applied(node, [equations.value(at)]), value)
    if any("log(" in each.formula for each in computed if exercise.answers[each.name].is_rounded):
        yield from _logarithms_of_sigma() if "sigmoid" in nodes else _logarithms_of_primes()


def _is_whole(exercise: Exercise, node: Node) -> bool:
    return "." not in exercise.answers[node.name].text


def _logarithms_of_sigma() -> Iterator[Line]:
    for at in sorted(TOLD["sigmoid"]):
        left = Link(f"log(sigmoid({at}))", rf"\log(\sigma({at}))")
        yield _approximately(left, -math.log1p(math.exp(-at)))


def _logarithms_of_primes() -> Iterator[Line]:
    """Yield those from which the logarithms of short fractions come."""
    for prime in PRIMES:
        yield _approximately(Link(f"log({prime})", rf"\log({prime})"), math.log(prime))


def _approximately(left: Link, value: float) -> Line:
    is_short = round(value, 1) == value
    shown = f"{value:g}" if is_short else f"{value:.{PLACES}f}"
    return chain(left, Link(shown, shown, not is_short))


def _hints(exercise: Exercise) -> Iterator[str]:
    if any(answer.is_rounded for answer in exercise.answers.values()):
        yield f"Numbers that do not come out even are rounded to {PLACES} decimals."
    if any("log(" in node.formula for node in exercise.graph.nodes if not node.is_leaf):
        yield "log is the natural logarithm."
    if any(q.kind == "jacobian" and q.shape for q in exercise.questions):
        yield (
            "A local Jacobian has a row for each entry of the node and a column for each entry of "
            "its parent (numerator layout)."
        )
    if any(q.kind == "gradient" and q.shape for q in exercise.questions):
        yield "A gradient is written in the shape of what it is taken in; a vector is a column."


def _parts(exercise: Exercise, *, solved: bool) -> Iterator[Part]:
    for kind, (heading, sentence) in _HEADINGS.items():
        asked = [question for question in exercise.questions if question.kind == kind]
        if asked:
            points = sum(question.points for question in asked)
            rows = tuple(_row(exercise, question, solved=solved) for question in asked)
            worth = f"{points} point{'s' if points > 1 else ''}"
            yield Part(f"{heading} ({worth})", sentence, rows)


def _row(exercise: Exercise, question: Question, *, solved: bool) -> Row:
    left = question.symbol
    if question.kind == "value":
        node = exercise.graph[question.target]
        line = chain(symbols.name(node), symbols.formula(node))
        left = Link(line.text, line.latex)
    elif question.kind == "update":
        rule = _rule(exercise, question)
        left = Link(f"{left.text} = {rule.text}", f"{left.latex} = {rule.latex}")
    shape = " × ".join(map(str, question.shape))
    note = f"vector of {shape}" if len(question.shape) == 1 else f"{shape} matrix" if shape else ""
    lines = 1 if not question.shape else question.shape[0]
    return Row(left, note, exercise.answers[question.target] if solved else None, lines)


def _rule(exercise: Exercise, question: Question) -> Link:
    node = exercise.graph[question.target.removesuffix("@1")]
    name, slope = symbols.name(node), symbols.derivative(exercise.graph.output, node)
    return Link(f"{name.text} - eta*{slope.text}", rf"{name.latex} - \eta \, {slope.latex}")

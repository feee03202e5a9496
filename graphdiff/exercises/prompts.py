"""What a question in a course says, as HTML; the formulas are LaTeX, which courses typeset."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.exercises.choices import Choice, Option, choices
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.questions import Answer, Question
from graphdiff.exercises.writing.sheet import Row, Sheet, sheet
from graphdiff.graph import ComputationalGraph

PICTURE = "graph.png"


@dataclass(frozen=True)
class Prompt:
    """A question as it stands in a course.

    Attributes
    ----------
    name
        What it is called in the question bank.
    question
        What is asked.
    graph
        The graph.
    html
        The question, in which ``{picture}`` is the address of the picture.
    choice
        The answers to choose from; None where there are too few.
    """

    name: str
    question: Question
    graph: ComputationalGraph
    html: str
    choice: Choice | None

    def with_picture(self, address: str) -> str:
        """Return the question with its picture at an address."""
        return self.html.replace("{picture}", html.escape(address))

    def feedback(self, option: Option) -> str:
        """Return what is said of an answer to choose, as HTML."""
        return option.feedback_in_html(self.graph)


def prompts(exercise: Exercise) -> tuple[Prompt, ...]:
    """Return the questions of an exercise as they stand in a course."""
    page = sheet(exercise, solved=False)
    rows = [row for part in page.parts for row in part.rows]
    found = {choice.question.target: choice for choice in choices(exercise)}
    digits = len(str(len(rows)))
    return tuple(
        Prompt(
            name=f"{exercise.title} {exercise.seed}, {place:0{digits}d}: {question.name}",
            question=question,
            graph=exercise.graph,
            html="".join(_html(exercise, page, question, row)),
            choice=found.get(question.target),
        )
        for place, (question, row) in enumerate(zip(exercise.questions, rows, strict=True), 1)
    )


def _html(exercise: Exercise, page: Sheet, question: Question, row: Row) -> Iterator[str]:
    alt = html.escape(exercise.picture.alt)
    yield f'<p><img src="{{picture}}" alt="{alt}"></p>'
    formulas = [row.left.latex for part in page.parts[:1] for row in part.rows]
    yield f"<p>The graph: {', '.join(map(formula, formulas))}</p>"
    yield f"<p>Given: {', '.join(formula(line.latex) for line in page.given)}</p>"
    if page.told:
        yield f"<p>You may use: {', '.join(formula(line.latex) for line in page.told)}</p>"
    yield from (f"<p>{html.escape(hint)}</p>" for hint in page.hints)
    note = f" ({html.escape(row.note)})" if row.note else ""
    asked = row.left if question.kind == "update" else question.symbol
    yield f"<p>What is {formula(asked.latex)}{note}?</p>"


def formula(latex: str) -> str:
    """Return a formula as courses have it in HTML."""
    return html.escape(rf"\({latex}\)", quote=False)


def answer(found: Answer) -> str:
    """Return an answer as HTML: a number as it is, an array as a formula."""
    return formula(found.latex) if found.shape else html.escape(found.printed[0])

"""An exercise: a graph with friendly numbers, what is asked of it, and the right answers."""

from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.drawing.options import Annotation, Direction
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.writers.fitting import SmallPrintWarning
from graphdiff.errors import GraphdiffError, GraphError
from graphdiff.evaluation.run import Run
from graphdiff.exercises.draws import Draws
from graphdiff.exercises.friendly import is_friendly
from graphdiff.exercises.levels import level_of
from graphdiff.exercises.questions import Answer, Question, as_fraction, questions
from graphdiff.exercises.sketch import Sketch
from graphdiff.exercises.topics import topic_of
from graphdiff.exercises.topics.declaration import Builder, Topic
from graphdiff.workbench import Graph

ATTEMPTS = 4_000
"""Graphs that are drawn at most, until one has friendly numbers."""

_DIRECTIONS: tuple[Direction, ...] = ("LR", "TB")
SHOWN: tuple[Annotation, ...] = ("name", "formula", "value")
WIDE, TALL, TALLEST = 600.0, 400.0, 640.0
"""What a picture shows; how wide and how tall it is on paper at most, in units of 1/96 inch, and
how tall where its letters could not be read otherwise."""

LEGIBLE, EASY = 8.0, 11.0
"""The height of letters that can be read, in these units: 6 points; and that need be no larger."""

MISSED = 5
"""Seeds in a row without friendly numbers, after which no further one is tried."""

NODES = (2, 20)
"""The fewest and the most computed nodes of an exercise."""


class NoFriendlyNumbersError(GraphError):
    """No graph of a seed has friendly numbers."""


@dataclass(frozen=True, repr=False)
class Exercise:
    """An exercise with its answers.

    Attributes
    ----------
    topic
        What it is about.
    seed, level
        The seed it follows from, and how hard it is.
    graph
        The graph, with the numbers that are given.
    learning_rate
        The η of a step of gradient descent, where one is asked for.
    """

    topic: Topic
    seed: int
    level: str
    graph: Graph
    learning_rate: Fraction | None = None

    @property
    def title(self) -> str:
        """The title of its worksheets."""
        return self.graph.title

    @functools.cached_property
    def questions(self) -> tuple[Question, ...]:
        """What is asked, in the order in which it is computed."""
        return questions(self.graph, self.learning_rate)

    @functools.cached_property
    def run(self) -> Run:
        """The sweeps in exact numbers."""
        return self.graph.backward(exact=True)

    @functools.cached_property
    def answers(self) -> Mapping[str, Answer]:
        """The right answer to each question, by its target."""
        return {
            question.target: Answer(found, question.shape)
            for question in self.questions
            for found in (_answer(question, self.run, self.learning_rate),)
        }

    @property
    def claims(self) -> dict[str, str]:
        """The answers as claims, to be checked."""
        return {target: answer.text for target, answer in self.answers.items()}

    @functools.cached_property
    def picture(self) -> Picture:
        """The graph with the numbers that are given, and no others, in its size on paper."""
        untitled = copy.copy(self.graph)
        untitled.title = ""
        drawn: list[tuple[Scene, Direction]] = [
            (scene, direction)
            for direction in _DIRECTIONS
            if (scene := untitled.draw(show=SHOWN, theme="print", direction=direction).scene)
        ]
        scene, direction = max(drawn, key=lambda each: _comfort(each[0]))
        scale = _scale(scene, TALL)
        if scale * _letters(scene) < LEGIBLE:
            scale = min(_scale(scene, TALLEST), LEGIBLE / _letters(scene))
        width = scale * scene.width
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SmallPrintWarning)  # there is no larger one
            return untitled.draw(
                show=SHOWN, theme="print", direction=direction, width=width, min_pt=0
            )

    def __repr__(self) -> str:
        count = len(self.questions)
        return f"<Exercise {self.title!r}: seed {self.seed}, {count} questions>"


def _scale(scene: Scene, tall: float) -> float:
    """Return how large a scene is on paper, no taller than that."""
    return min(1.0, WIDE / scene.width, tall / scene.height)


def _comfort(scene: Scene) -> float:
    """Return how large the letters of a scene are on paper, up to what is large enough."""
    return min(_scale(scene, TALL) * _letters(scene), EASY)


def _letters(scene: Scene) -> float:
    return min(fragment.size for fragment in scene.fragments)


def exercise(
    seed: int,
    *,
    nodes: int = 8,
    topic: str = "mixed",
    tensors: bool = False,
    level: str = "medium",
) -> Exercise:
    """Return an exercise: a random graph with numbers that a person can compute by hand.

    Parameters
    ----------
    seed
        A whole number from 0. The same seed gives the same exercise everywhere.
    nodes
        How many computed nodes the graph shall have, from 2 to 20. A topic with a form of its own
        has about as many.
    topic
        What it is about, one of ``graphdiff.exercises.TOPICS``.
    tensors
        Whether its nodes are vectors and matrices of small whole numbers.
    level
        How hard its numbers are: ``"easy"``, ``"medium"`` or ``"hard"``.

    Raises
    ------
    GraphError
        For a topic or a level that there is not, a topic that has no tensors, or is of tensors
        alone, a seed or a number of nodes beyond its range, or where no friendly numbers are found.

    Examples
    --------
    >>> made = exercise(7, nodes=3, topic="chain")
    >>> [f"{leaf.name} = {leaf.value}" for leaf in made.graph.leaves]
    ['x = 1', 'w_1 = -3']
    >>> [f"{node.name} = {node.formula}" for node in made.graph.nodes if not node.is_leaf]
    ['v_1 = w_1*x', 'v_2 = v_1**2', 'L = 5 - v_2']
    >>> made.claims["dL/dw_1"]
    '6'
    """
    about, rules = topic_of(topic), level_of(level)
    build = _builder(about, tensors=tensors)
    _check_whole("seed", seed, 0, 2**64 - 1)
    _check_whole("nodes", nodes, *NODES)
    draws = Draws(seed)
    for _ in range(ATTEMPTS):
        sketch = Sketch(draws, rules, nodes)
        build(sketch)
        sketch.graph.title = about.title
        if about.condition(sketch.graph) and _suits(sketch):
            return Exercise(about, seed, level, sketch.graph, sketch.rate)
    raise NoFriendlyNumbersError(
        f"no friendly numbers were found for topic {topic!r} with {nodes} nodes and level "
        f"{level!r}; take fewer nodes, or another seed"
    )


def variants(seed: int, count: int, **choices: Any) -> tuple[Exercise, ...]:
    """Return exercises of one kind with different numbers, one for each student.

    Parameters
    ----------
    seed
        The seed of the first; the others have the seeds after it. A seed without friendly numbers
        is passed over.
    count
        How many.
    **choices
        As for :func:`exercise`.

    Raises
    ------
    GraphError
        As :func:`exercise` does, where several seeds in a row have no friendly numbers.
    """
    found: list[Exercise] = []
    missed = 0
    while len(found) < count:
        try:
            found.append(exercise(seed, **choices))
            missed = 0
        except NoFriendlyNumbersError:
            missed += 1
            if missed == MISSED:
                raise
        seed += 1
    return tuple(found)


def _builder(topic: Topic, *, tensors: bool) -> Builder:
    build = topic.tensors if tensors else topic.scalars
    if build is None and tensors:
        raise GraphError(f"the topic {topic.name!r} is of numbers alone; leave out tensors")
    if build is None:
        raise GraphError(f"the topic {topic.name!r} is of vectors and matrices; ask for tensors")
    return build


def _check_whole(what: str, given: Any, least: int, most: int) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise GraphError(f"{what} is {given!r:.60}; give a whole number from {least} to {most}")


def _suits(sketch: Sketch) -> bool:
    """Whether a drawn graph has friendly numbers."""
    graph = sketch.graph
    try:
        run = graph.backward()
    except GraphdiffError:  # a value or a derivative is not finite
        return False
    asked = {
        question.target: _answer(question, run, sketch.rate)
        for question in questions(graph, sketch.rate)
    }
    return is_friendly(run, asked, sketch.level)


def _answer(question: Question, run: Run, rate: Fraction | None) -> Any:
    """Return the number that a question asks for, of the kind that the run is of."""
    match question.kind:
        case "value":
            return run.value[question.target]
        case "jacobian":
            parent, child = question.target[2:-1].split("->")
            return np.reshape(np.asarray(run.J[parent, child]), question.shape)[()]
        case "gradient":
            return run.gradient[question.target.split("/d", 1)[1]]
        case "update":
            name = question.target.removesuffix("@1")
            assert rate is not None  # noqa: S101 - nothing is updated without
            eta: Any = as_fraction(rate) if run.exact else float(rate)
            return run.value[name] - eta * run.gradient[name]

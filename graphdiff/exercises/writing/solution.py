"""How the answers of an exercise come about: the steps of a solved worksheet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from graphdiff.derivations.derivation import Step
from graphdiff.exercises.exercise import Exercise
from graphdiff.graph import ComputationalGraph
from graphdiff.notation.equations import Line
from graphdiff.notation.notation import Notation

NOTATION = Notation("partial")
DIGITS = 5

_DERIVATIVE = re.compile(r"d ?(\w+)(?:\[[^]]*\])?/d ?(\w+)")
"""The child and the parent of a local Jacobian, as a line begins: dz/dw, or d z[i]/d W[p,q]."""


def steps(exercise: Exercise) -> Iterator[Step]:
    """Yield the steps to the gradients, each once, in the order in which they are asked for.

    The values stand above; the first step from the output is a local derivative. Steps without a
    heading go on with what is above them.
    """
    said = _said(exercise)
    local = next(heading for heading in said if heading.startswith("Local Jacobians"))
    graph = exercise.graph
    yield Step(local, tuple(sorted(said[local], key=lambda line: _edge(line, graph))))
    asked = [question.target for question in exercise.questions if question.kind == "gradient"]
    for place, target in enumerate(asked):
        lines = (*said[target], *said.get(f"Simplify {target}", {}))
        yield Step("" if place else "Gradients, from the output backward", lines)
    closed = sorted(said["Result"], key=lambda line: asked.index(line.text.split(" ")[0]))
    yield Step("The same as formulas", tuple(closed))


def _said(exercise: Exercise) -> dict[str, tuple[Line, ...]]:
    """Return the lines of the derivations of all gradients by their headings, each line once."""
    graph = exercise.graph
    run, found = graph.backward(), dict[str, dict[str, Line]]()
    for leaf in graph.parameters or graph.inputs:
        told = graph.explain(graph.output, leaf, run=run, digits=DIGITS, notation=NOTATION)
        for step in told.steps:
            found.setdefault(step.heading, {}).update({line.text: line for line in step.lines})
    return {heading: tuple(lines.values()) for heading, lines in found.items()}


def _edge(line: Line, graph: ComputationalGraph) -> tuple[float, int]:
    """Return the places of the node and of the parent whose local Jacobian a line is."""
    found = _DERIVATIVE.match(line.text)
    if found is None:
        return math.inf, 0
    child = graph[found[1]]
    return child.index, [parent.name for parent in child.parents].index(found[2])

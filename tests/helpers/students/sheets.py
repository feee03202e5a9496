"""The lines of a right derivation: values forward, derivatives back, then a step of descent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from students.exercises import Exercise, Step
from students.writing import ONE, Formula, name


@dataclass(frozen=True)
class Term:
    """What a derivative gets along one edge: ``g`` after a step, pulled back to an operand."""

    step: Step
    slot: int
    g: Formula

    @property
    def formula(self):
        return self.step.pulled(self.slot, self.g)


@dataclass(frozen=True)
class Line:
    """A line: what it is about, the right side, and for a derivative the terms that it adds up."""

    target: str
    kind: str
    formula: Formula
    step: Step | None = None
    terms: tuple[Term, ...] = ()
    of: str = ""


@dataclass(frozen=True)
class Sheet:
    """An exercise and the lines that solve it."""

    exercise: Exercise
    lines: tuple[Line, ...]

    def with_line(self, place, **changes):
        lines = list(self.lines)
        lines[place] = replace(lines[place], **changes)
        return replace(self, lines=tuple(lines))

    @property
    def has_arrays(self):
        return any(np.ndim(value) for value in self.exercise.values.values())


def added(formulas):
    """Return the sum of formulas; what begins with a minus is taken off."""
    first, *others = formulas
    for other in others:
        first = first - other.parts[0] if other.head == "neg" else first + other
    return first


def _paths(exercise, start, end):
    """Return how many ways lead from a node to another."""
    if start == end:
        return 1
    return sum(_paths(exercise, step.name, end) for step, _ in exercise.children(start))


def sheet(exercise, draw):
    """Return a right derivation; what is written down beside the derivatives is drawn."""
    output = exercise.output
    gradient = lambda node: f"d{output}/d{node}"  # noqa: E731
    lines = [Line(step.name, "value", step.formula, step, of=step.name) for step in exercise.steps]
    numbers = not any(np.ndim(value) for value in exercise.values.values())
    with_locals = numbers and draw.random() < 0.35
    at_once = draw.random() < 0.5
    leaves = sorted(exercise.parameters) or list(exercise.leaves)
    inner = [step.name for step in reversed(exercise.steps[:-1])]
    updates = []
    for node in [*inner, *leaves]:
        terms = []
        for step, slot in exercise.children(node):
            g = ONE if step.name == output else name(gradient(step.name))
            local = f"d{step.name}/d{node}"
            if (
                with_locals
                and step.name != output
                and _paths(exercise, node, step.name) == 1
                and draw.random() < 0.7
            ):
                lines.append(Line(local, "local", step.pulled(slot, ONE), step,
                                  (Term(step, slot, ONE),), node))  # fmt: skip
            terms.append(Term(step, slot, g))
        terms = tuple(terms)
        lines.append(
            Line(gradient(node), "gradient", written(terms, lines, node), None, terms, node)
        )
        if exercise.rate and node in exercise.parameters:
            updated = name(node) - name("eta") * name(gradient(node))
            line = Line(f"{node}@1", "update", updated, of=node)
            (lines if at_once else updates).append(line)
    lines += updates
    if exercise.rate:
        first = exercise.steps[0]
        again = first.formula.mapped(
            lambda part: (
                name(f"{part.parts[0]}@1") if part.parts[0] in exercise.parameters else part
            )
        )
        lines.append(Line(f"{first.name}@1", "again", again, first, of=first.name))
    return Sheet(exercise, tuple(lines))


def written(terms, lines, node):
    """Return the sum over the edges, with local derivatives by their names where they have lines."""
    stated = {line.target for line in lines if line.kind == "local"}
    sides = []
    for term in terms:
        local = f"d{term.step.name}/d{node}"
        sides.append(term.g * name(local) if local in stated else term.formula)
    return added(sides)

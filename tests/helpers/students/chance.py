"""Wrong numbers with no mistake behind them: what the checker calls them, though nothing is known."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np

from students.answers import claims, computed
from students.trials import checked, drawn
from students.writing import read, shown

DIGITS = (1, 2, 3, 4, 5, 6)
"""Significant digits of the numbers drawn."""

KNOWN_BY_THE_STEP = ("arithmetic",)
"""What a number that no printed step gives may be called for certain."""


class Named(NamedTuple):
    """What a number drawn by chance was called.

    Attributes
    ----------
    named
        The mistakes told, the most likely first, but that the printed step is evaluated wrongly.
    certain
        Whether one of these is told for certain.
    """

    seed: int
    form: str
    digits: int
    target: str
    claimed: str
    named: tuple[tuple[str, ...], ...]
    certain: bool
    note: str


def by_chance(seed, digits=DIGITS, forms=("numbers", "steps")):
    """Yield what numbers are called that are drawn in place of each one right, at any size near it."""
    solved, graph, draw = drawn(seed)
    generator = random.Random(f"chance {seed} {draw.random()}")
    for many in digits:
        for form in forms:
            lines = computed(solved, max(many, 4))
            made = claims(lines, form)
            for place, line in enumerate(lines):
                if not isinstance(line.result, str) or generator.random() > 3 / len(lines):
                    continue
                size = abs(read(line.result)) or 1.0
                value = size * 10 ** generator.uniform(-0.7, 0.7) * generator.choice((1, -1))
                number = shown(np.float64(value), many)
                claim = made[place][0], [*made[place][1][:-1], number]
                report = list(checked(graph, [*made[:place], claim], solved.exercise.rate))
                if report[-1].verdict != "wrong" or report[-1].diagnosis is None:
                    continue
                found = report[-1].diagnosis
                named = tuple(
                    one.faults for one in found.explanations if one.faults != KNOWN_BY_THE_STEP
                )
                yield Named(
                    seed, form, many, line.target, number, named,
                    bool(named) and found.certain and found.explanations[0].faults == named[0],
                    str(report[-1]),
                )  # fmt: skip

"""Which numbers a person can work with: the rule by which drawn graphs are kept or drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphdiff.checking import conventions
from graphdiff.checking.points import DIGITS, Point
from graphdiff.evaluation.run import Run
from graphdiff.exercises.levels import Level
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local_functions.local_function import Instruction

PLACES = 3
"""Decimals of answers that are rounded."""

SMALLEST = 0.02
"""A rounded answer is no smaller, so that it keeps two digits or more."""

TRIVIAL = 30
"""Of a hundred answers so many may be 0 or ±1."""

CLOSE = 1e-9

FAR = 2.5
"""Beyond it σ and tanh are 1 but for nothing that is seen."""

TOLD: Mapping[str, tuple[float, ...]] = {
    "sigmoid": (0, 1, -1, 2, -2),
    "tanh": (0, 1, -1, 2, -2),
    "exp": (0, 1, -1, 2, -2),
}
"""The arguments at which a worksheet tells what functions are."""


def is_friendly(run: Run, asked: Mapping[str, Any], level: Level) -> bool:
    """Whether the numbers of a sweep, and the answers among them, suit a level.

    Parameters
    ----------
    run
        A backward sweep, in floats.
    asked
        The answers by their targets.
    level
        What numbers may be like.
    """
    numbers = np.concatenate([np.ravel(value) for value in _numbers(run)])
    if np.abs(numbers).max() > level.largest or not _are_told(run.graph, run):
        return False
    exact = is_short(numbers, level.decimals)
    if (np.abs(numbers[~exact]) < SMALLEST).any():
        return False
    gradients = [np.ravel(value) for target, value in asked.items() if target.startswith("d")]
    return bool(
        _are_varied(np.concatenate([np.ravel(value) for value in asked.values()]), level)
        and all(found.any() for found in gradients)
        and _differ(np.concatenate(gradients))
        and (exact.all() or _has_smooth(run.graph))
        and not _is_at_kink(run)
    )


def is_short(numbers: np.ndarray, decimals: int) -> np.ndarray:
    """Return of each number whether it has no more decimals."""
    scaled = numbers * 10.0**decimals
    return np.abs(scaled - np.round(scaled)) < CLOSE * np.maximum(1, np.abs(scaled))


def _numbers(run: Run) -> Iterator[Any]:
    yield from run.value.values()
    yield from run.J.values()
    yield from run.P.values()


def _are_varied(answers: np.ndarray, level: Level) -> bool:
    """Whether not too many of the answers are 0 or ±1, or have to be rounded."""
    trivial = np.isclose(np.abs(answers), 1, atol=CLOSE) | np.isclose(answers, 0, atol=CLOSE)
    rounded = ~is_short(answers, level.decimals)
    return 100 * trivial.mean() <= TRIVIAL and 100 * rounded.mean() <= level.rounded


def _differ(gradients: np.ndarray) -> bool:
    """Whether the derivatives asked for are not one number again and again."""
    different = len(np.unique(np.round(np.abs(gradients), 9)))
    return different >= min(2, len(gradients))


def _has_smooth(graph: ComputationalGraph) -> bool:
    return any(
        getattr(line.function, "name", "") in (*TOLD, "log", "softmax")
        for node in graph.nodes
        if node.function is not None
        for line in node.function.program
        if isinstance(line, Instruction)
    )


def applied(node: Node) -> str | None:
    """Return the name of the function that a node is of one parent, where it is nothing else."""
    if node.function is None or len(node.parents) != 1:
        return None
    *formals, last = node.function.program
    if len(formals) != 1 or not isinstance(last, Instruction):
        return None
    return getattr(last.function, "name", None)


def _are_told(graph: ComputationalGraph, run: Run) -> bool:
    """Whether σ, tanh and exp are taken where the worksheet tells them, or are short numbers."""
    for node in graph.nodes:
        if (told := TOLD.get(applied(node) or "")) is not None:
            at, value = (np.ravel(run.value[of.name]) for of in (node.parents[0], node))
            known = np.isclose(at[:, None], told, atol=CLOSE).any(axis=1)
            short = is_short(value, PLACES) & (np.abs(at) < FAR)
            if not (known | short).all():
                return False
    return True


def _is_at_kink(run: Run) -> bool:
    graph = run.graph
    if not conventions.has_kinks(graph):
        return False
    leaves = {leaf.name: leaf.value for leaf in graph.leaves}
    return conventions.at_kink(Point(graph, leaves, DIGITS))

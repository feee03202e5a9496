"""Where a function has a kink, other conventions than ours for its derivative.

relu′(0) is 0 here, and 1 or ½ elsewhere; tied maxima share the derivative here, and elsewhere
one has it all, or each. An answer by such a convention is not wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.checking.equality import flat
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph
from graphdiff.language.functions import Function
from graphdiff.language.functions.comparisons import COMPARISONS
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.local_functions.local_function import Instruction, LocalFunction

DIRECTIONS = 12
"""Ways to step aside from a point, each with its opposite."""

MOST = 8
"""Nodes with kinks of which each is given a convention of its own."""

SAME = mpmath.mpf(10) ** -20
"""To this part a number aside of a kink is the limit at it."""


def alternatives(here: Point, target: Target) -> Iterator[Any]:
    """Yield what a derivative is at a point by other conventions."""
    kinked = [i for i in here.graph.nodes if i.function is not None and is_kinked(i.function)]
    for node, side in itertools.product((None, *kinked[:MOST]), (1, -1, 0)):
        found = replace(here, exact=False, side=side, sided=node).at(target)
        if found is not None:
            yield found
    for k in range(1, DIRECTIONS + 1):
        both = [replace(here, exact=False, leaves=_beside(here, k * sign)) for sign in (1, -1)]
        points = [point for point in both if _is_continuous(here, point)]
        found = [value for point in points if (value := point.at(target)) is not None]
        yield from found
        if len(found) == 2:
            with here.arithmetic.guard():
                middle = (found[0] + found[1]) / 2
            yield middle


def _is_continuous(here: Point, beside: Point) -> bool:
    """Whether no value jumps on the way to a point beside."""
    return all(_is_near(value, beside.values.get(name)) for name, value in here.values.items())


def at_kink(here: Point) -> bool:
    """Whether a value or a local derivative is another from some side of a point, or has none."""
    points = [here, *(replace(here, exact=False, side=side) for side in (1, -1))]
    points += [replace(here, exact=False, leaves=_beside(here, k)) for k in (1, -1, 2, -2)]
    for node in here.graph.nodes:
        if node.function is None or not is_kinked(node.function):
            continue
        parents = dict.fromkeys(node.parents)
        targets = [Target("value", node), *(Target("J", node, parent) for parent in parents)]
        for target in targets:
            right, *others = (point.at(target) for point in points)
            if any(not _is_near(right, other) for other in others):
                return True
    return False


def _is_near(right: Any, other: Any) -> bool:
    if right is None or other is None:
        return False
    pairs = zip(flat(right), flat(other), strict=True)
    return all(abs(a - b) <= SAME * max(abs(a), abs(b), 1) for a, b in pairs)


def has_kinks(graph: ComputationalGraph) -> bool:
    """Whether some function of a graph has a kink or a jump."""
    return any(node.function is not None and is_kinked(node.function) for node in graph.nodes)


def is_kinked(function: LocalFunction) -> bool:
    """Whether a function has a kink or a jump."""
    return kinks_in(function) > 0


def kinks_in(function: LocalFunction) -> int:
    """Return how many operations of a function have a kink or a jump, a choice by cases one."""
    lines = [line.function for line in function.lowered.program if isinstance(line, Instruction)]
    scalar = [of for of in lines if isinstance(of, Function)]
    comparisons = sum(of in COMPARISONS for of in scalar)
    choices = sum(of.selects for of in scalar)
    others = sum(_kinks(of) and of not in COMPARISONS and not of.selects for of in scalar)
    arrays = sum(isinstance(of, TensorFunction) and of.has_kinks for of in lines)
    return others + arrays + max(comparisons, choices)


def _kinks(function: Function) -> bool:
    if function.of is not None:
        return _kinks(function.of[0])
    return bool(function.kinks) or function.selects or function in COMPARISONS


def _beside(point: Point, seed: int) -> dict[str, Any]:
    """Return leaves a little beside, each entry by an amount of its own."""
    generator = np.random.default_rng(abs(seed))
    sign = 1 if seed > 0 else -1

    def moved(entry: Any) -> Any:
        amount = sign * int(generator.integers(-999, 1000))
        tiny = Fraction(amount, 10**33)
        return entry + (tiny if isinstance(entry, Fraction) else sp.Rational(amount, 10**33))

    def aside(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return moved(value)
        result = np.empty(value.shape, object)
        result.ravel()[:] = [moved(entry) for entry in value.ravel().tolist()]
        return result

    return {name: aside(value) for name, value in point.leaves.items()}

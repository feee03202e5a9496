"""Values for leaves to tell formulas apart at: near the given ones, random ones, kinks.

A leaf with axes gets an array of its shape: exact fractions, or float64 where the arrays
are too large to compute with many digits.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.graph import Node
from graphdiff.language import quantity

SEED = 20_240_229

Leaves = dict[str, Any]
"""Values by leaf: exact numbers, and arrays of fractions, exact numbers or floats."""


def exactly(value: Any, *, rough: bool = False) -> Any:
    """Return a leaf's value as an exact number, or an array to compute with."""
    if not isinstance(value, np.ndarray):
        return quantity.exact(value)
    if rough:
        return value.astype(np.float64)
    return _entrywise(lambda entry: _fraction(quantity.exact(entry)), value)


def _fraction(number: sp.Expr) -> Any:
    return Fraction(int(number.p), int(number.q)) if number.is_Rational else number


def _entrywise(change: Callable[..., Any], *arrays: np.ndarray) -> np.ndarray:
    result = np.empty(arrays[0].shape, object)
    flat = (array.ravel().tolist() for array in arrays)
    result.ravel()[:] = [change(*row) for row in zip(*flat, strict=True)]
    return result


def start(leaf: Node, *, rough: bool = False) -> Any:
    """Return a value for a leaf that has none: 1, or an array of small whole numbers."""
    if not leaf.shape:
        return sp.S.One
    numbers = (np.arange(leaf.size) % 5 + 1).reshape(leaf.shape)
    return exactly(numbers.astype(np.float64), rough=rough)


def neighbours(start: Leaves) -> Iterator[Leaves]:
    """Yield points that differ from the start in one leaf: the easiest to follow by hand."""
    for name, value in itertools.islice(start.items(), 40):
        for change in (1, -2):
            yield {**start, name: value + change}


def beside(leaves: Mapping[str, Any]) -> Leaves:
    """Return a point a little beside another: off a kink, if that is on one."""
    return {name: _beside(value, k) for k, (name, value) in enumerate(leaves.items(), 1)}


def _beside(value: Any, k: int) -> Any:
    if not isinstance(value, np.ndarray):
        return value + sp.Rational(k, 9973)
    steps = np.arange(1, value.size + 1).reshape(value.shape)
    if value.dtype != object:
        return value + steps / 9973
    return _entrywise(lambda entry, step: entry + Fraction(k * step, 99_991), value, steps)


NEAR = (sp.Rational(1, 4), sp.Rational(1, 1000), sp.Rational(1, 10**6))
WIDE = ((-3, 3), (sp.Rational(1, 10), 3), (-1, 1), (-30, 30), (-3000, 3000))


def scattered(start: Leaves, seed: int = SEED) -> Iterator[Leaves]:
    """Yield random rational points, on no kink but by the wildest chance.

    Some are near the start, where the formulas should have values at all; some in ranges
    where log and √ live; some far away, where a step or a maximum turns.
    """
    generator = random.Random(seed)  # noqa: S311 - not for secrets

    def fraction() -> sp.Rational:
        return sp.Rational(generator.randrange(1, 9973), 9973)

    def within(value: Any, low: Any, high: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return low + (high - low) * fraction()
        first, span = Fraction(low), Fraction(high - low)
        return _entrywise(
            lambda _: first + span * Fraction(generator.randrange(1, 9973), 9973), value
        )

    def near(value: Any, part: sp.Rational) -> Any:
        if not isinstance(value, np.ndarray):
            return value + part * (abs(value) + sp.Rational(1, 25)) * (2 * fraction() - 1)
        return value + Fraction(part) * (np.abs(value) + Fraction(1, 25)) * within(value, -1, 1)

    while True:
        for low, high in WIDE:
            yield {name: within(value, low, high) for name, value in start.items()}
        for part in NEAR:
            yield {name: near(value, part) for name, value in start.items()}


def scaled(start: Leaves, seed: int = SEED) -> Iterator[Leaves]:
    """Yield random points of floats, so scaled that sums along an axis are about 1.

    There σ, tanh and softmax do not saturate, so that float64 tells formulas apart.
    """
    generator = np.random.default_rng(seed)

    def drawn(value: Any, draw: Callable[[Any, float], Any]) -> Any:
        if isinstance(value, np.ndarray):
            return draw(value, 1 / math.sqrt(value.shape[-1]))
        return sp.Rational(str(round(float(draw(np.asarray(float(value)), 1.0)), 4)))

    ways: tuple[Callable[[Any, float], Any], ...] = (
        lambda value, scale: generator.normal(size=value.shape) * scale,
        lambda value, scale: generator.uniform(0.1, 1.0, value.shape) * scale,
        lambda value, _: value + (np.abs(value) + 0.04) * generator.uniform(-0.2, 0.2, value.shape),
    )
    while True:
        for way in ways:
            yield {name: drawn(value, way) for name, value in start.items()}


def at_kinks(start: Leaves, seed: int = SEED) -> Iterator[Leaves]:
    """Yield points of small integers, where kinks, ties and jumps usually are."""
    generator = random.Random(seed)  # noqa: S311 - not for secrets

    def filled(value: Any, number: Callable[[], int]) -> Any:
        if not isinstance(value, np.ndarray):
            return sp.Integer(number())
        if value.dtype != object:
            return np.array([number() for _ in range(value.size)], float).reshape(value.shape)
        return _entrywise(lambda _: Fraction(number()), value)

    def all_filled(number: Callable[[], int]) -> Leaves:
        return {name: filled(value, number) for name, value in start.items()}

    yield all_filled(lambda: 0)
    yield all_filled(lambda: 1)
    for name in list(start)[:20]:
        yield {**start, name: filled(start[name], lambda: 0)}
    for _ in range(10):
        yield all_filled(lambda: generator.randint(-1, 1))


def scales(start: Leaves, thresholds: Iterable[Any], seed: int = SEED) -> Iterator[Leaves]:
    """Yield points on both sides of every scale, all leaves far out, then one at a time.

    Where a case or a maximum turns beyond the points drawn elsewhere, formulas that differ
    there are told apart.

    Parameters
    ----------
    thresholds
        Numbers that stand in the formulas: the leaf goes a little beyond each, and well beyond.
    """
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    sizes = [sp.Integer(10) ** k for k in (4, 6, 2, 1, 9, 3, 0, -1, -3)]
    marks = [abs(sp.Rational(number)) for number in thresholds if number != 0]
    steps = [mark * by for mark in marks for by in BEYOND] + sizes

    def at(value: Any, size: Any) -> Any:
        def drawn(_: Any = None) -> Any:
            return size * (1 + sp.Rational(generator.randrange(-999, 1000), 9973))

        if not isinstance(value, np.ndarray):
            return drawn()
        if value.dtype != object:
            return np.array([float(drawn()) for _ in range(value.size)]).reshape(value.shape)
        return _entrywise(lambda _: _fraction(drawn()), value)

    for step, sign in itertools.product(steps, (1, -1)):
        yield {name: at(value, sign * step) for name, value in start.items()}
    if len(start) > 1:
        for step, sign, name in itertools.product(steps, (1, -1), list(start)[:MOVED]):
            yield {**start, name: at(start[name], sign * step)}


BEYOND = (sp.Rational(9, 10), sp.Rational(11, 10), sp.Integer(3))
"""What numbers in formulas are multiplied with: just inside, just beyond, well beyond."""

MOVED = 12
"""Leaves that are moved far out one at a time."""

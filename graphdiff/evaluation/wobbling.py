"""Numbers each operation on which is a little wrong, to see how far roundings reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import Float64
from graphdiff.language.functions import Function
from graphdiff.language.functions.activations import sigmoid
from graphdiff.language.functions.elementary import tanh
from graphdiff.local_functions.local_function import LocalFunction

Rule = Callable[..., Any]

SMALL = 2.0**-26
"""The part by which operations in float64 are changed."""

PARTS = 0.75, 1.25
"""The least and the largest of it that is taken: no two are equal, so that none cancel."""

BY_VALUE = (sigmoid, tanh)
"""Maps whose slope programs compute from their value, a(1 − a) and 1 − a², and so its rounding."""


def rounded(exact: Rule, function: Function, off: Rule) -> Rule:
    """Return what computes a function and rounds; one that chooses does not."""
    compute = exact(function)
    if function.kinks:
        return compute
    if function.of is not None and function.of[0] in BY_VALUE:
        value = exact(function.of[0])
        return lambda z: off(compute(z)) + off(value(z)) - value(z)
    return lambda *arguments: off(compute(*arguments))


class WobblingFloats(Float64):
    """Numbers of float64, each operation on which is off by a random small part.

    The part is so much larger than their own roundings that those do not count.
    """

    repeats = False

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def number(self, value: Any) -> Any:
        """Return a number, rounded as a program would round it: not if it is whole."""
        found = super().number(value)
        return np.where(found == np.round(found), found, self._off(found))

    def apply(self, function: Function) -> Any:
        """Return what computes a function, and rounds."""
        return rounded(super().apply, function, self._off)

    def partial(self, function: LocalFunction, slot: int) -> Any:
        """Return what computes a derivative, and rounds."""
        compute = super().partial(function, slot)
        return lambda *arguments: self._off(compute(*arguments))

    def settled(self, value: Any) -> Any:
        """Return what a function of tensors has computed, and round."""
        return self._off(value)

    def _off(self, value: Any) -> Any:
        shape = np.shape(value)
        part = self._random.choice((-SMALL, SMALL), shape) * self._random.uniform(*PARTS, shape)
        return value * (1 + part)

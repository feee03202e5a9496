"""How large roundings become on the way to a number: each operation is made a little wrong.

A student's program rounds at every operation. Where terms cancel, a result right to the last
of its own operations is far from the truth. So every operation here is changed by a random part
of a part; what that does to the result, measured in the same part, is how roundings grow.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

from graphdiff.checking.rationals import Strict
from graphdiff.evaluation.values import value_of
from graphdiff.evaluation.wobbling import rounded
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction

Rule = Callable[..., Any]

TINY = mpmath.mpf(10) ** -25
"""The part by which operations are changed."""

CROSSED = 1e5
"""Roundings in float64 that grow more have crossed a kink."""

TIMES = 6
"""How often; the largest effect counts."""

JUMP = mpmath.mpf(10) ** 14
"""Roundings do not grow so much: a kink was crossed, and the point is none to learn from."""


class Wobbling(Strict):
    """Numbers of many digits, each operation on which is off by a random tiny part."""

    repeats = False

    def __init__(self, digits: int, seed: int) -> None:
        super().__init__(digits)
        self._random = random.Random(seed)  # noqa: S311 - not for secrets

    def number(self, value: Any) -> Any:
        """Return a number, rounded as a program would round it: not if it is whole."""
        return self._off(super().number(value), _is_whole)

    def apply(self, function: Function) -> Any:
        """Return what computes a function, and rounds."""
        return rounded(super().apply, function, self._off)

    def partial(self, function: LocalFunction, slot: int) -> Any:
        """Return what computes a derivative step by step, and rounds."""
        if not function.is_scalar:
            compute = super().partial(function, slot)
            return lambda *arguments: self._off(compute(*arguments))
        pullback, one = function.pullback(slot), super().number(1)
        return lambda *arguments: self._off(value_of(self, pullback, [*arguments, one]))

    def settled(self, value: Any) -> Any:
        """Return what a function of tensors has computed, and round."""
        return self._off(value)

    def _off(self, value: Any, kept: Callable[[Any], bool] = lambda _: False) -> Any:
        if not isinstance(value, np.ndarray):
            return value if kept(value) else value * (1 + TINY * self._random.choice((-1, 1)))
        result = np.empty(value.shape, object)
        result.ravel()[:] = [self._off(entry, kept) for entry in value.ravel().tolist()]
        return result


def _is_whole(number: Any) -> bool:
    return isinstance(number, int) or bool(mpmath.isint(number))

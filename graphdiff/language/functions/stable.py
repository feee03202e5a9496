"""Functions that formulas are computed by where what was written would leave the range of floats.

Nobody calls them: they stand for log(cosh(x)) and √(a² + b²) in numbers and in programs, while
texts and pictures keep what was written.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language.functions.scalar_function import Function


def _logcosh_kernel(x: Any) -> np.ndarray:
    """Return log cosh x: near 0 by 2 sinh²(x/2), whose digits are all there, else by exp(−2|x|)."""
    size = np.abs(x)
    near = np.log1p(2.0 * np.sinh(np.minimum(size, 1.0) / 2.0) ** 2)
    far = size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0)
    return np.where(size < 1.0, near, far)


LEFT = 0.01
"""What is left of 1 where a difference from 1 has lost two digits."""


def _left_of_sigmoid(s: Any, x: Any) -> Any:
    left = 1.0 - s
    return 1.0 / (1.0 + np.exp(x)) if np.size(left) and np.min(left) < LEFT else left


def _left_of_tanh(t: Any, x: Any) -> Any:
    left = 1.0 - np.square(t)
    if not np.size(left) or not np.min(left) < LEFT:
        return left
    small = np.exp(-2.0 * np.abs(x))
    return 4.0 * small / np.square(1.0 + small)


# fmt: off
logcosh = Function(
    "logcosh", lambda x: sp.log(sp.cosh(x)), derivative=(sp.tanh,), kernel=_logcosh_kernel,
    has_head=True, summary="log(cosh(x))",
)
hypot = Function(
    "hypot", lambda a, b: sp.sqrt(a**2 + b**2), 2,
    derivative=(
        lambda a, b: direction.symbolic(a, b), lambda a, b: direction.symbolic(b, a),
    ),
    kernel=np.hypot, has_head=True, summary="√(a² + b²)",
)
direction = Function(
    "direction", lambda a, b: a / sp.sqrt(a**2 + b**2), 2,
    derivative=(
        lambda a, b: direction.symbolic(b, a) ** 2 / hypot.symbolic(a, b),
        lambda a, b: -direction.symbolic(a, b) * direction.symbolic(b, a) / hypot.symbolic(a, b),
    ),
    kernel=lambda a, b: a / np.hypot(a, b), has_head=True, summary="a / √(a² + b²)",
)
one_minus_sigmoid = Function(
    "one_minus_sigmoid", lambda s, x: 1 - s, 2,
    derivative=(lambda s, x: -sp.S.One, lambda s, x: sp.S.Zero), kernel=_left_of_sigmoid,
    has_head=True, logarithm=lambda s, x: -sp.log(1 + sp.exp(x)), complement=lambda s, x: s,
    summary="1 − s of s = σ(x), with its digits where s is nearly 1",
)
one_minus_tanh_squared = Function(
    "one_minus_tanh_squared", lambda t, x: 1 - t**2, 2,
    derivative=(lambda t, x: -2 * t, lambda t, x: sp.S.Zero), kernel=_left_of_tanh,
    has_head=True, summary="1 − t² of t = tanh(x), with its digits where t² is nearly 1",
)
over_square = Function(
    "over_square", lambda a, b: a / b**2, 2, kernel=lambda a, b: a / b / b,
    domain=((-2, 2), (1, 2)), has_head=True, summary="a / b², where b² alone may have no float",
)
square_times_exp = Function(
    "square_times_exp", lambda a, b: a**2 * sp.exp(b), 2,
    kernel=lambda a, b: np.square(a * np.exp(b / 2)),
    has_head=True, summary="a² exp(b), where a² alone may have no float",
)
# fmt: on

FUNCTIONS = (
    logcosh, hypot, direction, one_minus_sigmoid, one_minus_tanh_squared, over_square,
    square_times_exp,
)  # fmt: skip

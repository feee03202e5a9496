"""Comparisons, which are 1 or 0, and the choice between two values by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language.functions.kinks import cases
from graphdiff.language.functions.scalar_function import Formula, Function, Operator

COMPARISON = 0
"""How tightly < and > bind."""

_ZERO = (lambda a, b: sp.S.Zero, lambda a, b: sp.S.Zero)


def _compared(
    name: str, sign: str, latex: str, formula: Formula, kernel: Callable[..., Any]
) -> Function:
    return Function(
        name, formula, 2, derivative=_ZERO, kernel=kernel, kinks={(1, 1): (0, 0)},
        operator=Operator(sign, COMPARISON), has_head=True,
        latex=r"\left[{0} " + latex + r" {1}\right]",
    )  # fmt: skip


# fmt: off
less = _compared(
    "less", "<", "<", lambda a, b: cases((1, a < b), (0, True)), lambda a, b: np.less(a, b) * 1.0)
less_equal = _compared(
    "less_equal", "<=", r"\leq", lambda a, b: cases((1, a <= b), (0, True)),
    lambda a, b: np.less_equal(a, b) * 1.0)
greater = _compared(
    "greater", ">", ">", lambda a, b: cases((1, a > b), (0, True)),
    lambda a, b: np.greater(a, b) * 1.0)
greater_equal = _compared(
    "greater_equal", ">=", r"\geq", lambda a, b: cases((1, a >= b), (0, True)),
    lambda a, b: np.greater_equal(a, b) * 1.0)
where = Function(
    "where", lambda c, a, b: cases((b, sp.Eq(c, 0)), (a, True)), 3,
    derivative=(
        lambda c, a, b: sp.S.Zero,
        lambda c, a, b: cases((0, sp.Eq(c, 0)), (1, True)),
        lambda c, a, b: cases((1, sp.Eq(c, 0)), (0, True)),
    ),
    kernel=lambda c, a, b: np.where(np.asarray(c) != 0, a, b),
    domain=((0.5, 1.5), (-2, 2), (-2, 2)), kinks={(0, 1, 2): (0, 0, 1)}, has_head=True,
    selects=True,
    summary="the second argument where the first is not 0, else the third",
)
xlogy = Function(
    "xlogy", lambda x, y: cases((0, sp.Eq(x, 0)), (x * sp.log(y), True)), 2,
    derivative=(
        lambda x, y: sp.log(y),
        lambda x, y: cases((0, sp.Eq(x, 0)), (x / y, True)),
    ),
    kernel=lambda x, y: np.where(
        np.asarray(x) == 0, 0.0, x * np.log(np.where(np.asarray(x) == 0, 1.0, y))),
    domain=((0.2, 2), (0.2, 4)), kinks={(0, 2): (sp.log(2), 0)}, has_head=True,
    latex=r"{0} \log{\left({1}\right)}", summary="x · log(y), and 0 where x = 0, also at y = 0",
)
# fmt: on

COMPARISONS = (less, less_equal, greater, greater_equal)
FUNCTIONS = (where, xlogy)

"""Rounding to whole numbers, and what a division leaves over.

They jump, and are straight lines in between: the derivative is the slope of the line, also at a
jump, where the value already belongs to one side.

===================  =============================  ==========================
function             jumps                          derivative
===================  =============================  ==========================
floor, ceil          at whole numbers               0
round                at halves, to the even number  0
floor_divide         where x/y is whole             0
mod                  where x/y is whole             1 in x, −⌊x/y⌋ in y
===================  =============================  ==========================
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from graphdiff.language.functions.kinks import HALF, cases
from graphdiff.language.functions.scalar_function import Function

_ZERO = (lambda *_: sp.S.Zero,)


def _half_even(x: sp.Expr) -> sp.Expr:
    above = sp.floor(x + HALF)
    is_odd = sp.Ne(above, 2 * sp.floor(above / 2))
    return cases((above - 1, sp.Eq(x + HALF, above) & is_odd), (above, True))


# fmt: off
floor = Function(
    "floor", sp.floor, derivative=_ZERO, kernel=np.floor, kinks={(1,): (0,)}, has_head=True,
    latex=r"\left\lfloor {{0}} \right\rfloor", summary="the largest whole number not above x",
)
ceil = Function(
    "ceil", sp.ceiling, derivative=_ZERO, kernel=np.ceil, kinks={(1,): (0,)}, has_head=True,
    latex=r"\left\lceil {{0}} \right\rceil", summary="the smallest whole number not below x",
)
round = Function(
    "round", _half_even, derivative=_ZERO, kernel=np.rint, has_head=True,
    kinks={(HALF,): (0,), (-HALF,): (0,)},
    summary="the nearest whole number; a half goes to the even one",
)
floor_divide = Function(
    "floor_divide", lambda x, y: sp.floor(x / y), 2, derivative=_ZERO * 2,
    kernel=np.floor_divide, domain=((-4, 4), (0.3, 2)), kinks={(2, 1): (0, 0)}, has_head=True,
    latex=r"\left\lfloor \frac{{0}}{{1}} \right\rfloor", summary="⌊x/y⌋, the operator //",
)
mod = Function(
    "mod", lambda x, y: x - y * sp.floor(x / y), 2,
    derivative=(lambda x, y: sp.S.One, lambda x, y: -floor_divide.symbolic(x, y)),
    kernel=np.mod, domain=((-4, 4), (0.3, 2)), kinks={(2, 1): (1, -2)}, has_head=True,
    summary="x − y ⌊x/y⌋, which has the sign of y; the operator %",
)
# fmt: on

FUNCTIONS = (floor, ceil, round, floor_divide, mod)

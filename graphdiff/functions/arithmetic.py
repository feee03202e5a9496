"""Arithmetic: the operators + − * / ** of expressions."""

from __future__ import annotations

import numpy as np
import sympy as sp

from graphdiff.errors import ExpressionError
from graphdiff.functions.declaration import Function, Operator

MAX_DIGITS = 20_000
"""No number written out in a formula, or met in exact arithmetic, has more digits."""


def _bounded_power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """Return base**exponent; refuse a coefficient too long to write down."""
    coefficient = base.as_coeff_Mul()[0]
    if exponent.is_Rational and coefficient.is_Rational:
        longest = max(abs(coefficient.p), coefficient.q)
        if longest > 1 and longest.bit_length() * abs(exponent) * 0.302 > MAX_DIGITS:
            raise ExpressionError(
                f"the power of {str(coefficient)[:40]} to the {str(exponent)[:40]} has more "
                f"than {MAX_DIGITS} digits; use a smaller exponent"
            )
    return sp.Pow(base, exponent)


add = Function("add", lambda a, b: a + b, 2, kernel=np.add, operator=Operator("+", 1))
sub = Function("sub", lambda a, b: a - b, 2, kernel=np.subtract, operator=Operator("-", 1))
mul = Function("mul", lambda a, b: a * b, 2, kernel=np.multiply, operator=Operator("*", 2))
div = Function(
    "div", lambda a, b: a / b, 2,
    kernel=np.divide, operator=Operator("/", 2), domain=((-2, 2), (0.3, 3)),
)  # fmt: skip
neg = Function("neg", lambda a: -a, 1, kernel=np.negative, operator=Operator("-", 3))
pow = Function(
    "pow", _bounded_power, 2,
    kernel=np.power, operator=Operator("**", 4, right_associative=True),
    derivative=(lambda a, b: b * a ** (b - 1), lambda a, b: a**b * sp.log(a)),
    domain=((0.3, 3), (-2, 3)),
)  # fmt: skip

FUNCTIONS = (add, sub, mul, div, neg, pow)

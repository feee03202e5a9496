"""Arithmetic: the operators + − * / ** of expressions."""

from __future__ import annotations

import numpy as np
import sympy as sp

from graphdiff.errors import ExpressionError
from graphdiff.language import quantity
from graphdiff.language.functions.scalar_function import Function, Operator

SUM, PRODUCT, SIGN, POWER = 1, 2, 3, 4
"""How tightly operators bind."""


MAX_ROOT = 10_000
"""The order of a root that is simplified."""

SMALL_FACTORS = 2**15
"""Up to here SymPy looks for the factors of a number it takes a root of."""


def bounded_power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """Return base**exponent; refuse a coefficient too long to write down.

    Raises
    ------
    ExpressionError
        For a power, or a root such as 48**0.3333333333333333, which is one of order 10¹⁶.
    """
    coefficient = base.as_coeff_Mul()[0]
    if exponent.is_Rational and quantity.digits(coefficient) * abs(exponent) > quantity.MAX_DIGITS:
        raise ExpressionError(
            f"a power has more than {quantity.MAX_DIGITS} digits; use a smaller exponent"
        )
    if exponent.is_Rational and exponent.q > MAX_ROOT and coefficient.is_Rational:
        numbers = sp.Integer(abs(coefficient.p)), sp.Integer(coefficient.q)
        factors = (number.factors(limit=SMALL_FACTORS) for number in numbers)
        if any(len(set(powers.values())) > 1 for powers in factors):  # SymPy gathers their powers
            raise ExpressionError(
                f"a root of order {exponent.q} has more than {quantity.MAX_DIGITS} digits on the "
                "way; write the exponent as a fraction of small numbers, such as Fraction(1, 3)"
            )
    return sp.Pow(base, exponent)


add = Function("add", lambda a, b: a + b, 2, kernel=np.add, operator=Operator("+", SUM))
sub = Function("sub", lambda a, b: a - b, 2, kernel=np.subtract, operator=Operator("-", SUM))
mul = Function("mul", lambda a, b: a * b, 2, kernel=np.multiply, operator=Operator("*", PRODUCT))
div = Function(
    "div", lambda a, b: a / b, 2,
    kernel=np.divide, operator=Operator("/", PRODUCT), domain=((-2, 2), (0.3, 3)),
)  # fmt: skip
neg = Function("neg", lambda a: -a, 1, kernel=np.negative, operator=Operator("-", SIGN))
pow = Function(
    "pow", bounded_power, 2,
    kernel=np.power, operator=Operator("**", POWER, right_associative=True),
    derivative=(lambda a, b: b * a ** (b - 1), lambda a, b: a**b * sp.log(a)),
    domain=((0.3, 3), (-2, 3)),
)  # fmt: skip

FUNCTIONS = (add, sub, mul, div, neg, pow)

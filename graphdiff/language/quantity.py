"""Numbers as people write them, kept exactly: 1/3, 0.40 and 2 each as what they are."""

from __future__ import annotations

import math
import numbers
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphdiffError, GraphError

MAX_CHARACTERS = 400
"""The longest number read from a text."""

MAX_DIGITS = 4000
"""Digits of a number that is computed with; Python itself writes no more than 4300."""

type_names = "an int, float, Fraction, Decimal, NumPy or SymPy number"


def exact(value: Any, what: str = "a constant") -> sp.Expr:
    """Return a number as an exact SymPy number; a float as the decimal it prints as.

    Parameters
    ----------
    value
        A Python, NumPy or SymPy real number.
    what
        How to call it in an error message.

    Raises
    ------
    GraphError
        If it is not a finite real number, or has thousands of digits.

    Examples
    --------
    >>> exact(0.1), exact(Decimal("0.40"))
    (1/10, 2/5)
    """
    number = _exact(value, what)
    check_digits(number, what, GraphError)
    return number


def _exact(value: Any, what: str) -> sp.Expr:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, sp.Expr):
        return _real_constant(value, what)
    if isinstance(value, bool) or not isinstance(value, numbers.Number | Decimal):
        raise GraphError(f"{what} is {_shown(value)}; it must be {type_names}")
    if isinstance(value, complex):
        raise GraphError(f"{what} is {value}; graphdiff works with real numbers")
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        raise GraphError(f"{what} is {value}; it must be finite")
    if isinstance(value, float):
        return sp.Rational(repr(value))
    if isinstance(value, Decimal):
        if abs(value.adjusted()) > MAX_CHARACTERS:
            raise GraphError(f"{what} is {value!s:.60}; its exponent is beyond ±{MAX_CHARACTERS}")
        if len(value.as_tuple().digits) > MAX_DIGITS:
            raise GraphError(f"{what} has more than {MAX_DIGITS} digits")
        return sp.Rational(str(value))
    if isinstance(value, Fraction | numbers.Rational):
        return sp.Rational(int(value.numerator), int(value.denominator))
    return _real_constant(sp.sympify(value, strict=True), what)


def _real_constant(value: sp.Expr, what: str) -> sp.Expr:
    if value.free_symbols:
        raise GraphError(
            f"{what} is the SymPy expression {str(value)[:60]}, which has symbols; "
            "build its graph with Graph.from_expression, or use nodes in place of symbols"
        )
    if isinstance(value, sp.Float):
        return sp.Rational(str(value))
    if not value.is_real:
        raise GraphError(f"{what} is {str(value)[:60]}; it must be a finite real number")
    return value


def digits(number: sp.Expr) -> float:
    """Return how many decimal digits a rational number has, at most; 0 for another number."""
    if not number.is_Rational or (number.q == 1 and abs(number.p) <= 1):
        return 0
    return max(abs(number.p), number.q).bit_length() * math.log10(2)


def check_digits(number: sp.Expr, what: str, error: type[GraphdiffError]) -> None:
    """Raise an error if a number has more than :data:`MAX_DIGITS` digits."""
    if digits(number) > MAX_DIGITS:
        raise error(f"{what} has more than {MAX_DIGITS} digits")


def _shown(value: Any) -> str:
    text = repr(value)
    kind = type(value).__name__
    return f"{text if len(text) <= 60 else text[:57] + '...'} of type {kind}"


def written(value: Any) -> str:
    """Return the shortest text that reads back as the same exact number.

    Examples
    --------
    >>> written(5), written(0.1), written(sp.Rational(2, 3)), written(sp.sqrt(2) / 2)
    ('5', '0.1', '2/3', 'sqrt(2)/2')
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, sp.Float):
        return sp.sstr(value, full_prec=False)
    return str(value)

"""What number is meant by a float with all its digits: √6 by 2.449489742783178, 1/3 by 0.333…."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import sympy as sp

ALL_DIGITS, MOST = 13, 25
"""Digits of a number that has all those of a float, some of which end in zeros; and of any."""

SMALL = 1000
"""The largest number in a fraction, and under a root, that a float is taken for."""


_DECIMAL = re.compile(r"-?([0-9]*)\.([0-9]+)")


def _has_all_digits(written: str) -> bool:
    found = _DECIMAL.fullmatch(written)
    digits = "" if found is None else (found[1] + found[2]).lstrip("0")
    return ALL_DIGITS <= len(digits) <= MOST


def meant(written: str) -> sp.Expr | None:
    """Return the fraction or the root of a fraction of small numbers that a float is, if any.

    It is taken for one only if that is the very same float, rounded, and so is one by chance once
    in many millions. A number of fewer digits is what it says.

    Examples
    --------
    >>> meant(str(6**0.5)), meant(str(-2 / 3)), meant("0.3333"), meant("2.449489742783")
    (sqrt(6), -2/3, None, None)
    """
    if not _has_all_digits(written):
        return None
    value = float(written)
    fraction = Fraction(value).limit_denominator(SMALL)
    if abs(fraction.numerator) <= SMALL and float(fraction) == value:
        return sp.Rational(fraction.numerator, fraction.denominator)
    square = Fraction(value * value).limit_denominator(SMALL)
    if 0 < square.numerator <= SMALL and math.sqrt(square) == abs(value):
        root = sp.sqrt(sp.Rational(square.numerator, square.denominator))
        return root if value > 0 else -root
    return None

"""Numbers of many decimal digits."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.evaluation.arithmetic import CACHED, Arithmetic, Array, Rule, entrywise, once
from graphdiff.evaluation.lambdified import definition, in_mpmath
from graphdiff.language import quantity
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction

ORDINARY = 1000
"""Bits before the point up to which a number need not be compared with the largest there is."""


class Multiprecision(Arithmetic):
    """Numbers of many decimal digits, to tell formulas apart by sampling.

    Parameters
    ----------
    digits
        Decimal digits carried.
    """

    largest = mpmath.mpf(10) ** 1000
    repeats = False

    def __init__(self, digits: int = 60) -> None:
        self.digits = digits

    def number(self, value: Any) -> Array:
        """Return a number of as many digits as are carried, and five more."""
        if isinstance(value, np.ndarray) and value.shape:
            return entrywise(self.number)(value)
        return _in_digits(quantity.exact(value), self.digits + 5)

    @once
    def apply(self, function: Function) -> Rule:
        """Return the formula at mpmath numbers."""
        return self._bounded(in_mpmath(function.formals, definition(function)))

    @once
    def partial(self, function: LocalFunction, slot: int) -> Rule:
        """Return the derivative at mpmath numbers."""
        return self.formula(function.formals, function.partial(slot))

    def formula(self, formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
        """Return what computes any formula over the formals."""
        return self._bounded(in_mpmath(formals, formula))

    def _bounded(self, compute: Callable[..., Any]) -> Callable[..., Array]:
        """Count a complex number as none, and one of thousands of digits as infinite."""

        def bounded(*arguments: Any) -> Any:
            value = compute(*arguments)
            if not isinstance(value, mpmath.mpf):
                value = mpmath.mpmathify(value)
                if not isinstance(value, mpmath.mpf):
                    return mpmath.nan
            _, _, exponent, length = value._mpf_
            is_long = exponent + length > ORDINARY
            return mpmath.inf if is_long and abs(value) > self.largest else value

        return entrywise(bounded)

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is real and finite."""
        if not isinstance(value, np.ndarray):
            return is_digits(value)
        return all(map(is_digits, value.ravel().tolist()))

    def guard(self) -> Any:
        """Carry as many digits."""
        return mpmath.workdps(self.digits)


@lru_cache(maxsize=CACHED)
def _in_digits(number: sp.Expr, digits: int) -> Any:
    """Return an exact number as one of so many digits."""
    return mpmath.mpmathify(sp.N(number, digits))


def is_digits(value: Any) -> bool:
    """Whether it is a number of many digits, real and finite."""
    if not isinstance(value, mpmath.mpf):
        return False
    _, mantissa, exponent, _ = value._mpf_
    return bool(mantissa) or not exponent

"""Decimals that were written in a formula, in what was calculated of them: 0.00246 x."""

from __future__ import annotations

from decimal import Context
from typing import Any

import sympy as sp

FROM = 1000
"""The denominator from which a fraction may be written as a decimal."""

LONG = 12
"""Digits of a denominator beyond which it is a decimal, written as one."""


class Decimal(sp.Symbol):
    """A positive number that is written with a point."""

    def _sympystr(self, _: Any) -> str:
        return self.name

    def _latex(self, _: Any) -> str:
        return self.name


def with_decimals(formula: sp.Expr) -> sp.Expr:
    """Return a formula with fractions of decimals as decimals.

    A number by itself stays exact, unless its digits are those of a float.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> with_decimals(2 * sp.Rational("0.00123") * x), with_decimals(x / 1000), with_decimals(x / 3)
    (0.00246*x, x/1000, x/3)
    >>> with_decimals(x / sp.Rational("1.4142135623730951"))
    x/1.4142135623730951
    >>> with_decimals(sp.Rational(8, 3)), with_decimals(1 / sp.Rational("2.449489742783178"))
    (8/3, 1/2.449489742783178)
    """
    least = FROM if formula.free_symbols else 10**LONG
    fractions = (each for each in formula.atoms(sp.Rational) if each.q >= least)
    return formula.xreplace({each: _written(each) for each in fractions})


def _written(fraction: sp.Rational) -> sp.Expr:
    sign, p, q = sp.sign(fraction), abs(fraction.p), fraction.q
    if p != 1 and _ends(q):
        written = _point(sp.Rational(p, q))
        if len(written) < len(f"{p}/{q}"):
            return sign * Decimal(written, positive=True)
    if len(str(q)) > LONG:
        if _ends(p):  # one over a decimal
            return sign / Decimal(_point(sp.Rational(q, p)), positive=True)
        size = 10 ** (len(str(q)) - 1)
        above, below = sp.Rational(p, size), sp.Rational(q, size)
        whole = above if above.is_Integer else Decimal(_point(above), positive=True)
        return sign * whole / Decimal(_point(below), positive=True)
    return fraction


def _ends(divisor: int) -> bool:
    """Whether a fraction with this divisor has finitely many decimals."""
    return bool(divisor == 2 ** sp.multiplicity(2, divisor) * 5 ** sp.multiplicity(5, divisor))


def _point(number: sp.Rational) -> str:
    """Return a number of finitely many decimals with all of them."""
    digits = Context(prec=len(str(number.p)) + 4 * len(str(number.q)))
    return f"{digits.divide(int(number.p), int(number.q)):f}"

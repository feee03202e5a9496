"""Points where a derivative is 0·∞ as it is written, and 0 in the limit.

aᵖ·log(a) has a limit at a = 0 for p > 0, which arithmetic does not find. As xlogy(aᵖ, a) it has.
And where a length is made of another, which may be 0, that cancels in the derivative.
"""

from __future__ import annotations

import sympy as sp

from graphdiff.language.functions.comparisons import xlogy
from graphdiff.language.functions.stable import direction, hypot


def with_removable_points(formula: sp.Expr) -> sp.Expr:
    """Return a formula that has a value where powers of 0 stand before its logarithm.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> with_removable_points(x**y * sp.log(x))
    xlogy(x**y, x)
    """
    if formula.has(direction.head):
        formula = formula.replace(lambda part: isinstance(part, sp.Mul), _along)
    if formula.has(sp.log):
        formula = formula.replace(lambda part: isinstance(part, sp.Mul), _product)
    return formula


def _along(product: sp.Expr) -> sp.Expr:
    """Return (u/h) · (h/k) for the lengths h = √(u² + v²) and k = √(h² + w²) as u/k."""
    for inner in product.args:
        h = hypot.symbolic(*inner.args) if isinstance(inner, direction.head) else None
        turned = None if h is None else hypot.symbolic(*reversed(inner.args))
        for outer in product.args:
            if h is None or not isinstance(outer, direction.head):
                continue
            if outer.args[0] in (h, turned):
                k = hypot.symbolic(*outer.args)
                return _along(product / inner / outer * (inner.args[0] / k))
    return product


def _product(product: sp.Mul) -> sp.Expr:
    for power in product.atoms(sp.Pow):
        base, exponent = power.as_base_exp()
        if power in product.args and exponent.is_positive is not False:
            logarithm, letter = sp.log(base), sp.Dummy()
            rest = sp.Mul(*(factor for factor in product.args if factor != power))
            in_logarithm = rest.xreplace({logarithm: letter})
            if letter in in_logarithm.free_symbols and in_logarithm.is_polynomial(letter):
                terms = sp.Poly(in_logarithm, letter).terms()
                return sp.Add(*(k * _limited(base, exponent, degree) for (degree,), k in terms))
    return product


def _limited(base: sp.Expr, exponent: sp.Expr, degree: int) -> sp.Expr:
    """Return base**exponent · log(base)**degree, 0 where the power is."""
    if not degree:
        return base**exponent
    return xlogy.symbolic(base ** (exponent / degree), base) ** degree

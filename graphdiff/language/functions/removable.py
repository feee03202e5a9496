"""Points where a derivative is 0·∞ as it is written, and 0 in the limit.

aᵖ·log(a) has a limit at a = 0 for p > 0, which arithmetic does not find. As xlogy(aᵖ, a) it has.
"""

from __future__ import annotations

import sympy as sp

from graphdiff.language.functions.comparisons import xlogy


def with_removable_points(formula: sp.Expr) -> sp.Expr:
    """Return a formula that has a value where powers of 0 stand before its logarithm.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> with_removable_points(x**y * sp.log(x))
    xlogy(x**y, x)
    """
    if not formula.has(sp.log):
        return formula
    return formula.replace(lambda part: isinstance(part, sp.Mul), _product)


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

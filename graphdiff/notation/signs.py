"""Signs in what SymPy prints, as a person writes them: x − y, not −y + x."""

from __future__ import annotations

from typing import Any

import sympy as sp


class PositiveFirst:
    """Before a printer of SymPy: a sum begins with a positive term, and −(y − 1) z is (1 − y) z."""

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)  # type: ignore[call-arg]

    def _as_ordered_terms(self, expr: sp.Expr, order: Any = None) -> list[sp.Expr]:
        ordered = super()._as_ordered_terms(expr, order=order)  # type: ignore[misc]
        return positive_first([turned(term) for term in ordered])

    def _print_Mul(self, expr: sp.Expr) -> str:
        return super()._print_Mul(turned(expr))  # type: ignore[misc]


def positive_first(terms: list[sp.Expr]) -> list[sp.Expr]:
    """Return the terms of a sum, those at its beginning that are negative behind all others.

    Examples
    --------
    >>> a, b, c = sp.symbols("a b c")
    >>> positive_first([-a, b, -c]), positive_first([-a, -b]), positive_first([a, -b])
    ([b, -c, -a], [-a, -b], [a, -b])
    """
    first = next((place for place, term in enumerate(terms) if not _is_negative(term)), 0)
    return [*terms[first:], *terms[:first]]


def turned(product: sp.Expr) -> sp.Expr:
    """Return −(a − b) c as (b − a) c; any other expression as it is.

    Examples
    --------
    >>> a, b, c = sp.symbols("a b c")
    >>> turned(-c * (a - b)), turned(c * (a - b)), turned(-c * (a + b))
    (c*(-a + b), c*(a - b), -c*(a + b))
    """
    if not (product.is_Mul and product.is_commutative and _is_negative(product)):
        return product
    coefficient, *factors = product.args
    for place, factor in enumerate(factors):
        if factor.is_Add and any(map(_is_negative, factor.args)):
            factors[place] = sp.Add(*(-term for term in factor.args))
            kept = factors if coefficient == -1 else [-coefficient, *factors]
            return sp.Mul(*kept, evaluate=False) if len(kept) > 1 else kept[0]
    return product


def _is_negative(term: sp.Expr) -> bool:
    coefficient = term.args[0] if term.is_Mul else term
    return bool(coefficient.is_number and coefficient.is_negative)


def with_common_number(formula: sp.Expr) -> sp.Expr:
    """Return 2 x − 2 y as 2 (x − y): a sum whose terms all have one number before them.

    Examples
    --------
    >>> a, b = sp.symbols("a b")
    >>> with_common_number(2 * a - 2 * b), with_common_number(2 * a + 2), with_common_number(a - b)
    (2*(a - b), 2*a + 2, a - b)
    """
    if not formula.is_Add or any(term.is_number for term in formula.args):
        return formula
    sizes = {abs(term.as_coeff_Mul()[0]) for term in formula.args}
    size = sizes.pop()
    if sizes or size == 1 or not size.is_Rational:
        return formula
    return sp.Mul(size, sp.Add(*(term / size for term in formula.args)), evaluate=False)

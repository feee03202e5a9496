"""SymPy expressions as expressions of the catalogue's functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import sympy as sp

from graphdiff.errors import ExpressionError
from graphdiff.language import functions
from graphdiff.language.expression import (
    FOLDING,
    Constant,
    Expression,
    Operation,
    apply,
    as_expression,
    pi,
)
from graphdiff.language.functions import OPERATORS, Function, elementary, kinks, rounding
from graphdiff.language.functions.scalar_function import Head

ONE = sp.S.One
_FUNCTIONS: dict[Any, Function] = {
    **{
        known.formula: known
        for known in functions.NAMED.values()
        if isinstance(known.formula, type)
    },
    **{
        sp.Abs: kinks.abs,
        sp.sign: kinks.sign,
        sp.Max: kinks.max,
        sp.Min: kinks.min,
        sp.Mod: rounding.mod,
        sp.atan2: elementary.atan2,
    },
}
"""The catalogue's functions by the SymPy class that means the same."""


_POWERS_OF_TEN = {10**k for k in range(2, 16)}

Order = Callable[[sp.Expr], Any]
"""The key by which terms and factors are put in order."""


def converted_from_sympy(
    expression: sp.Expr, leaves: Mapping[sp.Basic, Expression], order: Order | None = None
) -> Expression:
    """Return a SymPy expression as one of the catalogue's functions.

    Parameters
    ----------
    expression
        The SymPy expression.
    leaves
        What its symbols stand for.
    order
        How to order terms and factors; left out, as SymPy does.

    Raises
    ------
    ExpressionError
        For what the catalogue has no function for.
    """
    done: dict[sp.Basic, Expression] = dict(leaves)
    stack = [expression]
    while stack:
        part = stack[-1]
        if part in done:
            stack.pop()
            continue
        needed = [p for p in _parts(part) if p not in done]
        if needed:
            stack.extend(needed)
        else:
            done[part] = _converted(part, done, order)
            stack.pop()
    return done[expression]


def _parts(part: sp.Basic) -> list[sp.Basic]:
    """Return the sub-expressions a conversion is made of: negated and inverse ones as positive."""
    if part.is_Add:
        return [_positive(term)[1] for term in sp.Add.make_args(part)]
    if part.is_Mul:
        _, numerator, denominator = _quotient(part)
        return [*numerator, *denominator]
    if part.is_Pow and part.exp.is_Rational:
        return [part.base] if part.exp > 0 else [part.base**-part.exp]
    return list(part.args) if part.is_Pow or function_of(part) else []


def function_of(part: sp.Basic) -> Function | None:
    """Return the function of the catalogue, or of one's own, for a SymPy one; None for another."""
    return part.declaration if isinstance(part, Head) else _FUNCTIONS.get(part.func)


def _positive(term: sp.Expr) -> tuple[int, sp.Expr]:
    coefficient = term.as_coeff_Mul()[0]
    return (-1, -term) if coefficient.is_negative else (1, term)


def _quotient(product: sp.Expr) -> tuple[sp.Expr, list[sp.Expr], list[sp.Expr]]:
    coefficient, rest = product.as_coeff_Mul()
    numerator, denominator = [], []
    for factor in sp.Mul.make_args(rest):
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            denominator.append(factor.base**-factor.exp)
        else:
            numerator.append(factor)
    return coefficient, [f for f in numerator if f is not ONE], denominator


def _converted(
    part: sp.Basic, done: Mapping[sp.Basic, Expression], order: Order | None
) -> Expression:
    if part is sp.pi:
        return pi
    if part in (sp.I, sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise ExpressionError(f"{part} is not a finite real number, so no formula may have it")
    if part is sp.E:
        return apply(functions.named("exp"), 1)
    if isinstance(part, sp.Number):
        short = part.is_Rational and part.q in _POWERS_OF_TEN
        return (
            Constant(Decimal(int(part.p)) / Decimal(int(part.q))) if short else as_expression(part)
        )
    if part.is_Add:
        return _sum(
            [(_positive(term)[0], done[_positive(term)[1]]) for term in _by_sign(part, order)]
        )
    if part.is_Mul:
        return _product(part, done, order)
    if part.is_Pow:
        return _power(part, done)
    function = function_of(part)
    if function is None:
        raise ExpressionError(
            f"there is no function for SymPy's {type(part).__name__} in {str(part)[:60]}; "
            "declare it with gd.function and build the graph node by node"
        )
    return Operation(function, folds=function.name in FOLDING)(*(done[a] for a in part.args))


def _by_sign(total: sp.Expr, order: Order | None) -> list[sp.Expr]:
    """Return the terms in order, a positive one first where there is one."""
    terms = total.as_ordered_terms() if order is None else sorted(total.args, key=order)
    last = order is not None  # exp(x) + 1, not 1 + exp(x)
    return sorted(terms, key=lambda term: (_positive(term)[0] < 0, last and term.is_Number))


def _sum(terms: list[tuple[int, Expression]]) -> Expression:
    (sign, result), *rest = terms
    if sign < 0:
        result = apply(OPERATORS["neg"], result)
    for sign, term in rest:
        result = apply(OPERATORS["add" if sign > 0 else "sub"], result, term)
    return result


def _product(part: sp.Expr, done: Mapping[sp.Basic, Expression], order: Order | None) -> Expression:
    coefficient, numerator, denominator = _quotient(part)
    if order is not None:
        numerator, denominator = sorted(numerator, key=order), sorted(denominator, key=order)
    above = [done[factor] for factor in numerator]
    below = [done[factor] for factor in denominator]
    over, under = abs(coefficient).as_numer_denom()
    if over != 1 or not above:
        above.insert(0, as_expression(over))
    if under != 1:
        below.insert(0, as_expression(under))
    negative = coefficient.is_negative
    if negative and order is not None and len(above) > 1:
        above[0], negative = apply(OPERATORS["neg"], above[0]), False
    result = _multiplied(above)
    if below:
        result = apply(OPERATORS["div"], result, _multiplied(below))
    return apply(OPERATORS["neg"], result) if negative else result


def _multiplied(factors: list[Expression]) -> Expression:
    result = factors[0]
    for factor in factors[1:]:
        result = apply(OPERATORS["mul"], result, factor)
    return result


def _power(part: sp.Expr, done: Mapping[sp.Basic, Expression]) -> Expression:
    if not part.exp.is_Rational:
        return apply(OPERATORS["pow"], done[part.base], done[part.exp])
    if part.exp < 0:
        return apply(OPERATORS["div"], 1, done[part.base**-part.exp])
    if part.exp == sp.Rational(1, 2):
        return apply(functions.named("sqrt"), done[part.base])
    return apply(OPERATORS["pow"], done[part.base], part.exp)

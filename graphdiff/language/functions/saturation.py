"""Derivatives that keep their digits where a function saturates, or its argument is large.

σ′ = σ(x)(1 − σ(x)) is what a textbook says and what is shown. In floats 1 − σ(40) is 0, so what
is computed has a function of its own there, which knows both σ(x) and x.
"""

from __future__ import annotations

import sympy as sp

from graphdiff.language.functions.activations import sigmoid
from graphdiff.language.functions.elementary import erfc, expm1
from graphdiff.language.functions.scalar_function import Head
from graphdiff.language.functions.stable import (
    hypot,
    one_minus_sigmoid,
    one_minus_tanh_squared,
    over_square,
    square_times_exp,
)

HALF = sp.Rational(1, 2)


def with_digits(formula: sp.Expr) -> sp.Expr:
    """Return a formula as floats compute it, with all its digits.

    1 − σ(x), 1 − 2σ(x), 1 − tanh²(x), 1 ± erf(x) and exp(x) − 1 do not cancel there, and no
    square overflows under a root, below x/y² and x/(u² + v²), or before exp(−x²).

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> with_digits(3 - 3 * sp.tanh(x) ** 2)
    3*one_minus_tanh_squared(tanh(x), x)
    >>> with_digits((1 + sp.erf(x)) / 2)
    erfc(-x)/2
    >>> with_digits(1 / sp.sqrt(1 + x**2))
    1/hypot(1, x)
    """
    if formula.has(sp.Pow):
        formula = formula.replace(_is_length, _length)
        formula = formula.replace(lambda part: part.is_Mul, _in_range)
    for head in formula.atoms(sigmoid.head):
        formula = _factored(formula, head)
    if formula.has(sp.exp, sp.tanh, sp.erf, sigmoid.head):
        formula = formula.replace(lambda part: part.is_Add, _completed)
    return formula


def _factored(formula: sp.Expr, s: Head) -> sp.Expr:
    """Return a polynomial in s = σ(x) as a product, 1 − 2s in it as −tanh(x/2)."""
    (x,), letter = s.args, sp.Dummy()
    written = formula.xreplace({one_minus_sigmoid.symbolic(s, x): 1 - s, s: letter})
    others = written.free_symbols & x.free_symbols
    if others or not written.is_polynomial(letter):
        return formula
    number, factors = sp.factor_list(written, letter)
    known = {1 - 2 * letter: -sp.tanh(x / 2), 2 * letter - 1: sp.tanh(x / 2)}
    return number * sp.Mul(
        *(known.get(factor, factor.xreplace({letter: s})) ** power for factor, power in factors)
    )


def _completed(total: sp.Expr) -> sp.Expr:
    """Return a sum, a number c and a term −c·f in it as one: c(1 − f)."""
    number, rest = total.as_coeff_Add()
    if number:
        for term in sp.Add.make_args(rest):
            found = _rest_of(-term / number)
            if found is not None:
                return number * found + (rest - term)
    return total


def _rest_of(value: sp.Expr) -> sp.Expr | None:
    """Return 1 less a value, if it is one that comes near to 1."""
    base, exponent = value.as_base_exp()
    match base:
        case Head() if base.declaration is sigmoid and exponent == 1:
            return one_minus_sigmoid.symbolic(base, *base.args)
        case sp.tanh() if exponent == 2:
            return one_minus_tanh_squared.symbolic(base, *base.args)
        case sp.erf() if exponent == 1:
            return erfc.symbolic(*base.args)
    if isinstance(value, sp.exp):
        return -expm1.symbolic(*value.args)
    negated = -value
    return erfc.symbolic(-negated.args[0]) if isinstance(negated, sp.erf) else None


def _is_length(part: sp.Expr) -> bool:
    """Whether a part is a power of √(c + u²) for a number c above 0."""
    if not (part.is_Pow and abs(part.exp) == HALF and part.base.is_Add):
        return False
    number, rest = part.base.as_coeff_Add()
    return bool(number.is_positive and rest.is_Pow and rest.exp == 2)


def _in_range(product: sp.Expr) -> sp.Expr:
    """Return a product of which x/y² or x² exp(b) is computed without the square."""
    number, factors = product.as_coeff_mul()
    squares = {factor.base: factor for factor in factors if factor.is_Pow and factor.exp == 2}
    for factor in factors:
        rest = product / factor
        if isinstance(factor, sp.exp):
            for base, square in squares.items():
                if factor.has(base):
                    return square_times_exp.symbolic(base, *factor.args) * (rest / square)
        if factor.is_Pow and factor.exp == -2 and not rest.is_number:
            return number * over_square.symbolic(rest / number, factor.base)
        legs = _legs(factor)
        if legs is not None and not rest.is_number:
            return number * over_square.symbolic(rest / number, hypot.symbolic(*legs))
    return product


def _legs(factor: sp.Expr) -> tuple[sp.Expr, ...] | None:
    """Return u and v of 1/(u² + v²)."""
    if not (factor.is_Pow and factor.exp == -1 and len(sp.Add.make_args(factor.base)) == 2):
        return None
    squares = [term.as_base_exp() for term in sp.Add.make_args(factor.base)]
    return tuple(u for u, _ in squares) if all(power == 2 for _, power in squares) else None


def _length(part: sp.Expr) -> sp.Expr:
    number, rest = part.base.as_coeff_Add()
    return hypot.symbolic(sp.sqrt(number), rest.base) ** (2 * part.exp)

"""Derivatives at kinks as a person writes them: [z > 0] for relu′(z), relu for relu · relu′."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.comparisons import (
    COMPARISONS,
    greater,
    greater_equal,
    less,
    less_equal,
)
from graphdiff.language.functions.scalar_function import Head
from graphdiff.local_functions.without_primes import with_comparisons
from graphdiff.symbolic.tensor_algebra.translation import Translation


def with_indicators(translation: Translation, formula: sp.Expr) -> sp.Expr:
    """Return a formula with the derivatives that are a comparison as that."""
    primes: dict[sp.Basic, Apply] = {}
    for symbol in sorted(translation.atoms.within(formula), key=str):
        part = translation.atoms.part(symbol)
        if isinstance(part, Apply) and isinstance(part.function, Function) and part.function.of:
            primes[symbol] = part
    if not primes:
        return formula
    formula = formula.replace(
        lambda part: part.is_Mul and not primes.keys().isdisjoint(part.args),
        lambda product: _without_what_changes_nothing(translation, product, primes),
    )
    return formula.xreplace(
        {symbol: _as_comparison(translation, part) or symbol for symbol, part in primes.items()}
    )


def _without_what_changes_nothing(
    translation: Translation, product: sp.Mul, primes: dict[sp.Basic, Apply]
) -> sp.Expr:
    """Return f(z) f′(z) as f(z), where they are the same."""
    factors = {factor.as_base_exp()[0] for factor in product.args if _is_above(factor)}
    for symbol, prime in primes.items():
        assert isinstance(prime.function, Function)  # noqa: S101 - of with_indicators
        assert prime.function.of is not None  # noqa: S101 - of with_indicators
        value = translation.form(Apply(prime.function.of[0], prime.arguments)).formula
        if symbol in product.args and value in factors:
            fixed = tuple(_number(argument) for argument in prime.arguments)
            if _changes_nothing(prime.function, fixed):
                product = product.xreplace({symbol: sp.S.One})
    return product


def _is_above(factor: sp.Expr) -> bool:
    exponent = factor.as_base_exp()[1]
    return bool(exponent.is_Integer and exponent.is_positive)


def _number(argument: Expression) -> sp.Expr | None:
    return argument.value if isinstance(argument, Constant) else None


SIGNS = sp.Symbol("x", positive=True), sp.Symbol("x", negative=True), sp.S.Zero


@lru_cache(maxsize=1000)
def _changes_nothing(prime: Function, fixed: tuple[sp.Expr | None, ...]) -> bool:
    """Whether f f′ = f, all arguments but one being numbers: for relu(z), and for max(z, 0)."""
    assert prime.of is not None  # noqa: S101 - of with_indicators
    if fixed.count(None) != 1:
        return False
    for x in SIGNS:
        at = [x if number is None else number for number in fixed]
        value, slope = (sp.sympify(f.formula(*at)) for f in (prime.of[0], prime))
        if sp.expand(value * slope - value) != 0:
            return False
    return True


def _as_comparison(translation: Translation, part: Apply) -> sp.Expr | None:
    """Return a derivative as [z > 0], if it is one comparison."""
    assert isinstance(part.function, Function)  # noqa: S101 - of with_indicators
    try:
        found = with_comparisons(sp.sympify(part.function.formula(*part.function.formals)))
    except GraphdiffError:
        return None
    if not isinstance(found, Head) or found.declaration not in COMPARISONS:
        return None
    arguments = (translation.form(argument).formula for argument in part.arguments)
    found = found.xreplace(dict(zip(part.function.formals, arguments, strict=True)))
    return _turned(found) if found.args[1] == 0 else found


TURNED = {greater: less, greater_equal: less_equal, less: greater, less_equal: greater_equal}


def _turned(comparison: Head) -> sp.Expr:
    """Return 1 − u > 0 as u < 1."""
    number, term = comparison.args[0].as_coeff_Add()
    coefficient, rest = term.as_coeff_Mul()
    if number == 0 or coefficient != -1:
        return comparison
    return TURNED[comparison.declaration].symbolic(rest, number)

"""What has no real derivative anywhere, for a number in it: (−2)^y, x·√−4, x/0, xlogy(x, 0).

(−2)^y is real at y = 2 and not around it. Its derivative log(−2)·(−2)^y is complex, and taking
the real part of that would be a wrong answer; so would be −8x for (x·√−4)², which has no real
value on the way. The sweeps refuse a number that is none where they meet it. What is none
wherever one looks is found here, before anything is derived: each function of a formula that is
applied to numbers must be real, and so must its partial derivatives.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import sympy as sp

from graphdiff.errors import GraphdiffError, NoDerivativeError
from graphdiff.language.expression import Apply, Constant, Expression, brief, in_order
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.language.functions.scalar_function import Head

LARGEST = 1e12
"""Numbers up to this size, and down to its inverse, are computed: SymPy is quick at them."""

POLYNOMIAL = {add, sub, mul, neg}
"""Functions that are real with their derivatives at all numbers."""

NONE = {sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo}
"""What no real number is."""


class _Known(NamedTuple):
    """What is known of a part: its number if it has one, and which part of it is not real."""

    number: sp.Expr | None = None
    varies: bool = False
    unreal: Expression | None = None


def check_real(root: Expression, wrt: Expression) -> None:
    """Refuse an expression that has no real derivative at any point, for a number in it.

    A choice (``where``) needs one branch that is real.

    Raises
    ------
    NoDerivativeError
        Naming the part.

    Examples
    --------
    >>> from graphdiff.language.expression import apply
    >>> from graphdiff.language.functions import CATALOGUE
    >>> from graphdiff.local_functions.pullback import Placeholder
    >>> y = Placeholder(0, ())
    >>> check_real(apply(CATALOGUE["pow"], 2, y), y)
    >>> check_real(apply(CATALOGUE["pow"], -2, y), y)
    Traceback (most recent call last):
    graphdiff.errors.NoDerivativeError: '(-2) ** …' has no finite real derivative anywhere, so \
what is made of it has no derivative; write it with numbers for which it is real
    """
    known: dict[Expression, _Known] = {}
    for part in in_order(root):
        if isinstance(part, Constant):
            known[part] = _Known(part.value if part.value.is_number else None)
        elif isinstance(part, Apply):
            known[part] = _applied(part, [known[argument] for argument in part.arguments])
        else:
            known[part] = _Known(varies=part is wrt)
    unreal = known[root].unreal
    if unreal is not None:
        what = "derivative" if known[unreal].varies else "value"
        raise NoDerivativeError(
            f"{brief(unreal)} has no finite real {what} anywhere, so what is made of it has no "
            "derivative; write it with numbers for which it is real"
        )


def _applied(part: Apply, arguments: list[_Known]) -> _Known:
    function = part.function
    varies = any(argument.varies for argument in arguments)
    unreal = [argument.unreal for argument in arguments]
    if isinstance(function, Function) and function.selects:
        _, *branches = unreal  # and what is compared with nan is not so
        return _Known(None, varies, None if None in branches else branches[0])
    spoilt = next((each for each in unreal if each is not None), None)
    numbers = tuple(argument.number for argument in arguments)
    if spoilt is not None or not isinstance(function, Function) or set(numbers) == {None}:
        return _Known(None, varies, spoilt)
    if None not in numbers:
        value = _value(function, numbers)
        none = value is not None and is_unreal(value)
        return _Known(None if none else value, varies, part if none else None)
    if function not in POLYNOMIAL and (function is not div or 0 in numbers):
        for slot, argument in enumerate(arguments):
            if argument.varies and _has_unreal_slope(function, slot, numbers):
                return _Known(None, varies, part)
    return _Known(None, varies)


@lru_cache(maxsize=10_000)
def _value(function: Function, numbers: tuple[sp.Expr, ...]) -> sp.Expr | None:
    """Return f at numbers; None if SymPy might take long to use it, nan for a complex one."""
    try:
        value = sp.sympify(function.formula(*numbers))
        if is_unreal(value) or value.is_zero:
            return value
        near = sp.N(value, 15)
        if abs(sp.im(near)) * LARGEST > abs(near):
            return sp.nan
        return value if 1 / LARGEST < abs(near) < LARGEST else None
    except (GraphdiffError, ArithmeticError, TypeError, ValueError):
        return None


@lru_cache(maxsize=10_000)
def _has_unreal_slope(function: Function, slot: int, numbers: tuple[sp.Expr | None, ...]) -> bool:
    given = (a if n is None else n for n, a in zip(numbers, function.formals, strict=True))
    try:
        return is_unreal(prime(function, slot).formula(*given))
    except GraphdiffError:
        return False


def is_unreal(formula: sp.Expr) -> bool:
    """Whether i, an infinity or nan stands in a formula, in each branch of cases."""
    if isinstance(formula, sp.Piecewise):
        return all(is_unreal(value) for value, _ in formula.args)
    if isinstance(formula, Head) and formula.declaration.selects:
        chosen, *branches = map(is_unreal, formula.args)
        return chosen or all(branches)
    return formula in NONE or any(map(is_unreal, formula.args))


def all_real(formula: sp.Expr) -> sp.Expr:
    """Return a closed form, if no branch of it has i, an infinity or nan.

    Raises
    ------
    NoDerivativeError
        Else.
    """
    if formula.has(*NONE):
        shown = str(formula)
        raise NoDerivativeError(
            f"the derivative {shown if len(shown) <= 80 else shown[:77] + '...'} is not a finite "
            "real number in all its parts; write the function with numbers for which it is real"
        )
    return formula

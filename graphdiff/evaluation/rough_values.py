"""What exact numbers are about, to refuse what SymPy would not come to an end with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import mpmath
import sympy as sp

from graphdiff.errors import GraphdiffError, NumericalError
from graphdiff.evaluation.arithmetic import CACHED, Array, entrywise
from graphdiff.evaluation.lambdified import definition, in_mpmath
from graphdiff.evaluation.multiprecision import Multiprecision, is_digits
from graphdiff.language import quantity
from graphdiff.language.functions.scalar_function import Head


class Bounded(Multiprecision):
    """Rough values of exact numbers, to refuse what SymPy would not come to an end with.

    Complex numbers on the way stay, and what is no number at all is left to SymPy.
    """

    largest = mpmath.mpf(10) ** quantity.MAX_DIGITS

    def number(self, value: Any) -> Array:
        """Return the rough value of an exact number."""
        return roughly(quantity.exact(value))

    def _bounded(self, compute: Callable[..., Any]) -> Callable[..., Array]:
        def bounded(*arguments: Any) -> Any:
            if any(mpmath.isnan(within(argument)) for argument in arguments):
                return mpmath.nan
            with mpmath.workdps(self.digits):
                return mpmath.mpmathify(compute(*arguments))

        return entrywise(bounded)


BOUNDED = Bounded(30)


def within(value: Any) -> Any:
    """Return a rough value whose exact number can be computed with.

    Raises
    ------
    NumericalError
        If it is out of all bounds, large or small.
    """
    if mpmath.isfinite(value) and value:
        size = abs(value)
        if size > Bounded.largest:
            raise NumericalError(f"an exact number on the way is beyond 10^{quantity.MAX_DIGITS}")
        if size * Bounded.largest < 1:
            raise NumericalError(f"an exact number on the way is below 10^-{quantity.MAX_DIGITS}")
    return value


def looks_real(value: Any) -> bool:
    """Whether a rough value is finite, and real at every step to it."""
    return is_digits(value)


@lru_cache(maxsize=CACHED)
def roughly(number: sp.Expr) -> Any:
    """Return about what an exact number is; nan where there is no telling.

    Raises
    ------
    NumericalError
        If a part of it is out of all bounds.
    """
    return rough_value(number, {})


def rough_value(formula: sp.Expr, at: Mapping[sp.Symbol, Any]) -> Any:
    """Return about what a formula is at rough values, each part of it within bounds."""
    values: dict[sp.Basic, Any] = dict(at)
    with mpmath.workdps(BOUNDED.digits):
        for part in sp.postorder_traversal(formula):
            if part not in values:
                values[part] = _rough_part(part, [values[each] for each in part.args])
    return values[formula]


def _rough_part(part: sp.Basic, arguments: Sequence[Any]) -> Any:
    try:
        match part:
            case sp.Rational():
                return mpmath.mpf(int(part.p)) / int(part.q)
            case sp.Add():
                return mpmath.fsum(arguments)
            case sp.Mul():
                return mpmath.fprod(arguments)
            case sp.Pow():
                return mpmath.power(*map(within, arguments))
            case sp.Function():
                formals = tuple(sp.Symbol(f"a_{k}", real=True) for k in range(len(arguments)))
                compute = in_mpmath(formals, part.func(*formals))
                return mpmath.mpmathify(compute(*map(within, arguments)))
        return mpmath.mpmathify(part.evalf(BOUNDED.digits)) if part.is_Atom else mpmath.nan
    except GraphdiffError:
        raise
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        return mpmath.nan


def check_exponents(formula: sp.Expr, arguments: Sequence[sp.Expr]) -> None:
    """Refuse n·log(q) for a large n where it is exponentiated: to SymPy that is qⁿ, written out."""
    heads = (head.declaration for head in formula.atoms(Head))
    if formula.has(sp.exp) or any(definition(head).has(sp.exp) for head in heads):
        for argument in arguments:
            if argument.has(sp.log) and abs(roughly(argument)) > quantity.MAX_DIGITS:
                raise NumericalError(
                    f"a power on the way has more than {quantity.MAX_DIGITS} digits"
                )

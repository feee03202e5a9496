"""Exact numbers: 2/3 stays 2/3, √2 stays √2."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array, entrywise, never_raising
from graphdiff.evaluation.lambdified import definition
from graphdiff.evaluation.rough_values import (
    BOUNDED,
    check_exponents,
    rough_value,
    roughly,
    within,
)
from graphdiff.language import quantity
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import MAX_ROOT, bounded_power
from graphdiff.local_functions.local_function import LocalFunction

MAX_OPERATIONS = 500
"""Operations in an exact number such as √2 + e."""

MAX_WORKING_DIGITS = 1000
"""Digits carried to tell an exact number from 0."""


class Exact(Arithmetic):
    """Rational and algebraic numbers, and closed forms such as e² where they arise.

    SymPy would compute the sine of e to the e to the e⁵, or wait for its digits, for ever. So
    what each step is applied to is first computed roughly, and refused if it is out of all bounds.
    """

    repeats = False

    def number(self, value: Any) -> Array:
        """Return an exact SymPy number, or an object array of them."""
        if isinstance(value, np.ndarray) and value.shape:
            return entrywise(quantity.exact)(value)
        return quantity.exact(value)

    def apply(self, function: Function) -> Callable[..., Array]:
        """Return the formula at exact numbers."""
        if function.operator is not None and function.name != "pow":
            return self._real(function.formula)
        rough = BOUNDED.apply(function)

        def at(*arguments: sp.Expr) -> sp.Expr:
            if function.name != "pow" or not all(a.is_Rational for a in arguments):
                rough(*map(roughly, arguments))
            check_exponents(definition(function), arguments)
            if function.of is None:
                return function.formula(*arguments)
            return put_in(definition(function), dict(zip(function.formals, arguments, strict=True)))

        return self._real(at)

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        """Return the derivative at exact numbers."""
        derived, formals = function.partial(slot), function.formals
        grows = derived.has(sp.Pow, sp.Function)

        def at(*arguments: sp.Expr) -> sp.Expr:
            if grows:
                rough_value(derived, dict(zip(formals, map(roughly, arguments), strict=True)))
                check_exponents(derived, arguments)
            return put_in(derived, dict(zip(formals, arguments, strict=True)))

        return self._real(at)

    @staticmethod
    def _real(compute: Callable[..., sp.Expr]) -> Callable[..., Array]:
        attempt = never_raising(compute, sp.nan)

        def real(*arguments: sp.Expr) -> sp.Expr:
            with _or_in_floating_point():
                value = reduced(attempt(*arguments))
            return value if _is_real(value) else sp.nan

        return entrywise(real)

    def settled(self, value: Array) -> Array:
        """Return the value with each number in the form that shows when it is rational."""
        result = np.empty(value.shape, object)
        with _or_in_floating_point():
            result.ravel()[:] = [reduced(entry) for entry in value.flat]
        return result

    def checked(self, value: Array) -> Array:
        """Return the value, if its numbers are within bounds and a person could read them."""
        with _or_in_floating_point():
            for entry in map(sp.sympify, np.ravel(np.asarray(value, dtype=object))):
                _check_size(entry)
                if not entry.is_Rational:
                    within(roughly(entry))
        return value

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is a real number."""
        return all(map(_is_real, np.ravel(np.asarray(value, dtype=object))))

    def guard(self) -> Any:
        """Compute as one is."""
        return np.errstate(all="ignore")


@contextlib.contextmanager
def _or_in_floating_point() -> Iterator[None]:
    """Say of exact numbers that are refused what to do instead."""
    try:
        yield
    except NumericalError as error:
        raise NumericalError(f"{error}; compute in floating point") from None
    except ArithmeticError:
        raise NumericalError(
            "an exact number on the way is beyond what SymPy computes; compute in floating point"
        ) from None


def put_in(formula: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Return a formula with numbers for its symbols, each power in it bounded."""
    done: dict[sp.Basic, sp.Basic] = dict(values)
    for part in sp.postorder_traversal(formula):
        if part not in done:
            arguments = tuple([done[each] for each in part.args])
            if arguments == part.args:
                done[part] = part
            elif isinstance(part, sp.Pow):
                done[part] = bounded_power(*arguments)
            else:
                done[part] = part.func(*arguments)
    return done[formula]


def reduced(value: sp.Expr) -> sp.Expr:
    """Return an exact number in the form that shows when it is rational or zero.

    Raises
    ------
    NumericalError
        If it has outgrown what a person could read.
    """
    value = sp.sympify(value)
    _check_size(value)
    if value.is_Rational or value is sp.nan or not value.is_number or value.is_finite is False:
        return value
    within(roughly(value))
    orders = (power.exp.q for power in value.atoms(sp.Pow) if power.exp.is_Rational)
    if value.is_algebraic and all(order <= MAX_ROOT for order in orders):
        value = sp.sqrtdenest(sp.radsimp(sp.expand(value)))
    else:
        value = min(value, sp.expand(value), key=sp.count_ops)
    return sp.S.Zero if not value.is_Rational and _is_zero(value) else value


def _is_zero(value: sp.Expr) -> bool:
    """Whether an exact number is 0; by its digits, and by SymPy where none is found.

    Raises
    ------
    NumericalError
        If SymPy would not come to an end either: 1 − tanh(e²²) is 10 to the −10⁹.
    """
    near = sp.N(value, 30, maxn=MAX_WORKING_DIGITS)
    if abs(near) > sp.Float("1e-20") or getattr(near, "_prec", 1) > 1:
        return False
    arguments = (argument for part in value.atoms(sp.Function) for argument in part.args)
    if any(abs(roughly(argument)) > MAX_WORKING_DIGITS for argument in arguments):
        raise NumericalError("an exact number on the way is so small that it may be 0")
    return bool(value.equals(0))


def _check_size(value: sp.Expr) -> None:
    if not value.is_Atom:
        operations = itertools.islice(sp.preorder_traversal(value), 2 * MAX_OPERATIONS + 1)
        if sum(1 for _ in operations) > 2 * MAX_OPERATIONS or value.count_ops() > MAX_OPERATIONS:
            raise NumericalError(f"the exact number has more than {MAX_OPERATIONS} operations")
    for number in value.atoms(sp.Rational):
        quantity.check_digits(number, "the exact number", NumericalError)


def _is_real(value: sp.Expr) -> bool:
    """Whether an exact number is finite and real; by its digits where SymPy cannot tell."""
    known = value.is_real
    return bool(sp.N(value, 30).is_real if known is None and value.is_number else known)


EXACT = Exact()

"""Three kinds of number for one algorithm: float64, exact, and many digits.

Each arithmetic computes a local function and its partial derivatives on NumPy arrays: of
float64, of exact SymPy numbers (2/3 stays 2/3, √2 stays √2), or of mpmath numbers.
This is the one file that calls SymPy's ``lambdify``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import mpmath
import numpy as np
import sympy as sp

from graphdiff import functions, quantity
from graphdiff.errors import GraphdiffError, NumericalError
from graphdiff.functions import Function
from graphdiff.functions.arithmetic import MAX_DIGITS
from graphdiff.functions.declaration import Head
from graphdiff.local import Formal, Literal, LocalFunction

CACHED = 10_000
"""Compiled formulas kept."""

Array = Any
"""A float64 array, an object array of exact numbers, or one such number."""


class Arithmetic(Protocol):
    """What the sweeps need of a kind of number."""

    def number(self, value: Any) -> Array:
        """Return a leaf's value in this kind of number."""
        ...

    def apply(self, function: Function) -> Callable[..., Array]:
        """Return what computes a catalogue function."""
        ...

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        """Return what computes ∂f/∂a_slot from the arguments."""
        ...

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is a finite real number."""
        ...

    def guard(self) -> Any:
        """Return the context manager to compute in."""
        ...


def value_of(arithmetic: Arithmetic, function: LocalFunction, arguments: Sequence[Array]) -> Array:
    """Return f(arguments): each line of the program in turn."""
    values: list[Array] = []
    for line in function.program:
        match line:
            case Formal(slot):
                values.append(arguments[slot])
            case Literal(value, _):
                values.append(arithmetic.number(value))
            case (declared, lines):
                values.append(arithmetic.apply(declared)(*(values[k] for k in lines)))
    return values[-1]


class Float64:
    """Double precision, on whole batches at once."""

    def number(self, value: Any) -> Array:
        return np.asarray(value if isinstance(value, np.ndarray) else float(value), np.float64)

    def apply(self, function: Function) -> Callable[..., Array]:
        return function.kernel or _numpy(function.formals, _definition(function))

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        formals, formula, used = _narrowed(function.formals, function.derivative(slot))
        compute = _numpy(formals, formula)
        return lambda *arguments: np.asarray(compute(*(arguments[k] for k in used)), np.float64)

    def is_finite(self, value: Array) -> bool:
        return bool(np.isfinite(value).all())

    def guard(self) -> Any:
        return np.errstate(all="ignore")


class Exact:
    """Rational and algebraic numbers, and closed forms such as e² where they arise."""

    def number(self, value: Any) -> Array:
        if isinstance(value, np.ndarray) and value.shape:
            return np.frompyfunc(lambda entry: quantity.exact(entry.item()), 1, 1)(
                value.astype(object).astype(np.float64)
            )
        return quantity.exact(value)

    def apply(self, function: Function) -> Callable[..., Array]:
        return self._real(function.formula)

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        derived, formals = function.derivative(slot), function.formals

        def at(*arguments: sp.Expr) -> sp.Expr:
            return derived.xreplace(dict(zip(formals, arguments, strict=True)))

        return self._real(at)

    @staticmethod
    def _real(compute: Callable[..., sp.Expr]) -> Callable[..., Array]:
        attempt = _never_raising(compute, sp.nan)

        def real(*arguments: sp.Expr) -> sp.Expr:
            value = reduced(attempt(*arguments))
            return value if value.is_real else sp.nan

        return _entrywise(real)

    def is_finite(self, value: Array) -> bool:
        return all(bool(entry.is_real) for entry in np.ravel(np.asarray(value, dtype=object)))

    def guard(self) -> Any:
        return np.errstate(all="ignore")


class Multiprecision:
    """Numbers of many decimal digits, to tell formulas apart by sampling.

    Parameters
    ----------
    digits
        Decimal digits carried.
    """

    largest = mpmath.mpf(10) ** 5000

    def __init__(self, digits: int = 60) -> None:
        self.digits = digits

    def number(self, value: Any) -> Array:
        return mpmath.mpmathify(sp.N(quantity.exact(value), self.digits + 5))

    def apply(self, function: Function) -> Callable[..., Array]:
        return self._bounded(_mpmath(function.formals, _definition(function)))

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        return self.formula(function.formals, function.derivative(slot))

    def formula(self, formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
        """Return what computes any formula over the formals."""
        return self._bounded(_mpmath(formals, formula))

    def _bounded(self, compute: Callable[..., Any]) -> Callable[..., Array]:
        """Count a complex number as none, and one of thousands of digits as infinite."""

        def bounded(*arguments: Any) -> Any:
            value = mpmath.mpmathify(compute(*arguments))
            if not isinstance(value, mpmath.mpf):
                return mpmath.nan
            return mpmath.inf if abs(value) > self.largest else value

        return _entrywise(bounded)

    def is_finite(self, value: Array) -> bool:
        return all(
            isinstance(entry, mpmath.mpf) and mpmath.isfinite(entry)
            for entry in np.ravel(np.asarray(value, dtype=object))
        )

    def guard(self) -> Any:
        return mpmath.workdps(self.digits)


FLOAT64, EXACT = Float64(), Exact()


def reduced(value: sp.Expr) -> sp.Expr:
    """Return an exact number in the form that shows when it is rational or zero.

    Raises
    ------
    NumericalError
        If it has outgrown what a person could read.
    """
    value = sp.sympify(value)
    if value.is_Rational:
        if max(abs(value.p), value.q).bit_length() * 0.302 > MAX_DIGITS:
            raise NumericalError(
                f"an exact number has more than {MAX_DIGITS} digits; compute in floating point"
            )
        return value
    if value is sp.nan or not value.is_number or value.is_finite is False:
        return value
    if value.count_ops() > 500:
        raise NumericalError(
            "an exact number has outgrown 500 operations; compute in floating point"
        )
    if value.is_algebraic:
        value = sp.sqrtdenest(sp.radsimp(sp.expand(value)))
    else:
        value = min(value, sp.expand(value), key=sp.count_ops)
    if not value.is_Rational and abs(sp.N(value, 30, chop=False)) < sp.Float("1e-20"):
        return sp.S.Zero if value.equals(0) else value
    return value


def _entrywise(compute: Callable[..., Any]) -> Callable[..., Array]:
    """Return a function of numbers as one of arrays (``np.frompyfunc`` ends at 63 arguments)."""

    def on_arrays(*arguments: Array) -> Array:
        shape = np.broadcast_shapes(*map(np.shape, arguments))
        if not shape:
            return compute(*(np.asarray(argument, object).item() for argument in arguments))
        columns = (np.broadcast_to(argument, shape).flat for argument in arguments)
        result = np.empty(shape, object)
        result.flat = [compute(*row) for row in zip(*columns, strict=True)]
        return result

    return on_arrays


def _narrowed(
    formals: tuple[sp.Symbol, ...], formula: sp.Expr
) -> tuple[tuple[sp.Symbol, ...], sp.Expr, list[int]]:
    """Return a formula over the first formals, as many as it uses, and the slots they stand for.

    The thousand derivatives of a sum of a thousand squares so become one: 2·a_0.
    """
    used = [k for k, formal in enumerate(formals) if formal in formula.free_symbols]
    first = formals[: len(used)]
    return first, formula.xreplace({formals[k]: a for k, a in zip(used, first, strict=True)}), used


def _definition(function: Function) -> sp.Expr:
    return sp.sympify(function.formula(*function.formals))


def _named_in(formula: sp.Expr) -> dict[str, Function]:
    """The catalogue's functions, and the user's own that stand in a formula."""
    own = {head.declaration.name: head.declaration for head in formula.atoms(Head)}
    return {**functions.NAMED, **own}


@lru_cache(maxsize=CACHED)
def _numpy(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
    kernels = {name: FLOAT64.apply(function) for name, function in _named_in(formula).items()}
    return sp.lambdify(formals, formula, modules=[kernels, "numpy"], cse=True)


@lru_cache(maxsize=CACHED)
def _mpmath(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Any]:
    heads = {head.declaration for head in formula.atoms(Head)}
    kernels = {head.name: _mpmath(head.formals, _definition(head)) for head in heads}
    compute = sp.lambdify(formals, formula, modules=[kernels, "mpmath"], cse=True)
    return _never_raising(compute, mpmath.nan)


def _never_raising(compute: Callable[..., Any], failed: Any) -> Callable[..., Any]:
    """Return a function that gives ``failed`` where numbers have no answer (1/0, log 0)."""

    def attempt(*arguments: Any) -> Any:
        try:
            return compute(*arguments)
        except GraphdiffError:
            raise
        except (ArithmeticError, ValueError, TypeError):
            return failed

    return attempt

"""Formulas as functions of NumPy's and mpmath's numbers.

This is the one file that calls SymPy's ``lambdify``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.evaluation.arithmetic import CACHED, Array, Rule, never_raising
from graphdiff.language import functions
from graphdiff.language.functions import Function, comparisons
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.saturation import with_digits
from graphdiff.language.functions.scalar_function import Head

LONGEST_WHOLE = 2**53
"""The whole numbers up to this one are floats."""


@lru_cache(maxsize=CACHED)
def definition(function: Function) -> sp.Expr:
    """Return the formula of a function over its formal arguments; of a derivative, its limits."""
    formula = sp.sympify(function.formula(*function.formals))
    return formula if function.of is None else with_removable_points(formula)


@lru_cache(maxsize=CACHED)
def narrowed(
    formals: tuple[sp.Symbol, ...], formula: sp.Expr
) -> tuple[tuple[sp.Symbol, ...], sp.Expr, list[int]]:
    """Return a formula over the first formals, as many as it uses, and the slots they stand for.

    The thousand derivatives of a sum of a thousand squares so become one: 2·a_0.
    """
    symbols = formula.free_symbols
    used = [k for k, formal in enumerate(formals) if formal in symbols]
    first = formals[: len(used)]
    return first, formula.xreplace({formals[k]: a for k, a in zip(used, first, strict=True)}), used


def kernel(function: Function) -> Rule:
    """Return what computes a function on arrays: as it declares it, else its compiled formula."""
    return function.kernel or in_numpy(function.formals, definition(function))


@lru_cache(maxsize=CACHED)
def in_numpy(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
    """Return a formula over some symbols as a function of arrays."""
    formula = _in_floats(_with_relations(with_digits(_printable(formula))))
    kernels = {
        name: kernel(function)
        for name, function in _named_in(formula).items()
        if function not in comparisons.COMPARISONS
    }
    modules = [kernels, "numpy", _special_functions(formula)]
    compute = sp.lambdify(formals, formula, modules=modules, cse=True)
    if formula.atoms(sp.And, sp.Or):  # which NumPy has for conditions of one shape
        return lambda *arguments: _as_real(np.asarray(compute(*np.broadcast_arrays(*arguments))))
    return lambda *arguments: _as_real(np.asarray(compute(*arguments)))


def _as_real(value: Any) -> np.ndarray:
    """Return float64, a complex number as none: a branch that is not chosen may have some."""
    if value.dtype.kind == "c":
        value = np.where(value.imag == 0, value.real, np.nan)
    return np.asarray(value, np.float64)


def _printable(formula: sp.Expr) -> sp.Expr:
    """Write what is divided by 0 as not a number; compiled formulas have no zoo."""
    try:
        return formula.xreplace({sp.zoo: sp.nan})
    except TypeError:  # it stands in a comparison, which SymPy refuses to make with nan
        return sp.nan


def _in_floats(formula: sp.Expr) -> sp.Expr:
    """Write numbers that are no whole floats as floats: Python's integers have no end."""
    long = (n for n in formula.atoms(sp.Rational) if max(abs(n.p), n.q) > LONGEST_WHOLE)
    return formula.xreplace({n: sp.Float(n, 17) for n in long})


def _with_relations(formula: sp.Expr) -> sp.Expr:
    """Write comparisons as cases, for NumPy's ``greater`` in a condition is not ours, a number."""
    return formula.replace(
        lambda part: isinstance(part, Head) and part.declaration in comparisons.COMPARISONS,
        lambda part: sp.nan if sp.nan in part.args else part.declaration.formula(*part.args),
    )


def _special_functions(formula: sp.Expr) -> dict[str, Callable[..., Array]]:
    """Return the functions NumPy may lack (gamma, Bessel's), entry by entry from mpmath."""

    def entrywise(found: sp.Function) -> Callable[..., Array]:
        arguments = tuple(sp.Dummy() for _ in found.args)
        compute = sp.lambdify(arguments, found.func(*arguments), modules="mpmath")
        return np.vectorize(lambda *row: float(compute(*row)), otypes=[np.float64])

    applied = (found for found in formula.atoms(sp.Function) if not isinstance(found, Head))
    special = (found for found in applied if not hasattr(np, found.func.__name__))
    return {
        found.func.__name__: entrywise(found)
        for found in special
        if hasattr(mpmath, found.func.__name__.lower())
    }


def _named_in(formula: sp.Expr) -> dict[str, Function]:
    """Return the catalogue's functions, and the user's own that stand in a formula."""
    own = {head.declaration.name: head.declaration for head in formula.atoms(Head)}
    return {**functions.NAMED, **own}


@lru_cache(maxsize=CACHED)
def in_mpmath(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Any]:
    """Return a formula over some symbols as a function of mpmath's numbers."""
    heads = {head.declaration for head in formula.atoms(Head)}
    kernels = {head.name: in_mpmath(head.formals, definition(head)) for head in heads}
    formula = _printable(formula)
    compute = sp.lambdify(formals, formula, modules=[kernels, "mpmath"], cse=True)
    return never_raising(compute, mpmath.nan)

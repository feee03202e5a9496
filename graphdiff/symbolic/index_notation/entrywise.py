"""Jacobians entry by entry: explicit scalar formulas for small shapes.

The function is computed on arrays of symbols x[0], x[1], …, and each entry of the result
is differentiated by SymPy in each of them, as ``Matrix.jacobian`` does, with the kinks of
the catalogue.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.evaluation.values import value_of
from graphdiff.language import quantity
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.shapes import entries as count
from graphdiff.language.shapes import is_known, shown
from graphdiff.local_functions.local_function import Instruction, LocalFunction, differentiated
from graphdiff.local_functions.real_parts import all_real

MAX_ENTRIES = 400
"""Entries of one Jacobian written out."""

MAX_DERIVED = 25_000
"""Parts of all terms that are differentiated, counted for each entry they are differentiated in."""

MAX_VALUES = 2_000
"""Entries of a value computed on the way."""

MAX_PRODUCTS = 20_000
"""Products in a contraction."""

MAX_SIDE = 4
"""Rows of a matrix that is inverted, or whose determinant is taken."""

MAX_OPERATIONS = 20_000
"""Parts of all formulas of one value, written out."""


def entries(function: LocalFunction, slot: int, names: Sequence[str]) -> sp.Matrix:
    """Return ∂u/∂a_slot, d^i × d^j, each entry a formula of the entries of the arguments.

    Parameters
    ----------
    function
        The local function; its sizes must be numbers.
    slot
        The argument to differentiate by.
    names
        The names of the arguments. Entry (0, 2) of an array W is the SymPy symbol
        ``IndexedBase("W", real=True)[0, 2]``, a scalar x is ``Symbol("x", real=True)``. One
        that stands in several slots counts in each by itself.

    Raises
    ------
    DerivationError
        If the matrix, or a value on the way, would be too large to write out.
    """
    _check_sizes(function, slot)
    function.check_real(slot)
    arguments = [symbols(f"%{k}", shape) for k, shape in enumerate(function.shapes)]
    value = np.ravel(np.asarray(value_of(_Formulas(), function, arguments), dtype=object))
    columns = tuple(np.ravel(arguments[slot]))
    terms = [_terms_with(with_declared_kinks(sp.sympify(entry)), set(columns)) for entry in value]
    lengths = dict[int, int]()
    work = sum(_length(term, lengths) for row in terms for held in row.values() for term in held)
    if work > MAX_DERIVED:
        raise DerivationError(
            f"the formulas that are differentiated have {work} parts together, more than "
            f"{MAX_DERIVED}; take smaller shapes, or see the Jacobian in index notation"
        )
    rows = [[_derivative(row.get(symbol, []), symbol) for symbol in columns] for row in terms]
    named = {
        formal: symbol
        for k, (name, shape) in enumerate(zip(names, function.shapes, strict=True))
        for formal, symbol in zip(
            np.ravel(arguments[k]), np.ravel(symbols(name, shape)), strict=True
        )
    }
    return sp.Matrix(rows).applyfunc(lambda entry: all_real(entry.xreplace(named)))


def symbols(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return an array of symbols for the entries of an array."""
    if not shape:
        return np.asarray(sp.Symbol(name, real=True), dtype=object)
    base = sp.IndexedBase(name, real=True)
    result = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        result[place] = base[place]
    return result


def _terms_with(entry: sp.Expr, symbols: set[sp.Expr]) -> dict[sp.Expr, list[sp.Expr]]:
    """Return the terms of a sum that each of the symbols stands in."""
    terms: dict[sp.Expr, list[sp.Expr]] = {}
    for term in sp.Add.make_args(entry):
        for symbol in symbols & term.free_symbols:
            terms.setdefault(symbol, []).append(term)
    return terms


def _derivative(terms: list[sp.Expr], symbol: sp.Expr) -> sp.Expr:
    return with_declared_kinks(sp.Add(*(differentiated(term, symbol) for term in terms)))


def _check_sizes(function: LocalFunction, slot: int) -> None:
    lowered = function.lowered
    if not all(map(is_known, lowered.line_shapes)):
        raise DerivationError(
            "a Jacobian entry by entry needs sizes that are numbers, but some are letters; "
            "see it in index notation"
        )
    rows, columns = count(function.shape), count(function.shapes[slot])
    if rows * columns > MAX_ENTRIES:
        raise DerivationError(
            f"the Jacobian is {rows} × {columns}, more than the {MAX_ENTRIES} entries that are "
            "written out; see it in index notation, or take smaller shapes"
        )
    for shape in lowered.line_shapes:
        if count(shape) > MAX_VALUES:
            raise DerivationError(
                f"a value on the way has shape {shown(shape)}, more than {MAX_VALUES} entries to "
                "write out; take smaller shapes"
            )
    for line in lowered.program:
        if isinstance(line, Instruction):
            _check_step(line, [lowered.line_shapes[k] for k in line.lines])


def _check_step(step: Instruction, shapes: list[Any]) -> None:
    function = step.function
    if isinstance(function, Inverse | Adjugate | Det | LogDet) and shapes[0][-1] > MAX_SIDE:
        raise DerivationError(
            f"{function.name} of a matrix of shape {shown(shapes[0])} is too long to write out "
            f"entry by entry; at most {MAX_SIDE} rows"
        )
    if isinstance(function, MatMul):
        function = Einsum(MatMul.subscripts(*shapes))
    if isinstance(function, Einsum):
        products = math.prod(function.sizes(*shapes).values())
        if products > MAX_PRODUCTS:
            raise DerivationError(
                f"{function.name} has {products} products, more than {MAX_PRODUCTS} to write out; "
                "take smaller shapes"
            )


class _Formulas(Arithmetic):
    """Arithmetic with SymPy formulas for numbers."""

    repeats = False

    def number(self, value: Any) -> Any:
        """Return an exact number."""
        return quantity.exact(value)

    def apply(self, function: Function) -> Callable[..., Any]:
        """Return what applies a map entry by entry."""

        def applied(*arguments: Any) -> np.ndarray:
            wide = np.broadcast_arrays(*(np.asarray(a, dtype=object) for a in arguments))
            result = np.empty(wide[0].shape, dtype=object)
            result.ravel()[:] = [
                function.symbolic(*row) for row in zip(*(a.ravel() for a in wide), strict=True)
            ]
            return self.settled(result)

        return applied

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Any]:
        """Return what applies a partial derivative entry by entry."""
        derivative, formals = function.derivative(slot), function.formals
        return self.apply(Function(
            "partial", lambda *row: derivative.xreplace(dict(zip(formals, row, strict=True))),
            function.arity,
        ))  # fmt: skip

    def settled(self, value: Any) -> Any:
        """Return the formulas, if they are not too long."""
        if sum(_length(entry, {}) for entry in np.ravel(value)) > MAX_OPERATIONS:
            raise DerivationError(
                f"the formulas entry by entry have more than {MAX_OPERATIONS} parts; "
                "take smaller shapes, or see the Jacobian in index notation"
            )
        return value

    def is_finite(self, value: Any) -> bool:
        """Formulas count as finite."""
        del value
        return True

    def guard(self) -> Any:
        """Nothing to guard."""
        return contextlib.nullcontext()


def _length(e: Any, known: dict[int, int]) -> int:
    """Return how many parts a formula has written out, each distinct part walked once."""
    stack: list[tuple[Any, bool]] = [(e, False)]
    while stack:
        part, ready = stack.pop()
        if id(part) in known:
            continue
        if ready or not part.args or isinstance(part, sp.Indexed):
            known[id(part)] = 1 if isinstance(part, sp.Indexed) else 1 + sum(
                known[id(argument)] for argument in part.args
            )  # fmt: skip
        else:
            stack.append((part, True))
            stack.extend((argument, False) for argument in part.args)
    return known[id(e)]

"""The numbers that a formula in index notation stands for, in any arithmetic.

Every index is an axis: an entry x_{i+1} is an array over i, a delta compares two of them,
a sum adds along its own, and everything between is one map of such arrays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import put_in
from graphdiff.language.functions import Function
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.index_notation.symbols import Listed, Quotient, Remainder, Same, Within

MAX_NUMBERS = 2_000_000
"""Numbers held at once: every index of the formula at every value."""

_ARRAYS = (sp.Symbol, sp.Indexed, sp.Sum, sp.KroneckerDelta, Within, Same)
_GUARDS = (sp.KroneckerDelta, Within)


def _is_array(e: sp.Basic) -> bool:
    return isinstance(e, _ARRAYS) or (
        isinstance(e, sp.Mul) and any(isinstance(factor, _GUARDS) for factor in e.args)
    )


def matrix_of(
    formula: sp.Expr,
    row: tuple[tuple[sp.Expr, ...], Shape],
    column: tuple[tuple[sp.Expr, ...], Shape],
    values: Mapping[str, Array],
    arithmetic: Arithmetic,
) -> np.ndarray:
    """Return the matrix of a formula, d^i × d^j: one row for each value of the row's indices.

    Parameters
    ----------
    formula
        The formula.
    row, column
        Their indices and how far each runs.
    values
        The array or the number for each name in the formula.
    arithmetic
        The kind of number.
    """
    indices, shape = (*row[0], *column[0]), (*row[1], *column[1])
    grid: dict[sp.Expr, np.ndarray] = {}
    for axis, (index, size) in enumerate(zip(indices, shape, strict=True)):
        if index.is_Symbol:
            along = [1] * len(shape)
            along[axis] = size
            grid[index] = np.arange(size).reshape(along)
    with arithmetic.guard():
        found = _Evaluation(values, arithmetic).of(formula, grid, len(shape))
    return np.broadcast_to(found, shape).reshape(math.prod(row[1]), math.prod(column[1]))


Grid = Mapping[sp.Expr, np.ndarray]


class _Evaluation:
    def __init__(self, values: Mapping[str, Array], arithmetic: Arithmetic) -> None:
        self.values = values
        self.arithmetic = arithmetic

    def of(self, e: sp.Expr, grid: Grid, axes: int) -> Any:
        """Return the values of a formula over the grid of its indices."""
        if _is_array(e):
            return self._array(e, grid, axes)
        parts = sorted(_topmost(e), key=sp.default_sort_key)
        if not parts:
            return self.arithmetic.number(e)
        arrays = [np.asarray(self.of(part, grid, axes)) for part in parts]
        _check(np.broadcast_shapes(*(array.shape for array in arrays)))
        formals = tuple(sp.Symbol(f"a_{k}", real=True) for k in range(len(parts)))
        pointwise = e.xreplace(dict(zip(parts, formals, strict=True)))

        def formula(*arguments: sp.Expr) -> sp.Expr:
            return put_in(pointwise, dict(zip(formals, arguments, strict=True)))

        return self.arithmetic.apply(Function("entry", formula, len(parts)))(*arrays)

    def _array(self, e: sp.Expr, grid: Grid, axes: int) -> Any:
        match e:
            case sp.Mul():
                return self._guarded(e, grid, axes)
            case sp.Symbol():
                return self.values[e.name]
            case sp.Indexed():
                array = self.values[e.base.label.name]
                return _taken(array, [_place(index, grid) for index in e.indices])
            case sp.KroneckerDelta():
                a, b = (_place(index, grid) for index in e.args)
                return self._truth(a == b)
            case Within():
                place, *ends = e.args
                low, high = (float(end) for end in ends)
                at = _place(place, grid)
                return self._truth((low <= at) & (at < high))
            case Same():
                a, b = (np.asarray(self.of(part, grid, axes)) for part in e.args)
                return self._truth(np.asarray(a == b))
        return self._sum(e, grid, axes)

    def _guarded(self, product: sp.Expr, grid: Grid, axes: int) -> Array:
        """Return a product that is 0 where a guard is, even if the rest has no value there."""
        guards = [factor for factor in product.args if isinstance(factor, _GUARDS)]
        rest = sp.Mul(*(factor for factor in product.args if not isinstance(factor, _GUARDS)))
        values = np.asarray(self.of(rest, grid, axes))
        one, zero = self.arithmetic.number(1), self.arithmetic.number(0)
        for guard in guards:
            values = np.where(np.asarray(self.of(guard, grid, axes)) == one, values, zero)
            _check(values.shape)
        return values

    def _sum(self, e: sp.Expr, grid: Grid, axes: int) -> Array:
        wider, sizes = dict(grid), []
        for depth, (index, _, last) in enumerate(e.limits):
            sizes.insert(0, int(last) + 1)
            wider[index] = np.arange(int(last) + 1).reshape((-1,) + (1,) * (axes + depth))
        axes += len(sizes)
        body = np.asarray(self.of(e.function, wider, axes))
        shape = (*sizes, *(1,) * (axes - len(sizes)))
        _check(np.broadcast_shapes(body.shape, shape))
        body = np.broadcast_to(body, np.broadcast_shapes(body.shape, shape))
        return np.sum(body, axis=tuple(range(len(sizes))))

    def _truth(self, holds: Any) -> Array:
        one, zero = self.arithmetic.number(1), self.arithmetic.number(0)
        return np.where(holds, one, zero)


def _check(shape: tuple[int, ...]) -> None:
    if math.prod(shape) > MAX_NUMBERS:
        raise NumericalError(
            f"the formula at every index is more than {MAX_NUMBERS} numbers; take smaller shapes"
        )


def _topmost(e: sp.Basic) -> set[sp.Expr]:
    """Return the parts of a formula that are arrays over the indices."""
    if isinstance(e, sp.Expr) and _is_array(e):
        return {e}
    return {found for part in e.args for found in _topmost(part)}


def _taken(array: np.ndarray, places: list[Any]) -> np.ndarray:
    """Return entries; outside its range one stands under a guard, and any will do."""
    inside = [np.clip(at, 0, size - 1) for at, size in zip(places, array.shape, strict=True)]
    return array[tuple(np.broadcast_arrays(*inside))]


def _place(e: sp.Expr, grid: Grid) -> Any:
    """Return the whole numbers that an index expression stands for."""
    if e in grid:
        return grid[e]
    if e.is_Integer:
        return int(e)
    if isinstance(e, Listed):
        return _taken(e.array, [_place(part, grid) for part in e.places])
    parts = [_place(part, grid) for part in e.args]
    match e:
        case sp.Add():
            return sum(parts)
        case sp.Mul():
            return math.prod(parts)
        case Quotient():
            return parts[0] // parts[1]
        case Remainder():
            return parts[0] % parts[1]
    raise NumericalError(f"the index {e} has letters; give sizes as numbers")

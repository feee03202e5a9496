"""Local Jacobians as dense matrices J^{j→i} (dⁱ × dʲ), in any number; P J and J v without J.

A scalar function has one number. A map has its partial derivative on the diagonal, by
SymPy. Any other function is pulled back along the rows of the identity, so that the
matrix comes of the same rule that gives the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.evaluation.number_systems import FLOAT64, Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import LocalFunction

MAX_ENTRIES = 20_000_000
"""Entries in one dense Jacobian of float64."""

MAX_OBJECTS = 500_000
"""Entries in one dense Jacobian of numbers that are not float64."""

MAX_WORK = 5_000_000_000
"""Numbers on the way to one."""


def dense(
    function: LocalFunction, slot: int, arguments: Sequence[Array], arithmetic: Arithmetic
) -> Array:
    """Return ∂f/∂a_slot at the arguments, of shape (…, dⁱ, dʲ).

    Raises
    ------
    NumericalError
        If the matrix would be too large.
    """
    if function.is_scalar:
        lead = np.broadcast_shapes(*map(np.shape, arguments))
        partial = np.asarray(arithmetic.partial(function, slot)(*arguments))
        return np.broadcast_to(partial, lead)[..., None, None]
    rows, columns = math.prod(function.shape), math.prod(function.shapes[slot])
    check_size("a dense matrix", rows, columns, arithmetic)
    if function.is_map:
        return _diagonal(function, slot, arguments, arithmetic)
    eye = np.eye(rows)
    if arithmetic is not FLOAT64:
        eye = np.where(eye == 1, arithmetic.number(1), arithmetic.number(0))
    return _pulled_back(function, slot, _with_axis_of_rows(function, arguments), eye, arithmetic)


def check_size(what: str, rows: int, columns: int, arithmetic: Arithmetic) -> None:
    """Refuse a matrix that would be too large.

    Raises
    ------
    NumericalError
        Naming it.
    """
    most = MAX_ENTRIES if arithmetic is FLOAT64 else MAX_OBJECTS
    if rows * columns > most:
        raise NumericalError(
            f"{what} of {rows} × {columns} is more than {most} entries; take an output with one "
            "entry, leave it out with wrt=, or multiply by a vector: graph.compile, form='vjp'"
        )


def times_jacobian(
    P: Array, function: LocalFunction, slot: int, arguments: Sequence[Array], arithmetic: Arithmetic
) -> Array:
    """Return P ∂f/∂a_slot for P of shape (…, dⁿ, dⁱ): its rows pulled back, and no J made.

    Raises
    ------
    NumericalError
        If the numbers on the way would be too many.
    """
    check_size("P", P.shape[-2], math.prod(function.shapes[slot]), arithmetic)
    lead, arrays = _with_axis_of_rows(function, arguments)
    return _pulled_back(function, slot, (lead, arrays), P, arithmetic)


def jacobian_times(
    function: LocalFunction, slot: int, arguments: Sequence[Array], v: Array, arithmetic: Arithmetic
) -> Array:
    """Return ∂f/∂a_slot v for a column v of shape (…, dʲ, 1), and no J made.

    The pullback is linear in its cotangent, and its own pullback in that is the product.
    """
    own = function.shapes[slot]
    forward = (function.stable if arithmetic is FLOAT64 else function).pullback(slot)
    forward = forward.pullback(forward.arity - 1)
    lead = v.shape[:-2]
    unused = np.full(function.shape, arithmetic.number(0))  # the cotangent it is linear in
    pushed = value_of(arithmetic, forward, [*arguments, unused, v.reshape(lead + own)])
    samples = np.broadcast_shapes(_with_axis_of_rows(function, arguments)[0], lead)
    return _as_shape(np.asarray(pushed), samples + function.shape).reshape((*samples, -1, 1))


def _diagonal(
    function: LocalFunction, slot: int, arguments: Sequence[Array], arithmetic: Arithmetic
) -> Array:
    """Return ∂φ/∂a where entry K of the argument is the one that entry I of the value uses."""
    lead, aligned = _aligned(function, arguments)
    partial = np.asarray(arithmetic.partial(function, slot)(*aligned))
    if lead or partial.shape:
        entries = _as_shape(partial, lead + function.shape)
        partial = entries.reshape((*lead, math.prod(function.shape), 1))
    return np.where(_uses(function.shapes[slot], function.shape), partial, arithmetic.number(0))


@lru_cache(maxsize=64)
def _uses(own: Shape, shape: Shape) -> np.ndarray:
    """Return which entry of a shape stretched to another is used by which entry of that."""
    columns = np.arange(math.prod(own))
    used = np.broadcast_to(columns.reshape(own), shape).ravel()[:, None] == columns
    used.flags.writeable = False
    return used


def _aligned(
    function: LocalFunction, arguments: Sequence[Array]
) -> tuple[tuple[int, ...], list[Array]]:
    axes = len(function.shape)
    arrays = [np.asarray(argument) for argument in arguments]
    if all(array.shape == shape for array, shape in zip(arrays, function.shapes, strict=True)):
        return (), arrays
    leads = [array.shape[: array.ndim - len(s)] for array, s in _zipped(arrays, function.shapes)]
    lead = np.broadcast_shapes(*leads)
    return lead, [
        _as_shape(array, lead + shape).reshape(lead + (1,) * (axes - len(shape)) + shape)
        for array, shape in _zipped(arrays, function.shapes)
    ]


def _zipped(arrays: list[Array], shapes: Sequence[Shape]) -> list[tuple[Array, Shape]]:
    return list(zip(arrays, shapes, strict=True))


def _with_axis_of_rows(
    function: LocalFunction, arguments: Sequence[Array]
) -> tuple[tuple[int, ...], list[Array]]:
    """Return the samples' axes, and the arguments with one more behind them."""
    arrays = [np.asarray(argument) for argument in arguments]
    if all(array.shape == shape for array, shape in zip(arrays, function.shapes, strict=True)):
        return (), arrays
    leads = [array.shape[: array.ndim - len(s)] for array, s in _zipped(arrays, function.shapes)]
    lead = np.broadcast_shapes(*leads)
    return lead, [
        np.broadcast_to(array, lead + shape).reshape((*lead, 1, *shape)) if lead else array
        for array, shape in _zipped(arrays, function.shapes)
    ]


def _pulled_back(
    function: LocalFunction, slot: int, at: tuple[tuple[int, ...], list[Array]], P: Array,
    arithmetic: Arithmetic,
) -> Array:  # fmt: skip
    """Return the pullback of each row of P, of shape (…, rows, dʲ)."""
    (lead, wide), (rows, _) = at, P.shape[-2:]
    pullback = (function.stable if arithmetic is FLOAT64 else function).pullback(slot)
    widest = math.prod(lead) * pullback.widest
    if rows * widest > MAX_WORK:
        raise NumericalError(
            f"its {rows} rows take {rows * widest} numbers on the way, more than {MAX_WORK}; "
            "split the node into several, or use wrt= to leave the derivative out"
        )
    at_once = max(1, MAX_ENTRIES // max(1, widest))
    blocks: list[Array] = []
    for first in range(0, max(1, rows), at_once):  # one block of a value without entries
        some = P[..., first : first + at_once, :]
        many = some.shape[-2]
        pulled = value_of(
            arithmetic, pullback, [*wide, some.reshape(*some.shape[:-1], *function.shape)]
        )
        blocks.append(_as_shape(pulled, (*lead, many, *function.shapes[slot])))
    columns = math.prod(function.shapes[slot])
    whole = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=len(lead))
    return whole.reshape((*lead, rows, columns))


def _as_shape(array: Array, shape: tuple[int, ...]) -> Array:
    return array if np.shape(array) == shape else np.broadcast_to(array, shape)

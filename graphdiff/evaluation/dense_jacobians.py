"""Local Jacobians as dense matrices J^{j→i} (dⁱ × dʲ), in any kind of number.

A scalar function has one number. A map has its partial derivative on the diagonal, by
SymPy. Any other function is pulled back along the rows of the identity, so that the
matrix comes of the same rule that gives the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.evaluation.number_systems import FLOAT64, Arithmetic, Array, value_of
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
    most = MAX_ENTRIES if arithmetic is FLOAT64 else MAX_OBJECTS
    if rows * columns > most:
        raise NumericalError(
            f"a dense {rows} × {columns} matrix is more than {most} entries; "
            "use wrt= to leave it out, or fewer rows of data"
        )
    if function.is_map:
        return _diagonal(function, slot, arguments, arithmetic)
    return _pulled_back(function, slot, arguments, arithmetic)


def _diagonal(
    function: LocalFunction, slot: int, arguments: Sequence[Array], arithmetic: Arithmetic
) -> Array:
    """Return ∂φ/∂a where entry K of the argument is the one that entry I of the value uses."""
    lead, aligned = _aligned(function, arguments)
    partial = np.asarray(arithmetic.partial(function, slot)(*aligned))
    entries = np.broadcast_to(partial, lead + function.shape)
    own, columns = function.shapes[slot], math.prod(function.shapes[slot])
    used = np.broadcast_to(np.arange(columns).reshape(own), function.shape).ravel()
    rows = entries.reshape((*lead, math.prod(function.shape), 1))
    return np.where(used[:, None] == np.arange(columns), rows, arithmetic.number(0))


def _aligned(
    function: LocalFunction, arguments: Sequence[Array]
) -> tuple[tuple[int, ...], list[Array]]:
    axes = len(function.shape)
    arrays = [np.asarray(argument) for argument in arguments]
    leads = [array.shape[: array.ndim - len(s)] for array, s in _zipped(arrays, function.shapes)]
    lead = np.broadcast_shapes(*leads)
    return lead, [
        np.broadcast_to(array, lead + shape).reshape(lead + (1,) * (axes - len(shape)) + shape)
        for array, shape in _zipped(arrays, function.shapes)
    ]


def _zipped(arrays: list[Array], shapes: Sequence[Shape]) -> list[tuple[Array, Shape]]:
    return list(zip(arrays, shapes, strict=True))


def _pulled_back(
    function: LocalFunction, slot: int, arguments: Sequence[Array], arithmetic: Arithmetic
) -> Array:
    """Return the pullback of each row of the identity."""
    arrays = [np.asarray(argument) for argument in arguments]
    leads = [array.shape[: array.ndim - len(s)] for array, s in _zipped(arrays, function.shapes)]
    lead = np.broadcast_shapes(*leads)
    wide = [
        np.broadcast_to(array, lead + shape).reshape((*lead, 1, *shape)) if lead else array
        for array, shape in _zipped(arrays, function.shapes)
    ]
    rows, columns = math.prod(function.shape), math.prod(function.shapes[slot])
    eye = np.where(np.eye(rows, dtype=bool), arithmetic.number(1), arithmetic.number(0))
    pullback = function.pullback(slot)
    widest = math.prod(lead) * max(map(math.prod, pullback.lowered.line_shapes))
    if rows * widest > MAX_WORK:
        raise NumericalError(
            f"its {rows} rows take {rows * widest} numbers on the way, more than {MAX_WORK}; "
            "split the node into several, or use wrt= to leave the derivative out"
        )
    at_once = max(1, MAX_ENTRIES // widest)
    blocks: list[Array] = []
    for first in range(0, rows, at_once):
        some = eye[first : first + at_once]
        pulled = value_of(arithmetic, pullback, [*wide, some.reshape(-1, *function.shape)])
        shape = (*lead, len(some), *function.shapes[slot])
        blocks.append(np.broadcast_to(np.asarray(pulled), shape))
    return np.concatenate(blocks, axis=len(lead)).reshape((*lead, rows, columns))

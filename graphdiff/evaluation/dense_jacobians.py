"""Local Jacobians as dense matrices J^{j→i} (dⁱ × dʲ), in any number; P J and J v without J.

A scalar function has one number. A map has its partial derivative on the diagonal, by
SymPy. Any other function is pulled back along the rows of the identity, so that the
matrix comes of the same rule that gives the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import computing, lines_of, steps, value_of
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.continued import continued
from graphdiff.local_functions.local_function import Formal, LocalFunction

MAX_ENTRIES = 20_000_000
"""Entries in one dense Jacobian of float64."""

MAX_OBJECTS = 500_000
"""Entries in one dense Jacobian of numbers that are not float64."""

MAX_KEPT = 10_000
"""Entries of an identity matrix that is kept."""

MAX_WORK = 5_000_000_000
"""Numbers on the way to one."""

Rule = Callable[[Sequence[Array], Sequence[Array] | None], Array]
"""What computes a local Jacobian from the values of the parents, and of the lines if known."""

Make = Callable[[LocalFunction, int, Arithmetic], Any]


def dense(
    function: LocalFunction,
    slot: int,
    arguments: Sequence[Array],
    arithmetic: Arithmetic,
    lines: Sequence[Array] | None = None,
) -> Array:
    """Return ∂f/∂a_slot at the arguments, of shape (…, dⁱ, dʲ).

    Parameters
    ----------
    lines
        The values of the lines that computed f in floats, if they are known.

    Raises
    ------
    NumericalError
        If the matrix would be too large.
    """
    return _once(_rule, function, slot, arithmetic)(arguments, lines)


def _once(make: Make, function: LocalFunction, slot: int, arithmetic: Arithmetic) -> Any:
    """Return what is made for a slot, in floats once for all nodes of the function."""
    if arithmetic is not FLOAT64:
        return make(function, slot, arithmetic)
    made = function.computed_by.get((make, slot))
    if made is None:
        made = function.computed_by[make, slot] = make(function, slot, FLOAT64)
    return made


def _rule(function: LocalFunction, slot: int, arithmetic: Arithmetic) -> Rule:
    """Return what computes ∂f/∂a_slot from the arguments: all that does not depend on them."""
    if function.is_scalar:
        return _number(function, slot, arithmetic)
    rows, columns = math.prod(function.shape), math.prod(function.shapes[slot])
    check_size("a dense matrix", rows, columns, arithmetic)
    if function.is_map:
        return _diagonal(function, slot, arithmetic)
    pulled_back = _once(_pulling_back, function, slot, arithmetic)
    if rows * rows > MAX_KEPT:
        return lambda arguments, lines: pulled_back(arguments, identity(rows, arithmetic), lines)
    eye = identity(rows, arithmetic)
    return lambda arguments, lines: pulled_back(arguments, eye, lines)


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
    P: Array,
    function: LocalFunction,
    slot: int,
    arguments: Sequence[Array],
    arithmetic: Arithmetic,
    lines: Sequence[Array] | None = None,
) -> Array:
    """Return P ∂f/∂a_slot for P of shape (…, dⁿ, dⁱ): its rows pulled back, and no J made.

    Parameters
    ----------
    lines
        The values of the lines that computed f in floats, if they are known.

    Raises
    ------
    NumericalError
        If the numbers on the way would be too many.
    """
    check_size("P", P.shape[-2], math.prod(function.shapes[slot]), arithmetic)
    return _once(_pulling_back, function, slot, arithmetic)(arguments, P, lines)


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
    samples = np.broadcast_shapes(_samples(arguments, function.shapes), lead)
    return _as_shape(np.asarray(pushed), samples + function.shape).reshape((*samples, -1, 1))


def identity(size: int, arithmetic: Arithmetic) -> Array:
    """Return the identity matrix I in a kind of number."""
    eye = _zeros((size, size), arithmetic)
    np.fill_diagonal(eye, arithmetic.number(1))
    eye.flags.writeable = False
    return eye


def _number(function: LocalFunction, slot: int, arithmetic: Arithmetic) -> Rule:
    """Return what computes the 1 × 1 matrix of a scalar function."""
    partial = arithmetic.partial(function, slot)

    def number(arguments: Sequence[Array], _: Sequence[Array] | None) -> Array:
        found = np.asarray(partial(*arguments))
        samples = _samples(arguments, function.shapes)
        if found.shape != samples:
            found = np.broadcast_to(found, samples)
        return found[..., None, None]

    return number


def _diagonal(function: LocalFunction, slot: int, arithmetic: Arithmetic) -> Rule:
    """Return what computes ∂φ/∂a, where each entry of the value uses one of the argument."""
    partial, own, shape = arithmetic.partial(function, slot), function.shapes[slot], function.shape
    rows, columns = math.prod(shape), math.prod(own)
    places: Any = slice(None, None, columns + 1)
    if own != shape:
        used = np.broadcast_to(np.arange(columns).reshape(own), shape)
        places = np.arange(rows) * columns + used.ravel()

    def diagonal(arguments: Sequence[Array], _: Sequence[Array] | None) -> Array:
        lead, aligned = _aligned(function, arguments)
        entries = _as_shape(np.asarray(partial(*aligned)), lead + shape)
        J = _zeros((*lead, rows * columns), arithmetic)
        J[..., places] = entries.reshape((*lead, rows))
        return J.reshape((*lead, rows, columns))

    return diagonal


def _zeros(shape: tuple[int, ...], arithmetic: Arithmetic) -> Array:
    return np.zeros(shape) if arithmetic is FLOAT64 else np.full(shape, arithmetic.number(0))


def _samples(arguments: Sequence[Array], shapes: Sequence[Shape]) -> tuple[int, ...]:
    """Return the axes of samples that arguments have, before those of their shapes."""
    given = [getattr(argument, "shape", ()) for argument in arguments]
    if tuple(given) == shapes:
        return ()
    pairs = zip(given, shapes, strict=True)
    return np.broadcast_shapes(*(own[: len(own) - len(shape)] for own, shape in pairs))


def _aligned(
    function: LocalFunction, arguments: Sequence[Array]
) -> tuple[tuple[int, ...], Sequence[Array]]:
    """Return the samples' axes, and the arguments with all axes of the value behind them."""
    lead, axes = _samples(arguments, function.shapes), len(function.shape)
    if not lead:
        return lead, arguments
    return lead, [
        _as_shape(array, lead + shape).reshape(lead + (1,) * (axes - len(shape)) + shape)
        for array, shape in zip(arguments, function.shapes, strict=True)
    ]


def _pulling_back(
    function: LocalFunction, slot: int, arithmetic: Arithmetic
) -> Callable[[Sequence[Array], Array, Sequence[Array] | None], Array]:
    """Return what pulls back each row of P, from the arguments and P, to shape (…, rows, dʲ).

    In floats it goes on from the lines that have computed the value.
    """
    if arithmetic is FLOAT64:
        begun = function.stable
        pullback, used = continued(begun.pullback(slot).stable, begun)
        compute, lines_used = steps(FLOAT64, pullback), [begun.program[k] for k in used]
        slots = [line.slot for line in lines_used if isinstance(line, Formal)]
    else:
        pullback, used, slots = function.pullback(slot), (), [*range(function.arity)]
        compute = computing(arithmetic, pullback)
    widest, shape, own = pullback.widest, function.shape, function.shapes[slot]
    columns = math.prod(own)

    def pulled_back(arguments: Sequence[Array], P: Array, lines: Sequence[Array] | None) -> Array:
        lead = _samples(arguments, function.shapes)
        if len(slots) < len(used):
            lines = lines or lines_of(FLOAT64, function, arguments)
            known = [lines[k] for k in used]
        else:  # of arguments alone
            known = [arguments[k] for k in slots]
        if lead:  # with an axis for the rows behind them
            known = [
                _as_shape(array, lead + axes).reshape((*lead, 1, *axes))
                for array, axes in zip(known, pullback.shapes, strict=False)
            ]
        rows, at_once = P.shape[-2], _rows_at_once(P.shape[-2], math.prod(lead) * widest)
        blocks: list[Array] = []
        for first in range(0, max(1, rows), at_once):  # one block of a value without entries
            some = P[..., first : first + at_once, :]
            pulled = compute(*known, some.reshape(some.shape[:-1] + shape))[-1]
            whole = _as_shape(pulled, (*lead, some.shape[-2], *own))
            blocks.append(whole.reshape((*lead, some.shape[-2], columns)))
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=-2)

    return pulled_back


def _rows_at_once(rows: int, widest: int) -> int:
    """Return how many rows to pull back at once, of so many numbers each on the way."""
    if rows * widest > MAX_WORK:
        raise NumericalError(
            f"its {rows} rows take {rows * widest} numbers on the way, more than {MAX_WORK}; "
            "split the node into several, or use wrt= to leave the derivative out"
        )
    return max(1, MAX_ENTRIES // max(1, widest))


def _as_shape(array: Array, shape: tuple[int, ...]) -> Array:
    return array if np.shape(array) == shape else np.broadcast_to(array, shape)

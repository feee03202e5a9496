"""Other ways to take P back through a use of a value, for mistakes to be made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphdiff.checking.faults.derivation import AppliedTo, BackWith, Derivation, Through, summed
from graphdiff.checking.faults.operations import Operation, Use

Array = Any


def negated(use: Use) -> Through:
    """Return what goes back with the other sign."""
    return lambda at, P: -at.through(use, P)


def of_another(use: Use, of: int, place: int, inner_of: int | None = None) -> Through:
    """Return what takes back P of another operation in place of what comes in.

    Parameters
    ----------
    inner_of
        The place of a number whose formula the use is within: what comes in there is taken from
        elsewhere, and goes on through that formula.
    """

    def through(at: Derivation, _: Array) -> Array | None:
        P = at.P(of, place)
        if P is not None and inner_of is not None:
            local = at.P(inner_of, use.by)
            if local is None:
                return None
            P = np.reshape(P, (*P.shape[:2], *(1 for _ in local.shape[2:]))) * local
        return None if P is None else at.through(use, P)

    return through


def scaled(use: Use, factor: float) -> Through:
    """Return what goes back times a number."""
    return lambda at, P: factor * at.through(use, P)


def dropped(at: Derivation, P: Array) -> None:
    """Return nothing: the path is left out."""


def unchanged(use: Use) -> Through:
    """Return P itself, as if the derivative were 1; summed to the shape of what is used."""
    return lambda at, P: summed(P, at.shape_of(use))


def by_slope(use: Use, slope: Callable[[Derivation], Array]) -> Through:
    """Return P times another derivative, entry by entry."""
    return lambda at, P: summed(P * slope(at), at.shape_of(use))


def with_argument(use: Use, slot: int, value: Callable[[Derivation], Array]) -> Through:
    """Return what goes back where an argument of the operation has another value."""
    return BackWith(use, slot, value)


def value(place: int) -> Callable[[Derivation], Array]:
    """Return the value of an operation."""
    return lambda at: at.values[place]


def again(
    operation: Operation,
    slot: int | None = None,
    value: Callable[[Derivation], Array] | None = None,
) -> Callable[[Derivation], Array]:
    """Return an operation applied again, perhaps with another value for an argument."""
    if slot is not None and value is not None:
        return AppliedTo(operation.place, slot, value)
    return lambda at: at.applied(operation, at.arguments(operation))


def fits(use: Use, shape: tuple[int, ...], at: Derivation) -> bool:
    """Whether an array of a shape can be a slope of an operation."""
    try:
        return (
            np.broadcast_shapes(shape, at.operations[use.by].shape) == at.operations[use.by].shape
        )
    except ValueError:
        return False

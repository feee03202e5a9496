"""Where a function of structure takes its entries from, as arithmetic of indices."""

from __future__ import annotations

import math
from operator import mul
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.language.functions.movement import Index as Brackets
from graphdiff.language.functions.movement import Key, Slice
from graphdiff.language.shapes import Shape, Size, is_known
from graphdiff.symbolic.index_notation.symbols import Listed, Places, Quotient, Remainder

MAX_LISTED = 16
"""Places in no regular order that a formula lists."""


def aligned(places: Places, shape: Shape) -> Places:
    """Return the indices of an argument that is broadcast to the value at these."""
    last = places[len(places) - len(shape) :]
    return tuple(sp.S.Zero if size == 1 else place for place, size in zip(last, shape, strict=True))


def reshaped(places: Places, new: Shape, old: Shape) -> Places:
    """Return the indices in the old shape of the entry at these in the new one.

    Axes that stay keep their index; one that is split has the index n·i + j; those that are
    joined have a quotient and a remainder.
    """
    result: list[sp.Expr] = [sp.S.Zero] * len(old)
    for new_axes, old_axes in _groups(new, old):
        flat = sp.S.Zero
        many: Any = 1
        for axis in new_axes:
            whole = _whole(flat, many, places[axis], new[axis])
            flat = sp.expand(flat * new[axis] + places[axis]) if whole is None else whole
            many *= new[axis]
        for axis in reversed(old_axes[1:]):
            result[axis] = Remainder(flat, old[axis])
            flat = Quotient(flat, old[axis])
        for axis in old_axes[:1]:
            result[axis] = flat
    return tuple(result)


def _groups(new: Shape, old: Shape) -> list[tuple[list[int], list[int]]]:
    """Return the fewest axes, of both shapes, that hold equally many entries."""
    ends: list[dict[Size, int]] = []
    axes = [[axis for axis, size in enumerate(shape) if size != 1] for shape in (new, old)]
    for shape, own in zip((new, old), axes, strict=True):
        ends.append({math.prod(shape[a] for a in own[: k + 1]): k + 1 for k in range(len(own))})
    groups, starts = [], (0, 0)
    for entries in (entries for entries in ends[0] if entries in ends[1]):
        stops = ends[0][entries], ends[1][entries]
        groups.append(tuple(own[a:b] for own, a, b in zip(axes, starts, stops, strict=True)))
        starts = stops
    return groups


def chosen(key: Key, places: Places, shape: Shape) -> Places:
    """Return the indices of the entry that brackets take for the one at these.

    Raises
    ------
    DerivationError
        If a list in the brackets is long and has no order that a formula could state.
    """
    brackets = tuple(
        slice(*part) if isinstance(part, Slice)
        else np.array(part) if isinstance(part, tuple)
        else part
        for part in key
    )  # fmt: skip
    if not is_known(shape):
        raise DerivationError(
            f"[{Brackets(key).written[:60]}] of sizes that are letters has no formula of an index; "
            "give sizes as numbers, or ask for the gradient, which is in matrix notation"
        )
    grid = np.ix_(*map(np.arange, shape))
    tables = (np.asarray(np.broadcast_to(along, shape)[brackets]) for along in grid)
    return tuple(_affine(table, places, key) for table in tables)


def _affine(table: np.ndarray, places: Places, key: Key) -> sp.Expr:
    """Return a table of places as c + s·i + t·j, else as the list that it is."""
    own: list[sp.Expr] = []
    for axis, place in reversed([*enumerate(places)]):
        first = table.take([0], axis)
        if (table == first).all():
            table = first.squeeze(axis)
        else:
            own.insert(0, place)
    origin = int(table.flat[0])
    steps = [int(table.take(1, axis).flat[0]) - origin for axis in range(table.ndim)]
    grid = np.ix_(*map(np.arange, table.shape))
    if np.array_equal(origin + sum(map(mul, steps, grid)), table):
        return sp.Add(origin, *map(mul, steps, own))
    if table.size > MAX_LISTED:
        raise DerivationError(
            f"[{Brackets(key).written[:60]}] takes {table.size} entries in no regular order, so it "
            f"has no formula of an index; at most {MAX_LISTED} are written as a list"
        )
    return Listed(table.ravel().tolist(), table.shape, *own)


def delta(places: Places, others: Places, shape: Shape) -> sp.Expr:
    """Return 1 where two entries are the same: a delta for each axis.

    Where the first are the quotient and the remainder of one number, it is one delta:
    δ_{e, 3p + q}.
    """
    result = sp.S.One
    axes = [(a, b, sp.sympify(n)) for a, b, n in zip(places, others, shape, strict=True) if n != 1]
    while axes:
        a, b, size = axes.pop()
        whole = _whole(axes[-1][0], axes[-1][2], a, size) if axes else None
        if whole is None:
            result *= sp.KroneckerDelta(a, b)
        else:
            _, above, many = axes[-1]
            axes[-1] = (whole, sp.expand(size * above + b), size * many)
    return result


def _whole(upper: sp.Expr, many: Size, lower: sp.Expr, size: Size) -> sp.Expr | None:
    """Return e for its quotient and its remainder by a size, if that is what they are."""
    if not isinstance(lower, Remainder):
        return None
    whole = lower.args[0]
    if upper == Quotient(whole, sp.sympify(size)):
        return whole
    if upper == Remainder(Quotient(whole, sp.sympify(size)), sp.sympify(many)):
        return Remainder(whole, sp.sympify(size * many))
    return None

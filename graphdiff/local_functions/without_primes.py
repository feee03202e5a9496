"""Derivatives spelled out with functions that have a name in formulas and files.

The rules of :mod:`graphdiff.local_functions.pullback` use three functions no one writes:
relu′, the places of the largest entries, and entries put back where they were taken. Here each
is said with comparisons, ``where``, sums, identity matrices and zeros. What would cost far more
memory that way is left as it is.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import sympy as sp
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from graphdiff.errors import DerivationError, GraphdiffError
from graphdiff.language import tensors
from graphdiff.language.expression import (
    Apply,
    Expression,
    apply,
    rebuilt,
    with_arguments,
)
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions import Function, comparisons
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.kinks import max as larger
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Scatter, Slice
from graphdiff.language.functions.reductions import Extremum, TieShares

MAX_SELECTED = 10_000
"""Entries of the rows of an identity matrix that put entries back in their places."""

MAX_EYE = 100
"""Rows of an identity matrix of which a few are taken."""

COMPARED: dict[Any, Function] = {
    sp.StrictLessThan: comparisons.less,
    sp.LessThan: comparisons.less_equal,
    sp.StrictGreaterThan: comparisons.greater,
    sp.GreaterThan: comparisons.greater_equal,
}


def spelled_out(root: Expression) -> Expression:
    """Return an expression of the same value without primes, argmax and scatter where it can."""
    return rebuilt(root, _spelled)


def _spelled(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
    """Return an applied function in other words; as it is if it has a name, or there are none."""
    built = with_arguments(part, arguments)
    match part.function:
        case Function(of=tuple()) as function:
            other = _prime(function, built)
        case TieShares() as function:
            other = _winners(function, built.arguments[0])
        case Scatter(key=key):
            other = _scattered(built.arguments[0], key, built.shape)
        case _:
            other = None
    return built if other is None else other


def _prime(function: Function, part: Apply) -> Expression | None:
    """Return relu′(x) as x > 0; None if SymPy's derivative has no name here."""
    try:
        formula = with_comparisons(sp.sympify(function.formula(*function.formals)))
        written = converted_from_sympy(
            formula, dict(zip(function.formals, part.arguments, strict=True))
        )
    except GraphdiffError:
        return None
    return written if written.shape == part.shape else apply(Broadcast(part.shape), written)


# Cases


def with_comparisons(formula: sp.Expr) -> sp.Expr:
    """Return a formula with ``where`` and comparisons in the place of ``Piecewise``.

    Raises
    ------
    DerivationError
        For a condition that is no comparison of numbers.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> with_comparisons(sp.Piecewise((1, x > 0), (0, True)))
    (x > 0)
    >>> with_comparisons(sp.Piecewise((x, x > 0), (2 * x, True)))
    where(x > 0, x, 2*x)
    """
    where = comparisons.where.symbolic
    if formula.has(sp.Piecewise):
        formula = formula.replace(sp.Piecewise, lambda *branches: _chosen(branches))
    if formula.has(where):
        formula = formula.replace(where, lambda c, a, b: a if a == b else where(c, a, b))
    return formula


def _chosen(branches: tuple[Any, ...]) -> sp.Expr:
    *others, (last, condition) = branches
    if condition != True:  # noqa: E712 - SymPy's own truth
        raise DerivationError(
            f"a derivative has no value where none of its conditions holds, such as {condition}"
        )
    result = last
    for value, condition in reversed(others):
        result = _where(condition, value, result)
    return result


def _where(condition: Any, value: sp.Expr, otherwise: sp.Expr) -> sp.Expr:
    """Return ``where``, or the comparison alone if its 1 and 0 are the values."""
    if isinstance(condition, sp.Eq | sp.Ne):
        difference = condition.lhs - condition.rhs
        if isinstance(condition, sp.Eq):
            value, otherwise = otherwise, value
        return comparisons.where.symbolic(difference, value, otherwise)
    if (value, otherwise) == (1, 0):
        return _truth(condition)
    if (value, otherwise) == (0, 1):
        return _truth(sp.Not(condition))
    return comparisons.where.symbolic(_truth(condition), value, otherwise)


def _truth(condition: Any) -> sp.Expr:
    """Return a condition as 1 or 0."""
    if isinstance(condition, BooleanTrue | BooleanFalse):
        return sp.Integer(int(bool(condition)))
    function = COMPARED.get(type(condition))
    if function is not None:
        return function.symbolic(condition.lhs, condition.rhs)
    if isinstance(condition, sp.Eq | sp.Ne):
        return _where(condition, sp.S.One, sp.S.Zero)
    if isinstance(condition, sp.And):
        return sp.Mul(*map(_truth, condition.args))
    if isinstance(condition, sp.Or):
        return reduce(larger.symbolic, map(_truth, condition.args))
    raise DerivationError(
        f"the condition {str(condition)[:60]} of a derivative is no comparison of numbers"
    )


# Extrema


def _winners(function: TieShares, x: Expression) -> Expression:
    """Return 1 where x is the extremum, entries that tie sharing it."""
    whole = len(function.axes) == function.rank
    extremum = Extremum(function.axes, function.rank, not whole, smallest=function.smallest)
    best = apply(extremum, x)
    won = x <= best if function.smallest else x >= best
    return won / won.sum(None if whole else function.axes, keepdims=not whole)


# Entries put back


def _scattered(c: Expression, key: tuple[Any, ...], shape: tuple[Any, ...]) -> Expression | None:
    """Return zeros of a shape with c where a key takes entries from; None if it costs too much.

    An integer takes a row: c times a row of the identity. A slice leaves zeros before and
    after. A list takes rows of the identity.
    """
    if not all(isinstance(size, int) for size in (*shape, *c.shape)):
        return None
    if None in key:  # a new axis of size 1
        key = tuple(part for part in key if part is not None)
        c = apply(Reshape(Index(key).shape(shape)), c)
    parts = _by_axis(key, shape)
    if parts is None:
        return None
    taken = [axis for axis, part in enumerate(parts) if not isinstance(part, Slice)]
    widened = tuple(
        1 if isinstance(part, int) else _length(part, size)
        for part, size in zip(parts, shape, strict=True)
    )
    if all(isinstance(parts[axis], int) and shape[axis] <= MAX_EYE for axis in taken):
        c = _rows(c, {axis: parts[axis] for axis in taken}, shape)
    else:
        c = c if c.shape == widened else apply(Reshape(widened), c)
        for axis in taken:
            back = _along(c, parts[axis], axis, shape[axis])
            if back is None:
                return None
            c = back
    for axis, part in enumerate(parts):
        if isinstance(part, Slice):
            back = _sliced(c, part, axis, shape[axis])
            if back is None:
                return None
            c = back
    return c


def _by_axis(key: tuple[Any, ...], shape: tuple[Any, ...]) -> list[Any] | None:
    """Return what a key takes along each axis: an integer, a slice or a list of integers."""
    given = [part for part in key if part is not Ellipsis]
    if len(given) < len(key):
        place = key.index(Ellipsis)
        fill = (Slice(None, None, None),) * (len(shape) - len(given))
        given = [*key[:place], *fill, *key[place + 1 :]]
    given += [Slice(None, None, None)] * (len(shape) - len(given))
    lists = [part for part in given if not isinstance(part, int | Slice)]
    plain = all(all(isinstance(place, int) for place in part) for part in lists)
    if not plain or len(lists) > 1 or (lists and any(isinstance(p, int) for p in given)):
        return None
    return given


def _length(part: Any, size: int) -> int:
    return len(range(size)[slice(*part)]) if isinstance(part, Slice) else len(part)


def _rows(c: Expression, rows: dict[int, Any], shape: tuple[Any, ...]) -> Expression:
    """Return c with axes of one non-zero entry put in."""
    if not rows:
        return c
    letters = "abcdefghijklmnopqrstuvwxyz"[: len(shape)]
    ones = {axis: tensors.eye(shape[axis])[place] for axis, place in rows.items()}
    kept = "".join(letter for axis, letter in enumerate(letters) if axis not in rows)
    if not kept:
        *others, last = ones.values()
        column = [letters[axis] for axis in rows]
        row = last if not others else apply(
            Einsum(f"{','.join(column)}->{letters}"), *others, last
        )  # fmt: skip
        return c * row
    operands = ",".join([kept, *(letters[axis] for axis in rows)])
    return apply(Einsum(f"{operands}->{letters}"), c, *ones.values())


def _along(c: Expression, part: Any, axis: int, size: int) -> Expression | None:
    """Return what an integer or a list has taken along an axis, back in its places."""
    if isinstance(part, int):
        start = part % size
        return _padded(c, start, axis, size)
    if size > MAX_EYE or len(part) * size > MAX_SELECTED:
        return None
    return _selected(c, tensors.eye(size)[list(part)], axis)


def _sliced(c: Expression, part: Slice, axis: int, size: int) -> Expression | None:
    """Return what a slice has taken along an axis, zeros before and after it."""
    places = range(size)[slice(*part)]
    if places == range(size):
        return c
    if len(places) == 0:
        return None
    if places.step == 1:
        return _padded(c, places.start, axis, size)
    if size > MAX_EYE:
        return None
    return _selected(c, tensors.eye(size)[slice(*part)], axis)


def _selected(c: Expression, rows: Expression, axis: int) -> Expression:
    letters = "abcdefghijklmnopqrstuvwxy"[: c.ndim]
    target = letters[:axis] + "z" + letters[axis + 1 :]
    return apply(Einsum(f"{letters},{letters[axis]}z->{target}"), c, rows)


def _padded(c: Expression, start: int, axis: int, size: int) -> Expression:
    """Return c with zeros before it and after it along an axis."""

    def zeros(count: int) -> list[Expression]:
        shape = (*c.shape[:axis], count, *c.shape[axis + 1 :])
        return [tensors.zeros(*shape)] if count else []

    parts = [*zeros(start), c, *zeros(size - start - c.shape[axis])]
    return parts[0] if len(parts) == 1 else tensors.concatenate(parts, axis=axis)

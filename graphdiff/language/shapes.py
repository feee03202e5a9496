"""Shapes of nodes: tuples of sizes, each a number, a letter, or made of letters.

A vector is ``(3,)``, a matrix ``(3, 4)``, a scalar ``()``. Broadcasting is NumPy's, save
that a vector does not meet a column: (3,) and (3, 1) would make a matrix of their sums,
which is hardly ever meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, ShapeError

Size = Any
"""An ``int``, or a positive integer SymPy expression such as m or m + 1."""

Shape = tuple[Size, ...]

SCALAR: Shape = ()

MAX_ENTRIES = 10_000_000
"""Entries in one value."""

MAX_AXES = 12
"""Axes of one value."""


def checked(shape: Any, described: str) -> Shape:
    """Return a shape given by a user: sizes as numbers, or letters as symbols.

    Raises
    ------
    GraphError
        For what is not a shape, a size below 0, or too many entries.

    Examples
    --------
    >>> checked(("m", 3), "'A'")
    (m, 3)
    """
    sizes = (shape,) if isinstance(shape, int | str | sp.Symbol) else shape
    if not isinstance(sizes, Sequence) or len(sizes) > MAX_AXES:
        raise GraphError(
            f"the shape of {described} is {shape!r:.60}; it must be a tuple of sizes such as "
            '(3, 4) or ("m", "n")'
        )
    result = tuple(_checked_size(size, described) for size in sizes)
    if is_known(result) and math.prod(result) > MAX_ENTRIES:
        raise GraphError(
            f"{described} has shape {shown(result)}, which is more than {MAX_ENTRIES} entries"
        )
    return result


def _checked_size(size: Any, described: str) -> Size:
    if isinstance(size, sp.Symbol):
        size = size.name
    if isinstance(size, str):
        size = _read(size)
    if isinstance(size, sp.Expr):
        if size.is_integer and size.is_positive:
            return size
    elif isinstance(size, int | np.integer) and not isinstance(size, bool) and size >= 0:
        return int(size)
    raise GraphError(
        f"the shape of {described} has the size {size!r:.40}; a size is a whole number from 0, "
        'or a letter such as "n", or made of them, "2*n + 1"'
    )


def _read(text: str) -> Size:
    """Return a sum of products of whole numbers and letters as a size; as it is if it is none."""
    terms = [[factor.strip() for factor in term.split("*")] for term in text.split("+")]
    factors = [factor for term in terms for factor in term]
    if len(text) > 100 or not all(re.fullmatch(r"[0-9]{1,9}", f) or is_letter(f) for f in factors):
        return text
    of = {
        f: int(f) if f[0].isdigit() else sp.Symbol(f, integer=True, positive=True) for f in factors
    }
    found = sum(math.prod(of[factor] for factor in term) for term in terms)
    return found if isinstance(found, sp.Expr) else text


def is_letter(text: str) -> bool:
    """Whether a text may be a size that is no number."""
    return text.isidentifier() and len(text) <= 20


def entries(shape: Shape) -> Size:
    """Return the number of entries, d^i."""
    return math.prod(shape)


def bounded(shape: Shape, what: str) -> Shape:
    """Return the shape of a value; raise if it has too many axes, or entries to keep.

    Raises
    ------
    ShapeError
        With the shape and the bound.
    """
    if len(shape) > MAX_AXES:
        raise ShapeError(f"the result of {what} would have {len(shape)} axes, more than {MAX_AXES}")
    if is_known(shape) and math.prod(shape) > MAX_ENTRIES:
        raise ShapeError(
            f"the result of {what} would have shape {shown(shape)}, which is more than "
            f"{MAX_ENTRIES} entries"
        )
    return shape


def is_known(shape: Shape) -> bool:
    """Whether every size is a number."""
    return all(isinstance(size, int) for size in shape)


Sizes = Mapping[sp.Symbol, int]
"""Numbers for letters."""


def fits(given: Shape, shape: Shape) -> bool:
    """Whether an array of this shape may stand for a shape, in which a letter is any number."""
    return len(given) == len(shape) and all(
        isinstance(size, sp.Expr) or size == number
        for size, number in zip(shape, given, strict=True)
    )


def letters_in(shape: Shape) -> set[sp.Symbol]:
    """Return the letters that sizes are made of."""
    return {letter for size in shape if isinstance(size, sp.Expr) for letter in size.free_symbols}


def with_sizes(shape: Shape, sizes: Sizes) -> Shape:
    """Return a shape with numbers for its letters."""
    return tuple(with_size(size, sizes) for size in shape)


def with_size(size: Size, sizes: Sizes) -> Size:
    """Return a size with numbers for its letters.

    Raises
    ------
    GraphError
        For a letter that has none, and what is no whole number then.
    """
    if not isinstance(size, sp.Expr):
        return size
    number = size.subs(sizes)
    check_letters(number)
    if not number.is_Integer or number < 0:
        raise GraphError(f"the size {size} is {number}; it must be a whole number, at least 0")
    return int(number)


def check_letters(number: sp.Expr) -> None:
    """Raise GraphError for a letter that is left."""
    if number.free_symbols:
        raise GraphError(
            f"no value says what size {min(map(str, number.free_symbols))} is; give the values of "
            "the leaves that have it"
        )


def sizes_of(values: Iterable[tuple[str, Shape, Shape]]) -> dict[sp.Symbol, int]:
    """Return what letters are, from values.

    Parameters
    ----------
    values
        The name of each, its shape with letters, and the one it has, samples before it or not.

    Raises
    ------
    GraphError
        If a letter is two sizes at once, or a size no letter could give.

    Examples
    --------
    >>> n = sp.Symbol("n", integer=True, positive=True)
    >>> sizes_of([("x", (n, 3), (5, 3)), ("y", (2 * n,), (10,))])
    {n: 5}
    """
    found: dict[sp.Symbol, int] = {}
    said: dict[sp.Symbol, str] = {}
    pairs = [
        (name, size, number)
        for name, shape, given in values
        for size, number in zip(shape, given[len(given) - len(shape) :], strict=False)
        if isinstance(size, sp.Expr)
    ]
    for name, size, number in sorted(pairs, key=lambda pair: not pair[1].is_Symbol):
        left = size.subs(found)
        if not left.free_symbols and left != number:
            letter = min(size.free_symbols, key=str)
            raise GraphError(
                f"size {size} is {left} in {said[letter]!r} and {number} in {name!r}; it must be "
                "the same in all values"
            )
        if len(left.free_symbols) == 1:  # else with_size says which letter is missing
            (letter,) = left.free_symbols
            any_number = sp.Dummy()  # 0 too, for no rows
            found_for = sp.solve(left.subs(letter, any_number) - number, any_number)
            whole = [n for n in found_for if n.is_Integer and n >= 0]
            if len(whole) != 1:
                raise GraphError(
                    f"size {size} of {name!r} is {number}, which it is for no whole number {letter}"
                )
            found[letter], said[letter] = int(whole[0]), name
    return found


def shown(shape: Shape) -> str:
    """Return a shape as text.

    Examples
    --------
    >>> shown((3,)), shown((3, 4))
    ('(3,)', '(3, 4)')
    """
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Return the shape that operands have together, element by element.

    Raises
    ------
    ShapeError
        If two sizes differ and neither is 1, or a vector meets a column.

    Examples
    --------
    >>> broadcast([(64, 3), (3,), ()])
    (64, 3)
    """
    padded, result = _side_by_side(shapes)
    if None in result:
        axis = result.index(None)
        first, second = _differing([shape[axis] for shape in padded])
        raise ShapeError(
            f"{{{first}}} and {{{second}}} do not fit element by element; "
            + _advice(shapes[first], shapes[second])
        )
    for vector, short in enumerate(shapes):
        for column, long in enumerate(shapes):
            if len(short) == 1 < len(long) and long[-1] == 1 != short[0] and entries(long) != 1:
                raise _vector_meets_column(vector, column, short, long)
    return result


def stacked(shapes: Sequence[Shape]) -> Shape:
    """Return the shape that stacks of matrices have together; a vector may meet a column.

    Raises
    ------
    ShapeError
        If two sizes differ and neither is 1.

    Examples
    --------
    >>> stacked([(2, 1), (3,)])
    (2, 3)
    """
    padded, result = _side_by_side(shapes)
    if None in result:
        first, second = _differing([shape[result.index(None)] for shape in padded])
        raise ShapeError(
            f"{{{first}}} and {{{second}}} are stacks of matrices that do not fit; the axes before "
            "the last two must agree from the last backwards, or be 1"
        )
    return result


def _side_by_side(shapes: Sequence[Shape]) -> tuple[list[Shape], Shape]:
    """Return shapes with as many axes, and what they are broadcast to: None where they differ."""
    axes = max(map(len, shapes), default=0)
    padded = [(1,) * (axes - len(shape)) + tuple(shape) for shape in shapes]
    return padded, tuple(_common(sizes) for sizes in zip(*padded, strict=True))


def _common(sizes: Iterable[Size]) -> Size | None:
    wide = {size for size in sizes if size != 1}
    return 1 if not wide else wide.pop() if len(wide) == 1 else None


def _differing(sizes: list[Size]) -> tuple[int, int]:
    first = next(k for k, size in enumerate(sizes) if size != 1)
    second = next(k for k, size in enumerate(sizes) if size not in (1, sizes[first]))
    return first, second


def _advice(first: Shape, second: Shape) -> str:
    if len(first) == len(second) == 2 and first[::-1] == second:
        return "one is the other transposed: write .T"
    if len(first) == len(second) == 1:
        return "vectors must be equally long"
    short, long = sorted((first, second), key=len)
    if len(short) == 1 and len(long) == 2 and short[0] == long[0]:
        return (
            f"a vector {shown(short)} goes along the last axis; to go along the first, write it "
            f"as a column: reshape(v, {shown((short[0], 1))})"
        )
    return "sizes must agree from the last axis backwards, or be 1"


def _vector_meets_column(vector: int, column: int, short: Shape, long: Shape) -> ShapeError:
    table = shown((*long[:-1], short[0]))
    return ShapeError(
        f"{{{vector}}} is a vector and {{{column}}} a column; element by element they would make "
        f"a table {table} of all pairs; for that write the vector as a row, "
        f"reshape(v, {shown((1, short[0]))}), else the column as a vector, "
        f"reshape(c, {shown((entries(long),))})"
    )


def axis_of(axis: Any, axes: int, what: str) -> int:
    """Return an axis counted from the first, of a value with so many.

    Raises
    ------
    ShapeError
        If there is no such axis.
    """
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise ShapeError(f"the axis of {what} is {axis!r:.40}; it must be a whole number")
    if not -axes <= axis < axes:
        has = f"axes 0 to {axes - 1}" if axes else "no axes"
        raise ShapeError(f"there is no axis {axis} in {{0}}, which has {has}")
    return int(axis) % axes

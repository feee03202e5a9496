"""Arrays as claims have them: nested lists, arrays of NumPy, lists in formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.movement import Stack
from graphdiff.language.shapes import Shape
from graphdiff.language.shapes import shown as shown_shape
from graphdiff.notation import text

MAX_NUMBERS = 1_000_000
"""Numbers in one claimed array."""

SHOWN = 60
"""Characters of a claimed array that a report shows."""


def listed(expression: Expression) -> list[Expression] | None:
    """Return the entries of a list of numbers, row by row; None for another expression."""
    if not expression.shape:
        return [expression]
    if not isinstance(expression, Apply) or expression.function != Stack(0):
        return None
    rows = [listed(part) for part in expression.arguments]
    return None if None in rows else [part for row in rows if row for part in row]


def shape_of(entry: Any) -> Shape | None:
    """Return the shape of nested lists or of an array; None if rows differ in length."""
    if isinstance(entry, np.ndarray):
        return entry.shape
    if not isinstance(entry, list | tuple):
        return ()
    inner = {shape_of(part) for part in entry}
    if len(inner) > 1 or None in inner:
        return None
    return (len(entry), *(inner.pop() or () if inner else ()))


def flattened(entry: Any) -> list[Any]:
    """Return the entries of nested lists or of an array, row by row."""
    if isinstance(entry, np.ndarray):
        return list(entry.ravel())
    if not isinstance(entry, list | tuple):
        return [entry]
    return [part for row in entry for part in flattened(row)]


def brief(entry: Any) -> str:
    """Return a claimed array for a report, its end left out where it is long."""
    if isinstance(entry, np.ndarray) and entry.dtype.kind == "f" and entry.size <= MAX_NUMBERS:
        return text.value(entry, entry.shape)
    if not isinstance(entry, list | tuple | np.ndarray):
        return str(entry)
    shown = _nested(entry)
    if len(shown) <= SHOWN:
        return shown
    return (
        f"{shown[: shown.rfind(',', 0, SHOWN)]}, …] of shape {shown_shape(shape_of(entry) or ())}"
    )


def _nested(entry: Any) -> str:
    if isinstance(entry, np.ndarray):
        entry = entry.ravel()[:SHOWN].tolist() if entry.size > SHOWN else entry.tolist()
    if isinstance(entry, list | tuple):
        return f"[{', '.join(map(_nested, entry[:SHOWN]))}]"
    if isinstance(entry, np.generic):
        entry = entry.item()
    return repr(entry) if isinstance(entry, float) else str(entry)

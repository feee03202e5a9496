"""How much an expression may ask for: exponents, and the entries of arrays."""

from __future__ import annotations

import math

import numpy as np

from graphdiff.errors import GraphdiffError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.language import shapes
from graphdiff.language.expression import Apply, Constant, Expression, in_order
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction, localise

MAX_EXPONENT = 1000
"""The largest exponent, also of powers of powers taken together."""

MAX_DECIMAL_EXPONENT = 300
"""The largest power of ten in a number such as 1e-5."""

MAX_COMPUTED = 5 * shapes.MAX_ENTRIES
"""Entries of all arrays that one expression computes, one after the other."""


MAX_CONSTANT = 1_000_000
"""Entries computed for the size of an exponent that has no names in it."""


def known_entries(expression: Expression) -> int:
    """Return the number of entries, sizes that are letters counted as 1."""
    shape = expression.shape
    return math.prod(size for size in shape if isinstance(size, int)) if shape else 1


def computed_entries(expression: Expression) -> int:
    """Return the entries of all that is computed for the value of an expression."""
    return sum(known_entries(part) for part in in_order(expression) if isinstance(part, Apply))


def constant_value(expression: Expression) -> float | None:
    """Return the value of an expression without names, roughly; None if it has names.

    Of an array it is the largest, without its sign; nan where that would take long to compute.
    """
    values: dict[Expression, float] = {}
    with np.errstate(all="ignore"):
        for part in in_order(expression):
            if isinstance(part, Constant):
                values[part] = float(part.value)
            elif isinstance(part, Apply):
                if not isinstance(part.function, Function):
                    return _largest(expression)
                arguments = [np.float64(values[argument]) for argument in part.arguments]
                kernel = part.function.kernel
                values[part] = float("nan") if kernel is None else float(kernel(*arguments))
            else:
                return None
    return values[expression]


def _largest(expression: Expression) -> float | None:
    if not all(isinstance(part, Constant | Apply) for part in in_order(expression)):
        return None
    if computed_entries(expression) > MAX_CONSTANT:
        return math.nan
    program, _ = localise(expression)
    try:
        with FLOAT64.guard():
            value = value_of(FLOAT64, LocalFunction(program, 0), ())
    except GraphdiffError:
        return math.nan
    return float(np.max(np.abs(value)))

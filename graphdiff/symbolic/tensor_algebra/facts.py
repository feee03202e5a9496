"""What is known of the parts of a formula: that they are positive, or add up to 1.

A node says what its function declares, or what was said of it at building.
"""

from __future__ import annotations

import math

import sympy as sp

from graphdiff.graph import Node
from graphdiff.language.expression import AnyFunction, Apply, Expression
from graphdiff.language.functions.scalar_function import EVERYWHERE, Head
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.local_functions.local_function import Instruction
from graphdiff.symbolic.tensor_algebra.atoms import Atoms

Range = tuple[float, float]


def is_positive(atoms: Atoms, formula: sp.Expr) -> bool:
    """Whether a formula is above 0, whatever the leaves are."""
    if formula.is_number:
        return bool(formula.is_positive)
    low, _ = range_of(atoms, formula)
    return low >= 0


def range_of(atoms: Atoms, formula: sp.Expr) -> Range:
    """Return an open interval that the values of a formula lie in."""
    if formula.is_number:
        return _around(formula)
    match formula:
        case sp.Symbol():
            part = atoms.part(formula)
            return EVERYWHERE if part is None else _declared(part)
        case Head():
            return formula.declaration.range
        case sp.exp():
            return 0, math.inf
        case sp.Add():
            ranges = [range_of(atoms, term) for term in formula.args]
            return sum(low for low, _ in ranges), sum(high for _, high in ranges)
        case sp.Mul():
            coefficient, rest = formula.as_coeff_Mul()
            if coefficient == -1:
                low, high = range_of(atoms, rest)
                return -high, -low
            is_above = all(is_positive(atoms, factor) for factor in formula.args)
            return (0, math.inf) if is_above else EVERYWHERE
        case sp.Pow(base=base):
            return (0, math.inf) if is_positive(atoms, base) else EVERYWHERE
    return EVERYWHERE


def _around(number: sp.Expr) -> Range:
    """Return a number as the interval it is."""
    if not number.is_Rational:
        return (0, math.inf) if number.is_positive else EVERYWHERE
    value = float(number)
    return value, value


def _declared(part: Expression) -> Range:
    function = _function(part)
    return EVERYWHERE if function is None else getattr(function, "range", EVERYWHERE)


def adds_up_to_one(part: Expression, axes: tuple[int, ...]) -> bool:
    """Whether the entries along these axes add up to 1."""
    if isinstance(part, Node) and part.rows == "distribution":
        return axes == (part.ndim - 1,)
    return bool(axes) and getattr(_function(part), "sums_to_one", ()) == axes


def _function(part: Expression) -> AnyFunction | TensorFunction | None:
    """Return the function that a part is the value of."""
    if isinstance(part, Apply):
        return part.function
    if isinstance(part, Node) and part.function is not None:
        last = part.function.program[-1]
        return last.function if isinstance(last, Instruction) else None
    return None

"""Expressions on a tape: composites written out, primes in terms of what is known already."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import ExpressionError, GraphError
from graphdiff.language.expression import Apply, Constant, Expression, apply, in_order
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions import NAMED, Function, activations, comparisons, stable
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.saturation import with_digits
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.local_functions.pullback import Placeholder, substituted
from graphdiff.program.tape.simplify import Simplifier, known_sizes
from graphdiff.program.tape.tape import Leaf

Name = Callable[[Expression], str]


class Lowering(Simplifier):
    """Writes expressions on a tape.

    Parameters
    ----------
    name
        What a leaf of the expressions is called, where it is a value given at the call.
    """

    def __init__(self, name: Name) -> None:
        super().__init__()
        self._name = name
        self._place: dict[Expression, int] = {}

    def known(self, part: Expression, line: int) -> None:
        """Let a part of expressions to come stand for a line."""
        self._place[part] = line

    def line(self, root: Expression) -> int:
        """Return the line of an expression."""
        for part in in_order(root, self._place):
            self._place[part] = self._part(part)
        return self._place[root]

    def _part(self, part: Expression) -> int:
        if isinstance(part, Constant):
            return self.number(_number(part.value))
        if not isinstance(part, Apply):
            name = self._name(part)
            return self.write(Leaf(name), known_sizes(part.shape, name))
        operands = tuple(self._place[argument] for argument in part.arguments)
        match part.function:
            case Composite() as composite:
                return self.within(composite.stable or composite.expand, operands)
            case Function() as function:
                return self._map_of(function, operands)
            case function:
                return self.apply(function, *operands)

    def _map_of(self, function: Function, operands: tuple[int, ...]) -> int:
        definition = _definition(function)
        if definition is None:
            return self.apply(function, *operands)
        whole = np.broadcast_shapes(*(self.shapes[k] for k in operands))
        return self.broadcast(self.within(definition, operands), whole)  # log y, of x log y in x

    def within(self, definition: Callable[..., Expression], operands: tuple[int, ...]) -> int:
        """Return the line of a definition at operands."""
        arguments = [Placeholder(slot, self.shapes[k]) for slot, k in enumerate(operands)]
        for argument, k in zip(arguments, operands, strict=True):
            self.known(argument, k)
        return self.line(definition(*arguments))


def _has_float(number: Fraction) -> bool:
    """Whether a number is in the range of floats."""
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def _number(value: sp.Expr) -> Fraction | float:
    if value.is_Rational:
        number = Fraction(int(value.p), int(value.q))
        return number if _has_float(number) else math.inf if number > 0 else -math.inf
    if not value.is_number:
        raise GraphError(
            f"a formula has the size {value}, a letter; build the graph "
            "with sizes as numbers to compile it"
        )
    return float(value)


_DIRECT = {*NAMED.values()} - {activations.swish, activations.leaky_relu}
"""Functions that a program computes as they are."""


@lru_cache(maxsize=10_000)
def _definition(function: Function) -> Callable[..., Expression] | None:
    """Return what a function is written out as; None where it is computed as it is.

    A derivative is written out, so that it shares what the function itself has computed:
    tanh′(z) = 1 − tanh²(z).
    """
    if function.of is None and (function in _DIRECT or function.operator or function.kernel):
        if function is activations.swish:
            return lambda x: x * apply(activations.sigmoid, x)
        if function is activations.leaky_relu:
            return lambda x, slope: apply(comparisons.where, x > 0, x, slope * x)
        return None
    return by_formula(function)


def by_formula(function: Function) -> Callable[..., Expression] | None:
    """Return a function's formula in the catalogue's functions; None where it has none."""
    formals = function.formals
    formula = sp.sympify(function.formula(*formals))
    if function.of is not None:
        formula = with_removable_points(formula)
    if function not in stable.FUNCTIONS:  # which are what keeps the digits
        formula = with_digits(formula)
    try:
        found = _as_expression(formula, formals)
    except (ExpressionError, GraphError):
        return None
    return lambda *arguments: _applied(found, arguments)


def _applied(
    found: tuple[Expression, tuple[Placeholder, ...]], arguments: tuple[Expression, ...]
) -> Expression:
    return substituted(found[0], found[1], arguments)


def _as_expression(
    formula: sp.Expr, formals: tuple[sp.Symbol, ...]
) -> tuple[Expression, tuple[Placeholder, ...]]:
    """Return a formula over formals as an expression of scalars."""
    arguments = tuple(Placeholder(slot, ()) for slot in range(len(formals)))
    leaves: dict[sp.Basic, Expression] = dict(zip(formals, arguments, strict=True))
    return _converted(formula, leaves), arguments


def _converted(formula: sp.Expr, leaves: dict[sp.Basic, Expression]) -> Expression:
    cases = sorted(formula.atoms(sp.Piecewise), key=lambda part: part.count_ops())
    for part in cases:
        if part not in leaves:
            leaves[part] = _chosen(part, leaves)
    return converted_from_sympy(formula, leaves)


def _chosen(cases: sp.Piecewise, leaves: dict[sp.Basic, Expression]) -> Expression:
    """Return cases as choices one inside the other; the last holds where no other does."""
    *branches, (last, always) = [(branch, condition) for branch, condition in cases.args]
    if always != sp.true:
        raise ExpressionError(f"{cases} has no value where none of its conditions holds")
    result = _converted(last, leaves)
    for branch, condition in reversed(branches):
        result = _choice(condition, _converted(branch, leaves), result, leaves)
    return result


_SIGNS: Mapping[Any, Function] = {
    sp.StrictLessThan: comparisons.less,
    sp.LessThan: comparisons.less_equal,
    sp.StrictGreaterThan: comparisons.greater,
    sp.GreaterThan: comparisons.greater_equal,
}


def _choice(
    condition: Any, yes: Expression, no: Expression, leaves: dict[sp.Basic, Expression]
) -> Expression:
    if isinstance(condition, sp.And):
        for part in condition.args:
            yes = _choice(part, yes, no, leaves)
        return yes
    if isinstance(condition, sp.Or):
        for part in condition.args:
            no = _choice(part, yes, no, leaves)
        return no
    if isinstance(condition, sp.Not):
        return _choice(condition.args[0], no, yes, leaves)
    where = comparisons.where
    if isinstance(condition, sp.Eq | sp.Ne):
        difference = _converted(condition.lhs - condition.rhs, leaves)
        if isinstance(condition, sp.Eq):
            yes, no = no, yes
        return apply(where, difference, yes, no)
    sign = _SIGNS.get(type(condition))
    if sign is None:
        raise ExpressionError(f"there is no function for the condition {condition}")
    sides = (_converted(side, leaves) for side in (condition.lhs, condition.rhs))
    return apply(where, apply(sign, *sides), yes, no)

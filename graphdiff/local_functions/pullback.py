"""The chain rule going backward, as an expression.

A cotangent c̄ of u = f(a) has the shape of u; what comes back, ā = Σ_I c̄_I ∂u_I/∂a, has the
shape of a. With the rows of the identity as cotangents, the rules give the Jacobian. The rule of
a function of tensors stands in its declaration, that of a map follows from its derivative.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Any, TypeGuard

import sympy as sp

from graphdiff.language.cotangent_arithmetic import (
    ONE,
    ZERO,
    inside,
    is_number,
    leaves_out,
    over,
    times,
    total,
)
from graphdiff.language.expression import (
    Apply,
    Constant,
    Expression,
    apply,
    count,
    in_order,
    rebuilt,
)
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.comparisons import where
from graphdiff.language.functions.elementary import exp, log, sqrt
from graphdiff.language.functions.kinks import sign
from graphdiff.language.functions.movement import summed_to
from graphdiff.language.functions.scalar_derivative import is_zero, prime
from graphdiff.language.functions.stable import hypot
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.accumulation import accumulated


def pullback(
    root: Expression, cotangent: Expression, wrt: Sequence[Expression]
) -> list[Expression | None]:
    """Return the cotangents of ``wrt`` for the cotangent of ``root``; None where it is 0.

    Each part of the expression that depends on one of them passes on what it has received:
    the chain rule, every path counted.
    """
    ends = set(wrt)
    parts = list(in_order(root, ends))
    varying = set(wrt)
    for part in parts:
        if isinstance(part, Apply) and not varying.isdisjoint(part.arguments):
            varying.add(part)

    def passed_on(part: Expression, c: Expression) -> Iterator[tuple[Expression, Expression]]:
        if part in ends or not isinstance(part, Apply):
            return
        inner = _squared_under_root(part, ends)
        if inner is not None:
            yield inner, times(c, Apply(sign, (inner,)))
        else:
            for slot, argument in enumerate(part.arguments):
                if argument in varying and (back := through(part, slot, c)) is not None:
                    yield argument, back

    order = (*(part for part in reversed(parts) if part in varying), *ends)
    received = dict(accumulated(order, root, cotangent, passed_on, total))
    return [received.get(part) for part in wrt]


def through(part: Apply, slot: int, c: Expression) -> Expression | None:
    """Return what the cotangent c of an applied function gives to one argument."""
    function, arguments = part.function, part.arguments
    if not isinstance(function, Function) and _is_chosen_as_a_whole(c, part.shape):
        return inside(c, lambda branch: through(part, slot, branch))
    match function:
        case Function():
            back = _map(function, slot, c, arguments, part)
            return None if back is None else _summed(back, arguments[slot].shape)
        case Composite(rule=None):
            # A stand-in for each argument, so that one that repeats is counted by slot.
            names = [Placeholder(k, a.shape) for k, a in enumerate(arguments)]
            back = pullback(function.expand(*names), c, [names[slot]])[0]
            return None if back is None else substituted(back, names, arguments)
        case Composite(rule=rule):
            assert rule is not None  # noqa: S101 - of the case before
            return rule(slot, c, arguments, part)
        case _:
            return function.pullback(MAKE, part, slot, c)


HALF = Constant(sp.Rational(1, 2))


class _Make:
    """Makes expressions for the rules of functions of tensors."""

    def __call__(self, function: TensorFunction, *arguments: Expression) -> Expression:
        return apply(function, *arguments)

    def product(self, a: Expression, b: Expression) -> Expression:
        return times(a, b)

    def count(self, size: Any) -> Expression:
        return count(size)


MAKE = _Make()


class Placeholder(Expression):
    """An argument by its place, until the expression for it is known."""

    __slots__ = ("shape", "slot")

    def __init__(self, slot: int, shape: Shape) -> None:
        self.slot = slot
        self.shape = shape

    def __repr__(self) -> str:
        return f"a_{self.slot}"


def substituted(
    root: Expression, parts: Sequence[Expression], by: Sequence[Expression]
) -> Expression:
    """Return an expression with some of its parts replaced."""
    return rebuilt(root, replaced=dict(zip(parts, by, strict=True)))


def partial(part: Apply, slot: int) -> Expression | None:
    """Return ∂φ/∂a of an applied map, in a shape that broadcasts to its own; None where it is 0."""
    assert isinstance(part.function, Function)  # noqa: S101 - only maps act entry by entry
    return _map(part.function, slot, ONE, part.arguments, part)


def _map(
    function: Function, slot: int, c: Expression, arguments: tuple[Expression, ...], value: Apply
) -> Expression | None:
    """Return c ⊙ ∂φ/∂a, in the shape of the value."""
    if function is add or (function is sub and slot == 0):
        return c
    if is_zero(function, slot):
        return None
    if function is where:
        return Apply(where, (arguments[0], *((c, ZERO), (ZERO, c))[slot - 1]))
    if leaves_out(c):
        return inside(c, lambda branch: _map(function, slot, branch, arguments, value))
    if function is neg or function is sub:
        return -c
    if function is mul:
        return times(c, arguments[1 - slot])
    if function is div and slot == 0:
        return over(c, arguments[1])
    if function is div:
        return -over(times(c, value), arguments[1])
    if function is exp:
        return times(c, value)
    if function is log:
        return over(c, arguments[0])
    if function is sqrt:
        return over(times(c, HALF), value)
    if function is hypot:
        return times(c, arguments[slot] / value)
    base, *rest = arguments
    if function is pow and slot == 0 and isinstance(exponent := rest[0], Constant):
        less = Constant(exponent.value - 1)
        if exponent.value == 0:
            return None
        lowered = base if less.value == 1 else base**less
        return times(c, exponent * lowered if less.value != 0 else exponent)
    return times(c, Apply(prime(function, slot), arguments))


def _is_chosen_as_a_whole(c: Expression, shape: Shape) -> TypeGuard[Apply]:
    """Whether a cotangent of this shape is a choice by one number that leaves out all of it."""
    return (
        leaves_out(c)
        and not c.arguments[0].shape
        and all(branch.shape == shape or is_number(branch, 0) for branch in c.arguments[1:])
    )


def _summed(c: Expression, shape: Shape) -> Expression:
    """Return the sum over the axes an argument of this shape was broadcast along.

    A choice made along the other axes alone is made of the sums.
    """
    if leaves_out(c):
        condition, *branches = c.arguments
        tail = shape[len(shape) - condition.ndim :]
        along = condition.ndim <= len(shape) and all(map(_spreads, condition.shape, tail))
        if along and all(branch.shape == c.shape or is_number(branch, 0) for branch in branches):
            return inside(c, lambda branch: _summed(branch, shape))
    return summed_to(c, shape)


def _spreads(size: Any, wide: Any) -> bool:
    return size in (1, wide)


def _squared_under_root(part: Apply, ends: Container[Expression]) -> Expression | None:
    """Return u of √u², whose derivative is the sign of u, by the convention at 0 too."""
    if part.function is not sqrt or part.arguments[0] in ends:
        return None
    match part.arguments[0]:
        case Apply(function=function, arguments=(u, Constant(value=exponent))) if (
            function is pow and exponent == 2
        ):
            return u
        case Apply(function=function, arguments=(u, v)) if function is mul and u is v:
            return u
        case _:
            return None

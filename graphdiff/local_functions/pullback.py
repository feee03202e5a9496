"""The chain rule going backward, as an expression.

A cotangent c̄ of u = f(a) has the shape of u; what comes back, ā = Σ_I c̄_I ∂u_I/∂a, has the
shape of a. With the rows of the identity as cotangents, the rules give the Jacobian. The rule of
a function of tensors stands in its declaration, that of a map follows from its derivative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

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
from graphdiff.language.functions.elementary import exp
from graphdiff.language.functions.movement import summed_to
from graphdiff.language.functions.scalar_derivative import is_zero, prime
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.accumulation import accumulated, total

ONE, ZERO = Constant(1), Constant(0)


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
        if part not in ends and isinstance(part, Apply):
            for slot, argument in enumerate(part.arguments):
                if argument in varying and (back := through(part, slot, c)) is not None:
                    yield argument, back

    order = (*(part for part in reversed(parts) if part in varying), *ends)
    received = dict(accumulated(order, root, cotangent, passed_on, total))
    return [received.get(part) for part in wrt]


def through(part: Apply, slot: int, c: Expression) -> Expression | None:
    """Return what the cotangent c of an applied function gives to one argument."""
    function, arguments = part.function, part.arguments
    match function:
        case Function():
            back = _map(function, slot, c, arguments, part)
            return None if back is None else summed_to(back, arguments[slot].shape)
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


class _Make:
    """Makes expressions for the rules of functions of tensors."""

    def __call__(self, function: TensorFunction, *arguments: Expression) -> Expression:
        return apply(function, *arguments)

    def product(self, a: Expression, b: Expression) -> Expression:
        return product(a, b)

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


def product(a: Expression, b: Expression) -> Expression:
    """Return a ⊙ b, without a factor that is 1."""
    if isinstance(a, Constant) and a.value == 1:
        return b
    if isinstance(b, Constant) and b.value == 1:
        return a
    return a * b


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
    if function is neg or function is sub:
        return -c
    if function is mul:
        return product(c, arguments[1 - slot])
    if function is div and slot == 0:
        return c / arguments[1]
    if function is div:
        return -(product(c, arguments[0]) / arguments[1] ** 2)
    if function is exp:
        return product(c, value)
    if function is where and slot > 0:
        return product(c, Apply(where, (arguments[0], *((ONE, ZERO), (ZERO, ONE))[slot - 1])))
    base, *rest = arguments
    if function is pow and slot == 0 and isinstance(exponent := rest[0], Constant):
        less = Constant(exponent.value - 1)
        if exponent.value == 0:
            return None
        lowered = base if less.value == 1 else base**less
        return product(c, exponent * lowered if less.value != 0 else exponent)
    if is_zero(function, slot):
        return None
    return product(c, Apply(prime(function, slot), arguments))

"""The rule of every function for going backward, as an expression.

A cotangent c̄ of u = f(a) has the shape of u; what comes back, ā = Σ_I c̄_I ∂u_I/∂a, has the
shape of a. With the rows of the identity as cotangents, the rules give the Jacobian.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence

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
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.elementary import exp
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Reduction, Sum, TieShares
from graphdiff.language.functions.scalar_derivative import is_zero, prime
from graphdiff.language.functions.tensor_function import Composite, known
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

    order = (part for part in reversed(parts) if part in varying)
    received = dict(accumulated(order, root, cotangent, passed_on, total))
    return [received.get(part) for part in wrt]


def through(part: Apply, slot: int, c: Expression) -> Expression | None:
    """Return what the cotangent c of an applied function gives to one argument."""
    function, arguments = part.function, part.arguments
    argument = arguments[slot]
    match function:
        case Function():
            back = _map(function, slot, c, arguments, part)
            return None if back is None else summed_to(back, argument.shape)
        case Composite(rule=None):
            # A stand-in for each argument, so that one that repeats is counted by slot.
            names = [Placeholder(k, a.shape) for k, a in enumerate(arguments)]
            back = pullback(function.expand(*names), c, [names[slot]])[0]
            return None if back is None else substituted(back, names, arguments)
        case Composite(rule=rule):
            assert rule is not None  # noqa: S101 - of the case before
            return rule(slot, c, arguments, part)
        case MatMul():
            return _matmul(slot, c, *arguments)
        case Einsum():
            return _einsum(function, slot, c, arguments)
        case Sum():
            return _spread(function, c, argument)
        case Mean():
            return _spread(function, c, argument) / count(function.count(argument.shape))
        case Extremum():
            winners = TieShares(function.axes, function.rank, smallest=function.smallest)
            return _spread(function, c, argument) * apply(winners, argument)
        case TieShares() | Eye():
            return None
        case Reshape():
            return apply(Reshape(argument.shape), c)
        case Transpose():
            return apply(function.inverse, c)
        case Broadcast():
            return summed_to(c, argument.shape)
        case Concatenate(axis):
            start = sum(a.shape[axis] for a in arguments[:slot])
            known((start, *argument.shape), "the derivative of concatenate")
            return c[(slice(None),) * axis + (slice(start, start + argument.shape[axis]),)]
        case Stack(axis):
            return c[(slice(None),) * axis + (slot,)]
        case Index(key):
            return apply(Scatter(key, argument.shape), c)
        case Scatter(key):
            return apply(Index(key), c)
        case Inverse():
            return -(part.T @ c @ part.T)
        case Det():
            return product(c, apply(Adjugate(), argument).T)
        case Adjugate():
            return _adjugate(c, argument)
        case LogDet():
            return product(c, apply(Inverse(), argument).T)
    raise NotImplementedError(function.name)


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


def summed_to(back: Expression, shape: Shape) -> Expression:
    """Return the sum over the axes an argument of this shape was broadcast along."""
    extra = back.ndim - len(shape)
    if extra > 0:
        back = back.sum(tuple(range(extra)))
    stretched = tuple(
        axis for axis, (size, wide) in enumerate(zip(shape, back.shape, strict=True))
        if size == 1 and wide != 1
    )  # fmt: skip
    return back.sum(stretched, keepdims=True) if stretched else back


def _spread(function: Reduction, c: Expression, argument: Expression) -> Expression:
    """Return the cotangent of a reduction at every entry that was reduced."""
    if not function.keepdims and c.ndim:
        c = apply(Reshape(function.kept(argument.shape)), c)
    return c if c.shape == argument.shape else apply(Broadcast(argument.shape), c)


def _matmul(slot: int, c: Expression, left: Expression, right: Expression) -> Expression:
    match left.ndim, right.ndim, slot:
        case 1, 1, _:
            return product(c, (right, left)[slot])
        case 2, 1, 0:
            return apply(OUTER, c, right)
        case 1, 2, 1:
            return apply(OUTER, left, c)
        case 2, 2, 0:
            return c @ right.T
        case 2, (1 | 2), 1:
            return left.T @ c
        case 1, 2, 0:
            return right @ c
    return _einsum(Einsum(MatMul.subscripts(left.ndim, right.ndim)), slot, c, (left, right))


def _adjugate(c: Expression, a: Expression) -> Expression:
    """Return det A · (⟨C, B⟩ Bᵀ − Bᵀ C Bᵀ) for adj A = det(A) B, B the inverse, C the cotangent."""
    inverse = apply(Inverse(), a)
    turned = inverse.T
    return apply(Det(), a) * ((c * inverse).sum() * turned - turned @ c @ turned)


OUTER = Einsum("i,j->ij", "outer")


def _einsum(
    function: Einsum, slot: int, c: Expression, arguments: tuple[Expression, ...]
) -> Expression:
    """Return the contraction of the cotangent with the other factors.

    An index that stands only in this operand is a sum over it, so the cotangent goes to
    every entry; one that stands twice in it is a diagonal, the identity.
    """
    sizes = function.sizes(*(argument.shape for argument in arguments))
    operands = [function.output, *(t for k, t in enumerate(function.operands) if k != slot)]
    factors = [c, *(a for k, a in enumerate(arguments) if k != slot)]
    spare = iter(sorted(set(string.ascii_letters) - set(function.subscripts)))
    target = ""
    for index in function.operands[slot]:
        if index in target:
            fresh = next(spare)
            operands.append(index + fresh)
            factors.append(apply(Eye(sizes[index])))
            sizes[fresh] = sizes[index]
            index = fresh
        target += index
    found = "".join(index for index in target if index in set("".join(operands)))
    shape = tuple(sizes[index] for index in target)
    back = _contracted(operands, factors, found)
    if found == target:
        return back
    kept = tuple(sizes[index] if index in found else 1 for index in target)
    return apply(Broadcast(shape), apply(Reshape(kept), back) if found else back)


def _contracted(operands: list[str], factors: list[Expression], output: str) -> Expression:
    if operands[0] == "":  # a scalar cotangent is a factor
        if len(factors) == 1:
            return factors[0]
        rest = _contracted(operands[1:], factors[1:], output)
        return product(factors[0], rest)
    if operands == [output]:
        return factors[0]
    return apply(Einsum(f"{','.join(operands)}->{output}"), *factors)

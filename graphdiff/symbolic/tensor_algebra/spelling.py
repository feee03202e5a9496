"""The last touch: forms that are shorter to write, and no other to compute with.

The rules before it bring transposes inwards and vectors to the right, so that what is alike meets;
a person writes (X A + A X)ᵀ, xᵀ A x and diag(v) M.
"""

from __future__ import annotations

from graphdiff.language import tensors
from graphdiff.language.expression import (
    Apply,
    Expression,
    apply,
    rebuilt,
    with_arguments,
)
from graphdiff.language.functions.arithmetic import div, mul, neg
from graphdiff.language.functions.contraction import OUTER, MatMul
from graphdiff.language.functions.movement import Reshape
from graphdiff.language.functions.reductions import Reduction
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.tensor_algebra.products import LINEAR, TRANSPOSED, is_symmetric, matmul
from graphdiff.symbolic.tensor_algebra.windows import as_convolution

FEWEST = 3
"""Transposes from which one around them all is shorter: (A X B)ᵀ, but Aᵀ Bᵀ."""


def spelled(expression: Expression) -> Expression:
    """Return an expression of the same value as a person writes it."""
    return rebuilt(rebuilt(expression, replaced=_turned_parts(expression)), _spelled)


def _spelled(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
    """Return a function applied, in the form that is shorter."""
    part = with_arguments(part, arguments)
    convolution = as_convolution(part)
    if convolution is not None:
        return convolution
    match part.function, part.arguments:
        case Reshape(to), (inner,) if isinstance(inner, Apply):
            kept = _with_axes_kept(inner, to)
            return part if kept is None else kept
        case MatMul(), (left, Apply(function=MatMul(), arguments=(matrix, right))):
            if left.ndim == right.ndim == 1:
                return apply(MatMul(), apply(MatMul(), left, matrix), right)
        case function, (one, other) if function == mul and part.ndim == 2:
            for column, matrix in ((one, other), (other, one)):
                vector = _of_column(column)
                if vector is not None and matrix.shape == part.shape:
                    return apply(MatMul(), tensors.diag(vector), matrix)
    return part


def _with_axes_kept(inner: Apply, to: Shape) -> Expression | None:
    """Return a reduction with its axes kept, where that is the shape to have."""
    match inner.function:
        case Reduction(keepdims=False, reduces=True):
            options = dict(inner.function.keywords)
        case Composite(keywords=keywords) if "axis" in dict(keywords):
            options = dict(keywords)
        case _:
            return None
    call = tensors.CALLS.get(getattr(inner.function, "name", ""))
    if call is None or "axis" not in options or "keepdims" in options:
        return None
    try:
        kept = call(*inner.arguments, **options, keepdims=True)
    except TypeError:  # a softmax has an axis too
        return None
    return kept if kept.shape == to else None


def _of_column(part: Expression) -> Expression | None:
    """Return the vector that a column is the entries of."""
    match part:
        case Apply(function=Reshape(to), arguments=(vector,)):
            return vector if vector.ndim == 1 and to == (*vector.shape, 1) else None
        case _:
            return None


# Transposes


def _turned_parts(expression: Expression) -> dict[Expression, Expression]:
    """Return the largest parts that have one transpose around them for many inside."""
    found: dict[Expression, Expression] = {}
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Apply) or part in found:
            continue
        whole = _turned(part) if part.ndim == 2 and _transposes(part) >= FEWEST else None
        if whole is None:
            waiting += part.arguments
        else:
            found[part] = _around(whole)
    return found


def _around(whole: Expression) -> Expression:
    """Return a transpose, a sign and scalars before it."""
    match whole:
        case Apply(function=function, arguments=(inner,)) if function == neg:
            return apply(neg, _around(inner))
        case Apply(function=function, arguments=(one, other)) if function in (mul, div):
            if not one.ndim:
                return apply(function, one, _around(other))
            if not other.ndim:
                return apply(function, _around(one), other)
    return apply(TRANSPOSED, whole)


def _transposes(part: Expression) -> int:
    """Return how many transposes stand in a sum of products, each as often as it is written."""
    if not isinstance(part, Apply) or part.ndim != 2:
        return 0
    if part.function == TRANSPOSED:
        return 1
    if part.function in LINEAR or isinstance(part.function, MatMul):
        return sum(map(_transposes, part.arguments))
    return 0


def _turned(part: Expression) -> Expression | None:
    """Return the transpose of a sum of products, no transpose in it; None if there is none."""
    if not part.ndim or is_symmetric(part):
        return part
    match part:
        case Apply(function=function, arguments=(inner,)) if function == TRANSPOSED:
            return inner
        case Apply(function=function, arguments=arguments) if function in LINEAR:
            turned = [None if a.ndim == 1 else _turned(a) for a in arguments]
            return None if any(t is None for t in turned) else apply(function, *turned)
        case Apply(function=MatMul(), arguments=(left, right)) if left.ndim == right.ndim == 2:
            first, second = _turned(right), _turned(left)
            return None if first is None or second is None else matmul(first, second)
        case Apply(function=function, arguments=(column, row)) if function == OUTER:
            return apply(OUTER, row, column)
    return None

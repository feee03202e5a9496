"""Contractions as matrix products, and products in their simplest form."""

from __future__ import annotations

import operator

from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression, apply
from graphdiff.language.functions.contraction import OUTER, Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Adjugate, Inverse
from graphdiff.language.functions.movement import Broadcast, Eye, Reshape, Stack, Transpose
from graphdiff.language.functions.reductions import Sum
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors import diag

TRANSPOSED = Transpose((1, 0))


def as_products(part: Apply) -> Expression:
    """Return a linear function applied in its simplest form; the same object where it is that."""
    match part.function, part.arguments:
        case Einsum(), _ if part.function != OUTER:
            found = _einsum(part.function, part.arguments)
            return part if found is None else found
        case MatMul(), (left, right):
            return _unless_same(part, matmul(left, right))
        case Sum(axes=(_,), keepdims=False), (inner,) if is_diagonal(inner):
            return _inner(inner)
        case Sum(axes=(0,), rank=1), (Apply(function=Stack(), arguments=entries),):
            numbers = [entry.value for entry in entries if isinstance(entry, Constant)]
            return Constant(sum(numbers)) if len(numbers) == len(entries) else part
        case Transpose(), (inner,):
            return _unless_same(part, transpose(part.function, inner))
        case Reshape(to), (inner,):
            if isinstance(inner, Apply) and isinstance(inner.function, Reshape):
                inner = inner.arguments[0]
            if inner.shape == to:
                return inner
            whole = _without_axes_of_size_1(inner, to)
            if whole is not None:
                return whole
            return part if inner is part.arguments[0] else apply(Reshape(to), inner)
    return part


def _without_axes_of_size_1(inner: Expression, to: Shape) -> Expression | None:
    """Return a sum that kept its axes, without them, where that is the shape to have."""
    if not isinstance(inner, Apply) or not isinstance(inner.function, Sum):
        return None
    axes = inner.function.axes
    left = tuple(size for axis, size in enumerate(inner.shape) if axis not in axes)
    return inner.arguments[0].sum(axes) if inner.function.keepdims and left == to else None


def _unless_same(part: Apply, found: Expression) -> Expression:
    if not isinstance(found, Apply) or found.function != part.function:
        return found
    return part if all(map(operator.is_, found.arguments, part.arguments)) else found


def is_outer(part: Expression) -> bool:
    """Whether a part is an outer product of two vectors."""
    return isinstance(part, Apply) and part.function == OUTER


def is_eye(part: Expression) -> bool:
    """Whether a part is the identity matrix."""
    return isinstance(part, Apply) and isinstance(part.function, Eye)


def is_ones(part: Expression) -> bool:
    """Whether a part is 1 in every place."""
    if not isinstance(part, Apply) or not isinstance(part.function, Broadcast):
        return False
    inner = part.arguments[0]
    return isinstance(inner, Constant) and inner.value == 1


def is_diagonal(part: Expression) -> bool:
    """Whether a part is the diagonal matrix of a vector."""
    return (
        isinstance(part, Apply)
        and getattr(part.function, "name", "") == "diag"
        and part.arguments[0].ndim == 1
    )


def is_symmetric(part: Expression) -> bool:
    """Whether a matrix is its transpose: I, a diagonal matrix, Aᵀ A, the inverse of one.

    So is a leaf of which that is said.
    """
    match part:
        case Node():
            return part.facts.symmetric
        case Apply(function=MatMul(), arguments=(left, right)) if left.ndim == right.ndim == 2:
            return (left is right and is_symmetric(left)) or any(
                _is_transposed(one) and _inner(one) is other
                for one, other in ((left, right), (right, left))
            )
        case Apply(function=Inverse() | Adjugate(), arguments=(matrix,)):
            return is_symmetric(matrix)
        case _:
            return is_eye(part) or is_diagonal(part)


def matmul(left: Expression, right: Expression) -> Expression:
    """Return left @ right, without identities, outer products multiplied out."""
    if is_eye(left):
        return right
    if is_eye(right):
        return left
    if are_inverse(left, right):
        return apply(Eye(left.shape[-1]))
    if isinstance(left, Apply) and isinstance(left.function, MatMul) and left.ndim == 2:
        first, second = left.arguments
        if first.ndim == 2 and are_inverse(second, right):
            return first
    if is_outer(left) and isinstance(left, Apply) and right.ndim == 1:
        column, row = left.arguments
        return matmul(row, right) * column
    if is_outer(right) and isinstance(right, Apply) and left.ndim == 1:
        column, row = right.arguments
        return matmul(left, column) * row
    if is_diagonal(left) and isinstance(left, Apply) and right.ndim == 1:
        return left.arguments[0] * right
    if is_diagonal(right) and isinstance(right, Apply) and left.ndim == 1:
        return left * right.arguments[0]
    if left.ndim == 1 and right.ndim == 2:
        return matmul(transpose(TRANSPOSED, right), left)
    if left.ndim == right.ndim == 1:
        return inner_product(left, right)
    if left.ndim == 2 and isinstance(right, Apply) and isinstance(right.function, MatMul):
        first, second = right.arguments
        if first.ndim == second.ndim == 2:
            return matmul(matmul(left, first), second)
    return apply(MatMul(), left, right)


def are_inverse(left: Expression, right: Expression) -> bool:
    """Whether two matrices are X⁻¹ and X, in either order, or the transposes of both."""
    if left.ndim != 2 or right.ndim != 2:
        return False
    if _is_transposed(left) and _is_transposed(right):
        return are_inverse(_inner(right), _inner(left))
    return any(
        isinstance(one, Apply) and one.function == Inverse() and one.arguments[0] is other
        for one, other in ((left, right), (right, left))
    )


def _inner(part: Expression) -> Expression:
    assert isinstance(part, Apply)  # noqa: S101 - a transpose, or a diagonal matrix
    return part.arguments[0]


def inner_product(left: Expression, right: Expression) -> Expression:
    """Return aᵀ b, (Aᵀ a)ᵀ b as aᵀ (A b), and 1ᵀ b as the sum."""
    for one, other in ((left, right), (right, left)):
        if is_ones(one):
            return other.sum()
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Apply) and isinstance(one.function, MatMul):
            matrix, vector = one.arguments
            if matrix.ndim == 2 and _is_transposed(matrix):
                return apply(MatMul(), vector, matmul(transpose(TRANSPOSED, matrix), other))
    return apply(MatMul(), left, right)


def _is_transposed(part: Expression) -> bool:
    return isinstance(part, Apply) and part.function == TRANSPOSED


def transpose(function: Transpose, inner: Expression) -> Expression:
    """Return the transpose, gone inwards as far as that makes things simpler."""
    if function.order == tuple(range(len(function.order))):
        return inner
    if _turns_matrices(function) and is_symmetric(inner):
        return inner
    if isinstance(inner, Apply):
        if isinstance(inner.function, Transpose):
            first = inner.function.order
            both = tuple(first[axis] for axis in function.order)
            return transpose(Transpose(both), inner.arguments[0])
        if function.order == (1, 0) and is_outer(inner):
            return apply(OUTER, *reversed(inner.arguments))
        if function.order == (1, 0) and isinstance(inner.function, MatMul):
            left, right = inner.arguments
            if left.ndim == right.ndim == 2:
                return matmul(transpose(function, right), transpose(function, left))
    return apply(function, inner)


def _turns_matrices(function: Transpose) -> bool:
    """Whether a transposition is that of a matrix, or of each of a stack of them."""
    *stack, row, column = range(len(function.order))
    return function.order == (*stack, column, row)


def _einsum(function: Einsum, factors: tuple[Expression, ...]) -> Expression | None:
    """Return a contraction of one or two operands as a product, or None."""
    operands, output = list(function.operands), function.output
    if any(len(set(indices)) < len(indices) for indices in operands):
        return None
    given = list(factors)
    for place, indices in enumerate(operands):
        others = set(output).union(*(o for k, o in enumerate(operands) if k != place))
        alone = tuple(axis for axis, index in enumerate(indices) if index not in others)
        if alone:
            given[place] = given[place].sum(alone)
            operands[place] = "".join(index for index in indices if index in others)
    if len(operands) == 1:
        return _permuted(given[0], operands[0], output)
    if len(operands) != 2:
        return None
    (first, second), (a, b) = operands, given
    if is_eye(b) and first and output == second and first == second[0]:
        return diag(a)
    both = [index for index in first if index in second]
    inner = [index for index in both if index not in output]
    batch = [index for index in both if index in output]
    rows, columns = (
        [index for index in indices if index not in both] for indices in (first, second)
    )
    if not first or not second:
        return _permuted(a * b, first + second, output)
    if not batch and len(inner) <= 1 and len(rows) <= 1 and len(columns) <= 1:
        left = _permuted(a, first, "".join(rows + inner))
        right = _permuted(b, second, "".join(inner + columns))
        found = "".join(rows + columns)
        if not inner:
            return apply(OUTER, left, right) if found == output else apply(OUTER, right, left)
        if found != output:
            return matmul(
                _permuted(b, second, "".join(columns + inner)),
                _permuted(a, first, "".join(inner + rows)),
            )
        return matmul(left, right)
    if not rows and not columns and not inner:
        return _permuted(a, first, output) * _permuted(b, second, output)
    if not rows and not columns and not batch:
        return (a * _permuted(b, second, first)).sum()
    return None


def _permuted(value: Expression, indices: str, wanted: str) -> Expression:
    order = tuple(indices.index(index) for index in wanted)
    if len(order) < 2:
        return value
    return transpose(Transpose(order), value)

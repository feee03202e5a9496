"""Contractions as matrix products, and products in their simplest form."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from functools import reduce

from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression, apply
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.contraction import OUTER, Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Slice,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Sum
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors import diag, matrix_power, trace

TRANSPOSED = Transpose((1, 0))

LINEAR = (add, sub, neg, mul, div)
"""What of matrices is the transpose of it: sums and products entry by entry."""


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
        case Index(key=key), (Apply(function=Concatenate(axis=axis), arguments=parts),):
            found = _whole_part(key, axis, parts)
            return part if found is None else found
        case Inverse() | Adjugate(), (inner,) if _is_transposed(inner):
            return transpose(TRANSPOSED, apply(part.function, _inner(inner)))
        case _, (inner,) if is_diagonal(part) and is_ones(inner):
            return apply(Eye(inner.shape[0]))
        case Transpose(), (inner,):
            return _unless_same(part, transpose(part.function, inner))
        case function, (Apply(function=same, arguments=(inner,)),) if function == same and getattr(
            function, "is_own_inverse", False
        ):
            return inner
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


def _whole_part(
    key: tuple[object, ...], axis: int, parts: Sequence[Expression]
) -> Expression | None:
    """Return the one of some arrays, put one after the other, that a slice is."""
    start = 0
    for one in parts:
        size = one.shape[axis]
        if not isinstance(size, int):
            return None
        if key == (*[Slice(None, None, None)] * axis, Slice(start, start + size, None)):
            return one
        start += size
    return None


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


def is_product(part: Expression) -> bool:
    """Whether a part is a product of two matrices."""
    return (
        isinstance(part, Apply)
        and isinstance(part.function, MatMul)
        and all(factor.ndim == 2 for factor in part.arguments)
    )


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
    """Whether a matrix is its transpose: I, a diagonal matrix, Aᵀ A, sums and inverses of such.

    So is a leaf of which that is said.
    """
    match part:
        case Node():
            return part.facts.symmetric
        case Apply(function=MatMul(), arguments=(left, right)) if left.ndim == right.ndim == 2:
            return (
                are_transposes(left, right)
                or (left is right and is_symmetric(left))
                or (
                    is_product(left)
                    and isinstance(left, Apply)
                    and are_transposes(left.arguments[0], right)
                    and is_symmetric(left.arguments[1])
                )
            )
        case Apply(function=function, arguments=(one, other)) if function == OUTER:
            return one is other
        case Apply(function=function, arguments=arguments) if function in LINEAR:
            if function == add and are_transposes(*arguments):
                return True
            return all(a.ndim == 0 or (a.ndim == 2 and is_symmetric(a)) for a in arguments)
        case Apply(function=Inverse() | Adjugate(), arguments=(matrix,)):
            return is_symmetric(matrix)
        case _:
            return is_eye(part) or is_diagonal(part)


def are_transposes(one: Expression, other: Expression) -> bool:
    """Whether one matrix is written as the transpose of the other."""
    return any(_is_transposed(a) and _inner(a) is b for a, b in ((one, other), (other, one)))


def matmul(left: Expression, right: Expression) -> Expression:
    """Return left @ right, without identities, outer products multiplied out."""
    if is_eye(left):
        return right
    if is_eye(right):
        return left
    if (found := with_number_before(left, right)) is not None:
        number, left, right = found
        return number * matmul(left, right)
    if (found := cancelled(left, right)) is not None:
        return found
    if isinstance(left, Apply) and isinstance(left.function, MatMul) and left.ndim == 2:
        first, second = left.arguments
        if first.ndim == 2 and (found := cancelled(second, right)) is not None:
            return matmul(first, found)
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


def with_number_before(
    left: Expression, right: Expression
) -> tuple[Expression, Expression, Expression] | None:
    """Return c, A and B of a product (c A) B or A (c B)."""
    for place, part in enumerate((left, right)):
        match part:
            case Apply(function=function, arguments=(number, matrix)) if (
                function == mul and not number.ndim and matrix.ndim == 2
            ):
                return (number, matrix, right) if place == 0 else (number, left, matrix)
    return None


def cancelled(left: Expression, right: Expression) -> Expression | None:
    """Return a product of matrices of which one is a factor of what the other is the inverse of.

    (X A)⁻¹ X is A⁻¹, for square X, and so is A of X⁻¹ X A; adj(X A) X is det X · adj A. Transposes
    of both alike.
    """
    if left.ndim != 2 or right.ndim != 2:
        return None
    if _is_transposed(left) and _is_transposed(right):
        found = cancelled(_inner(right), _inner(left))
        return None if found is None else transpose(TRANSPOSED, found)
    for inverse, factor, place in ((left, right, 0), (right, left, -1)):
        match inverse:
            case Apply(function=Inverse() | Adjugate() as function, arguments=(matrix,)):
                rest = _without(matrix, factor, place)
                if rest is None:
                    continue
                found = rest if is_eye(rest) else apply(function, rest)
                return found if function == Inverse() else apply(Det(), factor) * found
    return None


def _without(matrix: Expression, factor: Expression, place: int) -> Expression | None:
    """Return a product of square matrices without its first factor, or its last; else None."""
    if matrix is factor:
        return apply(Eye(factor.shape[-1]))
    if factor.shape[0] != factor.shape[1]:
        return None
    match matrix:
        case Apply(function=Composite(name="matrix_power", keywords=((_, k),)), arguments=(base,)):
            if base is not factor or k < 1:
                return None
            return base if k == 2 else matrix_power(base, k - 1)
        case Apply(function=MatMul(), arguments=(first, last)):
            if place == -1:
                return first if last is factor else None
            if first is factor:
                return last
            rest = _without(first, factor, place)
            return None if rest is None else last if is_eye(rest) else matmul(rest, last)
        case _:
            return None


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
    deltas = Deltas(operands, output, factors)
    if deltas.found:
        return deltas.contracted()
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
    if not batch and len(inner) == len(columns) == 1 and output == "".join(rows + columns):
        left = _permuted(a, first, "".join(rows + inner))
        return apply(MatMul(), left, _permuted(b, second, "".join(inner + columns)))
    if len(inner) == len(rows) == len(columns) == 1:
        return _of_stacks(operands, given, output, batch, (rows[0], inner[0], columns[0]))
    if not rows and not columns and not batch:
        return (a * _permuted(b, second, first)).sum()
    return None


def _of_stacks(
    operands: Sequence[str],
    given: Sequence[Expression],
    output: str,
    batch: Sequence[str],
    letters: tuple[str, str, str],
) -> Expression | None:
    """Return a product of stacks of matrices, if the stacks stand first in all of them."""
    row, inner, column = letters
    stack = "".join(batch)
    if not output.startswith(stack) or not all(own.startswith(stack) for own in operands):
        return None
    if output != stack + row + column:
        (first, second), (a, b) = operands, given
        operands, given, row, column = (second, first), (b, a), column, row
    left = _permuted(given[0], operands[0], stack + row + inner)
    right = _permuted(given[1], operands[1], stack + inner + column)
    return apply(MatMul(), left, right)


def _permuted(value: Expression, indices: str, wanted: str) -> Expression:
    order = tuple(indices.index(index) for index in wanted)
    if len(order) < 2:
        return value
    return transpose(Transpose(order), value)


class Deltas:
    """A contraction with identity matrices, which are δ_ij: a sum over j puts i for it."""

    def __init__(self, operands: Sequence[str], output: str, factors: Sequence[Expression]) -> None:
        self.output = output
        self.parts = [
            part for pair in zip(operands, factors, strict=True) for part in _deltas_apart(*pair)
        ]
        self.found = self._contract()

    def _contract(self) -> bool:
        """Put one index for the other of each identity matrix that is summed over."""
        found = False
        while (place := next(filter(self._goes, range(len(self.parts))), None)) is not None:
            (first, second), _ = self.parts.pop(place)
            kept, gone = (first, second) if second not in self.output else (second, first)
            self.parts = [(letters.replace(gone, kept), part) for letters, part in self.parts]
            found = True
        return found

    def _goes(self, place: int) -> bool:
        """Whether a part is δ_ij, one of i and j is summed over, and both stand elsewhere."""
        letters, factor = self.parts[place]
        if not is_eye(factor) or len(set(letters)) < 2:
            return False
        others = self._others(place)
        return not set(letters) <= set(self.output) and all(i in others for i in letters)

    def _others(self, place: int) -> str:
        """Return the indices of all parts but one, and of the result."""
        rest = self.parts[:place] + self.parts[place + 1 :]
        return "".join(letters for letters, _ in rest) + self.output

    def contracted(self) -> Expression | None:
        """Return what is left, traces before it; None for an index twice that is no trace."""
        numbers: list[Expression] = []
        rest: list[tuple[str, Expression]] = []
        for place, (letters, factor) in enumerate(self.parts):
            is_trace = len(letters) == 2 and len(set(letters)) == 1
            if is_trace and letters[0] not in self._others(place):
                numbers.append(trace(factor))
            elif len(set(letters)) < len(letters):
                return None
            else:
                rest.append((letters, factor))
        left: Expression | None = None
        if rest:
            signature = f"{','.join(letters for letters, _ in rest)}->{self.output}"
            left = apply(Einsum(signature), *(factor for _, factor in rest))
            left = as_products(left)
        return reduce(operator.mul, numbers if left is None else [*numbers, left])


def _deltas_apart(letters: str, factor: Expression) -> list[tuple[str, Expression]]:
    """Return an identity matrix with each of its axes as several as one for each of those."""
    half = len(letters) // 2
    match factor:
        case Apply(function=Reshape(to), arguments=(inner,)) if (
            is_eye(inner) and len(to) == 2 * half and to[:half] == to[half:]
            and math.prod(to[:half]) == inner.shape[0]
        ):  # fmt: skip
            pairs = zip(letters[:half], letters[half:], to[:half], strict=True)
            return [(i + j, apply(Eye(size))) for i, j, size in pairs]
        case _:
            return [(letters, factor)]

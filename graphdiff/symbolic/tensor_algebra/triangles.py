"""Triangular factors: what is known of a triangle of one, of systems with one, and of L Lᵀ."""

from __future__ import annotations

from graphdiff.language import tensors
from graphdiff.language.expression import Apply, Constant, Expression, apply
from graphdiff.language.functions.linear_algebra import Inverse
from graphdiff.language.functions.movement import Broadcast
from graphdiff.symbolic.tensor_algebra.facts import definition
from graphdiff.symbolic.tensor_algebra.products import (
    TRANSPOSED,
    is_diagonal,
    is_eye,
    is_product,
    matmul,
    transpose,
)


def as_triangle(part: Apply) -> Expression | None:
    """Return a part that is simpler because a matrix in it is triangular; None if none is.

    The lower triangle of an upper one is its diagonal, the solution of M X = N⁻¹ is (N M)⁻¹, and
    L Lᵀ is the matrix that L is Cholesky's factor of.
    """
    arguments = part.arguments
    match getattr(part.function, "name", ""):
        case "tril" if is_upper(arguments[0]):
            k = dict(part.function.keywords).get("k", 0)  # type: ignore[union-attr]
            if k > 0:
                return None
            nothing = apply(Broadcast(part.shape), Constant(0))
            return nothing if k else tensors.diag(diagonal_of(arguments[0]))
        case "solve" if arguments[1].ndim == 2 and is_eye(arguments[1]):
            return apply(Inverse(), arguments[0])
        case "solve":
            match arguments:
                case matrix, Apply(function=Inverse(), arguments=(other,)) if matrix.ndim == 2:
                    return apply(Inverse(), factored(other, matrix))
    return None


def factored(left: Expression, right: Expression) -> Expression:
    """Return a product, L Lᵀ as the matrix whose Cholesky factor L is."""
    if transpose(TRANSPOSED, left) is right or transpose(TRANSPOSED, right) is left:
        match definition(left):
            case Apply(function=function, arguments=(matrix,)) if _is_cholesky(function):
                return matrix
    return matmul(left, right)


def is_upper(part: Expression) -> bool:
    """Whether a matrix is known to be upper triangular."""
    if not isinstance(part, Apply) or part.ndim != 2:
        return False
    if part.function == TRANSPOSED:
        lower = definition(part.arguments[0])
        return isinstance(lower, Apply) and _is_cholesky(lower.function)
    return is_product(part) and is_upper(part.arguments[0]) and is_diagonal(part.arguments[1])


def diagonal_of(part: Expression) -> Expression:
    """Return the diagonal of a triangular matrix."""
    if isinstance(part, Apply) and part.function == TRANSPOSED:
        return diagonal_of(part.arguments[0])
    if isinstance(part, Apply) and is_product(part) and is_diagonal(part.arguments[1]):
        scale = part.arguments[1]
        assert isinstance(scale, Apply)  # noqa: S101 - a diagonal matrix is one of a vector
        return diagonal_of(part.arguments[0]) * scale.arguments[0]
    return tensors.diag(part)


def _is_cholesky(function: object) -> bool:
    return getattr(function, "name", "") == "cholesky"

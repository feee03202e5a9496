"""Systems of linear equations, the Cholesky factor, and powers of a matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language.expression import Expression, apply, as_expression, described
from graphdiff.language.functions import arithmetic, elementary
from graphdiff.language.functions.contraction import Einsum, as_matrices
from graphdiff.language.functions.linear_algebra import SINGULAR, Inverse, is_singular, transposed
from graphdiff.language.functions.movement import Eye, summed_to
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.functions.writing import ATOM, PRODUCT, LatexPart, Pen, Written
from graphdiff.language.shapes import Shape, stacked
from graphdiff.language.tensors.common import composite, whole
from graphdiff.language.tensors.rearranging import tril

MAX_POWER = 1000
"""The largest exponent of a matrix, of either sign."""


@dataclass(frozen=True, repr=False)
class Solution(TensorFunction):
    """The X of A X = B: B matrices, or where ``of_vectors`` each last axis of B a vector."""

    inverts: ClassVar[bool] = True
    caveat: ClassVar[str] = f"{SINGULAR}, and the system no one solution"

    of_vectors: bool

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "solve"

    def shape(self, a: Shape, b: Shape) -> Shape:
        """Return the shape of B."""
        if len(a) < 2 or a[-2] != a[-1]:
            raise ShapeError("solve takes a square matrix first, but was given {0}")
        column = b if self.of_vectors else b[:-1]
        if not column or column[-1] != a[-1]:
            raise ShapeError(
                "solve takes a right side with as many rows as the matrix has, (n) or (…, n, m), "
                "but was given {0} and {1}"
            )
        return b if self.of_vectors else (*stacked([a[:-2], b[:-2]]), *b[-2:])

    def operations(self, *shapes: Any) -> int:
        """Return n³ for each matrix."""
        return math.prod(shapes[0]) * shapes[0][-1]

    def stack_of(self, slot: int) -> int | None:
        """Return the axes of a right side: it is linear in that."""
        if not slot:
            return None
        return 1 if self.of_vectors else 2

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the solution; not a number where there is none, or more than one."""
        (a, b), (left, right) = arrays, shapes
        if self.of_vectors:
            b, right = b[..., None], (*right, 1)
        axes = max(len(left), len(right)) - 2
        a, b = as_matrices(a, left, axes, -2), as_matrices(b, right, axes, -2)
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a = np.broadcast_to(a, lead + a.shape[-2:])
        b = np.broadcast_to(b, lead + b.shape[-2:])
        if a.dtype != object and b.dtype != object:
            found = _solved(a, b)
        else:
            found = np.empty(b.shape, object)
            for place in np.ndindex(lead):
                found[place] = _solved_exactly(a[place], b[place])
        return found[..., 0] if self.of_vectors else found

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return G of Aᵀ G = C for the right side, and −G Xᵀ for the matrix."""
        a, b = part.arguments
        back = make(self, transposed(make, a), c)
        if slot == 1:
            return summed_to(back, b.shape)
        if self.of_vectors:
            return -make(Einsum("i,j->ij"), back, part)
        return summed_to(-(back @ transposed(make, part)), a.shape)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return A⁻¹ b."""
        left, right = parts
        return f"{left.held(ATOM)}^{{-1}} {right.held(PRODUCT, after=True)}", PRODUCT


def _solved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the solutions; the inverse, from the same factors, tells whether they have a digit."""
    n = a.shape[-1]
    sides = np.concatenate([b, np.broadcast_to(np.eye(n, dtype=b.dtype), a.shape)], -1)
    try:
        found = np.linalg.solve(a, sides)
    except np.linalg.LinAlgError:  # one singular matrix of several makes all of them fail
        if a.ndim == 2:
            return np.full(b.shape, np.nan)
        return np.stack(list(map(_solved, a, b)))
    x, inverse = found[..., : b.shape[-1]], found[..., b.shape[-1] :]
    return np.where(is_singular(a, inverse)[..., None, None], np.nan, x)


def _solved_exactly(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    if any(isinstance(entry, mpmath.mpf) for entry in (*a.flat, *b.flat)):
        matrix = mpmath.matrix(a.tolist())
        try:
            columns = [list(mpmath.lu_solve(matrix, list(column))) for column in b.T]
        except (ZeroDivisionError, TypeError):  # what mpmath raises for a singular matrix
            return np.full(b.shape, mpmath.nan, object)
        return np.array(columns, object).T
    matrix = sp.Matrix(a)
    determinant = matrix.det(method="berkowitz")
    if determinant.is_number and determinant.equals(0):
        return np.full(b.shape, sp.nan, object)
    found = np.empty(b.shape, object)
    found[...] = np.array((matrix.adjugate() * sp.Matrix(b)).tolist(), object).reshape(b.shape)
    return found / determinant


@dataclass(frozen=True, repr=False)
class Cholesky(TensorFunction):
    """The lower triangle L of A = L Lᵀ, for a symmetric positive definite A."""

    inverts: ClassVar[bool] = True
    caveat: ClassVar[str] = "cholesky takes a symmetric positive definite matrix"

    def shape(self, old: Shape) -> Shape:
        """Return (…, n, n)."""
        if len(old) < 2 or old[-2] != old[-1]:
            raise ShapeError("cholesky takes a square matrix, but was given {0}")
        return old

    def operations(self, *shapes: Any) -> int:
        """Return n³ for each matrix."""
        return math.prod(shapes[0]) * shapes[0][-1]

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the factor; not a number for another matrix."""
        (a,) = arrays
        if a.dtype != object:
            return np.where(_is_symmetric(a)[..., None, None], _factor(a), np.nan)
        divide, root = numbers.apply(arithmetic.div), numbers.apply(elementary.sqrt)
        zero = numbers.number(0)

        def only_where(holds: np.ndarray, found: Array) -> Array:
            return found if holds.all() else np.where(holds, found, divide(zero, zero))

        found = np.full(a.shape, zero, object)
        for j in range(a.shape[-1]):
            rest = a[..., j:, j] - (found[..., j:, :j] * found[..., j : j + 1, :j]).sum(-1)
            diagonal = root(only_where(_is_positive(rest[..., :1]), rest[..., :1]))
            found[..., j, j] = diagonal[..., 0]
            found[..., j + 1 :, j] = divide(rest[..., 1:], diagonal)
        return only_where(_is_symmetric(a)[..., None, None], found)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the symmetric part of L⁻ᵀ Φ(Lᵀ C) L⁻¹, Φ the lower triangle, its diagonal halved.

        That is dL = L Φ(L⁻¹ dA L⁻ᵀ), the product rule of L Lᵀ, backwards.
        """
        turned, solve = transposed(make, part), Solution(of_vectors=False)
        both = turned @ c
        left = make(solve, turned, tril(both) + tril(both, -1))
        found = transposed(make, make(solve, turned, transposed(make, left)))
        return (found + transposed(make, found)) / make.count(4)


ASYMMETRY = 1e-6
"""How far the entries of a matrix that counts as symmetric may differ, as a part of the largest."""


def _is_positive(pivots: Array) -> np.ndarray:
    """Whether exact numbers or those of many digits are positive; what is no number is not."""

    def positive(pivot: Any) -> bool:
        if isinstance(pivot, sp.Expr):
            return not pivot.is_number or bool(pivot.is_extended_positive)
        return bool(pivot > 0)

    return np.vectorize(positive, otypes=[bool])(pivots)


def _is_symmetric(a: Array) -> np.ndarray:
    """Whether a matrix is symmetric to six digits: what computed it may be rounded."""
    if a.dtype == object:
        try:
            a = a.astype(np.float64)
        except (TypeError, OverflowError):  # a formula with symbols, or too large for a float
            return np.ones(a.shape[:-2], bool)
    size = np.abs(a).max((-1, -2))
    apart = np.abs(a - np.swapaxes(a, -1, -2)).max((-1, -2))
    return apart <= ASYMMETRY * size


def _factor(a: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.cholesky(a)
    except np.linalg.LinAlgError:  # one of several makes all of them fail
        if a.ndim == 2:
            return np.full(a.shape, np.nan)
        return np.stack(list(map(_factor, a)))


def solve(A: Any, b: Any) -> Expression:
    """Return the x of A x = b, without the inverse of A.

    Shapes (n, n) with (n), or (…, n, n) with (…, n, m), whose columns are right sides.

    Raises
    ------
    GraphError
        For other shapes.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x = g.node("x", gd.solve([[2, 1], [1, 3]], [3, 5]))
    >>> g.forward(exact=True).value["x"]
    array([4/5, 7/5], dtype=object)
    """
    A, b = as_expression(A), as_expression(b)
    if A.ndim > 2 and b.ndim == 1:
        raise GraphError(
            f"solve of the stack {described(A)} takes columns, not {described(b)}; write b[:, None]"
        )
    return apply(Solution(of_vectors=b.ndim == 1), A, b)


def cholesky(A: Any) -> Expression:
    """Return the lower triangular L with a positive diagonal of A = L Lᵀ.

    Shape (…, n, n). The matrix must be symmetric and positive definite; any other is refused in the
    sweep. The derivative is that along symmetric matrices, so the gradient is symmetric.

    Raises
    ------
    GraphError
        If it is no square matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.cholesky([[4, 2], [2, 10]]))
    >>> g.forward().value["L"]
    array([[2., 0.],
           [1., 3.]])
    """
    return apply(Cholesky(), A)


def matrix_power(A: Any, k: int) -> Expression:
    """Return the product of k matrices A; for a negative k of as many inverses, for 0 the identity.

    Raises
    ------
    GraphError
        For what is no square matrix, and a k that is no whole number up to 1000.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> F = g.node("F", gd.matrix_power([[1, 1], [1, 0]], 10))
    >>> g.forward().value["F"]
    array([[89., 55.],
           [55., 34.]])
    """
    A = as_expression(A)
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise GraphError(f"matrix_power takes a square matrix, but was given {described(A)}")
    times = whole(k, "k", "matrix_power")
    if abs(times) > MAX_POWER:
        raise GraphError(
            f"the k of matrix_power is {times}; it must be from {-MAX_POWER} to {MAX_POWER}"
        )

    def expand(a: Expression) -> Expression:
        base = a if times >= 0 else apply(Inverse(), a)
        result: Expression | None = None
        for bit in reversed(f"{abs(times):b}"):  # A, A², A⁴, … of which some are multiplied
            if bit == "1":
                result = base if result is None else result @ base
            base = base @ base
        return apply(Eye(a.shape[0]), *()) if result is None else result

    return composite("matrix_power", expand, A, (("k", times),))

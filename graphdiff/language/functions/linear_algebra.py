"""Linear algebra of small square matrices, also stacked: inverse, determinant, adjugate.

The last two axes are those of the matrix, as in NumPy. A matrix that rounding cannot tell from a
singular one counts as singular: its inverse and the logarithm of its determinant have no right
digit.
"""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import ShapeError
from graphdiff.language.functions.contraction import as_matrices
from graphdiff.language.functions.movement import Reshape, Transpose, summed_to
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.functions.writing import (
    ATOM,
    BIG,
    POWER,
    LatexPart,
    Pen,
    Written,
)
from graphdiff.language.shapes import Shape, stacked

MAX_CONDITION = 1e15
"""How much a relative error of the entries may grow in the inverse."""

SINGULAR = "a singular matrix has no inverse"


@dataclass(frozen=True, repr=False)
class _OfSquare(TensorFunction):
    inverts: ClassVar[bool] = True

    def operations(self, *shapes: Any) -> int:
        """Return n³ for each matrix."""
        return math.prod(shapes[0]) * shapes[0][-1]

    def _square(self, *shapes: Shape) -> None:
        for place, shape in enumerate(shapes):
            if len(shape) < 2 or shape[-2] != shape[-1]:
                raise ShapeError(f"{self.name} takes a square matrix, but was given {{{place}}}")

    def _before(self, sign: str, pen: Pen, parts: Sequence[LatexPart]) -> Written:
        """Return a sign before a letter, or before parentheses."""
        if parts[0].function is None and len(parts[0].latex) == 1:
            return f"{sign} {parts[0].latex}", BIG
        return pen.called(sign, parts), ATOM


@dataclass(frozen=True, repr=False)
class Inverse(_OfSquare):
    """The inverse of a square matrix."""

    caveat: ClassVar[str] = SINGULAR

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "inv"

    def shape(self, old: Shape) -> Shape:
        """Return (…, n, n)."""
        self._square(old)
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the inverse; not a number where there is none."""
        return _matrix_by_matrix(arrays, _float_inverse, _exact_inverse, 2)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return −Bᵀ C Bᵀ, B the inverse."""
        turned = transposed(make, part)
        return -(turned @ c @ turned)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return A⁻¹, and A⁻ᵀ of a transpose."""
        (part,) = parts
        if isinstance(part.function, Transpose):
            return self.latex_transposed(part.parts), POWER
        return f"{part.held(ATOM)}^{{-1}}", POWER

    def latex_transposed(self, parts: Sequence[LatexPart]) -> str:
        """Return A⁻ᵀ."""
        return rf"{parts[0].held(ATOM)}^{{-\top}}"


@dataclass(frozen=True, repr=False)
class Adjugate(_OfSquare):
    """The adjugate adj(A), of which the entries are minors, signed: det(A) A⁻¹ where there is one.

    With matrices H, K, … behind A it is the derivative of the adjugate along them, a polynomial
    too, so that the determinant has derivatives of every order at every matrix. That of order
    k + 1, ⟨Cᵀ, adj(A, H, …)⟩, is the same for every order of C, H, …: it is its own pullback.
    """

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "adj"

    def shape(self, *shapes: Shape) -> Shape:
        """Return (…, n, n)."""
        self._square(*shapes)
        for place, shape in enumerate(shapes):
            if shape[-1] != shapes[0][-1]:
                raise ShapeError(
                    f"adj takes matrices of one size, but was given {{0}} and {{{place}}}"
                )
        return (*stacked([shape[:-2] for shape in shapes]), *shapes[0][-2:])

    def stack_of(self, slot: int) -> int | None:
        """Return 2 for a direction, in which it is linear."""
        return 2 if slot else None

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the adjugate, or its derivative along the matrices behind the first."""
        axes = max(map(len, shapes)) - 2
        aligned = [
            as_matrices(array, of, axes, -2) for array, of in zip(arrays, shapes, strict=True)
        ]
        return _matrix_by_matrix(aligned, _float_adjugate, _exact_adjugate, 2)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return adj(A, H, …, Cᵀ)ᵀ, without H for the cotangent of H."""
        matrix, *along = part.arguments
        if slot:
            del along[slot - 1]
        if isinstance(n := matrix.shape[-1], int) and len(along) + 1 >= n:
            return None  # the entries are of degree n - 1
        back = transposed(make, make(self, matrix, *along, transposed(make, c)))
        return summed_to(back, part.arguments[slot].shape)

    def by_inverse(self, make: Maker, matrix: Tensor, along: Tensor) -> Tensor:
        """Return adj(A, H) = det A · (⟨Bᵀ, H⟩ B − B H B), B the inverse, where there is one."""
        inverse = make(Inverse(), matrix)
        paired = transposed(make, inverse) * along
        spread = paired.sum((-2, -1), keepdims=matrix.ndim > 2) * inverse
        return _by_matrix(make, make(Det(), matrix)) * (spread - inverse @ along @ inverse)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return adj(A), or d adj(A)[H] of it along H."""
        first = pen.called(pen.operator(self.name, ()), parts[:1])
        if len(parts) == 1:
            return first, ATOM
        along = ", ".join(part.latex for part in parts[1:])
        power = f"^{len(parts) - 1}" if len(parts) > 2 else ""
        return rf"\mathrm{{d}}{power}{first}{{\left[{along}\right]}}", ATOM


@dataclass(frozen=True, repr=False)
class Det(_OfSquare):
    """The determinant of a square matrix."""

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the stack, () for one matrix."""
        self._square(old)
        return old[:-2]

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the determinant."""
        return _matrix_by_matrix(arrays, np.linalg.det, _exact_determinant, 0)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return c adj(A)ᵀ."""
        adjugate = make(Adjugate(), part.arguments[slot])
        return make.product(_by_matrix(make, c), transposed(make, adjugate))

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return det A."""
        return self._before(r"\det", pen, parts)


@dataclass(frozen=True, repr=False)
class LogDet(_OfSquare):
    """The natural logarithm of a positive determinant."""

    caveat: ClassVar[str] = "logdet takes a matrix with a positive determinant"

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the stack, () for one matrix."""
        self._square(old)
        return old[:-2]

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return log det; not a number where the determinant is not positive."""
        return _matrix_by_matrix(arrays, _float_logdet, _exact_logdet, 0)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return c A⁻ᵀ."""
        inverse = make(Inverse(), part.arguments[slot])
        return make.product(_by_matrix(make, c), transposed(make, inverse))

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return log det A."""
        return self._before(r"\log\det", pen, parts)


def transposed(make: Maker, x: Tensor) -> Tensor:
    """Return a matrix, or each of a stack, transposed."""
    return x.T if x.ndim == 2 else make(Transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)), x)


def _by_matrix(make: Maker, c: Tensor) -> Tensor:
    """Return a number for each matrix of a stack so that it multiplies the matrix."""
    return make(Reshape((*c.shape, 1, 1)), c) if c.ndim else c


def _matrix_by_matrix(
    arrays: Sequence[Array], floats: Callable[..., Any], exact: Callable[..., Any], axes: int
) -> Array:
    if all(array.dtype != object for array in arrays):
        return np.asarray(floats(*arrays))
    lead = np.broadcast_shapes(*(array.shape[:-2] for array in arrays))
    matrices = [np.broadcast_to(array, lead + array.shape[-2:]) for array in arrays]
    result = np.empty(lead + arrays[0].shape[-2:][:axes], object)
    for place in np.ndindex(lead):
        result[place] = exact(*(matrix[place] for matrix in matrices))
    return result


def _float_inverse(value: np.ndarray) -> np.ndarray:
    try:
        inverse = np.linalg.inv(value)
    except np.linalg.LinAlgError:  # one singular matrix of several makes all of them fail
        if value.ndim == 2:
            return np.full(value.shape, np.nan)
        return np.stack(list(map(_float_inverse, value)))
    return np.where(is_singular(value, inverse)[..., None, None], np.nan, inverse)


def is_singular(value: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Whether an error of the last digit could make the matrix singular.

    ‖ |A⁻¹| |A| ‖ does not see the units of the rows, ‖ |A| |A⁻¹| ‖ not those of the columns.
    """
    size, inverse_size = np.abs(value), np.abs(inverse)
    by_rows = (inverse_size @ size.sum(-1, keepdims=True)).max((-2, -1))
    by_columns = (size @ inverse_size.sum(-1, keepdims=True)).max((-2, -1))
    return ~(np.minimum(by_rows, by_columns) < MAX_CONDITION)


def _float_adjugate(value: np.ndarray, *along: np.ndarray) -> np.ndarray:
    """Return the adjugate from the singular values, which divides by none.

    For A = U S Vᵀ it is V adj(S) Uᵀ, signed, and along H it is V adj(S, Uᵀ H V) Uᵀ.
    """
    finite = np.isfinite(value).all((-1, -2), keepdims=True)
    u, s, vt = np.linalg.svd(np.where(finite, value, 0.0))  # which raises for a NaN
    ut, v = np.swapaxes(u, -1, -2), np.swapaxes(vt, -1, -2)
    sign = np.sign(np.linalg.det(u) * np.linalg.det(vt))[..., None, None]
    found = v @ (sign * _diagonal_adjugate(s, [ut @ h @ v for h in along])) @ ut
    return np.where(finite, found, np.nan)


def _diagonal_adjugate(s: np.ndarray, along: Sequence[np.ndarray]) -> np.ndarray:
    """Return adj(diag(s), H, …) = Σ_σ ± Σ_r Π_t H_t[r_t, r_σ(t)] Π_{m ∉ r} s_m, over distinct r.

    The row r of the last, for which there is no H, and the row it is sent to are the indices of
    the value.
    """
    n, rank = s.shape[-1], len(along) + 1
    eye = np.eye(n, dtype=int)
    ones = (1,) * rank
    counts: Any = sum(eye.reshape((*ones[:k], n, *ones[k + 1 :], n)) for k in range(rank))
    factors = np.where(counts > 0, 1, s.reshape(*s.shape[:-1], *ones, n))
    others = factors.prod(-1) * (counts <= 1).all(-1)  # the product over m ∉ r, for distinct r
    letters = string.ascii_letters[:rank]
    total: Any = 0
    for order in itertools.permutations(range(rank)):
        terms = "".join(f",...{letters[t]}{letters[order[t]]}" for t in range(rank - 1))
        i, j = letters[order[-1]], letters[-1]
        if i == j:
            found = np.einsum(f"...{letters}{terms}->...{i}", others, *along)
            found = found[..., None] * eye.astype(s.dtype)
        else:
            found = np.einsum(f"...{letters}{terms}->...{i}{j}", others, *along)
        total = total + _parity(order) * found
    return total


def _parity(order: Sequence[int]) -> int:
    pairs = itertools.combinations(order, 2)
    return -1 if sum(a > b for a, b in pairs) % 2 else 1


def _float_logdet(value: np.ndarray) -> np.ndarray:
    sign, magnitude = np.linalg.slogdet(value)
    found = np.where(sign > 0, magnitude, np.nan)
    return np.where(np.isnan(_float_inverse(value)).any((-1, -2)), -np.inf, found)


_SINGULAR_ERRORS = (ZeroDivisionError, TypeError)
"""What mpmath raises for a singular matrix; the second where a column is 0."""


def _is_mpmath(value: np.ndarray) -> bool:
    return any(isinstance(entry, mpmath.mpf) for entry in value.flat)


def _exact_inverse(value: np.ndarray) -> np.ndarray:
    if _is_mpmath(value):
        try:
            entries = mpmath.inverse(mpmath.matrix(value.tolist())).tolist()
        except _SINGULAR_ERRORS:
            return np.full(value.shape, mpmath.nan, dtype=object)
        return np.array(entries, dtype=object)
    determinant = sp.Matrix(value).det(method="berkowitz")
    if determinant.is_number and determinant.equals(0):
        return np.full(value.shape, sp.nan, dtype=object)
    return _exact_adjugate(value) / determinant


def _exact_adjugate(value: np.ndarray, *along: np.ndarray) -> np.ndarray:
    n = len(value)
    result = np.empty((n, n), object)
    for row, column in np.ndindex(n, n):
        minors = [np.delete(np.delete(m, column, 0), row, 1) for m in (value, *along)]
        signed = _mixed(*minors) if n > 1 else value[0, 0] * 0 + int(not along)
        result[row, column] = signed if (row + column) % 2 == 0 else -signed
    return result


def _mixed(value: np.ndarray, *along: np.ndarray) -> Any:
    """Return the derivative of the determinant along matrices, of each a row in its place."""
    total = value[0, 0] * 0
    for rows in itertools.permutations(range(len(value)), len(along)):
        mixed = value.copy()
        for row, other in zip(rows, along, strict=True):
            mixed[row] = other[row]
        total = total + _exact_determinant(mixed)
    return total


def _exact_determinant(value: np.ndarray) -> Any:
    if _is_mpmath(value):
        try:
            return mpmath.mpf(mpmath.det(mpmath.matrix(value.tolist())))
        except _SINGULAR_ERRORS:
            return mpmath.mpf(0)
    return sp.Matrix(value).det(method="berkowitz")


def _exact_logdet(value: np.ndarray) -> Any:
    determinant = _exact_determinant(value)
    if isinstance(determinant, mpmath.mpf):
        return mpmath.log(determinant) if determinant > 0 else mpmath.nan
    if determinant.is_number and not determinant.is_positive:
        return sp.nan
    return sp.log(determinant)

"""Linear algebra of small square matrices: inverse, determinant, its logarithm, adjugate.

A matrix that rounding cannot tell from a singular one counts as singular: its inverse and
the logarithm of its determinant have no right digit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import ShapeError
from graphdiff.language.functions.movement import Transpose
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
from graphdiff.language.shapes import Shape

MAX_CONDITION = 1e15
"""How much a relative error of the entries may grow in the inverse."""

SINGULAR = "a singular matrix has no inverse"


@dataclass(frozen=True, repr=False)
class _OfSquare(TensorFunction):
    inverts: ClassVar[bool] = True

    def operations(self, *shapes: Any) -> int:
        """Return n³."""
        return shapes[0][0] ** 3

    def _square(self, shape: Shape) -> None:
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ShapeError(f"{self.name} takes a square matrix, but was given {{0}}")

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
        """Return (n, n)."""
        self._square(old)
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the inverse; not a number where there is none."""
        return _matrix_by_matrix(arrays[0], _float_inverse, _exact_inverse, 2)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return −Bᵀ C Bᵀ, B the inverse."""
        return -(part.T @ c @ part.T)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return A⁻¹, and A⁻ᵀ of a transpose."""
        (part,) = parts
        if isinstance(part.function, Transpose):
            return rf"{part.parts[0].held(ATOM)}^{{-\top}}", POWER
        return f"{part.held(ATOM)}^{{-1}}", POWER


@dataclass(frozen=True, repr=False)
class Adjugate(_OfSquare):
    """The adjugate adj(A) = det(A) A⁻¹, which every square matrix has: its minors, signed."""

    caveat: ClassVar[str] = f"{SINGULAR}, and its adjugate no derivative here"

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "adj"

    def shape(self, old: Shape) -> Shape:
        """Return (n, n)."""
        self._square(old)
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the adjugate."""
        return _matrix_by_matrix(arrays[0], _float_adjugate, _exact_adjugate, 2)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return det A · (⟨C, B⟩ Bᵀ − Bᵀ C Bᵀ) for adj A = det(A) B, B the inverse."""
        (a,) = part.arguments
        inverse = make(Inverse(), a)
        turned = inverse.T
        return make(Det(), a) * ((c * inverse).sum() * turned - turned @ c @ turned)


@dataclass(frozen=True, repr=False)
class Det(_OfSquare):
    """The determinant of a square matrix."""

    def shape(self, old: Shape) -> Shape:
        """Return ()."""
        self._square(old)
        return ()

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the determinant."""
        return _matrix_by_matrix(arrays[0], np.linalg.det, _exact_determinant, 0)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return c adj(A)ᵀ."""
        return make.product(c, make(Adjugate(), part.arguments[slot]).T)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return det A."""
        return self._before(r"\det", pen, parts)


@dataclass(frozen=True, repr=False)
class LogDet(_OfSquare):
    """The natural logarithm of a positive determinant."""

    caveat: ClassVar[str] = "logdet takes a matrix with a positive determinant"

    def shape(self, old: Shape) -> Shape:
        """Return ()."""
        self._square(old)
        return ()

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return log det; not a number where the determinant is not positive."""
        return _matrix_by_matrix(arrays[0], _float_logdet, _exact_logdet, 0)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return c A⁻ᵀ."""
        return make.product(c, make(Inverse(), part.arguments[slot]).T)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return log det A."""
        return self._before(r"\log\det", pen, parts)


def _matrix_by_matrix(
    value: Array, floats: Callable[..., Any], exact: Callable[..., Any], axes: int
) -> Array:
    if value.dtype != object:
        return np.asarray(floats(value))
    lead = value.shape[:-2]
    result = np.empty(lead + value.shape[value.ndim - axes :], object)
    for place in np.ndindex(lead):
        result[place] = exact(value[place])
    return result


def _float_inverse(value: np.ndarray) -> np.ndarray:
    try:
        inverse = np.linalg.inv(value)
    except np.linalg.LinAlgError:  # one singular matrix of several makes all of them fail
        if value.ndim == 2:
            return np.full(value.shape, np.nan)
        return np.stack(list(map(_float_inverse, value)))
    return np.where(_is_singular(value, inverse)[..., None, None], np.nan, inverse)


def _is_singular(value: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Whether an error of the last digit could make the matrix singular.

    ‖ |A⁻¹| |A| ‖ does not see the units of the rows, ‖ |A| |A⁻¹| ‖ not those of the columns.
    """
    size, inverse_size = np.abs(value), np.abs(inverse)
    by_rows = (inverse_size @ size).sum(-1).max(-1)
    by_columns = (size @ inverse_size).sum(-1).max(-1)
    return ~(np.minimum(by_rows, by_columns) < MAX_CONDITION)


def _float_adjugate(value: np.ndarray) -> np.ndarray:
    """Return V diag(∏_{m≠k} s_m) Uᵀ, signed, from the singular values, which divides by none."""
    finite = np.isfinite(value).all((-1, -2), keepdims=True)
    u, s, vt = np.linalg.svd(np.where(finite, value, 0.0))  # which raises for a NaN
    n = value.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1.0, s[..., None, :]).prod(-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    products = (np.sign(sign)[..., None] * others)[..., None, :]
    found = (np.swapaxes(vt, -1, -2) * products) @ np.swapaxes(u, -1, -2)
    return np.where(finite, found, np.nan)


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


def _exact_adjugate(value: np.ndarray) -> np.ndarray:
    n = len(value)
    result = np.empty((n, n), object)
    for row, column in np.ndindex(n, n):
        minor = np.delete(np.delete(value, column, 0), row, 1)
        signed = _exact_determinant(minor) if n > 1 else value[0, 0] * 0 + 1
        result[row, column] = signed if (row + column) % 2 == 0 else -signed
    return result


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

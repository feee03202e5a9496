"""Linear algebra of small square matrices: inverse and logarithm of the determinant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import ShapeError
from graphdiff.functions.tensor import Array, Numbers, TensorFunction
from graphdiff.shapes import Shape


@dataclass(frozen=True, repr=False)
class _OfSquare(TensorFunction):
    def _square(self, shape: Shape) -> None:
        if len(shape) != 2 or shape[0] != shape[1]:
            raise ShapeError(f"{self.name} takes a square matrix, but was given {{0}}")


@dataclass(frozen=True, repr=False)
class Inverse(_OfSquare):
    """The inverse of a square matrix."""

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


@dataclass(frozen=True, repr=False)
class LogDet(_OfSquare):
    """The natural logarithm of a positive determinant."""

    def shape(self, old: Shape) -> Shape:
        """Return ()."""
        self._square(old)
        return ()

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return log det; not a number where the determinant is not positive."""
        return _matrix_by_matrix(arrays[0], _float_logdet, _exact_logdet, 0)


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
        return np.linalg.inv(value)
    except np.linalg.LinAlgError:
        return np.full(value.shape, np.nan)


def _float_logdet(value: np.ndarray) -> np.ndarray:
    sign, magnitude = np.linalg.slogdet(value)
    return np.where(sign > 0, magnitude, np.where(sign == 0, -np.inf, np.nan))


def _is_mpmath(value: np.ndarray) -> bool:
    return any(isinstance(entry, mpmath.mpf) for entry in value.flat)


def _exact_inverse(value: np.ndarray) -> np.ndarray:
    if _is_mpmath(value):
        try:
            entries = mpmath.inverse(mpmath.matrix(value.tolist())).tolist()
        except ZeroDivisionError:
            return np.full(value.shape, mpmath.nan, dtype=object)
        return np.array(entries, dtype=object)
    matrix = sp.Matrix(value)
    determinant = matrix.det(method="berkowitz")
    if determinant.is_number and determinant.equals(0):
        return np.full(value.shape, sp.nan, dtype=object)
    return np.array((matrix.adjugate() / determinant).tolist(), dtype=object)


def _exact_determinant(value: np.ndarray) -> Any:
    if _is_mpmath(value):
        return mpmath.det(mpmath.matrix(value.tolist()))
    return sp.Matrix(value).det(method="berkowitz")


def _exact_logdet(value: np.ndarray) -> Any:
    determinant = _exact_determinant(value)
    if isinstance(determinant, mpmath.mpf):
        return mpmath.log(determinant) if determinant > 0 else mpmath.nan
    if determinant.is_number and not determinant.is_positive:
        return sp.nan
    return sp.log(determinant)

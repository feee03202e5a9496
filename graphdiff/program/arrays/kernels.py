"""Kernels of programs that choose by the values they find."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphdiff.language.functions.linear_algebra import MAX_CONDITION, is_singular
from graphdiff.language.functions.stable import LEFT

BLOCK = 64
"""Columns that LAPACK inverts at once."""


def weighted_gram(x: Any, weights: Any, scratch: Any, into: Any = None) -> Any:
    """Return Xᵀ (v ⊙ X) for a column v of weights.

    Where no weight is negative it is BᵀB with B = √v ⊙ X, of which BLAS computes one half.

    Examples
    --------
    >>> x, v = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[2.0], [-1.0]])
    >>> weighted_gram(x, v, np.empty((2, 2)))
    array([[2., 4.],
           [4., 7.]])
    """
    if weights.min(initial=0) >= 0:
        np.multiply(x, np.sqrt(weights), scratch)
        return np.dot(scratch.T, scratch, into)
    np.multiply(x, weights, scratch)
    return np.dot(x.T, scratch, into)


def inverse_and_logdet(dtype: np.dtype[Any]) -> Callable[[Any], tuple[Any, float]]:
    """Return x ↦ its inverse and the logarithm of its determinant, by one factorisation.

    The inverse is not a number where there is none, and the logarithm then −∞; that is not a
    number where the determinant is negative.

    Examples
    --------
    >>> both = inverse_and_logdet(np.dtype("float64"))
    >>> inverse, logarithm = both(np.array([[2.0, 1.0], [1.0, 1.0]]))
    >>> inverse.round(10), float(logarithm)
    (array([[ 1., -1.],
           [-1.,  2.]]), 0.0)
    >>> both(np.zeros((2, 2)))[1]
    -inf
    """
    from scipy.linalg import get_lapack_funcs  # which takes long to load

    factored, inverted = get_lapack_funcs(("getrf", "getri"), dtype=dtype)

    def both(x: Any) -> tuple[Any, float]:
        factors, pivots, failed = factored(x.T)  # LAPACK reads columns, so Xᵀ as it lies
        turned, failed = (x.T, failed) if failed else inverted(factors, pivots, BLOCK * len(x))
        if failed or not (_bound(x, turned) < MAX_CONDITION or not is_singular(x, turned.T)):
            return np.full(x.shape, np.nan, dtype), -math.inf
        diagonal = factors.diagonal()
        swaps, minuses = np.count_nonzero(pivots != np.arange(len(x))), np.sum(diagonal < 0)
        return turned.T, math.nan if (swaps + minuses) % 2 else np.log(np.abs(diagonal)).sum()

    return both


def _bound(x: Any, inverse: Any) -> float:
    """Return n ‖X‖ ‖X⁻¹‖, a bound of what is asked of a matrix that is not singular."""
    a, b = x.ravel(), inverse.ravel()
    return len(x) * math.sqrt(a.dot(a) * b.dot(b))


def shared(wins: Any, axes: tuple[int, ...]) -> None:
    """Divide ones among those that tie along some axes, in place; NaN where there is none.

    Examples
    --------
    >>> wins = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> shared(wins, (1,))
    >>> wins
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    count = np.add.reduce(wins, axes, keepdims=True)
    if (count != 1.0).any():
        np.divide(wins, count, wins)


def left_of_sigmoid(s: Any, x: Any, into: Any = None) -> Any:
    """Return 1 − s of s = σ(x), written into an array that is neither.

    Examples
    --------
    >>> left_of_sigmoid(np.array([0.5, 1.0]), np.array([0.0, 40.0]))
    array([5.00000000e-01, 4.24835426e-18])
    """
    left = np.subtract(1.0, s, into)
    if np.minimum.reduce(left, None, initial=1.0) < LEFT:
        few = left < LEFT
        left[few] = 1.0 / (1.0 + np.exp(x[few]))
    return left


def left_of_tanh(t: Any, x: Any, into: Any = None) -> Any:
    """Return 1 − t² of t = tanh(x), written into an array that is neither.

    Examples
    --------
    >>> left_of_tanh(np.array([0.0, 1.0]), np.array([0.0, 20.0]))
    array([1.0000000e+00, 1.6993417e-17])
    """
    left = np.square(t, into)
    np.subtract(1.0, left, left)
    if np.minimum.reduce(left, None, initial=1.0) < LEFT:
        few = left < LEFT
        small = np.exp(-2.0 * np.abs(x[few]))
        left[few] = 4.0 * small / np.square(1.0 + small)
    return left

"""Kernels of programs that choose by the values they find."""

from __future__ import annotations

from typing import Any

import numpy as np


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

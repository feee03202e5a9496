"""Hessians and Jacobians in NumPy, as fast as can be written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy import add, divide, exp, multiply, negative, sqrt, subtract, tanh

Array = np.ndarray


def logistic_hessian(m: int, n: int) -> Callable[..., Array]:
    """Return the Hessian of the mean logistic loss: Xᵀ diag(v) X, v = σ(1 − σ)/m.

    As BᵀB of one array, B = √v X, BLAS computes only half of it. σ(1 − σ) = e/(1 + e)² with
    e = exp(−abs z), which cannot overflow.
    """
    z, e, B, H, root = np.empty(m), np.empty(m), np.empty((m, n)), np.empty((n, n)), np.sqrt(m)
    column = e[:, None]

    def step(X: Array, _y: Array, w: Array) -> Array:
        X.dot(w, z)
        np.abs(z, z), negative(z, z), exp(z, e)
        add(e, 1.0, z), multiply(z, root, z), sqrt(e, e), divide(e, z, e)  # √v
        multiply(X, column, B)
        return B.T.dot(B, H)

    return step


def factorisation_blocks(V: Array) -> Array:
    """Return the block ∂²‖T − UVᵀ‖²/∂U_ik ∂U_il = 2 VᵀV, the same for each row i."""
    return 2.0 * V.T.dot(V)


def factorisation_hessian(_T: Array, U: Array, V: Array) -> Array:
    """Return the same with the zeros between different rows written out, as a new array."""
    (n, r), blocks = U.shape, factorisation_blocks(V)  # before H, or the allocator takes longer
    H = np.zeros((n, r, n, r))
    np.einsum("ikil->ikl", H)[...] = blocks
    return H


def first_layer_hessian(depth: int, width: int) -> Callable[..., Array]:
    """Return the Hessian of ‖a_depth − y‖² in W1, for a_k = tanh(W_k a_{k−1}).

    With J_k = ∂z_k/∂z_1, z_k = W_k a_{k−1}, and s_k the gradient in a_k times tanh''(z_k), the
    Hessian in z_1 is Σ J_kᵀ diag(s_k) J_k + 2 (D J)ᵀ(D J) at the end, D = diag(tanh'). All J lie
    in one array, so that the sum is one product. Since z_1 = W_1 x, the Hessian in W_1 is that
    Hessian times x xᵀ.
    """
    a, slopes = np.empty((depth, width)), np.empty((depth, width))
    J, S = np.empty((depth, width, width)), np.empty((depth, width, width))
    flat_J, flat_S = J.reshape(-1, width), S.reshape(-1, width)
    weights, back, delta = np.empty((depth, width)), np.empty((depth, width)), np.empty(width)
    scaled, core = np.empty((width, width)), np.empty((width, width))
    rows, H = np.empty((width, width, width)), np.empty((width, width, width, width))
    flat_rows, flat_H = rows.reshape(width, 1, -1), H.reshape(width, width, -1)
    forward = list(zip(a[:-1], a[1:], strict=True))
    slope_columns = [slope[:, None] for slope in slopes]
    weight_columns = weights[:, :, None]
    J[0] = np.eye(width)

    def step(x: Array, y: Array, W: Sequence[Array]) -> Array:
        W[0].dot(x, a[0]), tanh(a[0], a[0])
        for (before, after), Wk in zip(forward, W[1:], strict=True):
            Wk.dot(before, after), tanh(after, after)
        multiply(a, a, slopes), subtract(1.0, slopes, slopes)
        subtract(a[-1], y, delta), multiply(delta, 2.0, back[-1])
        for k in range(depth - 1, 0, -1):
            multiply(back[k], slopes[k], delta)
            delta.dot(W[k], back[k - 1])
        multiply(back, a, weights), multiply(weights, -2.0, weights)
        multiply(weights, slopes, weights)  # gradient times tanh'' = −2 a (1 − a²)
        multiply(slopes[-1], slopes[-1], delta), multiply(delta, 2.0, delta)
        add(weights[-1], delta, weights[-1])  # the loss's own second derivative is 2
        for k in range(1, depth):
            multiply(slope_columns[k - 1], J[k - 1], scaled)
            W[k].dot(scaled, J[k])
        multiply(J, weight_columns, S)
        flat_J.T.dot(flat_S, core)
        multiply(core[:, :, None], x, rows)
        multiply(flat_rows, x[:, None], flat_H)
        return H

    return step


def network_jacobian(depth: int, width: int) -> Callable[..., Array]:
    """Return the Jacobian of a_depth in x, for a_k = tanh(W_k a_{k−1}), a_0 = x."""
    a, slopes = np.empty((depth, width)), np.empty((depth, width))
    columns = [slope[:, None] for slope in slopes]
    J, other = np.empty((width, width)), np.empty((width, width))
    forward = list(zip(a[:-1], a[1:], strict=True))

    def step(x: Array, *W: Array) -> Array:
        W[0].dot(x, a[0]), tanh(a[0], a[0])
        for (before, after), Wk in zip(forward, W[1:], strict=True):
            Wk.dot(before, after), tanh(after, after)
        multiply(a, a, slopes), subtract(1.0, slopes, slopes)
        multiply(W[0], columns[0], J)
        for Wk, column in zip(W[1:], columns[1:], strict=True):
            Wk.dot(J, other), multiply(other, column, J)
        return J

    return step

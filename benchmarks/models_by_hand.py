"""Value and gradients of the seven models, by hand in NumPy: what is known is used again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def lstm(X, Y, Wx, Wh, b, V) -> Any:
    (T, m, _), n = X.shape, len(Wh)
    h = c = np.zeros((m, n))
    kept = []
    for t in range(T):
        z = X[t] @ Wx + h @ Wh + b
        s, g = _sigmoid(z[:, : 3 * n]), np.tanh(z[:, 3 * n :])
        before, was, c = h, c, s[:, n : 2 * n] * c + s[:, :n] * g
        a = np.tanh(c)
        h = s[:, 2 * n :] * a
        kept.append((before, was, s, g, a))
    E = h @ V - Y
    value, dE = (E**2).mean(), E * (2 / E.size)
    dV, dh, dc = h.T @ dE, dE @ V.T, 0.0
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in range(T - 1, -1, -1):
        before, was, s, g, a = kept[t]
        i, f, o = s[:, :n], s[:, n : 2 * n], s[:, 2 * n :]
        dc = dc + dh * o * (1 - a * a)
        dz = np.empty((m, 4 * n))
        dz[:, :n], dz[:, n : 2 * n], dz[:, 2 * n : 3 * n] = dc * g, dc * was, dh * a
        dz[:, : 3 * n] *= s * (1 - s)
        dz[:, 3 * n :] = dc * i * (1 - g * g)
        dWx += X[t].T @ dz
        dWh += before.T @ dz
        db += dz.sum(0)
        dh, dc = dz @ Wh.T, dc * f
    return value, (dWx, dWh, db, dV)


def _convolved(x: np.ndarray, K: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a convolution, and the windows as rows of a matrix."""
    windows = sliding_window_view(x, K.shape[2:], (2, 3)).transpose(0, 2, 3, 1, 4, 5)
    rows = windows.reshape(-1, K[0].size)
    return (rows @ K.reshape(len(K), -1).T).reshape(*windows.shape[:3], len(K)), rows


def _pooled(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest of each four, and where it stands; channels last."""
    m, h, w, c = a.shape
    fours = a.reshape(m, h // 2, 2, w // 2, 2, c)
    best = fours.max((2, 4), keepdims=True)
    return best.reshape(m, h // 2, w // 2, c), fours == best


def conv_net(X, Y, K1, K2, W, b) -> Any:
    z1, rows1 = _convolved(X, K1)
    p1, won1 = _pooled(np.maximum(z1, 0))
    z2, rows2 = _convolved(p1.transpose(0, 3, 1, 2), K2)
    p2, won2 = _pooled(np.maximum(z2, 0))
    flat = p2.transpose(0, 3, 1, 2).reshape(len(X), -1)
    z = flat @ W + b
    z -= z.max(1, keepdims=True)
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    value = (np.log(total) - (Y * z).sum(1, keepdims=True)).mean()
    dz = (e / total - Y) / len(X)
    dp2 = (dz @ W.T).reshape(p2.transpose(0, 3, 1, 2).shape).transpose(0, 2, 3, 1)
    dz2 = (_unpooled(dp2, won2) * (z2 > 0)).reshape(-1, len(K2))
    dK2 = (dz2.T @ rows2).reshape(K2.shape)
    drows = (dz2 @ K2.reshape(len(K2), -1)).reshape(*z2.shape[:3], *K2.shape[1:])
    dp1 = np.zeros(p1.shape)
    for u in range(K2.shape[2]):
        for v in range(K2.shape[3]):
            dp1[:, u : u + z2.shape[1], v : v + z2.shape[2]] += drows[..., u, v]
    dz1 = (_unpooled(dp1, won1) * (z1 > 0)).reshape(-1, len(K1))
    dK1 = (dz1.T @ rows1).reshape(K1.shape)
    return value, (dK1, dK2, flat.T @ dz, dz.sum(0))


def _unpooled(d: np.ndarray, won: np.ndarray) -> np.ndarray:
    m, h, w, c = d.shape
    return (won * d.reshape(m, h, 1, w, 1, c)).reshape(m, 2 * h, 2 * w, c)


def gaussian(X, m, A) -> Any:
    S = A @ A.T
    S.flat[:: len(S) + 1] += 1
    inverse = np.linalg.inv(S)
    R = X - m
    RS = R @ inverse
    value = 0.5 * (len(X) * np.linalg.slogdet(S)[1] + np.vdot(RS, R))
    dS = 0.5 * (len(X) * inverse - RS.T @ RS)
    return value, (-RS.sum(0), 2 * dS @ A)


def pairwise(T, X, s) -> Any:
    differences = X[:, None] - X
    D = np.einsum("ijk,ijk->ij", differences, differences)
    K = np.exp(D * (-0.5 / s**2))
    E = K - T
    dK = E * K * (2 / E.size)
    dD = dK * (-0.5 / s**2)
    dX = 2 * np.einsum("ij,ijk->ik", dD + dD.T, differences)
    return np.vdot(E, E) / E.size, (dX, np.vdot(dK, D) / s**3)


def mixture(X, logits, M, S) -> Any:
    n = len(X)
    scale = np.exp(-S)
    Z = (X[:, None] - M) * scale
    e = np.exp(logits - logits.max())
    shares = e / e.sum()
    terms = np.log(shares) - S.sum(1) - 0.5 * np.einsum("nkd,nkd->nk", Z, Z)
    top = terms.max(1, keepdims=True)
    w = np.exp(terms - top)
    total = w.sum(1, keepdims=True)
    value = -(top + np.log(total)).mean()
    w *= -1 / n / total
    sums = w.sum(0)
    wZ = w[:, :, None] * Z
    dM = wZ.sum(0) * scale
    dS = np.einsum("nkd,nkd->kd", wZ, Z) - sums[:, None]
    return value, (sums + shares, dM, dS)


def attention(X, T, Q, K, V, O, g, b) -> Any:  # noqa: E741
    scale = 1 / np.sqrt(Q.shape[1])
    q, k, v = X @ Q, X @ K, X @ V
    A = q @ k.T
    A *= scale
    A -= A.max(1, keepdims=True)
    np.exp(A, out=A)
    A /= A.sum(1, keepdims=True)
    U = A @ v
    R = X + U @ O
    R -= R.mean(1, keepdims=True)
    deviation = np.sqrt((R * R).mean(1, keepdims=True) + 1e-5)
    R /= deviation
    E = R * g + b - T
    value = np.vdot(E, E) / E.size
    dY = E * (2 / E.size)
    dN = dY * g
    dR = (dN - dN.mean(1, keepdims=True) - R * (dN * R).mean(1, keepdims=True)) / deviation
    dU = dR @ O.T
    dA = dU @ v.T
    dS = A * (dA - (A * dA).sum(1, keepdims=True)) * scale
    dQ, dK, dV = X.T @ (dS @ k), X.T @ (dS.T @ q), X.T @ (A.T @ dU)
    return value, (dQ, dK, dV, U.T @ dR, (dY * R).sum(0), dY.sum(0))


def logistic(X, y, w) -> Any:
    z = X @ w
    value = np.logaddexp(0, z).sum() - y @ z + 0.5 * w @ w
    return value, (X.T @ (_sigmoid(z) - y) + w,)

"""Training steps in NumPy, as fast as can be written by hand: flat parameters, buffers made once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Update = Callable[[int], None]


class Flat:
    """Parameters as one vector, with a gradient beside it."""

    def __init__(self, parts: Sequence[Array], dtype: Any) -> None:
        ends = [0, *itertools.accumulate(part.size for part in parts)]
        self.theta = np.concatenate([part.ravel() for part in parts]).astype(dtype)
        self.gradient = np.zeros_like(self.theta)
        spans = list(zip(itertools.pairwise(ends), parts, strict=True))
        self.parts = [self.theta[a:b].reshape(part.shape) for (a, b), part in spans]
        self.slopes = [self.gradient[a:b].reshape(part.shape) for (a, b), part in spans]


def adam(of: Flat, rate: float = 0.001) -> Update:
    """Return Adam's step t = 1, 2, …, its corrections in the rate and in ε."""
    theta, g = of.theta, of.gradient
    number = theta.dtype.type
    m, v, a = (np.zeros_like(theta) for _ in range(3))
    beta, gamma, one, other = map(number, (0.9, 0.999, 1 - 0.9, 1 - 0.999))

    def update(t: int) -> None:
        root = np.sqrt(1 - 0.999**t)
        np.multiply(m, beta, m), np.multiply(g, one, a), np.add(m, a, m)
        np.multiply(v, gamma, v), np.multiply(g, g, a), np.multiply(a, other, a), np.add(v, a, v)
        np.sqrt(v, a), np.add(a, number(1e-8 * root), a), np.divide(m, a, a)
        np.multiply(a, number(rate * root / (1 - 0.9**t)), a), np.subtract(theta, a, theta)

    return update


def descent(of: Flat, rate: float) -> Update:
    """Return the step of gradient descent."""
    step, eta = np.zeros_like(of.theta), of.theta.dtype.type(rate)

    def update(_: int) -> None:
        np.multiply(of.gradient, eta, step), np.subtract(of.theta, step, of.theta)

    return update


def network(of: Flat, m: int) -> Callable[[Array, Array], Any]:
    """Return the loss and, in place, the gradients of a layer of ReLU and a softmax, m rows."""
    W1, b1, W2, b2 = of.parts
    G1, h1, G2, h2 = of.slopes
    dtype = of.theta.dtype
    a, d = np.empty((m, len(b1)), dtype), np.empty((m, len(b1)), dtype)
    z, s = np.empty((m, len(b2)), dtype), np.empty((m, len(b2)), dtype)
    top, ones = np.empty((m, 1), dtype), np.ones(m, dtype)
    column, part = np.ones((len(b2), 1), dtype), dtype.type(1 / m)

    def step(X: Array, Y: Array) -> Any:
        X.dot(W1.T, a), np.add(a, b1, a), np.maximum(a, 0, out=a)
        a.dot(W2.T, z), np.add(z, b2, z)
        np.maximum.reduce(z, 1, None, top, True)
        np.subtract(z, top, z), np.exp(z, s), s.dot(column, top)
        loss = (np.log(top).sum() - Y.ravel().dot(z.ravel())) / m
        np.divide(s, top, s), np.subtract(s, Y, s), np.multiply(s, part, s)
        s.T.dot(a, G2), ones.dot(s, h2), s.dot(W2, d)
        np.multiply(d, a > 0, d), d.T.dot(X, G1), ones.dot(d, h1)
        return loss

    return step


def logistic(of: Flat, m: int) -> Callable[[Array, Array], Any]:
    """Return the loss and, in place, the gradients of logistic regression, m rows."""
    (W, b), (G, h) = of.parts, of.slopes
    z, e, s = (np.empty((m, 1), of.theta.dtype) for _ in range(3))

    def step(X: Array, y: Array) -> Any:
        X.dot(W.T, z), np.add(z, b, z)
        np.logaddexp(0, z, e)
        loss = (e.sum() - y.ravel().dot(z.ravel())) / m
        np.negative(z, s), np.exp(s, s), np.add(s, 1, s), np.divide(1, s, s)
        np.subtract(s, y, s), np.divide(s, m, s), s.T.dot(X, G), np.sum(s, axis=0, out=h)
        return loss

    return step

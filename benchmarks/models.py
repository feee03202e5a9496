"""Seven models people fit: value and all gradients, in float64, beside NumPy by hand and peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import models_by_hand as hand
import models_peers as peers
import numpy as np
from contest import Contest, Contestant, Goal
from steps import compiled, in_order

import graphdiff as gd

BY_HAND = Goal(1.15)


class Model(NamedTuple):
    """A model.

    Attributes
    ----------
    work
        What is computed.
    data, parameters
        The values of its leaves.
    build
        Makes the node L of a graph from the leaves.
    """

    work: str
    data: Mapping[str, np.ndarray]
    parameters: Mapping[str, np.ndarray]
    build: Callable[..., Any]

    @property
    def name(self) -> str:
        """What it is called in the files beside this one."""
        return self.build.__name__

    @property
    def leaves(self) -> list[np.ndarray]:
        """The values of all leaves, in order."""
        return [*self.data.values(), *self.parameters.values()]


def lstm(g, X, Y, Wx, Wh, b, V):
    """A recurrent network: the state after all steps is compared with targets."""
    size = Wh.shape[0]
    h = c = None
    for t in range(X.shape[0]):
        z = g.node(f"z_{t}", X[t] @ Wx + b if h is None else X[t] @ Wx + h @ Wh + b)
        i, f, o = (gd.sigmoid(z[:, k * size : (k + 1) * size]) for k in range(3))
        new = i * gd.tanh(z[:, 3 * size :])
        c = g.node(f"c_{t}", new if c is None else f * c + new)
        h = g.node(f"h_{t}", o * gd.tanh(c))
    return gd.mse(h @ V, Y)


def conv_net(g, X, Y, K1, K2, W, b):
    """Two convolutions with relu and pooling, and a classifier."""
    a1 = g.node("a1", gd.max_pool2d(gd.relu(gd.conv2d(X, K1)), 2))
    a2 = g.node("a2", gd.max_pool2d(gd.relu(gd.conv2d(a1, K2)), 2))
    return gd.cross_entropy_with_logits(a2.reshape((X.shape[0], -1)) @ W + b, Y)


def gaussian(g, X, m, A):
    """Minus the log-likelihood of a normal distribution with the covariance A Aᵀ + 1."""
    S = g.node("S", A @ A.T + gd.eye(A.shape[0]))
    R = X - m
    return 0.5 * (X.shape[0] * gd.logdet(S) + ((R @ gd.inv(S)) * R).sum())


def pairwise(g, T, X, s):
    """A kernel exp(−d²/2s²) of all pairs of points, compared with targets."""
    n, d = X.shape
    D = ((X.reshape((n, 1, d)) - X.reshape((1, n, d))) ** 2).sum(axis=2)
    return gd.mse(gd.exp(-D / (2 * s**2)), T)


def mixture(g, X, logits, M, S):
    """Minus the mean log-likelihood of a mixture of normal distributions, axis by axis."""
    (n, d), k = X.shape, M.shape[0]
    Z = (X.reshape((n, 1, d)) - M) * gd.exp(-S)
    terms = gd.log_softmax(logits) - S.sum(axis=1) - 0.5 * (Z**2).sum(axis=2)
    return -gd.logsumexp(terms.reshape((n, k)), axis=1).mean()


def attention(g, X, T, Q, K, V, O, scale, shift):  # noqa: E741
    """One head of attention, a residual and layer norm."""
    A = gd.softmax((X @ Q) @ (X @ K).T / np.sqrt(Q.shape[1]), axis=1)
    return gd.mse(gd.layer_norm(X + A @ (X @ V) @ O) * scale + shift, T)


def logistic(g, X, y, w):
    """Minus the log of a posterior: logistic regression with a normal prior."""
    z = X @ w
    return (gd.softplus(z) - y * z).sum() + 0.5 * (w**2).sum()


def models(quick: bool) -> list[Model]:
    """Return them all, smaller ones for a quick look."""
    rng = np.random.default_rng(5)

    def draw(*shape):
        return rng.normal(size=shape)

    def one_hot(rows, n):
        return np.eye(n)[rng.integers(0, n, rows)]

    def small(n):
        return max(2, n // 10) if quick else n

    T, m, d, h = (3, 2, 3, 4) if quick else (20, 16, 8, 32)
    images, side = (2, 16) if quick else (16, 28)
    flat = 16 * ((((side - 4) // 2) - 4) // 2) ** 2
    n, tokens, width = small(200), small(64), small(64)
    return [
        Model(f"LSTM of {T} steps, {m} rows, {h} units",
              {"X": draw(T, m, d), "Y": draw(m, 3)},
              {"Wx": draw(d, 4 * h) / 3, "Wh": draw(h, 4 * h) / 6, "b": draw(4 * h) / 10,
               "V": draw(h, 3) / 6}, lstm),
        Model(f"conv net, {images} images of {side} × {side}",
              {"X": draw(images, 1, side, side), "Y": one_hot(images, 10)},
              {"K1": draw(8, 1, 5, 5) / 5, "K2": draw(16, 8, 5, 5) / 14, "W": draw(flat, 10) / 16,
               "b": draw(10) / 10}, conv_net),
        Model(f"Gaussian log-likelihood, {small(500)} rows of {small(20)}, inverse and log det",
              {"X": draw(small(500), small(20))},
              {"m": draw(small(20)) / 10, "A": draw(small(20), small(20)) / 4}, gaussian),
        Model(f"pairwise distances of {n} points in 5 dimensions, RBF kernel",
              {"T": np.exp(-np.abs(draw(n, n)))}, {"X": draw(n, 5), "s": np.float64(1.5)}, pairwise),
        Model(f"mixture of 8 normal distributions, {small(1000)} rows of 4",
              {"X": draw(small(1000), 4)},
              {"logits": draw(8), "M": draw(8, 4), "S": draw(8, 4) / 5}, mixture),
        Model(f"attention with layer norm, {tokens} tokens of {width}",
              {"X": draw(tokens, width), "T": draw(tokens, width)},
              {**{name: draw(width, width) / np.sqrt(width) for name in "QKVO"},
               "scale": 1 + draw(width) / 10, "shift": draw(width) / 10}, attention),
        Model(f"logistic posterior, {small(1000)} rows of {small(20)}",
              {"X": draw(small(1000), small(20)), "y": (draw(small(1000)) > 0) * 1.0},
              {"w": draw(small(20)) / 4}, logistic),
    ]  # fmt: skip


def graph(model: Model) -> gd.Graph:
    """Return a model as a graph."""
    g = gd.Graph(model.name)
    leaves = [g.input(name, value) for name, value in model.data.items()]
    leaves += [g.parameter(name, value) for name, value in model.parameters.items()]
    g.node("L", model.build(g, *leaves))
    return g


def contests(quick: bool) -> Iterator[Contest]:
    """Return one contest for each model."""
    return map(contest, models(quick))


def contest(model: Model) -> Contest:
    """Return the contest of one model."""
    leaves = model.leaves
    names, places = [*model.parameters], tuple(range(len(model.data), len(leaves)))
    named = partial(in_order, names=names)

    def step(**options: Any) -> Callable[[], Any]:
        return partial(compiled(graph(model), "L", **options), *leaves)

    def flat(result: Any) -> list[Any]:
        return [result[0], *result[1]]

    return Contest(
        f"{model.work}: value and all gradients",
        [
            Contestant("NumPy by hand", lambda: partial(getattr(hand, model.name), *leaves), flat),
            Contestant("graphdiff, buffers reused", lambda: step(reuse=True), named, BY_HAND),
            Contestant("graphdiff", step, named),
            Contestant("graphdiff, jit=True", lambda: step(jit=True), named, needs="numba"),
            Contestant("graphdiff, backend='jax'", lambda: step(backend="jax"), named, needs="jax"),
            Contestant("graphdiff, backend='jax', on JAX's arrays", lambda: peers.on_jax(step(backend="jax").func, leaves), named, needs="jax"),
            Contestant("JAX", lambda: peers.by_jax(model.name, leaves, places), flat, needs="jax"),
            Contestant("graphdiff, backend='torch'", lambda: step(backend="torch"), named, needs="torch"),
            Contestant("torch", lambda: peers.by_torch(model.name, leaves, places), flat, needs="torch"),
            Contestant("autograd", lambda: peers.by_autograd(model.name, leaves, places), flat, needs="autograd"),
        ],
    )  # fmt: skip

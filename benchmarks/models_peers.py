"""The seven models in JAX, torch and autograd: losses as one writes them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# With the NumPy of JAX or of autograd, and what differs between the two in ``lib``.


def lstm(xp, lib, X, Y, Wx, Wh, b, V) -> Any:
    n = Wh.shape[0]
    h = c = xp.zeros((X.shape[1], n))
    for t in range(X.shape[0]):
        z = X[t] @ Wx + h @ Wh + b
        i, f, o = (lib.sigmoid(z[:, k * n : (k + 1) * n]) for k in range(3))
        c = f * c + i * xp.tanh(z[:, 3 * n :])
        h = o * xp.tanh(c)
    return xp.mean((h @ V - Y) ** 2)


def conv_net(xp, lib, X, Y, K1, K2, W, b) -> Any:
    a = lib.pooled(xp.maximum(lib.conv(X, K1), 0))
    a = lib.pooled(xp.maximum(lib.conv(a, K2), 0))
    z = xp.reshape(a, (X.shape[0], -1)) @ W + b
    return xp.mean(lib.logsumexp(z) - xp.sum(Y * z, axis=1))


def gaussian(xp, lib, X, m, A) -> Any:
    S = A @ A.T + xp.eye(A.shape[0])
    R = X - m
    return 0.5 * (X.shape[0] * xp.linalg.slogdet(S)[1] + xp.sum((R @ xp.linalg.inv(S)) * R))


def pairwise(xp, lib, T, X, s) -> Any:
    D = xp.sum((X[:, None] - X[None]) ** 2, axis=2)
    return xp.mean((xp.exp(-D / (2 * s**2)) - T) ** 2)


def mixture(xp, lib, X, logits, M, S) -> Any:
    Z = (X[:, None] - M) * xp.exp(-S)
    weights = logits - lib.logsumexp(logits)
    return -xp.mean(lib.logsumexp(weights - xp.sum(S, axis=1) - 0.5 * xp.sum(Z**2, axis=2)))


def attention(xp, lib, X, T, Q, K, V, O, g, b) -> Any:  # noqa: E741
    z = (X @ Q) @ (X @ K).T / Q.shape[1] ** 0.5
    R = X + xp.exp(z - lib.logsumexp(z)[:, None]) @ (X @ V) @ O
    R = R - xp.mean(R, axis=1)[:, None]
    return xp.mean((R / xp.sqrt(xp.mean(R**2, axis=1) + 1e-5)[:, None] * g + b - T) ** 2)


def logistic(xp, lib, X, y, w) -> Any:
    z = X @ w
    return xp.sum(lib.softplus(z) - y * z) + 0.5 * xp.sum(w**2)


def by_jax(name: str, leaves: Sequence[np.ndarray], places: tuple[int, ...]) -> Callable[[], Any]:
    """Return JAX's compiled step, on arrays that are JAX's already."""
    import jax
    import jax.numpy as jnp

    class Lib:
        sigmoid = staticmethod(jax.nn.sigmoid)
        softplus = staticmethod(jax.nn.softplus)

        @staticmethod
        def logsumexp(z):
            return jax.nn.logsumexp(z, axis=-1)

        @staticmethod
        def conv(x, K):
            return jax.lax.conv(x, K, (1, 1), "VALID")

        @staticmethod
        def pooled(a):
            four = (1, 1, 2, 2)
            return jax.lax.reduce_window(a, -jnp.inf, jax.lax.max, four, four, "VALID")

    loss = globals()[name]
    step = jax.jit(jax.value_and_grad(lambda *given: loss(jnp, Lib, *given), argnums=places))
    held = [jnp.asarray(leaf) for leaf in leaves]
    return lambda: jax.block_until_ready(step(*held))


def on_jax(step: Callable[..., Any], leaves: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Return a step of a graph called with arrays that are JAX's already."""
    import jax

    held = [jax.numpy.asarray(leaf) for leaf in leaves]
    return lambda: jax.block_until_ready(step(*held))


def by_autograd(
    name: str, leaves: Sequence[np.ndarray], places: tuple[int, ...]
) -> Callable[[], Any]:
    """Return autograd's step."""
    import autograd.numpy as xp
    from autograd import value_and_grad
    from autograd.scipy import signal, special

    class Lib:
        @staticmethod
        def sigmoid(z):
            return 1 / (1 + xp.exp(-z))

        @staticmethod
        def softplus(z):
            return xp.logaddexp(0, z)

        @staticmethod
        def logsumexp(z):
            return special.logsumexp(z, axis=-1)

        @staticmethod
        def conv(x, K):
            last = ((2, 3), (2, 3))
            turned = K[:, :, ::-1, ::-1]
            return signal.convolve(x, turned, axes=last, dot_axes=((1,), (1,)), mode="valid")

        @staticmethod
        def pooled(a):
            m, c, h, w = a.shape
            return xp.max(xp.max(xp.reshape(a, (m, c, h // 2, 2, w // 2, 2)), axis=5), axis=3)

    loss = globals()[name]
    step = value_and_grad(lambda *given: loss(xp, Lib, *given), argnum=places)
    return lambda: step(*leaves)


def by_torch(name: str, leaves: Sequence[np.ndarray], places: tuple[int, ...]) -> Callable[[], Any]:
    """Return torch's eager step, on tensors made before."""
    import torch
    from torch.nn import functional as nn

    def conv_net(X, Y, K1, K2, W, b):
        a = nn.max_pool2d(torch.relu(nn.conv2d(X, K1)), 2)
        a = nn.max_pool2d(torch.relu(nn.conv2d(a, K2)), 2)
        return nn.cross_entropy(torch.addmm(b, a.flatten(1), W), Y)

    def attention(X, T, Q, K, V, O, g, b):  # noqa: E741
        A = torch.softmax((X @ Q) @ (X @ K).T / Q.shape[1] ** 0.5, 1)
        return nn.mse_loss(nn.layer_norm(X + A @ (X @ V) @ O, g.shape, g, b, 1e-5), T)

    class Xp:
        """torch by NumPy's names."""

        tanh, exp, linalg = torch.tanh, torch.exp, torch.linalg
        zeros = staticmethod(lambda shape: torch.zeros(shape, dtype=torch.float64))
        eye = staticmethod(lambda n: torch.eye(n, dtype=torch.float64))
        mean = staticmethod(torch.mean)
        sum = staticmethod(
            lambda x, axis=None: torch.sum(x) if axis is None else torch.sum(x, axis)
        )

    class Lib:
        sigmoid, softplus = staticmethod(torch.sigmoid), staticmethod(nn.softplus)
        logsumexp = staticmethod(lambda z: torch.logsumexp(z, -1))

    tensors = [torch.tensor(leaf) for leaf in leaves]
    parameters = [tensors[place].requires_grad_() for place in places]
    plain = {"conv_net": conv_net, "attention": attention}.get(name)

    def call() -> Any:
        value = plain(*tensors) if plain else globals()[name](Xp, Lib, *tensors)
        return value.detach(), torch.autograd.grad(value, parameters)

    return call

"""The network of three layers in JAX, torch and autograd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

PARAMETERS = tuple(range(2, 8))
"""The places of weights and biases among the leaves X, Y, W1, b1, W2, b2, W3, b3."""


def loss(xp: Any, X, Y, W1, b1, W2, b2, W3, b3) -> Any:
    """Return the mean cross-entropy, with the NumPy of JAX or of autograd."""
    a1 = xp.tanh(X @ W1 + b1)
    a2 = xp.tanh(a1 @ W2 + b2)
    z = a2 @ W3 + b3
    z = z - xp.max(z, axis=1, keepdims=True)
    return xp.mean(xp.log(xp.sum(xp.exp(z), axis=1)) - xp.sum(Y * z, axis=1))


def by_jax(leaves: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Return JAX's compiled step, on arrays that are JAX's already."""
    import jax
    import jax.numpy as jnp

    def network(X, Y, W1, b1, W2, b2, W3, b3):
        z = jnp.tanh(jnp.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3
        return -jnp.mean(jnp.sum(Y * jax.nn.log_softmax(z), axis=1))

    step = jax.jit(jax.value_and_grad(network, argnums=PARAMETERS))
    held = [jnp.asarray(leaf) for leaf in leaves]
    return lambda: jax.block_until_ready(step(*held))


def by_torch(leaves: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Return torch's eager step, on tensors made before."""
    import torch

    X, Y, *parameters = (torch.tensor(leaf) for leaf in leaves)
    for parameter in parameters:
        parameter.requires_grad_()
    W1, b1, W2, b2, W3, b3 = parameters

    def call() -> Any:
        a1 = torch.tanh(torch.addmm(b1, X, W1))
        a2 = torch.tanh(torch.addmm(b2, a1, W2))
        found = torch.nn.functional.cross_entropy(torch.addmm(b3, a2, W3), Y)
        return found.detach(), torch.autograd.grad(found, parameters)

    return call


def by_autograd(leaves: Sequence[np.ndarray]) -> Callable[[], Any]:
    """Return autograd's step."""
    import autograd.numpy as xp
    from autograd import value_and_grad

    step = value_and_grad(lambda *given: loss(xp, *given), argnum=PARAMETERS)
    return lambda: step(*leaves)

"""The trainings of :mod:`training` in PyTorch, JAX, scikit-learn and Keras."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
Call = Callable[[], Any]


def torch_step(parts: Sequence[Array], X: Array, Y: Array) -> Call:
    """Return PyTorch's step of Adam on one batch."""
    train = _torch(parts, "adam", 0.001)
    import torch

    rows, targets = torch.tensor(X), torch.tensor(Y)
    return lambda: train(rows, targets)


def torch_epochs(
    parts: Sequence[Array], X: Array, Y: Array, batch: int, epochs: int, kind: str, rate: float
) -> Call:
    """Return PyTorch's training from the start on."""
    import torch

    rows, targets = torch.tensor(X), torch.tensor(Y)

    def call() -> Any:
        train, found = _torch(parts, kind, rate), None
        for _ in range(epochs):
            for at in range(0, len(X), batch):
                found = train(rows[at : at + batch], targets[at : at + batch])
        return found

    return call


def _torch(parts: Sequence[Array], kind: str, rate: float) -> Callable[[Any, Any], Any]:
    import torch
    from torch.nn import functional

    held = [torch.tensor(part, requires_grad=True) for part in parts]
    made = {"adam": torch.optim.Adam, "descent": torch.optim.SGD}[kind]
    optimiser = made(held, rate)

    def train(X: Any, Y: Any) -> Any:
        optimiser.zero_grad()
        if len(held) == 4:
            a = torch.relu(functional.linear(X, held[0], held[1]))
            loss = functional.cross_entropy(functional.linear(a, held[2], held[3]), Y)
        else:
            z = functional.linear(X, held[0], held[1])
            loss = functional.binary_cross_entropy_with_logits(z, Y)
        loss.backward()
        optimiser.step()
        return [part.detach() for part in held]

    return train


def jax_step(parts: Sequence[Array], X: Array, Y: Array, rate: float = 0.001) -> Call:
    """Return JAX's compiled step of Adam, its state given back to it."""
    import jax
    import jax.numpy as jnp

    def loss(held: Any, X: Any, Y: Any) -> Any:
        a = jax.nn.relu(X @ held[0].T + held[1])
        return -jnp.mean(jnp.sum(Y * jax.nn.log_softmax(a @ held[2].T + held[3]), axis=1))

    @jax.jit
    def step(held: Any, m: Any, v: Any, t: Any, X: Any, Y: Any) -> Any:
        g = jax.grad(loss)(held, X, Y)
        m = [0.9 * one + 0.1 * own for one, own in zip(m, g, strict=True)]
        v = [0.999 * one + 0.001 * own**2 for one, own in zip(v, g, strict=True)]
        first, second = 1 - 0.9**t, 1 - 0.999**t
        held = [
            w - rate * (a / first) / (jnp.sqrt(b / second) + 1e-8)
            for w, a, b in zip(held, m, v, strict=True)
        ]
        return held, m, v, t + 1

    zeros = [jnp.zeros_like(part) for part in parts]
    state = [[jnp.asarray(part) for part in parts], zeros, zeros, jnp.asarray(1.0, X.dtype)]
    rows, targets = jnp.asarray(X), jnp.asarray(Y)

    def call() -> Any:
        state[:] = jax.block_until_ready(step(*state, rows, targets))
        return state[0]

    return call


def sklearn_epochs(X: Array, Y: Array, hidden: int, batch: int, epochs: int) -> Call:
    """Return scikit-learn's training of its own network, whose first values are its own."""
    import warnings

    from sklearn.neural_network import MLPClassifier

    labels = Y.argmax(axis=1)

    def call() -> Any:
        net = MLPClassifier((hidden,), batch_size=batch, alpha=0.0, max_iter=epochs, shuffle=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged
            return net.fit(X, labels)

    return call


def keras_epochs(
    sizes: Sequence[int], X: Array, Y: Array, batch: int, epochs: int, kind: str, rate: float
) -> Call:
    """Return a training of Keras on JAX: compiled before, from where the last one ended."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    keras.backend.set_floatx(X.dtype.name)
    ends = ("softmax", "categorical_crossentropy") if sizes[-1] > 1 else (
        "sigmoid", "binary_crossentropy"
    )  # fmt: skip
    layers = [keras.layers.Dense(size, "relu") for size in sizes[1:-1]]
    net = keras.Sequential([keras.Input((sizes[0],)), *layers,
                            keras.layers.Dense(sizes[-1], ends[0])])  # fmt: skip
    made = {"adam": keras.optimizers.Adam, "descent": keras.optimizers.SGD}[kind]
    net.compile(made(rate), ends[1])
    return lambda: net.fit(X, Y, batch, epochs, verbose=0, shuffle=False)

"""Networks of three layers, tanh and softmax with cross-entropy: value and all gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import mlps_by_hand as hand
import numpy as np
from contest import Contest, Contestant, Goal
from mlps_peers import by_autograd, by_jax, by_torch
from steps import compiled, in_order

import graphdiff as gd

PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
LEAVES = ("X", "Y", *PARAMETERS)


class Work(NamedTuple):
    """Sizes of the layers, rows, numbers, and the goal; ``products`` makes them the limit."""

    sizes: tuple[int, int, int, int]
    m: int
    dtype: Any
    goal: float
    products: bool = False


WORKS = (
    Work((4, 16, 16, 3), 1, np.float64, 1.3),
    Work((4, 16, 16, 3), 32, np.float64, 1.3),
    Work((784, 128, 64, 10), 64, np.float32, 1.1),
    Work((784, 128, 64, 10), 64, np.float64, 1.1),
    Work((784, 1024, 1024, 10), 256, np.float32, 1.08, products=True),
)
QUICK = (*WORKS[:2], Work((7, 6, 5, 4), 8, np.float32, 1.1, products=True))


def arrays(work: Work) -> list[np.ndarray]:
    """Return the leaves' values in order: data, one-hot targets, weights and biases."""
    rng, n = np.random.default_rng(1), work.sizes
    X = rng.normal(size=(work.m, n[0]))
    Y = np.eye(n[3])[rng.integers(0, n[3], work.m)]
    leaves = [X, Y]
    for k in range(3):
        leaves.append(rng.normal(size=(n[k], n[k + 1])) / np.sqrt(n[k]))
        leaves.append(rng.normal(size=n[k + 1]) / 10)
    return [np.ascontiguousarray(leaf, dtype=work.dtype) for leaf in leaves]


def graph(work: Work) -> gd.Graph:
    """Return the network as a graph, with its leaves in the order of the arrays."""
    g = gd.Graph("network of three layers")
    X, Y, W1, b1, W2, b2, W3, b3 = (
        (g.parameter if name in PARAMETERS else g.input)(name, value)
        for name, value in zip(LEAVES, arrays(work), strict=True)
    )
    a1 = g.node("a1", gd.tanh(X @ W1 + b1))
    a2 = g.node("a2", gd.tanh(a1 @ W2 + b2))
    z = g.node("z", a2 @ W3 + b3)
    g.node("L", gd.cross_entropy_with_logits(z, Y))
    return g


def contests(quick: bool) -> Iterator[Contest]:
    """Return one contest for each size."""
    for work in QUICK if quick else WORKS:
        yield contest(work)


def contest(work: Work) -> Contest:
    """Return the contest of one size."""
    sizes, m, dtype, _, products = work
    leaves = arrays(work)
    goal = Goal(work.goal)
    layers, rows = "-".join(map(str, sizes)), f"{m} row{'s' * (m > 1)}"

    def by_hand() -> Callable[[], Any]:
        step = hand.one_row(sizes, dtype) if m == 1 else hand.batch(sizes, m, dtype)
        return partial(step, *leaves)

    def by_graphdiff(reuse: bool) -> Callable[[], Any]:
        return partial(compiled(graph(work), "L", reuse=reuse), *leaves)

    bound = Contestant(
        "the matrix products alone, NumPy", lambda: partial(hand.products(sizes, m, dtype), *leaves)
    )
    return Contest(
        f"network {layers}, {rows}, {np.dtype(dtype).name}, value and all gradients",
        [
            *([bound] if products else []),
            Contestant("NumPy by hand", by_hand, named),
            Contestant("graphdiff, buffers reused", lambda: by_graphdiff(True), named, goal),
            Contestant("graphdiff", lambda: by_graphdiff(False), named),
            Contestant("JAX", lambda: by_jax(leaves), flat, needs="jax"),
            Contestant("torch", lambda: by_torch(leaves), flat, needs="torch"),
            Contestant("autograd", lambda: by_autograd(leaves), flat, needs="autograd"),
        ],
        tolerance=1e-9 if dtype is np.float64 else 1e-4,
    )


def named(result: Any) -> list[Any]:
    """List the value and the gradients from a dict."""
    return in_order(result, PARAMETERS)


def flat(result: Any) -> list[Any]:
    """List the value and the gradients from a tuple."""
    return [result[0], *result[1]]

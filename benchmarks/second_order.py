"""Hessians and Jacobians, compiled, against closed forms written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import second_order_by_hand as hand
from contest import Contest, Contestant, Goal
from second_order_peers import by_jax, by_torch
from steps import compiled

import graphdiff as gd

Array = np.ndarray
DEPTH = 10


def contests(quick: bool) -> Iterator[Contest]:
    """Return each contest."""
    yield logistic(12 if quick else 400)
    for contest in (factorisation, factorisation_blocks):
        yield contest(*((6, 2) if quick else (200, 5)))
    yield first_layer(5 if quick else 20)
    for width in (5,) if quick else (20, 100):
        yield network_jacobian(width)


def one(result: Any) -> list[Any]:
    """List the only array."""
    return [result]


def graphdiff_rows(
    graph: Callable[[], gd.Graph],
    leaves: Sequence[Array],
    goal: float,
    fresh: bool = False,
    **options: Any,
) -> list[Contestant]:
    """Return graphdiff's two contestants; the one that does as the limit does has the goal."""

    def make(reuse: bool) -> Callable[[], Any]:
        return partial(compiled(graph(), reuse=reuse, **options), *leaves)

    return [
        Contestant(name, partial(make, reuse), one, Goal(goal) if reuse is not fresh else None)
        for name, reuse in (("graphdiff, buffers reused", True), ("graphdiff", False))
    ]


def peers(
    function: Callable[..., Any], leaves: Sequence[Any], wrt: int, kind: str
) -> list[Contestant]:
    """Return JAX's and torch's contestants."""
    return [
        Contestant("JAX", lambda: by_jax(function, leaves, wrt, kind), list, needs="jax"),
        Contestant("torch", lambda: by_torch(function, leaves, wrt, kind), list, needs="torch"),
    ]


def logistic_graph(X: Array, y: Array, w: Array) -> gd.Graph:
    """Return logistic regression as a graph."""
    g = gd.Graph("logistic regression")
    data, target, weights = g.input("X", X), g.input("y", y), g.parameter("w", w)
    g.node("L", gd.binary_cross_entropy_with_logits(data @ weights, target))
    return g


def factorisation_graph(T: Array, U: Array, V: Array) -> gd.Graph:
    """Return ‖T − UVᵀ‖² as a graph."""
    g = gd.Graph("matrix factorisation")
    target, left, right = g.input("T", T), g.parameter("U", U), g.parameter("V", V)
    g.node("L", gd.squared_error(left @ right.T, target))
    return g


def logistic(n: int) -> Contest:
    """Return the Hessian of logistic regression, 2n rows and n weights."""
    rng = np.random.default_rng(4)
    X, w = rng.normal(size=(2 * n, n)), rng.normal(size=n) / np.sqrt(n)
    y = (rng.random(2 * n) < 0.5).astype(float)
    leaves = [X, y, w]

    def loss(xp: Any, X: Any, y: Any, w: Any) -> Any:
        z = X @ w
        return xp.mean(xp.logaddexp(z, xp.zeros_like(z)) - y * z)

    step = hand.logistic_hessian(2 * n, n)
    return Contest(
        f"Hessian of logistic regression, {2 * n} × {n}",
        [
            Contestant("Xᵀ diag(v) X by hand", lambda: partial(step, *leaves), one),
            *graphdiff_rows(
                lambda: logistic_graph(*leaves), leaves, 1.5, output="L", wrt="w", form="hessian"
            ),
            *peers(loss, leaves, 2, "hessian"),
        ],
    )


def factorisation(n: int, r: int) -> Contest:
    """Return the Hessian of ‖T − UVᵀ‖² in U, all its zeros written out in a new array."""
    rng = np.random.default_rng(5)
    leaves = [rng.normal(size=shape) for shape in ((n, n), (n, r), (n, r))]

    def graph() -> gd.Graph:
        return factorisation_graph(*leaves)

    def loss(_xp: Any, T: Any, U: Any, V: Any) -> Any:
        return ((T - U @ V.T) ** 2).sum()

    return Contest(
        f"Hessian of ‖T − UVᵀ‖² in U, n = {n}, rank {r}",
        [
            Contestant(
                "closed form by hand, dense",
                lambda: partial(hand.factorisation_hessian, *leaves),
                one,
            ),
            *graphdiff_rows(graph, leaves, 2, fresh=True, output="L", wrt="U", form="hessian"),
            *peers(loss, leaves, 1, "hessian"),
        ],
    )


def factorisation_blocks(n: int, r: int) -> Contest:
    """Return the same Hessian by its blocks: 2 VᵀV, once for all rows of U."""
    rng = np.random.default_rng(5)
    leaves = [rng.normal(size=shape) for shape in ((n, n), (n, r), (n, r))]
    options = {"output": "L", "wrt": "U", "form": "hessian_blocks"}

    def by_graphdiff() -> Callable[[], Any]:
        return partial(compiled(factorisation_graph(*leaves), **options), *leaves)

    return Contest(
        f"the same Hessian by its blocks alone, n = {n}, rank {r}",
        [
            Contestant("2 VᵀV by hand", lambda: partial(hand.factorisation_blocks, leaves[2]), one),
            Contestant("graphdiff", by_graphdiff, lambda found: list(found.values())),
        ],
    )


def weights(width: int) -> list[Array]:
    """Return the weights of the deep network."""
    rng = np.random.default_rng(6)
    return [rng.normal(size=(width, width)) / np.sqrt(width) for _ in range(DEPTH)]


def deep(width: int, W: Sequence[Array], loss: bool) -> gd.Graph:
    """Return the network a_k = tanh(W_k a_{k−1}) as a graph, with its squared error or without."""
    g = gd.Graph("deep network")
    a = g.input("x", inputs(width)[0])
    y = g.input("y", inputs(width)[1]) if loss else None
    for k, Wk in enumerate(W, 1):
        a = g.node(f"a{k}", gd.tanh(g.parameter(f"W{k}", Wk) @ a))
    if y is not None:
        g.node("L", gd.squared_error(a, y))
    return g


def inputs(width: int) -> tuple[Array, Array]:
    """Return the network's input and its target."""
    x, y = np.random.default_rng(7).normal(size=(2, width))
    return x, y


def first_layer(width: int) -> Contest:
    """Return the Hessian of the deep network's loss in its first layer's weights."""
    W, (x, y) = weights(width), inputs(width)
    step = hand.first_layer_hessian(DEPTH, width)

    def loss(xp: Any, first: Any, x: Any, y: Any, others: Any) -> Any:
        a = xp.tanh(first @ x)
        for Wk in others:
            a = xp.tanh(Wk @ a)
        return ((a - y) ** 2).sum()

    options = {"output": "L", "wrt": "W1", "form": "hessian"}
    return Contest(
        f"Hessian of a {DEPTH}-layer tanh network's loss in its first weights, width {width}",
        [
            Contestant("NumPy by hand", lambda: partial(step, x, y, W), one),
            *graphdiff_rows(lambda: deep(width, W, True), [x, y, *W], 1.5, **options),
            *peers(loss, [W[0], x, y, W[1:]], 0, "hessian"),
        ],
    )


def network_jacobian(width: int) -> Contest:
    """Return the Jacobian of the deep network's output in its input."""
    W, (x, _) = weights(width), inputs(width)
    step = hand.network_jacobian(DEPTH, width)

    def output(xp: Any, x: Any, *W: Any) -> Any:
        for Wk in W:
            x = xp.tanh(Wk @ x)
        return x

    options = {"output": f"a{DEPTH}", "wrt": "x", "form": "jacobian"}
    return Contest(
        f"Jacobian of a {DEPTH}-layer tanh network's output in its input, width {width}",
        [
            Contestant("NumPy by hand", lambda: partial(step, x, *W), one),
            *graphdiff_rows(lambda: deep(width, W, False), [x, *W], 1.2, **options),
            *peers(output, [x, *W], 0, "jacrev"),
        ],
    )

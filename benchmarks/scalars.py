"""The linear regression of eight scalar nodes: a value and two gradients by one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from contest import Contest, Contestant, Goal
from steps import compiled, in_order

import graphdiff as gd

POINT = (1.5, 2.25, 5.125, 0.75)
NAMES = ("w", "b")


def graph() -> gd.Graph:
    """Return the graph, with its leaves in the order of the point."""
    g = gd.Graph("linear regression")
    x, y, w, b = g.input("x", 1), g.input("y", 2), g.parameter("w", 5), g.parameter("b", 1)
    u = g.node("u", x * w)
    yhat = g.node("yhat", u + b)
    e = g.node("e", yhat - y)
    g.node("L", e**2)
    return g


def by_hand(x: float, y: float, w: float, b: float) -> tuple[float, dict[str, float]]:
    """Return what the compiled step returns, written by hand."""
    e = x * w + b - y
    g = 2.0 * e
    return e * e, {"w": g * x, "b": g}


def contests(quick: bool) -> Iterator[Contest]:
    """Return the family's one contest; it has one size."""
    del quick
    yield Contest(
        "linear regression of 8 nodes, value and gradients in w and b",
        [
            Contestant("Python by hand", lambda: partial(by_hand, *POINT), ordered),
            Contestant("graphdiff", positional, ordered, Goal(3)),
            Contestant("graphdiff, values by name", named, ordered),
            Contestant("CasADi, through raw buffers", casadi_buffers, needs="casadi", read=list),
            Contestant("CasADi", casadi_call, needs="casadi", read=list),
            Contestant("JAX", by_jax, read=flat, needs="jax"),
            Contestant("micrograd", by_micrograd, read=list, needs="micrograd"),
            Contestant("torch", by_torch, read=list, needs="torch"),
            Contestant("autograd", by_autograd, read=flat, needs="autograd"),
        ],
    )


def ordered(result: Any) -> list[Any]:
    """List the value and the two gradients."""
    return in_order(result, NAMES)


def flat(result: Any) -> list[Any]:
    """List a value and a tuple of gradients."""
    return [result[0], *result[1]]


def positional() -> Callable[[], Any]:
    """Return graphdiff's step, called with values in order."""
    return partial(compiled(graph(), "L"), *POINT)


def named() -> Callable[[], Any]:
    """Return graphdiff's step, called with values by name."""
    return partial(compiled(graph(), "L"), **dict(zip("xywb", POINT, strict=True)))


def casadi_function() -> Any:
    """Return CasADi's function from the four leaves to value and gradients."""
    import casadi

    x, y, w, b = (casadi.SX.sym(name) for name in "xywb")
    loss = (x * w + b - y) ** 2
    outputs = [loss, casadi.gradient(loss, w), casadi.gradient(loss, b)]
    return casadi.Function("step", [x, y, w, b], outputs)


def casadi_call() -> Callable[[], Any]:
    """Return CasADi's function, called with floats."""
    return partial(casadi_function(), *POINT)


def casadi_buffers() -> Callable[[], Any]:
    """Return CasADi's function reading and writing memory of ours; nothing is converted."""
    buffer, trigger = casadi_function().buffer()
    given, found = np.array(POINT), np.empty(3)
    for k in range(4):
        buffer.set_arg(k, memoryview(given[k : k + 1]))
    for k in range(3):
        buffer.set_res(k, memoryview(found[k : k + 1]))

    def call(trigger: Any = trigger, keep: Any = buffer, found: np.ndarray = found) -> np.ndarray:
        trigger()
        return found

    return call


def by_jax() -> Callable[[], Any]:
    """Return JAX's compiled value and gradients, waited for."""
    import jax

    step = jax.jit(jax.value_and_grad(lambda x, y, w, b: (x * w + b - y) ** 2, argnums=(2, 3)))
    return lambda: jax.block_until_ready(step(*POINT))


def by_micrograd() -> Callable[[], Any]:
    """Return micrograd's graph, built and swept at each call as it is meant to be."""
    from micrograd.engine import Value

    def call() -> tuple[float, float, float]:
        x, y, w, b = map(Value, POINT)
        loss = (x * w + b - y) ** 2
        loss.backward()
        return loss.data, w.grad, b.grad

    return call


def by_torch() -> Callable[[], Any]:
    """Return torch's eager value and gradients."""
    import torch

    x, y = (torch.tensor(value, dtype=torch.float64) for value in POINT[:2])
    w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in POINT[2:])

    def call() -> tuple[float, float, float]:
        loss = (x * w + b - y) ** 2
        in_w, in_b = torch.autograd.grad(loss, (w, b))
        return loss.item(), in_w.item(), in_b.item()

    return call


def by_autograd() -> Callable[[], Any]:
    """Return autograd's value and gradients."""
    from autograd import value_and_grad

    step = value_and_grad(lambda x, y, w, b: (x * w + b - y) ** 2, argnum=(2, 3))
    return partial(step, *POINT)

"""A chain of scalar nodes v = tanh(w v + b), each needing the last: value and two gradients."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from contest import Contest, Contestant, Goal
from fresh import seconds_of
from networks import casadi_on_buffers, micrograd_tanh
from steps import compiled, in_order

import graphdiff as gd

START, POINT = 0.5, (1.0001, 1e-5)
"""v at the start, and w and b, for which the gradients neither vanish nor explode."""


def graph(length: int) -> gd.Graph:
    """Return the chain as a graph."""
    g = gd.Graph("chain")
    v, w, b = g.input("v0", START), g.parameter("w", POINT[0]), g.parameter("b", POINT[1])
    for k in range(1, length + 1):
        v = g.node(f"v{k}", gd.tanh(w * v + b))
    return g


def contests(quick: bool) -> Iterator[Contest]:
    """Return the step, then building and compiling."""
    length = 100 if quick else 100_000
    # micrograd walks its graph by recursion
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10 * length))
    last = f"v{length}"
    yield Contest(
        f"chain of {length} nodes tanh(w*v + b), value and gradients in w and b",
        [
            Contestant("Python and NumPy by hand", lambda: partial(by_hand(length), *POINT), list),
            Contestant(
                "graphdiff",
                lambda: partial(compiled(graph(length), last), START, *POINT),
                lambda found: in_order(found, ("w", "b")),
                Goal(120, "ns"),
            ),
            Contestant(
                "graphdiff, jit=True",
                lambda: partial(compiled(graph(length), last, jit=True), START, *POINT),
                lambda found: in_order(found, ("w", "b")),
                Goal(30, "ns"),
                needs="numba",
            ),
            Contestant(
                "JAX, the loop rolled up by hand", lambda: by_jax(length), flat, needs="jax"
            ),
            Contestant(
                "CasADi, through raw buffers",
                lambda: partial(by_casadi(length), np.array(POINT)),
                lambda found: [found[0], *found[1]],
                needs="casadi",
            ),
            Contestant("micrograd", lambda: by_micrograd(length), list, needs="micrograd"),
        ],
        parts=(length, "step"),
    )
    yield Contest(
        f"chain of {length} nodes: build, compile and first call",
        [
            Contestant("graphdiff", lambda: new_process("graphdiff", length), goal=Goal(0.7, "s")),
            Contestant("CasADi", lambda: new_process("casadi", length), needs="casadi"),
        ],
        quantity="seconds",
    )


def by_hand(length: int) -> Callable[..., Any]:
    """Return the step written by hand.

    Forward is a loop in Python. With aₖ' = 1 − vₖ², what goes back from step to step is
    Pₖ₋₁ = Pₖ aₖ' w: a running product, in one call of NumPy. ∂/∂w = Σ Pₖ aₖ' vₖ₋₁ and
    ∂/∂b = Σ Pₖ aₖ'.
    """
    values, slopes, back = np.empty(length + 1), np.empty(length), np.empty(length)
    reversed_slopes, reversed_values, tanh = slopes[::-1], values[-2::-1], math.tanh
    values[0] = START

    def step(w: float, b: float) -> tuple[float, float, float]:
        v = START
        forward = [v := tanh(w * v + b) for _ in itertools.repeat(None, length)]
        values[1:] = forward
        np.multiply(values[1:], values[1:], slopes)
        np.subtract(1.0, slopes, slopes)
        np.multiply(reversed_slopes, w, back)
        back[0] = slopes[-1]
        np.multiply.accumulate(back, 0, None, back)  # Pₖ aₖ', the last step's first
        return v, float(reversed_values.dot(back)), float(back.sum())

    return step


def by_jax(length: int) -> Callable[[], Any]:
    """Return JAX's step with the loop written as one scan."""
    import jax
    import jax.numpy as jnp

    def last(w: Any, b: Any) -> Any:
        def once(v: Any, _: None) -> tuple[Any, None]:
            return jnp.tanh(w * v + b), None

        return jax.lax.scan(once, jnp.asarray(START), None, length=length)[0]

    step = jax.jit(jax.value_and_grad(last, argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(*POINT))


def flat(result: Any) -> list[Any]:
    """List a value and a tuple of gradients."""
    return [result[0], *result[1]]


def by_casadi(length: int) -> Callable[[np.ndarray], Any]:
    """Build and compile the chain with CasADi, node by node."""
    import casadi

    theta = casadi.SX.sym("theta", 2)
    w, b = casadi.vertsplit(theta)
    v = casadi.SX(START)
    for _ in range(length):
        v = casadi.tanh(w * v + b)
    return casadi_on_buffers(casadi.Function("step", [theta], [v, casadi.gradient(v, theta)]), 2)


def by_micrograd(length: int) -> Callable[[], Any]:
    """Return micrograd's step."""
    from micrograd.engine import Value

    def step() -> tuple[float, float, float]:
        v, w, b = Value(START), *map(Value, POINT)
        for _ in range(length):
            v = micrograd_tanh(w * v + b)
        v.backward()
        return v.data, w.grad, b.grad

    return step


def new_process(library: str, length: int) -> Callable[[], float]:
    """Return the measure of building and compiling in a new process."""
    return lambda: seconds_of("chain", "build", library, str(length))


def build(library: str, length: str) -> Callable[[], Any]:
    """Return what is timed in a new process."""
    if library == "casadi":
        import casadi  # noqa: F401  (the import is not timed)

        return lambda: by_casadi(int(length))(np.array(POINT))
    gd.Graph()  # nor is what graphdiff imports when it is first used
    return lambda: compiled(graph(int(length)), f"v{length}")(START, *POINT)

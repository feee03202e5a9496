"""Compiled programs beside the literal sweeps."""

from __future__ import annotations

from typing import Any

import numpy as np
from closeness import close, terms_of

import graphdiff as gd

EXACTLY_ENOUGH = 1e-10
SINGLE = 2e-3
"""How far float32 may be off, after some operations."""


def agree(graph: gd.Graph, output: Any, step: Any, values: Any = None, tolerance=EXACTLY_ENOUGH):
    """Assert that a step computes what the literal sweeps do, for values of leaves."""
    run = graph.backward(output, values)
    value, gradients = step(values) if values else step()
    terms = terms_of(run)
    close(value, run.value[graph[output].name], tolerance, "value")
    for name, gradient in gradients.items():
        close(gradient, run.gradient[name], tolerance, name, terms=terms[name])
    return value, gradients


def loss_of(graph: gd.Graph, node: Any) -> gd.Node:
    """Add a scalar that depends on every entry of a node, each with another weight."""
    weights = graph.input("weights", ramp(node.shape))
    return graph.node("loss", (gd.atan(node) * weights).sum())


def ramp(shape: tuple[int, ...]) -> Any:
    """Return numbers that are all different."""
    size = int(np.prod(shape))
    values = np.linspace(0.5, 1.5, size) if size > 1 else np.full(1, 0.75)
    return values.reshape(shape) if shape else float(values[0])


def singles(values: dict[str, Any]) -> dict[str, Any]:
    """Return values in float32."""
    return {name: np.float32(value) if np.ndim(value) == 0 else np.asarray(value, np.float32)
            for name, value in values.items()}  # fmt: skip


def held(graph: gd.Graph) -> dict[str, Any]:
    """Return the values of the leaves."""
    return {leaf.name: leaf.value for leaf in graph.leaves}


def network(rows: int = 5, seed: int = 0) -> gd.Graph:
    """Return a small network: arrays in every place, fan-out, a loss."""
    r = np.random.default_rng(seed)
    g = gd.Graph()
    X, Y = g.input("X", r.normal(size=(rows, 4))), g.input("Y", r.normal(size=(rows, 2)))
    W, b = g.parameter("W", r.normal(size=(4, 3))), g.parameter("b", r.normal(size=3))
    V, c = g.parameter("V", r.normal(size=(3, 2))), g.parameter("c", 0.5)
    h = g.node("h", gd.relu(X @ W + b))
    z = g.node("z", gd.tanh(h @ V) * c + h.mean())
    g.node("L", ((z - Y) ** 2).mean())
    return g


def arrays_in(result: Any) -> list[np.ndarray]:
    """Return all arrays of a result."""
    if isinstance(result, dict):
        return [array for part in result.values() for array in arrays_in(part)]
    if isinstance(result, tuple):
        return [array for part in result for array in arrays_in(part)]
    return [result] if isinstance(result, np.ndarray) else []

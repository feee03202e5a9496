"""Graphs to take elsewhere, and their values and gradients by the literal evaluator."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from closeness import close
from tensor_cases import CASES, Case, graph_of, values_for

import graphdiff as gd
from graphdiff.language.expression import apply
from graphdiff.language.functions import CATALOGUE, Function

CASES = CASES
NAMES = tuple(CATALOGUE)
KINKED = tuple(name for name, function in CATALOGUE.items() if function.kinks)


def loss_of(case: Case) -> gd.Graph:
    """Return a case with the loss L, the sum of the squares of f."""
    graph = graph_of(case, values_for(case))
    f = graph["f"]
    graph.node("L", gd.sum(f * f) if f.shape else f * f)
    return graph


def applied(function: Function, values: list[Any]) -> gd.Graph:
    """Return the graph of a function of scalars: leaves a, b, … and the node f."""
    graph = gd.Graph()
    leaves = [graph.parameter("abc"[k], value) for k, value in enumerate(values)]
    graph.node("f", apply(function, *leaves))
    return graph


def inside(name: str) -> gd.Graph:
    """Return a function of the catalogue at a point in its domain."""
    function = CATALOGUE[name]
    return applied(function, [(low + 2 * high) / 3 for low, high in function.sample_domain])


def at_kinks(name: str) -> list[tuple[gd.Graph, list[float]]]:
    """Return a function at each of its kinks, with the partials declared there."""
    function = CATALOGUE[name]
    return [
        (applied(function, [float(part) for part in point]), [float(p) for p in partials])
        for point, partials in function.kinks.items()
    ]


def network(dtype: type = np.float64) -> tuple[gd.Graph, dict[str, Any]]:
    """Return a classifier with names that are no identifiers in ASCII, and values for it."""
    generator = np.random.default_rng(7)
    values: dict[str, Any] = {
        "X": generator.normal(size=(5, 3)), "W_1": generator.normal(size=(4, 3)),
        "β": generator.normal(size=4), "W_2": generator.normal(size=(2, 4)),
        "y": np.eye(2)[[0, 1, 1, 0, 1]],
    }  # fmt: skip
    graph = gd.Graph("network")
    X, y = graph.input("X", values["X"]), graph.input("y", values["y"])
    W_1, b = graph.parameter("W_1", values["W_1"]), graph.parameter("β", values["β"])
    W_2 = graph.parameter("W_2", values["W_2"])
    h = graph.node("ĥ", gd.tanh(X @ W_1.T + b))
    graph.node("L", gd.cross_entropy_with_logits(h @ W_2.T, y))
    return graph, {name: value.astype(dtype) for name, value in values.items()}


def own_functions() -> gd.Graph:
    """Return a graph with functions of one's own, with a kernel and without."""
    x = sp.Symbol("x", real=True)
    bump = gd.function("bump", sp.exp(-(x**2)))
    hat = gd.function(
        "hat", sp.Piecewise((1 - x, x > 0), (1 + x, True)), kernel=lambda v: 1 - np.abs(v)
    )
    graph = gd.Graph()
    w = graph.parameter("w", [0.5, -0.25, 2.0])
    graph.node("L", gd.sum(bump(w) * hat(w)))
    return graph


def without_formula() -> gd.Graph:
    """Return a graph with a function whose formula is not made of the catalogue's."""
    x = sp.Symbol("x", positive=True)
    factorial = gd.function(
        "factorial", sp.gamma(x + 1), kernel=lambda v: v, derivative=lambda v: v
    )
    graph = gd.Graph()
    graph.node("L", factorial(graph.parameter("w", 2)))
    return graph


def agrees(exported: Any, graph: gd.Graph, output: str) -> None:
    """Check value and gradients of an exported program against the literal evaluator."""
    run = graph.backward(output)
    value, gradients = exported
    close(value, run.value[output])
    assert list(gradients) == [leaf.name for leaf in graph.parameters]
    for name, gradient in gradients.items():
        close(gradient, run.gradient[name])

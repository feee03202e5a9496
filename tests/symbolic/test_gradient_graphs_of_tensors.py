"""Gradient graphs of tensors: against the sweep, and against differences of it."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from counting import at_most
from gradient_graphs import agrees_with_backward, there_and_back
from hypothesis import given, settings
from tensor_cases import CASES, graph_of, values_for
from tensor_strategies import graphs

import graphdiff as gd
from graphdiff.errors import GraphError

STEP = 1e-5
SECOND = ("matmul", "layer-batch", "softmax", "ce-logits", "cross-entropy", "inv", "norm", "max",
          "layer_norm", "attention", "repeated", "power", "relu", "index", "concatenate")  # fmt: skip


def scalar_of(graph):
    """The output as a sum of its entries with different weights."""
    f = graph["f"]
    weights = np.round(np.random.default_rng(3).uniform(-2, 2, f.shape), 2)
    return graph.node("L", f * weights if not f.shape else (f * weights).sum()).name


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_functions_of_tensors(case, tmp_path):
    graph = graph_of(case, values_for(case, seed=2))
    added = agrees_with_backward(graph, scalar_of(graph))
    try:
        there_and_back(added, tmp_path)
    except GraphError as error:
        assert "uses 'scatter', which has no name" in str(error)
        assert case.name.startswith(("conv", "max_pool", "avg_pool", "index-pairs"))


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.name.startswith(SECOND)], ids=lambda case: case.name
)
def test_second_derivatives_of_tensors(case):
    graph = graph_of(case, values_for(case, seed=2))
    product_agrees_with_differences(graph, scalar_of(graph), graph.leaves[0])


def product_agrees_with_differences(graph, output, leaf):
    """∂/∂leaf of ⟨∂L/∂leaf, V⟩ by the graph and by differences of the sweep."""
    added = graph.gradient_graph(output)
    V = np.round(np.random.default_rng(4).uniform(-1, 1, leaf.shape), 2)
    P = added[f"d{output}_d{leaf.name}"]
    s = added.node("s", (P * V).sum() if P.shape else P * V)
    twice = agrees_with_backward(added, s.name)
    found = twice.forward().value[f"ds_d{leaf.name}"]
    at = np.asarray(leaf.value, float)
    there, back = (
        graph.backward(output, {leaf.name: at + sign * STEP * V}).gradient[leaf.name]
        for sign in (1, -1)
    )
    close(found, (there - back) / (2 * STEP), 1e-6, leaf.name)
    return twice


def test_third_derivatives_of_tensors():
    """A tanh layer with softmax and cross-entropy and an entry picked, three times in W."""
    graph = gd.Graph()
    W = graph.parameter("W", [[0.5, -0.25], [1, 0.75], [-0.5, 0.25]])
    z = graph.node("z", W @ graph.input("x", [1, -2]))
    a = graph.node("a", gd.tanh(z))
    graph.node("L", gd.cross_entropy_with_logits(a, graph.input("y", [0, 1, 0])) + a[1])
    once = graph.gradient_graph("L")
    t = once.node("t", (once["dL_dW"] * [[1, 2], [0, 1], [3, -1]]).sum())
    product_agrees_with_differences(once, t.name, once["W"])


@given(graphs())
@settings(max_examples=settings.default.max_examples // 2)
def test_random_graphs_of_tensors(graph):
    last = graph.nodes[-1]
    weights = np.round(np.linspace(-1, 2, last.size).reshape(last.shape), 3) if last.shape else 2
    output = graph.node("L", (last * weights).sum() if last.shape else last * 2).name
    agrees_with_backward(graph, output, 1e-7)


def test_a_long_chain_of_vectors():
    graph = gd.Graph()
    u = graph.parameter("x", [0.5, 0.25])
    for k in range(500):
        u = graph.node(f"u{k}", gd.tanh(u))
    graph.node("L", u.sum())
    with at_most(calls=1.2e6):
        agrees_with_backward(graph, "L")


def test_a_norm_in_another_shape():
    graph = gd.Graph()
    x = graph.parameter("x", 2)
    u = graph.node("u", gd.norm(x * x + 1).reshape(1))
    graph.node("L", (u * [3]).sum())
    agrees_with_backward(graph, "L")

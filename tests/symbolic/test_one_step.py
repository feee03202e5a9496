"""Gradients in terms of the children: one step of the recursion, short in any graph."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close, terms_of
from hypothesis import HealthCheck, given, reject, settings
from strategies import graphs as scalar_graphs
from tensor_strategies import ANALYTIC, graphs

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphError, NumericalError


def values_of(run):
    """The values of the nodes, and δ of each."""
    return {**run.value, **{f"delta_{name}": run.gradient[name] for name in run.P}}


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=graphs(ANALYTIC))
def test_one_step_of_the_recursion_is_the_gradient(graph):
    L = graph.node("loss", gd.sum(graph.nodes[-1]))
    try:
        run = graph.backward(L)
    except NumericalError:
        reject()
    terms, at = terms_of(run), values_of(run)
    for node in graph.nodes:
        if node.name in graph.ancestors(L) and graph[node.name].shape:
            found = graph.gradient(L, node, "children").at(at)
            close(found, run.gradient[node.name], 1e-9, terms=terms.get(node.name, 1))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(graph=scalar_graphs())
def test_one_step_of_scalars_is_the_gradient(graph):
    L = graph.nodes[-1]
    try:
        run = graph.backward(L)
    except NumericalError:
        reject()
    at = {name: float(value) for name, value in values_of(run).items()}
    terms = terms_of(run)
    for name in graph.ancestors(L):
        found = graph.gradient(L, name, "children")
        number = float(found.subs({s: at[s.name] for s in found.free_symbols}))
        close(number, run.P[name], 1e-9, terms=terms.get(name, 1))


def test_backpropagation_through_time():
    g = gd.Graph()
    W, h = g.parameter("W", np.eye(2) / 2), g.input("h0", [1, 2])
    for t in range(1, 41):
        h = g.node(f"h{t}", gd.tanh(W @ h))
    L = g.node("L", (h * h).sum())
    assert str(g.gradient(L, "h39", "children")) == "W.T @ ((1 - h40**2)*delta_h40)"
    assert str(g.gradient(L, "h40", "children")) == "2*h40"
    found = g.gradient(L, W, "children")
    assert str(found).startswith("outer((1 - h1**2)*delta_h1, h0) + outer((1 - h2**2)*delta_h2")
    run = g.backward(L)
    np.testing.assert_allclose(found.at(values_of(run)), run.gradient["W"], rtol=1e-12)
    with pytest.raises(DerivationError, match="in_terms_of='nodes' or 'children'"):
        g.gradient(L, W, "leaves")


def test_the_ends_of_the_recursion():
    g = gd.Graph()
    x, other = g.parameter("x", 2), g.parameter("other", 3)
    y = g.node("delta_y", x**2)
    L = g.node("L", y * 3)
    assert g.gradient(L, L, "children") == 1
    assert g.gradient(L, other, "children") == 0
    assert str(g.gradient(L, x, "children")) == "2*delta_delta_y*x"
    with pytest.raises(GraphError, match="it must be 'nodes', 'leaves' or 'children'"):
        g.gradient(L, x, "child")

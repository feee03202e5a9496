"""Gradients, Jacobians and Hessians as formulas: right in numbers, and as one writes them."""

from __future__ import annotations

import numpy as np
import pytest
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphError

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def scalar_graph(case, seed=0):
    """Return the case with a scalar output that weighs every entry differently."""
    graph = graph_of(case, values_for(case, seed))
    f = graph["f"]
    weights = np.linspace(0.5, 1.5, f.size).reshape(f.shape) if f.shape else 0.75
    graph.node("s", gd.tanh(f * graph.input("weights", weights)))
    graph.node("L", graph["s"].sum())
    return graph


@EACH
@pytest.mark.parametrize("terms", ["nodes", "leaves"])
def test_gradients_have_the_values_of_the_sweep(case, terms):
    graph = scalar_graph(case)
    run = graph.backward("L")
    for leaf in graph.parameters:
        formula = graph.gradient("L", leaf, terms)
        assert formula.shape == leaf.shape
        np.testing.assert_allclose(
            formula.at(run.value), run.gradient[leaf.name], rtol=1e-8, atol=1e-11
        )


@EACH
def test_products_have_the_values_of_the_matrix(case):
    graph = graph_of(case, values_for(case))
    run, random = graph.backward("f"), np.random.default_rng(1)
    f = graph["f"]
    for leaf in graph.parameters:
        P = np.reshape(run.P[leaf.name], (f.size, leaf.size))
        c, v = random.normal(size=f.shape), random.normal(size=leaf.shape)
        backward = graph.vjp("f", leaf, "cotangent")
        found = backward.at({**run.value, "cotangent": c})
        np.testing.assert_allclose(np.ravel(found), np.ravel(c) @ P, rtol=1e-8, atol=1e-10)
        forward = graph.jvp("f", leaf, "tangent").at({**run.value, "tangent": v})
        np.testing.assert_allclose(np.ravel(forward), P @ np.ravel(v), rtol=1e-8, atol=1e-10)


@EACH
def test_hessians_are_differences_of_gradients(case):
    graph = scalar_graph(case, seed=1)  # no two entries are equal
    values = {leaf.name: np.asarray(leaf.value, float) for leaf in graph.leaves}
    for leaf in graph.parameters:
        hessian = graph.hessian("L", leaf).at()
        for entry in range(leaf.size):
            moved = []
            for step in (1e-5, -1e-5):
                at = {name: value.copy() for name, value in values.items()}
                at[leaf.name].flat[entry] += step
                moved.append(np.ravel(graph.backward("L", at, wrt=leaf).gradient[leaf.name]))
            expected = (moved[0] - moved[1]) / 2e-5
            np.testing.assert_allclose(hessian[:, entry], expected, rtol=1e-4, atol=1e-6)


def network():
    graph = gd.Graph("network")
    x, y = graph.input("x", shape=("n",)), graph.input("y", shape=("k",))
    W1, b1 = graph.parameter("W1", shape=("h", "n")), graph.parameter("b1", shape=("h",))
    W2, b2 = graph.parameter("W2", shape=("k", "h")), graph.parameter("b2", shape=("k",))
    z1 = graph.node("z1", W1 @ x + b1)
    a1 = graph.node("a1", gd.tanh(z1))
    z2 = graph.node("z2", W2 @ a1 + b2)
    a2 = graph.node("a2", gd.sigmoid(z2))
    graph.node("L", ((a2 - y) ** 2).sum() / 2)
    return graph


def test_a_network_in_the_nodes_by_hand():
    graph = network()
    found = graph.gradient("L", ["W2", "b2", "W1", "b1"], "nodes")
    delta = "a2*(1 - a2)*(a2 - y)"
    assert str(found["b2"]) == delta
    assert str(found["W2"]) == f"outer({delta}, a1)"
    assert str(found["b1"]) == f"(1 - a1**2)*(W2.T @ ({delta}))"
    assert str(found["W1"]) == f"outer((1 - a1**2)*(W2.T @ ({delta})), x)"
    assert found["W1"].shape == graph["W1"].shape


def test_the_equations_of_a_lecture():
    lines = str(network().explain("L", "W1")).splitlines()
    lines = [line.strip() for line in lines]
    assert "delta_z1 = dL/dz1 = delta_a1*tanh'(z1) = (W2.T @ delta_z2)*tanh'(z1)" in lines
    assert "dL/dW1 = outer(delta_z1, x)" in lines
    assert "P[z1] = P[a1]*J[z1->a1]   (1×h · h×h = 1×h)" in lines
    assert "P[W1] = P[z1]*J[W1->z1]   (1×h · h×(h·n) = 1×(h·n))" in lines
    derivation = network().explain("L", "b1").latex()
    assert r"\delta_{z_{1}}" in derivation


def test_a_batch_sums_over_its_rows():
    graph = gd.Graph()
    X, Y = graph.input("X", shape=("m", "n")), graph.input("Y", shape=("m", "k"))
    W, b = graph.parameter("W", shape=("k", "n")), graph.parameter("b", shape=("k",))
    Z = graph.node("Z", X @ W.T + b)
    graph.node("L", gd.squared_error(Z, Y))
    assert "dL/db = sum(delta_Z, axis=0)" in str(graph.explain("L", "b"))
    assert "dL/dW = delta_Z.T @ X" in str(graph.explain("L", "W"))
    assert str(graph.gradient("L", "W", "nodes")) == "2*((Z - Y).T @ X)"


def test_layouts():
    graph = network()
    assert str(graph.jacobian("z2", "a1", "nodes")) == "W2"
    assert str(graph.jacobian("z2", "a1", "nodes", layout="denominator")) == "W2.T"
    assert str(graph.local_jacobian("a1", "z2", layout="denominator").matrix) == "W2.T"
    assert graph.local_jacobian("W2", "z2").dimensions == (graph["z2"].size, graph["W2"].size)
    denominator = str(graph.explain("L", "b1", layout="denominator"))
    assert "P[z1] = J[z1->a1]*P[a1]   (h×h · h×1 = h×1)" in denominator
    with pytest.raises(GraphError, match=r"^the layout is 'both'; it must be 'numerator' or 'den"):
        graph.jacobian("z2", "a1", layout="both")


def test_local_jacobians():
    graph = network()
    assert str(graph.local_jacobian("x", "z1")) == "W1"
    assert str(graph.local_jacobian("z1", "a1")) == "diag(1 - a1**2)"
    assert str(graph.local_jacobian("W1", "z1")) == "delta_z1 -> outer(delta_z1, x)"
    assert str(graph.local_jacobian("b1", "z1")) == "eye(h)"


def test_what_there_is_no_notation_for():
    graph = network()
    with pytest.raises(DerivationError) as error:
        graph.jacobian("z1", "W1")
    assert str(error.value) == (
        "there is no matrix notation for dz1/dW1, shapes (h,) and (h, n); its products have "
        "formulas, vjp and jvp, and backward has its numbers"
    )
    with pytest.raises(GraphError, match=r"^'z1' has shape \(h,\), so it has no gradient but a"):
        graph.gradient("z1", "W1")
    with pytest.raises(GraphError, match=r"^'W1' is a node of the graph; name the vector by"):
        graph.vjp("z1", "x", "W1")
    with pytest.raises(GraphError, match=r"^'z1' is computed; take the Hessian in leaves"):
        graph.hessian("L", "z1")
    assert str(graph.gradient("L", "x", "nodes")).startswith("W1.T @ ")


def test_a_formula_may_be_a_node_again():
    graph = gd.Graph()
    A, x = graph.input("A", [[2.0, 1], [0, 3]]), graph.parameter("x", [1.0, -1])
    graph.node("L", x @ A @ x)
    gradient = graph.node("g", graph.gradient("L", "x").expression)
    run = graph.backward(gradient)
    np.testing.assert_allclose(run.P["x"], [[4, 1], [1, 6]])
    np.testing.assert_allclose(graph.hessian("L", "x").at(), [[4, 1], [1, 6]])


def test_a_missing_value_of_a_formula():
    graph = network()
    with pytest.raises(GraphError, match=r"^no value for '(x|W1)' in the formula$"):
        graph.gradient("L", "b1", "leaves").at({})


def test_not_connected():
    graph = network()
    graph.parameter("unused", shape=("n",))
    assert graph.gradient("L", "unused").names == ()
    assert "not connected" in str(graph.explain("L", "unused"))


def test_nodes_that_are_the_same_expression_count_apart():
    """A node that is another under a second name must not be counted twice."""
    graph = gd.Graph()
    x = graph.parameter("x", [1.0, 2.0])
    same = graph.node("same", +x)
    graph.node("L", (x * same).sum())
    run = graph.backward("L")
    for terms in ("nodes", "leaves"):
        found = graph.gradient("L", "x", terms).at(run.value)
        np.testing.assert_allclose(found, [2.0, 4.0])
    np.testing.assert_allclose(run.P["x"], [[2.0, 4.0]])


def test_layers_that_are_alike_share_one_local_function():
    graph = gd.Graph()
    a = graph.input("x", shape=(3,))
    for layer in range(1, 5):
        W = graph.parameter(f"W{layer}", shape=(3, 3))
        b = graph.parameter(f"b{layer}", shape=(3,))
        z = graph.node(f"z{layer}", W @ a + b)
        a = graph.node(f"a{layer}", gd.tanh(z))
    assert len({id(graph[f"z{layer}"].function) for layer in range(1, 5)}) == 1
    assert len({id(graph[f"a{layer}"].function) for layer in range(1, 5)}) == 1


def test_the_text_of_a_derivation_does_not_depend_on_the_width():
    texts = set()
    for width in (3, 300):
        graph = gd.Graph()
        x, W = graph.input("x", shape=(width,)), graph.parameter("W", shape=(2, width))
        graph.node("L", gd.tanh(W @ x).sum())
        texts.add(str(graph.gradient("L", "W")))
    assert texts == {"outer(1 - tanh(W @ x)**2, x)"}


def test_an_output_of_one_entry_has_a_gradient():
    graph = gd.Graph()
    W, x = graph.parameter("W", [[1.0, -2.0]]), graph.input("x", [3.0, 0.5])
    graph.node("z", gd.tanh(W @ x)[0:1])
    run = graph.backward("z")
    assert run.gradient["W"].shape == (1, 2)
    np.testing.assert_allclose(graph.gradient("z", "W").at(run.value), run.gradient["W"])
    assert "dz/dW = outer(" in str(graph.explain("z", "W"))


def test_a_node_called_delta():
    graph = network()
    graph.node("delta_z2", graph["z2"] * 2)
    assert "dL/dW2 = outer(delta_z2_, a1)" in str(graph.explain("L", "W2"))

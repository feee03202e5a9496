"""The letter of a tangent is never the name of a node."""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError


def product(name: str, *others: str) -> gd.Graph:
    """Return the graph of L = (x ∘ name) · (x ∘ x), in which other nodes are called so too."""
    graph = gd.Graph()
    x, v = graph.parameter("x", [1.0, 2.0, -1.5]), graph.parameter(name, [0.5, -1.0, 2.0])
    y = graph.node("y", x * v)
    for other in others:
        graph.input(other, 1)
    graph.node("L", (y * x * x).sum())
    return graph


@pytest.mark.parametrize(
    ("name", "others", "letter"),
    [("w", (), "v"), ("v", (), "dx"), ("v", ("dx",), "ddx"), ("dx", ("v",), "ddx")],
)
def test_a_hessian_takes_a_letter_that_is_free(name, others, letter):
    graph = product(name, *others)
    x, v = np.array(graph["x"].value), np.array(graph[name].value)
    second = graph.hessian("L", "x")
    assert second.tangent.name == letter
    assert np.allclose(second.at({}), np.diag(6 * x * v), rtol=1e-12, atol=0)


def test_a_jacobian_of_a_graph_with_such_a_node_is_right():
    graph = product("v")
    assert graph.jacobian("y", "x").text == "diag(v)"
    assert graph.jacobian("y", "v").text == "diag(x)"


@pytest.mark.parametrize(
    ("verb", "name"), [("jvp", "v"), ("vjp", "c")], ids=["tangent", "cotangent"]
)
def test_products_ask_for_another_letter(verb, name):
    graph = product(name)
    with pytest.raises(GraphError, match=f"'{name}' is a node of the graph; name the vector by an"):
        getattr(graph, verb)("y", "x")
    given = np.array([1.0, 10.0, 100.0])
    found = getattr(graph, verb)("y", "x", "t").at({**graph.forward().value, "t": given})
    assert np.allclose(found, given * np.array(graph[name].value), rtol=1e-12, atol=0)

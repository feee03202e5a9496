"""What index notation costs, and what it refuses."""

from __future__ import annotations

import re

import numpy as np
import pytest
from index_cases import jacobian, node_of

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphError, NumericalError
from graphdiff.symbolic.index_notation import local_jacobian_index
from graphdiff.symbolic.index_notation.derivation import derived

# What it costs


def network(width, samples):
    graph = gd.Graph()
    x = graph.input("X", shape=(samples, width))
    W, b = graph.parameter("W", shape=(width, width)), graph.parameter("b", shape=(width,))
    z = graph.node("Z", x @ W.T + b)
    a = graph.node("A", gd.tanh(z))
    s = graph.node("S", gd.softmax(a @ W))
    n = graph.node("N", gd.layer_norm(s, b)[1:].max(1))
    graph.node("y", gd.conv1d(n, [1, 2, 1], padding=1))
    return graph


@pytest.mark.slow
def test_the_text_does_not_depend_on_the_width():
    narrow, wide = (
        [jacobian(edge.child, edge.parent.name) for edge in network(*sizes).edges]
        for sizes in ((4, 5), (400, 5))
    )
    for few, many in zip(narrow, wide, strict=True):
        # Only a mean divides by the width itself.
        assert re.sub(r"\b4\b", "n", few.text) == re.sub(r"\b400\b", "n", many.text)
        assert len(few.text) < 800


def test_a_function_is_derived_once():
    derived.cache_clear()
    graph = gd.Graph()
    x = graph.input("x_0", shape=(3,))
    for layer in range(1, 6):
        W = graph.parameter(f"W_{layer}", shape=(3, 3))
        x = graph.node(f"x_{layer}", gd.tanh(W @ x))
    for edge in graph.edges:
        jacobian(edge.child, edge.parent.name)
    assert derived.cache_info().misses == 2


# What is refused


def centred(a):
    """A layer norm written out, which has no derivative in its own value."""
    rest = a - a.mean()
    return rest / gd.sqrt((rest**2).mean() + 1)


@pytest.mark.parametrize(
    ("build", "shape", "message"),
    [
        (lambda a: a[[k * k % 23 for k in range(20)]], (23,), "20 entries in no regular order"),
        (lambda a: centred(centred(centred(a))), (4,), "more than 800 parts"),
        (lambda a: sum((k + 1) * a[k % 3] for k in range(400)), (3,), "more than 500 operations"),
    ],
)
def test_what_no_person_could_read_is_refused(build, shape, message):
    with pytest.raises(DerivationError, match=message):
        jacobian(node_of(build, shape), "a")


@pytest.mark.slow
def test_values_that_do_not_fit():
    node = node_of(lambda W, x: W @ x, (2, 3), (3,), names="Wx", values=False)
    index = jacobian(node, "W")
    with pytest.raises(GraphError, match="no value for 'x' in the formula"):
        index.at({"W": np.ones((2, 3))})
    with pytest.raises(GraphError, match=r"'x' has shape \(2,\); it must be \(3,\)"):
        index.at({"W": np.ones((2, 3)), "x": np.ones(2)})
    letters = node_of(lambda x: x * x, ("n",), names="x", values=False)
    with pytest.raises(GraphError, match="letters"):
        jacobian(letters, "x").at({"x": np.ones(2)})
    large = node_of(lambda a: gd.sin(a), (2000,), values=False)
    with pytest.raises(NumericalError, match="2000000 numbers"):
        jacobian(large, "a").at({"a": np.ones(2000)})


def test_an_edge_that_is_not_there():
    node = node_of(lambda W, x: W @ x, (2, 3), (3,), names="Wx")
    graph = node.graph
    with pytest.raises(GraphError, match="no edge 'f' -> 'f'; the parents of 'f' are 'W', 'x'"):
        local_jacobian_index(graph, node, node)
    with pytest.raises(GraphError, match="'W' is a leaf"):
        local_jacobian_index(graph, node, graph["W"])

"""Sizes that are letters: what is given says what they are, for every way to compute."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.errors import GraphError

REFUSED = {
    "reshape", "broadcast_to", "scatter", "logdet", "logdet-stack",
    "conv1d", "conv1d-layer", "conv2d", "conv2d-batch", "max_pool1d", "max_pool2d", "avg_pool1d",
    "avg_pool2d", "array-constant", "prod_of_others", "cholesky",
}  # fmt: skip
"""Cases that are for the sizes they have, and windows."""

WITHOUT_FORMULA = {
    "prod", "prod-axis", "prod-axes", "cumprod", "cumprod-axis", "linear_scan",
    "linear_scan-reverse",
}  # fmt: skip
"""Cases whose derivative depends on how many entries there are."""


def lettered(case):
    """The case with a letter for each size, equal ones for equal sizes, and its values."""
    values = values_for(case)
    graph = gd.Graph()
    leaves = [
        graph.parameter("abcd"[k], shape=tuple(f"n{size}" if size > 1 else 1 for size in shape))
        for k, shape in enumerate(case.shapes)
    ]
    graph.node("f", case.build(*leaves))
    return graph, {leaf.name: value for leaf, value in zip(leaves, values, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_function_at_sizes_of_values(case):
    try:
        graph, values = lettered(case)
    except GraphError:
        assert case.name in REFUSED
        return
    assert case.name not in REFUSED
    plain = graph_of(case, values_for(case))
    for each in (graph, plain):
        each.node("L", gd.sin(each["f"]).sum() if each["f"].shape else gd.sin(each["f"]))
    expected = plain.backward("L")
    run = graph.backward("L", values)
    close(run.value["f"], expected.value["f"])
    value, gradients = graph.compile("L")(values)
    close(value, expected.value["L"])
    for name in values:
        close(run.gradient[name], expected.gradient[name])
        close(gradients[name], expected.gradient[name], 1e-9)
        if case.name in WITHOUT_FORMULA:
            with pytest.raises(GraphError, match="needs sizes that are numbers, but one is n"):
                graph.gradient("L", name)
        else:
            close(graph.gradient("L", name).at(values), expected.gradient[name], 1e-9)


@pytest.fixture
def graph():
    graph = gd.Graph()
    graph.input("x", shape=("n",))
    graph.input("y", shape=("n",))
    return graph


X = np.array([1.0, 2.0, 4.0])


def test_gradients_that_do_not_name_the_variable(graph):
    """The sizes come of the leaves, whether or not the formula has them."""
    graph.node("L", graph["x"].mean())
    found = graph.gradient("L", "x")
    assert found.names == ()
    close(found.at({"x": X}), np.full(3, 1 / 3))
    close(graph.gradient("L", "y").at({"x": X}), np.zeros(3))
    with pytest.raises(GraphError, match="no value says what size n is"):
        found.at({})


def test_losses_and_their_hessians(graph):
    x = graph["x"]
    graph.node("L", gd.mse(x, 0))
    close(graph.gradient("L", x).at({"x": X}), 2 * X / 3)
    for exact in (False, True):
        close(graph.hessian("L", x).at({"x": X}, exact=exact).astype(float), 2 * np.eye(3) / 3)
    pairs = graph.hessian("L", ["x", "y"])
    assert pairs["x", "y"].at({"x": X}).shape == (3, 3)
    close(graph.compile("L", "x", form="hessian")(X, None), 2 * np.eye(3) / 3)


@pytest.mark.parametrize("form", ["value", "jacobian"])
def test_matrices_of_a_letter(graph, form):
    x = graph["x"]
    graph.node("D", gd.diag(x) @ gd.eye("n") + gd.outer(gd.ones("n"), x))
    plain = gd.Graph()
    v = plain.input("x", X)
    plain.node("D", gd.diag(v) @ gd.eye(3) + gd.outer(gd.ones(3), v))
    found = graph.compile("D", x, form=form)({"x": X})
    close(found, plain.compile("D", v, form=form)())


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ((0,), "(m,)"), ((-1,), "(m,)"), ((slice(1, None),), "(n - 1, m)"),
        ((slice(None, -2),), "(n - 2, m)"), ((slice(1, -1), 0), "(n - 2,)"),
        ((slice(None, None, -1),), "(n, m)"), ((slice(None, 2),), "(2, m)"),
        ((slice(-3, None),), "(3, m)"), ((slice(None, None, 2),), "(ceiling(n/2), m)"),
        ((slice(None), [0, 2, 2]), "(n, 3)"), (([0, 1], [1, 2]), "(2,)"),
        ((None, Ellipsis, 1), "(1, n)"), (([[0, 1]],), "(1, 2, m)"),
        ((slice(1, None), None, [0, 1]), "(n - 1, 1, 2)"), (([0, 1], None, 0), "(2, 1)"),
    ],
)  # fmt: skip
def test_brackets(key, shape):
    graph = gd.Graph()
    a = graph.parameter("a", shape=("n", "m"))
    y = graph.node("y", a[key])
    assert "(" + ", ".join(map(str, y.shape)) + ("," * (y.ndim == 1)) + ")" == shape
    value = np.arange(20.0).reshape(5, 4)
    close(graph.forward({"a": value}).value["y"], value[key])
    graph.node("L", (y * y).sum())
    expected = np.zeros((5, 4))
    np.add.at(expected, key, 2 * value[key])
    close(graph.gradient("L", a).at({"a": value}), expected)
    close(graph.compile("L", a, form="gradient")(value), expected)
    close(graph.backward("L", {"a": value}).gradient[a], expected)


def test_sizes_made_of_letters():
    graph = gd.Graph()
    x = graph.input("x", shape=("t*d",))
    y = graph.input("y", shape=("t", "2*d + 1"))
    z = graph.node("z", x.reshape("t", "d") @ gd.ones("d", 2) * y[:, :2])
    values = {"x": np.arange(6.0), "y": np.ones((3, 5))}
    close(graph.forward(values).value[z], np.repeat([[1.0], [5.0], [9.0]], 2, axis=1))
    with pytest.raises(GraphError, match=r"size 2\*d \+ 1 is 7 in 'x' and 5 in 'y'"):
        graph.forward(values | {"x": np.arange(9.0)})
    with pytest.raises(GraphError, match=r"size 2\*d \+ 1 is 5 in 'x' and 4 in 'y'"):
        graph.forward(values | {"y": np.ones((3, 4))})
    with pytest.raises(GraphError, match=r"size d\*t of 'x' is 8, which it is for no whole"):
        graph.forward(values | {"x": np.arange(8.0)})
    for wrong in ("t*", "t-1", "2*3", "t**2", "0", "a b", ""):
        with pytest.raises(GraphError, match="a size is a whole number from 0, or a letter"):
            graph.input("w", shape=(wrong,))


def test_samples_of_letters(graph):
    graph.node("L", gd.sin(graph["x"]).sum())
    some = np.stack([X, 2 * X])
    run = graph.backward("L", {"x": some, "y": X})
    close(run.gradient[graph["x"]], np.cos(some))
    close(graph.compile("L", "x", form="gradient")({"x": some, "y": X}), np.cos(some))


def test_what_other_nodes_need_is_not_asked_for(graph):
    z = graph.input("z", shape=("m",))
    graph.node("far", z @ gd.ones("m"))
    graph.node("L", (graph["x"] ** 2).sum())
    close(graph.compile("L", "x", form="gradient")({"x": X}), 2 * X)


def test_refusals(graph):
    graph.node("L", graph["x"] @ graph["y"])
    with pytest.raises(GraphError, match=r"size n is 3 in 'x' and 2 in 'y'"):
        graph.forward(x=X, y=[1.0, 2.0])
    with pytest.raises(GraphError, match=r"has shape \(\); the node's is \(n,\)"):
        graph.forward(x=1.0, y=X)
    with pytest.raises(GraphError, match="cannot be kept"):
        graph.input("z", X, shape=("n",))
    with pytest.raises(GraphError, match="chooses no entry"):
        again = gd.Graph()
        again.node("y", again.input("x", shape=("n",))[1:])
        again.forward(x=[1.0])

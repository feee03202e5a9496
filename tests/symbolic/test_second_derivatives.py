"""The pullback is an expression, so it can be a node and be differentiated again."""

from __future__ import annotations

import numpy as np
import pytest
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.local_functions.pullback import pullback
from graphdiff.testing import check_graph, check_tensors

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
STEP = 1e-5
TOO_LONG = ("attention",)  # for exact numbers: sums of products of many exponentials
THIRD = ("matmul-matrices", "softmax", "logsumexp", "norm", "inv", "logdet", "layer_norm",
         "mse", "bce-logits", "arithmetic", "power", "attention", "repeated", "var")  # fmt: skip


def cotangent_for(shape):
    generator = np.random.default_rng(7)
    return np.round(generator.uniform(-2, 2, shape) * 16) / 16 + 1 / 64


def unfolded(case, values, leaf):
    """The graph whose node is the gradient of the case, as one expression of the leaves."""
    graph = gd.Graph(case.name)
    leaves = [graph.parameter("abcd"[k], value) for k, value in enumerate(values)]
    f = case.build(*leaves)
    cotangent = graph.input("cotangent", cotangent_for(f.shape))
    (back,) = pullback(f, cotangent, [graph[leaf]])
    if back is None:
        return None
    graph.node("gradient", back)
    return graph


def as_matrix(run, leaf):
    found = np.asarray(run.P[leaf.name], dtype=object).astype(np.float64)
    return found.reshape(run.graph[run.output].size, leaf.size)


def differences(graph, leaf, output):
    columns = []
    for entry in range(leaf.size):
        moved = []
        for step in (STEP, -STEP):
            value = np.array(leaf.value, np.float64)
            value.flat[entry] += step
            moved.append(np.ravel(graph.forward({leaf.name: value}).value[output]))
        columns.append((moved[0] - moved[1]) / (2 * STEP))
    return np.stack(columns, -1)


@EACH
def test_the_jacobian_of_the_gradient(case):
    values = values_for(case, seed=2)
    for name in "abcd"[: len(values)]:
        graph = unfolded(case, values, name)
        if graph is None:
            continue
        run = graph.backward("gradient")
        exact = run if case.name in TOO_LONG else graph.backward("gradient", exact=True)
        for leaf in graph.leaves:
            found, expected = as_matrix(run, leaf), differences(graph, leaf, "gradient")
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6, err_msg=leaf.name)
            np.testing.assert_allclose(found, as_matrix(exact, leaf), rtol=1e-9, atol=1e-11)


@EACH
def test_to_many_digits(case):
    check_tensors(case.build, *case.shapes, points=1, seed=5)


@EACH
def test_the_gradient_is_the_sweep(case):
    """The pullback of a cotangent is the cotangent times P."""
    values = values_for(case, seed=3)
    graph = graph_of(case, values)
    run = graph.backward("f")
    cotangent = np.ravel(cotangent_for(graph["f"].shape))
    for leaf in graph.leaves:
        gradient = unfolded(case, values, leaf.name)
        found = 0.0 if gradient is None else gradient.forward().value["gradient"]
        expected = (cotangent @ as_matrix(run, leaf)).reshape(leaf.shape)
        np.testing.assert_allclose(found + 0 * expected, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", THIRD)
def test_third_derivatives(name):
    (case,) = (case for case in CASES if case.name == name)
    values = values_for(case, seed=4)
    graph = gd.Graph()
    leaves = [graph.parameter("abcd"[k], value) for k, value in enumerate(values)]
    f = case.build(*leaves)
    first = graph.input("first", cotangent_for(f.shape))
    (gradient,) = pullback(f, first, [leaves[0]])
    second = graph.input("second", cotangent_for(gradient.shape))
    found = [back for back in pullback(gradient, second, leaves) if back is not None]
    graph.node("third", found[-1])
    check_graph(graph, wrt=leaves)
    for leaf in leaves:
        found = as_matrix(graph.backward(), leaf)
        np.testing.assert_allclose(
            found, differences(graph, leaf, "third"), rtol=1e-4, atol=1e-4, err_msg=leaf.name
        )


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in ("softmax", "inv", "det", "repeated", "norm")],
    ids=lambda case: case.name,
)  # fmt: skip
def test_a_hessian_is_symmetric(case):
    graph = unfolded(case, values_for(case, seed=6), "a")
    H = as_matrix(graph.backward("gradient", exact=True), graph["a"])
    np.testing.assert_allclose(H, H.T, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("exact", [False, True])
def test_blocks_that_are_zero_have_their_shape(exact):
    """No leaf meets another in this sum, so that every mixed block is 0, and some others too."""
    graph = gd.Graph()
    leaves = [
        graph.parameter("a", 1.5),
        graph.parameter("b", [1, 2, 3]),
        graph.parameter("c", [[1, 2], [3, 4]]),
        graph.parameter("d", [[2, 1, 1]]),
        graph.parameter("apart", [5, 6]),
    ]
    a, b, c, d, apart = leaves
    graph.node("away", apart * 2)
    loss = graph.node("L", a + (b**2).sum() + gd.exp(c).sum() + gd.step(d).sum())
    found = graph.hessian(loss, leaves)
    compiled = graph.compile(loss, leaves, form="hessian")()
    curved = {("b", "b"), ("c", "c")}
    for one in leaves:
        for two in leaves:
            key = one.name, two.name
            block = found[key]
            numbers = block.at(exact=exact)
            assert numbers.shape == (one.size, two.size)
            assert np.shape(compiled[key]) == one.shape + two.shape
            assert np.any(compiled[key]) == (key in curved) == (not block.is_zero)
            assert np.any(numbers.astype(float)) == (key in curved)
            assert (str(block) == block.latex == "0") == (key not in curved)


def test_jacobians_that_are_zero_are_matrices_of_zeros():
    graph = gd.Graph()
    a, x = graph.parameter("a", 2), graph.parameter("x", [1, 2, 3])
    y = graph.node("y", gd.step(x) * a)
    assert str(graph.jacobian(y, x)) == "zeros(3, 3)"
    assert graph.jacobian(y, x).at({}).shape == (3, 3)
    letters = gd.Graph()
    n = letters.parameter("n", shape=("n",))
    assert str(letters.jacobian(letters.node("z", gd.sign(n)), n)) == "zeros(n, n)"
    assert graph.jacobian(graph.node("s", gd.step(x).sum() + a), x).at({}).shape == (3,)
    assert graph.compile(y, x, form="jacobian")().shape == (3, 3)
    assert not graph.compile(y, x, form="jvp")(tangent=[1.0, 1.0, 1.0]).any()

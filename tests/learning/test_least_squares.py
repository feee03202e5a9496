"""Gauss–Newton and Levenberg–Marquardt: of what objectives they are, and matrices without inverse.

The objective must be a multiple of the sum of squares of the residuals: they go nowhere else.
"""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError

L = gd.learning
OF_RESIDUALS = [L.gauss_newton(), L.levenberg_marquardt()]
EXACT = pytest.mark.parametrize("exact", [False, True])


def curve(objective):
    """A graph of y = w x + c, in rows, and an objective of its residuals."""
    graph = gd.Graph()
    w, c = graph.parameter("w", 3), graph.parameter("c", 1)
    p = graph.node("p", w * graph.input("x", [0, 1, 2]) + c)
    e = graph.node("e", p - graph.input("y", [1, 3, 4]))
    graph.node("E", objective(e, w, c))
    return graph


MADE_OF_SQUARES = {
    "sum": lambda e, w, c: gd.sum(e**2),
    "mean": lambda e, w, c: gd.mean(e**2),
    "half": lambda e, w, c: e @ e / 2,
    "and a constant": lambda e, w, c: gd.sum(e**2) + 7,
    "of a large factor": lambda e, w, c: 10**6 * gd.sum(e**2),
}
MADE_OF_MORE = {
    "a penalty": lambda e, w, c: gd.sum(e**2) + w**2,
    "another power": lambda e, w, c: gd.sum(e**4),
    "absolute values": lambda e, w, c: gd.sum(abs(e)),
    "what goes up": lambda e, w, c: -gd.sum(e**2),
    "weights": lambda e, w, c: gd.sum([1, 2, 3] * e**2),
}


@EXACT
@pytest.mark.parametrize("method", OF_RESIDUALS, ids=repr)
@pytest.mark.parametrize("kind", MADE_OF_SQUARES)
def test_any_multiple_of_the_squares_is_minimised(kind, method, exact):
    trace = L.minimise(curve(MADE_OF_SQUARES[kind]), method, 3, residuals="e", exact=exact)
    assert float(trace[-1].values["w"]) == pytest.approx(1.5, abs=1e-3)
    again = L.minimise(trace.graph, method, 1, residuals="e", exact=exact)  # from the minimum
    assert float(again[-1].values["w"]) == pytest.approx(1.5, abs=1e-3)


@EXACT
@pytest.mark.parametrize("method", OF_RESIDUALS, ids=repr)
@pytest.mark.parametrize("kind", MADE_OF_MORE)
def test_other_objectives_are_refused_by_name(kind, method, exact):
    with pytest.raises(GraphError, match="'E' is no multiple of the sum of squares of 'e'"):
        L.minimise(curve(MADE_OF_MORE[kind]), method, 1, residuals="e", exact=exact)


@EXACT
@pytest.mark.parametrize("method", OF_RESIDUALS, ids=repr)
def test_a_penalty_of_the_only_parameter_is_seen(method, exact):
    graph = gd.Graph()
    r = graph.node("r", 2 * graph.parameter("w", 5) - 4)
    graph.node("e", r**2 / 2)
    penalised = L.regularised(graph, l2=4, wrt="w")
    with pytest.raises(GraphError, match="'J' is no multiple of the sum of squares of 'r'"):
        L.minimise(penalised, method, 1, output="J", residuals="r", exact=exact)


@pytest.mark.parametrize("method", OF_RESIDUALS, ids=repr)
@pytest.mark.parametrize("shape", [("m",), ()])
def test_a_training_names_the_prediction_for_no_residuals(method, shape):
    graph = gd.Graph()
    w, c = graph.parameter("w", 0), graph.parameter("c", 0)
    p = graph.node("p", w * graph.input("x", shape=shape) + c)
    e = graph.node("e", p - graph.input("y", shape=shape))
    graph.node("E", gd.mean(e**2) if shape else e**2)
    data = {"x": [0, 1, 2], "y": [1, 3, 4]}
    found = L.fit(graph, data, optimiser=method, residuals="e", epochs=3)
    assert float(found.model["w"].value) == pytest.approx(1.5, abs=1e-3)
    with pytest.raises(GraphError, match="'E' is no multiple of the sum of squares of 'p'"):
        L.fit(graph, data, optimiser=method, residuals="p", epochs=3)


def singular():
    graph = gd.Graph()
    r = graph.node("r", graph.parameter("a", 1) + graph.parameter("b", 2) - 1)
    graph.node("E", r**2)
    return graph


@EXACT
@pytest.mark.parametrize(
    ("method", "matrix"), [(L.newton(), "H"), (L.newton(L.backtracking()), "H"), (L.gauss_newton(), "J.T @ J")]
)  # fmt: skip
def test_a_singular_matrix_is_named_with_what_helps(method, matrix, exact):
    with pytest.raises(NumericalError) as caught:
        L.minimise(singular(), method, 1, residuals="r", exact=exact)
    assert f"has no value: {matrix} is singular" in str(caught.value)
    assert "take damping" in str(caught.value)


def test_a_singular_matrix_ends_one_method_of_a_race():
    found = L.race(singular(), {"pure": "newton", "damped": L.newton(damping=0.1)}, 5)
    assert (len(found["pure"]), len(found["damped"])) == (1, 6)
    assert "H is singular" in found.failed["pure"]


def test_a_training_says_that_the_hessian_is_singular():
    graph = gd.Graph()
    x, y = graph.input("x"), graph.input("y")
    graph.node("E", ((graph.parameter("a", 1) + graph.parameter("b", 2)) * x - y) ** 2)
    with pytest.raises(NumericalError, match="H is singular"):
        L.fit(graph, {"x": np.arange(4.0), "y": np.ones(4)}, optimiser="newton")

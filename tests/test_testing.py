"""The checks for one's own functions really fail on a wrong declaration."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff import testing
from graphdiff.evaluation import sweeps
from graphdiff.language.expression import apply
from graphdiff.language.functions.scalar_function import Function
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.testing import check_function, check_graph, check_tensors


def cube(**wrong):
    return gd.function("cube", lambda t: t**3, **wrong)


def bent(**declared):
    return gd.function("bent", lambda t: sp.Piecewise((t, t > 0), (2 * t, True)), **declared)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            lambda: cube(derivative=lambda t: 2 * t**2),
            r"the derivative of cube\(.*\) in argument 1",
        ),
        (
            lambda: cube(derivative=lambda t: -3 * t**2),
            r"the derivative of cube\(.*\) in argument 1",
        ),
        (lambda: cube(kernel=lambda t: t**2), r"the kernel of cube\("),
        (lambda: cube(kernel=lambda t: np.round(t**3, 6)), r"the kernel of cube\("),
        (lambda: bent(kinks={0: 3}), r"the derivative at the kink bent\(0\) in argument 1"),
        (lambda: bent(kinks={0: 1}), r"declared as 1, is 2\.0, but should be 1\.0"),
        (
            lambda: gd.function(
                "two", lambda a, b: a * b, derivative=(lambda a, b: b, lambda a, b: b)
            ),
            r"the derivative of two\(.*\) in argument 2",
        ),
    ],
)
def test_check_function_fails(function, message):
    with pytest.raises(AssertionError, match=message):
        check_function(function())


def test_a_derivative_outside_the_one_sided_slopes():
    steep = gd.function(
        "steep",
        lambda t: sp.Piecewise((t, t > 0), (2 * t, True)),
        derivative=lambda t: sp.Piecewise((1, t > 0), (2, t < 0), (5, True)),
        kinks={0: 5},
    )
    with pytest.raises(
        AssertionError, match=r"is 5\.0, outside the one-sided slopes 1\.0 and 2\.0"
    ):
        check_function(steep)


def test_check_function_passes():
    check_function(cube())
    check_function(bent(kinks={0: 2}))
    check_function(gd.function("jump", lambda t: sp.Piecewise((1, t > 0), (0, True)), kinks={0: 0}))
    check_function(gd.sigmoid, points=3, seed=5)


def sample():
    graph = gd.Graph()
    x, w = graph.input("x", 2), graph.parameter("w", 0.5)
    h = graph.node("h", gd.tanh(w * x))
    graph.node("L", h * x + w)
    return graph


def test_check_graph_passes():
    check_graph(sample())
    check_graph(sample(), "h", {"x": -3}, wrt=["w"])


def test_check_graph_fails_on_a_wrong_derivative():
    graph = gd.Graph()
    graph.node("L", cube(derivative=lambda t: 2 * t**2)(graph.input("x", 2)))
    with pytest.raises(AssertionError, match=r"^dL/dx is 8\.0, but should be 12\.0$"):
        check_graph(graph)


def test_check_graph_fails_on_a_lost_path(monkeypatch):
    graph = sample()

    def first_only(*arguments):
        return reverse(*arguments)[0] | {"w": np.array([[mpmath.mpf(1)]])}, {}

    reverse = sweeps.reverse
    monkeypatch.setattr("graphdiff.testing.reverse", first_only)
    with pytest.raises(AssertionError, match=r"^dL/dw is 1\.0, but should be"):
        check_graph(graph)


# Of tensors


def doubled(**wrong):
    """A function of tensors, softmax under another name, with something declared wrong."""
    return lambda x: apply(Composite("soft", gd.softmax, **wrong), x)


def test_check_tensors_passes():
    check_tensors(doubled(), (2, 3), points=1)
    check_tensors(lambda W, x, b: gd.tanh(W @ x + b), (2, 3), (3,), (2,))
    check_tensors(lambda x: x * x, ())
    check_tensors(lambda x: gd.ones(2) + 0 * gd.step(x), (2,))  # no derivative to speak of


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"rule": lambda slot, c, arguments, value: value * c},
            r"^df\[0\]/da_0\[0\] is .*, but should be",
        ),
        (
            {"rule": lambda slot, c, arguments, value: value * (c - 0.5 * (value * c).sum())},
            r"^df\[0\]/da_0\[0\] is .*, but should be",
        ),
        (
            {"kernel": lambda arrays, shapes: arrays[0] / arrays[0].sum(-1, keepdims=True)},
            r"^f in float64\[0\] is .*, but should be",
        ),
    ],
)
def test_check_tensors_fails(wrong, message):
    with pytest.raises(AssertionError, match=message):
        check_tensors(doubled(**wrong), (3,))


def test_check_tensors_fails_on_a_wrong_second_derivative():
    """The gradient is right at every point, but has itself a wrong derivative."""
    frozen = Function("frozen", lambda t: t, derivative=(lambda t: sp.S.Zero,), has_head=True)
    squares = Composite(
        "squares",
        lambda x: (x**2).sum(),
        rule=lambda slot, c, arguments, value: c * 2 * apply(frozen, arguments[0]),
    )
    with pytest.raises(
        AssertionError, match=r"^dgradient_of_a_0\[0\]/da_0\[0\] is 0\.0, but should be"
    ):
        check_tensors(lambda x: apply(squares, x), (2,))


def tensors():
    graph = gd.Graph()
    x, W = graph.input("x", [1, -2, 0.5]), graph.parameter("W", [[1, 2, 3], [0.5, -1, 1]])
    h = graph.node("h", gd.tanh(W @ x))
    graph.node("L", gd.outer(h, x))
    return graph


def test_check_graph_of_tensors():
    check_graph(tensors())
    check_graph(tensors(), "h", {"x": [3, 1, 2]}, wrt=["W"], entries=2, seed=4)


def test_check_graph_names_the_entries(monkeypatch):
    graph = tensors()
    reverse = sweeps.reverse

    def transposed(*arguments):
        P, terms = reverse(*arguments)
        return P | {"W": P["W"].reshape(-1, 2, 3)[:, ::-1].reshape(-1, 6)}, terms

    monkeypatch.setattr("graphdiff.testing.reverse", transposed)
    check_graph(graph, wrt=["x"])
    with pytest.raises(AssertionError, match=r"^dL\[0, 0\]/dW\[0, 0\] is 0\.0, but should be"):
        check_graph(graph)


def test_check_graph_draws_entries(monkeypatch):
    graph = gd.Graph()
    x = graph.parameter("x", np.linspace(0.1, 1, 50))
    graph.node("L", (x**2).sum())
    checked = []
    close = testing._close
    monkeypatch.setattr(
        testing, "_close", lambda what, *rest: (checked.append(what), close(what, *rest))
    )
    check_graph(graph, entries=5)
    assert len(set(checked)) == 5
    check_graph(graph, entries=5)
    assert len(set(checked)) == 5  # the same seed, the same entries
    check_graph(graph, entries=5, seed=1)
    assert len(set(checked)) > 5


def test_check_graph_takes_no_samples():
    with pytest.raises(gd.GraphdiffError) as error:
        check_graph(tensors(), values={"x": [[1, 2, 3], [4, 5, 6]]})
    assert str(error.value) == "input 'x' has samples of shape (3,); check_graph takes one value"
    with pytest.raises(gd.GraphdiffError, match=r"^no value for 'x'"):
        graph = gd.Graph()
        graph.node("L", graph.input("x") ** 2)
        check_graph(graph)

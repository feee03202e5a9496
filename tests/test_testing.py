"""The checks for one's own functions really fail on a wrong declaration."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff import arithmetic, sweeps
from graphdiff.testing import check_function, check_graph


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
        return reverse(*arguments)[0] | {"w": np.array([[arithmetic.mpmath.mpf(1)]])}, {}

    reverse = sweeps.reverse
    monkeypatch.setattr("graphdiff.testing.reverse", first_only)
    with pytest.raises(AssertionError, match=r"^dL/dw is 1\.0, but should be"):
        check_graph(graph)

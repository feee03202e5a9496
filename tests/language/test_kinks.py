"""Where mathematics is delicate: powers at 0, ties, kinks twice, square roots of squares."""

from __future__ import annotations

import math

import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import NumericalError


def swept(function, *values, exact=False):
    graph = gd.Graph()
    leaves = [graph.input(name, value) for name, value in zip("xy", values, strict=False)]
    graph.node("z", function(*leaves))
    run = graph.backward(exact=exact)
    return [run.value["z"], *(run.P[leaf.name] for leaf in leaves)]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (lambda x: x**0, [0], [1, 0]),
        (lambda x: x**1, [0], [0, 1]),
        (lambda x: x**2, [0], [0, 0]),
        (lambda x: x**3, [-2], [-8, 12]),
        (lambda x: x**-1, [-2], [-0.5, -0.25]),
        (lambda x: (x**2) ** 0.5, [-3], [3, -1]),
        (lambda x: gd.sqrt(x**2), [-3], [3, -1]),
        (lambda x: gd.sqrt(x**2), [0], [0, 0]),
        (lambda x: gd.sqrt(x * x), [-3], [3, -1]),
        (lambda x: gd.log(x * x), [-1], [0, -2]),
        (lambda x: gd.log(gd.exp(x)), [2], [2, 1]),
        (lambda x: abs(x), [0], [0, 0]),
        (lambda x: abs(x) * x, [0], [0, 0]),
        (lambda x: abs(x) ** 3, [-1], [1, -3]),
        (lambda x: gd.sign(x) * x, [-2], [2, -1]),
        (lambda x: gd.step(x), [0], [1, 0]),
        (lambda x: gd.relu(x), [0], [0, 0]),
        (lambda x: gd.relu(x) ** 2, [0], [0, 0]),
        (lambda x: gd.leaky_relu(x, 0.5), [0], [0, 0.5]),
        (lambda x: gd.elu(x), [0], [0, 1]),
        (lambda x: gd.max(x, x), [1], [1, 1]),
        (lambda x, y: gd.max(x, y), [1, 1], [1, 0.5, 0.5]),
        (lambda x, y: gd.min(x, y), [1, 1], [1, 0.5, 0.5]),
        (lambda x, y: gd.max(x, y, 1), [1, 1], [1, 0.25, 0.25]),
        (lambda x, y: gd.max(x + 1, y), [1, 2], [2, 0.5, 0.5]),
        (lambda x, y: gd.min(2 * x, y) * gd.max(x, y), [1, 2], [4, 2, 3]),
        (lambda x: x - x, [2], [0, 0]),
        (lambda x: x / x, [2], [1, 0]),
        (lambda x: 0 * x, [2], [0, 0]),
    ],
)
def test_values_and_derivatives(function, values, expected, exact):
    assert list(map(float, swept(function, *values, exact=exact))) == expected


def test_a_power_at_zero_keeps_its_derivative():
    graph = gd.Graph()
    x, y = graph.input("x", 0), graph.input("y", 1)
    graph.node("z", x**y)
    assert str(graph.local_jacobian("x", "z")) == "x**(y - 1)*y"
    assert graph.backward(wrt="x").P["x"] == 1
    assert graph.backward(wrt="x", y=2, exact=True).P["x"] == 0


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    ("function", "values"),
    [
        (lambda x: x**-1, [0]),
        (lambda x: x / x, [0]),
        (lambda x: x * (1 / x), [0]),
        (lambda x: (x + 1) / (x + 1), [-1]),
        (lambda x: gd.exp(gd.log(x)), [-1]),
        (lambda x: gd.sqrt(x) ** 2, [-1]),
        (lambda x: gd.log(x**2) - 2 * gd.log(x), [-1]),
        (lambda x: gd.sqrt(x), [0]),
        (lambda x: x**0.5, [0]),
        (lambda x: gd.asin(x), [1]),
        (lambda x, y: x**y, [0, 0]),
        (lambda x, y: x**y, [-2, 3]),
    ],
)
def test_no_number_is_made_up(function, values, exact):
    with pytest.raises(NumericalError, match=r"it must be a finite real number$"):
        swept(function, *values, exact=exact)


@pytest.mark.parametrize(
    ("function", "at", "second"),
    [
        (lambda x: abs(x), 0, 0),
        (lambda x: gd.relu(x), 0, 0),
        (lambda x: gd.relu(x) ** 2, -1, 0),
        (lambda x: gd.relu(x) ** 2, 1, 2),
        (lambda x: abs(x) ** 3, 0, 0),
        (lambda x: gd.sign(x) * x**2, -1, -2),
        (lambda x: gd.step(x) * x**3, 2, 12),
        (lambda x: gd.sqrt(x**2), 0, 0),
        (lambda x: gd.elu(x), 0, 1),
        (lambda x: gd.softplus(x), 0, sp.Rational(1, 4)),
    ],
)
def test_second_derivatives(function, at, second):
    graph = gd.Graph()
    x = graph.input("x", at)
    graph.node("z", function(x))
    H = graph.hessian("z", "x")
    assert not H.has(sp.DiracDelta, sp.Heaviside, sp.Derivative)
    assert H.subs(x.symbol, at).doit() == second


def test_second_derivatives_of_a_power():
    graph = gd.Graph()
    x, y = graph.input("x"), graph.input("y")
    graph.node("z", x**y)
    H = graph.hessian("z", ["x", "y"])
    assert H[0, 0].subs({y.symbol: 3}).subs({x.symbol: 0}) == 0
    assert H == H.T


def test_far_away():
    assert swept(lambda x: gd.exp(x), -1000) == [0, 0]
    assert swept(lambda x: x**2, 1e-200) == [0, 2e-200]
    assert swept(lambda x: x / 1e300, 1e300)[0] == 1
    value, slope = swept(lambda x: gd.log(1 + gd.exp(x)), 700)
    assert math.isclose(value, 700)
    assert math.isclose(slope, 1)
    with pytest.raises(NumericalError, match=r"J\[x->z\] is minus infinity, where x = 1e-200"):
        swept(lambda x: 1 / x, 1e-200)


def test_exact_and_far_away():
    assert swept(lambda x: gd.exp(x), 1000, exact=True) == [sp.exp(1000), sp.exp(1000)]
    tiny = sp.Rational(1, 10**200)
    assert swept(lambda x: x**2, 1e-200, exact=True) == [tiny**2, 2 * tiny]

"""Points where a formula is 0·∞ or 0/0 as it is written: one answer, whoever is asked."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import NumericalError


def unit(x):
    length = gd.norm(x)
    return gd.where(length > 0, x / length, 0 * x)


def rows(x):
    length = gd.norm(x, axis=1, keepdims=True)
    return gd.where(length > 0, x / length, 0 * x) * [[1, 2], [3, 4]]


CASES = {
    "a root not chosen": (lambda x: gd.where(x > 0, gd.sqrt(x), 0 * x), [-1, 0, 4], [0, 0, 1 / 4]),
    "a logarithm not chosen": (
        lambda x: gd.where(x > 0, gd.log(x), 2 * x), [-1, 0, 4], [2, 2, 1 / 4]),
    "a product not chosen": (
        lambda x: gd.where(x > 0, gd.sqrt(x) * gd.log(x), 0), [-1, 0, 1], [0, 0, 1]),
    "a choice in a choice": (
        lambda x: gd.where(x > 0, gd.where(x > 1, gd.sqrt(x - 1), gd.log(x)), 0),
        [-1, 0, 1 / 2, 5], [0, 0, 2, 1 / 4]),
    "the other branch": (lambda x: gd.where(x <= 0, x, 1 / x), [-2, 0, 2], [1, 1, -1 / 4]),
    "a vector not chosen": (unit, [0, 0], [0, 0]),
    "rows not chosen": (rows, [[0, 0], [0, 2]], [[0, 0], [3 / 2, 0]]),
    "a square of a norm": (lambda x: gd.norm(x) ** 2, [0, 0], [0, 0]),
    "a cube of a norm": (lambda x: gd.norm(x) ** 3, [0, 0], [0, 0]),
    "norms that are written twice": (lambda x: gd.norm(x) * gd.norm(x), [0, 0], [0, 0]),
    "a square of a root": (lambda x: gd.sqrt(x) ** 2, [0, 4], [1, 1]),
    "a root of a square": (lambda x: gd.sqrt((x - 2) ** 2), [2, 3], [0, 1]),
    "x times its root": (lambda x: x * gd.sqrt(x), [0, 4], [0, 3]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("reduce", [gd.sum, lambda x: x], ids=["sum", "entries"])
@pytest.mark.parametrize("split", [False, True], ids=["one node", "two nodes"])
def test_every_way_to_a_derivative_gives_the_limit(case, reduce, split):
    build, at, expected = CASES[case]
    g = gd.Graph()
    x = g.parameter("x", at)
    y = g.node("y", build(x)) if split else build(x)
    L = g.node("L", reduce(y))
    total = np.asarray(expected, float)
    ones = np.ones(L.shape)
    run = g.backward("L")
    P = np.asarray(run.P["x"]).reshape((-1, *total.shape)).sum(axis=0)
    np.testing.assert_allclose(P, total, atol=1e-15)
    compiled = g.compile("L", ["x"], form="vjp")(cotangent=ones)
    np.testing.assert_allclose(np.asarray(compiled["x"]), total, atol=1e-15)
    if not L.shape:
        np.testing.assert_allclose(g.compile("L", ["x"], form="gradient")()["x"], total, atol=1e-15)
        found = g.gradient("L", "x").at(run.value)
        np.testing.assert_allclose(found, total, atol=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_compiled_jacobians_give_the_limit(case):
    build, at, expected = CASES[case]
    g = gd.Graph()
    g.node("y", build(g.parameter("x", at)))
    J = np.asarray(g.compile("y", ["x"], form="jacobian")()["x"])
    total = np.asarray(expected, float)
    found = J.reshape((-1, *total.shape)).sum(axis=0)
    np.testing.assert_allclose(found, total, atol=1e-15)


@pytest.mark.parametrize(
    ("build", "at", "expected"),
    [
        (lambda x: gd.where(x > 0, gd.sqrt(x), 0), -1, 0),
        (lambda x: x * gd.sqrt(x), 0, 0),
        (lambda x: gd.sqrt(x) ** 2, 0, 1),
        (lambda x: gd.sqrt((x - 2) ** 2), 2, 0),
    ],
)
def test_scalars_give_the_limit(build, at, expected):
    g = gd.Graph()
    g.node("L", build(g.parameter("x", at)))
    assert g.backward("L").P["x"] == expected
    assert g.compile("L", ["x"], form="gradient")()["x"] == expected
    assert (
        g.compile("L", ["x"], form="gradient")(np.array([float(at)] * 2))["x"].tolist()
        == [expected] * 2
    )


@pytest.mark.parametrize("shape", [(), (2,)])
def test_a_power_of_zero_has_a_derivative_in_its_exponent(shape):
    """0^y is 0 for all y > 0; at y = 0 it jumps, and below there is no value."""
    g = gd.Graph()
    x, y = g.parameter("x", np.zeros(shape)), g.parameter("y", np.full(shape, 2.0))
    g.node("L", gd.sum(x**y) if shape else x**y)
    zero = np.zeros(shape)
    for found in (g.backward("L").gradient, g.backward("L", exact=True).gradient,
                  g.compile("L", ["x", "y"], form="gradient")()):  # fmt: skip
        np.testing.assert_array_equal(np.asarray(found["y"], float), zero)
        np.testing.assert_array_equal(np.asarray(found["x"], float), zero)
    with pytest.raises(NumericalError):
        g.with_values(y=zero).backward("L")


@pytest.mark.parametrize("scale", [0, 5e-324, 1e-310, 1e-200, 1e-160, 1, 1e160, 1e200, 3e307])
def test_a_norm_is_in_range_where_its_squares_are_not(scale):
    g = gd.Graph()
    x = g.parameter("x", [[3 * scale, 0], [-4 * scale, 0]])
    g.node("L", gd.norm(x))
    g.node("columns", gd.norm(x, axis=0))
    value, gradient = g.compile("L", ["x"])()
    assert value == pytest.approx(g.forward().value["L"], rel=1e-15) == 5 * scale
    if 0 < scale > 1e-300:
        np.testing.assert_allclose(gradient["x"], [[0.6, 0], [-0.8, 0]], rtol=1e-15)
    assert g.compile("columns", ["x"], form="value")().tolist() == pytest.approx([5 * scale, 0])


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1, 1e160])
def test_a_unit_vector_has_its_derivatives_on_every_scale(scale):
    g = gd.Graph()
    x = g.parameter("x", [3 * scale, 4 * scale])
    g.node("L", (x / gd.norm(x))[0])
    expected = np.array([0.64, -0.48]) / (5 * scale)
    for found in (
        g.backward().gradient["x"], g.compile("L", "x", form="gradient")(),
        g.gradient("L", "x").at(g.forward().value),
    ):  # fmt: skip
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    "build",
    [
        lambda x, y: gd.log(x**2 + y**2 + 1), lambda x, y: gd.sqrt(x**2 + y**2 + 0.5),
        lambda x, y: 1 / gd.sqrt(x**2 + y**2 + 0.5), lambda x, y: (x**2 + y**2 + 0.5) ** 0.5,
        lambda x, y: x**2 / (x**2 + y**2 + 2), lambda x, y: gd.sqrt(1 + x**2 + y**2),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", [(), (3,)])
def test_squares_that_are_zero_below_a_root_that_is_not(build, shape):
    g = gd.Graph()
    x, y = (g.parameter(name, np.zeros(shape)) for name in "xy")
    g.node("L", gd.sum(build(x, y)) if shape else build(x, y))
    for found in (g.backward().gradient, g.compile("L", ["x", "y"], form="gradient")()):
        np.testing.assert_array_equal(found["x"], np.zeros(shape))
        np.testing.assert_array_equal(found["y"], np.zeros(shape))


def test_lengths_of_vectors_that_are_zero():
    g = gd.Graph()
    w = g.parameter("w", [0, 0, 0])
    g.node("a", gd.sqrt(gd.sum(w**2) + 0.25))
    g.node("b", gd.sum(w / gd.sqrt(gd.sum(w**2) + 0.25)))
    np.testing.assert_array_equal(g.backward("a").gradient["w"], [0, 0, 0])
    np.testing.assert_array_equal(g.compile("a", "w", form="gradient")(), [0, 0, 0])
    np.testing.assert_array_equal(g.backward("b").gradient["w"], [2, 2, 2])
    np.testing.assert_array_equal(g.compile("b", "w", form="gradient")(), [2, 2, 2])


@pytest.mark.parametrize("x", [1e200, -1e200, 1e-200, -1e-200, 3.0])
def test_the_root_of_one_square(x):
    g = gd.Graph()
    g.node("L", gd.sqrt(g.parameter("x", x) ** 2))
    assert g.compile("L", "x")() == (abs(x), np.sign(x))
    assert g.backward().gradient["x"] == np.sign(x)


def test_a_leaf_of_arrays_beside_a_graph_of_scalars():
    g = gd.Graph()
    p, _ = g.parameter("p", 1), g.parameter("q", np.ones(3))
    g.node("L", p * p)
    step = g.compile("L", ["p", "q"])
    assert step()[1]["q"].tolist() == [0, 0, 0]
    assert step.flat(step.theta())[1].tolist() == [2, 0, 0, 0]
    assert step(p=np.float32(2.5))[0] == 6.25

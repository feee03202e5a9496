"""One term of a sum left out or with the wrong sign: of a batch, of a layer, of a product rule."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import graphdiff as gd


def named(graph, target, claim):
    (result,) = graph.check({target: claim})
    assert result.verdict == "wrong", str(result)
    return result.diagnosis


def keys(diagnosis):
    return [one.faults for one in diagnosis.explanations]


def drawn(seed, *shapes):
    draw = np.random.default_rng(seed)
    return [np.round(draw.uniform(-1.5, 1.5, shape), 2) for shape in shapes]


def regression(seed, samples, inputs):
    X, y, w = drawn(seed, (samples, inputs), samples, inputs)
    g = gd.Graph()
    p = g.node("p", g.input("X", X) @ g.parameter("w", w) + g.parameter("b", 0.1))
    g.node("L", gd.mean((p - g.input("y", y)) ** 2))
    return g


@given(st.integers(0, 99), st.integers(2, 6), st.integers(2, 4), st.data())
@settings(max_examples=25)
def test_the_part_of_one_sample(seed, samples, inputs, data):
    g = regression(seed, samples, inputs)
    run = g.backward()
    parts = np.asarray(run.gradient["p"])[:, None] * np.asarray(run.value["X"])
    row = data.draw(st.integers(0, samples - 1))
    assume(np.abs(parts[row]).min() > 0.01)
    for factor, key in ((-1, "sign-of-sample"), (0, "sample-left-out")):
        changed = parts.copy()
        changed[row] *= factor
        if samples == 2 and factor == 0:
            key = "one-sample"
        found = named(g, "dL/dw", [float(f"{v:.5g}") for v in changed.sum(axis=0)])
        assert (key,) in keys(found), found.said
        assert f"row {row + 1}" in found.said or samples == 2


@given(st.integers(0, 99), st.integers(2, 4), st.data())
@settings(max_examples=25)
def test_the_part_of_one_unit(seed, units, data):
    x, W, v = drawn(seed, 3, (units, 3), units)
    g = gd.Graph()
    z = g.node("z", g.parameter("W", W) @ g.input("x", x))
    g.node("o", g.parameter("v", v) @ g.node("h", gd.tanh(z)))
    k = data.draw(st.integers(0, units - 1))
    run = g.backward()
    back, forward = np.asarray(run.gradient["z"]), v * np.asarray(run.value["h"])
    assume(min(abs(back[k]), abs(forward[k]), abs(forward.sum())) > 0.02)
    for factor, derivative, value in (
        (-1, "sign-of-path", "sign-of-term"),
        (0, "path-dropped", "part-left-out"),
    ):
        change = np.ones(units)
        change[k] = factor
        found = named(g, "do/dx", [float(f"{one:.5g}") for one in W.T @ (change * back)])
        assert (derivative,) in keys(found), found.said
        assert f"z[{k}]" in found.said or units == 2
        found = named(g, "o", float(f"{(change * forward).sum():.6g}"))
        assert (value,) in keys(found), found.said


def classes(samples):
    z, y = np.array([0.3, -1.2, 0.7]), np.array([0.0, 1, 0])
    if samples:
        z, y = np.array([z, z[::-1], 2 * z]), np.eye(3)
    g = gd.Graph()
    p = g.node("p", gd.softmax(g.node("z", g.input("u", z) * g.parameter("k", 1.5))))
    g.node("L", -gd.sum(g.input("y", y) * gd.log(p)))
    return g


def neuron():
    g = gd.Graph()
    z = g.node("z", g.parameter("k", 0.3) * g.input("u", 0.5))
    p, y = g.node("p", gd.sigmoid(z)), g.input("y", 1)
    g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))
    return g


@pytest.mark.parametrize("make", [lambda: classes(0), lambda: classes(3), neuron])
def test_output_minus_target_is_turned_round(make):
    g = make()
    (right,) = g.check({"dL/dz": "p - y"})
    assert right.verdict == "correct"
    for claim in ("y - p", -np.round(np.asarray(g.backward().gradient["z"]), 5)):
        found = named(g, "dL/dz", claim)
        assert keys(found)[0] == ("delta-turned",), found.said
        assert "y − p is taken in place of p − y" in found.said
    found = named(g, "dL/dk", "sum((y - p)*u)")
    assert keys(found) == [("delta-turned",)], found.said


def test_an_entry_of_it_is_turned_round():
    found = named(classes(0), "dL/dz[0]", "y[0] - p[0]")
    assert keys(found) == [("delta-turned",)]


def test_the_difference_of_a_square_is_not_turned_round():
    g = gd.Graph()
    g.node("L", (g.input("y", 0.7) - g.parameter("a", 0.3)) ** 2 / 2)
    found = keys(named(g, "dL/da", "y - a"))
    assert found[0] == ("minus-missing",) and ("delta-turned",) not in found


PRODUCTS = {
    "u*v": ("2*x*v", "u*cos(x)"),
    "u/v": ("2*x/v", "-u*cos(x)/v^2"),
    "x^2*sin(x)": ("2*x*sin(x)", "x^2*cos(x)"),
    "x*u*y": ("u*y", "2*x^2*y"),
}


@pytest.mark.parametrize("formula", PRODUCTS)
@pytest.mark.parametrize("term", [0, 1])
def test_a_term_of_the_product_rule_is_left_out(formula, term):
    g = gd.Graph()
    x, y = g.input("x", 0.7), g.input("y", 0.9)
    u, v = g.node("u", x**2), g.node("v", gd.sin(x))
    values = {"u*v": u * v, "u/v": u / v, "x^2*sin(x)": x**2 * gd.sin(x), "x*u*y": x * u * y}
    g.node("q", values[formula])
    found = named(g, "dq/dx", PRODUCTS[formula][term])
    assert keys(found)[0] == ("product-term",), found.said
    assert not {("path-dropped",), ("term-dropped",), ("overwritten",)} & set(keys(found))


def weighted():
    g = gd.Graph()
    x, w = g.input("x", [0.5, 0.2, 0.9]), g.parameter("w", [0.1, 0.3, -0.2])
    g.node("L", g.node("z", x @ w) ** 2)
    return g


@pytest.mark.parametrize(
    ("target", "claim", "key"),
    [
        ("dL/dw", "2*z*x[0]", "one-entry"),
        ("dz/dw", "x[2]", "one-entry"),
        ("dz/dw", 0.5, "one-entry"),
        ("dz/dw", [0.2, 0.2, 0.2], "one-entry"),
        ("dL/dw[1]", "2*z*x", "whole-array"),
    ],
)
def test_one_entry_is_not_the_whole(target, claim, key):
    assert keys(named(weighted(), target, claim))[0] == (key,)


def test_a_path_is_left_out_is_told_once():
    g = gd.Graph()
    x = g.input("x", 0.7)
    g.node("L", g.node("u", x**2) + g.node("v", gd.sin(x)))
    found = keys(named(g, "dL/dx", "2*x"))
    assert found[0] == ("path-dropped",) and ("overwritten",) not in found


def test_a_slip_and_what_it_may_have_been_are_no_alternatives():
    g = gd.Graph()
    g.node("z", g.input("w", 2.0) * g.input("x", 3.3) ** 2)
    *_, result = g.check({"z": ["2*3.3^2", 21.87]})
    assert {("arithmetic",), ("digits-swapped",)} <= set(keys(result.diagnosis))
    slip = "there is a slip in the arithmetic: 2·3.3² is 21.78, not 21.87 ("
    assert result.diagnosis.said.startswith(slip)

"""Gradients beside central differences: right ones pass, wrong ones and kinks are named."""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import DrawingError, GraphError


def cube(**declared):
    return gd.function("cube", lambda t: t**3, **declared)


def numbers(f, w=0.7):
    g = gd.Graph()
    g.node("L", f(g.parameter("w", w) * g.input("x", 1.5)) + g.parameter("b", 0.2))
    return g


MODELS = {
    "layers": lambda: gd.models.mlp([3, 4, 2], "tanh", x=[1, -0.5, 2], y=[0.3, 1], seed=1),
    "softmax": lambda: gd.models.mlp(
        [2, 3], (), "softmax", "cross_entropy", x=[[1, 2], [0, -1]], y=[0, 2], l2=0.1
    ),
    "neurons": lambda: gd.models.mlp([2, 2, 1], "sigmoid", view="neurons", x=[1, 2], y=0.5),
    "exp": lambda: numbers(gd.exp, 3),
    "linear": lambda: numbers(lambda z: 2 * z),
    "fast": lambda: numbers(lambda z: gd.sin(1000 * z)),
    "large": lambda: numbers(lambda z: 1e12 * gd.tanh(z)),
    "small": lambda: numbers(lambda z: 1e-12 * gd.tanh(z)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("h", [1e-4, 1e-5, 1e-6])
def test_right_gradients_are_found_right(name, h):
    graph = MODELS[name]()
    found = graph.check_gradients(h=h)
    assert found.is_right, found.verdict
    assert len(found.entries) == sum(p.size for p in graph.parameters)
    assert not any(entry.kinks for entry in found.entries)


@pytest.mark.parametrize(
    "wrong", [lambda t: 2 * t**2, lambda t: -3 * t**2, lambda t: 3.001 * t**2, lambda t: 3 * t]
)
def test_a_wrong_derivative_of_ones_own_is_found(wrong):
    assert numbers(cube()).check_gradients().is_right
    found = numbers(cube(derivative=wrong)).check_gradients()
    assert not found.is_right
    assert found.worst.name == "w"
    assert [entry.is_right for entry in found.entries] == [False, True]
    assert "1 of 2 derivatives is wrong; the worst is dL/dw" in found.verdict
    assert "wrong" in found.table().text()


def test_the_worst_entry_of_an_array_is_named():
    g = gd.Graph()
    f = cube(derivative=lambda t: 3.5 * t**2)
    W = g.parameter("W", [[0.1, 0.2], [0.3, 5.0]])
    g.node("L", gd.sum(f(W) * g.input("m", [[0, 0], [0, 1.0]])))
    found = g.check_gradients()
    assert found.worst.name == "W[1, 1]" and not found.worst.is_right
    assert sum(not entry.is_right for entry in found.entries) == 1


@pytest.mark.parametrize("kinked", [gd.relu, abs, gd.leaky_relu, gd.sign, gd.step])
@pytest.mark.parametrize("off", [0, 3e-6])
def test_a_kink_within_h_is_named(kinked, off):
    g = gd.Graph()
    a = g.node("a", kinked(g.parameter("w", off)))
    g.node("L", (a + g.parameter("v", 2)) ** 2)
    found = g.check_gradients()
    assert {entry.name: entry.kinks for entry in found.entries} == {"w": ("a",), "v": ()}
    assert "kink of a" in found.verdict
    away = g.check_gradients(w=0.1)
    assert away.is_right and not any(entry.kinks for entry in away.entries)


def test_errors_fall_as_truncation_and_grow_by_rounding():
    errors = MODELS["layers"]().check_gradients().errors
    steps = list(errors)
    assert steps == sorted(steps, reverse=True)
    for h in (1e-1, 1e-2, 1e-3):
        assert errors[h] / errors[h / 10] == pytest.approx(100, rel=0.1)
    best = min(errors, key=errors.get)
    assert 1e-7 < best < 1e-3
    assert errors[1e-12] > 1e3 * errors[best]


def test_many_entries_are_drawn_and_it_is_said():
    g = gd.Graph()
    g.node("L", gd.sum(g.parameter("w", np.arange(90.0)) ** 2))
    found = g.check_gradients(seed=1)
    assert len(found.entries) == 50 and found.left_out == 40
    assert "40 entries were left out" in found.verdict
    assert found.entries == g.check_gradients(seed=1).entries != g.check_gradients(seed=2).entries


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"h": 0}, "h is 0"),
        ({"h": -1e-5}, "h is -1e-05"),
        ({"h": 1e-30}, "too small to change w"),
        ({"output": "w"}, "'w' is a leaf"),
        ({"wrt": "L"}, "'L' is computed"),
        ({"w": [1, 2]}, "has samples"),
    ],
)
def test_what_cannot_be_checked_is_told(options, says):
    with pytest.raises(GraphError, match=says):
        numbers(gd.tanh).check_gradients(**options)


def test_the_errors_are_drawn():
    graph = MODELS["layers"]()
    picture = graph.plot_gradient_errors(graph.check_gradients())
    assert "It is least" in picture.alt
    assert "<svg" in picture.svg
    g = gd.Graph()
    g.node("L", 0 * g.parameter("w", 1))
    with pytest.raises(DrawingError, match="exact at every h"):
        g.plot_gradient_errors(g.check_gradients())

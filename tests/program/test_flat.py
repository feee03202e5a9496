"""All leaves of wrt as one vector."""

import numpy as np
import pytest
from closeness import close
from counting import at_most

import graphdiff as gd
from graphdiff.errors import GraphError


def chain(steps):
    """Return a chain of scalars with a leaf that is added last."""
    g = gd.Graph()
    w, v = g.parameter("w", 0.9), g.input("v0", 0.3)
    for k in range(1, steps + 1):
        v = g.node(f"v{k}", gd.tanh(w * v))
    y = g.input("y", 2)
    g.node("L", (v - y) ** 2)
    return g


@pytest.mark.parametrize("steps", [3, 4000])
def test_values_of_other_leaves(steps):
    g = chain(steps)
    step = g.compile("L", ["w"])
    for values in ({}, {"y": 7.0}, {"y": -1, "v0": 0.1}):
        value, gradient = step.flat([0.8], **values)
        run = g.backward("L", {"w": 0.8, **values}, wrt="w")
        close(value, run.value["L"])
        close(gradient, [run.gradient["w"]])
    close(step.flat(step.theta())[0], g.forward().value["L"])


@pytest.mark.parametrize("steps", [3, 4000])
def test_what_flat_refuses(steps):
    step = chain(steps).compile("L", ["w"])
    with pytest.raises(GraphError, match="1 entries together"):
        step.flat([1, 2])
    with pytest.raises(GraphError, match="computed as"):
        step.flat([1], v2=3)
    with pytest.raises(ValueError, match="unknown node 'q'"):
        step.flat([1], q=3)


def test_no_samples_for_a_long_chain():
    step = chain(4000).compile("L", ["w"])
    with pytest.raises(GraphError, match="no samples"):
        step.flat([1], y=np.ones(3))


def test_arrays_and_numbers():
    g = gd.Graph()
    W, b = g.parameter("W", [[1, 2], [3, 4]]), g.parameter("b", 0.5)
    x = g.input("x", [1, -1])
    g.node("L", ((W @ x) * b).sum())
    step = g.compile("L")
    close(step.theta(), [1, 2, 3, 4, 0.5])
    value, gradient = step.flat(step.theta(), x=[2, 1])
    run = g.backward("L", x=[2, 1])
    close(value, run.value["L"])
    close(gradient, [*run.gradient["W"].ravel(), run.gradient["b"]])


@pytest.mark.parametrize("steps", [3, 4000])
@pytest.mark.parametrize("wrt", [["w"], ["y", "v0"], ["v0", "w", "y"], ["y", "w", "v0"]])
def test_any_order_and_any_numbers(steps, wrt):
    step = chain(steps).compile("L", wrt)
    point = {"w": 0.8, "v0": 0.5, "y": 2.0}
    run = chain(steps).backward("L", point)
    rest = {name: point[name] for name in point if name not in wrt}
    theta = [point[name] for name in wrt]
    for given in (theta, tuple(theta), np.array(theta), np.array(theta, object)):
        value, gradient = step.flat(given, **rest)
        close(value, run.value["L"])
        close(gradient, [run.gradient[name] for name in wrt])
        assert gradient.dtype == np.float64
    whole, gradient = step.flat(np.array([2] * len(wrt)), **rest)
    expected = step(dict.fromkeys(wrt, 2), **rest)
    assert (whole, gradient.tolist()) == (expected[0], list(expected[1].values()))


def test_single_precision():
    step = chain(3).compile("L", ["w"])
    assert step.flat(np.array([0.8], np.float32))[1].dtype == np.float32


@pytest.mark.parametrize("steps", [3, 4000])
def test_values_that_are_missing(steps):
    g = gd.Graph()
    w, v, unused = g.parameter("w"), g.input("v"), g.parameter("unused")
    for k in range(steps):
        v = g.node(f"v{k}", gd.tanh(w * v))
    step = g.compile(v, [w, unused])
    with pytest.raises(GraphError, match="no value for 'v'"):
        step.flat([0.5, 1.0])
    with pytest.raises(GraphError, match="no value for 'w'"):
        step(v=1.0)
    run = g.backward(v, {"w": 0.5, "v": 1.0, "unused": 0.0})
    for found in (step(0.5, 1.0), step({"v": 1.0, w: 0.5}), step({"w": np.array(0.5)}, v=1)):
        close(found[0], run.value[g.nodes[-1].name])
        close(found[1]["w"], run.gradient["w"])
        assert found[1]["unused"] == 0
    close(step.flat([0.5, 1.0], v=1.0)[1], [run.gradient["w"], 0.0])


@pytest.mark.parametrize("x", [np.nan, np.inf])
@pytest.mark.parametrize("steps", [3, 4000])
def test_what_is_not_finite_is_computed_with(steps, x):
    step = chain(steps).compile("L", ["w", "y"])
    for found in (step.flat([0.8, x]), step.flat(np.array([0.8, x])), step(y=x), step({"y": x})):
        assert not np.isfinite(found[0])


def test_gradients_of_a_long_chain_are_read_off_a_vector():
    """They are a mapping like the dict of a small graph."""
    step = chain(4000).compile("L", ["y", "w"])
    value, gradient = step(y=3)
    expected = step.flat([3.0, 0.9])
    assert value == expected[0]
    assert gradient.vector.tolist() == expected[1].tolist()
    as_dict = dict(zip(["y", "w"], expected[1].tolist(), strict=True))
    assert gradient == as_dict == dict(gradient)
    assert list(gradient) == ["y", "w"]
    assert list(gradient.items()) == list(as_dict.items())
    assert list(gradient.values()) == list(as_dict.values())
    assert repr(gradient) == repr(as_dict)
    assert len(gradient) == 2
    assert type(gradient["w"]) is float
    with pytest.raises(KeyError):
        gradient["v0"]


def test_a_call_does_nothing_for_each_leaf():
    """A hundred thousand leaves that are left out cost a copy, not a look at each."""
    g = gd.Graph()
    x = [g.parameter(f"x{k}", k / 4000) for k in range(4000)]
    g.node("L", sum((v * v for v in x[1:]), x[0] * x[0]))
    step = g.compile("L", x[::-1])
    step()
    with at_most(1000):
        step()
        step(x7=2.0)
        step({"x7": 2})
        step.flat(step.theta(), x7=1.0)


def test_names_in_a_dict_are_those_of_nodes():
    """A leaf may be called otherwise in the text of the program, even as another leaf is."""
    g = gd.Graph()
    a, b = g.parameter("lambda", 2.0), g.parameter("lambda_2", 3.0)
    step = g.compile(g.node("L", a * b * b))
    assert step({"lambda_2": 5.0})[0] == 50.0
    assert step({"lambda": 5, "lambda_2": 1})[0] == 5.0
    h = gd.Graph()
    x, y = h.parameter("x", 2.0), h.parameter("y", 3.0)
    step = h.compile(h.node("L", x * y * y))
    assert step({"x": 5.0}) == step(5.0) == step({x: 5})
    assert step({"x": 5.0}, y=1)[0] == step({"x": 5}, x=5.0, y=1)[0] == 5.0
    with pytest.raises(ValueError, match="unknown node 'q'"):
        step({"q": 5.0})

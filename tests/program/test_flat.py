"""All leaves of wrt as one vector."""

import numpy as np
import pytest
from closeness import close

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

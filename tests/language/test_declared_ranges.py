"""What is declared of the values of functions: the interval they lie in, that they add up to 1."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.language.functions import NAMED
from graphdiff.language.functions.scalar_function import EVERYWHERE

DECLARED = [name for name, function in NAMED.items() if function.range != EVERYWHERE]


@pytest.mark.parametrize("name", DECLARED)
def test_values_lie_in_the_interval_declared(name):
    function = NAMED[name]
    low, high = function.range
    points = [np.linspace(a - 3, b + 3, 601) for a, b in function.sample_domain]
    values = function.kernel(*points)
    assert (low < values).all()
    assert (values < high).all()


def test_some_functions_are_declared_positive():
    assert {"exp", "sigmoid", "softplus"} <= set(DECLARED)


@pytest.mark.parametrize("axis", [0, 1, (0, 1), -1])
def test_softmax_is_positive_and_adds_up_to_one(axis):
    g = gd.Graph()
    x = g.parameter("x", np.arange(6.0).reshape(2, 3))
    s = gd.softmax(x, axis)
    g.node("s", s)
    value = g.forward().value["s"]
    assert (value > s.function.range[0]).all()
    np.testing.assert_allclose(value.sum(s.function.sums_to_one), 1, rtol=1e-15)

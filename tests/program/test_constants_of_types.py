"""Numbers in programs of a smaller type of number."""

import warnings

import numpy as np

import graphdiff as gd


def test_a_bound_beyond_a_type_bounds_nothing_and_warns_of_nothing():
    g = gd.Graph()
    x = g.input("x", shape=(3,))
    y = g.node("y", gd.sum(gd.min(x * x, 1.7976931348623157e308)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step = g.compile(y, [x], dtype="float32")
        value, gradient = step(x=np.array([1, 2, 3], np.float32))
    assert value == 14
    assert gradient["x"].tolist() == [2, 4, 6]

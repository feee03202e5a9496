"""Where there is no derivative every way to one says so, by name."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import NumericalError


def graph():
    g = gd.Graph()
    x = g.parameter("x", [0, 1])
    g.node("roots", gd.sum(gd.sqrt(x)))
    g.node("norm", gd.norm(x))
    g.node("logs", gd.log(x))
    g.node("total", gd.sum(gd.log(x)))
    return g


AT = {"roots": [0, 1], "norm": [0, 0], "logs": [0, 1], "total": [0, 1]}


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("node", ["roots", "norm", "total"])
def test_gradients_and_hessians_are_refused_where_there_is_none(node, exact):
    g, at = graph(), {"x": np.array(AT[node])}
    with pytest.raises(NumericalError, match=r"^the formula is .* where .* = 0"):
        g.gradient(node, "x").at({**at, "norm": 0}, exact=exact)
    with pytest.raises(NumericalError, match=r"^the second derivative in x is .* at \[0, 0\]"):
        g.hessian(node, "x").at(at, exact=exact)


def test_jacobians_are_refused_where_there_is_none():
    g, at = graph(), {"x": np.array([0, 1])}
    with pytest.raises(NumericalError, match=r"at \[0, 0\], for 1/x is infinite at \[0\], where"):
        g.jacobian("logs", "x").at(at)
    with pytest.raises(NumericalError, match=r"^the Jacobian in x is infinite at \[0, 0\]"):
        g.index_jacobian("x", "logs").at(at)


def test_a_formula_is_finite_where_parts_of_it_are_not():
    g = gd.Graph()
    x = g.parameter("x", [-1, 4])
    g.node("L", gd.sum(gd.where(x > 0, gd.sqrt(x), 0)))
    np.testing.assert_array_equal(g.gradient("L", "x").at({"x": [-1, 4]}), [0, 0.25])
    np.testing.assert_array_equal(g.hessian("L", "x").at(), [[0, 0], [0, -1 / 32]])

"""Exact numbers in the form that shows what they are, and bounded on both sides."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import NumericalError


def exactly(build, **leaves):
    graph = gd.Graph()
    graph.node("f", build(**{name: graph.parameter(name, held) for name, held in leaves.items()}))
    return graph.forward(exact=True).value["f"]


def test_what_is_zero_is_zero():
    assert exactly(lambda x: gd.sin(x) ** 2 + gd.cos(x) ** 2 - 1, x=1) is sp.S.Zero
    assert exactly(lambda x: gd.exp(x) * gd.exp(-x) - 1, x=3) is sp.S.Zero
    assert exactly(lambda x: gd.sqrt(x) * gd.sqrt(x + 1) - gd.sqrt(x * x + x), x=2) is sp.S.Zero


def test_entries_of_products_are_in_their_simplest_form():
    def build(x):
        root = gd.sqrt(x)
        return gd.stack(root + 1, root) @ gd.stack(root - 1, root)

    assert exactly(build, x=2) == sp.Integer(3)
    assert exactly(lambda x: gd.sqrt(x) @ gd.sqrt(x), x=[2, 3]) == sp.Integer(5)
    assert exactly(lambda x: gd.sum(1 / (1 + gd.sqrt(x))), x=[2, 2]) == 2 * sp.sqrt(2) - 2


@pytest.mark.parametrize("x", [10**10, -(10**10)])
def test_numbers_out_of_all_bounds_are_refused_on_either_side(x):
    with pytest.raises(NumericalError, match="floating point"):
        exactly(lambda x: gd.sinh(x) + 1, x=x)


@pytest.mark.parametrize("terms", [40, 700])
def test_long_numbers_are_refused_by_their_operations(terms):
    roots = np.array([sp.prime(k + 1) for k in range(terms)], object)
    if terms == 40:
        assert exactly(lambda x: gd.sqrt(x).sum(), x=roots).count_ops() < 500
        return
    with pytest.raises(NumericalError, match="more than 500 operations"):
        exactly(lambda x: gd.sqrt(x).sum(), x=roots)

"""Chains of kinks are written as the steps they are, with the declared value at each tie."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.files.parser import parse

CHAINS = {
    "max(x, 2, x)": "where(x > 2, 1, where(x >= 2, 3/4, 0))",
    "relu(relu(x) - 1)": "(x > 1)",
    "relu(relu(x))": "(x > 0)",
    "max(x, 0, 1)": "where(x > 1, 1, where(x >= 1, 1/2, 0))",
    "relu(-relu(-x))": "0",
    "relu(3 - relu(x))": None,
    "min(max(x, 0), 3)": None,
    "abs(abs(x) - 1)": None,
    "sin(relu(relu(x)))": None,
}


@pytest.mark.parametrize("chain", CHAINS)
def test_chains_of_scalars(chain):
    g = gd.Graph()
    x = g.parameter("x", 0)
    f = g.node("f", parse(chain, g.__getitem__))
    found = g.gradient(f, x)
    if CHAINS[chain] is not None:
        assert str(found) == CHAINS[chain]
    g.node("read", parse(str(found), g.__getitem__))
    for value in map(Fraction, ("-3", "-1", "-1/2", "0", "1/2", "1", "3/2", "2", "5/2", "3", "4")):
        expected = g.backward(f, x=value, exact=True).P["x"]
        assert g.forward(x=value, exact=True).value["read"] == expected


KINKS = {
    "max": lambda a, b: f"max({a}, {b})",
    "min": lambda a, b: f"min({a}, {b})",
    "relu": lambda a, b: f"relu({a} - {b})",
    "abs": lambda a, b: f"abs({a} + {b})",
    "leaky": lambda a, b: f"leaky_relu({a} - {b}, 1/4)",
    "times": lambda a, b: f"(-2*{a} + {b})",
}


@settings(max_examples=settings.default.max_examples // 3)
@given(
    parts=st.lists(
        st.tuples(st.sampled_from(sorted(KINKS)), st.sampled_from("012x")), min_size=1, max_size=3
    )
)
def test_random_chains_are_the_same_at_ties_and_beside_them(parts):
    text = "x"
    for kink, other in parts:
        text = KINKS[kink](text, other)
    g = gd.Graph()
    x = g.parameter("x", 0)
    f = g.node("f", parse(text, g.__getitem__))
    found = g.gradient(f, x)
    for value in (Fraction(k, 2) for k in range(-5, 8)):
        assert found.at({"x": value}, exact=True) == g.backward(f, x=value, exact=True).P["x"]


@pytest.mark.parametrize(
    ("formula", "form"),
    [
        ("sum(relu(relu(x) - 1)*c)", "c*(x > 1)"),
        ("sum(relu(relu(x)))", "x > 0"),
        ("sum(relu(relu(relu(x) - 1) - 2)**2)", None),
    ],
)
def test_chains_of_arrays(formula, form):
    g = gd.Graph()
    x, _ = g.parameter("x", [-1, 0, 0.5, 1, 2, 3, 4]), g.input("c", np.arange(7))
    f = g.node("f", parse(formula, g.__getitem__))
    found = g.gradient(f, x)
    if form is not None:
        assert str(found) == form
    run = g.backward(f)
    np.testing.assert_allclose(found.at(run), run.gradient["x"], rtol=1e-12)

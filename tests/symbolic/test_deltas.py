"""Contractions with identity matrices, put as a person would, have the same value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.symbolic.tensor_algebra import tidied


@given(
    operands=st.lists(st.text("abcd", min_size=1, max_size=3), min_size=1, max_size=2),
    eyes=st.lists(st.text("abcd", min_size=2, max_size=2), min_size=1, max_size=2),
    data=st.data(),
)
def test_they_have_the_same_value(operands, eyes, data):
    letters = sorted(set("".join(operands + eyes)))
    output = "".join(data.draw(st.lists(st.sampled_from(letters), unique=True)))
    g, numbers = gd.Graph(), np.random.default_rng(2)
    parts = [
        g.parameter(f"x{k}", numbers.normal(size=(3,) * len(own))) for k, own in enumerate(operands)
    ]
    signature = f"{','.join(operands + eyes)}->{output}"
    found = gd.einsum(signature, *parts, *(gd.eye(3) for _ in eyes))
    g.node("before", found)
    g.node("after", tidied(found))
    values = g.forward().value
    np.testing.assert_allclose(values["after"], values["before"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("formula", "form"),
    [
        (lambda A, X: gd.trace(gd.kron(A, X)), "trace(A)*eye(3)"),
        (lambda A, X: gd.trace(gd.kron(X, A)), "trace(A)*eye(3)"),
        (lambda A, X: gd.trace(gd.kron(X, X)), "2*trace(X)*eye(3)"),
    ],
)
def test_traces_of_kronecker_products(formula, form):
    g = gd.Graph()
    A = g.input("A", [[1, 2], [3, 4]])
    X = g.parameter("X", np.arange(9).reshape(3, 3))
    f = g.node("f", formula(A, X))
    found = g.gradient(f, X)
    assert str(found) == form
    np.testing.assert_allclose(found.at(g.forward().value), g.backward().gradient["X"])

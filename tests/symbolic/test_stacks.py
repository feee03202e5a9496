"""Contractions of stacks of matrices are their products, and right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.tensor_algebra import tidied

SHAPES = {"A": (5, 2, 3), "B": (5, 3, 4), "C": (5, 2, 4), "D": (3, 4), "E": (5, 4, 3)}


def graph_of(formula):
    g, numbers = gd.Graph(), np.random.default_rng(5)
    for name, shape in SHAPES.items():
        g.parameter(name, numbers.normal(size=shape))
    g.node("f", parse(formula, g.__getitem__))
    return g


@pytest.mark.parametrize(
    ("formula", "leaf", "form"),
    [
        ("sum(C*(A @ B))", "A", "C @ transpose(B, (0, 2, 1))"),
        ("sum(C*(A @ B))", "B", "transpose(A, (0, 2, 1)) @ C"),
        ("sum(C*(A @ D))", "A", "C @ D.T"),
        ("sum(C*(A @ transpose(E, 0, 2, 1)))", "A", "C @ E"),
    ],
)
def test_gradients_of_products_of_stacks(formula, leaf, form):
    g = graph_of(formula)
    found = g.gradient("f", leaf)
    assert str(found) == form
    run = g.backward("f")
    np.testing.assert_allclose(found.at(run), run.gradient[leaf], rtol=1e-12)


def test_each_matrix_of_a_stack_is_transposed_in_latex():
    g = graph_of("sum(C*(A @ B))")
    assert g.gradient("f", "A").latex == r"C B^{\top}"
    turned = Formula(gd.transpose(g["A"], 2, 0, 1)).latex
    assert r"\top" not in turned


@given(
    first=st.permutations("aij"), second=st.sampled_from(["ajk", "akj", "jka", "jk", "kj"]),
    output=st.permutations("aik"),
)  # fmt: skip
def test_contractions_have_the_same_value(first, second, output):
    g, numbers = gd.Graph(), np.random.default_rng(7)
    sizes = {"a": 2, "i": 3, "j": 4, "k": 5}
    x, y = (
        g.parameter(name, numbers.normal(size=[sizes[letter] for letter in own]))
        for name, own in (("x", first), ("y", second))
    )
    found = gd.einsum(f"{''.join(first)},{second}->{''.join(output)}", x, y)
    g.node("before", found)
    g.node("after", tidied(found))
    values = g.forward().value
    np.testing.assert_allclose(values["after"], values["before"], rtol=1e-12, atol=1e-12)

"""Derivatives of convolutions and pooling, which are convolutions too, and right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.files.parser import parse

SINGLE = "conv1d(c, flip(k), padding=2)", "conv1d(x, c)"


def graph_of(data, kernel, axes, **options):
    g, numbers = gd.Graph(), np.random.default_rng(4)
    x, k = (g.parameter(n, numbers.normal(size=s)) for n, s in (("x", data), ("k", kernel)))
    z = g.node("z", (gd.conv1d, gd.conv2d)[axes - 1](x, k, **options))
    c = g.input("c", numbers.normal(size=z.shape))
    g.node("f", (c * z).sum())
    return g


@pytest.mark.parametrize(
    ("data", "kernel", "axes", "options", "in_data", "in_kernel"),
    [
        ((6,), (3,), 1, {}, "conv1d(c, flip(k), padding=2)", "conv1d(x, c)"),
        ((6,), (3,), 1, {"padding": 1}, "conv1d(c, flip(k), padding=1)",
         "conv1d(x, c, padding=1)"),
        ((6,), (3,), 1, {"padding": 2}, "conv1d(c, flip(k))", "conv1d(x, c, padding=2)"),
        ((5, 5), (3, 3), 2, {}, "conv2d(c, flip(k), padding=2)", "conv2d(x, c)"),
        ((5, 5), (3, 3), 2, {"padding": 1}, "conv2d(c, flip(k), padding=1)",
         "conv2d(x, c, padding=1)"),
        ((2, 6), (4, 2, 3), 1, {}, "conv1d(c, transpose(flip(k, axis=2), (1, 0, 2)), padding=2)",
         "transpose(conv1d(x[:, None], c[:, None]), (1, 0, 2))"),
    ],
)  # fmt: skip
def test_their_form(data, kernel, axes, options, in_data, in_kernel):
    g = graph_of(data, kernel, axes, **options)
    assert str(g.gradient("f", "x", "nodes")) == in_data
    assert str(g.gradient("f", "k", "nodes")) == in_kernel


@given(
    axes=st.sampled_from([1, 2]), lead=st.integers(-1, 2), size=st.integers(1, 3),
    other=st.integers(1, 3), more=st.integers(0, 3), stride=st.sampled_from([1, 1, 2]),
    padding=st.integers(0, 3),
)  # fmt: skip
def test_they_are_right(axes, lead, size, other, more, stride, padding):
    sizes = (size, other)[:axes]
    lengths = tuple(each + more for each in sizes)
    data = lengths if lead < 0 else (*(3, 2)[:lead], 2, *lengths)
    kernel = sizes if lead < 0 else (3, 2, *sizes)
    g = graph_of(data, kernel, axes, stride=stride, padding=padding)
    run = g.backward("f")
    for leaf in "xk":
        found = g.gradient("f", leaf, "nodes")
        node = g.node(f"again_{leaf}", found.expression)
        again = g.forward().value[node.name]
        np.testing.assert_allclose(again, run.gradient[leaf], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    ("formula", "form"),
    [
        ("c @ avg_pool1d(x, 2)", "kron(c, ones(2))/2"),
        ("sum(C*avg_pool2d(X, 2))", "kron(C, ones(2, 2))/4"),
        ("d @ avg_pool1d(x, 2, stride=1)", "conv1d(d, ones(2), padding=1)/2"),
        ("concatenate(x, x) @ concatenate(x, x)", "4*x"),
        ("sum(concatenate(X, X, axis=1)*concatenate(X, X, axis=1))", "4*X"),
        ("norm(flip(x))**2", "2*x"),
        ("norm(flip(X))**2", "2*X"),
    ],
)
def test_pooling_flips_and_parts(formula, form):
    g, numbers = gd.Graph(), np.random.default_rng(4)
    for name, shape in {"x": 6, "X": (6, 4), "c": 3, "C": (3, 2), "d": 5}.items():
        g.parameter(name, numbers.normal(size=shape))
    g.node("f", parse(formula, g.__getitem__))
    leaf = "X" if "X" in formula else "x"
    assert str(g.gradient("f", leaf)) == form
    node = g.node("again", parse(form, g.__getitem__))
    expected = g.backward("f").gradient[leaf]
    np.testing.assert_allclose(g.forward().value[node.name], expected, rtol=1e-12)

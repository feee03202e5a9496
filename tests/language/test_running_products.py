"""Products of entries have the right derivatives of every order, where entries are 0 too."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import GraphError

ENTRIES = st.lists(st.integers(-3, 3), min_size=1, max_size=6)


def products(x, without=()):
    """The product of all entries but some."""
    return np.prod([v for k, v in enumerate(x) if k not in without], initial=1.0)


@given(ENTRIES)
def test_a_product_in_each_factor_and_in_two(x):
    graph = gd.Graph()
    a = graph.parameter("a", x)
    graph.node("p", gd.prod(a))
    n = range(len(x))
    first = [products(x, (i,)) for i in n]
    second = [[products(x, (i, j)) if i != j else 0 for j in n] for i in n]
    assert graph.forward().value["p"] == products(x)
    np.testing.assert_array_equal(graph.backward().gradient["a"], first)
    assert list(map(float, graph.backward(exact=True).gradient["a"])) == first
    np.testing.assert_array_equal(graph.compile("p", form="gradient")()["a"], first)
    np.testing.assert_array_equal(graph.hessian("p", "a").at(), second)
    np.testing.assert_array_equal(graph.compile("p", form="hessian")()["a", "a"], second)


@given(ENTRIES)
def test_products_that_go_along(x):
    graph = gd.Graph()
    a = graph.parameter("a", x)
    graph.node("p", gd.cumprod(a))
    n = range(len(x))
    rows = [[products(x[: i + 1], (j,)) if j <= i else 0 for j in n] for i in n]
    np.testing.assert_array_equal(graph.forward().value["p"], np.cumprod(x))
    np.testing.assert_array_equal(np.reshape(graph.backward().P["a"], (len(x), -1)), rows)
    np.testing.assert_array_equal(graph.compile("p", form="jacobian")()["a"], rows)


@given(st.permutations([0, 0, 2, -3]), st.sampled_from([0, 1, (0, 1), None]))
def test_along_axes_of_a_table(entries, axis):
    table = np.reshape(entries, (2, 2)).astype(float)
    graph = gd.Graph()
    a = graph.parameter("a", table)
    graph.node("f", gd.sum(gd.prod(a, axis, keepdims=True)))
    close(graph.backward().gradient["a"], graph.forward().value["f"] * 0 + others(table, axis))


def others(table, axis):
    axes = (0, 1) if axis is None else np.atleast_1d(axis)
    found = np.ones_like(table)
    for place, other in itertools.product(np.ndindex(table.shape), repeat=2):
        same = all(place[k] == other[k] for k in range(2) if k not in axes)
        if same and place != other:
            found[place] *= table[other]
    return found


@pytest.mark.parametrize("reverse", [False, True])
def test_a_linear_scan_is_its_recursion(reverse):
    a, b = np.random.default_rng(2).normal(size=(2, 2, 5))
    graph = gd.Graph()
    graph.node("s", gd.linear_scan(graph.input("a", a), graph.input("b", b), reverse=reverse))
    s = graph.forward().value["s"]
    before, after = (s[:, 1:], s[:, :-1]) if reverse else (s[:, :-1], s[:, 1:])
    np.testing.assert_allclose(after, (b[:, :-1] if reverse else b[:, 1:]) + a[:, 1:] * before)
    np.testing.assert_array_equal(s[:, -1 if reverse else 0], b[:, -1 if reverse else 0])


def test_exact_products_and_samples():
    graph = gd.Graph()
    x = graph.parameter("x", [Fraction(1, 3), 0, Fraction(3, 4)])
    graph.node("p", gd.prod(x))
    assert graph.backward(exact=True).gradient["x"].tolist() == [0, Fraction(1, 4), 0]
    samples = gd.Graph()
    graph_input = samples.input("x", shape=(3,))
    samples.node("p", gd.cumprod(graph_input))
    rows = np.arange(12.0).reshape(4, 3)
    found = samples.compile("p", ["x"], form="value")(rows)
    np.testing.assert_array_equal(found, np.cumprod(rows, axis=1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: gd.prod(x, 2), "there is no axis 2 in 'x' of shape (2, 3), which has axes 0 to 1"),
        (lambda x: gd.cumprod(x, -3), "there is no axis -3 in 'x' of shape (2, 3), which has axes 0 to 1"),
        (lambda x: gd.linear_scan(x, x[0]),
         "linear_scan takes coefficients and terms of one shape, with an axis to go along, but was given "
         "'x' of shape (2, 3) and 'x[0]' of shape (3,)"),
        (lambda x: gd.linear_scan(x, x, reverse=1), "reverse of linear_scan is 1; give True or False"),
    ],
)  # fmt: skip
def test_what_is_refused(call, message):
    with pytest.raises(GraphError) as error:
        call(gd.Graph().input("x", np.ones((2, 3))))
    assert str(error.value) == message

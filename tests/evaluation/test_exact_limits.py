"""Exact numbers come in seconds, or are refused: roots of high order, towers of exponentials."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphdiffError, NumericalError
from graphdiff.evaluation.exact import reduced
from graphdiff.files import budget

SECONDS = 10
"""Of CPU time, many times as long as it takes."""


def root_of_products(n, exponent, seed=0):
    """Return ∂f/∂a in index notation, with values, for f = ((c @ a) * (x @ b))**exponent."""
    random = np.random.default_rng(seed)
    graph = gd.Graph()
    shapes = {"c": (n,), "a": (n, n), "x": (n, n), "b": (n,)}
    c, a, x, b = (graph.input(name, random.integers(1, 9, s)) for name, s in shapes.items())
    graph.node("f", ((c @ a) * (x @ b)) ** exponent)
    return graph.index_jacobian("a", "f"), {leaf.name: leaf.value for leaf in graph.leaves}


@pytest.mark.parametrize(
    ("n", "exponent"),
    [(n, e) for n in (2, 5, 16) for e in (1 / 3, Fraction(1, 3), 0.1234567891, 0.5, -2.25)]
    + [(32, 1 / 3), (32, 0.5)],
)
def test_roots_of_products_are_exact_or_refused(n, exponent):
    jacobian, values = root_of_products(n, exponent)
    with budget.cpu(SECONDS):
        try:
            found = jacobian.at(values, exact=True)
        except GraphdiffError as refused:
            assert type(exponent) is float
            assert "write the exponent as a fraction of small numbers" in str(refused)
            return
    close(found.astype(float), jacobian.at(values), 1e-9)


@given(x=st.integers(2, 10**6), exponent=st.floats(0.01, 3).filter(lambda e: len(repr(e)) > 9))
def test_powers_with_many_decimals_come_in_time(x, exponent):
    graph = gd.Graph()
    node = graph.input("x", x)
    graph.node("f", (node**exponent + 1) ** exponent)
    with budget.cpu(SECONDS):
        try:
            exact = graph.backward("f", exact=True)
        except GraphdiffError:
            return
    close(float(exact.P["x"]), graph.backward("f").P["x"], 1e-9)


@pytest.mark.parametrize("function", [gd.softmax, gd.logsumexp, gd.sigmoid, gd.tanh])
def test_a_tower_of_exponentials_comes_or_is_refused_in_time(function):
    graph = gd.Graph()
    a = graph.input("a", [[1, 2], [3, 4]])
    graph.node("f", gd.sum(function(gd.exp(a @ a))))
    with budget.cpu(SECONDS), pytest.raises(NumericalError, match="compute in floating point"):
        graph.backward("f", exact=True)


@pytest.mark.parametrize("function", [gd.exp, gd.expm1, gd.sigmoid, gd.softplus, gd.sinh])
def test_exponentials_of_large_logarithms_are_refused_in_time(function):
    graph = gd.Graph()
    x = graph.input("x", 0.9999999999999999)
    graph.node("f", function(graph.node("u", gd.xlogy(1e308, x))))
    with budget.cpu(SECONDS), pytest.raises(NumericalError, match="4000"):
        graph.backward("f", exact=True)


def test_what_is_small_is_not_taken_for_nothing_and_what_is_nothing_is_found():
    with budget.cpu(SECONDS):
        assert reduced(sp.exp(-200) + sp.exp(-300)) != 0
        assert reduced(sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6))) == 0
        assert reduced(sp.exp(2) * sp.exp(3) - sp.exp(5)) == 0
        assert reduced((sp.exp(1) + 1) ** 2 - sp.exp(2) - 2 * sp.exp(1) - 1) == 0


@pytest.mark.slow
@pytest.mark.parametrize("levels", [2, 3, 4, 12])
@pytest.mark.parametrize("function", [gd.exp, gd.tanh])
def test_towers_entry_by_entry_and_in_index_notation_come_in_time(function, levels):
    graph = gd.Graph()
    a = graph.input("a", shape=(3, 3))
    tower = a
    for _ in range(levels):
        tower = function(tower @ tower)
    graph.node("f", tower)
    for ask in (graph.entrywise_jacobian, graph.index_jacobian):
        with budget.cpu(SECONDS):
            try:
                ask("a", "f")
            except DerivationError as refused:
                assert levels > 2
                assert "parts" in str(refused) or "split" in str(refused)

"""Functions that only rules use, spelled out."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from closeness import close

import graphdiff as gd
from graphdiff.errors import DerivationError
from graphdiff.language.expression import apply
from graphdiff.language.functions.movement import Index, Scatter, as_key
from graphdiff.language.functions.reductions import TieShares
from graphdiff.local_functions.without_primes import spelled_out, with_comparisons


def test_cases_as_comparisons():
    x, y = sp.symbols("x y", real=True)
    cases = {
        sp.Piecewise((1, x > 0), (0, True)): "(x > 0)",
        sp.Piecewise((0, x > 0), (1, True)): "(x <= 0)",
        sp.Piecewise((y, (x > 0) & (y > x)), (0, True)): "where((x > 0)*(x < y), y, 0)",
        sp.Piecewise((y, sp.Eq(x, 0)), (x, True)): "where(x, x, y)",
        sp.Piecewise((y, (x > 1) | (y > x)), (x, True)): "max(x > 1, x < y)",
    }
    for formula, text in cases.items():
        found = with_comparisons(formula)
        assert text in str(found)
        for values in ({x: 0, y: 1}, {x: 2, y: 3}, {x: 2, y: 1}, {x: -1, y: -2}):
            assert found.subs(values).doit() == formula.subs(values)


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        ((4,), 1), ((4,), -1), ((4,), slice(1, 3)), ((4,), slice(None, None, 2)),
        ((4,), slice(None, None, -1)), ((4,), [0, 2, 2]), ((3, 4), 1), ((3, 4), (1, 2)),
        ((3, 4), (slice(None), 2)), ((3, 4), (slice(1, 3), slice(0, 2))),
        ((3, 4), (1, slice(1, 3))), ((3, 4), (Ellipsis, 0)), ((3, 4), (slice(None), [3, 0])),
        ((2, 3, 4), (0, slice(None), 1)), ((2, 3, 4), (slice(None), [1, 1], slice(2))),
        ((300,), 7), ((300, 2), (299, 1)),
    ],
)  # fmt: skip
def test_entries_put_back(shape, key):
    taken = Index(as_key(key))
    graph = gd.Graph()
    c = graph.input(
        "c", np.arange(1.0, 1 + np.ones(taken.shape(shape)).size).reshape(taken.shape(shape))
    )
    scattered = apply(Scatter(as_key(key), shape), c)
    spelled = spelled_out(scattered)
    a, b = graph.node("a", scattered), graph.node("b", spelled)
    assert "scatter" not in b.formula
    values = graph.forward().value
    close(values[b.name], values[a.name])


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("smallest", [True, False])
def test_the_largest_entries_share(axes, smallest):
    graph = gd.Graph()
    x = graph.input("x", [[1, 3, 3], [1, 1, 2]])
    winners = apply(TieShares(axes, 2, smallest=smallest), x)
    graph.node("a", winners)
    assert "arg" not in graph.node("b", spelled_out(winners)).formula
    values = graph.forward().value
    close(values["b"], values["a"])


def test_conditions_that_are_no_comparisons():
    x = sp.Symbol("x", real=True)
    with pytest.raises(DerivationError, match="is no comparison of numbers"):
        with_comparisons(sp.Piecewise((1, sp.Contains(x, sp.Integers)), (0, True)))
    with pytest.raises(DerivationError, match="no value where none of its conditions holds"):
        with_comparisons(sp.Piecewise((1, x > 0)))


@pytest.mark.parametrize("key", [(slice(None), 0), (0,), (slice(None), slice(0, 1)), ([0], 0)])
def test_an_entry_that_is_all_of_its_axis(key):
    graph = gd.Graph()
    x = graph.parameter("x", [[2.0], [3.0], [5.0]] if len(key) > 1 else [[2.0, 3.0]])
    L = graph.node("L", (x[key] ** 2).sum())
    found = graph.gradient_graph(L).forward().value["dL_dx"]
    np.testing.assert_array_equal(found, graph.backward(L).gradient["x"])

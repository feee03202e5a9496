"""What is said of leaves: kept, checked against values, and made to hold of points."""

from __future__ import annotations

import copy
import itertools
import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
import graphdiff.testing
from graphdiff.errors import GraphdiffError
from graphdiff.graph.facts import CONTRADICTIONS, FACTS, Facts

KEYWORDS = {name: "distribution" if name == "rows" else True for name in FACTS}


def are_possible(names):
    return not any({one, other} <= set(names) for one, other, _ in CONTRADICTIONS)


TOGETHER = [
    {name: KEYWORDS[name] for name in names}
    for count in range(1, len(FACTS) + 1)
    for names in itertools.combinations(FACTS, count)
    if are_possible(names)
]


@pytest.mark.parametrize("said", TOGETHER, ids=lambda said: "-".join(said))
@given(numbers=st.lists(st.fractions(-3, 3, max_denominator=7), min_size=9, max_size=9))
def test_a_value_made_to_obey_is_accepted_in_every_kind_of_number(said, numbers):
    facts = Facts(**said)
    exact = np.array(numbers, dtype=object).reshape(3, 3)
    for array in (exact, exact.astype(np.float64), np.array([exact, exact * 2])):
        made = facts.obeyed(array)
        assert (made.shape, made.dtype) == (array.shape, array.dtype)
        facts.check_value(made, "it")
        np.testing.assert_allclose(facts.obeyed(made).astype(float), made.astype(float), rtol=1e-15)
    assert all(isinstance(entry, Fraction) for entry in facts.obeyed(exact).flat)


@pytest.mark.parametrize("said", ["positive", "integer"])
@pytest.mark.parametrize("value", [sp.Rational(-7, 2), sp.Integer(0), sp.Rational(1, 3)])
def test_of_a_number(said, value):
    facts = Facts(**{said: True})
    made = facts.obeyed(value)
    assert isinstance(made, sp.Expr)
    facts.check_value(made, "it")


@pytest.mark.parametrize("kind", ["input", "parameter"])
@pytest.mark.parametrize("said", TOGETHER, ids=lambda said: "-".join(said))
def test_facts_are_kept_by_files_copies_and_other_graphs(said, kind, tmp_path):
    graph = gd.Graph()
    value = Facts(**said).obeyed(np.array([[0.5, 2], [-1, 0.25]]))
    if kind == "parameter" and any(FACTS[name].of_inputs for name in said):
        with pytest.raises(GraphdiffError, match="goes with inputs only"):
            graph.leaf("A", kind, value, None, said)
        return
    graph.leaf("A", kind, value, None, said)
    B = graph.leaf("B", kind, None, ("n", "n"), said)
    graph.node("L", graph["A"].sum())
    graph.node("M", B.sum())
    assert B.facts.said == said
    found = [copy.deepcopy(graph), pickle.loads(pickle.dumps(graph))]
    found.append(gd.Graph.from_networkx(graph.to_networkx()))
    found.append(graph.with_values(A=value))
    for suffix in (".toml", ".json"):
        graph.save(tmp_path / f"a{suffix}")
        found.append(gd.load(tmp_path / f"a{suffix}"))
    for other in found:
        assert [leaf.facts for leaf in other.leaves] == [Facts(**said)] * 2
        assert dict(other.facts) == dict(graph.facts)
        assert [leaf.kind for leaf in other.leaves] == [kind] * 2
        np.testing.assert_array_equal(other["A"].value, graph["A"].value)
    assert graph.to_networkx().nodes["B"].items() >= said.items()


BROKEN = [
    ({"symmetric": True}, [[1, 2], [3, 4]], "entry [0, 1] of", "is 2, and entry [1, 0] is 3"),
    ({"symmetric": True}, [[[1, 2], [2, 4]], [[1, 0], [5, 1]]], "entry [1, 0, 1] of", "is 5"),
    ({"positive": True}, [1, 0], "entry [1] of", "is 0; it is positive"),
    ({"positive": True}, -2.5, "the value of input 'x'", "is -2.5; it is positive"),
    ({"positive": True}, [sp.Rational(1, 3), -sp.sqrt(2)], "entry [1] of", "is -1.41421356"),
    ({"integer": True}, [[1, 2], [2, 0.5]], "entry [1, 1] of", "is 0.5; it is a whole number"),
    ({"integer": True}, sp.Rational(7, 3), "the value of", "is 2.33333333333; it is a whole"),
    ({"one_hot": True}, [[0, 1], [1, 1]], "row [1] of", "is [1, 1]; a one-hot row"),
    ({"one_hot": True}, [0.5, 0.5], "the value of", "is [0.5, 0.5]; a one-hot row"),
    ({"rows": "distribution"}, [0.5, 0.6], "the value of", "has the sum 1.1"),
    ({"symmetric": True, "positive": True}, [[1, -1], [-1, 1]], "entry [0, 1] of", "is -1"),
]


@pytest.mark.parametrize(("said", "value", "where", "what"), BROKEN)
def test_a_value_that_breaks_a_fact_is_refused_wherever_it_is_given(said, value, where, what):
    graph = gd.Graph()
    ways = [lambda: graph.input("x", value, **said)]
    other = gd.Graph()
    other.input("x", shape=np.shape(value), **said)
    other.node("y", other["x"].sum() if np.ndim(value) else other["x"] * 1)
    ways += [lambda: other.forward(x=value), lambda: other.backward("y", x=value)]
    ways.append(lambda: other.with_values(x=value))
    ways.append(lambda: other.check({"y": 1}, x=value))
    for way in ways:
        with pytest.raises(GraphdiffError) as raised:
            way()
        assert where in str(raised.value)
        assert what in str(raised.value)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "shape", "problem"),
    [
        ({"symmetric": True}, (2, 3), "shape (2, 3); a symmetric matrix has as many rows as"),
        ({"symmetric": True}, ("m", "n"), "shape (m, n); a symmetric matrix"),
        ({"symmetric": True}, (3,), "is a vector, which has no rows and columns"),
        ({"symmetric": True}, (), "is a scalar, which has no rows and columns"),
        ({"one_hot": True}, (), "is a scalar, which has no rows"),
        ({"one_hot": True, "positive": True}, (3,), "both 'one_hot' and 'positive'; a one-hot"),
        ({"rows": "distribution", "one_hot": True}, (3,), "say one_hot alone"),
        ({"symmetric": "yes"}, (2, 2), "symmetric of input 'x' is 'yes'; say True or False"),
        ({"positive": 1}, (2, 2), "positive of input 'x' is 1; say True or False"),
        ({"rows": ""}, (2, 2), "the rows of input 'x' are ''"),
    ],
)
def test_facts_that_no_leaf_can_have(said, shape, problem):
    with pytest.raises(GraphdiffError) as raised:
        gd.Graph().input("x", shape=shape, **said)
    assert problem in str(raised.value)


def test_facts_in_files_that_are_none(tmp_path):
    path = tmp_path / "a.toml"
    for entry, problem in {
        "{shape = [2, 2], symetric = true}": "unknown entry 'symetric'; did you mean 'symmetric'",
        "{shape = [2, 2], symmetric = 'yes'}": "symmetric of input 'A' is 'yes'; say True or False",
        "{value = [[1, 2], [0, 1]], symmetric = true}": "in a symmetric matrix they are equal",
    }.items():
        path.write_text(f"[inputs]\nA = {entry}\n[nodes]\nL = 'A.sum()'\n", encoding="utf-8")
        with pytest.raises(GraphdiffError) as raised:
            gd.load(path)
        assert problem in str(raised.value)


# Constants


@pytest.fixture
def powers():
    graph = gd.Graph()
    x, n = graph.parameter("x", 3), graph.input("n", 2, constant=True)
    graph.node("L", x**n)
    return graph


def test_a_constant_is_never_differentiated(powers):
    g = powers
    ways = [
        lambda: g.gradient("L", "n"), lambda: g.gradient("L", ["x", "n"]),
        lambda: g.hessian("L", "n"), lambda: g.hessian("L", ["x", "n"]),
        lambda: g.local_jacobian("n", "L"), lambda: g.index_jacobian("n", "L"),
        lambda: g.entrywise_jacobian("n", "L"), lambda: g.jacobian("L", "n"),
        lambda: g.vjp("L", "n"), lambda: g.jvp("L", "n"), lambda: g.backward("L", wrt="n"),
        lambda: g.compile("L", "n"), lambda: g.gradient_graph("L", "n"),
        lambda: g.explain("L", "n"), lambda: g.paths("n", "L"),
    ]  # fmt: skip
    for way in ways:
        with pytest.raises(GraphdiffError, match="'n' is constant, so there is no derivative"):
            way()
    run = g.backward("L")
    assert set(run.P) == {"x", "L"}
    assert run.disconnected == ()
    assert "dL_dn" not in g.gradient_graph("L")
    assert g.compile("L")() == (9.0, {"x": 6.0})
    for target in ("dL/dn", "J[n->L]", "P[n]", "H[x, n]", "d2L/dxdn"):
        assert "'n' is constant" in g.check({target: "1"}).results[0].note
    assert "n" in g.draw(run=run).svg


def test_all_leaves_but_the_constants_are_compiled_without_parameters():
    g = gd.Graph()
    x, n = g.input("x", 3), g.input("n", 2, constant=True)
    g.node("L", x * n)
    assert g.compile("L")() == (6.0, {"x": 2.0})
    graphdiff.testing.check_graph(g)


def test_the_number_of_a_constant_stands_in_formulas_of_leaves(powers):
    assert str(powers.gradient("L", "x")) == "2*x"
    assert str(powers.gradient("L", "x", "nodes")) == "n*x**(n - 1)"
    assert str(powers.hessian("L", "x")) == "2"
    with pytest.raises(GraphdiffError, match="'n' is constant, 2, so it has no other value"):
        powers.forward(n=3)
    other = powers.with_values(n=3)
    assert other.forward().value["L"] == 27
    assert str(other.gradient("L", "x")) == "3*x**2"
    assert powers.forward(n=2).value["L"] == 9


def test_a_constant_without_a_value_may_have_any():
    g = gd.Graph()
    x, n = g.parameter("x", 3), g.input("n", constant=True)
    g.node("L", x**n)
    assert str(g.gradient("L", "x")) == "n*x**(n - 1)"
    assert g.backward("L", n=3).P["x"] == 27

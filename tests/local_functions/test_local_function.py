"""Local functions: shared, derived once, bounded, and never by recursion."""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import DerivationError, ExpressionError
from graphdiff.graph import graph as structure
from graphdiff.language.expression import Apply
from graphdiff.local_functions.local_function import LocalFunction, localise, order_of, outlined


@pytest.fixture
def derivations(monkeypatch):
    """Count the calls of SymPy's diff."""
    calls = []
    diff = sp.Expr.diff

    def counted(self, *symbols, **assumptions):
        calls.append(self)
        return diff(self, *symbols, **assumptions)

    monkeypatch.setattr(sp.Expr, "diff", counted)
    return calls


def neurons(count):
    graph = gd.Graph()
    x, b = graph.input("x", 0.5), graph.parameter("b", 0.1)
    total = None
    for k in range(count):
        h = graph.node(f"h_{k}", 0.7319 * gd.sigmoid(x * graph.parameter(f"w_{k}", k / count) + b))
        total = h if total is None else graph.node(f"s_{k}", total + h)
    return graph


@pytest.mark.slow
def test_each_distinct_function_is_derived_once(derivations):
    neurons(10).backward()
    assert derivations
    derivations.clear()
    graph = neurons(1000)
    graph.backward()
    assert derivations == []  # of no other function than the ten
    assert len({id(node.function) for node in graph if not node.is_leaf}) == 2
    graph.backward(x=3)
    assert derivations == []
    graph.local_jacobian("w_7", "h_7")
    derivations.clear()
    graph.local_jacobian("w_8", "h_8")
    assert derivations == []


def test_functions_are_shared_up_to_renaming():
    graph = gd.Graph()
    x, y = graph.input("x"), graph.input("y")
    a, b = graph.node("a", x * y + 1), graph.node("b", y * x + 1)
    assert a.function is b.function
    assert graph.node("c", x * y + 2).function is not a.function
    assert graph.node("d", x * x).function is not graph.node("e", x**2).function
    assert isinstance(a.function, LocalFunction)


def small_expressions():
    """Expressions of up to three functions over few parts, so that many are alike."""
    graph = gd.Graph()
    x, y, u, v = (graph.input(name, shape=(2,) * (name in "uv")) for name in "xyuv")
    ones = [x, y, gd.pi, 2 * x, x * x, x * 2, x * 2.0, x - y, gd.tanh(x), y + 0.0, y - -0.0]
    ones += [u.sum(), u @ u, u @ v, gd.stack([x, y]), gd.stack([x, y, x]), gd.stack([2, 2.0])]
    twos = [
        combine(a, b)
        for a, b in itertools.product(ones, repeat=2)
        for combine in (lambda a, b: a + b, lambda a, b: b - a * a)
        if a.shape == b.shape
    ]
    return [x, u, *ones, *twos, *(gd.sin(part) * x for part in twos if not part.shape)]


def test_expressions_of_one_outline_have_one_program():
    program_of = {}
    for expression in small_expressions():
        outline, met = outlined(expression)
        program, parents = localise(expression)
        found = (program, tuple(parent.shape for parent in parents))
        same_program, in_order = program_of.setdefault(outline, (found, order_of(parents, met)))
        assert found == same_program
        assert in_order(met) == parents  # by the order of the first expression of this outline
    assert len(program_of) > 100


def test_a_renamed_expression_has_the_outline_of_the_first():
    graph = gd.Graph()
    x, y, z = (graph.input(name) for name in "xyz")
    formulas = [
        lambda a, b: a * b,
        lambda a, b: gd.tanh(a * b + 1) - b,
        lambda a, b: (a / 3 + b) ** 2 + gd.max(a, b, 0.5),
    ]
    for formula in formulas:
        assert outlined(formula(x, y))[0] == outlined(formula(z, x))[0]
        assert outlined(formula(x, y))[0] != outlined(formula(x, x) + 0)[0]


def test_a_function_is_made_once_for_all_nodes_with_its_formula(monkeypatch):
    made = []
    monkeypatch.setattr(structure, "localise", lambda e: made.append(e) or localise(e))
    neurons(100)
    assert len(made) == 2


def test_a_part_written_twice_is_one_line():
    graph = gd.Graph()
    x, y = graph.input("x"), graph.input("y")
    shared = x * y
    once, twice = graph.node("a", shared + shared), graph.node("b", x * y + x * y)
    assert outlined(shared + shared)[0] != outlined(x * y + x * y)[0]
    assert once.function is twice.function
    assert len(once.function.program) == 4


def test_numbers_that_are_equal_are_kept_as_they_were_written():
    graph = gd.Graph()
    x = graph.input("x", 3)
    written = [1, 1.0, 0.0, -0.0, 0, np.float64(1), 1.0, 1]
    formulas = [graph.node(f"u_{k}", x * number).formula for k, number in enumerate(written)]
    assert formulas == ["x*1", "x*1.0", "x*0.0", "x*(-0.0)", "x*0", "x*1.0", "x*1.0", "x*1"]
    assert isinstance(x * 1, Apply)


def test_one_function_on_nodes_has_an_edge_for_each_argument():
    graph = gd.Graph()
    x = graph.input("x", 3)
    assert graph.node("a", x * x).parents == (x, x)
    assert graph.node("b", gd.max(x, x)).parents == (x, x)
    assert graph.node("c", x * x + x).parents == (x,)
    assert graph.local_jacobian("x", "a") == 2 * x.symbol
    assert graph.local_jacobian("x", "c") == 2 * x.symbol + 1


@pytest.mark.slow
def test_a_long_chain():
    graph = gd.Graph()
    u = graph.input("x", 0.5)
    for k in range(10_000):
        u = graph.node(f"u_{k}", gd.tanh(u))
    run = graph.backward()
    assert 0 < run.P["x"] < 1
    assert str(graph.local_jacobian("u_0", "u_1")) == "1 - u_1**2"
    assert len(graph.gradient(u, "x", in_terms_of="nodes").args) == 10_000
    assert len(graph.explain(u, "x", run=run).steps) == 10_004
    assert graph.ancestors(u) == graph.descendants("x")
    with pytest.raises(DerivationError) as error:
        graph.gradient(u, "x")
    assert str(error.value) == (
        "the closed form would have more than 120 levels of nesting; ask for it "
        "in_terms_of='nodes' or 'children', or for numbers with backward"
    )


@pytest.mark.parametrize("step", [lambda u: u * u, lambda u: u + u])
def test_a_formula_that_doubles(step):
    graph = gd.Graph()
    expression = graph.input("x", 1)
    for _ in range(60):
        expression = step(expression)
    with pytest.raises(ExpressionError) as error:
        graph.node("z", expression)
    assert str(error.value) == (
        "the formula has more than 20000 operations when written out; split it into several nodes"
    )


@pytest.mark.parametrize("step", [lambda u: u * u, lambda u: u + u])
def test_a_chain_that_doubles(step):
    graph = gd.Graph()
    u = graph.input("x", 1)
    for k in range(60):
        u = graph.node(f"u_{k}", step(u))
    assert graph.backward().P["x"] == 2**60
    with pytest.raises(DerivationError, match="more than 200000 operations"):
        graph.gradient(u, "x")


@pytest.mark.parametrize("step", [gd.sin, gd.sigmoid, abs, lambda u: 1 / (1 + u), gd.relu,
                                  lambda u: gd.max(u, 1), lambda u: 2**u,
                                  lambda u: (u + 1) * 0.5])  # fmt: skip
def test_nesting_is_bounded_and_safe_below_the_bound(step):
    graph = gd.Graph()
    expression = graph.input("x", 0.5)
    for k in range(200):
        try:
            node = graph.node(f"u_{k}", expression)
        except ExpressionError as error:
            assert str(error) == (
                "the formula is nested deeper than 80 levels; split it into several nodes"
            )
            break
        expression = step(expression)
    else:
        pytest.fail("no bound")
    graph.local_jacobian("x", node)


@pytest.mark.slow
def test_thousands_of_terms():
    graph = gd.Graph()
    xs = [graph.input(f"x_{k}", 1) for k in range(1500)]
    graph.node("z", sum(xs[k] * xs[k - 1] for k in range(1500)))
    run = graph.backward()
    assert run.value["z"] == 1500
    assert set(map(run.P.__getitem__, ["x_0", "x_77", "x_1499"])) == {2}
    assert graph["z"].formula.startswith("x_0*x_1499 + x_1*x_0 + ")


def test_more_arguments_than_numpy_broadcasts():
    graph = gd.Graph()
    xs = [graph.input(f"x_{k}", 2) for k in range(100)]
    graph.node("z", sum(x**2 for x in xs))
    for options in ({}, {"exact": True}, {"x_3": [2, 2]}):
        run = graph.backward(**options)
        assert np.all(run.P["x_99"] == 4)


def test_a_number_too_long_to_write():
    graph = gd.Graph()
    expression = graph.input("x", 1)
    for _ in range(3000):
        expression = expression * 1.0001
    z = graph.node("z", expression)
    with pytest.raises(ExpressionError, match="has more than 4000 digits"):
        graph.backward(z)


def test_bare_nodes_and_constants():
    graph = gd.Graph()
    x = graph.input("x", 3)
    graph.node("copy", x)
    graph.node("two", 2)
    graph.node("third", sp.Rational(1, 3))
    graph.node("L", graph["copy"] * graph["two"] + graph["third"])
    assert [node.formula for node in graph] == ["x", "x", "2", "1/3", "copy*two + third"]
    run = graph.backward(exact=True)
    assert run.value["L"] == sp.Rational(19, 3)
    assert dict(run.P) == {"x": 2, "copy": 2, "two": 3, "third": 1, "L": 1}
    assert graph.gradient("L", "x") == 2
    assert graph.gradient("L", "two") == x.symbol


def test_derivative_with_respect_to_a_computed_node():
    graph = gd.Graph()
    x = graph.input("x", 3)
    z = graph.node("z", x**2)
    w = graph.node("w", z * x)
    assert graph.backward(w).P["z"] == 3
    assert graph.gradient(w, z) == x.symbol
    assert graph.gradient(w, w) == 1
    assert graph.gradient(z, w) == 0
    assert graph.hessian(w, x) == 6 * x.symbol
    assert graph.hessian(w, z) == 0


def test_a_function_from_another_process_is_the_same_key():
    script = (
        "import pickle, sys, graphdiff as gd\n"
        "g = gd.Graph(); f = g.node('y', gd.einsum('ij->j', g.input('x', shape=(2, 3)))).function\n"
        "hash(f); sys.stdout.buffer.write(pickle.dumps(f))"
    )
    made = {
        pickle.loads(
            subprocess.run(
                [sys.executable, "-c", script], capture_output=True, check=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
        )
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(made) == 1

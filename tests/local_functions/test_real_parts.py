"""Formulas that are real nowhere around a point have no derivative, by whatever way it is asked."""

import math

import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import NoDerivativeError, NumericalError
from graphdiff.files.parser import parse
from graphdiff.language.expression import Constant, apply
from graphdiff.language.functions import CATALOGUE
from graphdiff.local_functions.pullback import Placeholder
from graphdiff.local_functions.real_parts import check_real

NOWHERE = [
    "(-2)**y",
    "((-2)**y)**2",
    "abs((-2)**y)",
    "(-2)**y * (-2)**(-y)",
    "(1 - 3.5)**y",
    "y*sqrt(-4)",
    "(y*sqrt(-4))**2",
    "y + log(-1)",
    "y*asin(2)",
    "y/0",
    "sigmoid(y/(2 - 2))",
    "xlogy(y, 0)",
    "y*tan(pi/2)",
    "where(y > 0, (-2)**y, y*sqrt(-4))",
]

CLOSED = {
    "gradient": lambda g: g.gradient("f", "y"),
    "gradient in nodes": lambda g: g.gradient("f", "y", in_terms_of="nodes"),
    "hessian": lambda g: g.hessian("f", "y"),
    "jacobian": lambda g: g.jacobian("f", "y"),
    "jvp": lambda g: g.jvp("f", "y"),
    "vjp": lambda g: g.vjp("f", "y"),
    "local": lambda g: g.local_jacobian("y", "f"),
    "index": lambda g: g.index_jacobian("y", "f"),
    "entrywise": lambda g: g.entrywise_jacobian("y", "f"),
    "gradient graph": lambda g: g.gradient_graph("f"),
    "program": lambda g: g.compile("f", "y"),
    "program of second derivatives": lambda g: g.compile("f", "y", form="hessian"),
}


def graph_of(formula, **leaves):
    graph = gd.Graph()
    for name, value in (leaves or {"y": 2}).items():
        graph.input(name, value)
    graph.node("f", parse(formula, graph.__getitem__))
    return graph


@pytest.mark.parametrize("formula", NOWHERE)
def test_no_sweep_takes_a_derivative_of_it(formula):
    graph = graph_of(formula)
    for exact in (False, True):
        with pytest.raises(NumericalError, match=r"'f'|y->f"):
            graph.backward("f", exact=exact)


@pytest.mark.parametrize("ask", CLOSED.values(), ids=CLOSED)
@pytest.mark.parametrize("formula", NOWHERE)
def test_it_has_no_formula_and_no_program(formula, ask):
    with pytest.raises(NoDerivativeError, match="no finite real"):
        ask(graph_of(formula))


@pytest.mark.parametrize("formula", NOWHERE)
def test_a_claim_about_it_is_undecided(formula):
    graph = graph_of(formula)
    report = graph.check({"P[y]": 2.77, "J[y->f]": "y", "df/dy": 4})
    assert {result.verdict for result in report.results} == {"undecided"}


def test_nor_have_arrays():
    graph = graph_of("sum((-2)**y)", y=[1, 2, 3])
    with pytest.raises(NumericalError, match=r"J\[y->f\]: '\(-2\) \*\* …' has no finite real"):
        graph.backward("f")
    for ask in (graph.gradient, graph.compile, graph.jvp):
        with pytest.raises(NoDerivativeError):
            ask("f", "y")


def test_a_branch_that_is_not_chosen_may_be_so():
    graph = graph_of("where(y > 0, y**2, (-2)**y)")
    for exact in (False, True):
        assert graph.backward("f", exact=exact).P["y"] == 4
    assert graph.compile("f", "y")(y=2.0) == (4, 4)
    with pytest.raises(NumericalError, match=r"J\[y->f\]"):
        graph.backward("f", y=-2)
    with pytest.raises(NoDerivativeError, match=r"J\[y->f\].*not a finite real number in all its"):
        graph.gradient("f", "y")


def test_nodes_that_are_numbers_make_no_complex_formula():
    graph = gd.Graph()
    y = graph.input("y", 2)
    graph.node("f", graph.node("minus", y - y - 2) ** y)
    for ask in (graph.gradient, graph.hessian):
        with pytest.raises(NoDerivativeError, match="not a finite real number"):
            ask("f", "y")
    with pytest.raises(NumericalError, match=r"J\[y->f\]"):
        graph.backward("f")


def test_only_what_is_asked_is_refused():
    graph = graph_of("x**y", x=-2, y=2)
    assert graph.backward("f", wrt="x").P["x"] == -4
    assert graph.compile("f", "x")(x=-2.0, y=2.0) == (4, -4)
    with pytest.raises(NumericalError, match=r"J\[y->f\]"):
        graph.backward("f", wrt="y")
    report = graph.check({"P[x]": -4, "df/dx": "y*x**(y - 1)", "P[y]": 2.77})
    assert [result.verdict for result in report.results] == ["correct", "correct", "undecided"]


@given(base=st.fractions(-9, 9, max_denominator=20), y=st.integers(-3, 3))
def test_a_power_of_a_number_has_a_derivative_where_it_is_real(base, y):
    graph = gd.Graph()
    graph.node("f", float(base) ** graph.input("y", y))
    if base > 0:
        run = graph.backward("f")
        close(run.P["y"], float(base) ** y * math.log(base))
    else:
        with pytest.raises(NumericalError):
            graph.backward("f")
        with pytest.raises(NoDerivativeError):
            graph.gradient("f", "y")


@pytest.mark.parametrize("name", [name for name, f in CATALOGUE.items() if f.arity > 1])
def test_no_function_is_refused_for_numbers_it_is_real_for(name):
    function = CATALOGUE[name]
    inside = [low + 0.4 * (high - low) for low, high in function.sample_domain]
    for point in (inside, *function.kinks):
        for slot in range(function.arity):
            x = Placeholder(0, ())
            numbers = [x if k == slot else Constant(number) for k, number in enumerate(point)]
            check_real(apply(function, *numbers), x)


def test_a_program_of_the_value_alone():
    step = graph_of("xlogy(y, 0)").compile("f", "y", form="value")
    assert step(y=0.0) == 0
    assert step(y=2.0) == -math.inf

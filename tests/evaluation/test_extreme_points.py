"""At the ends of the floats and at degenerate points: an answer, or one line of our own."""

import warnings

import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st
from tensor_cases import CASES, graph_of

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphdiffError, NumericalError
from graphdiff.files import budget
from graphdiff.language.expression import apply
from graphdiff.language.functions import CATALOGUE

ENDS = (0, -0.0, 1, -1, 0.5, -2.5, 3, 1e308, -1e308, 5e-324, -5e-324, 1e-308, 1e154, 1e-154, 1e16,
        710, -710, 1 - 2**-53)  # fmt: skip
SECONDS = 30


def answered(ask):
    """Return what is answered; None if it is refused, in one line."""
    try:
        with warnings.catch_warnings(), budget.cpu(SECONDS):
            warnings.simplefilter("error")
            return ask()
    except GraphdiffError as refused:
        assert "\n" not in str(refused)
        return None


def asked_everything(graph, output, x):
    """Ask for all there is about the derivative of an output in a leaf x."""
    scalar = output.size == 1
    given = {leaf.name: leaf.value for leaf in graph.leaves}
    answered(graph.forward)
    answered(lambda: graph.backward(output))
    answered(lambda: graph.backward(output, exact=True))
    answered(lambda: graph.check({f"P[{x.name}]": 1}))
    answered(lambda: str(graph.explain(output, x)))
    for form in ("value_and_gradient", "hessian") if scalar else ("jacobian",):
        step = answered(lambda form=form: graph.compile(output, x, form=form))
        if step is not None:
            with np.errstate(all="ignore"):
                answered(step)
    asks = (graph.gradient, graph.hessian, graph.jacobian) if scalar else (graph.jacobian,)
    for ask in asks:
        formula = answered(lambda ask=ask: ask(output, x))
        for exact in (False, True):
            if hasattr(formula, "at"):
                answered(lambda exact=exact, found=formula: found.at(given, exact=exact))
    if scalar:
        derived = answered(lambda: graph.gradient_graph(output))
        if derived is not None:
            answered(derived.forward)


@st.composite
def chains(draw):
    """Return a graph of some functions of the catalogue, one of another, at the ends."""
    graph = gd.Graph()
    ends = st.sampled_from(ENDS)
    pool = [graph.input(name, draw(ends)) for name in ("x", "y")[: draw(st.integers(1, 2))]]
    for k in range(draw(st.integers(1, 3))):
        function = CATALOGUE[draw(st.sampled_from(sorted(CATALOGUE)))]
        operands = st.sampled_from(pool) | ends
        made = apply(function, *(draw(operands) for _ in range(function.arity)))
        pool.append(graph.node(f"u_{k}", made) if draw(st.booleans()) else made)
    graph.node("f", made * 1)
    return graph


@pytest.mark.slow
@given(graph=chains())
def test_maps(graph):
    asked_everything(graph, graph["f"], graph["x"])


@pytest.mark.slow
@given(case=st.sampled_from(CASES), data=st.data())
def test_functions_of_tensors(case, data):
    ends = st.sampled_from(ENDS[:-1])
    values = []
    for shape in case.shapes:
        size = int(np.prod(shape))
        drawn = st.lists(ends, min_size=size, max_size=size) | ends.map(lambda v, n=size: [v] * n)
        values.append(np.array(data.draw(drawn), float).reshape(shape))
    try:
        graph = graph_of(case, values)
    except GraphdiffError:
        return
    asked_everything(graph, graph.outputs[-1], graph.leaves[0])


@pytest.mark.parametrize(
    "number", [1e308, 2**1023, -(10**400)], ids=["1e308", "2**1023", "-10**400"]
)
def test_numbers_beyond_the_floats_are_refused_by_name(number):
    graph = gd.Graph()
    graph.node("g", graph.node("h", number * graph.input("x", 0.25)) / 1e-20)
    with pytest.raises(NumericalError, match=r"node '[gh]' .* is (minus )?infinit"):
        graph.backward("g")


@pytest.mark.parametrize(
    "number", [10**200, -(10**300), 3**600], ids=["10**200", "-10**300", "3**600"]
)
def test_long_whole_numbers_are_floats_like_others(number):
    graph = gd.Graph()
    x = graph.input("x", 0.25)
    graph.node("f", number * x * 1e-250 + gd.sin(x))
    close(graph.backward("f").P["x"], number * 1e-250 + np.cos(0.25))


def test_a_derivative_beyond_the_floats_is_refused_by_name():
    graph = gd.Graph()
    graph.node("f", (1e308 * graph.input("x", 0.25)) / 0.5)
    assert graph.forward().value["f"] == 5e307
    with pytest.raises(NumericalError, match=r"the local Jacobian J\[x->f\] is infinite"):
        graph.backward("f")


def test_slopes_that_are_long_whole_numbers():
    graph = gd.Graph()
    x = graph.input("x", -5e-324)
    graph.node("f", gd.leaky_relu(x, 1e154))
    assert graph.backward("f").P["x"] == 1e154


def test_a_slope_beyond_the_floats_in_a_program():
    graph = gd.Graph()
    x = graph.input("x", 710)
    graph.node("f", gd.abs(x / -5e-324))
    with np.errstate(all="ignore"):
        assert not np.isfinite(graph.compile("f", "x", form="jacobian")())


def test_a_kernel_of_plain_numbers_divides_by_0_as_numpy_does():
    graph = gd.Graph()
    graph.node("f", gd.atan2(graph.input("x", -5e-324), graph.input("y", 0)))
    found = graph.compile("f", form="hessian")(x=-5e-324, y=0.0)
    assert not np.isfinite(found["x", "y"])


def test_a_node_beyond_what_sympy_computes_has_no_closed_form():
    graph = gd.Graph()
    x = graph.input("x", 2)
    graph.node("f", x * graph.node("u", -1e308 * graph.node("t", gd.erfc(-1e308))))
    with pytest.raises(DerivationError, match=r"node '[tu]' .* has numbers beyond what"):
        graph.hessian("f", "x")


def test_a_node_that_is_no_real_number_has_no_closed_form():
    graph = gd.Graph()
    x = graph.input("x", 2)
    graph.node("f", gd.leaky_relu(graph.node("u", gd.acos(-710)), x))
    for ask in (graph.gradient, graph.hessian):
        with pytest.raises(NumericalError, match=r"node 'u' .* is acos\(-710\); it must be a fin"):
            ask("f", "x")

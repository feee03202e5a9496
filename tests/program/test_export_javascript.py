"""Programs in JavaScript compute what the graph does."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from closeness import close
from export_cases import (
    CASES,
    KINKED,
    NAMES,
    at_kinks,
    inside,
    loss_of,
    network,
    own_functions,
    without_formula,
)
from hypothesis import given, settings
from strategies import KINKED as KINKED_FUNCTIONS
from strategies import SMOOTH, graphs

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.program.export.javascript import helpers


def agrees(node, graph, output):
    """Check value and gradients in all leaves against the literal evaluator."""
    step = graph.compile(output, wrt=list(graph.leaves))
    value, gradients = node(step.to_javascript(), [leaf.value for leaf in graph.leaves])
    run = graph.backward(output)
    close(number(value), run.value[output])
    assert [name for name, _ in gradients] == [leaf.name for leaf in graph.leaves]
    for name, gradient in gradients:
        wanted = np.asarray(run.gradient[name])
        close(np.reshape(number(gradient), wanted.shape), wanted)


def number(told):
    """Return what node told as numbers: those that JSON has not come as words."""
    return np.asarray(told, dtype=object).astype(float)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_functions_of_tensors(node, case):
    agrees(node, loss_of(case), "L")


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(node, name):
    agrees(node, inside(name), "f")


@pytest.mark.parametrize("name", KINKED)
def test_derivatives_declared_at_kinks(node, name):
    for graph, partials in at_kinks(name):
        step = graph.compile("f", wrt=list(graph.leaves))
        value, gradients = node(step.to_javascript(), [leaf.value for leaf in graph.leaves])
        close(number(value), graph.forward().value["f"])
        close(number([part for _, part in gradients]), partials)


@settings(max_examples=12)
@given(graph=graphs((*SMOOTH, *KINKED_FUNCTIONS)))
def test_random_graphs(node, graph):
    agrees(node, graph, graph.nodes[-1].name)


@pytest.mark.parametrize("x", [-30, -9.5, -2.000001, -2, -0.4, 1e-300, 0.0, 0.7, 1.99, 2.01, 5, 26])
def test_error_functions_to_their_last_digits(node, x):
    graph = gd.Graph()
    x_ = graph.parameter("x", float(x))
    graph.node("f", [gd.erf(x_), gd.erfc(x_)])
    found = node(graph.compile("f", form="value").to_javascript(), [float(x)])
    wanted = [float(f(sp.Float(x, 60)).n(40)) for f in (sp.erf, sp.erfc)]
    np.testing.assert_allclose(number(found), wanted, rtol=4e-15)


@pytest.mark.parametrize("x", [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, -7.0, 1e17])
def test_halves_are_rounded_to_the_even_number(node, x):
    graph = gd.Graph()
    graph.node("f", gd.round(graph.parameter("x", x)))
    assert number(node(graph.compile("f", form="value").to_javascript(), [x])) == round(x)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_logarithm_of_a_determinant_is_of_its_sign(node, swapped):
    A = np.array([[0.0, 2, 1], [3, 1, 0], [1, 0, 4]])[[1, 0, 2] if swapped else [0, 1, 2]]
    graph = gd.Graph()
    graph.node("f", gd.logdet(graph.parameter("A", A)))
    found = number(node(graph.compile("f", form="value").to_javascript(), [A]))
    sign, size = np.linalg.slogdet(A)
    np.testing.assert_allclose(found, size if sign > 0 else np.nan, rtol=1e-14)


def test_a_network_with_names_beyond_ascii(node):
    agrees(node, network()[0], "L")


def test_functions_of_ones_own_are_written_out(node):
    agrees(node, own_functions(), "L")
    with pytest.raises(GraphError, match="'factorial' cannot be written in JavaScript"):
        without_formula().compile("L").to_javascript()


def test_names_are_no_words_of_the_language(node):
    graph = gd.Graph()
    names = ("let", "Math", "step", "map", "__proto__", "i", "places", "constructor")
    leaves = [graph.parameter(name, k / 4 + 0.5) for k, name in enumerate(names)]
    vector = graph.parameter("flat", [1.0, 2.0])
    graph.node("L", sum(leaf * leaf for leaf in leaves) * gd.sum(gd.exp(vector)))
    agrees(node, graph, "L")


def test_arrays_nested_and_flat_and_the_wrong_size(node):
    graph = gd.Graph()
    graph.node("L", gd.sum(graph.parameter("W", np.ones((2, 3))) ** 2))
    text = graph.compile("L").to_javascript()
    assert node(text, [[1, 2, 3, 4, 5, 6]])[0] == node(text, [[[1, 2, 3], [4, 5, 6]]])[0] == 91
    with pytest.raises(AssertionError, match="W has 5 entries, not 6"):
        node(text, [[1, 2, 3, 4, 5]])


def test_jacobians_and_hessians(node):
    graph = gd.Graph()
    x = graph.parameter("x", [0.3, -0.4, 0.5])
    graph.node("y", gd.tanh(x * gd.cumsum(x)))
    step = graph.compile("y", form="jacobian")
    ((_, found),) = node(step.to_javascript(), [x.value])
    close(np.reshape(number(found), (3, 3)), step()["x"])


def test_only_what_a_program_needs_stands_in_it():
    graph = gd.Graph()
    w = graph.parameter("w", 2.0)
    graph.node("L", gd.tanh(w) ** 2)
    text = graph.compile("L").to_javascript()
    assert "function" not in text.replace("export function step", "")
    vector = graph.parameter("v", [1.0, 2.0])
    graph.node("S", gd.sum(vector))
    text = graph.compile("S", form="value").to_javascript()
    assert {name for name in helpers() if f"function {name}(" in text} == {
        "flat",
        "folded",
        "map",
        "sums",
    }

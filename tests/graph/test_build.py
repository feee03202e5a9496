"""Graphs out of SymPy expressions and Python functions: one node for each operation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import ExpressionError, GraphError

x, y, z = sp.symbols("x y z")


def operations(graph):
    return [f"{node.name} = {node.formula}" for node in graph if not node.is_leaf]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ((x + y) ** 2 + (x + y), ["v1 = x + y", "v2 = v1**2", "f = v1 + v2"]),
        (1 / (1 + sp.exp(-x)), ["v1 = -x", "v2 = exp(v1)", "v3 = 1 + v2", "f = 1/v3"]),
        (sp.exp(-(x**2) / 2), ["v1 = x**2", "v2 = v1/2", "v3 = -v2", "f = exp(v3)"]),
        (sp.Mul(x + y, sp.sin(x + y), evaluate=False), ["v1 = x + y", "v2 = sin(v1)", "f = v1*v2"]),
        (2 * x + 2.0 * y, ["v1 = 2*x", "v2 = 2.0*y", "f = v1 + v2"]),
        (x - y, ["f = x - y"]),
        (1 - x, ["f = 1 - x"]),
        (-x - y, ["v1 = -x", "f = v1 - y"]),
        (sp.Rational(2, 3) * x, ["v1 = 2*x", "f = v1/3"]),
        (0.1 * x, ["f = 0.1*x"]),
        (-2.5 * x * y, ["v1 = 2.5*x", "v2 = v1*y", "f = -v2"]),
        (x**-2, ["v1 = x**2", "f = 1/v1"]),
        (1 / sp.sqrt(x), ["v1 = sqrt(x)", "f = 1/v1"]),
        (x ** sp.Rational(2, 3), ["f = x**(2/3)"]),
        (x**-y, ["v1 = -y", "f = x**v1"]),
        (sp.pi * x + sp.E, ["v1 = pi*x", "f = v1 + exp(1)"]),
        (sp.sqrt(2) * x, ["f = x*sqrt(2)"]),
        (sp.log(x, 2), ["v1 = log(x)", "f = v1/log(2)"]),
        (sp.Max(x, y, 1), ["v1 = max(1, x)", "f = max(v1, y)"]),
        (sp.Abs(x) * sp.sign(y), ["v1 = abs(x)", "v2 = sign(y)", "f = v1*v2"]),
        (sp.Mul(-1, -1, x, evaluate=False), ["v1 = -1*x", "f = -v1"]),
        (sp.Symbol("f") + 1, ["f_ = f + 1"]),
        (sp.Symbol("v1") * sp.Symbol("v2") + 1, ["v3 = v1*v2", "f = v3 + 1"]),
        (x, ["f = x"]),
        (sp.Integer(2), ["f = 2"]),
        (3, ["f = 3"]),
    ],
)  # fmt: skip
def test_one_node_for_each_operation(expression, expected):
    assert operations(gd.Graph.from_expression(expression)) == expected


def test_a_catalogue_function_keeps_its_name():
    graph = gd.Graph()
    graph.node("h", gd.sigmoid(graph.input("x")) * 2)
    head = graph["h"].function.formula.subs(graph["h"].function.formals[0], x)
    assert operations(gd.Graph.from_expression(head)) == ["v1 = sigmoid(x)", "f = 2*v1"]


def test_names_values_and_parameters():
    graph = gd.Graph.from_expression(
        x * y, parameters=[y], values={x: sp.Rational(1, 3), "y": 3}, name="v1", title="t"
    )
    assert [node.kind for node in graph] == ["input", "parameter", "computation"]
    assert graph.forward(exact=True).value["v1"] == 1
    assert graph.title == "t"


@pytest.mark.parametrize(
    ("expression", "error", "message"),
    [
        ("x + 1", GraphError, "a graph is built from a SymPy expression, not from 'x + 1' of type str"),
        (None, GraphError, "a graph is built from a SymPy expression, not from None of type NoneType"),
        (sp.Eq(x, y), GraphError, "a graph is built from a SymPy expression, not from Eq(x, y) of type Equality"),
        (sp.gamma(x), ExpressionError, "there is no function for SymPy's gamma in gamma(x); declare it with gd.function and build the graph node by node"),
        (sp.Piecewise((x, x > 0), (0, True)), ExpressionError, "there is no function for SymPy's Piecewise in Piecewise((x, x > 0), (0, True)); declare it with gd.function and build the graph node by node"),
        (sp.Derivative(sp.sin(x), x) + 1, ExpressionError, "there is no function for SymPy's Derivative in Derivative(sin(x), x); declare it with gd.function and build the graph node by node"),
        (sp.I * x, ExpressionError, "I is not a finite real number, so no formula may have it"),
        (sp.oo * x, GraphError, "a constant is oo; it must be a finite real number"),
        (x + sp.Symbol("x", real=True), GraphError, "two different symbols have the same name; rename one"),
        (sp.Symbol("a b") + 1, GraphError, "'a b' cannot be a node's name; use letters, digits and _, beginning with a letter, at most 100"),
    ],
)  # fmt: skip
def test_what_an_expression_cannot_be(expression, error, message):
    with pytest.raises(error) as raised:
        gd.Graph.from_expression(expression)
    assert str(raised.value) == message


def from_sympy():
    leaves = st.sampled_from([x, y, z, sp.Integer(2), sp.Rational(-3, 4), sp.pi])

    def larger(parts):
        return st.one_of(
            st.builds(sp.Add, parts, parts),
            st.builds(sp.Mul, parts, parts),
            st.builds(lambda a, b: a - b, parts, parts),
            st.builds(lambda a, b: a / (b**2 + 1), parts, parts),
            st.builds(lambda a, n: (a**2 + 1) ** n, parts, st.sampled_from([2, -2, sp.S.Half, -sp.S.Half, sp.Rational(2, 3)])),
            st.builds(lambda f, a: f(a), st.sampled_from([sp.sin, sp.tanh, sp.atan, sp.Abs]), parts),
            st.builds(sp.Max, parts, st.just(sp.S.Half)),
        )  # fmt: skip

    return st.recursive(leaves, larger, max_leaves=8)


@given(from_sympy())
def test_the_value_is_sympys(expression):
    values = {"x": 0.5, "y": -1.25, "z": 0.75}
    used = {str(symbol): values[str(symbol)] for symbol in expression.free_symbols}
    if expression.has(sp.zoo, sp.nan, sp.im, sp.re) or expression.count_ops() > 200:
        return
    run = gd.Graph.from_expression(expression.subs({s: sp.Symbol(s.name) for s in (x, y, z)}),
                                   values=used).backward("f")  # fmt: skip
    expected = float(expression.subs(used))
    assert math.isclose(run.value["f"], expected, rel_tol=1e-9, abs_tol=1e-9)


def sums(a, b):
    return sum([a, b, a * b])


def shared(t):
    u = t + 1
    return u * u + u


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, w: np.exp(w * x) + np.maximum(x, 1),
         ["v1 = w*x", "v2 = exp(v1)", "v3 = max(x, 1)", "f = v2 + v3"]),
        (lambda x: np.sin(x) ** np.float64(2), ["v1 = sin(x)", "f = v1**2.0"]),
        (lambda x: -abs(x) / 3, ["v1 = abs(x)", "v2 = -v1", "f = v2/3"]),
        (lambda x: sp.Rational(2, 3) * x, ["f = 2/3*x"]),
        (lambda x, y: (x + y, x * y), ["f_1 = x + y", "f_2 = x*y"]),
        (lambda x, y: {"p": x + y, "q": x * y}, ["p = x + y", "q = x*y"]),
        (lambda x: (lambda t: (t, t))(x + 1), ["f_1 = x + 1", "f_2 = f_1"]),
        (lambda f: f * 2, ["f_ = f*2"]),
        (lambda f, f_: f * f_, ["f__ = f*f_"]),
        (lambda x: x, ["f = x"]),
        (lambda x: 3, ["f = 3"]),
        (sums, ["v1 = a + b", "v2 = a*b", "sums = v1 + v2"]),
        (shared, ["v1 = t + 1", "v2 = v1*v1", "shared = v2 + v1"]),
        (lambda x: (x + 1) * (x + 1), ["v1 = x + 1", "v2 = x + 1", "f = v1*v2"]),
    ],
)  # fmt: skip
def test_from_function(function, expected):
    assert operations(gd.Graph.from_function(function)) == expected


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: None, "the function returned nothing; it must return what it computes"),
        (lambda *x: x[0], "the function must take plain arguments, no * or keywords"),
        (lambda x, *, k: x * k, "the function must take plain arguments, no * or keywords"),
        (max, "the function does not say which arguments it takes"),
        (lambda x: {"x": x + 1}, "there is already a node 'x' (u^1, an input); choose another name"),
        (lambda x: x + 1j, "a constant is 1j; graphdiff works with real numbers"),
        (lambda x: x * math.inf, "a constant is inf; it must be finite"),
        (lambda x: np.ones(2000) * x, "an array of shape (2000,) is too long to stand in a formula; make it the value of an input"),
        (lambda x: x * sp.sqrt(2), "the SymPy number sqrt(2) cannot stand in a formula as a constant; write it with gd.sqrt, gd.exp, gd.pi and the like"),
        (lambda x: x * sp.Symbol("t"), "a constant is the SymPy expression t, which has symbols; build its graph with Graph.from_expression, or use nodes in place of symbols"),
    ],
)  # fmt: skip
def test_what_a_function_cannot_do(function, message):
    with pytest.raises(GraphError) as error:
        gd.Graph.from_function(function)
    assert str(error.value) == message


def test_numpy_functions_without_a_counterpart():
    with pytest.raises(GraphError, match=r"^numpy\.cbrt cannot be applied to a node; functions"):
        gd.Graph.from_function(lambda x: np.cbrt(x))


def test_parameters_must_be_arguments():
    with pytest.raises(GraphError) as error:
        gd.Graph.from_function(lambda x, w: x * w, parameters=["v"])
    assert str(error.value) == "'v' is not an argument; the arguments are x, w"


def test_defaults_of_a_function_are_values():
    graph = gd.Graph.from_function(lambda x, w=3: w * x, values={"x": 2})
    assert graph.backward().P["x"] == 3
    assert (
        gd.Graph.from_function(lambda x, w=3: w * x, values={"x": 2, "w": 5}).backward().P["x"] == 5
    )


def test_arguments_by_name_and_other_names_of_functions():
    g = gd.Graph()
    x = g.input("x", -2)
    assert g.node("a", gd.leaky_relu(x, slope=0.2)).formula == "leaky_relu(x, 0.2)"
    assert g.node("b", gd.elu(x, alpha=2)).formula == "elu(x, 2)"
    assert g.node("c", gd.ln(x + 3) + gd.arctan(x)).formula == "log(x + 3) + atan(x)"


def test_keywords_whose_letters_python_folds():
    g = gd.Graph()
    ell = g.parameter("ℓ")
    y = g.node("y", ell * 2)
    assert g.backward(y, ℓ=3).value[y] == 6
    other = g.parameter("l", 1)
    z = g.node("z", y * other)
    with pytest.raises(GraphError, match="Python reads 'ℓ', 'l' alike as the keyword l"):
        g.backward(z, ℓ=3)
    assert g.backward(z, {"ℓ": 3}).value[z] == 6

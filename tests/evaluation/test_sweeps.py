"""The two sweeps: the lecture's numbers, exact and float, samples, missing and bad values."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from lecture import lecture

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.errors import ExpressionError, GraphError, NumericalError, UnknownNameError
from graphdiff.files import budget
from graphdiff.files.parser import parse
from graphdiff.testing import check_graph


def test_the_lectures_numbers():
    graph = lecture()
    assert [node.name for node in graph] == ["x", "w", "u", "b", "yhat", "y", "e", "L"]
    run = graph.backward("L")
    assert [run.value[node.name] for node in graph] == [1, 5, 5, 1, 6, 2, 4, 16]
    assert [run.P[node.name] for node in graph] == [40, 8, 8, 8, 8, -8, 8, 1]
    assert run.J == {
        ("x", "u"): 5, ("w", "u"): 1, ("u", "yhat"): 1, ("b", "yhat"): 1,
        ("yhat", "e"): 1, ("y", "e"): -1, ("e", "L"): 8,
    }  # fmt: skip
    assert run.gradient == run.P
    assert run.disconnected == ()
    check_graph(graph)


def test_the_lectures_formulas():
    graph = lecture()
    x, w, b, y, e = (graph[name].symbol for name in "xwbye")
    jacobians = {(1, 3): w, (2, 3): x, (3, 5): 1, (4, 5): 1, (5, 7): 1, (6, 7): -1, (7, 8): 2 * e}
    for (j, i), formula in jacobians.items():
        assert graph.local_jacobian(j, i) == formula
    assert graph.gradient("L", "w") == 2 * x * (w * x + b - y)
    assert graph.gradient("L", "w", in_terms_of="nodes") == 2 * e * x
    assert graph.gradient("L", ["b", "y"], "nodes") == {"b": 2 * e, "y": -2 * e}
    assert graph.hessian("L", ["w", "b"]) == sp.Matrix([[2 * x**2, 2 * x], [2 * x, 2]])
    assert graph.hessian("L", "w") == 2 * x**2


def test_exact_numbers_stay():
    graph = gd.Graph()
    x = graph.input("x", sp.Rational(2, 3))
    z = graph.node("z", x**3 / 2)
    graph.node("L", gd.sqrt(z + Fraction(50, 27)))
    run = graph.backward(exact=True)
    assert run.value["x"] == sp.Rational(2, 3)
    assert run.value["z"] == sp.Rational(4, 27)
    assert run.value["L"] == sp.sqrt(2)
    assert run.P["x"] == sp.sqrt(2) / 6
    assert run.exact


@pytest.mark.parametrize(
    ("value", "exact"),
    [(Fraction(2, 3), sp.Rational(2, 3)), (Decimal("0.40"), sp.Rational(2, 5)), (0.1, sp.Rational(1, 10)),
     (np.float64(0.25), sp.Rational(1, 4)), (np.int64(3), 3), (sp.sqrt(2), sp.sqrt(2)), (sp.pi, sp.pi),
     (np.array(2.5), sp.Rational(5, 2)), (sp.Float("0.3"), sp.Rational(3, 10))],
)  # fmt: skip
def test_values_exactly(value, exact):
    graph = gd.Graph()
    graph.node("z", graph.input("x", value) * 1)
    assert graph.forward(exact=True).value["z"] == exact
    assert math.isclose(graph.forward().value["z"], float(exact))


@pytest.mark.parametrize(
    ("function", "x", "value", "P"),
    [
        (gd.exp, 2, sp.exp(2), sp.exp(2)),
        (gd.log, sp.E, 1, sp.exp(-1)),
        (lambda x: gd.sin(gd.pi * x / 6), 1, sp.Rational(1, 2), sp.sqrt(3) * sp.pi / 12),
        (gd.sigmoid, 0, sp.Rational(1, 2), sp.Rational(1, 4)),
        (gd.softplus, 0, sp.log(2), sp.Rational(1, 2)),
        (lambda x: gd.tan(gd.tan(x)), 1, sp.tan(sp.tan(1)), None),
        (lambda x: (1 + gd.sqrt(x)) * (1 - gd.sqrt(x)), 2, -1, -1),
        (lambda x: gd.max(x, 1), 1, 1, sp.Rational(1, 2)),
        (lambda x: gd.relu(x) - gd.relu(-x), 0, 0, 0),
        (lambda x: gd.log(gd.exp(x)), 1000, 1000, 1),
        (lambda x: x**x, 2, 4, 4 + 4 * sp.log(2)),
    ],
)
def test_closed_forms_of_exact_numbers(function, x, value, P):
    graph = gd.Graph()
    graph.node("z", function(graph.input("x", x)))
    run = graph.backward(exact=True)
    assert run.value["z"] == value
    assert P is None or sp.simplify(run.P["x"] - P) == 0


def test_exact_samples():
    graph = gd.Graph()
    x = graph.input("x", [0.5, 0.1], shape=())
    graph.node("z", x**2 / 3)
    run = graph.backward(exact=True)
    assert list(run.value["z"]) == [sp.Rational(1, 12), sp.Rational(1, 300)]
    assert list(run.P["x"]) == [sp.Rational(1, 3), sp.Rational(1, 15)]


@pytest.mark.parametrize(
    ("function", "x", "message"),
    [
        (lambda x: 2**x, 100_000, "node 'z' (u^2 = 2**x): a power has more than 4000 digits"),
        (lambda x: x * x, 10**3000, "node 'z' (u^2 = x*x): the exact number has more than 4000"),
        (gd.log, -1, "node 'z' (u^2 = log(x)) is not a finite real number, where x = -1"),
        (lambda x: x / x, 0, "node 'z' (u^2 = x/x) is not a finite real number, where x = 0"),
        (lambda x: gd.sqrt(x) ** 2, -1, "node 'z' (u^2 = sqrt(x)**2) is not a finite real"),
    ],
)
def test_exact_refusals(function, x, message):
    graph = gd.Graph()
    graph.node("z", function(graph.input("x", x)))
    with pytest.raises((NumericalError, ExpressionError)) as error:
        graph.forward(exact=True)
    assert str(error.value).startswith(message)


@pytest.mark.slow
def test_an_exact_number_that_outgrows_reading():
    graph = gd.Graph()
    u = graph.input("x", sp.Rational(1, 2))
    for k in range(20):
        u = graph.node(f"u_{k}", gd.sin(u) + gd.exp(-u) * u)
    with pytest.raises(NumericalError, match=r"the exact number has more than 500 operations; "):
        graph.backward(exact=True)


def test_samples():
    graph = lecture()
    xs = np.linspace(-1, 1, 1000)
    run = graph.backward(x=xs)
    np.testing.assert_allclose(run.value["L"], (5 * xs + 1 - 2) ** 2)
    np.testing.assert_allclose(run.P["w"], 2 * xs * (5 * xs - 1))
    assert run.P["w"].shape == (1000,)
    assert run.value["w"] == 5
    with pytest.raises(ValueError, match="read-only"):
        run.P["w"][0] = 1


def test_samples_given_when_building():
    graph = gd.Graph()
    x = graph.input("x", [1, 2, 3], shape=())
    graph.node("c", 2 + gd.exp(0))
    graph.node("z", graph["c"] * x + x * 0)
    assert list(graph.backward("z").P["x"]) == [3, 3, 3]
    assert list(graph.backward("z").P["c"]) == [1, 2, 3]


def test_a_run_is_frozen():
    run = lecture().backward()
    with pytest.raises(AttributeError):
        run.P = {}
    with pytest.raises(TypeError):
        run.P["w"] = 0
    assert repr(run).split("\n")[-1].split() == ["u^8", "L", "e**2", "16", "1"]
    assert repr(lecture().forward()).split("\n")[-1].split() == ["u^8", "L", "e**2", "16"]


def test_wrt_leaves_other_edges_alone():
    graph = gd.Graph()
    x, n = graph.input("x", -2), graph.input("n", 3)
    graph.node("z", x**n)
    assert graph.backward(wrt="x").P == {"x": 12, "z": 1}
    with pytest.raises(NumericalError, match=r"J\[n->z\] is not a number, where x = -2, n = 3"):
        graph.backward()


def test_output_that_is_not_last_and_one_that_is_a_leaf():
    graph = lecture()
    run = graph.backward("u")
    assert run.P["w"] == 1
    assert run.disconnected == ("b", "yhat", "y", "e", "L")
    run = graph.backward("w")
    assert run.P["w"] == 1
    assert run.P["L"] == 0
    assert len(run.disconnected) == 7


@pytest.mark.parametrize(
    ("sweep", "error", "message"),
    [
        (lambda g: g.backward(v=1), UnknownNameError, "unknown node 'v'; known: 'x', 'w', 'u', 'b', 'yhat', 'y', 'e', 'L'"),
        (lambda g: g.backward(yat=1), UnknownNameError, "unknown node 'yat'; did you mean 'yhat'?"),
        (lambda g: g.backward(u=1), GraphError, "'u' is computed as x*w; give values to leaves only"),
        (lambda g: g.backward(x="1"), GraphError, "the value of input 'x' is '1' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.backward(x=True), GraphError, "the value of input 'x' is True of type bool; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.backward(x=math.nan), GraphError, "the value of input 'x' is nan; it must be finite"),
        (lambda g: g.backward(x=1j), GraphError, "the value of input 'x' is 1j; graphdiff works with real numbers"),
        (lambda g: g.backward(x=[1, math.inf]), GraphError, "sample 1 of the value of input 'x' is inf; it must be finite"),
        (lambda g: g.backward(x=["a"]), GraphError, "sample 0 of the value of input 'x' is 'a' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.backward(x=[[1]]), GraphError, "the value of input 'x' has shape (1, 1); the node's is (), a scalar, so samples of it have shape (m,)"),
        (lambda g: g.backward(x=[1, 2], b=[1, 2, 3]), GraphError, "all samples must be equally many, but 'x' has 2, 'b' has 3"),
        (lambda g: g.backward(x=10**5000), GraphError, "the value of input 'x' has more than 4000 digits"),
        (lambda g: g.backward(x=10**400), NumericalError, "node 'x' (u^1 = x) is infinite; it must be a finite real number"),
        (lambda g: g.backward(wrt=[]), GraphError, "no node to differentiate with respect to; name at least one"),
        (lambda g: g.backward(x=1e200), NumericalError, "node 'L' (u^8 = e**2) is infinite, where e = 5e+200; it must be a finite real number"),
        (lambda g: g.backward(x=[1, 1e200]), NumericalError, "node 'L' (u^8 = e**2) is infinite at sample 1, where e = 5e+200; it must be a finite real number"),
    ],
)  # fmt: skip
def test_messages(sweep, error, message):
    with pytest.raises(error) as raised:
        sweep(lecture())
    assert type(raised.value) is error
    assert str(raised.value) == message


def test_missing_values():
    graph = gd.Graph()
    graph.node("z", graph.input("x") + graph.parameter("w"))
    with pytest.raises(GraphError) as error:
        graph.forward()
    assert str(error.value) == (
        "no value for 'x', 'w'; give it when building the graph, or to forward and backward: x=1"
    )
    assert graph.forward({"x": 1}, w=2).value["z"] == 3


@pytest.mark.parametrize("output", [None, "z"])
def test_several_outputs(output):
    graph = gd.Graph(output=output)
    x = graph.input("x", 2)
    graph.node("z", x * x)
    graph.node("v", x + 1)
    if output:
        assert graph.backward().P["x"] == 4
    else:
        with pytest.raises(GraphError) as error:
            graph.backward()
        assert str(error.value) == (
            "the graph has 2 outputs, 'z', 'v'; say which one to differentiate"
        )
    assert graph.backward("v").P["x"] == 1


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (gd.exp, r"node 'u_\d' .*: an exact number on the way is beyond 10\^4000; compute in fl"),
        (
            lambda u: gd.exp(-gd.exp(9 / u)),
            r"node 'u_\d' .* (below 10\^-|beyond 10\^)4000; compute",
        ),
        (lambda u: u * u + gd.sqrt(2), r"more than (4000 digits|500 operations); compute in fl"),
        (lambda u: u**2 + sp.Rational(1, 3), "a power has more than 4000 digits"),
    ],
)
def test_exact_chains_end(function, says):
    graph = gd.Graph()
    u = graph.input("x", sp.Rational(1, 2))
    for k in range(60):
        u = graph.node(f"u_{k}", function(u))
    with budget.cpu(10), pytest.raises((NumericalError, ExpressionError), match=says):
        graph.backward(exact=True)


def test_an_exact_gradient_that_outgrows_reading(tmp_path):
    (tmp_path / "mlp.toml").write_text(examples.source("mlp"), encoding="utf-8")
    with budget.cpu(10), pytest.raises(NumericalError, match=r"P\[a__1\]: the exact number has"):
        gd.load(tmp_path / "mlp.toml").backward(exact=True)


@pytest.mark.parametrize("formula", ["exp(-x**2/0)", "tanh(x/0)", "sigmoid(x/(2 - 2))"])
def test_a_derivative_divided_by_zero_is_not_a_number(formula):
    graph = gd.Graph()
    x = graph.input("x", 2)
    z = graph.node("z", parse(formula, graph.__getitem__))
    assert np.isfinite(graph.forward().value["z"])
    with pytest.raises(NumericalError, match=r"J\[x->z\]: .* has no finite real"):
        graph.backward(z, wrt=x)


def test_a_comparison_with_what_is_divided_by_zero_does_not_hold():
    graph = gd.Graph()
    graph.input("x", 2)
    z = graph.node("z", parse("where(x > 0/0, log(x), x/2)", graph.__getitem__))
    run = graph.backward(z, wrt="x")
    assert (run.value["z"], run.P["x"]) == (1, 0.5)

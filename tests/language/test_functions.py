"""The catalogue: the registry is the test plan."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import sympy as sp
from closeness import close

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError, UnknownNameError
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language import functions
from graphdiff.language.expression import apply
from graphdiff.language.functions import ALIASES, CATALOGUE, NAMED
from graphdiff.testing import as_local, check_function

FAR = (-1000.0, -710.0, -40.0, -1e-300, 0.0, 1e-300, 40.0, 710.0, 1000.0)
BOUNDED = ("sigmoid", "softplus", "swish", "gelu", "elu", "leaky_relu", "relu", "tanh", "erf",
           "abs", "sign", "step", "atan", "asinh", "sin", "cos")  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUE)
def test_derivatives_kernel_and_kinks(name):
    check_function(CATALOGUE[name])


@pytest.mark.parametrize("name", CATALOGUE)
def test_exact_agrees_with_float(name):
    function = CATALOGUE[name]
    local = as_local(function)
    at = [sp.Rational(str(low)) * sp.Rational(2, 3) + sp.Rational(str(high)) / 3
          for low, high in function.sample_domain]  # fmt: skip
    exact = EXACT.apply(function)(*at)
    assert math.isclose(float(exact), FLOAT64.apply(function)(*map(float, at)), rel_tol=1e-12)
    for slot in range(function.arity):
        exact = EXACT.partial(local, slot)(*at)
        near = FLOAT64.partial(local, slot)(*map(float, at))
        close(near, exact, 1e-12)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_batch_equals_one_at_a_time(name):
    function = CATALOGUE[name]
    local = as_local(function)
    columns = [np.linspace(low, high, 7)[1:-1] for low, high in function.sample_domain]
    for compute in (
        FLOAT64.apply(function), *(FLOAT64.partial(local, k) for k in range(function.arity))
    ):  # fmt: skip
        together = np.broadcast_to(compute(*columns), (5,))
        apart = [float(compute(*map(np.float64, row))) for row in zip(*columns, strict=True)]
        np.testing.assert_allclose(together, apart, rtol=1e-14)


@pytest.mark.parametrize("name", BOUNDED)
@pytest.mark.parametrize("x", FAR)
def test_stable_far_from_zero(name, x):
    function = CATALOGUE[name]
    arguments = (np.float64(x), *(np.float64(float(d)) for d in function.defaults))
    with FLOAT64.guard():
        value = FLOAT64.apply(function)(*arguments)
        partial = FLOAT64.partial(as_local(function), 0)(*arguments)
    assert np.isfinite(value)
    assert np.isfinite(partial)
    assert abs(partial) <= 1.2


@pytest.mark.parametrize(
    ("name", "at_minus", "at_plus"),
    [("sigmoid", 0, 1), ("softplus", 0, 1000), ("swish", 0, 1000), ("gelu", 0, 1000),
     ("relu", 0, 1000), ("tanh", -1, 1), ("elu", -1, 1000)],
)  # fmt: skip
def test_limits(name, at_minus, at_plus):
    graph = gd.Graph()
    graph.node("z", apply(CATALOGUE[name], *CATALOGUE[name].completed((graph.input("x"),))))
    assert graph.forward(x=-1000).value["z"] == at_minus
    assert graph.forward(x=1000).value["z"] == at_plus


@pytest.mark.parametrize(
    ("function", "x", "found"),
    [(gd.log, -1, "not a number"), (gd.log, 0, "minus infinity"), (gd.sqrt, -1, "not a number"),
     (gd.log2, -1, "not a number"), (gd.asin, 2, "not a number"), (gd.acosh, 0, "not a number"),
     (gd.atanh, 1, "infinite"), (gd.exp, 1000, "infinite"), (gd.cot, 0, "infinite"),
     (lambda x: 1 / x, 0, "infinite"), (lambda x: x / x, 0, "not a number"),
     (lambda x: x**0.5, -1, "not a number"), (lambda x: x**-1, 0, "infinite")],
)  # fmt: skip
def test_outside_the_domain(function, x, found):
    graph = gd.Graph()
    z = graph.node("z", function(graph.input("x", x)))
    graph.node("L", z * 2)
    with warnings.catch_warnings(), pytest.raises(NumericalError) as error:
        warnings.simplefilter("error")
        graph.forward()
    assert str(error.value) == (
        f"node 'z' (u^2 = {z.formula}) is {found}, where x = {x}; it must be a finite real number"
    )


@pytest.mark.parametrize("function", [gd.sqrt, lambda x: x**0.5, lambda x: gd.asin(1 - x)])
def test_a_value_without_a_derivative(function):
    graph = gd.Graph()
    graph.node("z", function(graph.input("x", 0)))
    assert math.isfinite(graph.forward().value["z"])
    with pytest.raises(NumericalError, match=r"^the local Jacobian J\[x->z\] is (minus )?infini"):
        graph.backward()


def test_names():
    for alias, name in ALIASES.items():
        assert functions.named(alias) is NAMED[name]
    with pytest.raises(UnknownNameError) as error:
        functions.named("sigmod")
    assert str(error.value) == "unknown function 'sigmod'; did you mean 'sigmoid'?"


def test_public_operations_are_the_catalogue():
    for name in NAMED:
        assert getattr(gd, name).function is NAMED[name]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: gd.exp(), "exp takes 1 argument, but was given 0"),
        (lambda x: gd.exp(x, x), "exp takes 1 argument, but was given 2"),
        (lambda x: gd.max(x), "max takes 2 arguments, but was given 1"),
        (lambda x: gd.elu(x, 1, 1), "elu takes 1 to 2 arguments, but was given 3"),
    ],
)
def test_wrong_number_of_arguments(call, message):
    with pytest.raises(GraphError) as error:
        call(gd.Graph().input("x"))
    assert str(error.value) == message


def test_defaults():
    graph = gd.Graph()
    x = graph.input("x", -2)
    graph.node("a", gd.leaky_relu(x))
    graph.node("b", gd.leaky_relu(x, 0.5))
    graph.node("c", gd.elu(x))
    values = graph.forward().value
    assert values["a"] == -0.02
    assert values["b"] == -1
    assert math.isclose(values["c"], math.expm1(-2))


def test_max_and_min_nest():
    graph = gd.Graph()
    x, y, z = (graph.input(name, value) for name, value in (("x", 1), ("y", 3), ("z", 2)))
    assert graph.node("most", gd.max(x, y, z)).formula == "max(max(x, y), z)"
    graph.node("least", gd.min(x, y, z, 0))
    assert graph.forward().value["most"] == 3
    assert graph.forward().value["least"] == 0


@pytest.mark.parametrize("z", [-30.0, -38.0, -300.0, -700.0])
def test_the_tail_of_a_sigmoid_keeps_its_digits(z):
    graph = gd.Graph()
    p = graph.node("p", gd.sigmoid(graph.input("z", z)))
    run = graph.backward(graph.node("L", -gd.log(p)))
    close(run.value["L"], np.logaddexp(0, -z), 1e-13)
    close(run.value["p"], np.exp(z), 1e-12)
    close(run.P["z"], -1, 1e-12)


@pytest.mark.parametrize(
    ("function", "at", "derivative"),
    [
        (gd.sigmoid, 40.0, np.exp(-40)), (gd.sigmoid, -40.0, np.exp(-40)), (gd.softplus, -40.0, np.exp(-40)),
        (gd.tanh, 40.0, 4 * np.exp(-80)), (gd.tanh, -40.0, 4 * np.exp(-80)), (gd.swish, -40.0, -39 * np.exp(-40)),
    ],
)  # fmt: skip
def test_derivatives_keep_their_digits_where_a_function_saturates(function, at, derivative):
    graph = gd.Graph()
    graph.node("f", function(graph.input("x", at)))
    close(graph.backward().P["x"], derivative, 1e-12)


def test_gelu_keeps_its_digits():
    graph = gd.Graph()
    graph.node("f", gd.gelu(graph.input("x", -10.0)))
    close(graph.forward().value["f"], -7.619853024160527e-23, 1e-12)


def test_the_documentation_names_every_function():
    from pathlib import Path

    from graphdiff.language.tensors import CALLS

    page = (Path(__file__).parents[2] / "docs" / "functions.md").read_text(encoding="utf-8")
    missing = [name for name in (*NAMED, *CALLS) if f"`{name}" not in page]
    assert missing == []


def test_comparisons_are_written_as_such():
    graph = gd.Graph()
    x = graph.input("x", 0)
    graph.node("z", gd.where(x > 0, gd.log(x), x**2))
    J = graph.local_jacobian("x", "z")
    assert str(J) == "where(x > 0, 1/x, 2*x)"
    assert sp.latex(J) == (
        r"\operatorname{where}{\left(\left[x > 0\right], \frac{1}{x}, 2 x\right)}"
    )
    assert graph.backward().P["x"] == 0  # of the branch chosen, though the other has none
    assert graph.backward(exact=True).P["x"] == 0

"""Local Jacobians in the value of the node itself, as one computes them by hand."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.language.functions import NAMED, Function
from graphdiff.symbolic.own_value import in_own_value

X, U = sp.Symbol("x", real=True), sp.Symbol("u", real=True)

SCALARS = {
    "sigmoid(w*x + 1)": ("a*w*(1 - a)", "w*sigmoid(w*x + 1)*(1 - sigmoid(w*x + 1))"),
    "tanh(w*x)": ("w*(1 - a**2)", "w*(1 - tanh(w*x)**2)"),
    "exp(x)": ("a", "exp(x)"),
    "exp(-x**2)": ("-2*a*x", "-2*x*exp(-x**2)"),
    "3*exp(w*x)": ("a*w", "3*w*exp(w*x)"),
    "sqrt(x)": ("1/(2*a)", "1/(2*sqrt(x))"),
    "sqrt(1 + x**2)": ("x/a", "x/sqrt(x**2 + 1)"),
    "1/x": ("-a**2", "-1/x**2"),
    "1/(1 + exp(-x))": ("a*(1 - a)", "exp(-x)/(1 + exp(-x))**2"),
    "1/(2 + 3*exp(w*x))": ("a*w*(2*a - 1)", "-3*w*exp(w*x)/(3*exp(w*x) + 2)**2"),
    "2**x": ("a*log(2)", "2**x*log(2)"),
    "x**3": ("3*x**2", "3*x**2"),
    "w*x": ("w", "w"),
    "w/x": ("-w/x**2", "-w/x**2"),
    "softplus(x)": ("sigmoid(x)", "sigmoid(x)"),
    "relu(x)": ("(x > 0)", "(x > 0)"),
}


@pytest.mark.parametrize("formula", SCALARS)
def test_of_scalars(formula):
    g = gd.Graph()
    x, _ = g.input("x", 0.75), g.parameter("w", -0.5)
    g.node("a", parse(formula, g.__getitem__))
    own, parents = SCALARS[formula]
    assert str(g.local_jacobian(x, "a")) == own
    assert str(g.local_jacobian(x, "a", own_value=False)) == parents
    run = g.backward("a")
    at = {node.symbol: run.value[node] for node in g.nodes}
    for shown in (own, parents):
        found = g.local_jacobian(x, "a", own_value=shown is own)
        assert float(found.doit().xreplace(at)) == pytest.approx(run.J[x, "a"], rel=1e-12)


@pytest.mark.parametrize(
    "name", [n for n, f in NAMED.items() if isinstance(f, Function) and f.arity == 1]
)
def test_of_every_function_of_one_number_it_is_the_derivative(name):
    function = NAMED[name]
    ((low, high),) = function.sample_domain
    value, derivative = function.symbolic(X), function.partial(0, (X,))
    found = in_own_value(derivative, value, U)
    assert found.free_symbols <= {X, U}
    if name in ("sigmoid", "tanh", "exp", "sqrt"):
        assert found.free_symbols == {U}
    for part in (0.1, 0.35, 0.62, 0.9):
        x = sp.Float(low + part * (high - low), 40)
        at_u = {U: value.xreplace({X: x}).doit().evalf(40)}
        expected = derivative.xreplace({X: x}).doit().evalf(40)
        assert abs(found.xreplace({X: x}).xreplace(at_u).doit().evalf(40) - expected) < 1e-25


ARRAYS = {
    "sigmoid(W @ x + 1)": ("diag(a*(1 - a)) @ W", "W.T @ (a*(1 - a)*delta_a)",
                           "W[i,p]*a[i]*(1 - a[i])"),
    "tanh(x)": ("diag(1 - a**2)", "(1 - a**2)*delta_a", "delta(i,p)*(1 - a[i]**2)"),
    "exp(x)": ("diag(a)", "a*delta_a", "delta(i,p)*a[i]"),
    "sqrt(x)": ("diag(1/a)/2", "delta_a/(2*a)", "delta(i,p)/(2*a[i])"),
    "softmax(x)": ("diag(a) - outer(a, a)", "a*(delta_a - a @ delta_a)",
                   "a[i]*(delta(i,p) - a[p])"),
    "norm(x)": ("x/a", "delta_a*x/a", "x[p]/a"),
    "std(x)": ("(x - mean(x))/(3*a)", "delta_a*(x - mean(x))/(3*a)", None),
}  # fmt: skip


@pytest.mark.parametrize("formula", ARRAYS)
def test_of_arrays(formula):
    g = gd.Graph()
    x = g.input("x", [0.25, 1.5, 0.75])
    g.parameter("W", np.arange(6.0).reshape(2, 3) / 7)
    a = g.node("a", parse(formula, g.__getitem__))
    run = g.backward(a)
    matrix, at_work, index = ARRAYS[formula]
    found = g.local_jacobian(x, a)
    assert str(found.matrix) == matrix
    assert str(found.contribution) == at_work
    plain = g.local_jacobian(x, a, own_value=False)
    assert "a" not in plain.matrix.names
    for shown in (found.matrix, plain.matrix):
        np.testing.assert_allclose(np.reshape(shown.at(run.value), run.J[x, a].shape),
                                   run.J[x, a], rtol=1e-12)  # fmt: skip
    for own_value in (True, False):
        entries = g.index_jacobian(x, a, own_value=own_value)
        if own_value and index is not None:
            assert entries.right == index
        assert own_value or "a[" not in entries.right
        values = {name: g[name].value for name in entries.names}
        J = np.asarray(entries.at(values), float)
        np.testing.assert_allclose(J, run.J[x, a], rtol=1e-12)


def test_an_inverse():
    g = gd.Graph()
    A = g.input("A", [[2, 1], [1, 3]])
    V = g.node("V", gd.inv(A))
    assert str(g.local_jacobian(A, V).contribution) == "-V.T @ delta_V @ V.T"
    assert g.index_jacobian(A, V).right == "-V[i,p]*V[q,j]"
    assert g.index_jacobian(A, V, own_value=False).right == "-inv(A)[i,p]*inv(A)[q,j]"


@pytest.mark.parametrize(("own_value", "shown"), [(True, "a*(1 - a)"),
                                                  (False, "sigmoid(z)*(1 - sigmoid(z))")])  # fmt: skip
def test_one_choice_for_derivations_paths_and_pictures(own_value, shown):
    g = gd.Graph()
    z, y = g.parameter("z", 0.5), g.input("y", 1)
    a = g.node("a", gd.sigmoid(z))
    L = g.node("L", (a - y) ** 2)
    assert f"J[z->a] = da/dz = {shown}" in str(g.explain(L, z, own_value=own_value))
    (path,) = g.paths(z, L, own_value=own_value).paths
    assert shown in str(g.paths(z, L, own_value=own_value))
    assert path.formula.has(a.symbol) and path.formula.has(sp.Function) != own_value
    assert f"= {shown}" in g.draw(own_value=own_value).svg
    assert f"P[z] = P[a]*{shown}" in str(g.explain(L, z, symbolic=True, own_value=own_value))


def test_arrays_in_derivations():
    g = gd.Graph()
    z = g.parameter("z", [0.5, 1])
    L = g.node("L", g.node("a", gd.tanh(z)).sum())
    for own_value, shown, index in ((True, "diag(1 - a**2)", "(1 - a[i]**2)"),
                                    (False, "diag(1 - tanh(z)**2)", "(1 - tanh(z[i])**2)")):  # fmt: skip
        written = str(g.explain(L, z, own_value=own_value))
        assert f"J[z->a] = da/dz = {shown}" in written
        assert f"d a[i]/d z[p] = delta(i,p)*{index}" in written

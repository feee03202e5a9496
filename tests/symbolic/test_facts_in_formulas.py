"""Formulas that are simplified by what is said of leaves, and right where it holds."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd

LEAVES = {
    "A": ((3, 3), {"symmetric": True}),
    "x": ((3,), {"positive": True}),
    "k": ((3,), {"integer": True}),
    "Y": ((2, 3), {"one_hot": True}),
    "T": ((2, 3), {"rows": "distribution"}),
    "v": ((3,), {}),
    "Z": ((2, 3), {}),
    "c": ((), {"constant": True}),
}
PARAMETERS = {"x", "v", "Z", "A"}

FORMS = {
    "x.A.x": (lambda n: n["v"] @ n["A"] @ n["v"], {"v": "2*(A @ v)"}),
    "A.T": (lambda n: (n["A"].T @ n["v"]) @ n["v"], {"v": "2*(A @ v)", "A": "outer(v, v)"}),
    "A A.T": (lambda n: ((n["A"] @ n["v"]) ** 2).sum(), {"v": "2*(A @ (A @ v))"}),
    "inverse": (lambda n: n["v"] @ gd.inv(n["A"]) @ n["v"], {"v": "2*(inv(A) @ v)"}),
    "logdet": (lambda n: gd.logdet(n["A"] @ n["A"].T), {"A": "2*inv(A)"}),
    "root of a square": (lambda n: gd.sqrt(n["x"] ** 2) @ n["v"], {"x": "v", "v": "x"}),
    "size": (lambda n: abs(n["x"]) @ n["v"], {"x": "v", "v": "x"}),
    "size of the negative": (lambda n: abs(-n["x"]) @ n["v"], {"x": "v", "v": "x"}),
    "sign": (lambda n: gd.sign(n["x"]) @ n["v"], {"v": "ones(3)"}),
    "relu": (lambda n: (gd.relu(n["x"]) * n["v"]).sum(), {"x": "v", "v": "x"}),
    "maximum": (lambda n: (gd.max(n["x"], 0) * n["v"]).sum(), {"x": "v", "v": "x"}),
    "logarithm": (lambda n: gd.log(n["x"] ** 2 * gd.exp(n["v"])) @ n["v"],
                  {"v": "2*(log(x) + v)"}),
    "power of a power": (lambda n: ((n["x"] ** 3) ** sp.Rational(1, 3) * n["v"]).sum(), {"v": "x"}),
    "whole": (lambda n: gd.floor(n["k"]) @ n["v"] + gd.ceil(n["k"]) @ n["v"], {"v": "2*k"}),
    "rounded": (lambda n: gd.round(n["k"]) @ n["v"], {"v": "k"}),
    "one-hot": (lambda n: gd.cross_entropy_with_logits(n["Z"], n["Y"]),
                {"Z": "(softmax(Z) - Y)/2"}),
    "distribution": (lambda n: gd.cross_entropy_with_logits(n["Z"], n["T"]),
                     {"Z": "(softmax(Z) - T)/2"}),
    "square of a one-hot": (lambda n: (n["Y"] ** 2 * n["Z"]).sum(), {"Z": "Y"}),
    "constant": (lambda n: n["c"] * (n["v"] ** 2).sum(), {"v": "6*v"}),
}  # fmt: skip


def built(form, *, with_facts=True):
    g = gd.Graph()
    generator = np.random.default_rng(3)
    for name, (shape, said) in LEAVES.items():
        value = generator.normal(size=shape)
        node = gd.Graph().leaf("a", "input", None, shape, said)
        value = 3.0 if name == "c" else node.facts.obeyed(value)
        kind = "parameter" if name in PARAMETERS else "input"
        g.leaf(name, kind, value, None, said if with_facts else {})
    g.node("L", form(g))
    return g


@pytest.mark.parametrize("name", FORMS)
def test_what_is_said_of_leaves_shortens_formulas_that_stay_right(name):
    form, expected = FORMS[name]
    g, plain = built(form), built(form, with_facts=False)
    run = plain.backward("L")
    for leaf, shown in expected.items():
        found = g.gradient("L", leaf)
        assert str(found) == shown
        np.testing.assert_allclose(found.at(run.value), run.gradient[leaf], rtol=1e-9, atol=1e-12)
        nodes = g.gradient("L", leaf, "nodes")
        np.testing.assert_allclose(nodes.at(run.value), run.gradient[leaf], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
def test_second_derivatives_are_in_each_entry_by_itself(name):
    """A fact holds of the values, and is no reason to differentiate in fewer entries."""
    form, expected = FORMS[name]
    g, plain = built(form), built(form, with_facts=False)
    leaves = [leaf for leaf in expected if leaf in PARAMETERS]
    for first, other in ((a, b) for a in leaves for b in {*leaves, "A"}):
        found = g.hessian("L", [first, other])[first, other].at()
        np.testing.assert_allclose(found, plain.hessian("L", [first, other])[first, other].at(),
                                   rtol=1e-9, atol=1e-9)  # fmt: skip
        value = np.ravel(g[other].value)[:, None]
        shown = g.hessian("L", [first, other])[first, other]
        at = {leaf.name: leaf.value for leaf in g.leaves}
        v = np.arange(1.0, len(value) + 1).reshape(g[other].shape)
        product = shown.product.at({**at, shown.tangent.name: v})
        np.testing.assert_allclose(np.ravel(product), found @ np.ravel(v), rtol=1e-9, atol=1e-9)


def test_scalars():
    g = gd.Graph()
    x, y, n = g.parameter("x", 2, positive=True), g.input("y", 3), g.input("n", 2, integer=True)
    shown = {
        "a": (gd.sqrt(x**2) * y, "y"), "b": (abs(x) * y, "y"),
        "c": (gd.log(x**2 * gd.exp(y)), "2/x"), "d": (gd.relu(x) * gd.sign(x), "1"),
        "e": (gd.max(x, 0) * y, "y"), "f": (gd.log(x * y), "1/x"),
        "g": (x * gd.floor(n), "n"),
    }  # fmt: skip
    for name, (formula, derivative) in shown.items():
        node = g.node(name, formula)
        assert str(g.gradient(node, x)) == derivative
        assert str(g.gradient(node, x, "nodes")) == derivative
        assert str(g.local_jacobian(x, node)) == derivative
        assert g.check({f"d{name}/dx": derivative}).ok
        assert not g.hessian(node, x).has(sp.Piecewise)


def test_a_stack_of_symmetric_matrices():
    g = gd.Graph()
    S = g.parameter("S", shape=(4, 2, 2), symmetric=True)
    C = g.input("C", shape=(4, 2, 2))
    g.node("L", (gd.transpose(S, (0, 2, 1)) * C).sum())
    assert str(g.gradient("L", C)) == "S"


def test_a_formula_asks_for_values_that_obey():
    g = gd.Graph()
    x, y = g.parameter("x", shape=2, positive=True), g.input("y", shape=2)
    L = g.node("L", (abs(x) * y).sum())
    found = g.gradient(L, x)
    assert str(found) == "y"
    with pytest.raises(gd.GraphdiffError, match=r"entry \[1\] of the value of 'x' is -1"):
        found.at({"x": [1, -1], "y": [1, 1]})


def test_what_is_said_of_one_step_is_not_used_for_another():
    g = gd.Graph()
    w = g.parameter("w", [1, 2])
    total = 0
    for k in range(1, 7):
        x = g.input(f"x_{k}", [1, k], positive=k != 3)
        total = g.node(f"z_{k}", abs(x) * w) @ [1, 1] + total
    L = g.node("L", total)
    shown = str(g.gradient(L, w, "children"))
    assert "delta_z_3*abs(x_3)" in shown or "abs(x_3)*delta_z_3" in shown
    assert shown.count("abs") == 1

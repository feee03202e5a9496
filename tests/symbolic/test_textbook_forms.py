"""Gradients in the form that stands in textbooks: p − y, X⁻ᵀ, 2 diag(diag X)."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.tensor_algebra.facts import is_positive
from graphdiff.symbolic.tensor_algebra.simplify import Tidier

GENERATOR = np.random.default_rng(7)
Y = np.eye(3)[[0, 2]]
ONE_HOT = {"value": Y, "rows": "distribution"}


def binary(p, y):
    return -(y * gd.log(p) + (1 - y) * gd.log(1 - p)).mean()


CASES = {
    "softmax, cross-entropy": (
        [("p", lambda n: gd.softmax(n["z"])), ("L", lambda n: gd.cross_entropy(n["p"], n["y"]))],
        {"z": [1, 2, 4], "y": {"value": [0, 1, 0]}}, {"z": "sum(y)*p - y"}),
    "softmax, cross-entropy of a distribution": (
        [("p", lambda n: gd.softmax(n["z"])), ("L", lambda n: gd.cross_entropy(n["p"], n["y"]))],
        {"z": [1, 2, 4], "y": {"value": [0, 1, 0], "rows": "distribution"}}, {"z": "p - y"}),
    "softmax, logarithms, rows": (
        [("P", lambda n: gd.softmax(n["Z"])), ("L", lambda n: -(n["Y"] * gd.log(n["P"])).sum())],
        {"Z": GENERATOR.normal(size=(2, 3)), "Y": {"value": Y}},
        {"Z": "P*sum(Y, axis=1, keepdims=True) - Y"}),
    "softmax regression": (
        [("z", lambda n: n["X"] @ n["W"].T + n["b"]), ("P", lambda n: gd.softmax(n["z"])),
         ("L", lambda n: gd.cross_entropy(n["P"], n["Y"]))],
        {"X": {"value": [[1, 2], [3, 5]]}, "W": GENERATOR.normal(size=(3, 2)), "b": [0, 1, 2],
         "Y": ONE_HOT},
        {"W": "(P - Y).T @ X/2", "b": "mean(P - Y, axis=0)", "z": "(P - Y)/2"}),
    "logistic regression": (
        [("z", lambda n: n["X"] @ n["w"] + n["b"]), ("p", lambda n: gd.sigmoid(n["z"])),
         ("L", lambda n: gd.binary_cross_entropy(n["p"], n["y"]))],
        {"X": {"value": [[1, 2], [3, 5], [0, 1]]}, "w": [0.5, -1], "b": 0.25,
         "y": {"value": [0, 1, 1]}},
        {"w": "X.T @ (p - y)/3", "b": "mean(p - y)", "z": "(p - y)/3"}),
    "binary cross-entropy, written out": (
        [("p", lambda n: gd.sigmoid(n["z"])), ("L", lambda n: binary(n["p"], n["y"]))],
        {"z": [1, -2, 3], "y": {"value": [0, 1, 1]}}, {"z": "(p - y)/3"}),
    "entropy": (
        [("p", lambda n: gd.softmax(n["x"])), ("L", lambda n: -(n["p"] * gd.log(n["p"])).sum())],
        {"x": [1, 2, 4]}, {"x": "p*(p @ log(p) - log(p))"}),
    "huber": (
        [("L", lambda n: gd.huber(n["a"], n["y"], delta=2))],
        {"a": [1, 5, -4], "y": {"value": [0, 1, 0]}}, {"a": "clip(a - y, -2, 2)/3"}),
    "a product of two entries": (
        [("L", lambda n: n["x"][0] * n["x"][1])], {"x": [1, 2, 3]}, {"x": "[x[1], x[0], 0]"}),
    "log of a determinant": (
        [("L", lambda n: gd.log(abs(gd.det(n["X"]))))], {"X": [[1, 2], [3, 5]]},
        {"X": "inv(X).T"}),
    "determinant of an inverse": (
        [("L", lambda n: gd.det(gd.inv(n["X"])))], {"X": [[1, 2], [3, 5]]},
        {"X": "-inv(X).T/det(X)"}),
    "squares on a diagonal": (
        [("L", lambda n: (gd.diag(n["X"]) ** 2).sum())], {"X": [[1, 2], [3, 5]]},
        {"X": "2*diag(diag(X))"}),
    "softmax, written out": (
        [("L", lambda n: -(n["y"] * gd.log(gd.exp(n["z"]) / gd.exp(n["z"]).sum())).sum())],
        {"z": [1, 2, 4], "y": {"value": [0, 1, 0]}}, {"z": "sum(y)*exp(z)/sum(exp(z)) - y"}),
    "a target that is known": (
        [("L", lambda n: gd.cross_entropy_with_logits(n["z"], [0, 1, 0]))],
        {"z": [1, 2, 4]}, {"z": "softmax(z) - [0, 1, 0]"}),
    "log of the determinant of Gram's matrix": (
        [("L", lambda n: gd.logdet(n["A"].T @ n["A"]))], {"A": [[1, 2], [3, 5], [0, 1]]},
        {"A": "2*(A @ inv(A.T @ A))"}),
    "a mean": ([("L", lambda n: gd.mean(n["x"]))], {"x": [1, 2, 3]}, {"x": "ones(3)/3"}),
    "layer norm": (
        [("n", lambda n: gd.layer_norm(n["x"])), ("L", lambda n: (n["n"] * n["c"]).sum())],
        {"x": [1, 2, 4], "c": {"value": [1, 2, 3]}},
        {"x": "(c - mean(c) - mean(n*c)*n)/sqrt(var(x) + 0.00001)"}),
    "batch norm": (
        [("N", lambda n: gd.batch_norm(n["X"])), ("L", lambda n: (n["N"] * n["C"]).sum())],
        {"X": [[1, 2], [4, 0], [2, 5]], "C": {"value": [[1, 2], [3, -1], [0, 2]]}},
        {"X": "(C - mean(C, axis=0) - N*mean(N*C, axis=0))"
              "/sqrt(0.00001 + var(X, axis=0, keepdims=True))"}),
    "standardised by hand": (
        [("mu", lambda n: n["x"].mean()), ("s", lambda n: gd.std(n["x"])),
         ("L", lambda n: n["c"] @ ((n["x"] - n["mu"]) / n["s"]))],
        {"x": [1, 2, 4], "c": {"value": [1, 2, 3]}},
        {"x": "(c - mean(c) - mean((x - mu)*c)*(x - mu)/s**2)/s"}),
    "layer norm with its scale": (
        [("L", lambda n: n["c"] @ gd.layer_norm(n["x"], n["g"], n["b"]))],
        {"x": [1, 2, 4], "c": {"value": [1, 2, 3]}, "g": [2, 1, 1], "b": [0, 0, 1]},
        {"x": "(c*g - mean(c*g) - mean(c*g*layer_norm(x))*layer_norm(x))/sqrt(var(x) + 0.00001)"}),
    "root mean square norm": (
        [("r", lambda n: gd.sqrt((n["x"]**2).mean())), ("L", lambda n: n["c"] @ (n["x"] / n["r"]))],
        {"x": [1, 2, 4], "c": {"value": [1, 2, 3]}}, {"x": "(c - mean(x*c)*x/r**2)/r"}),
    "a Gaussian's covariance": (
        [("L", lambda n: -gd.logdet(n["S"]) / 2
          - (n["x"] - n["mu"]) @ gd.inv(n["S"]) @ (n["x"] - n["mu"]) / 2)],
        {"x": {"value": [1, 2]}, "mu": {"value": [0.5, 3]},
         "S": {"value": [[2, 1], [1, 3]], "symmetric": True}},
        {"S": "(inv(S) @ outer(x - mu, x - mu) @ inv(S) - inv(S))/2"}),
    "negative samples": (
        [("L", lambda n: -gd.log(gd.sigmoid(-(n["N"] @ n["v"]))).sum())],
        {"v": [1, -2], "N": {"value": [[1, 2], [0, 1], [-1, 3]]}}, {"v": "N.T @ sigmoid(N @ v)"}),
    "a variance": ([("L", lambda n: gd.var(n["x"]))], {"x": [1, 2, 3, 5]}, {"x": "(x - mean(x))/2"}),
    "ridge, numbers": (
        [("r", lambda n: n["X"] @ n["w"] - n["y"]),
         ("L", lambda n: n["r"] @ n["r"] / 4 + 0.1 * (n["w"] @ n["w"]))],
        {"X": {"value": [[1, 2], [3, 5], [0, 1], [2, 2]]}, "w": [0.5, -1],
         "y": {"value": [0, 1, 1, 2]}},
        {"w": "w/5 + X.T @ r/2"}),
    "factors with a penalty": (
        [("E", lambda n: n["R"] - n["U"] @ n["V"].T),
         ("L", lambda n: (n["E"]**2).sum() + 0.1 * (n["U"]**2).sum())],
        {"R": {"value": [[1, 2], [3, 5], [0, 1]]}, "U": [[1], [2], [-1]], "V": [[1], [3]]},
        {"U": "U/5 - 2*(E @ V)", "V": "-2*(E.T @ U)"}),
    "a Gaussian's mean": (
        [("L", lambda n: -(n["x"] - n["mu"]) @ gd.inv(n["S"]) @ (n["x"] - n["mu"]) / 2)],
        {"x": {"value": [1, 2]}, "mu": [0.5, 3],
         "S": {"value": [[2, 1], [1, 3]], "symmetric": True}},
        {"mu": "inv(S) @ (x - mu)"}),
}  # fmt: skip


def built(case):
    nodes, leaves, expected = CASES[case]
    g = gd.Graph()
    for name, held in leaves.items():
        if isinstance(held, dict):
            g.input(name, **held)
        else:
            g.parameter(name, held)
    for name, formula in nodes:
        g.node(name, formula(g))
    return g, expected


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_as_in_textbooks_and_right_and_read_back(case):
    g, expected = built(case)
    run = g.backward("L")
    for leaf, form in expected.items():
        found = g.gradient("L", leaf, "nodes")
        assert str(found) == form
        np.testing.assert_allclose(found.at(run.value), run.gradient[leaf], rtol=1e-12, atol=1e-15)
        again = g.gradient("L", leaf, "leaves").at(run.value)
        np.testing.assert_allclose(again, run.gradient[leaf], rtol=1e-12, atol=1e-15)
        g.node(f"read_{leaf}", parse(form, g.__getitem__))
        read = g.forward().value[f"read_{leaf}"]
        np.testing.assert_allclose(read, run.gradient[leaf], rtol=1e-12, atol=1e-15)


def test_p_minus_y_of_scalars():
    g = gd.Graph()
    z, y = g.parameter("z", 0.5), g.input("y", 1)
    p = g.node("p", gd.sigmoid(z))
    L = g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))
    assert str(g.gradient(L, z, "nodes")) == "p - y"
    assert str(g.gradient(L, z)) == "sigmoid(z) - y"
    h = g.node("h", gd.tanh(z))
    assert str(g.gradient(h, z, "nodes")) == "1 - h**2"


def test_what_is_not_known_to_be_positive_is_not_divided_by():
    """The derivative of cross-entropy in a leaf p is declared at p = 0, where y/p has no value."""
    g = gd.Graph()
    p, y = g.parameter("p", [0, 0.5]), g.input("y", [0, 1])
    L = g.node("L", gd.cross_entropy(p, y))
    run = g.backward(L, wrt="p")
    np.testing.assert_array_equal(run.gradient["p"], [0, -2])
    found = g.gradient(L, p)
    assert str(found) == "-xlogy'_2(y, p)"
    for exact in (False, True):
        np.testing.assert_array_equal(found.at({"p": [0, 0.5], "y": [0, 1]}, exact=exact), [0, -2])


def test_jacobians_of_a_classifier():
    g = gd.Graph()
    z, y = g.parameter("z", [1, 2, 4]), g.input("y", [0, 1, 0], rows="distribution")
    p = g.node("p", gd.softmax(z))
    L = g.node("L", gd.cross_entropy(p, y))
    assert str(g.local_jacobian(p, L)) == "-y/p"
    assert str(g.jacobian(L, z)) == "softmax(z) - y"
    assert str(g.hessian(L, z)) == "diag(softmax(z)) - outer(softmax(z), softmax(z))"


def test_what_is_known_to_be_positive():
    g = gd.Graph()
    x, q = g.parameter("x", [1, 2]), g.node("q", gd.sigmoid(g["x"]))
    p = g.node("p", gd.softmax(x))
    atoms = Tidier().atoms
    s, t, u = (atoms.symbol(part) for part in (q, p, x))
    for formula in (s, t, 1 - s, s * t, s / (1 - s), s + t, t**-2, sp.Integer(3), sp.exp(u)):
        assert is_positive(atoms, formula)
    for formula in (u, 1 - t, s - t, -s, s - 1, sp.S.Zero, sp.Integer(-1), s * u, u**2):
        assert not is_positive(atoms, formula)


SIGNED = {
    "-(a/b)": "-a/b", "-(a*b/s)": "-a*b/s", "-(A @ a)": "-A @ a", "-(A @ a/s)": "-A @ a/s",
    "-(A.T @ (A @ a))": "-A.T @ (A @ a)", "-((A*A) @ a)": "-(A*A) @ a", "-((a @ b)*a)": "-(a @ b)*a",
    "-((A @ a)/b)": "-(A @ a)/b", "-((a + b)*a)": "-(a + b)*a", "-(a + b)": "-(a + b)",
    "-a**2": "-a**2", "-(outer(a, b)/s)": "-outer(a, b)/s", "b - a/b": "b - a/b",
}  # fmt: skip


@pytest.mark.parametrize("given", SIGNED)
def test_the_sign_of_a_product_needs_no_parentheses(given):
    g = gd.Graph()
    for name, value in {"a": [1, -2], "b": [3, 5], "s": 7, "A": [[1, 2], [-3, 4]]}.items():
        g.input(name, value)
    formula = Formula(parse(given, g.__getitem__))
    assert str(formula) == SIGNED[given]
    g.node("given", formula.expression)
    g.node("read", parse(SIGNED[given], g.__getitem__))
    run = g.forward()
    np.testing.assert_array_equal(run.value["read"], run.value["given"])

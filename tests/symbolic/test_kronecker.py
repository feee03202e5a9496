"""Second derivatives in matrices: Kronecker products, and sums of them over the rows of a batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.symbolic.formula import Formula

MATRICES = {"A": (3, 3), "B": (2, 2), "C": (4, 3), "D": (2, 4), "T": (3, 2), "X": (3, 2)}

FORMS = {
    "trace(X.T @ A @ X)": "kron(A + A.T, eye(2))",
    "norm(C @ X @ D)**2": "2*kron(C.T @ C, D @ D.T)",
    "norm(X - T)**2": "2*eye(6)",
    "norm(X @ v)**2": "2*kron(eye(3), outer(v, v))",
    "norm(X)**2/4 + trace(X.T @ A @ X @ B)": None,
}


def graph_of(formula):
    g, numbers = gd.Graph(), np.random.default_rng(1)
    for name, shape in MATRICES.items():
        g.parameter(name, numbers.normal(size=shape))
    g.input("v", numbers.normal(size=2))
    g.node("f", parse(formula, g.__getitem__))
    return g


def value(g, formula):
    node = g.node("again", parse(formula, g.__getitem__))
    return g.forward().value[node.name]


@pytest.mark.parametrize("formula", FORMS)
def test_quadratic_forms_have_kronecker_products(formula):
    g = graph_of(formula)
    hessian = g.hessian("f", "X")
    if FORMS[formula] is not None:
        assert hessian.text == FORMS[formula]
    expected = hessian.at(g.forward())
    np.testing.assert_allclose(value(g, hessian.text), expected, rtol=1e-12, atol=1e-12)


@given(
    terms=st.lists(
        st.sampled_from(
            ["trace(X.T @ A @ X)", "norm(C @ X)**2", "norm(X @ D)**2/3", "norm(X @ v)**2",
             "trace(A @ X @ B @ X.T)", "norm(A @ X @ B - T)**2", "trace(A @ X @ D @ C)"]
        ), min_size=1, max_size=3),
    signs=st.lists(st.sampled_from("+-"), min_size=2, max_size=2),
)  # fmt: skip
def test_they_are_right(terms, signs):
    formula = terms[0]
    for sign, term in zip(signs, terms[1:], strict=False):
        formula = f"{formula} {sign} {term}"
    g = graph_of(formula)
    hessian = g.hessian("f", "X")
    if hessian.is_zero:
        return
    assert hessian.matrix is not None
    expected = hessian.at(g.forward())
    np.testing.assert_allclose(value(g, hessian.text), expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("formula", ["logdet(A)", "norm(A @ A)**2", "trace(A @ A)"])
def test_what_has_a_transpose_in_it_keeps_the_product(formula):
    hessian = graph_of(formula).hessian("f", "A")
    assert hessian.matrix is None
    assert hessian.blocks is None
    assert hessian.text.startswith("dA -> ")


# Batches

LAYERS = {
    "softmax regression": "cross_entropy(softmax(X @ W.T + b), Y)",
    "logits": "cross_entropy_with_logits(X @ W.T + b, Y)",
    "tanh": "mse(tanh(X @ W.T + b), Y)",
    "sigmoid": "sum(sigmoid(X @ W.T))",
    "two layers": "mse(tanh(X @ W.T + b) @ V.T, T)",
    "softmax over two layers": "cross_entropy_with_logits(tanh(X @ W.T) @ V.T, T)",
}


def batch(formula):
    g, numbers = gd.Graph(), np.random.default_rng(2)
    g.input("X", numbers.normal(size=(5, 3)))
    for name, shape in {"W": (2, 3), "b": 2, "V": (4, 2)}.items():
        g.parameter(name, numbers.normal(size=shape))
    for name, columns in {"Y": 2, "T": 4}.items():
        target = numbers.uniform(0.2, 1, size=(5, columns))
        g.input(name, target / target.sum(1, keepdims=True), rows="distribution")
    g.node("f", parse(formula, g.__getitem__))
    return g


@pytest.mark.parametrize("layer", LAYERS)
def test_blocks_of_the_rows_add_up_to_the_hessian(layer):
    g = batch(LAYERS[layer])
    hessian = g.hessian("f", "W")
    run = g.forward()
    blocks, total = hessian.blocks, 0
    for row in range(5):
        at = {name: run.value[part.name][row] for name, part in blocks.rows.items()}
        total = total + Formula(blocks.block).at({**run.value, **at})
    number = 1 if blocks.coefficient is None else Formula(blocks.coefficient).at(run.value)
    np.testing.assert_allclose(number * total, hessian.at(run), rtol=1e-9, atol=1e-12)
    assert r"\sum_{i}" in hessian.latex
    assert r"\otimes x_{i} x_{i}^{\top}" in hessian.latex


@pytest.mark.parametrize("layer", ["softmax regression", "logits", "tanh", "two layers"])
def test_blocks_of_a_bias_add_up_too(layer):
    g = batch(LAYERS[layer])
    hessian = g.hessian("f", "b")
    run = g.forward()
    blocks, total = hessian.blocks, 0
    for row in range(5):
        at = {name: run.value[part.name][row] for name, part in blocks.rows.items()}
        total = total + Formula(blocks.block).at({**run.value, **at})
    number = 1 if blocks.coefficient is None else Formula(blocks.coefficient).at(run.value)
    np.testing.assert_allclose(number * total, hessian.at(run), rtol=1e-9, atol=1e-12)


def test_softmax_regression_is_as_in_books():
    g = gd.Graph()
    X, W = g.input("X", shape=("m", "n")), g.parameter("W", shape=("k", "n"))
    Y = g.input("Y", shape=("m", "k"), rows="distribution")
    b = g.parameter("b", shape=("k",))
    g.node("f", gd.cross_entropy(gd.softmax(X @ W.T), Y))
    g.node("g", gd.cross_entropy(gd.softmax(X @ W.T + b), Y))
    q = r"\operatorname{softmax}{\left(W x_{i} + b\right)}"
    assert g.hessian("g", b).latex == (
        rf"\frac{{1}}{{m}} \sum_{{i}} \left(\operatorname{{diag}}{{\left({q}\right)}} - "
        rf"{q}\, {q}^{{\top}}\right)"
    )
    p = r"\operatorname{softmax}{\left(W x_{i}\right)}"
    assert g.hessian("f", W).latex == (
        rf"\frac{{1}}{{m}} \sum_{{i}} \left(\operatorname{{diag}}{{\left({p}\right)}} - "
        rf"{p}\, {p}^{{\top}}\right) \otimes x_{{i}} x_{{i}}^{{\top}}"
    )

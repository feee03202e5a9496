"""Local Jacobians in index notation: their numbers, their texts, and entry by entry."""

from __future__ import annotations

import re

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff import jacobians
from graphdiff.arithmetic import EXACT, Multiprecision
from graphdiff.errors import DerivationError, GraphError, NumericalError
from graphdiff.indices import (
    as_latex,
    as_text,
    entries,
    local_jacobian,
    local_jacobian_index,
)
from graphdiff.indices.rules import derived
from graphdiff.quantity import exact

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])

TRANSCENDENTAL = {
    "norm", "norm-axis", "softmax", "softmax-batch", "softmax-axis", "log_softmax", "logsumexp",
    "logsumexp-axis", "bce", "bce-logits", "cross-entropy", "cross-entropy-vector",
    "cross-entropy-logits", "layer_norm", "batch_norm", "power", "attention",
}  # fmt: skip
"""Cases whose Jacobian is not rational at rational points, for one argument at least."""

DIGITS = Multiprecision(50)


def values_of(node):
    return {parent.name: parent.value for parent in node.parents}


def dense(node, slot, values, arithmetic):
    """Return the Jacobian of the sweeps, by the pullback along the rows of the identity."""
    arguments = [
        arithmetic.number(np.asarray(values[p.name]) if p.shape else values[p.name])
        for p in node.parents
    ]
    with arithmetic.guard():
        return np.asarray(jacobians.dense(node.function, slot, arguments, arithmetic))


def written_out(node, slot, values, arithmetic):
    """Return the explicit scalar formulas at the values."""
    names = [parent.name for parent in node.parents]
    at = {}
    for parent in node.parents:
        symbols = np.ravel(sp.Symbol(parent.name, real=True))
        if parent.shape:
            base = sp.IndexedBase(parent.name, real=True)
            symbols = [base[place] for place in np.ndindex(parent.shape)]
        at |= dict(zip(symbols, map(exact, np.ravel(values[parent.name])), strict=True))
    matrix = entries(node.function, slot, names).xreplace(at)
    numbers = [arithmetic.number(entry) for entry in matrix]
    found = np.empty(len(numbers), dtype=object)
    found[:] = numbers
    return found.reshape(matrix.shape)


def agree(found, expected, arithmetic):
    assert found.shape == expected.shape
    for a, b in zip(found.flat, expected.flat, strict=True):
        if arithmetic is EXACT:
            assert a == b
        else:
            assert abs(a - b) <= 1e-30 * (1 + abs(b))


def node_of(build, *shapes, names="abcd", value="f", values=True):
    """Return a node of leaves with these shapes, and with values if these are numbers."""
    graph = gd.Graph()
    leaves = []
    for k, shape in enumerate(shapes):
        generator = np.random.default_rng(k)
        number = np.round(generator.uniform(0.2, 1.5, shape) * 16) / 16 if values else None
        if values and shape:
            number = number + np.arange(number.size).reshape(shape) / 64
        leaves.append(graph.parameter(names[k], number if shape else (values or None) and 0.75,
                                      shape=shape))  # fmt: skip
    return graph.node(value, build(*leaves))


def jacobian(node, name):
    return local_jacobian_index(node.graph, node.graph[name], node)


@EACH
def test_index_notation_entries_and_dense_jacobian_agree(case):
    node = graph_of(case, values_for(case))["f"]
    values, names = values_of(node), [parent.name for parent in node.parents]
    arithmetic = DIGITS if case.name in TRANSCENDENTAL else EXACT
    for slot in range(len(names)):
        expected = dense(node, slot, values, arithmetic)
        index = local_jacobian(node.function, slot, names)
        agree(index.at(values, arithmetic), expected, arithmetic)
        agree(written_out(node, slot, values, arithmetic), expected, arithmetic)


# fmt: off
COMPOSED = (
    (lambda x: x[::-1], (5,)),
    (lambda x: (x[::2] ** 2).sum(), (5,)),
    (lambda x: (x[1:] * x[:-1]).sum(), (5,)),
    (lambda x: x[::2] * x[1::2], (6,)),
    (lambda a, b, c: (a @ b).reshape(-1) @ c, (2, 3), (3, 2), (4,)),
    (lambda a: (a * a).reshape(3, 2).sum(0), (2, 3)),
    (lambda a: gd.tanh(a).reshape(6)[1:4], (2, 3)),
    (lambda a: gd.exp(a).reshape(4, 3).reshape(2, 2, 3).sum((0, 2)), (2, 6)),
    (lambda a: (a**2).reshape(12).reshape(3, 2, 2), (2, 2, 3)),
    (lambda a: a.reshape(6, 1) @ a.reshape(1, 6), (2, 3)),
    (lambda a: a[[0, 1], [1, 0]], (2, 3)),
    (lambda a: a[None, ..., 1], (2, 3)),
    (lambda a: a[0, :, [0, 1]], (2, 3, 2)),
    (lambda a: a[[0, 0, 1]].sum(0), (2, 3)),
    (lambda a: a[[[0, 1], [1, 1]]].sum((0, 1)), (2, 3)),
    (lambda a: a[:, [0, 2, 1]] @ a.T, (2, 3)),
    (lambda a: a[-1] * a[:, -2:].sum(), (2, 3)),
    (lambda a, b: gd.relu(gd.concatenate(a, b) - 0.7), (3,), (2,)),
    (lambda a, b, c: gd.concatenate(a, b) @ c, (3,), (2,), (5,)),
    (lambda a, b: gd.softmax(gd.concatenate(a, b)), (3,), (2,)),
    (lambda a, b: gd.stack(a, b * a, a).sum(0), (3,), (3,)),
    (lambda a, b: gd.stack(a, b) @ a, (3,), (3,)),
    (lambda a: gd.stack(a[0], a[1] ** 2, a[2] * a[0]), (3,)),
    (lambda x, k: gd.conv1d(gd.tanh(x), k, padding=1).sum(), (5,), (3,)),
    (lambda x, k: gd.conv2d(x, k, padding=1, stride=2), (4, 4), (2, 2)),
    (lambda a, b: (a * b).max(0), (2, 3), (3,)),
    (lambda a: gd.max_pool1d(a * a, 2, stride=1), (5,)),
    (lambda a: a.min(0) @ a.max(0), (3, 2)),
    (lambda a: a - a.max(), (4,)),
    (lambda w, x, b: gd.norm(w @ x - b), (3, 2), (2,), (3,)),
    (lambda t, u, w: gd.norm(t - u @ w.T) ** 2, (2, 3), (2, 2), (3, 2)),
    (lambda a, b: gd.inv(a) @ b, (2, 2), (2,)),
    (lambda a, x: gd.logdet(a @ a.T) * x.sum(), (2, 2), (3,)),
    (lambda a: gd.inv(a @ a.T + gd.eye(2)).sum(), (2, 2)),
    (lambda a: gd.det(a @ a) * a, (2, 2)),
    (lambda x, a: x @ a @ x, (3,), (3, 3)),
    (lambda a: gd.trace(a @ a @ a), (2, 2)),
    (lambda a, b: gd.trace(a @ b.T), (2, 3), (2, 3)),
    (lambda x, w, y: gd.sum(gd.log(gd.exp(-y * (x @ w)) + 1)), (4, 2), (2,), (4,)),
    (lambda x: gd.outer(x, x), (3,)),
    (lambda x: gd.diag(x) @ x, (3,)),
    (lambda x: gd.relu(gd.diag(x) - 0.8).sum(0), (3,)),
    (lambda a: gd.diag(a @ a), (2, 2)),
    (lambda a: gd.sigmoid(a).mean(0) @ a.sum(0), (2, 3)),
    (lambda w, x, b: gd.sigmoid(w @ x + b), (3, 2), (2,), (3,)),
    (lambda a: gd.var(a, axis=0), (3, 2)),
    (lambda a: gd.logsumexp(a * a, axis=0), (3, 2)),
    (lambda a: gd.softmax(a @ a.T, axis=0), (2, 2)),
    (lambda a: gd.log_softmax(a[1:] * 2), (4,)),
    (lambda a, b: (a.T * b).T, (3, 2), (3,)),
    (lambda a: gd.where(a > 0.9, a, a * a), (5,)),
    (lambda a: gd.broadcast_to(a, (2, 3)) @ a.T, (1, 3)),
    (lambda a: a / a.sum(), (4,)),
    (lambda a: gd.einsum("iij,jk->ik", a, a[0]), (2, 2, 2)),
    (lambda a: gd.sqrt(a**2), (3,)),
    (lambda a: gd.zeros(3) + gd.ones(3) * a, ()),
    (lambda a: a * gd.eye(3), ()),
    (lambda x, b: (x + b).sum(0), (4, 3), (3,)),
    (lambda a: gd.broadcast_to(a, (4, 3)).sum(), ()),
)
# fmt: on


@pytest.mark.parametrize("build", COMPOSED, ids=range(len(COMPOSED)))
def test_functions_of_functions_agree_with_the_dense_jacobian(build):
    node = node_of(*build)
    values = values_of(node)
    for name in values:
        slots = [slot for slot, parent in enumerate(node.parents) if parent.name == name]
        with DIGITS.guard():
            expected = sum(dense(node, slot, values, DIGITS) for slot in slots)
        agree(jacobian(node, name).at(values, DIGITS), expected, DIGITS)


STEPS = (
    lambda x: x * x,
    lambda x: x.T,
    lambda x: x.reshape(-1),
    lambda x: x.reshape(*x.shape[::-1]),
    lambda x: x[::-1],
    lambda x: x[1:] if x.shape[0] > 1 else x,
    lambda x: x[::2],
    lambda x: x[[0, 0, -1]],
    lambda x: x[None],
    lambda x: gd.concatenate(x, 2 * x),
    lambda x: gd.stack(x, x, axis=-1),
    lambda x: x.sum(0),
    lambda x: x.mean(-1, keepdims=True) * x,
    lambda x: x.max(0),
    lambda x: gd.relu(x - 0.6),
    lambda x: x @ x.T if x.ndim == 2 else x * x.sum(),
    lambda x: gd.max_pool1d(x, 2, stride=1) if x.shape[-1] > 1 else x,
    lambda x: gd.conv1d(x, [1, 2], padding=1) if x.ndim == 1 else x,
    lambda x: gd.diag(x) if x.ndim == 1 or (x.ndim == 2 and x.shape[0] == x.shape[1]) else x,
)


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
def test_any_steps_one_after_the_other(steps):
    def build(x):
        for step in steps:
            changed = step(x) if x.ndim else x * x
            x = changed if changed.ndim <= 3 and changed.size <= 40 else x
        return 1 * x

    node = node_of(build, (2, 3))
    try:
        index = jacobian(node, "a")
    except DerivationError as error:
        assert "parts" in str(error) or "levels" in str(error)  # too long for a person
        return
    agree(index.at(values_of(node)), dense(node, 0, values_of(node), EXACT), EXACT)
    assert not index.formula.has(sp.nan, sp.zoo)


# As a textbook writes it

i, j, k, p, q = (sp.Symbol(letter, integer=True) for letter in "ijkpq")
delta = sp.KroneckerDelta


def array(name):
    return sp.IndexedBase(name, real=True)


TEXTBOOK = (
    # z = W x + b
    (lambda W, x, b: W @ x + b, "W x b", "z", [("m", "n"), ("n",), ("m",)], [
        ("d z[i]/d W[p,q] = delta(i,p)*x[q]",
         r"\frac{\partial z_{i}}{\partial W_{p q}} = \delta_{i p}\, x_{q}"),
        ("d z[i]/d x[p] = W[i,p]", r"\frac{\partial z_{i}}{\partial x_{p}} = W_{i p}"),
        ("d z[i]/d b[p] = delta(i,p)", r"\frac{\partial z_{i}}{\partial b_{p}} = \delta_{i p}"),
    ]),
    # a batch of it; m and n are sizes, so no index is called so
    (lambda X, W, b: X @ W.T + b, "X W_1 b_1", "Z", [("m", "n"), ("h", "n"), ("h",)], [
        ("d Z[i,j]/d X[p,q] = delta(i,p)*W_1[j,q]",
         r"\frac{\partial Z_{i j}}{\partial X_{p q}} = \delta_{i p}\, W_{1;\, j q}"),
        ("d Z[i,j]/d W_1[p,q] = delta(j,p)*X[i,q]",
         r"\frac{\partial Z_{i j}}{\partial W_{1;\, p q}} = \delta_{j p}\, X_{i q}"),
        ("d Z[i,j]/d b_1[p] = delta(j,p)",
         r"\frac{\partial Z_{i j}}{\partial b_{1;\, p}} = \delta_{j p}"),
    ]),
    (lambda A, B: A @ B, "A B", "C", [("m", "n"), ("n", "h")], [
        ("d C[i,j]/d A[p,q] = delta(i,p)*B[q,j]",
         r"\frac{\partial C_{i j}}{\partial A_{p q}} = \delta_{i p}\, B_{q j}"),
        ("d C[i,j]/d B[p,q] = delta(j,q)*A[i,p]",
         r"\frac{\partial C_{i j}}{\partial B_{p q}} = \delta_{j q}\, A_{i p}"),
    ]),
    (gd.tanh, "z", "a", [("n",)], [
        ("d a[i]/d z[p] = delta(i,p)*(1 - tanh(z[i])**2)",
         r"\frac{\partial a_{i}}{\partial z_{p}} = "
         r"\delta_{i p}\, \left(1 - \tanh^{2}{\left(z_{i} \right)}\right)"),
    ]),
    (gd.relu, "z", "a", [("n",)], [
        ("d a[i]/d z[p] = delta(i,p)*1[z[i] > 0]",
         r"\frac{\partial a_{i}}{\partial z_{p}} = \delta_{i p}\, \mathbf{1}\left[z_{i} > 0\right]"),
    ]),
    # a whole neuron: the value's own name for σ(Σ_k W_ik x_k + b_i)
    (lambda W, x, b: gd.sigmoid(W @ x + b), "W x b", "yhat", [("m", "n"), ("n",), ("m",)], [
        ("d yhat[i]/d W[p,q] = delta(i,p)*x[q]*yhat[i]*(1 - yhat[i])",
         r"\frac{\partial \hat{y}_{i}}{\partial W_{p q}} = "
         r"\delta_{i p}\, x_{q}\, \hat{y}_{i}\, \left(1 - \hat{y}_{i}\right)"),
        ("d yhat[i]/d x[p] = W[i,p]*yhat[i]*(1 - yhat[i])", None),
        ("d yhat[i]/d b[p] = delta(i,p)*yhat[i]*(1 - yhat[i])", None),
    ]),
    (gd.softmax, "z", "s", [("n",)], [
        ("d s[i]/d z[p] = s[i]*(delta(i,p) - s[p])",
         r"\frac{\partial s_{i}}{\partial z_{p}} = s_{i}\, \left(\delta_{i p} - s_{p}\right)"),
    ]),
    (gd.softmax, "Z", "S", [("m", "n")], [
        ("d S[i,j]/d Z[p,q] = delta(i,p)*S[i,j]*(delta(j,q) - S[i,q])", None),
    ]),
    (gd.log_softmax, "z", "l", [("n",)], [
        ("d l[i]/d z[p] = delta(i,p) - softmax(z)[p]", None),
    ]),
    (gd.logsumexp, "z", "l", [("n",)], [("d l/d z[p] = softmax(z)[p]", None)]),
    (lambda z, y: gd.cross_entropy_with_logits(z, y), "z y", "L", [("n",), ("n",)], [
        ("d L/d z[p] = softmax(z)[p]*sum_k(y[k]) - y[p]", None),
        ("d L/d y[p] = -log_softmax(z)[p]", None),
    ]),
    (lambda x: x.mean(), "x", "m", [("n",)], [
        ("d m/d x[p] = 1/n", r"\frac{\partial m}{\partial x_{p}} = \frac{1}{n}"),
    ]),
    (lambda x: x.sum(0), "x", "s", [("m", "n")], [("d s[i]/d x[p,q] = delta(i,q)", None)]),
    (lambda x, b: (x + b).sum(), "x b", "s", [("m", "n"), ("n",)], [
        ("d s/d x[p,q] = 1", None),
        ("d s/d b[p] = m", None),
    ]),
    (gd.mse, "yhat y", "L", [("n",), ("n",)], [
        ("d L/d yhat[p] = 2*(yhat[p] - y[p])/n",
         r"\frac{\partial L}{\partial \hat{y}_{p}} = "
         r"\frac{2\, \left(\hat{y}_{p} - y_{p}\right)}{n}"),
        ("d L/d y[p] = 2*(y[p] - yhat[p])/n", None),
    ]),
    (lambda X, w, y: gd.mse(X @ w, y), "X w y", "L", [("m", "n"), ("n",), ("m",)], [
        ("d L/d X[p,q] = 2*w[q]*(sum_k(X[p,k]*w[k]) - y[p])/m", None),
        ("d L/d w[p] = 2*sum_k(X[k,p]*(sum_l(X[k,l]*w[l]) - y[k]))/m",
         r"\frac{\partial L}{\partial w_{p}} = \frac{2}{m} \sum_{k} X_{k p}\, "
         r"\left(\sum_{l} X_{k l}\, w_{l} - y_{k}\right)"),
        ("d L/d y[p] = 2*(y[p] - sum_k(X[p,k]*w[k]))/m", None),
    ]),
    (lambda x, A: x @ A @ x, "x A", "f", [("n",), ("n", "n")], [
        ("d f/d x[p] = sum_k(x[k]*(A[k,p] + A[p,k]))", None),
        ("d f/d A[p,q] = x[p]*x[q]", None),
    ]),
    (gd.inv, "A", "V", [("n", "n")], [
        ("d V[i,j]/d A[p,q] = -inv(A)[i,p]*inv(A)[q,j]",
         r"\frac{\partial V_{i j}}{\partial A_{p q}} = "
         r"-\left(A^{-1}\right)_{i p}\, \left(A^{-1}\right)_{q j}"),
    ]),
    (gd.logdet, "A", "f", [("n", "n")], [
        ("d f/d A[p,q] = inv(A)[q,p]",
         r"\frac{\partial f}{\partial A_{p q}} = \left(A^{-1}\right)_{q p}"),
    ]),
    (gd.norm, "x", "r", [("n",)], [("d r/d x[p] = x[p]/norm(x)", None)]),
    (lambda X: X.max(1), "X", "v", [("m", "n")], [
        ("d v[i]/d X[p,q] = delta(i,p)*1[X[i,q] = v[i]]/sum_k(1[X[i,k] = v[i]])", None),
    ]),
    (gd.concatenate, "a b", "c", [("m",), ("n",)], [
        ("d c[i]/d a[p] = delta(i,p)", None),
        ("d c[i]/d b[p] = delta(i-m,p)",
         r"\frac{\partial c_{i}}{\partial b_{p}} = \delta_{i - m,\, p}"),
    ]),
    (lambda x: x.reshape(-1), "x", "v", [("m", "n")], [
        ("d v[i]/d x[p,q] = delta(i,n*p+q)",
         r"\frac{\partial v_{i}}{\partial x_{p q}} = \delta_{i,\, n p + q}"),
    ]),
    (lambda q, k, v: gd.softmax(q @ k.T) @ v, "Q K V", "Y", [("m", "n"), ("m", "n"), ("m", "h")], [
        ("d Y[i,j]/d Q[p,q] = delta(i,p)*sum_k(V[k,j]*softmax(Q @ K.T)[i,k]"
         "*(K[k,q] - sum_l(K[l,q]*softmax(Q @ K.T)[i,l])))", None),
        ("d Y[i,j]/d K[p,q] = Q[i,q]*softmax(Q @ K.T)[i,p]"
         "*(V[p,j] - Y[i,j])", None),
        ("d Y[i,j]/d V[p,q] = delta(j,q)*softmax(Q @ K.T)[i,p]", None),
    ]),
    # sizes that are numbers
    (lambda x: x[2:], "x", "y", [(5,)], [
        ("d y[i]/d x[p] = delta(i+2,p)",
         r"\frac{\partial y_{i}}{\partial x_{p}} = \delta_{i + 2,\, p}"),
    ]),
    (gd.conv1d, "x k", "y", [(6,), (3,)], [
        ("d y[i]/d x[p] = k[p-i]*1[0 <= p - i < 3]",
         r"\frac{\partial y_{i}}{\partial x_{p}} = "
         r"k_{p - i}\, \mathbf{1}\left[0 \le p - i < 3\right]"),
        ("d y[i]/d k[p] = x[i+p]", None),
    ]),
    (lambda x: gd.max_pool1d(x, 2), "x", "y", [(6,)], [
        ("d y[i]/d x[p] = 1[x[p] = y[i]]*1[0 <= p - 2*i < 2]/sum_k(1[x[2*i+k] = y[i]])", None),
    ]),
    (gd.var, "x", "v", [(4,)], [("d v/d x[p] = (x[p] - sum_k(x[k])/4)/2", None)]),
    (lambda p, y: gd.cross_entropy(p, y), "p y", "L", [(3,), (3,)], [
        ("d L/d p[q] = -y[q]/p[q]", None),  # no index is called p, as a node is
        ("d L/d y[q] = -log(p[q])", None),
    ]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("build", "names", "value", "shapes", "expected"), TEXTBOOK,
    ids=[f"{value} of {names}" for _, names, value, *_ in TEXTBOOK],
)  # fmt: skip
def test_formulas_as_in_a_textbook(build, names, value, shapes, expected):
    names = names.split()
    node = node_of(build, *shapes, names=names, value=value, values=False)
    for name, (text, latex) in zip(names, expected, strict=True):
        found = jacobian(node, name)
        assert found.text == text
        assert latex is None or found.latex == latex


def test_formulas_are_sympy_expressions():
    node = node_of(lambda W, x, b: W @ x + b, (2, 3), (3,), (2,), names="Wxb")
    x, W = array("x"), array("W")
    assert jacobian(node, "W").formula == delta(i, p) * x[q]
    assert jacobian(node, "x").formula == W[i, p]
    node = node_of(lambda x, y: ((x - y) ** 2).sum() * x, (3,), (3,), names="xy", value="z")
    total = sp.Sum((array("x")[k] - array("y")[k]) ** 2, (k, 0, 2))
    found = jacobian(node, "x").formula
    expected = delta(i, p) * total + 2 * (array("x")[p] - array("y")[p]) * array("x")[i]
    assert sp.expand(found - expected) == 0


def test_an_edge_of_scalars_has_its_derivative():
    node = node_of(lambda w, x: w * x**2, (), (), names="wx", value="u")
    assert jacobian(node, "x").text == "d u/d x = 2*w*x"
    assert jacobian(node, "x").at({"w": 3, "x": sp.Rational(1, 2)}).tolist() == [[3]]


def test_a_parent_in_several_slots_is_summed_over_them():
    for build, text in (
        (lambda x: x * x, "d f[i]/d a[p] = 2*delta(i,p)*a[i]"),
        (lambda x: x @ x, "d f/d a[p] = 2*a[p]"),
        (lambda x: gd.outer(x, x), "d f[i,j]/d a[p] = delta(i,p)*a[j] + delta(j,p)*a[i]"),
    ):
        node = node_of(build, (3,))
        found = jacobian(node, "a")
        assert found.text == text
        values = values_of(node)
        agree(found.at(values), sum(dense(node, slot, values, EXACT) for slot in (0, 1)), EXACT)


def test_letters_are_not_those_of_nodes_and_sizes():
    node = node_of(lambda i, k: i @ k, ("p", "n"), ("n", "j"), names="ik", value="l", values=False)
    assert jacobian(node, "i").text == "d l[m,a]/d i[q,r] = delta(m,q)*k[r,a]"
    node = node_of(lambda k: (k @ k).sum(), ("n", "n"), names="k", value="m", values=False)
    assert jacobian(node, "k").text == "d m/d k[p,q] = sum_l(k[l,p]) + sum_l(k[q,l])"


def test_an_axis_of_one_entry_has_the_index_0():
    node = node_of(lambda x: x.sum(1, keepdims=True), (4, 3), names="x", value="s")
    assert jacobian(node, "x").text == "d s[i,0]/d x[p,q] = delta(i,p)"


# What it costs


def network(width, samples):
    graph = gd.Graph()
    x = graph.input("X", shape=(samples, width))
    W, b = graph.parameter("W", shape=(width, width)), graph.parameter("b", shape=(width,))
    z = graph.node("Z", x @ W.T + b)
    a = graph.node("A", gd.tanh(z))
    s = graph.node("S", gd.softmax(a @ W))
    n = graph.node("N", gd.layer_norm(s, b)[1:].max(1))
    graph.node("y", gd.conv1d(n, [1, 2, 1], padding=1))
    return graph


def test_the_text_does_not_depend_on_the_width():
    narrow, wide = (
        [jacobian(edge.child, edge.parent.name) for edge in network(*sizes).edges]
        for sizes in ((4, 5), (400, 5))
    )
    for few, many in zip(narrow, wide, strict=True):
        # Only a mean divides by the width itself.
        assert re.sub(r"\b4\b", "n", few.text) == re.sub(r"\b400\b", "n", many.text)
        assert len(few.text) < 800


def test_a_function_is_derived_once():
    derived.cache_clear()
    graph = gd.Graph()
    x = graph.input("x_0", shape=(3,))
    for layer in range(1, 6):
        W = graph.parameter(f"W_{layer}", shape=(3, 3))
        x = graph.node(f"x_{layer}", gd.tanh(W @ x))
    for edge in graph.edges:
        jacobian(edge.child, edge.parent.name)
    assert derived.cache_info().misses == 2


# Kinks


AT_KINKS = (
    (gd.relu, {"a": [-1, 0, 1]}),
    (abs, {"a": [-1, 0, 1]}),
    (lambda a, b: gd.max(a, b), {"a": [1, 2, 0], "b": [1, 0, 2]}),
    (lambda a: a.max(), {"a": [1, 3, 3, 3]}),
    (lambda a: a.min(0), {"a": [[1, 2], [1, 0]]}),
    (lambda a: gd.max_pool1d(a, 2), {"a": [1, 1, 2, 0]}),
    (lambda a, b: gd.where(a > b, a * a, b), {"a": [1, 2, 0], "b": [1, 0, 2]}),
    (lambda a, b: gd.huber(a, b), {"a": [1, 2, 0], "b": [0, 2, 4]}),
    (lambda a, b: gd.binary_cross_entropy(a, b), {"a": [1, 1 / sp.Integer(2)], "b": [1, 0]}),
)


@pytest.mark.parametrize(("build", "values"), AT_KINKS, ids=range(len(AT_KINKS)))
def test_declared_derivatives_at_kinks(build, values):
    graph = gd.Graph()
    leaves = [graph.input(name, shape=np.shape(value)) for name, value in values.items()]
    node = graph.node("f", build(*leaves))
    values = {name: np.array(value, dtype=object) for name, value in values.items()}
    for slot, name in enumerate(values):
        if (build, name) != (AT_KINKS[-1][0], "b"):  # log(1 − p) at p = 1 has no value
            expected = dense(node, slot, values, EXACT)
            agree(jacobian(node, name).at(values), expected, EXACT)


def test_entries_share_a_tie_of_two_as_the_sweeps_do():
    node = node_of(lambda a: a.max(), (2,))
    values = {"a": np.array([3, 3])}
    agree(written_out(node, 0, values, EXACT), dense(node, 0, values, EXACT), EXACT)


def test_only_kinks_of_maps_have_cases():
    with_cases = set()
    for case in CASES:
        node = graph_of(case, values_for(case))["f"]
        for leaf in dict.fromkeys(node.parents):
            found = jacobian(node, leaf.name)
            assert not found.formula.has(sp.Derivative, sp.Subs, sp.Heaviside, sp.DiracDelta)
            if found.formula.has(sp.Piecewise):
                with_cases.add(case.name)
            assert ("{" in found.right.replace("sum_{", "")) == (case.name == "max-of-two")
    assert with_cases == {
        "relu", "max-of-two", "huber", "hinge", "bce", "cross-entropy",
        "cross-entropy-vector",
    }  # fmt: skip


def test_a_guard_holds_where_the_rest_has_no_value():
    node = node_of(lambda a: 1 / a, (2,))
    found = jacobian(node, "a").at({"a": np.array([1, 2])})
    assert found.tolist() == [[-1, 0], [0, -sp.Rational(1, 4)]]
    padded = node_of(lambda a: gd.conv1d(gd.log(a), [1, 1, 1], padding=1), (3,))
    values = values_of(padded)
    agree(jacobian(padded, "a").at(values), dense(padded, 0, values, EXACT), EXACT)


# Entry by entry


def test_entries_are_explicit_formulas():
    node = node_of(lambda W, x: W @ x, (2, 2), (2,), names="Wx")
    W, x = array("W"), array("x")
    by_W = sp.Matrix([[x[0], x[1], 0, 0], [0, 0, x[0], x[1]]])
    assert entries(node.function, 0, "Wx") == by_W
    assert entries(node.function, 1, "Wx") == sp.Matrix([[W[0, 0], W[0, 1]], [W[1, 0], W[1, 1]]])
    assert as_text(by_W[0]) == "x[0]"
    assert as_latex(W[0, 1] ** 2) == "W_{0,\\, 1}^{2}"


def test_entries_keep_the_functions_names():
    node = node_of(gd.sigmoid, (2,), names="z")
    s = [gd.sigmoid.function.symbolic(array("z")[k]) for k in range(2)]
    assert entries(node.function, 0, "z") == sp.diag(*(a * (1 - a) for a in s))
    node = node_of(abs, (), names="z")
    assert as_text(entries(node.function, 0, "z")[0]) == "sign(z)"


def test_entries_count_each_slot_by_itself():
    node = node_of(lambda x: x * x, (2,), names="x")
    assert entries(node.function, 0, ["x", "x"]) == sp.Matrix(
        [[array("x")[0], 0], [0, array("x")[1]]]
    )


@pytest.mark.parametrize(
    ("build", "shapes", "message"),
    [
        (lambda a: a * a, [(21,)], "21 × 21, more than the 400 entries"),
        (lambda a: 2 * a, [("n",)], "some are letters"),
        (gd.det, [(5, 5)], "at most 4 rows"),
        (lambda a, b: a.sum() * b, [(60, 60), ()], "shape \\(60, 60\\), more than 2000"),
        (lambda a, b: (a @ a).sum() * b, [(40, 40), ()], "64000 products"),
    ],
)
def test_what_is_too_large_to_write_out(build, shapes, message):
    node = node_of(build, *shapes, values=False)
    with pytest.raises(DerivationError, match=message):
        entries(node.function, node.function.arity - 1, ["a", "b"])


def test_formulas_that_swell_are_refused_in_time():
    def tower(a):
        for _ in range(12):
            a = gd.sin(a @ a)
        return a

    node = node_of(tower, (3, 3))
    with pytest.raises(DerivationError, match="parts; take smaller shapes"):
        entries(node.function, 0, ["a"])
    with pytest.raises(DerivationError, match="split"):
        jacobian(node, "a")


# What is refused


@pytest.mark.parametrize(
    ("build", "shape", "message"),
    [
        (lambda a: a[[k * k % 23 for k in range(20)]], (23,), "20 entries in no regular order"),
        (lambda a: gd.layer_norm(gd.layer_norm(gd.layer_norm(a))), (4,), "more than 800 parts"),
        (lambda a: sum((k + 1) * a[k % 3] for k in range(400)), (3,), "more than 500 operations"),
    ],
)
def test_what_no_person_could_read_is_refused(build, shape, message):
    with pytest.raises(DerivationError, match=message):
        jacobian(node_of(build, shape), "a")


def test_values_that_do_not_fit():
    node = node_of(lambda W, x: W @ x, (2, 3), (3,), names="Wx")
    index = jacobian(node, "W")
    with pytest.raises(GraphError, match="'x' has no value; given are 'W'"):
        index.at({"W": np.ones((2, 3))})
    with pytest.raises(GraphError, match=r"'x' has shape \(2,\); it must be \(3,\)"):
        index.at({"W": np.ones((2, 3)), "x": np.ones(2)})
    letters = node_of(lambda x: x * x, ("n",), names="x", values=False)
    with pytest.raises(GraphError, match="letters"):
        jacobian(letters, "x").at({"x": np.ones(2)})
    large = node_of(lambda a: gd.sin(a), (2000,), values=False)
    with pytest.raises(NumericalError, match="2000000 numbers"):
        jacobian(large, "a").at({"a": np.ones(2000)})


def test_an_edge_that_is_not_there():
    node = node_of(lambda W, x: W @ x, (2, 3), (3,), names="Wx")
    graph = node.graph
    with pytest.raises(GraphError, match="no edge 'f' -> 'f'; the parents of 'f' are 'W', 'x'"):
        local_jacobian_index(graph, node, node)
    with pytest.raises(GraphError, match="'W' is a leaf"):
        local_jacobian_index(graph, node, graph["W"])

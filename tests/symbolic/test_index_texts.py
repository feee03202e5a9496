"""Local Jacobians in index notation as a textbook writes them."""

from __future__ import annotations

import pytest
import sympy as sp
from index_cases import agree, array, dense, jacobian, node_of, values_of

import graphdiff as gd
from graphdiff.evaluation.exact import EXACT
from graphdiff.language.expression import apply
from graphdiff.language.functions.tensor_function import Composite

i, j, k, p, q = (sp.Symbol(letter, integer=True) for letter in "ijkpq")
delta = sp.KroneckerDelta

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
        ("d a[i]/d z[p] = delta(i,p)*(1 - a[i]**2)",
         r"\frac{\partial a_{i}}{\partial z_{p}} = "
         r"\delta_{i p}\, \left(1 - a_{i}^{2}\right)"),
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
        ("d V[i,j]/d A[p,q] = -V[i,p]*V[q,j]",
         r"\frac{\partial V_{i j}}{\partial A_{p q}} = "
         r"-V_{i p}\, V_{q j}"),
    ]),
    (gd.logdet, "A", "f", [("n", "n")], [
        ("d f/d A[p,q] = inv(A)[q,p]",
         r"\frac{\partial f}{\partial A_{p q}} = \left(A^{-1}\right)_{q p}"),
    ]),
    (gd.norm, "x", "r", [("n",)], [("d r/d x[p] = x[p]/r", None)]),
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
        ("d Y[i,j]/d Q[p,q] = delta(i,p)*sum_k(K[k,q]*softmax(Q @ K.T)[i,k]"
         "*(V[k,j] - Y[i,j]))", None),
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
    # what the composition cancels
    (gd.var, "x", "v", [("n",)], [("d v/d x[p] = 2*(x[p] - sum_k(x[k])/n)/n", None)]),
    (lambda z, y: gd.binary_cross_entropy(gd.sigmoid(z), y), "z y", "L", [("n",), ("n",)], [
        ("d L/d z[p] = (sigmoid(z[p]) - y[p])/n",
         r"\frac{\partial L}{\partial z_{p}} = "
         r"\frac{\sigma{\left(z_{p}\right)} - y_{p}}{n}"),
        ("d L/d y[p] = (log(1 - sigmoid(z[p])) - log(sigmoid(z[p])))/n", None),
    ]),
    (lambda X, W, Y: gd.cross_entropy(gd.softmax(X @ W), Y), "X W Y", "L",
     [("m", "n"), ("n", "h"), ("m", "h")], [
        ("d L/d X[p,q] = sum_k(W[q,k]*(softmax(X @ W)[p,k]*sum_l(Y[p,l]) - Y[p,k]))/m", None),
        ("d L/d W[p,q] = sum_k(X[k,p]*(softmax(X @ W)[k,q]*sum_l(Y[k,l]) - Y[k,q]))/m", None),
        ("d L/d Y[p,q] = -log(softmax(X @ W)[p,q])/m", None),
    ]),
    (lambda X: gd.layer_norm(X), "X", "Y", [("m", "n")], [
        ("d Y[i,j]/d X[p,q] = delta(i,p)*(delta(j,q) - (1 + Y[i,j]*Y[i,q])/n)/"
         "sqrt(sum_k((X[i,k] - sum_l(X[i,l])/n)**2)/n + 1/100000)", None),
    ]),
    (gd.diag, "x", "D", [("n",)], [("d D[i,j]/d x[p] = delta(i,j)*delta(j,p)", None)]),
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
    assert jacobian(node, "x").at({"w": 3, "x": sp.Rational(1, 2)}, exact=True).tolist() == [[3]]


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
        agree(
            found.at(values, exact=True),
            sum(dense(node, slot, values, EXACT) for slot in (0, 1)),
            EXACT,
        )


def test_letters_are_not_those_of_nodes_and_sizes():
    node = node_of(lambda i, k: i @ k, ("p", "n"), ("n", "j"), names="ik", value="l", values=False)
    assert jacobian(node, "i").text == "d l[m,a]/d i[q,r] = delta(m,q)*k[r,a]"
    node = node_of(lambda k: (k @ k).sum(), ("n", "n"), names="k", value="m", values=False)
    assert jacobian(node, "k").text == "d m/d k[p,q] = sum_l(k[l,p]) + sum_l(k[q,l])"


def test_an_axis_of_one_entry_has_the_index_0():
    node = node_of(lambda x: x.sum(1, keepdims=True), (4, 3), names="x", value="s")
    assert jacobian(node, "x").text == "d s[i,0]/d x[p,q] = delta(i,p)"


def test_a_composite_with_a_pullback_of_its_own_needs_no_more():
    halved = Composite(
        "halved", lambda a: a / 2, latex=r"\tfrac{1}{2} {0}",
        rule=lambda slot, c, arguments, value: c * (value / arguments[slot]),
    )  # fmt: skip
    node = node_of(lambda x: apply(halved, x).sum(0), ("m", "n"), names="x", values=False)
    assert jacobian(node, "x").text == "d f[i]/d x[p,q] = delta(i,q)*halved(x)[p,i]/x[p,i]"
    without = Composite("doubled", lambda a: 2 * a)
    node = node_of(lambda x: apply(without, x).sum(0), ("m", "n"), names="x", values=False)
    assert jacobian(node, "x").text == "d f[i]/d x[p,q] = 2*delta(i,q)"


def test_every_bound_index_stands_within_its_sum():
    for build, names, value, shapes, _ in TEXTBOOK:
        names = names.split()
        node = node_of(build, *shapes, names=names, value=value, values=False)
        for name in names:
            found = jacobian(node, name)
            indices = {s for s in found.formula.free_symbols if getattr(s, "is_integer", False)}
            sizes = {size for shape in node.function.shapes for size in shape}
            assert indices <= {*found.row, *found.column, *sizes}


def test_a_quotient_in_a_product_is_bracketed():
    node = node_of(lambda a: a.reshape(3, 2)[:, ::-1].reshape(-1), (2, 3))
    assert "2*((3*p+q)//2)" in jacobian(node, "a").text

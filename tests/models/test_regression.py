"""Regressions against their formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from graphdiff.models import linear_regression, logistic_regression, softmax_regression
from graphdiff.testing import check_graph

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(6, 3))


def test_linear():
    y, w = RANDOM.normal(size=6), np.array([1.0, -2.0, 0.5])
    model = linear_regression(X, y, weights=w, bias=0.25, l2=0.1)
    run = model.backward()
    e = X @ w + 0.25 - y
    assert run.value["E"] == pytest.approx((e**2).mean())
    np.testing.assert_allclose(run.gradient["W__1"][0], 2 * e @ X / 6 + 0.1 * w)
    np.testing.assert_allclose(run.gradient["b__1"], [2 * e.mean()])
    check_graph(model)


def test_linear_of_several_targets():
    y = RANDOM.normal(size=(6, 2))
    run = linear_regression(X, y).backward()
    np.testing.assert_allclose(run.gradient["W__1"], -2 * y.T @ X / 12)


def test_logistic():
    y = np.array([0, 1, 1, 0, 1, 0])
    model = logistic_regression(X, y, weights=[1, 0, -1], l1=0.5)
    run = model.backward()
    s = 1 / (1 + np.exp(-X @ [1, 0, -1]))
    assert run.value["E"] == pytest.approx(-(y * np.log(s) + (1 - y) * np.log(1 - s)).mean())
    np.testing.assert_allclose(
        run.gradient["W__1"][0], (s - y) @ X / 6 + 0.5 * np.array([1, 0, -1])
    )
    check_graph(model, wrt=["W__1", "b__1", "x"], values={"W__1": [[1, 0.3, -1]]})


def test_softmax():
    y = [0, 1, 2, 2, 1, 0]
    W = RANDOM.normal(size=(3, 3))
    model = softmax_regression(X, y, weights=W, bias=[0.1, 0.2, 0.3])
    run = model.backward()
    scores = np.exp(X @ W.T + [0.1, 0.2, 0.3])
    s = scores / scores.sum(axis=1, keepdims=True)
    assert run.value["E"] == pytest.approx(-np.log(s[range(6), y]).mean())
    np.testing.assert_allclose(run.gradient["W__1"], (s - np.eye(3)[y]).T @ X / 6)
    check_graph(model, wrt=["W__1", "b__1"])


def test_classes_that_do_not_occur():
    assert softmax_regression(X, [0, 1, 0, 1, 0, 1], classes=4).sizes == (3, 4)


def test_the_gradient_is_the_textbooks():
    model = logistic_regression(X, [0, 1, 1, 0, 1, 0])
    assert str(model.gradient("E", "z__1", "nodes")).count("y") >= 1

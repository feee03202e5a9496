"""An empty batch: sums are 0 and have derivatives; what would be of no entries is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.notation import text

HAVE_VALUES = {
    "sum": lambda X, W, b: (gd.tanh(X @ W + b) ** 2).sum(),
    "by columns": lambda X, W, b: (X @ W).sum(0) @ b,
    "by rows": lambda X, W, b: gd.logsumexp(X @ W, axis=1).sum() + (X @ W).max(1).sum(),
    "softmax": lambda X, W, b: gd.softmax(X @ W).sum(),
    "layer norm": lambda X, W, b: gd.layer_norm(X @ W).sum(),
    "einsum": lambda X, W, b: gd.einsum("ij,jk->", X, W),
    "moved": lambda X, W, b: (X @ W).T.reshape(-1).sum() + X[:, 0].sum() * W[0, 0],
    "cumsum": lambda X, W, b: gd.cumsum(X @ W, axis=0).sum(),
    "where": lambda X, W, b: gd.where(X @ W > 0, X @ W, 0).sum(),
    "joined": lambda X, W, b: gd.concatenate(X @ W, gd.ones(1, 2)).sum() + 0 * W.sum(),
}


def batch(rows=0):
    graph = gd.Graph()
    X = graph.input("X", np.ones((rows, 3)))
    return graph, X, graph.parameter("W", np.ones((3, 2))), graph.parameter("b", [1.0, 2.0])


@pytest.mark.parametrize("name", HAVE_VALUES)
def test_sums_over_no_rows(name):
    graph, *leaves = batch()
    L = graph.node("L", HAVE_VALUES[name](*leaves))
    run = graph.backward(L)
    assert run.value[L] == (2 if name == "joined" else 0)
    exact = graph.backward(L, exact=True)
    value, gradients = graph.compile(L)()
    assert value == run.value[L]
    at = {leaf.name: leaf.value for leaf in leaves}
    for leaf in leaves[1:]:
        for found in (
            run.gradient[leaf], exact.gradient[leaf], gradients[leaf.name],
            graph.gradient(L, leaf).at(at),
        ):  # fmt: skip
            assert np.shape(found) == leaf.shape
            assert not np.any(found)
    assert run.gradient["X"].shape == (0, 3)
    assert graph.hessian(L, "W").at().shape == (6, 6)
    assert graph.compile(L, "W", form="hessian")().shape == (3, 2, 3, 2)


REFUSED = {
    "mean": lambda x: x.mean(),
    "max": lambda x: x.max(0),
    "min": lambda x: x.min(),
    "softmax": lambda x: gd.softmax(x, axis=0),
    "log_softmax": lambda x: gd.log_softmax(x, axis=0),
    "logsumexp": gd.logsumexp,
    "norm": gd.norm,
    "mean of": lambda x: gd.mse(x, x),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_value(name):
    graph, X, *_ = batch()
    with pytest.raises(GraphError, match=rf"^{name.split()[0]} of .* is over no entries"):
        graph.node("y", REFUSED[name](X))
    letters = gd.Graph()
    letters.node("y", REFUSED[name](letters.input("X", shape=("n", 3))))
    with pytest.raises(GraphError, match=r"node 'y' = .*over no entries"):
        letters.forward(X=np.zeros((0, 3)))


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_files_keep_the_shape(tmp_path, suffix):
    graph, X, W, b = batch()
    graph.node("h", X @ W + b)
    graph.save(tmp_path / f"g.{suffix}")
    again = gd.load(tmp_path / f"g.{suffix}")
    assert again["X"].shape == again["X"].value.shape == (0, 3)
    assert again.forward().value["h"].shape == (0, 2)


def test_pictures_and_numbers():
    graph, X, W, b = batch()
    h = graph.node("h", X @ W + b)
    L = graph.node("L", (h * h).sum())
    run = graph.backward(L)
    assert run.P[h].shape == (1, 0)
    assert run.J[W, h].shape == (0, 6)
    assert graph.backward(h).P[W].shape == (0, 6)
    assert graph.compile(h, W, form="jacobian")().shape == (0, 2, 3, 2)
    assert text.summary(run.value[h]) == "no entries"
    assert "<svg" in graph.draw(run=run).svg


def test_no_samples_are_refused():
    graph, *_ = batch(2)
    with pytest.raises(GraphError, match="no entries; give one sample"):
        graph.forward(b=np.zeros((0, 2)))

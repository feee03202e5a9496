"""Claims about networks of every size, in bounded time."""

import numpy as np
import pytest
from layer_claims import NET

import graphdiff as gd
from graphdiff.checking import verify, work

# Size


def mlp(rows, inputs, hidden, seed=0):
    random = np.random.default_rng(seed)
    graph = gd.Graph(output="L")
    X = graph.input("X", random.normal(size=(rows, inputs)))
    Y = graph.input("Y", np.eye(5)[random.integers(0, 5, rows)])
    W = graph.parameter("W", random.normal(size=(hidden, inputs)) / inputs**0.5)
    V = graph.parameter("V", random.normal(size=(5, hidden)) / hidden**0.5)
    Z = graph.node("Z", X @ W.T)
    A = graph.node("A", gd.tanh(Z))
    O = graph.node("O", A @ V.T)  # noqa: E741
    graph.node("L", gd.cross_entropy_with_logits(O, Y))
    return graph


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("rows", "inputs", "hidden", "rough"),
    [(4, 3, 4, False), (32, 12, 8, False), (64, 200, 40, True)],
)
def test_networks_of_every_size_are_judged(rows, inputs, hidden, rough):
    graph = mlp(rows, inputs, hidden)
    assert work.work(graph, [], []).rough == rough
    value = graph.forward().value
    dZ = (softmax(value["O"]) - value["Y"]) / rows @ value["V"] * (1 - value["A"] ** 2)
    numbers = dZ.T @ value["X"]
    report = graph.check(
        {
            "dL/dV": [f"(softmax(O) - Y).T @ A/{rows}", "(softmax(O) - Y).T @ A"],
            "dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"],
            "dL/dW": ["dL/dZ.T @ X", "X.T @ dL/dZ", numbers],
            "dL/dW[0, 1]": "sum(dL/dZ[:, 0]*X[:, 1])",
        }
    )
    assert [r.verdict for r in report] == [
        "correct", "wrong", "correct", "wrong", "correct", "wrong", "correct", "correct",
    ]  # fmt: skip
    assert "transpose" in report.results[5].note


def test_saturated_networks_are_not_taken_for_wrong():
    """In float64 1 − a² has no digits left where a = tanh(z) is 1."""
    graph = mlp(64, 200, 40)
    values = {"X": 40 * graph["X"].value}
    claims = {"dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"]}
    assert [r.verdict for r in graph.check(claims, values)] == ["correct", "wrong"]


def test_arrays_too_large_for_other_points_are_said_to_be(monkeypatch):
    monkeypatch.setattr(work, "MOST", 1000)
    graph = mlp(64, 200, 40)
    report = graph.check({"dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"]})
    right, wrong = report.results
    assert (right.verdict, right.note) == (
        "undecided",
        "right at the given point; the arrays are too large to judge it at others",
    )
    assert wrong.verdict == "wrong"


def test_targets_too_large_are_refused():
    graph = gd.Graph()
    X, W = graph.input("X", np.ones((60, 100))), graph.parameter("W", np.ones((50, 100)))
    graph.node("Z", X @ W.T)
    graph.node("q", graph.node("big", graph.input("x", np.ones(5000)) * 2).sum())
    (unread,) = graph.check({"J[x->big]": "2*eye(5000)"})
    assert (unread.verdict, "it has 5000 × 5000, more than 20000000" in unread.note) == (
        "unread",
        True,
    )
    assert graph.check({"dq/dx": "2*ones(5000)", "dq/dx[7]": 2}, output="q").ok


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(verify, "SECONDS", 0.0)
    report = NET.check({"z": ["W @ x + b", "[-0.5, 3, 1]"], "dL/dW": "outer(dL/dz, x)"})
    assert [r.verdict for r in report] == ["correct", "correct", "undecided"]


@pytest.mark.parametrize("factor", ["1.00002", "0.99998", "(1 + 1e-5)"])
@pytest.mark.parametrize("rows", [4, 64])
def test_a_formula_that_is_nearly_right_is_wrong_in_arrays_of_every_size(rows, factor):
    graph = mlp(rows, 3 if rows == 4 else 200, 4 if rows == 4 else 40)
    near = f"{factor}*(dL/dO @ V)*(1 - A**2)"
    (found,) = graph.check({"dL/dZ": near})
    assert found.verdict == "wrong"

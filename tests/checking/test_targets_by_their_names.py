"""Targets whose letters are the names of nodes too, and conventions between the sides of a kink."""

from __future__ import annotations

import pytest
from one_claim import graph_of, verdict

import graphdiff as gd


def second_order():
    """A graph with a node H, whose brackets are entries, and second derivatives H[w, b]."""
    g = gd.Graph()
    w, b = g.parameter("w", 3), g.parameter("b", 2)
    H = g.input("H", [[1, 2], [3, 4]])
    g.node("L", w**2 * b + H[0, 1])
    return g


def test_brackets_after_a_node_called_H_are_entries_or_second_derivatives():
    g = second_order()
    claims = {"H[0, 1]": 2, "H[1, 0]": 3, "H[w, b]": 6, "H[w, w]": 4}
    assert [result.verdict for result in g.check(claims)] == ["correct"] * 4
    wrong = {"H[0, 1]": 6, "H[w, b]": 2}
    assert [result.verdict for result in g.check(wrong)] == ["wrong"] * 2


def test_arrows_after_a_node_called_J():
    g = gd.Graph()
    J = g.parameter("J", [3, 4])
    g.node("z", J[0] * 5 + J[1])
    claims = {"J[0]": 3, "J[1]": 4, "J[J->z]": [[5, 1]], "P[J]": [5, 1]}
    assert [result.verdict for result in g.check(claims)] == ["correct"] * 4


@pytest.mark.parametrize("source", ["2@1", " 3 @2", "@1"])
def test_a_step_is_of_a_parameter_and_not_of_a_number(source):
    g = gd.Graph()
    g.node("L", g.parameter("w", 3) ** 2)
    (result,) = g.check({source: 3})
    assert result.verdict == "unread"
    assert str(result)


@pytest.mark.parametrize(
    ("formula", "middle", "other"),
    [("leaky_relu(x)", 0.505, 0.495), ("abs(x) + 3*x", 3, 1), ("max(2*x, 5*x)", 3.5, 1.5)],
)
def test_the_middle_of_both_sides_is_a_convention_and_half_their_difference_is_none(
    formula, middle, other
):
    assert verdict(formula, middle, "dz/dx", x=0).verdict in ("convention", "correct")
    assert verdict(formula, other, "dz/dx", x=0).verdict == "wrong"


def test_away_from_a_kink_no_other_convention_counts():
    for x in (2, -3):
        result = verdict("relu(x)", 0.5, "dz/dx", x=x)
        assert result.verdict == "wrong"
        assert "convention" not in str(result)


def test_a_square_matrix_in_the_other_layout_is_one_note():
    g = graph_of("sum(A @ A)", A=[[1, 2], [3, 5]])
    right = g.backward().gradient["A"]
    (result,) = g.check({"dz/dA": right.T.tolist()})
    assert result.verdict == "wrong"
    assert result.note.count("transpose") == 1


def test_what_comes_of_a_value_after_a_step():
    g = gd.Graph()
    x, W = g.input("x", [1.0, 2.0]), g.parameter("W", [[0.5, -1.0], [0.3, 0.2]])
    z = g.node("z", W @ x)
    g.node("L", (z**2).sum() / 2)
    right = {
        "z@1": ["x @ W@1.T", "W@1 @ x", "W@1.T.T @ x", "x @ (W - eta*dL/dW).T"],
        "L@1": ["z@1 @ z@1/2", "(z@1**2).sum()/2", "sum((x @ W@1.T)**2)/2"],
        "dL/dW@1": ["outer(z@1, x)", "outer(x, z@1).T", "dL/dW@1.T.T"],
    }
    found = [result.verdict for result in g.check(right, learning_rate=0.1)]
    assert found == ["correct"] * 9 + ["says-nothing"]
    wrong = {"z@1": ["x @ W@1"], "L@1": ["sum((W@1.T @ x)**2)/2"]}
    assert [r.verdict for r in g.check(wrong, learning_rate=0.1)] == ["wrong"] * 2

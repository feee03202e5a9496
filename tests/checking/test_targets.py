"""What may be claimed, and of what: targets, references, chains, missing values."""

from decimal import Decimal

import numpy as np
import pytest
import sympy as sp
from one_claim import graph_of

import graphdiff as gd
from graphdiff.errors import GraphError

# Targets, references, missing values


def test_targets():
    graph = graph_of({"u1": "x*x", "u2": "u1 + 1", "ŷ": "u2**2", "ℒ": "ŷ*2"}, x=2)
    report = graph.check(
        {
            "u1": ["x**2", 4],
            "J[1->2]": ["2*x", 4],
            "J[x -> u1]": "2*x",
            "J[x→u1]": "2*x",
            " P[u1] ": "4*u2",
            "P[1]": ["P[u1]*J[1->2]", "P[2]*J[x->u1]", "8*u2*x", 80],
            "∂ℒ/∂x": "8*u2*x",
            "dℒ/dŷ": 2,
            "dŷ / du2": "2*u2",
            "dx/du2": 0,
            "du1/du1": 1,
            "J[ŷ->ℒ]": 2,
            "y\u0302": 25,
            "P[ℒ]": 1,
        }
    )
    assert report.ok, str(report)


def test_names_that_look_like_targets():
    graph = graph_of({"dx": "x*x", "J": "dx*P"}, x=2, P=3)
    assert graph.check(
        {"dx": 4, "ddx/dx": 4, "dJ/dx": "2*x*P", "J[dx->J]": "P", "P[P]": "dx", "P": 3}
    ).ok


def test_a_parent_that_repeats_counts_as_often():
    graph = graph_of({"m": "x*x", "q": "max(x, x)"}, x=3)
    assert graph.check({"J[x->m]": ["2*x", 6], "dm/dx": "x + x", "J[x->q]": 1}).ok
    assert [r.verdict for r in graph.check({"J[x->m]": ["x", 3]})] == ["wrong", "follows"]
    assert [r.verdict for r in graph.check({"J[x->m]": 3})] == ["wrong"]


def test_several_outputs():
    graph = graph_of({"a": "x*2", "b": "x*3"}, x=1)
    (unread,) = graph.check({"P[x]": 2})
    assert (unread.verdict, "2 outputs" in unread.note) == ("unread", True)
    assert graph.check({"P[x]": ["J[x->a]", 2], "P[b]": 0}, output="a").ok
    assert graph.check({"da/dx": 2, "db/dx": 3}).ok


def test_disconnected():
    graph = graph_of({"u": "x*w", "z": "w**2"}, x=2, w=3)
    assert graph.check({"dz/dx": 0, "dz/du": 0, "du/dz": 0, "dx/dw": "0"}).ok
    (result,) = graph.check({"dz/dx": "w"})
    assert result.note == "z does not depend on x, so it is 0"


def test_missing_values():
    graph = graph_of({"u": "x*w", "z": "u**2"}, x=None, w=3)
    report = graph.check(
        {
            "J[x->u]": ["w", 3, 4],
            "P[z]": 1,
            "P[x]": ["2*u*w", "2*x*w"],
            "u": ["w*x", 6],
            "dz/dw": 0,
        }
    )
    assert [r.verdict for r in report] == [
        "correct",
        "correct",
        "wrong",
        "correct",
        "correct",
        "wrong",
        "correct",
        "undecided",
        "undecided",
    ]
    assert report.results[7].note == "x has no value, so numbers cannot be judged"
    assert graph.check({"u": 6}, x=2).ok
    assert graph.check({"u": 6}, {"x": 2}).ok


def test_a_chain_may_stand_in_one_text():
    graph = graph_of({"u": "x*w"}, x=1, w=5)
    report = graph.check({"J[w->u]": "x = 2", "u": ["x*w = 1*5", 5]})
    assert [(r.link, r.claimed, r.verdict) for r in report] == [
        (1, "x", "correct"),
        (2, "2", "wrong"),
        (1, "x*w", "correct"),
        (2, "1*5", "correct"),
        (3, "5", "correct"),
    ]


def test_formulas_built_in_python():
    graph = graph_of("x*w", x=2, w=3)
    x, w = graph["x"], graph["w"]
    assert graph.check({"z": [w * x, x.symbol * w.symbol, sp.Integer(6)]}).ok
    (unread,) = graph.check({"z": gd.Graph().input("x")})
    assert (unread.verdict, "another graph" in unread.note) == ("unread", True)


def test_an_array_for_a_scalar_is_wrong():
    (result,) = graph_of("x*w", x=2, w=3).check({"z": np.array([6, 6])})
    assert (result.verdict, result.expected) == ("wrong", "6")
    assert "it has shape (2,)" in result.note


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"J[x->q]": 1}, "no edge 'x' -> 'q'"),
        ({"J[x]": 1}, "is not read"),
        ({"P[]": 1}, "is not read"),
        ({"P[9]": 1}, "no node u^9"),
        ({"P[0]": 1}, "no node u^0"),
        ({"K[x]": 1}, "no target of a claim"),
        ({"d/dx": 1}, "no target of a claim"),
        ({"zz": 1}, "unknown node 'zz'; did you mean 'z'?"),
        ({"dz/dy": 1}, "unknown node 'y'"),
        ({"": 1}, "no target"),
        ({3: 1}, "no target"),
        ({"z": []}, "a chain has 1 to 200 links"),
        ({"z": [1] * 201}, "a chain has 1 to 200 links"),
        ({"z": [[1, 2]]}, "neither a number nor a formula"),
        ({"z": {}}, "neither a number nor a formula"),
        ({"z": True}, "neither a number nor a formula"),
        ({"z": None}, "neither a number nor a formula"),
        ({"z": 1j}, "neither a number nor a formula"),
        ({"z": float("nan")}, "must be finite"),
        ({"z": float("inf")}, "must be finite"),
        ({"z": Decimal("NaN")}, "must be finite"),
        ({"z": sp.I}, "not a finite real number"),
        ({"z": "__import__('os')"}, "unknown function '__import__'"),
        ({"z": "x ="}, "expected a number"),
        ({"z": "x == 1"}, "expected"),
        ({"z": "P[x"}, "expected ']'"),
        ({"z": "Q[x]"}, "brackets follow P or J"),
        ({"z": "J[x->q]"}, "no edge"),
        ({"z": "f(x)"}, "unknown function"),
        ({"z": "9**9**9"}, "exponent"),
        ({"z": "x**1001"}, "exponent"),
        ({"z": "+".join(["x"] * 20_000)}, "characters"),
        ({"z": "1e500"}, "beyond 1e±300"),
    ],
)
def test_claims_that_cannot_be_read(claims, problem):
    report = graph_of({"z": "x*w", "q": "z + w"}, x=2, w=3).check(claims)
    (unread,) = report.with_verdict("unread")
    assert problem in unread.note
    assert unread.note.startswith("claim ")
    assert "\n" not in unread.note
    assert report.exit_code == 2


def test_claims_are_checked_at_one_point():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [1, 2], shape=()) * 2)
    with pytest.raises(GraphError, match="2 samples"):
        graph.check({"z": 2})
    assert graph.check({"z": 6}, x=3).ok
    assert graph.check({"z": 3}, x=3, z=3).ok


# The chain rule, as it is written


def test_the_chain_rule_can_be_claimed():
    graph = graph_of({"z": "w*x", "a": "sigmoid(z)", "L": "(a-y)**2"}, x=2, w=0.5, y=1)
    report = graph.check(
        {
            "dL/dw": [
                "dL/da*da/dz*dz/dw",
                "dL/da * a*(1-a) * x",
                "∂L/∂a * ∂a/∂z * x",
                "dL/da*da/dz",
            ],
            "P[z]": "dL/dz",
        }
    )
    assert [result.verdict for result in report] == ["correct"] * 3 + ["wrong", "says-nothing"]
    assert report.results[0].claimed == "dL/da*da/dz*dz/dw"


def test_names_that_begin_with_d_stay_quotients():
    graph = graph_of({"q": "dx/dt", "t": "dt + 1", "x": "dx + 1"}, dx=6, dt=3)
    assert graph.check({"q": ["dx/dt", 2], "dq/ddt": "-dx/dt**2"}).ok


def test_a_target_may_be_a_node():
    graph = graph_of({"z": "w*x"}, x=2, w=0.5)
    assert graph.check({graph["z"]: 1}).ok

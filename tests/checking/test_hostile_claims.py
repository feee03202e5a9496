"""Claims that would cost much: towers of powers, huge numbers, thousands of claims."""

from decimal import Decimal

import pytest
from counting import at_most
from one_claim import graph_of, verdict

from graphdiff.checking import verify
from graphdiff.errors import GraphError


def test_towers_of_powers_are_judged():
    nodes = {"n0": "x**1000"} | {f"n{k}": f"n{k - 1}**1000" for k in range(1, 20)}
    with at_most(calls=1.2e6):
        graph = graph_of(nodes, x=1)
        report = graph.check(
            {
                "n19": [1, "n18**1000"],
                "J[n0->n1]": "1000*n0**999",
                "P[x]": ["1000**20", "1000*n18*P[n0]"],
            }
        )
        assert [r.verdict for r in report] == ["correct"] * 4 + ["coincidental"]
        graph = graph_of(nodes, x=Decimal("1.001"))
        report = graph.check({"n19": [1, "n18**1000"], "n1": "n0**1000", "P[x]": "1000*n18*P[n0]"})
        assert [r.verdict for r in report] == ["undecided", "correct", "correct", "wrong"]


def test_towers_of_exponentials_are_judged():
    nodes = {"e0": "exp(x)"} | {f"e{k}": f"exp(e{k - 1})" for k in range(1, 10)}
    graph = graph_of(nodes, x=-5)
    report = graph.check({"e3": ["exp(e2)", "exp(e1)"], "e9": "exp(e8)", "P[x]": "P[e0]*exp(x)"})
    assert [r.verdict for r in report] == ["correct", "wrong", "correct", "undecided"]


def test_numbers_too_large_for_memory_are_never_met():
    with at_most(calls=3e5):
        assert (
            verdict("exp(-exp(exp(x)))", "-z*exp(exp(x))*exp(x)", "dz/dx", x=1).verdict == "correct"
        )
        assert verdict("tanh(exp(exp(exp(x))))", "z", "dz/dx", x=1).verdict == "wrong"
        assert verdict("x**16", "(x**x)**(x**x)", x=1e300).verdict == "wrong"


@pytest.mark.slow
def test_many_claims_cost_as_many_times_one_and_ten_thousand_are_most():
    graph = graph_of({"u": "x*w", "z": "sigmoid(u)"}, x=1, w=5)
    with at_most(calls=6e6):
        assert len(graph.check([("z", "0.99"), ("z", "0.5"), ("u", "x*w")] * 333)) == 999
    with pytest.raises(GraphError, match="more than 10000"):
        graph.check([("z", 1)] * 10_001)


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(verify, "SECONDS", 0.0)
    report = graph_of({"u": "x*w"}, x=1, w=5).check({"u": ["w*x", 5]})
    assert [(r.verdict, r.note) for r in report] == [("undecided", "time ran out"), ("correct", "")]


@pytest.mark.slow
def test_large_formulas_and_many_leaves():
    graph = graph_of("x*w", x=1, w=5)
    assert not graph.check({"z": ["+".join(["x*w"] * 4_000), "*".join(["x"] * 4_000)]}).ok
    leaves = {f"x{k}": k / 100 for k in range(150)}
    nodes, last = {}, "x0"
    for k in range(1, 150):
        nodes[f"n{k}"] = f"{last}*0.5 + x{k}"
        last = f"n{k}"
    graph = graph_of(nodes, **leaves)
    assert graph.check({f"d{last}/dx0": ["0.5**149", "x0 - x0 + 0.5**149"]}).ok

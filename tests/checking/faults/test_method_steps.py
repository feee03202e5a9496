"""Mistakes in the steps of methods are named."""

import pytest

import graphdiff as gd

L = gd.learning


def neuron():
    graph = gd.Graph("A neuron")
    x, t = graph.input("x", [1.0, -0.5]), graph.input("t", 0.8)
    w, b = graph.parameter("w", [0.4, -0.2]), graph.parameter("b", 0.1)
    e = graph.node("e", gd.tanh(w @ x + b) - t)
    graph.node("E", e**2 / 2)
    return graph


def change(trace):
    return float(trace[1].values["b"]) - 0.1


CASES = [
    (L.adam(0.1), "m_hat_b@2", lambda t: float(t[2].assigned["m_b"]), "correction-left-out"),
    (L.adam(0.1), "m_b@2", lambda t: 0.1 * float(t[1].gradient["b"]), "memory-left-out"),
    (L.newton(0.5, damping=1), "p_b@1", lambda t: -float(t[0].gradient["b"]), "hessian-left-out"),
    (L.newton(0.5, damping=1), "b@1", lambda t: 0.1 + 2 * change(t), "rate-not-used"),
    (L.momentum(0.1), "b@1", change, "step-alone"),
    (L.bfgs(L.backtracking()), "b@1", lambda t: 0.1 - change(t), "other-way"),
]


@pytest.mark.parametrize(("method", "target", "wrong", "key"), CASES, ids=lambda x: str(x)[:20])
def test_a_mistake_in_a_step_is_named(method, target, wrong, key):
    trace = L.minimise(neuron(), method, 2)
    (result,) = trace.check({target: round(wrong(trace), 6)})
    assert result.verdict == "wrong"
    assert key in [fault for one in result.diagnosis.explanations for fault in one.faults]

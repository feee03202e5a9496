"""Numbers of descents as books and courses print them, to their last digit."""

from fractions import Fraction
from pathlib import Path

import pytest

import graphdiff as gd
from graphdiff.workbench import load_with_claims

L = gd.learning
FILES = sorted((Path(__file__).parents[2] / "examples" / "published").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_of_a_file_is_right_and_its_source_is_named(path):
    graph, claims = load_with_claims(path)
    assert {result.verdict for result in graph.check(claims)} == {"correct"}
    assert "https://" in path.read_text(encoding="utf-8").partition("title")[0]


# Zhang, Lipton, Li and Smola, Dive into deep learning, chapter 12, after 20 steps:
# https://d2l.ai/chapter_optimization/momentum.html, adagrad.html, rmsprop.html
D2L = [
    (L.gradient_descent(0.4), -0.943467, -0.000073),
    (L.gradient_descent(0.6), -0.387814, -1673.365109),
    (L.momentum(0.6, momentum=0.5), 0.007188, 0.002553),
    (L.momentum(0.6, momentum=0.25), -0.126340, -0.186632),
    (L.adagrad(0.4, epsilon=0), -2.382563, -0.158591),
    (L.adagrad(2, epsilon=0), -0.002295, -0.000000),
    (L.rmsprop(0.4, rho=0.9, epsilon=0), -0.010599, 0.000000),
]


@pytest.mark.parametrize(("method", "x1", "x2"), D2L, ids=lambda found: repr(found)[:24])
def test_the_valley_of_dive_into_deep_learning(method, x1, x2):
    graph = gd.Graph()
    a, b = graph.parameter("x_1", -5), graph.parameter("x_2", -2)
    graph.node("f", 0.1 * a**2 + 2 * b**2)
    last = L.minimise(graph, method, 20)[-1].values
    # AdaGrad and RMSprop have ε = 1e-6 under the root there: the last digit may be another
    assert last["x_1"] == pytest.approx(x1, abs=1.5e-6 if "epsilon" in repr(method) else 5.1e-7)
    assert last["x_2"] == pytest.approx(x2, abs=1.5e-6)


@pytest.mark.parametrize(("rate", "mu", "x1", "x2"), [
    ("0.4", "0", -0.943467, -0.000073), ("0.6", "0", -0.387814, -1673.365109),
    ("0.6", "0.5", 0.007188, 0.002553), ("0.6", "0.25", -0.126340, -0.186632),
])  # fmt: skip
def test_the_numbers_of_the_valley_follow_from_fractions(rate, mu, x1, x2):
    for start, slope, printed in ((-5, Fraction(1, 5), x1), (-2, Fraction(4), x2)):
        x, v = Fraction(start), Fraction(0)
        for _ in range(20):
            v = Fraction(mu) * v + Fraction(rate) * slope * x
            x -= v
        assert float(x) == pytest.approx(printed, abs=5.1e-7)


def test_momentum_of_a_course_at_saida():
    # e-learning of the University of Saida, Momentum gradient descent: f = (x − 4)², 0.2 and 0.9
    graph = gd.Graph()
    graph.node("f", (graph.parameter("x", 10) - 4) ** 2)
    trace = L.minimise(graph, L.momentum_of_steps(0.2), 4)
    assert [round(float(s.values["x"]), 10) for s in trace] == [10, 7.6, 4, 0.76, -0.86]
    assert [round(float(s.state["v_x"]), 10) for s in trace] == [0, -2.4, -3.6, -3.24, -1.62]


def test_the_first_steps_of_adam_by_hand():
    # G. Basran, MATH 3850, Adam paper, algorithm 1: f = θ² from 5, α = 0.1
    graph = gd.Graph()
    graph.node("f", graph.parameter("theta", 5) ** 2)
    trace = L.minimise(graph, L.adam(0.1), 2)
    found = {name: round(float(value), 6) for name, value in trace[1].assigned.items()}
    assert found == {"m_theta": 1, "v_theta": 0.1, "m_hat_theta": 10, "v_hat_theta": 100,
                     "theta_theta": 4.9}  # fmt: skip
    assert float(trace[1].gradient["theta"]) == pytest.approx(9.8, rel=1e-9)


def test_newtons_method_has_the_minimum_of_a_quadratic_at_once():
    # Boyd and Vandenberghe, Convex optimization, 2004, section 9.5.1
    graph = gd.Graph()
    a, b = graph.parameter("x_1", -5), graph.parameter("x_2", -2)
    graph.node("f", a**2 / 10 + 2 * b**2)
    assert L.minimise(graph, L.newton(), 1, exact=True)[-1].values == {"x_1": 0, "x_2": 0}

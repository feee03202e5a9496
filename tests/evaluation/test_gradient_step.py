"""One step of gradient descent, by hand and in every kind of number."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.evaluation.gradient_step import LearningRateWarning

EXAMPLES = Path(__file__).parents[2] / "examples"


def parabola(w=5):
    graph = gd.Graph("parabola")
    graph.node("L", (graph.parameter("w", w) - graph.input("c", 1)) ** 2)
    return graph


def test_the_lectures_regression_by_hand():
    graph = gd.load(EXAMPLES / "linear-regression.toml")
    step = graph.step(graph.backward(), 0.1)
    # e = 4 at w = 5, b = 1, and dL/dw = 2 e x = 8, dL/db = 2 e = 8
    assert step.parameters == {"w": pytest.approx(4.2), "b": pytest.approx(0.2)}
    assert str(step).splitlines() == [
        "theta <- theta - eta * dL/dtheta, eta = 0.1",
        "w <- 5 - 0.1*8 = 4.2",
        "b <- 1 - 0.1*8 = 0.2",
    ]
    assert r"w &\leftarrow 5 - 0.1 \cdot 8 = 4.2" in step.latex()
    assert graph["w"].value == 5
    assert step.graph["w"].value == pytest.approx(4.2)
    assert step.graph.title == graph.title


def test_exact_runs_step_exactly():
    graph = parabola(Fraction(1, 3))
    step = graph.step(graph.backward(exact=True), Fraction(1, 10))
    assert step.parameters["w"] == Fraction(1, 3) + Fraction(4, 3) / 10
    assert "w <- 1/3 - (1/10)*(-4/3) = 7/15" in str(step)


def test_a_step_continues_where_the_run_was():
    graph = parabola()
    moved = graph.step(graph.backward(c=3, w=4), 0.25).graph
    assert moved["c"].value == 3
    assert moved["w"].value == 3.5


def test_steps_descend():
    graph, losses = parabola(), []
    for _ in range(20):
        run = graph.backward()
        losses.append(run.value["L"])
        graph = graph.step(run, 0.1).graph
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01


def test_arrays():
    graph = gd.Graph()
    W = graph.parameter("W", [[1.0, 2], [3, 4]])
    graph.node("L", (W**2).sum())
    step = graph.step(graph.backward(), 0.25)
    assert step.parameters["W"].tolist() == [[0.5, 1], [1.5, 2]]
    assert "W <- W - 0.25*dL/dW = [[0.5, 1], [1.5, 2]]" in str(step)
    with pytest.raises(ValueError, match="read-only"):
        step.parameters["W"][0, 0] = 9
    thirds = str(graph.step(graph.backward(), 0.3333333333))
    assert "W <- W - 0.333333*dL/dW ≈ [[0.333333, 0.666667], [1, 1.33333]]" in thirds


@pytest.mark.parametrize(
    ("w", "slope", "rate", "digits", "said"),
    [
        (2, 3, 1 / 3, 6, "2 - 0.333333*3 ≈ 1"),
        (1.0005, 0.001, 0.5, 3, "1 - 0.5*0.001 ≈ 1"),
        (1, 1 / 3, 0.75, 3, "1 - 0.75*0.333 ≈ 0.75"),
        (1, 1, 1 / 3, 4, "1 - 0.3333*1 ≈ 0.6667"),
        (1, -2, 0.25, 6, "1 - 0.25*(-2) = 1.5"),
    ],
)
def test_a_rounded_number_is_never_said_to_be_equal(w, slope, rate, digits, said):
    graph = gd.Graph()
    graph.node("L", graph.parameter("w", w) * graph.input("slope", slope))
    step = graph.step(graph.backward(), rate)
    eta, written = step.text(digits).splitlines()
    assert written == f"w <- {said}"
    assert eta.endswith(f"eta {'≈' if rate == 1 / 3 else '='} {rate:.{digits}g}")
    assert (r"\approx" in step.latex(digits)) == ("≈" in said)


def test_sums_and_quotients_are_factors_in_brackets():
    graph = gd.Graph()
    w = graph.parameter("w", 2)
    graph.node("L", w - gd.sqrt(w) * w)
    step = graph.step(graph.backward(exact=True), Fraction(1, 10))
    assert "w <- 2 - (1/10)*(1 - 3*sqrt(2)/2) = 3*sqrt(2)/20 + 19/10" in str(step)
    assert r"2 - \frac{1}{10} \cdot \left(1 - \frac{3 \sqrt{2}}{2}\right) = " in step.latex()


def test_an_array_that_is_not_small_has_its_rule_and_its_new_values():
    graph = gd.Graph()
    graph.node("L", (graph.parameter("W", np.ones((30, 40))) ** 2).sum())
    written = graph.step(graph.backward(), 0.25).latex()
    assert r"W &\leftarrow W - 0.25 \, \partial L / \partial W :\; " in written


def test_a_matrix_that_text_has_no_room_for_is_written_whole_in_latex():
    graph = gd.Graph()
    W = graph.parameter("W", 1000 * np.arange(36.0).reshape(6, 6))
    graph.node("L", (W**2).sum())
    run = graph.backward()
    assert r"\approx" not in graph.step(run, 0.25).latex()
    assert r"- 0.333333 \cdot \begin{bmatrix} 0 & 2000 &" in graph.step(run, 1 / 3).latex()
    assert r"\end{bmatrix} \approx \begin{bmatrix} 0 & 333.333 &" in graph.step(run, 1 / 3).latex()


def test_disconnected_parameters_stay_and_are_told():
    graph = parabola()
    q = graph.parameter("q", 7)
    graph.node("other", q * 2)
    step = graph.step(graph.backward("L"), 0.1)
    assert step.disconnected == ("q",)
    assert step.graph["q"].value == 7
    assert "q stays: L does not depend on it" in str(step)


@pytest.mark.parametrize("rate", [1, 1.5, Fraction(3, 2)])
def test_a_large_rate_warns_where_it_was_asked_for(rate):
    graph = parabola()
    with pytest.warns(LearningRateWarning, match="0 < eta < 1 is usual") as caught:
        graph.step(graph.backward(), rate)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda g: g.step(g.backward(), 0), "the learning rate is 0; give a positive number"),
        (lambda g: g.step(g.backward(), -0.1), "the learning rate is -0.1"),
        (lambda g: g.step(g.backward(), "0.1"), "the learning rate is '0.1'"),
        (lambda g: g.step(g.backward(), float("nan")), "must be finite"),
        (lambda g: g.step(g.forward()), "the run is a forward sweep, without gradients"),
        (lambda g: g.step(parabola().backward()), "the run is of another graph"),
        (lambda g: g.step(g.backward(c=[1, 2, 3])), "'w' was given samples in this run"),
    ],
)
def test_what_cannot_step_is_told_in_one_line(make, said):
    with pytest.raises(gd.GraphdiffError, match=said) as caught:
        make(parabola())
    assert "\n" not in str(caught.value)


def test_an_output_with_entries_and_a_graph_without_parameters():
    graph = gd.Graph()
    x = graph.parameter("x", [1, 2])
    graph.node("y", x * 2)
    with pytest.raises(gd.GraphdiffError, match="'y', which has 2 entries"):
        graph.step(graph.backward())
    graph = gd.Graph()
    graph.node("y", graph.input("x", 1) * 2)
    with pytest.raises(gd.GraphdiffError, match="the graph has no parameters to update"):
        graph.step(graph.backward())


# The same graph with other values


def test_with_values_shares_functions_and_keeps_the_graph():
    graph = parabola()
    graph.group("all of it", ["w", "c", "L"])
    other = graph.with_values({"w": 2}, c=0)
    assert graph["w"].value == 5
    assert other.forward().value["L"] == 4
    assert other["L"].function is graph["L"].function
    assert [*other.groups] == ["all of it"]
    assert other.node("M", other["w"] - 1).index == 4
    with pytest.raises(gd.GraphdiffError, match="give values to leaves only"):
        graph.with_values(L=3)
    with pytest.raises(gd.GraphdiffError, match="unknown node 'v'"):
        graph.with_values(v=3)


def test_with_values_keeps_functions_of_ones_own():
    cube = gd.function("cube_of_descent", lambda t: t**3)
    graph = gd.Graph()
    graph.node("y", cube(graph.parameter("w", 2)))
    other = graph.with_values(w=3)
    assert other.backward().P["w"] == 27
    with pytest.raises(gd.GraphdiffError, match="second function named"):
        other.node("z", gd.function("cube_of_descent", lambda t: t**3 + 0)(other["w"]))


def test_gradients_with_samples_of_inputs_have_no_single_step():
    graph = gd.Graph()
    x, w = graph.input("x", np.array([1.0, 2]), shape=()), graph.parameter("w", 1)
    graph.node("L", (x * w) ** 2)
    with pytest.raises(gd.GraphdiffError, match="sweep one sample, or a batch as an axis"):
        graph.step(graph.backward())

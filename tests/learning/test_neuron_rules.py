"""Rosenblatt's rule and the delta rule, beside the same rules in fractions, and XOR."""

import random
from fractions import Fraction

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.models.conventions import CONVENTIONS
from graphdiff.models.separability import of_points

L = gd.learning
ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
SIGNS = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
THRESHOLDS = {
    "step": (0, lambda net: net >= 0),
    "strict_step": (0, lambda net: net > 0),
    "bipolar_step": (-1, lambda net: net >= 0),
    "bipolar": (-1, lambda net: net > 0),
}


def in_fractions(X, y, rate, is_true, false, epochs):
    """Return the parameters after each row, until an epoch ends with all rows right."""
    v, found = [Fraction(0)] * (len(X[0]) + 1), []

    def out(x):
        return 1 if is_true(sum(a * b for a, b in zip(v, [*x, 1], strict=True))) else false

    for _ in range(epochs):
        if all(out(x) == t for x, t in zip(X, y, strict=True)):
            break
        for x, t in zip(X, y, strict=True):
            error = t - out(x)
            v = [a + rate * error * b for a, b in zip(v, [*x, 1], strict=True)]
            found.append(v)
    return found


def drawn(seed, n=3, m=6):
    rng = random.Random(seed)
    return [[Fraction(rng.randint(-9, 9), rng.randint(1, 9)) for _ in range(n)] for _ in range(m)]


@pytest.mark.parametrize("activation", THRESHOLDS)
@pytest.mark.parametrize("seed", range(3))
def test_rosenblatts_rule_is_that_in_fractions(activation, seed):
    false, is_true = THRESHOLDS[activation]
    X = [*drawn(seed), [0, 0, 0]]  # net is the bias there, 0 at first
    y = [1 if is_true(2 * x[0] - x[1] + x[2] / 2 + Fraction(1, 3)) else false for x in X]
    lesson = L.rosenblatt(
        gd.models.perceptron(3, activation), X, y, learning_rate=Fraction(1, 3), epochs=40
    )
    found = in_fractions(X, y, Fraction(1, 3), is_true, false, 40)
    assert [list(visit.values.values()) for visit in lesson] == found
    assert lesson.is_right == (len(found) < 40 * len(X))
    outputs = [lesson.graph.forward(dict(zip(["x_1", "x_2", "x_3"], x, strict=True)), exact=True)
               for x in X]  # fmt: skip
    right = [int(run.value["o"]) == t for run, t in zip(outputs, y, strict=True)]
    assert lesson.wrong == tuple(k for k, is_right in enumerate(right, 1) if not is_right)


@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "step", "bipolar"])
def test_the_delta_rule_goes_down_half_the_squared_error_of_a_row(activation):
    neuron = gd.models.perceptron(2, activation, [0.3, -0.2], 0.1)
    rows, h = [[0.5, -1], [2, 0.25]], 1e-6
    lesson = L.delta_rule(neuron, rows, [1, 1], learning_rate=0.05, epochs=1)
    assert len(lesson) in (0, 2)
    for visit in lesson:

        def half(moved, visit=visit):
            v = {**visit.before, **moved}
            run = neuron.forward({**visit.inputs, **v})
            return 0.5 * (visit.target - run.value[lesson.of]) ** 2

        for name, old in visit.before.items():
            slope = (half({name: old + h}) - half({name: old - h})) / (2 * h)
            assert visit.values[name] == pytest.approx(old - 0.05 * slope, abs=1e-9)


@pytest.mark.parametrize("activation", THRESHOLDS)
@pytest.mark.parametrize("rule", [L.rosenblatt, L.delta_rule])
@pytest.mark.parametrize("table", [[0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])
def test_what_a_line_separates_is_learned(activation, rule, table):
    false, _ = THRESHOLDS[activation]
    rows = ROWS if false == 0 else SIGNS
    y = [1 if truth else false for truth in table]
    lesson = rule(gd.models.perceptron(2, activation), rows, y)
    assert lesson.is_right, lesson.verdict
    assert lesson.separation is None
    assert list(lesson.graph.truth_table().outputs) == y


@pytest.mark.parametrize("activation", THRESHOLDS)
@pytest.mark.parametrize("rule", [L.rosenblatt, L.delta_rule])
def test_xor_cannot_be_and_it_is_said_why(activation, rule):
    false, _ = THRESHOLDS[activation]
    rows = ROWS if false == 0 else SIGNS
    lesson = rule(gd.models.perceptron(2, activation), rows, [false, 1, 1, false], epochs=30)
    assert not lesson.is_right
    assert lesson.separation.multipliers == (1, 1, 1, 1)
    assert "not separable" in repr(lesson)
    if rule is L.rosenblatt:  # it comes back to weights it had, Minsky and Papert's cycling
        ends = [tuple(lesson[4 * k - 1].values.values()) for k in range(1, lesson.epochs + 1)]
        start = (0, 0, 0)
        assert ends[-1] == [start, *ends][lesson.repeats]
        assert lesson.epochs < 30


@pytest.mark.parametrize("seed", range(12))
def test_points_are_separated_or_have_a_mean_in_common_exactly(seed):
    rng = random.Random(seed)
    X = drawn(100 + seed, 2, rng.randint(3, 9))
    truths = tuple(rng.random() < 0.5 for _ in X)
    found = of_points([tuple(x) for x in X], truths, CONVENTIONS["binary"])
    if found.is_separable:
        for x, truth in zip(X, truths, strict=True):
            net = sum(w * e for w, e in zip(found.weights, x, strict=True)) + found.bias
            assert net > 0 if truth else net < 0
    else:
        signed = [[(1 if t else -1) * e for e in (*x, 1)] for x, t in zip(X, truths, strict=True)]
        assert min(found.multipliers) >= 0 < max(found.multipliers)
        for column in zip(*signed, strict=True):
            assert sum(k * e for k, e in zip(found.multipliers, column, strict=True)) == 0


def test_both_kinds_of_points_are_drawn():
    kinds = {
        of_points(
            [tuple(x) for x in drawn(seed, 2, 6)],
            (True, False, True, False, True, False), CONVENTIONS["binary"],
        ).is_separable
        for seed in range(20)
    }  # fmt: skip
    assert kinds == {True, False}


def test_a_lesson_is_written_out():
    lesson = L.rosenblatt(
        gd.models.perceptron(1, "strict_step"), [[2]], [1], learning_rate=Fraction(1, 2)
    )
    assert lesson.text() == (
        "epoch 1, row 1\n"
        "  w_1 <- w_1 + eta*(t - o)*x_1 = 0 + 1/2*(1 - 0)*2 = 1\n"
        "  b <- b + eta*(t - o) = 0 + 1/2*(1 - 0) = 1/2\n\n"
        "after 1 epoch the row is right"
    )
    assert r"w_{1} &\leftarrow w_{1} + \eta" in lesson.latex()
    sigmoid = L.delta_rule(gd.models.perceptron(1, "sigmoid"), [[2]], [0], epochs=1)
    assert "w_1 <- w_1 + eta*(t - o)*(o*x_1*(1 - o)) = 0 + 0.1*(0 - 0.5)*0.5" in sigmoid.text()


def test_nothing_is_learned_where_all_is_right():
    lesson = L.rosenblatt(gd.models.gate("and"), ROWS, [0, 0, 0, 1])
    assert lesson.is_right and len(lesson) == 0 == lesson.epochs
    assert lesson.graph.truth_table().outputs == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("rule", "neuron", "X", "y", "options", "says"),
    [
        (L.rosenblatt, gd.models.perceptron(2, "sigmoid"), ROWS, [0, 0, 0, 1], {}, "activation='step'"),
        (L.rosenblatt, gd.models.gate("xor"), ROWS, [0, 0, 0, 1], {}, "one perceptron"),
        (L.rosenblatt, gd.models.mlp([2, 1]), ROWS, [0, 0, 0, 1], {}, "one perceptron"),
        (L.rosenblatt, gd.models.perceptron(2), ROWS, [-1, -1, -1, 1], {}, "0 for false and 1 for true"),
        (L.delta_rule, gd.models.perceptron(2), ROWS, [0, 0, 1], {}, "a target for each row"),
        (L.delta_rule, gd.models.perceptron(2), [0, 1], [0, 1], {}, "a row of 2 numbers"),
        (L.delta_rule, gd.models.perceptron(2), [], [], {}, "a row of 2 numbers"),
        (L.delta_rule, gd.models.perceptron(2), ROWS, [0, 0, 0, 1], {"learning_rate": 0}, "learning rate is 0"),
        (L.delta_rule, gd.models.perceptron(2), ROWS, [0, 0, 0, 1], {"epochs": -1}, "epochs is -1"),
        (L.delta_rule, gd.models.perceptron(2), ROWS, [0, 0, 0, 1], {"epochs": 10**6}, "at most"),
        (L.delta_rule, gd.models.perceptron(1), [[np.nan]], [1], {}, "row 1 of X"),
        (L.delta_rule, gd.models.perceptron(1, "tanh"), [[1]], [np.inf], {}, "target 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_taught_is_told(rule, neuron, X, y, options, says):
    with pytest.raises(GraphError, match=says):
        rule(neuron, X, y, **options)

"""Perceptrons and gates: both conventions, their boundary, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.models import CONVENTIONS, GATES, gate, perceptron
from graphdiff.models.gates import WEIGHTS
from graphdiff.models.truth import rows
from graphdiff.testing import check_graph

MEANING = {
    "not": lambda a: not a,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "nand": lambda a, b: not (a and b),
    "nor": lambda a, b: not (a or b),
    "xor": lambda a, b: a != b,
}


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("name", GATES)
def test_truth_tables(name, convention):
    made, of = gate(name, convention), CONVENTIONS[convention]
    table = made.truth_table()
    expected = [bool(MEANING[name](*row)) for row in rows(len(made.inputs))]
    assert list(table.truths) == expected
    assert list(table.outputs) == [of.written(truth) for truth in expected]
    for row, output in zip(rows(len(made.inputs)), table.outputs, strict=True):
        assert made(*map(of.written, row)) == output


def test_the_lectures_weights():
    assert WEIGHTS["binary"]["not"] == ((-1,), 0.25)
    assert WEIGHTS["binary"]["and"] == ((1, 1), -2)
    assert WEIGHTS["binary"]["or"] == ((1, 1), -1)


def test_and_lies_on_its_boundary_where_the_conventions_differ():
    net = gate("and").forward(x_1=1, x_2=1, exact=True)
    assert (net.value["net"], net.value["o"]) == (0, 1)
    other = perceptron(2, "bipolar", [1, 1], -2).forward(x_1=1, x_2=1, exact=True)
    assert (other.value["net"], other.value["o"]) == (0, -1)


def test_a_truth_table_prints_with_what_was_computed():
    assert str(gate("not").truth_table()).splitlines() == [
        "x_1 |  net  o",
        "----+--------",
        "  0 |  1/4  1",
        "  1 | -3/4  0",
    ]


def test_xor_is_composed():
    xor = gate("xor")
    assert [*xor.groups] == ["OR", "AND", "NOT", "AND of both"]
    assert xor["net__xor"].formula == "w_1__xor*o__or + w_2__xor*o__not + b__xor"
    assert xor.truth_table().rows[3][-1] == 0


@pytest.mark.parametrize("name", GATES)
def test_gates_are_graphs_like_any_other(name, tmp_path):
    made = gate(name)
    values = {node.name: 1 for node in made.inputs}
    run = made.backward(values)
    assert made.compile()(**values)[0] == run.value[made.output.name]
    read = gd.load(made.save(tmp_path / "gate.toml"))
    assert read.forward(values).value[made.output.name] == run.value[made.output.name]
    assert str(made.explain(made.output, made.parameters[0], values))
    assert all(run.P[node.name] == 0 for node in made.parameters)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", "identity", "gelu"])
def test_smooth_perceptrons_have_gradients(activation):
    neuron = perceptron(3, activation, [0.5, -1, 2], 0.25, x=[1, 2, -0.5])
    check_graph(neuron)
    value, gradients = neuron.compile()()
    run = neuron.backward()
    assert value == pytest.approx(run.value[neuron.output.name])
    assert gradients == pytest.approx({name: run.P[name] for name in gradients})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: perceptron(0), "n is 0; give a number of inputs from 1"),
        (lambda: perceptron(2.5), "n is 2.5"),
        (lambda: perceptron(2, "sigmod"), "unknown activation 'sigmod'; did you mean 'sigmoid'"),
        (lambda: perceptron(2, weights=[1]), r"the weights have shape \(1,\); .* 2 inputs takes 2"),
        (
            lambda: perceptron(1, weights=[[1]]),
            r"the weights have shape \(1, 1\); .* 1 input takes",
        ),
        (lambda: perceptron(2, x=[1, 2, 3]), r"the values have shape \(3,\)"),
        (lambda: perceptron(2, "tanh").truth_table(), "the perceptron's output is no truth"),
        (lambda: gate("xnor"), "unknown gate 'xnor'; did you mean"),
        (lambda: gate("and", "ternary"), "unknown convention 'ternary'"),
        (lambda: gate("and")(0, 2), "the input 'x_2' is 2; the binary convention has 0 for false"),
        (lambda: gate("and")(-1, 1), "the input 'x_1' is -1; the binary convention"),
        (
            lambda: gate("and", "bipolar")(0, 1),
            "the input 'x_1' is 0; the bipolar convention has -1",
        ),
        (lambda: gate("and")(1), "1 inputs are given, and there are 2"),
        (lambda: gate("and")(True, 1), "the input 'x_1' is True"),
        (lambda: perceptron(13).truth_table(), r"13 inputs have 2\^13 rows; give 12 or fewer"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(make, said):
    with pytest.raises(gd.GraphdiffError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_samples_of_inputs():
    run = gate("or").forward(x_1=np.array([0, 0, 1, 1]), x_2=np.array([0, 1, 0, 1]))
    assert run.value["o"].tolist() == [0, 1, 1, 1]

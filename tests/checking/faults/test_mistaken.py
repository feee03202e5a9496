"""Wrong answers made by known mistakes: none is right, none comes twice, each is explained."""

import itertools

import numpy as np
import pytest
from test_search import network

import graphdiff as gd
from graphdiff.checking.faults.catalogue import CATALOGUE

TARGETS = ("dL/dw1", "P[a1]", "J[z2->a2]", "z2", "L", "w1@1")


@pytest.mark.parametrize("target", TARGETS)
def test_no_wrong_answer_is_right_and_each_is_recognised(target):
    graph = network()
    found = list(itertools.islice(gd.faults.mistaken(graph, target, learning_rate=0.1), 12))
    assert len(found) == 12 or target == "J[z2->a2]"
    for explanation, value in found:
        (result,) = graph.check({target: float(f"{value:.8g}")}, learning_rate=0.1)
        assert result.verdict == "wrong"
        told = [each.faults for each in result.diagnosis.explanations]
        (key,) = explanation.faults
        says_more = [(other,) for other in CATALOGUE if key in CATALOGUE[other].over]
        assert explanation.faults in told or CATALOGUE[key].vague or set(says_more) & set(told)


def test_arrays_and_other_values():
    graph = gd.Graph()
    x, W = graph.input("x", [1.0, 2.0]), graph.parameter("W", [[1.0, -1.0], [2.0, 0.5]])
    graph.node("L", gd.sum(gd.tanh(W @ x)))
    explanation, value = next(gd.faults.mistaken(graph, "dL/dW", {"x": [0.5, 0.25]}))
    right = graph.backward("L", x=[0.5, 0.25]).gradient["W"]
    assert explanation.faults == ("sign",)
    assert np.allclose(value, -right)

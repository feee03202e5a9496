"""The derivative of one activation taken for that of another, in its short form or at z."""

import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.checking.faults.bugs.slopes import VALUE, short_form
from graphdiff.checking.faults.operations import CONFUSED

WITH_SHORT_FORM = [function for function in CONFUSED if short_form(function) is not None]
PAIRS = [(own, other) for own in CONFUSED for other in WITH_SHORT_FORM if own is not other]


def neuron(function):
    g = gd.Graph("one neuron")
    x, y = g.input("x", 0.7), g.input("y", 1)
    w, b = g.parameter("w", 0.9), g.parameter("b", -0.2)
    z = g.node("z", w * x + b)
    a = g.node("a", getattr(gd, function.name)(z))
    g.node("L", (a - y) ** 2 / 2)
    return g


@pytest.mark.parametrize("own, other", PAIRS, ids=lambda one: one.name)
@pytest.mark.parametrize("target, before", [("da/dz", ""), ("dL/dw", "(a - y)*x*")])
def test_the_short_form_of_another_activation_is_known(own, other, target, before):
    short = str(short_form(other).subs(VALUE, sp.Symbol("a")))
    result = neuron(own).check({target: f"{before}({short})"}).results[0]
    assert result.verdict == "wrong"
    explanation = result.diagnosis.explanations[0]
    assert explanation.faults == ("other-slope",)
    assert explanation.where == "J[z->a]"
    assert f"{'σ' if other.name == 'sigmoid' else other.name}, " in explanation.sentence


@pytest.mark.parametrize("own, other", PAIRS, ids=lambda one: one.name)
def test_so_are_its_numbers(own, other):
    g = neuron(own)
    run = g.backward("L")
    slope = float(short_form(other).subs(VALUE, run.value["a"]))
    number = (run.value["a"] - run.value["y"]) * slope * run.value["x"]
    result = g.check({"dL/dw": round(number, 8)}).results[0]
    known = [one.faults for one in result.diagnosis.explanations[:3]]
    assert ("other-slope",) in known


def test_right_short_forms_are_right():
    for own in WITH_SHORT_FORM:
        short = str(short_form(own).subs(VALUE, sp.Symbol("a")))
        assert neuron(own).check({"da/dz": short}).ok

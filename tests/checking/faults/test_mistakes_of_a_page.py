"""What the rest of a page says of a mistake: the formula before a number, and other wrong lines."""

import pytest

import graphdiff as gd


def neuron(**values):
    g = gd.Graph("one neuron")
    x, y = g.input("x", 0.5), g.input("y", 1)
    w, b = g.parameter("w", 0.8), g.parameter("b", 0.2)
    z = g.node("z", w * x + b)
    a = g.node("a", gd.sigmoid(z))
    g.node("L", (a - y) ** 2 / 2)
    return g


def told(graph, claims):
    """Return the keys told of the last line, the likeliest first, and the line."""
    result = graph.check(claims).results[-1]
    keys = [] if result.diagnosis is None else result.diagnosis.explanations
    return [each.faults for each in keys], result


def is_slip(keys):
    return all(gd.faults.CATALOGUE[key].family == "slip" for key in keys)


FORMULAS = ["(a - y)*a*(1 - a)*x", "x*a*(a - y) - x*a^2*(a - y)", "dL/da*a*(1 - a)*x"]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("number", ["0.04053", "-0.0811", "-0.1772", "-0.0397"])
def test_after_a_right_formula_slips_come_first(formula, number):
    claims = {"dL/da": ["a - y", "-0.3543"], "dL/dw": [formula, number]}
    keys, result = told(neuron(), claims)
    assert result.verdict == "wrong"
    assert is_slip(keys[0]), result.diagnosis.said
    alone, _ = told(neuron(), {"dL/dw": number})
    assert number == "-0.0397" or not is_slip(alone[0])


def test_a_formula_leaves_open_what_it_names():
    keys, result = told(neuron(), {"dL/dw": ["dL/da*da/dz*dz/dw", "-0.03998"]})
    assert keys[0] == ("slope-at-output",), result.diagnosis.said
    keys, _ = told(neuron(), {"dL/dw": ["dL/da*a*(1 - a)*x", "-0.03998"]})
    assert is_slip(keys[0])


@pytest.mark.parametrize("formula", ["(a - y)*x", "(a - y)*a*x", "2*(a - y)*a*(1 - a)*x"])
def test_a_number_after_a_wrong_formula(formula):
    """What the formula gives carries its mistake on, told once; else it is a slip in evaluating."""
    a = 0.6456563
    value = eval(formula, {"a": a, "y": 1, "x": 0.5})
    report = neuron().check({"dL/dw": [formula, f"{value:.4f}"]})
    assert [result.verdict for result in report] == ["wrong", "follows"]
    assert report.results[0].diagnosis.explanations
    assert report.results[1].diagnosis is None
    for other in (f"{-value:.4f}", f"{value * 1.07:.4f}"):
        keys, result = told(neuron(), {"dL/dw": [formula, other]})
        assert result.verdict == "wrong"
        assert is_slip(keys[0]), result.diagnosis.said


def test_a_mistake_of_another_line_is_believed():
    alone, _ = told(neuron(), {"dL/dw": "-0.0811"})
    assert alone[:2] == [("factor-left-out",), ("number-left-out",)]
    keys, _ = told(neuron(), {"dL/db": "2*(a - y)*a*(1 - a)", "dL/dw": "-0.0811"})
    assert keys[0] == ("number-left-out",)
    keys, _ = told(neuron(), {"dL/db": "(y - a)*a*(1 - a)", "dL/dw": "-0.0811"})
    assert keys == alone  # another mistake says nothing


def test_the_more_lines_have_a_mistake_the_more_it_is_believed():
    claims = {"dL/dw": "-0.0811", "dL/db": "2*(a - y)*a*(1 - a)"}
    weights = []
    for more in ({}, {"dL/da": "2*(a - y)"}):
        first, *_ = neuron().check({**claims, **more})
        found = first.diagnosis
        place = [each.faults for each in found.explanations].index(("number-left-out",))
        weights.append(found.weights[place] / sum(found.weights))
    assert weights[1] > weights[0]

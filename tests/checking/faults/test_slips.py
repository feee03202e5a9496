"""Slips in evaluating and copying: each is found where it was made."""

from decimal import Decimal

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_lines import reproducing, wrong_line

import graphdiff as gd
from graphdiff.checking.faults import digits, method_steps
from graphdiff.checking.faults.slips import SLIPS

BY_KEY = {fault.key: fault for fault in SLIPS}


def two_outputs():
    g = gd.Graph("two outputs")
    x, t1, t2 = g.input("x", 0.35), g.input("t1", 0.01), g.input("t2", 0.99)
    w1, w2, b = g.parameter("w1", 0.45), g.parameter("w2", 0.62), g.parameter("b", 0.25)
    z1 = g.node("z1", w1 * x + b)
    z2 = g.node("z2", w2 * x + b)
    y1 = g.node("y1", gd.sigmoid(z1))
    y2 = g.node("y2", gd.sigmoid(z2))
    E1 = g.node("E1", (t1 - y1) ** 2 / 2)
    E2 = g.node("E2", (t2 - y2) ** 2 / 2)
    g.node("E", E1 + E2)
    return g


ABOVE = (("z1", 0.4075), ("z2", 0.467), ("y1", 0.6005), ("y2", 0.6147), ("dE/dy1", 0.5905))

CASES = [
    ("z1", ["0.45*0.35 + 0.25", "0.0925"], "sign-lost"),
    ("y1", ["1/(1 + exp(-0.4075))", "0.3995"], "exponent-sign"),
    ("y1", ["sigmoid(0.4075)", "0.3995"], "exponent-sign"),
    ("E1", ["(0.01 - 0.6005)**2/2", "-0.29525"], "square-forgotten"),
    ("E1", ["(0.01 - 0.6005)**2/2", "-0.5905"], "doubled-for-squared"),
    ("E1", ["(0.01 - 0.6005)**2/2", "0.34869"], "half-forgotten"),
    ("E1", ["1/2*(0.01 - 0.6005)**2", "0.34869"], "half-forgotten"),
    ("z1", ["0.45*0.35 + 0.25", "0.60"], "factor-forgotten"),
    ("z1", ["0.45*0.35 + 0.25", "0.1575"], "term-forgotten"),
    ("z1", ["0.45*0.35 + 0.25", "0.27"], "order-of-operations"),
    ("z1", ["0.45*0.35 + 0.25", "1.05"], "operation-misread"),
    ("y1", ["sigmoid(0.4075)", "0.4075"], "function-forgotten"),
    ("y1", ["1/(1 + exp(-0.4075))", "1.6653"], "function-forgotten"),
    ("y1", ["1/(1 + exp(-0.4075))", "1.6653"], "fraction-lost"),
    ("z1", ["0.45*0.35 + 0.25", "1.825"], "decimal-point"),
    ("z1", ["0.45*0.35 + 0.25", "0.04075"], "decimal-point"),
    ("z1", ["0.45*0.35 + 0.25", "0.4057"], "digits-swapped"),
    ("z1", ["0.45*0.35 + 0.25", "0.475"], "digit-lost"),
    ("z1", ["0.45*0.35 + 0.25", "0.44075"], "digit-doubled"),
    ("z1", ["0.45*0.35 + 0.25", "0.4975"], "digit-misread"),
    ("y1", ["1/(1 + exp(-0.4075))", "0.588"], "rounded-early"),
    ("y1", ["1/(1 + exp(-0.4075))", "0.6312"], "arithmetic"),
    ("E1", ["(t1 - y1)**2/2", "(0.99 - 0.6005)**2/2"], "other-output"),
    ("E1", ["(t1 - y1)**2/2", "(0.01 - 0.6147)**2/2"], "other-output"),
    ("E1", ["(0.01 - 0.6147)**2/2"], "other-output"),
    ("J[z1->y1]", ["y1*(1 - y1)", "0.5905*(1 - 0.5905)"], "neighbouring-number"),
    ("J[z1->y1]", ["0.5905*(1 - 0.5905)"], "neighbouring-number"),
    ("J[z1->y1]", ["y1*(1 - y1)", "0.4075*(1 - 0.4075)"], "number-of-node"),
    ("dE/dz1", ["0.5905*0.6050*(1 - 0.6050)"], "digits-miscopied"),
    ("dE/dw1", ["0.5905*0.6005*(1 - 0.6005)*0.53"], "digits-miscopied"),
    ("E1", ["(t1 - y1)**2/2", "(0.01 + 0.6005)**2/2"], "sign-lost"),
    ("dE/dz2", ["dE/dy2*y2*(1 - y2)", "0.3753*0.6147*(1 - 0.6147)"], "sign-miscopied"),
    ("E1", ["log(0.6005)", "-0.2215"], "other-logarithm"),
    ("E1", ["log(0.6005)", "-0.7358"], "other-logarithm"),
    ("E1", ["sqrt(0.6005)", "0.30025"], "half-for-root"),
    ("E1", ["sin(0.6005)", "0.010480"], "degrees"),
    ("E1", ["(-0.5905)**2/2", "-0.1743"], "negative-squared"),
    ("E1", ["(0.01 - 0.6005)**2/2", "-0.1743"], "negative-squared"),
    ("E1", ["(0.01 - 0.6005)/2"], "square-forgotten"),
    ("z1", ["w1*x + b", "0.45*0.81 + 0.25"], "number-put-in"),
    ("y1", "0.6147", "other-node"),
    ("E1", "0.5905", "number-of-another-line"),
    ("z1", "0.4775", "stale-value"),
    ("y1", "1 + exp(-z1)", "fraction-lost"),
    ("dE/dw1", "dE/dy1*dy1/dy2*dy2/dw1", "way-elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "chain", "key"), CASES)
def test_each_slip_is_found(target, chain, key):
    line = wrong_line(two_outputs(), target, chain, ABOVE)
    found = [attempt.fault.key for attempt in reproducing(SLIPS, line)]
    assert key in found, found


@pytest.mark.parametrize(
    ("target", "chain", "key"),
    [
        ("y1@1", "0.600", "other-step"),
        ("w1@1", ["w1 - eta*dE/dw1", "0.45 - 0.1*0.445"], "number-put-in"),
        ("w1@1", ["w1 - eta*dE/dw1", "0.62 - 0.1*0.0496"], "other-output"),
        ("z1", "0.445*0.35 + 0.25", "number-of-step"),
    ],
)
def test_slips_about_steps(target, chain, key):
    g = two_outputs()
    line = wrong_line(
        g, target, chain, (("dE/dw1", 0.0496), ("w1@1", 0.445)), rate=sp.Rational(1, 10)
    )
    found = [attempt.fault.key for attempt in reproducing(SLIPS, line)]
    assert key in found, found


def test_a_sum_that_is_missing():
    g = gd.Graph()
    x, y = g.input("x", [1, 2, 4]), g.input("y", [2, 3, 7])
    w = g.parameter("w", 1.5)
    yhat = g.node("yhat", w * x + 0.2)
    g.node("J", ((yhat - y) ** 2).mean())
    (result,) = g.check({"dJ/dw": "2*(yhat - y)*x/3"})
    assert result.diagnosis is not None
    assert result.diagnosis.explanations[0].faults == ("sum-missing",)


def test_every_slip_has_a_case():
    tested = {case[2] for case in CASES} | {"other-step", "number-of-step", "sum-missing"}
    tested |= {fault.key for fault in method_steps.FAULTS}  # in test_method_steps
    tested |= {"neighbouring-array"}  # in test_bugs_of_arrays
    tested |= {
        "derivative-elsewhere",
        "other-axis",
        "one-entry",
        "whole-array",
    }  # in test_other_shapes
    assert tested == set(BY_KEY)


@pytest.mark.parametrize("fault", SLIPS, ids=lambda fault: fault.key)
def test_what_a_slip_says(fault):
    assert fault.hint
    assert fault.reference
    assert fault.sentence == fault.sentence.rstrip(".")
    assert fault.likely > 0
    assert fault.family == "slip"


def test_what_is_right_is_no_slip():
    """What a printed step gives is explained by no slip in evaluating it."""
    line = wrong_line(two_outputs(), "E1", ["(0.01 - 0.6147)**2/2", "0.18283"], ABOVE)
    evaluating = [f for f in SLIPS if f.attempts.__module__.endswith(("evaluating", "digits"))]
    assert not [attempt for attempt in reproducing(evaluating, line) if "0.01" in attempt.where]


NUMBERS = st.decimals(min_value="0.001", max_value=999, places=4)


@given(NUMBERS)
@settings(max_examples=60)
def test_swapping_keeps_the_digits(number):
    plain = f"{number:f}"
    for other in digits.swapped(number):
        assert other != number
        assert sorted(f"{other:f}") == sorted(plain)
        assert sum(a != b for a, b in zip(f"{other:f}", plain, strict=True)) == 2


@given(NUMBERS)
@settings(max_examples=60)
def test_a_digit_lost_and_doubled(number):
    text = f"{number:f}"
    whole, decimals = text.split(".")
    shorter = {Decimal(f"{whole}.{decimals[:k]}{decimals[k + 1 :]}") for k in range(len(decimals))}
    assert set(digits.lost(number)) == shorter
    longer = {Decimal(f"{whole}.{decimals[: k + 1]}{decimals[k:]}") for k in range(len(decimals))}
    assert longer <= {Decimal(one) for one in digits.doubled(number)}


def two_layers(inputs=2):
    g = gd.Graph()
    x = g.input("x", [0.5, 1.2, -0.4][:inputs])
    W = g.parameter("W", np.array([[0.3, 0.4, 0.9], [-0.2, 0.7, 0.1]])[:, :inputs])
    b = g.parameter("b", [-0.22, -1.4])
    z = g.node("z", W @ x + b)
    g.node("L", gd.sum(z**2))
    return g


@pytest.mark.parametrize("inputs", [2, 3])
@pytest.mark.parametrize(
    "said", [["W @ x + b"], ["W @ x + b", "old"], ["old"]], ids=["formula", "both", "numbers"]
)
def test_values_of_the_step_before_are_told_of_formulas_and_numbers(inputs, said):
    g = two_layers(inputs)
    old = str([float(f"{v:.4g}") for v in g.forward().value["z"]])
    report = g.check({"z@1": [old if one == "old" else one for one in said]}, learning_rate=0.1)
    assert report.results[0].verdict == "wrong"
    assert report.results[0].diagnosis.explanations[0].faults == ("other-step",)


@pytest.mark.parametrize("inputs", [2, 3])
@pytest.mark.parametrize("left", ["W @ x", "b"])
def test_a_term_of_arrays_is_forgotten_whatever_their_shapes(inputs, left):
    g = two_layers(inputs)
    z, b = np.array(g.forward().value["z"]), np.array([-0.22, -1.4])
    said = str([float(f"{v:.6g}") for v in (b if left == "b" else z - b)])
    (_, wrong) = g.check({"z": ["W @ x + b", said]})
    assert ("term-forgotten",) in [one.faults for one in wrong.diagnosis.explanations]


def test_the_number_of_another_line_put_in_unseen_for_a_name():
    g = gd.Graph()
    x, w = g.input("x", 0.7), g.parameter("w", -0.43)
    u = g.node("u", w * x)
    v = g.node("v", gd.tanh(u) + x)
    g.node("L", v * u)
    claims = [("u", -0.301), ("v", 0.4078), ("dL/dv", "-0.301"), ("dL/du", "0.1514")]
    step = [("dL/dw", ["dL/du*x", "-0.2107"])]  # dL/dv for dL/du
    *right, wrong = g.check(claims + step)
    assert all(result.ok for result in right[:3])
    faults = [one.faults for one in wrong.diagnosis.explanations]
    assert {("neighbouring-number",), ("number-of-node",)} & {*faults[:2]}


def test_another_array_put_in_in_all_places_of_a_name():
    g = gd.Graph()
    s, d = g.input("s", [0.3, -0.5, 1.1]), g.input("d", [0.7, 0.2, -0.4])
    p = g.node("p", gd.softmax(s))
    q = g.node("q", gd.tanh(d))
    r = g.node("r", p * (q - gd.sum(q * p)))
    g.node("L", gd.sum(r**2))
    run = g.forward().value
    p, q = ([float(f"{x:.5g}") for x in run[name]] for name in "pq")
    wrong = np.array(q) * (np.array(q) - np.sum(np.array(q) ** 2))
    said = str([float(f"{x:.5g}") for x in wrong])
    claims = {"p": str(p), "q": str(q), "r": ["p*(q - sum(q*p))", said]}
    report = g.check(claims)
    faults = [one.faults for one in report.results[-1].diagnosis.explanations]
    assert ("neighbouring-array",) in faults[:2]


def test_a_parameter_made_to_fit_counts_as_a_chance():
    """½ is left out of rounded numbers; some parameter of few digits gives about the same."""
    g = gd.Graph()
    x, t = g.input("x", 0.35), g.input("t", 0.6)
    a = x
    for k in range(6):
        w = g.parameter(f"w{k}", 0.3 + 0.11 * k)
        a = g.node(f"a{k}", gd.tanh(w * a + x))
    g.node("L", (t - a) ** 2 / 2)
    value = float(g.forward().value["a5"])
    rounded = float(f"{value:.4f}")
    twice = f"{(0.6 - rounded) ** 2:.4g}"
    (_, wrong) = g.check({"a5": f"{value:.4f}", "L": twice})
    explanations = wrong.diagnosis.explanations
    assert not (wrong.diagnosis.certain and explanations[0].faults == ("stale-value",))
    assert {one.faults[0] for one in explanations} & {
        "number-left-out",
        "part-left-out",
        "factor-two",
    }

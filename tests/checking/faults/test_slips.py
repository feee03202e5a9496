"""Slips in evaluating and copying: each is found where it was made."""

from decimal import Decimal

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_lines import reproducing, wrong_line

import graphdiff as gd
from graphdiff.checking.faults import digits
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
    tested |= {"neighbouring-array"}  # in test_bugs_of_arrays
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

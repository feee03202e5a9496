r"""Fractions that stand for rounded numbers, and adjoints before brackets, \bar a (1 - a^2)."""

from fractions import Fraction

import pytest
from small_pages import ACCEPTED, check, verdicts

import graphdiff as gd


def graph(function=gd.tanh, name="a"):
    g = gd.Graph()
    z = g.node("z", g.parameter("w", 0.4) * g.input("x", 1.5))
    a = g.node(name, function(z))
    g.node("L", (a - g.input("y", 0.2)) ** 2 / 2)
    return g


def verdict(said, tmp_path):
    return verdicts(check(graph(), rf"$\frac{{dL}}{{dw}} {said}$" + "\n", tmp_path))[-1]


@pytest.mark.parametrize("digits", range(1, 7))
def test_a_fraction_with_a_power_of_ten_below_has_its_digits(digits, tmp_path):
    slope = graph().backward("L").P["w"]
    above, below = round(slope * 10**digits), 10**digits
    for wrong, said in ((False, above), (True, above + 2), (True, above - 2)):
        for form in (rf"= \frac{{{said}}}{{{below}}}", rf"\approx {said}/{below}"):
            assert verdict(form, tmp_path) == ("wrong" if wrong else "correct"), form


@pytest.mark.parametrize("most", [3, 10, 30, 100])
def test_behind_a_sign_of_approximation_the_nearest_fractions_are_right(most, tmp_path):
    near = Fraction(graph().backward("L").P["w"]).limit_denominator(most)
    p, q = near.numerator, near.denominator
    is_near = abs(p / q / graph().backward("L").P["w"] - 1) < 0.014
    assert (verdict(rf"\approx \frac{{{p}}}{{{q}}}", tmp_path) in ACCEPTED) == is_near
    assert verdict(rf"\approx \frac{{{p + 1}}}{{{q}}}", tmp_path) == "wrong"
    assert verdict(rf"= \frac{{{7 * p + 1}}}{{{7 * q}}}", tmp_path) == "wrong"


@pytest.mark.parametrize("name", ["a", "h", "p", "g", "s"])
@pytest.mark.parametrize("form", [
    r"\bar {n} (1 - {n}^2)", r"\bar{{{n}}}(1-{n}^2)", r"(1-{n}^2)\bar {n}", r"\overline{{{n}}}(1-{n}^2)",
])  # fmt: skip
def test_an_adjoint_before_a_bracket_is_a_factor(name, form, tmp_path):
    g = graph(name=name)
    line = rf"$\bar z = {form.format(n=name)}$" + "\n"
    assert verdicts(check(g, line, tmp_path)) == ["correct"]
    assert verdicts(check(g, line.replace("^2", "^3"), tmp_path)) == ["wrong"]

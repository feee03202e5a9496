"""Sums as a person writes them: a positive term first, and a common number before them."""

from __future__ import annotations

import re

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.files.parser import parse
from graphdiff.language.expression import Apply, Constant, in_order
from graphdiff.language.functions.arithmetic import add, neg, sub
from graphdiff.notation import latex, text

NAMES = "abuvwxy"
SYMBOLS = [sp.Symbol(name, real=True) for name in NAMES]


def begins_with_minus(part):
    while isinstance(part, Apply) and part.function.name in ("mul", "div", "matmul"):
        part = part.arguments[0]
    if isinstance(part, Constant):
        return part.value < 0
    return isinstance(part, Apply) and part.function is neg


def terms(part, sign=1):
    """Yield the terms of a sum from the left, each with whether it is taken away."""
    if isinstance(part, Apply) and part.function in (add, sub):
        yield from terms(part.arguments[0], sign)
        yield sign if part.function is add else -sign, part.arguments[1]
    else:
        yield sign, part


def backward_sums(expression):
    """Return the sums that begin with a minus in spite of a positive term."""
    found = []
    for part in in_order(expression):
        if isinstance(part, Apply) and part.function in (add, sub):
            (_, first), *others = terms(part)
            positive = [1 for sign, term in others if sign > 0 and not begins_with_minus(term)]
            if begins_with_minus(first) and positive:
                found.append(part)
    return found


def read(written):
    g = gd.Graph()
    for name in NAMES:
        g.input(name)
    return parse(written, g.__getitem__)


@st.composite
def formulas(draw, depth=3):
    if depth == 0 or draw(st.booleans()):
        number = draw(st.sampled_from([1, -1, 2, -3, sp.Rational(1, 2)]))
        return number * draw(st.sampled_from(SYMBOLS))
    left, right = draw(formulas(depth - 1)), draw(formulas(depth - 1))
    match draw(st.sampled_from("+-*/ef")):
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / (right**2 + 1)
        case "e":
            return sp.exp(left) - right
        case _:
            return sp.factor_terms(left - right)


@given(formulas())
def test_no_sum_begins_with_a_minus_if_it_has_a_positive_term(formula):
    written = text.symbolic(formula)
    expression = read(written)
    assert backward_sums(expression) == [], written
    typeset = latex.symbolic(formula)
    assert not re.search(r"^- [a-z0-9 ]+ \+ |\\left\(- [a-z0-9 ]+ \+ ", typeset), typeset


@given(formulas())
def test_what_is_printed_is_the_same_formula(formula):
    g = gd.Graph()
    leaves = {name: g.input(name, k / 7 - 0.3) for k, name in enumerate(NAMES)}
    value = g.node("f", parse(text.symbolic(formula), g.__getitem__))
    at = {symbol: sp.Float(leaves[symbol.name].value) for symbol in SYMBOLS}
    expected = float(formula.xreplace(at))
    assert g.forward().value[value] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("-x + y", "y - x"), ("-2*x + 2*y", "2*(y - x)"), ("x/2 - y/2", "(x - y)/2"),
        ("2*x + 2", "2*x + 2"), ("-(y - 1)/(1 - a)", "(1 - y)/(1 - a)"),
        ("-x - y", "-x - y"), ("x**2 - 2*x + 1", "x**2 - 2*x + 1"), ("-u + v + w", "v + w - u"),
    ],
)  # fmt: skip
def test_examples(formula, written):
    names = dict(zip(NAMES, SYMBOLS, strict=True))
    assert text.symbolic(sp.sympify(formula, names)) == written


def test_gradients_of_losses():
    g = gd.Graph()
    x, w, y = g.input("x", 2), g.parameter("w", 0.5), g.input("y", 1)
    a = g.node("a", gd.sigmoid(w * x))
    L = g.node("L", (a - y) ** 2 + (y - a) ** 2)
    for wrt in (w, a, x):
        for terms_of in ("nodes", "leaves", "children"):
            if wrt is not a or terms_of != "leaves":
                shown = str(g.gradient(L, wrt, terms_of))
                assert not re.search(r"(^|\()-[a-z]+ \+", shown), shown
    cross_entropy = g.node("C", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)))
    assert str(g.local_jacobian(a, cross_entropy)) == "(1 - y)/(1 - a) - y/a"
    assert str(g.gradient(cross_entropy, w)) == "x*(sigmoid(w*x) - y)"


def test_the_tests_see_a_sum_that_is_the_wrong_way_round():
    for written in ("-x + y", "a*(-x + y)", "exp(-2*x + y)", "-x*y + u - v"):
        assert backward_sums(read(written))
    for written in ("y - x", "-x - y", "-(x*y)", "a*(y - x)"):
        assert not backward_sums(read(written))

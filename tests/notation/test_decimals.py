"""Decimals that someone wrote come back as decimals, with all of their digits."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from sympy.parsing.sympy_parser import auto_number, rationalize

import graphdiff as gd
from graphdiff.notation import latex, text

X = sp.Symbol("x", real=True)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("0.00246", "0.00246*x"), ("-0.018085", "-0.018085*x"), ("1/1000", "x/1000"),
        ("3/2000", "3*x/2000"), ("2/3", "2*x/3"), ("1/1024", "x/1024"),
        (1 / sp.Rational("1.4142135623730951"), "x/1.4142135623730951"),
    ],
)  # fmt: skip
def test_factors(number, written):
    assert text.symbolic(sp.Rational(number) * X) == written


def test_a_number_by_itself_stays_exact():
    assert text.symbolic(sp.Rational(3617, 200000)) == "3617/200000"


@given(st.fractions().filter(bool), st.decimals(-1000, 1000, allow_nan=False).filter(bool))
def test_the_number_is_the_same(fraction, decimal):
    for number in (sp.Rational(fraction), sp.Rational(str(decimal)), 1 / sp.Rational(str(decimal))):
        written = text.symbolic(number * X).replace("x", "1")
        assert sp.parse_expr(written, transformations=(auto_number, rationalize)) == number


def test_local_jacobians_in_index_notation():
    g = gd.Graph()
    x = g.input("x", shape=("n",))
    y = g.node("y", x / 1.4142135623731)
    assert g.index_jacobian(x, y).text == "d y[i]/d x[p] = delta(i,p)/1.4142135623731"
    z = g.node("z", 0.00246 * x)
    assert g.index_jacobian(x, z).text == "d z[i]/d x[p] = 0.00246*delta(i,p)"


def test_in_latex():
    assert latex.symbolic(sp.Rational("0.00246") * X) == "0.00246 x"

"""A float with all its digits is taken for the root or the fraction that was rounded to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.language.expression import Constant, as_expression
from graphdiff.language.floats import meant


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_float_becomes_another(value):
    assert float(Constant(value).value) == value
    assert Constant(value).text == Constant(value, repr(value)).text


@given(st.integers(1, 999), st.integers(1, 999))
def test_roots_and_fractions_are_found_again(above, below):
    for value, exact in (
        (above / below, sp.Rational(above, below)),
        (math.sqrt(above), sp.sqrt(above)),
        (-math.sqrt(Fraction(above, below)), -sp.sqrt(sp.Rational(above, below))),
    ):
        assert Constant(value).value in (exact, sp.Rational(repr(value)))
        if len(repr(abs(value)).replace(".", "").lstrip("0")) >= 13 and "e" not in repr(value):
            assert Constant(value).value == exact


@pytest.mark.parametrize("value", [1 / 3, 80 / 903, math.sqrt(6), math.sqrt(3 / 937)])
def test_its_neighbours_are_what_they_say(value):
    assert meant(repr(value)) is not None
    for other in (math.nextafter(value, 0), math.nextafter(value, 9)):
        assert meant(repr(other)) is None


def test_numbers_of_the_fraction_are_small():
    most, beyond = 1000, 1001
    assert meant(repr(most / 3)) == sp.Rational(most, 3)
    assert meant(repr(7 / most)) is None, "it is the decimal 0.007"
    assert meant(repr(1 / (most - 1))) == sp.Rational(1, most - 1)
    assert meant(repr(math.sqrt(most))) == sp.sqrt(most)
    assert meant(repr(beyond / 3)) is meant(repr(3 / beyond)) is None
    assert meant(repr(math.sqrt(beyond + 1))) is None


def test_a_float_has_13_to_25_digits():
    assert meant("0.08859357696567") == sp.Rational(80, 903)
    assert float("0.514840014921") == math.sqrt(Fraction(22, 83))
    assert meant("0.514840014921") is None
    assert meant("0." + 25 * "3") == sp.Rational(1, 3)
    assert meant("0." + 26 * "3") is None


@pytest.mark.parametrize(
    "text", ["0.3333", "1234567890123456", "1/3", "3.14159265358979", "1e-17", "", "2.449489742784",
             "0.0000000000000000", "9" * 400 + ".0"],
)  # fmt: skip
def test_what_is_no_such_float_is_what_it_says(text):
    assert meant(text) is None


@pytest.mark.parametrize("value", [6**0.5, -1 / 3, math.sqrt(2 / 3), 0.1, 0.0, math.pi])
@pytest.mark.parametrize("kind", [float, np.float64, np.float32, np.float16, np.array])
def test_numbers_of_numpy_stand_in_formulas_as_floats_do(value, kind):
    assert float(as_expression(kind(value)).value) == kind(value)
    graph = gd.Graph()
    x, y = graph.input("x", 2.0), graph.input("y", [1.0, 2.0])
    graph.node("u", kind(value) * x)
    graph.node("v", gd.sum(y * np.array([value, 1.0], dtype=np.array(kind(value)).dtype)))
    assert np.allclose(graph.forward().value["u"], 2 * kind(value))

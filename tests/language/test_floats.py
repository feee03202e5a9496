"""A float with all its digits is taken for the root or the fraction that was rounded to it."""

import math
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.language.expression import Constant
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


@pytest.mark.parametrize(
    "text", ["0.3333", "1234567890123456", "1/3", "3.14159265358979", "1e-17", "", "2.449489742784",
             "0.0000000000000000", "9" * 400 + ".0"],
)  # fmt: skip
def test_what_is_no_such_float_is_what_it_says(text):
    assert meant(text) is None

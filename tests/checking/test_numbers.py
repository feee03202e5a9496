"""Verdicts on numbers: they count to their printed digits."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from one_claim import graph_of, verdict


@pytest.mark.parametrize(
    ("value", "right", "wrong"),
    [
        (
            "0.39322",
            "0.39 0.4 0.393 0.3932 0.39322 0.393220 3.9e-1 39.3e-2 4e-1 3.93E-1 .4",
            "0.41 0.38 0.395 -0.39 0 1 0. 0.0",
        ),
        ("-0.39322", "-0.39 -0.4 -3.9e-1", "-0.41 0.39 -0.38"),
        ("1/3", "1/3 2/6 0.33 0.3 0.3333333 1.0/3 1/3.0", "0.35 1/4 0.333335"),
        ("5", "5 5. 5.0 5.00 10/2 5e0 50e-1 2+3", "5.1 4.9 4.96 6 -5"),
        ("123", "123 123.0 1e2 1.2e2 1.23e2", "100 120 1.0e2 1.4e2 1e3"),
        ("0.45", "0.5 0.4 0.45", "0.6 0.50 0.40 0.3"),
        ("0.00001", "0.0 0.00 1e-5 0.00001", "0 1e-3 1e-20 0.00002"),
        ("1e20+1", "1e20+1 1e20", "100000000000000000000 1.1e20"),
        ("sqrt(2)", "1.41 1.4142 sqrt(2) 2**0.5 2/sqrt(2)", "1.43 1.4144 1"),
    ],
)
def test_numbers_count_to_their_printed_digits(value, right, wrong):
    for claim in right.split():
        assert verdict(f"x + {value}", claim, x=0).verdict == "correct", claim
    for claim in wrong.split():
        assert verdict(f"x + {value}", claim, x=0).verdict == "wrong", claim


def test_numbers_from_python():
    graph = graph_of("x/3", x=1)
    good = [0.33, 0.3, Decimal("0.333"), Fraction(1, 3), np.float64(0.333), sp.Rational(1, 3)]
    assert graph.check({"z": good}).ok
    bad = [0.35, Decimal("0.330"), Fraction(1, 4), 0, np.int64(1), sp.pi]
    assert graph.check({"z": bad}).counts["wrong"] == len(bad)


@given(st.fractions(-100, 100, max_denominator=999), st.integers(0, 6), st.booleans())
def test_rounding_is_right_and_the_next_digit_over_is_wrong(value, digits, up):
    graph = graph_of("x*1", x=value)
    rounded = round(value, digits)
    unit = Fraction(1, 10**digits)
    shown = f"{Decimal(rounded.numerator) / Decimal(rounded.denominator):.{digits}f}"
    if digits:
        assert graph.check({"z": shown}).ok
    else:
        assert graph.check({"z": shown}).ok == (rounded == value)
    off = rounded + (unit if up else -unit)
    if abs(off - value) > unit * 3 / 2:  # as float32 a seventh digit may be off by one and a half
        shown = f"{Decimal(off.numerator) / Decimal(off.denominator):.{digits}f}"
        assert not graph.check({"z": shown}).ok


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("0.59*0.41", "correct"),
        ("0.24", "correct"),
        ("0.2419", "correct"),
        ("0.242", "correct"),
        ("0.243", "wrong"),
        ("0.59*0.40", "wrong"),
        ("0.6*0.4", "correct"),
        ("0.59*(1-0.59)", "correct"),
        ("1e300*1e300", "wrong"),
        ("0.59 + 0.41", "wrong"),
        ("(1e300+0.2419)-1e300", "correct"),
    ],
)
def test_arithmetic_on_decimals(claim, expected):
    assert verdict("x*y", claim, x=0.59, y=0.41).verdict == expected


def test_rounded_factors_of_a_chain_are_allowed():
    graph = graph_of("sigmoid(x)", x=1)
    assert graph.check({"dz/dx": ["z*(1 - z)", "0.73*(1 - 0.73)", "0.73*0.27", "0.20"]}).ok


def test_a_half_that_the_graph_divides_by_is_exact():
    assert verdict("x**2/2", "0.5*3", x=Fraction(9, 5)).verdict == "wrong"


def test_what_is_said_of_a_wrong_number():
    assert verdict("x*1", "0.41", x=0.39322).note == (
        "it is 0.39322, which rounds to 0.39; the last digit is off by 2"
    )
    assert verdict("x*1", "0.50", x=0.39322).note == "it is 0.39322, which rounds to 0.39"
    assert verdict("x*1", "7", x=5).note == "it is 5"
    assert verdict("x*1", "1/0", x=5).note == "this has no finite value"

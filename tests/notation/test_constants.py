"""Numbers of formulas: floats that are roots or fractions are typeset as what they are."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.notation.latex.local_function import constant

SMALL = st.integers(1, 999)


@given(SMALL, SMALL)
def test_what_is_typeset_for_a_float_has_its_value(above, below):
    for value in (above / below, math.sqrt(above), 1 / math.sqrt(below), -math.sqrt(above)):
        said = constant(repr(value))
        read = re.sub(r"\\frac\{(\d+)\}\{(.+)\}", r"(\1)/(\2)", said)
        read = re.sub(r"\\sqrt\{(.+?)\}", r"sqrt(\1)", read)
        assert math.isclose(_value(read), value, rel_tol=1e-15)


def _value(read: str) -> float:
    sign, read = (-1.0, read[1:]) if read.startswith("-") else (1.0, read)
    parts = [part.strip("()") for part in read.split("/")]
    found = [
        math.sqrt(Fraction(part[5:].strip("()"))) if part.startswith("sqrt") else float(part)
        for part in parts
    ]
    return sign * (found[0] / found[1] if len(found) == 2 else found[0])


@given(st.floats(0.01, 100.0, allow_nan=False))
def test_other_numbers_keep_their_digits(value):
    written = repr(value)
    said = constant(written)
    assert said == written or "frac" in said or "sqrt" in said
    if "frac" not in said and "sqrt" not in said:
        assert float(said) == value


def test_formulas_with_such_numbers():
    g = gd.Graph()
    q = g.input("q", 2.0)
    s = g.node("s", q / 6**0.5)
    t = g.node("t", s ** (1 / 3) * (1 / 3))
    g.node("L", (1 / 3) ** 2 * t**2 + t * (1 / 7))
    nodes = g.draw(show=["name", "formula"]).description.nodes
    said = {node.name: node.phrases[-1].latex for node in nodes}
    assert said["s"] == r"s = \frac{q}{\sqrt{6}}"
    assert r"\frac{1}{7}" in said["L"]


@given(st.integers(2, 99), st.integers(2, 99))
def test_derivatives_of_formulas_with_roots_in_floats_are_as_short_as_with_roots(under, over):
    g = gd.Graph()
    x = g.input("x", 2.0)
    s = g.node("s", x / under**0.5)
    g.node("L", s**2 + x * (over / (under + over)))
    exact = gd.Graph()
    x = exact.input("x", 2)
    exact.node("s", x / gd.sqrt(under))
    assert g.local_jacobian("x", "s").latex == exact.local_jacobian("x", "s").latex
    report = g.check({
        "J[x->s]": [f"1/sqrt({under})", f"sqrt({under})/{under}"],
        "dL/dx": [f"2*x/{under} + {over}/{under + over}", str(g.gradient("L", "x"))],
    })  # fmt: skip
    assert report.ok, report


def test_what_is_off_by_more_than_a_float_is_wrong():
    g = gd.Graph()
    x = g.input("x", 2.0)
    g.node("s", x / 6**0.5)
    for wrong in ("1/sqrt(6.00000001)", "1/6**0.49999999", "1/sqrt(7)"):
        assert not g.check({"J[x->s]": wrong}).ok

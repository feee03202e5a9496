"""The right formula beside a wrong one is the shortest: sums are products where they can be."""

import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.checking.formulas import factored
from graphdiff.symbolic.scalar_derivatives import operations

A, H, V, Y = (sp.Symbol(name, real=True) for name in ("a", "h", "v", "y"))
SUMS = st.sampled_from([A - Y, 1 - H, H - 1, Y - A, A + Y, 1 + H, 2 - V, A - Y - H, -A - Y])
PARTS = st.lists(SUMS, min_size=1, max_size=3)
BEFORE = st.sampled_from([1, -1, V, -H, 2 * V, sp.sin(A), A / H])


@given(PARTS, BEFORE)
def test_it_is_the_same_and_no_longer(parts, before):
    formula = before * sp.expand(sp.Mul(*parts))
    found = factored(formula)
    assert sp.expand(found - formula) == 0
    assert operations(found) <= operations(formula)


def test_a_cross_entropy_behind_two_sigmoids():
    g = gd.Graph()
    x, y, v = g.input("x", 0.5), g.input("y", 1), g.parameter("v", 0.6)
    h = g.node("h", gd.sigmoid(g.node("z", g.parameter("w", 0.2) * x)))
    a = g.node("a", gd.sigmoid(g.node("s", v * h)))
    g.node("L", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)))
    expected = [one.expected for one in g.check({"dL/dz": "a*v", "dL/dw": "a*v*x"})]
    assert expected == ["h*v*(1 - h)*(a - y)", "h*v*x*(1 - h)*(a - y)"]

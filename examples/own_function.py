"""A function of your own: one declaration, checked against finite differences."""

import sympy as sp

import graphdiff as gd
from graphdiff.testing import check_function

smooth = gd.function(
    "smooth_abs",
    lambda e: sp.Piecewise(
        (e**2 / 2, sp.And(e > -1, e < 1)), (sp.Abs(e) - sp.Rational(1, 2), True)
    ),
)
check_function(smooth)

if __name__ == "__main__":
    g = gd.Graph("smooth absolute error")
    e = g.node("e", g.parameter("w", 3) * g.input("x", 2) - g.input("y", 1))
    L = g.node("L", smooth(e))
    print(g.explain(L, "w"))

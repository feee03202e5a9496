"""A 0 with an exponent has no digits that say how small it is."""

import pytest

import graphdiff as gd


@pytest.mark.parametrize("zero", ["0e0", "-0e0", "0e5", "0.e9", "0E+3"])
def test_a_zero_with_an_exponent_is_not_any_number(zero):
    graph = gd.Graph()
    w = graph.parameter("w", 0.3)
    graph.node("L", w**2 / 2)
    assert graph.check({"dL/dw": zero}, diagnose=False).results[0].verdict == "wrong"

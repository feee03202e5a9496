"""The tests' own ways to compare can fail."""

import numpy as np
import pytest
from closeness import both, close, terms_of
from counting import at_most
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

import graphdiff as gd
from graphdiff.errors import NumericalError


@pytest.mark.parametrize("scale", [1.0, 1e-186, 1e200])
def test_close_is_relative(scale):
    close(scale * (1 + 1e-12), scale)
    close([scale, 1e-12 * scale], [scale, 0])
    for found, true in ((0, scale), (scale, 0), (scale, -scale), (scale * (1 + 1e-8), scale),
                        ([scale, 1e-8 * scale], [scale, 0]), ([scale], scale), (np.nan, scale),
                        (np.inf, scale), (np.inf, np.inf)):  # fmt: skip
        with pytest.raises(AssertionError):
            close(found, true)


def test_close_knows_of_terms_that_cancel():
    close(1e-16, 0, terms=[1, 1])
    with pytest.raises(AssertionError):
        close(1e-16, 0, terms=[1e-9])


def test_terms_of_a_run():
    graph = gd.Graph()
    x = graph.input("x", [1.0, -2.0])
    a, b = graph.node("a", 3 * x), graph.node("b", x * [3, 3])
    graph.node("L", 1e-20 * (a - b).sum())
    graph.node("M", graph["L"] + 1)
    run = graph.backward("L")
    assert (run.P["x"] == 0).all()
    close(terms_of(run)["x"], 6e-20)
    assert terms_of(run)["L"] == 1
    assert terms_of(run)["M"] == 0


def test_both_refuse_or_none():
    def refuses():
        raise NumericalError("no")

    assert both(lambda: 1, lambda: 2) == (1, 2)
    with pytest.raises(Unsatisfiable):
        given(st.none())(lambda _: both(refuses, refuses))()
    for pair in ((refuses, lambda: 1), (lambda: 1, refuses)):
        with pytest.raises(AssertionError):
            both(*pair)
    with pytest.raises(NumericalError):
        both(refuses, refuses, ValueError)


def test_work_is_counted():
    with at_most(calls=1100):
        [abs(k) for k in range(1000)]
    with pytest.raises(AssertionError, match="calls, more than 900"), at_most(calls=900):
        [abs(k) for k in range(1000)]
    with pytest.raises(AssertionError, match="8 MB, more than 5"), at_most(10, megabytes=5):
        np.ones(1_000_000)

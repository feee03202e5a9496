"""What is nothing but rounding is shown as 0, what is small without cancelling is not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.derivations.tables import tables
from graphdiff.evaluation import rounded_zeros
from graphdiff.evaluation.rounded_zeros import as_shown


def cancelling():
    g = gd.Graph()
    w, v, b = g.parameter("w", 0.4), g.parameter("v", 0.3), g.parameter("b", 0.1)
    z = g.node("z", w * 0.5 - v * g.input("x", 1) + b)
    g.node("a", gd.sigmoid(z))
    return g


def test_a_sum_that_cancels_is_zero_wherever_it_is_shown():
    g = cancelling()
    run = g.backward("a")
    assert run.value["z"] != 0
    assert as_shown(run).value["z"] == 0
    assert as_shown(run).P["w"] == run.P["w"]
    assert "e-17" not in str(g.explain("a", "w", run)) + str(g.paths("w", run=run))
    assert "e-17" not in "".join(str(table) for table in tables(run))
    assert all("-17" not in frame.caption for frame in g.frames(run))


def test_gradients_that_cancel_are_zero_and_a_step_is_none():
    g = gd.Graph()
    w = g.parameter("w", 0.1)
    e = g.node("e", 3 * w - g.input("y", 0.3))
    g.node("L", e**2)
    run = g.backward("L")
    assert run.P["w"] != 0
    assert as_shown(run).P["w"] == 0
    assert as_shown(run).terms["w"][0].product == 0
    assert "e-1" not in str(g.step(run, 0.5))


def test_a_jacobian_of_layer_norm_has_zeros():
    g = gd.Graph()
    x = g.parameter("x", [1.0, 3.0])
    z = g.node("z", gd.layer_norm(x, eps=0.5625))
    g.node("L", (z * [1, 2]).sum())
    run = g.backward("L")
    shown = as_shown(run)
    exact = np.asarray(g.backward("L", exact=True).J["x", "z"], float)
    assert np.allclose(shown.J["x", "z"], exact)
    assert (np.abs(shown.J["x", "z"])[exact == 0] == 0).all()


@pytest.mark.parametrize(
    ("formula", "value"),
    [("exp", -40.0), ("sigmoid", -60.0), ("softplus", -50.0), ("gelu", -10.0), ("tanh", 1e-20)],
)
def test_small_values_that_do_not_cancel_stay(formula, value):
    g = gd.Graph()
    g.node("y", getattr(gd, formula)(g.parameter("x", value)) * 1.5)
    run = g.backward("y")
    shown = as_shown(run)
    assert shown.value["y"] == run.value["y"] != 0
    assert shown.P["x"] == run.P["x"] != 0


@given(st.floats(1e-300, 1e-12), st.floats(0.5, 1e6))
def test_given_values_stay_however_small(small, large):
    g = gd.Graph()
    x, y = g.parameter("x", small), g.parameter("y", large)
    g.node("L", x * y + x)
    run = g.backward("L")
    shown = as_shown(run)
    assert shown.value["x"] == small
    assert shown.value["L"] == run.value["L"]
    assert shown.P["x"] == run.P["x"]
    assert shown.P["y"] == small


@given(st.lists(st.integers(-999, 999), min_size=2, max_size=6))
def test_decimals_that_add_up_to_zero_are_zero(numbers):
    """The sum of decimals less the same sum rounded once: 0 as written, noise in floats."""
    g = gd.Graph()
    leaves = [g.parameter(f"x{k}", number / 1000) for k, number in enumerate(numbers)]
    total = math.fsum(number / 1000 for number in numbers)
    g.node("z", sum(leaves) - g.input("total", round(total, 3)))
    run = g.backward("z")
    assert as_shown(run).value["z"] == 0


def test_sweeps_are_repeated_once_where_nothing_moves(monkeypatch):
    """What is nothing but rounding moves at any wobble: one shows that there is none."""
    again, asked = rounded_zeros._again, []
    monkeypatch.setattr(rounded_zeros, "_again", lambda *a: asked.append(a) or again(*a))
    g = gd.Graph()
    v = g.parameter("v", 0.5)
    for k in range(40):
        v = g.node(f"v_{k}", gd.tanh(0.3 * v))
    run = g.backward(v)
    assert 0 < run.P["v"] < 1e-15
    assert as_shown(run) is run
    assert len(asked) == 1
    shown = as_shown(cancelling().backward("a"))
    assert shown.value["z"] == 0
    assert len(asked) == 1 + rounded_zeros.TIMES


@given(
    st.lists(st.floats(-1e3, 1e3).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=8),
    st.permutations(range(16)),
)
def test_what_cancels_in_any_order_is_zero(numbers, order):
    g = gd.Graph()
    leaves = [g.parameter(f"x{k}", x) for k, x in enumerate(numbers)]
    terms = [leaf * 0.1 for leaf in leaves] + [-leaf / 10 for leaf in leaves]
    g.node("z", sum(terms[k] for k in order if k < len(terms)))
    assert as_shown(g.backward("z")).value["z"] == 0


@pytest.mark.parametrize(
    ("found", "wobbled", "moved"),
    [
        (1.0, 2.0, True), (1.0, 1.999, False), (1.0, 0.0, True), (-2.0, -4.0, True),
        (-2.0, -3.9, False), (0.0, 5.0, False), ([1.0, 1e-20], [1.0, 2e-20], True),
        ([1.0, 1e-20], [1.5, 1.9e-20], False),
    ],
)  # fmt: skip
def test_a_number_is_moved_where_it_moves_by_as_much_as_itself(found, wobbled, moved):
    assert rounded_zeros._is_moved(np.array(found), np.array(wobbled)) == moved

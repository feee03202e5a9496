"""Approximations by one hidden layer: their error bounds, and its fall with the width."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.models import approximation, approximation_errors


def bumpy(x):
    return math.sin(3 * x) + 0.3 * x**2


@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_kinks_interpolate(width):
    found = approximation(bumpy, (-1, 2), width)
    knots = np.linspace(-1, 2, width + 1)
    values = found.network.forward(x=knots[:, None]).value["z__2"][:, 0]
    np.testing.assert_allclose(values, [bumpy(x) for x in knots], atol=1e-12)
    assert found.error <= (3 / width) ** 2 / 8 * 9.6  # max |f''| = 9 + 0.6


@pytest.mark.parametrize("width", [1, 3, 30])
def test_steps_keep_to_their_bound(width):
    found = approximation(bumpy, (-1, 2), width, "step")
    assert found.error <= 3 / (width + 1) * 4.2  # h · max |f'|
    assert set(found.network.forward(x=[0.3]).value["a__1"]) <= {0.0, 1.0}


@pytest.mark.parametrize("activation", ["relu", "step", "sigmoid", "tanh"])
def test_the_error_falls_with_the_width(activation):
    errors = approximation_errors(bumpy, (-1, 2), [4, 16, 64, 256], activation)
    found = [error for _, error in errors.rows]
    assert all(later < earlier / 2 for earlier, later in itertools.pairwise(found))
    assert str(errors).splitlines()[0] == f"width  error ({activation})"


def test_tanh_is_the_sigmoid_in_other_words():
    one, other = (approximation(bumpy, (0, 1), 9, name) for name in ("sigmoid", "tanh"))
    assert one.error == pytest.approx(other.error, rel=1e-9)


def test_it_is_a_network():
    net = approximation(abs, (-1, 1), 4).network
    assert net.sizes == (1, 4, 1)
    assert net.backward("z__2", x=[0.5]).P["x"] == pytest.approx(1)
    assert net.neurons().forward(x_1=0.5).value["z_1__2"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: approximation(abs, (1, 1), 3), r"the interval is \(1.0, 1.0\)"),
        (lambda: approximation(abs, 3, 3), "the interval is 3; give its two ends"),
        (lambda: approximation(abs, (0, math.inf), 3), "give finite ends"),
        (lambda: approximation(abs, (0, 1), 0), "width is 0"),
        (lambda: approximation(abs, (0, 1), 3, "gelu"), "unknown activation of an approximation"),
        (lambda: approximation(lambda x: math.inf, (0, 1), 3), "the function is inf at 0"),
    ],
)
def test_what_cannot_be(make, said):
    with pytest.raises(gd.GraphdiffError, match=said):
        make()

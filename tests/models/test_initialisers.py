"""Initial weights: their spread as published, and the same again from the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from graphdiff.models import INITIALISERS, mlp
from graphdiff.models.initialisers import ALIASES, drawn

VARIANCES = {
    "zeros": 0, "normal": 1, "uniform": 1 / 3, "xavier": 2 / 700, "xavier_normal": 2 / 700, "he": 2 / 400,
    "he_uniform": 2 / 400,
}  # fmt: skip


def test_every_initialiser_is_tested():
    assert set(VARIANCES) == set(INITIALISERS)
    assert set(ALIASES.values()) <= set(INITIALISERS)


@pytest.mark.parametrize("name", VARIANCES)
def test_spread(name):
    (weights,) = drawn(name, 0, (400, 300))
    assert weights.shape == (300, 400)
    assert weights.mean() == pytest.approx(0, abs=0.01)
    assert weights.var() == pytest.approx(VARIANCES[name], rel=0.02)


@pytest.mark.parametrize("name", ["xavier", "he_uniform"])
def test_uniform_draws_stay_within_their_bound(name):
    bound = {"xavier": (6 / 700) ** 0.5, "he_uniform": (6 / 400) ** 0.5}[name]
    (weights,) = drawn(name, 1, (400, 300))
    assert np.abs(weights).max() <= bound
    assert np.abs(weights).max() > 0.99 * bound


def test_the_same_seed_draws_the_same_weights_in_both_views():
    one, other = mlp([3, 2, 1], seed=5), mlp([3, 2, 1], seed=5, view="neurons")
    for a, b in zip(one.weights, other.weights, strict=True):
        assert np.array_equal(a, b)
    assert not np.array_equal(one.weights[0], mlp([3, 2, 1], seed=6).weights[0])


def test_biases_begin_at_zero():
    assert all(not bias.any() for bias in mlp([3, 2, 1]).biases)

"""Claims whose arrays have another shape than what they are about: what was not yet done is told."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd


def layer(samples=2, inputs=3, units=4):
    draw = np.random.default_rng(samples + 10 * inputs + 100 * units)
    numbers = lambda *shape: np.round(draw.uniform(-1, 1, shape), 2)  # noqa: E731
    g = gd.Graph()
    X, W = g.input("X", numbers(samples, inputs)), g.parameter("W", numbers(units, inputs))
    b = g.parameter("b", numbers(units))
    Z = g.node("Z", X @ W.T + b)
    A = g.node("A", gd.sigmoid(Z))
    g.node("L", gd.sum(A**2))
    return g


def in_z(g):
    A = np.asarray(g.forward().value["A"])
    return 2 * A**2 * (1 - A)


def as_numbers(array, digits):
    return str([[float(f"{v:.{digits}g}") for v in row] for row in array])


def named(g, target, claim):
    (result,) = g.check({target: claim})
    assert result.verdict == "wrong"
    return [one.faults for one in result.diagnosis.explanations]


SIZES = [(2, 3, 4), (4, 2, 3), (5, 4, 2)]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("digits", [3, 6])
def test_the_sum_over_the_batch_is_missing(sizes, digits):
    g = layer(*sizes)
    assert named(g, "dL/db", as_numbers(in_z(g), digits))[0] == ("sum-missing",)
    assert named(g, "dL/db", "2*A^2*(1 - A)")[0] == ("sum-missing",)


@pytest.mark.parametrize("sizes", SIZES)
def test_it_is_added_up_along_another_axis(sizes):
    g = layer(*sizes)
    (row,) = [in_z(g).sum(axis=1)]
    assert named(g, "dL/db", str([float(f"{v:.4g}") for v in row]))[0] == ("other-axis",)
    assert named(g, "dL/db", "sum(2*A^2*(1 - A), axis=1)")[0] == ("other-axis",)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_chain_rule_ends_too_early(sizes):
    g = layer(*sizes)
    assert ("derivative-elsewhere",) in named(g, "dL/dX", as_numbers(in_z(g), 4))[:2]
    assert ("derivative-elsewhere",) in named(g, "dL/dW", "2*A^2*(1 - A)")[:2]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("target", ["dL/dW", "dL/dX"])
def test_the_transpose_is_given(sizes, target):
    g = layer(*sizes)
    P = np.asarray(g.backward("L").gradient[target[-1]])
    formula = {"dL/dW": "X.T @ (2*A^2*(1 - A))", "dL/dX": "W.T @ (2*A^2*(1 - A)).T"}[target]
    for claim in (as_numbers(P.T, 5), formula):
        assert named(g, target, claim)[0] == ("transposed",)


def test_no_mistake_is_invented_for_an_array_of_another_shape():
    g = layer()
    for claim in ("[0.123, 4.567]", "[[0.11, 0.12, 0.13]]", "sum(A)"):
        assert named(g, "dL/db", claim) == []

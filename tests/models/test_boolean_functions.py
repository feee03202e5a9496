"""Separability against brute force, and every Boolean function as a network."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.models import CONVENTIONS, boolean_network, gate, separation
from graphdiff.models.truth import rows


def functions(inputs):
    """Return every Boolean function of so many inputs, as its column of outputs."""
    return list(itertools.product((0, 1), repeat=2**inputs))


def computed_by_perceptrons(inputs, reach):
    """Return every function a perceptron with small whole weights computes, by trying them."""
    points = np.array(rows(inputs), dtype=int)
    biases = np.arange(-2 * reach, 2 * reach + 1) + 0.5
    found = set()
    for weights in itertools.product(range(-reach, reach + 1), repeat=inputs):
        nets = points @ np.array(weights)
        found |= {tuple(int(net + b >= 0) for net in nets) for b in biases}
    return found


@pytest.mark.parametrize(("inputs", "count"), [(2, 14), (3, 104)])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_separability_is_what_brute_force_finds(inputs, count, convention):
    possible = computed_by_perceptrons(inputs, reach=2)
    assert len(possible) == count
    for outputs in functions(inputs):
        found = separation(outputs, convention)
        assert found.is_separable == (outputs in possible)
        if found.is_separable:
            truths = found.perceptron().truth_table().truths
            assert truths == tuple(map(bool, outputs))
        else:
            assert certified(found, inputs)


def certified(found, inputs):
    """Whether the multipliers prove that true and false points have a mean in common."""
    of, factors = found.convention, found.multipliers
    total = np.zeros(inputs + 1, dtype=int)
    for row, truth, factor in zip(rows(inputs), found.truths, factors, strict=True):
        point = [of.written(entry) for entry in row]
        total += (1 if truth else -1) * factor * np.array([*point, 1])
    return min(factors) >= 0 and any(factors) and not total.any()


def test_some_functions_of_four_inputs():
    possible = computed_by_perceptrons(4, reach=3)
    assert len(possible) == 1882
    drawn = random.Random(0).sample(functions(4), 150) + random.Random(1).sample(
        sorted(possible), 50
    )
    for outputs in drawn:
        found = separation(outputs)
        assert found.is_separable == (outputs in possible)
        assert found.is_separable or certified(found, 4)


def test_the_reason_is_told():
    assert str(separation(gate("xor").truth_table())) == (
        "not separable: (0, 1) + (1, 0) = (0, 0) + (1, 1), "
        "sums of true points and of as many false ones"
    )
    with pytest.raises(gd.GraphdiffError, match="no perceptron computes this function: not sep"):
        separation([0, 1, 1, 0]).perceptron()


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_every_function_is_a_network_of_one_hidden_layer(inputs, convention):
    for outputs in functions(inputs):
        network = boolean_network(outputs, convention)
        assert network.truth_table().truths == tuple(map(bool, outputs))
        smaller = min(sum(outputs), 2**inputs - sum(outputs))
        assert network.sizes == (inputs, max(smaller, 1), 1)


def test_parity_takes_half_of_all_rows():
    network = boolean_network(lambda a, b, c, d: a ^ b ^ c ^ d)
    assert network.sizes == (4, 8, 1)
    assert network(1, 0, 1, 1) == 1
    assert [*network.groups] == ["layer 1", "layer 2"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([0, 1, 1], "the truth table has 3 outputs; n inputs have 2\\^n"),
        ([], "the truth table has 0 outputs"),
        ([1], "the truth table has 1 outputs"),
        ([0, 2], r"the output for \(1\) is 2; it must be 0 or 1"),
        ("0110", "'0110' is no truth table"),
        (7, "7 is no truth table"),
        (lambda: 1, "takes 1 to 12 named arguments, and this one 0"),
        (lambda a: 0.5, r"the output for \(0\) is 0.5"),
        ([0] * 2**13, "the truth table has 8192 outputs"),
    ],
)
def test_what_is_no_truth_table(table, said):
    for use in (separation, boolean_network):
        with pytest.raises(gd.GraphdiffError, match=said):
            use(table)


def test_too_many_inputs_to_decide():
    with pytest.raises(gd.GraphdiffError, match="has 9 inputs; it is decided for at most 8"):
        separation([0] * 512)

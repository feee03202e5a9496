"""Jacobians of every function of tensors: finite differences, exact numbers, samples."""

from __future__ import annotations

import numpy as np
import pytest
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
STEP = 1e-5


def matrix(run, leaf):
    """Return P as a matrix of float64 also where it is a number."""
    found = np.asarray(run.P[leaf.name], dtype=object).astype(np.float64)
    return found.reshape(run.graph[run.output].size, leaf.size)


def difference(graph, values, leaf, entry):
    moved = []
    for step in (STEP, -STEP):
        at = {name: np.array(value, np.float64) for name, value in values.items()}
        at[leaf.name].flat[entry] += step
        moved.append(np.ravel(graph.forward(at).value["f"]))
    return (moved[0] - moved[1]) / (2 * STEP)


@EACH
def test_against_finite_differences(case):
    graph = graph_of(case, values_for(case))
    run = graph.backward("f")
    values = {leaf.name: leaf.value for leaf in graph.leaves}
    for leaf in graph.leaves:
        columns = [difference(graph, values, leaf, entry) for entry in range(leaf.size)]
        np.testing.assert_allclose(
            matrix(run, leaf), np.stack(columns, -1), rtol=1e-5, atol=1e-7, err_msg=leaf.name
        )


@EACH
def test_exact_agrees_with_float(case):
    graph = graph_of(case, values_for(case, seed=1))
    run, exact = graph.backward("f"), graph.backward("f", exact=True)
    for leaf in graph.leaves:
        np.testing.assert_allclose(matrix(run, leaf), matrix(exact, leaf), rtol=1e-9, atol=1e-12)


@EACH
@pytest.mark.parametrize("which", ["all", "first"])
def test_samples_equal_one_at_a_time(case, which):
    """One axis more than the shape is samples, of every leaf or of one."""
    values = values_for(case)
    graph = gd.Graph()
    leaves = [graph.parameter("abcd"[k], shape=shape) for k, shape in enumerate(case.shapes)]
    graph.node("f", case.build(*leaves))
    factors = (1.0, 1.25, 0.5)
    given, apart = {}, [{} for _ in factors]
    for k, (leaf, value) in enumerate(zip(leaves, values, strict=True)):
        sampled = which == "all" or k == 0
        given[leaf.name] = np.stack([f * value for f in factors]) if sampled else value
        for one, factor in zip(apart, factors, strict=True):
            one[leaf.name] = factor * value if sampled else value
    together = graph.backward("f", given)
    for place, one in enumerate(apart):
        alone = graph.backward("f", one)
        for leaf in leaves:
            found, expected = np.asarray(together.P[leaf.name]), np.asarray(alone.P[leaf.name])
            found = np.broadcast_to(found, (len(factors), *expected.shape))[place]
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(together.value["f"][place], alone.value["f"], rtol=1e-12)

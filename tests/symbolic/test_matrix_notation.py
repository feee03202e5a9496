"""Tidied formulas have the values they had; matrices read off linear expressions are right."""

from __future__ import annotations

import numpy as np
import pytest
from tensor_cases import CASES, values_for

import graphdiff as gd
from graphdiff.local_functions.pullback import pullback
from graphdiff.symbolic.tensor_algebra import matrix_of, tidied

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
RANDOM = np.random.default_rng(7)


def built(case):
    graph = gd.Graph()
    values = values_for(case)
    leaves = [graph.parameter("abcd"[k], value) for k, value in enumerate(values)]
    f = graph.node("f", case.build(*leaves))
    c = graph.input("c_", RANDOM.normal(size=f.shape))
    return graph, leaves, f.function.expression(tuple(f.parents)), c


def value(graph, expression):
    found = graph.node(f"n{len(graph)}", expression)
    return graph.forward().value[found.name]


@EACH
def test_a_tidied_gradient_has_the_same_values(case):
    graph, leaves, f, c = built(case)
    for leaf, back in zip(leaves, pullback(f, c, leaves), strict=True):
        tidy = tidied(back)
        assert tidy.shape == leaf.shape
        np.testing.assert_allclose(value(graph, tidy), value(graph, back), rtol=1e-9, atol=1e-12)


@EACH
def test_a_tidied_second_derivative_has_the_same_values(case):
    graph, leaves, f, c = built(case)
    for leaf, back in zip(leaves, pullback(f, c, leaves), strict=True):
        v = graph.input(f"v_{leaf.name}", RANDOM.normal(size=leaf.shape))
        for second in pullback(tidied(back), v, leaves):
            if second is not None:
                np.testing.assert_allclose(
                    value(graph, tidied(second)), value(graph, second), rtol=1e-8, atol=1e-10
                )


@EACH
def test_the_matrix_of_a_jacobian_is_the_jacobian(case):
    graph, leaves, f, c = built(case)
    for leaf, back in zip(leaves, pullback(f, c, leaves), strict=True):
        v = graph.input(f"v_{leaf.name}", RANDOM.normal(size=leaf.shape))
        (forward,) = pullback(back, v, [c])
        matrix = matrix_of(forward, v)
        if matrix is not None:
            run = graph.backward("f")
            expected = np.reshape(run.P[leaf.name], matrix.shape)
            np.testing.assert_allclose(value(graph, matrix), expected, rtol=1e-9, atol=1e-12)

"""Sums over paths between tensors: the products of matrices add up to P."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from tensor_strategies import graphs

from graphdiff.errors import ExpressionError, NumericalError


@given(graphs())
def test_products_add_up_to_P(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except (NumericalError, ExpressionError):
        assume(False)
        raise
    for j in graph.nodes:
        found = graph.paths(j, output, run)
        if found.count > 300:
            continue
        products = [np.reshape(path.product, (output.size, j.size)) for path in found]
        expected = np.reshape(run.P[j.name], (output.size, j.size))
        scale = np.abs([*products, expected]).max()
        expected = expected / (scale or 1.0)
        whole = sum((product / (scale or 1.0) for product in products), np.zeros_like(expected))
        np.testing.assert_allclose(whole, expected, rtol=0, atol=1e-9)
        assert (found.count == 0) == (j.name in run.disconnected)


@given(graphs(most=3))
def test_they_can_be_written_out(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except (NumericalError, ExpressionError):
        assume(False)
        raise
    for j in graph.leaves:
        found = graph.paths(j, output, run)
        written = found.text()
        assert f"d{output.name}/d{j.name}" in written
        shown = sum(line.startswith("Path ") for line in written.splitlines())
        assert shown == len(found.paths) == min(found.count, 100)

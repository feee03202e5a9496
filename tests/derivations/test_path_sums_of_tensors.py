"""Sums over paths between tensors: the products of matrices add up to P."""

from __future__ import annotations

import numpy as np
from closeness import close
from hypothesis import given, reject
from tensor_strategies import graphs

from graphdiff.errors import ExpressionError, NumericalError
from graphdiff.evaluation.rounded_zeros import as_shown


@given(graphs())
def test_products_add_up_to_P(graph):
    output = graph.nodes[-1]
    try:
        run = as_shown(graph.backward(output))
    except (NumericalError, ExpressionError):
        reject()
    for j in graph.nodes:
        found = graph.paths(j, output, run)
        if found.count > 300:
            continue
        products = [np.reshape(path.product, (output.size, j.size)) for path in found]
        P = np.reshape(run.P[j.name], (output.size, j.size))
        close(sum(products, 0 * P), P, 1e-9, terms=np.abs(products))
        assert (found.count == 0) == (j.name in run.disconnected)


@given(graphs(most=3))
def test_they_can_be_written_out(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except (NumericalError, ExpressionError):
        reject()
    for j in graph.leaves:
        found = graph.paths(j, output, run)
        written = found.text()
        assert f"d{output.name}/d{j.name}" in written
        shown = sum(line.startswith("Path ") for line in written.splitlines())
        assert shown == len(found.paths) == min(found.count, 100)

"""Nodes, and their local Jacobians by index notation, entry by entry and by the sweeps."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from tensor_cases import CASES

import graphdiff as gd
from graphdiff.evaluation import dense_jacobians
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.multiprecision import Multiprecision
from graphdiff.language.quantity import exact
from graphdiff.symbolic.index_notation import entries, local_jacobian_index

NOT_WRITTEN = (
    "cumsum",
    "kron",
    "cumprod",
    "prod",
    "prod_of_others",
    "linear_scan",
    "solve",
    "cholesky",
)
WRITTEN = [case for case in CASES if case.name.partition("-")[0] not in NOT_WRITTEN]
"""Cases of functions that have a formula in index notation."""

EACH = pytest.mark.parametrize("case", WRITTEN, ids=[case.name for case in WRITTEN])

TRANSCENDENTAL = {
    "norm", "norm-axis", "softmax", "softmax-batch", "softmax-axis", "log_softmax", "logsumexp",
    "logsumexp-axis", "bce", "bce-logits", "cross-entropy", "cross-entropy-vector",
    "cross-entropy-logits", "std", "std-axis", "layer_norm", "batch_norm", "power", "attention",
}  # fmt: skip
"""Cases whose Jacobian is not rational at rational points, for one argument at least."""

DIGITS = Multiprecision(50)


def values_of(node):
    return {parent.name: parent.value for parent in node.parents}


def dense(node, slot, values, arithmetic):
    """Return the Jacobian of the sweeps, by the pullback along the rows of the identity."""
    arguments = [
        arithmetic.number(np.asarray(values[p.name]) if p.shape else values[p.name])
        for p in node.parents
    ]
    with arithmetic.guard():
        return np.asarray(dense_jacobians.dense(node.function, slot, arguments, arithmetic))


def written_out(node, slot, values, arithmetic):
    """Return the explicit scalar formulas at the values."""
    names = [parent.name for parent in node.parents]
    at = {}
    for parent in node.parents:
        symbols = np.ravel(sp.Symbol(parent.name, real=True))
        if parent.shape:
            base = sp.IndexedBase(parent.name, real=True)
            symbols = [base[place] for place in np.ndindex(parent.shape)]
        at |= dict(zip(symbols, map(exact, np.ravel(values[parent.name])), strict=True))
    matrix = entries(node.function, slot, names).xreplace(at)
    numbers = [arithmetic.number(entry) for entry in matrix]
    found = np.empty(len(numbers), dtype=object)
    found[:] = numbers
    return found.reshape(matrix.shape)


def agree(found, expected, arithmetic):
    assert found.shape == expected.shape
    for a, b in zip(found.flat, expected.flat, strict=True):
        if arithmetic is EXACT:
            assert a == b
        else:
            assert abs(a - b) <= 1e-30 * (1 + abs(b))


def node_of(build, *shapes, names="abcd", value="f", values=True):
    """Return a node of leaves with these shapes, and with values if these are numbers."""
    graph = gd.Graph()
    leaves = []
    for k, shape in enumerate(shapes):
        generator = np.random.default_rng(k)
        number = np.round(generator.uniform(0.2, 1.5, shape) * 16) / 16 if values else None
        if values and shape:
            number = number + np.arange(number.size).reshape(shape) / 64
        leaves.append(graph.parameter(names[k], number if shape else (values or None) and 0.75,
                                      shape=shape))  # fmt: skip
    return graph.node(value, build(*leaves))


def jacobian(node, name):
    return local_jacobian_index(node.graph, node.graph[name], node)


def array(name):
    return sp.IndexedBase(name, real=True)

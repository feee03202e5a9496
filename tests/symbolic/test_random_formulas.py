"""Formulas of random graphs of tensors have the values of the sweep."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from tensor_strategies import graphs

from graphdiff.errors import DerivationError, NumericalError

LARGE = 1e8


def swept(graph):
    try:
        run = graph.backward(graph.nodes[-1])
    except NumericalError:
        assume(False)
    for values in (run.value, run.P, run.J):
        assume(all(np.abs(np.asarray(value)).max() < LARGE for value in values.values()))
    return run


def close(found, expected):
    expected = np.asarray(expected, np.float64)
    scale = max(1.0, np.abs(expected).max(initial=0))
    np.testing.assert_allclose(
        np.asarray(found, np.float64) / scale, expected / scale, rtol=0, atol=1e-7
    )


def matrix(run, output, leaf):
    return np.reshape(np.asarray(run.P[leaf.name], np.float64), (output.size, leaf.size))


@given(graphs())
def test_products_with_vectors(graph):
    run, output = swept(graph), graph.nodes[-1]
    random = np.random.default_rng(0)
    for leaf in graph.leaves:
        P = matrix(run, output, leaf)
        c, v = random.normal(size=output.shape), random.normal(size=leaf.shape)
        for terms in ("nodes", "leaves"):
            try:
                back = graph.vjp(output, leaf, "c_", terms)
                forward = graph.jvp(output, leaf, "v_", terms)
            except DerivationError:
                continue  # too large when written out
            assert back.shape == leaf.shape
            assert forward.shape == output.shape
            close(np.ravel(back.at({**run.value, "c_": c})), np.ravel(c) @ P)
            close(np.ravel(forward.at({**run.value, "v_": v})), P @ np.ravel(v))


@given(graphs(most=4))
def test_matrices(graph):
    """Where there is matrix notation, it is the matrix; of local Jacobians too."""
    run, output = swept(graph), graph.nodes[-1]
    for leaf in graph.leaves:
        try:
            found = graph.jacobian(output, leaf, "nodes")
        except DerivationError:
            continue
        close(np.reshape(found.at(run.value), (output.size, leaf.size)), matrix(run, output, leaf))
    for j, i in run.J:
        local = graph.local_jacobian(j, i)
        formula = getattr(local, "matrix", None)
        if formula is not None:
            close(np.ravel(formula.at(run.value)), np.ravel(run.J[j, i]))


@given(graphs(most=4))
def test_hessians_are_symmetric_and_agree_with_their_matrix(graph):
    output = graph.nodes[-1]
    if output.is_leaf:
        return
    total = graph.node("total_", (output * output).sum())
    try:
        run = graph.backward(total)
    except NumericalError:
        assume(False)
    assume(all(np.abs(np.asarray(value)).max() < 1e5 for value in run.P.values()))
    for leaf in graph.leaves:
        try:
            hessian = graph.hessian(total, leaf)
        except DerivationError:
            continue
        if not hasattr(hessian, "at"):
            continue  # all scalars: a SymPy expression
        try:
            found = hessian.at()
        except NumericalError:
            continue
        assume(np.isfinite(found).all() and np.abs(found).max() < LARGE)
        close(found, found.T)
        if hessian.matrix is not None:
            close(np.reshape(hessian.matrix.at(run.value), found.shape), found)

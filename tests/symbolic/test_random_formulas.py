"""Formulas of random graphs of tensors have the values of the sweep."""

from __future__ import annotations

import re

import numpy as np
import pytest
from closeness import close, terms_of
from hypothesis import assume, given, reject
from tensor_strategies import graphs

from graphdiff.errors import DerivationError, NumericalError

LARGE = 1e8
REFUSED = re.compile(r"more than \d+ (operations|parts)|levels|no matrix notation")


def swept(graph):
    try:
        run = graph.backward(graph.nodes[-1])
    except NumericalError:
        reject()
    for values in (run.value, run.P, run.J):
        assume(all(np.abs(np.asarray(value)).max() < LARGE for value in values.values()))
    return run


def written(derive):
    """What is derived; None where it is too large to write, or has no notation."""
    try:
        return derive()
    except DerivationError as error:
        assert REFUSED.search(str(error)), error


def matrix(run, output, leaf):
    return np.reshape(np.asarray(run.P[leaf.name], np.float64), (output.size, leaf.size))


@given(graphs())
def test_products_with_vectors(graph):
    run, output = swept(graph), graph.nodes[-1]
    random, terms_by_name, checked = np.random.default_rng(0), terms_of(run), 0
    for leaf in graph.leaves:
        P, size = matrix(run, output, leaf), terms_by_name[leaf.name]
        c, v = random.normal(size=output.shape), random.normal(size=leaf.shape)
        for terms in ("nodes", "leaves"):
            back = written(lambda: graph.vjp(output, leaf, "c_", terms))  # noqa: B023
            forward = written(lambda: graph.jvp(output, leaf, "v_", terms))  # noqa: B023
            if back is None or forward is None:
                continue
            checked += 1
            assert back.shape == leaf.shape
            assert forward.shape == output.shape
            found = np.ravel(back.at({**run.value, "c_": c}))
            close(found, np.ravel(c) @ P, 1e-7, terms=size)
            found = np.ravel(forward.at({**run.value, "v_": v}))
            close(found, P @ np.ravel(v), 1e-7, terms=size)
    assume(checked)


@given(graphs(most=4))
def test_matrices(graph):
    """Where there is matrix notation, it is the matrix; of local Jacobians too."""
    run, output = swept(graph), graph.nodes[-1]
    terms = terms_of(run)
    for leaf in graph.leaves:
        found = written(lambda: graph.jacobian(output, leaf, "nodes"))  # noqa: B023
        if found is not None:
            found = np.reshape(found.at(run.value), (output.size, leaf.size))
            close(found, matrix(run, output, leaf), 1e-7, terms=terms[leaf.name])
    for j, i in run.J:
        local = graph.local_jacobian(j, i)
        formula = getattr(local, "matrix", None)
        if formula is not None:
            close(np.ravel(formula.at(run.value)), np.ravel(run.J[j, i]), 1e-7, terms=1)


@pytest.mark.slow
@given(graphs(most=4))
def test_hessians_are_symmetric_and_agree_with_their_matrix(graph):
    output = graph.nodes[-1]
    total, checked = graph.node("total_", (output * output).sum()), 0
    run = swept(graph)
    assume(all(np.abs(np.asarray(value)).max() < 1e5 for value in run.P.values()))
    terms = terms_of(run)
    for leaf in graph.leaves:
        hessian = written(lambda: graph.hessian(total, leaf))  # noqa: B023
        if hasattr(hessian, "at"):  # of scalars it is a SymPy expression
            found = hessian.at()
            assume(np.abs(found).max() < LARGE)
            checked += 1
            close(found, found.T, 1e-7, terms=terms[leaf.name])
            if hessian.matrix is not None:
                formula = np.reshape(hessian.matrix.at(run.value), found.shape)
                close(formula, found, 1e-7, terms=terms[leaf.name])
    assume(checked)

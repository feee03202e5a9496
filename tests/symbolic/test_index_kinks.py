"""Index notation at kinks: the declared derivatives, ties shared, guards."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from index_cases import WRITTEN, agree, dense, jacobian, node_of, values_of, written_out
from tensor_cases import graph_of, values_for

import graphdiff as gd
from graphdiff.evaluation.exact import EXACT

AT_KINKS = (
    (gd.relu, {"a": [-1, 0, 1]}),
    (abs, {"a": [-1, 0, 1]}),
    (lambda a, b: gd.max(a, b), {"a": [1, 2, 0], "b": [1, 0, 2]}),
    (lambda a: a.max(), {"a": [1, 3, 3, 3]}),
    (lambda a: a.min(0), {"a": [[1, 2], [1, 0]]}),
    (lambda a: gd.max_pool1d(a, 2), {"a": [1, 1, 2, 0]}),
    (lambda a: a - a.max(1, keepdims=True), {"a": [[1, 1, 0], [2, 3, 2]]}),
    (lambda a: a.max(0) * a.min(0) + a.max(), {"a": [[1, 2], [1, 2]]}),
    (lambda a: gd.max(a.max(0), a.T.max(0)), {"a": [[1, 2], [2, 1]]}),
    (lambda a, b: gd.relu(a @ b).sum(0) @ abs(a), {"a": [[1, -1], [0, 1]], "b": [[1, 0], [1, 0]]}),
    (lambda a, b: gd.where(a @ b, a.sum(0), b * b), {"a": [[1, -1], [2, 1]], "b": [1, 1]}),
    (lambda a, b: gd.where(a > b, a * a, b), {"a": [1, 2, 0], "b": [1, 0, 2]}),
    (lambda a, b: gd.huber(a, b), {"a": [1, 2, 0], "b": [0, 2, 4]}),
    (lambda a, b: gd.binary_cross_entropy(a, b), {"a": [1, 1 / sp.Integer(2)], "b": [1, 0]}),
)


@pytest.mark.parametrize(("build", "values"), AT_KINKS, ids=range(len(AT_KINKS)))
def test_declared_derivatives_at_kinks(build, values):
    graph = gd.Graph()
    leaves = [graph.input(name, shape=np.shape(value)) for name, value in values.items()]
    node = graph.node("f", build(*leaves))
    values = {name: np.array(value, dtype=object) for name, value in values.items()}
    for slot, name in enumerate(values):
        if (build, name) != (AT_KINKS[-1][0], "b"):  # log(1 − p) at p = 1 has no value
            expected = dense(node, slot, values, EXACT)
            agree(jacobian(node, name).at(values, exact=True), expected, EXACT)


def test_entries_share_a_tie_of_two_as_the_sweeps_do():
    node = node_of(lambda a: a.max(), (2,))
    values = {"a": np.array([3, 3])}
    agree(written_out(node, 0, values, EXACT), dense(node, 0, values, EXACT), EXACT)


@pytest.mark.slow
def test_only_kinks_of_maps_have_cases():
    with_cases = set()
    for case in WRITTEN:
        node = graph_of(case, values_for(case))["f"]
        for leaf in dict.fromkeys(node.parents):
            found = jacobian(node, leaf.name)
            assert not found.formula.has(sp.Derivative, sp.Subs, sp.Heaviside, sp.DiracDelta)
            if found.formula.has(sp.Piecewise):
                with_cases.add(case.name)
            assert ("{" in found.right.replace("sum_{", "")) == (case.name == "max-of-two")
    assert with_cases == {
        "relu", "max-of-two", "hinge", "cross-entropy",
        "cross-entropy-vector",
    }  # fmt: skip


def test_a_guard_holds_where_the_rest_has_no_value():
    node = node_of(lambda a: 1 / a, (2,))
    found = jacobian(node, "a").at({"a": np.array([1, 2])}, exact=True)
    assert found.tolist() == [[-1, 0], [0, -sp.Rational(1, 4)]]
    padded = node_of(lambda a: gd.conv1d(gd.log(a), [1, 1, 1], padding=1), (3,))
    values = values_of(padded)
    agree(jacobian(padded, "a").at(values, exact=True), dense(padded, 0, values, EXACT), EXACT)

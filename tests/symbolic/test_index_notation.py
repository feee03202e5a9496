"""Local Jacobians in index notation have the numbers of the dense ones."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from index_cases import (
    DIGITS,
    EACH,
    TRANSCENDENTAL,
    agree,
    dense,
    jacobian,
    node_of,
    values_of,
    written_out,
)
from tensor_cases import graph_of, values_for

import graphdiff as gd
from graphdiff.errors import DerivationError
from graphdiff.evaluation.exact import EXACT
from graphdiff.symbolic.index_notation import local_jacobian


@EACH
def test_index_notation_entries_and_dense_jacobian_agree(case):
    node = graph_of(case, values_for(case))["f"]
    values, names = values_of(node), [parent.name for parent in node.parents]
    arithmetic = DIGITS if case.name in TRANSCENDENTAL else EXACT
    for slot in range(len(names)):
        expected = dense(node, slot, values, arithmetic)
        index = local_jacobian(node.function, slot, names)
        agree(index.numbers(values, arithmetic), expected, arithmetic)
        agree(written_out(node, slot, values, arithmetic), expected, arithmetic)


# fmt: off
COMPOSED = (
    (lambda x: x[::-1], (5,)),
    (lambda x: (x[::2] ** 2).sum(), (5,)),
    (lambda x: (x[1:] * x[:-1]).sum(), (5,)),
    (lambda x: x[::2] * x[1::2], (6,)),
    (lambda a, b, c: (a @ b).reshape(-1) @ c, (2, 3), (3, 2), (4,)),
    (lambda a: (a * a).reshape(3, 2).sum(0), (2, 3)),
    (lambda a: gd.tanh(a).reshape(6)[1:4], (2, 3)),
    (lambda a: gd.exp(a).reshape(4, 3).reshape(2, 2, 3).sum((0, 2)), (2, 6)),
    (lambda a: (a**2).reshape(12).reshape(3, 2, 2), (2, 2, 3)),
    (lambda a: a.reshape(6, 1) @ a.reshape(1, 6), (2, 3)),
    (lambda a: a[[0, 1], [1, 0]], (2, 3)),
    (lambda a: a[None, ..., 1], (2, 3)),
    (lambda a: a[0, :, [0, 1]], (2, 3, 2)),
    (lambda a: a[[0, 0, 1]].sum(0), (2, 3)),
    (lambda a: a[[[0, 1], [1, 1]]].sum((0, 1)), (2, 3)),
    (lambda a: a[:, [0, 2, 1]] @ a.T, (2, 3)),
    (lambda a: a[-1] * a[:, -2:].sum(), (2, 3)),
    (lambda a, b: gd.relu(gd.concatenate(a, b) - 0.7), (3,), (2,)),
    (lambda a, b, c: gd.concatenate(a, b) @ c, (3,), (2,), (5,)),
    (lambda a, b: gd.softmax(gd.concatenate(a, b)), (3,), (2,)),
    (lambda a, b: gd.stack(a, b * a, a).sum(0), (3,), (3,)),
    (lambda a, b: gd.stack(a, b) @ a, (3,), (3,)),
    (lambda a: gd.stack(a[0], a[1] ** 2, a[2] * a[0]), (3,)),
    (lambda x, k: gd.conv1d(gd.tanh(x), k, padding=1).sum(), (5,), (3,)),
    (lambda x, k: gd.conv2d(x, k, padding=1, stride=2), (4, 4), (2, 2)),
    (lambda a, b: (a * b).max(0), (2, 3), (3,)),
    (lambda a: gd.max_pool1d(a * a, 2, stride=1), (5,)),
    (lambda a: a.min(0) @ a.max(0), (3, 2)),
    (lambda a: a - a.max(), (4,)),
    (lambda w, x, b: gd.norm(w @ x - b), (3, 2), (2,), (3,)),
    (lambda t, u, w: gd.norm(t - u @ w.T) ** 2, (2, 3), (2, 2), (3, 2)),
    (lambda a, b: gd.inv(a) @ b, (2, 2), (2,)),
    (lambda a, x: gd.logdet(a @ a.T) * x.sum(), (2, 2), (3,)),
    (lambda a: gd.inv(a @ a.T + gd.eye(2)).sum(), (2, 2)),
    (lambda a: gd.det(a @ a) * a, (2, 2)),
    (lambda x, a: x @ a @ x, (3,), (3, 3)),
    (lambda a: gd.trace(a @ a @ a), (2, 2)),
    (lambda a, b: gd.trace(a @ b.T), (2, 3), (2, 3)),
    (lambda x, w, y: gd.sum(gd.log(gd.exp(-y * (x @ w)) + 1)), (4, 2), (2,), (4,)),
    (lambda x: gd.outer(x, x), (3,)),
    (lambda x: gd.diag(x) @ x, (3,)),
    (lambda x: gd.relu(gd.diag(x) - 0.8).sum(0), (3,)),
    (lambda a: gd.diag(a @ a), (2, 2)),
    (lambda a: gd.sigmoid(a).mean(0) @ a.sum(0), (2, 3)),
    (lambda w, x, b: gd.sigmoid(w @ x + b), (3, 2), (2,), (3,)),
    (lambda a: gd.var(a, axis=0), (3, 2)),
    (lambda a: gd.logsumexp(a * a, axis=0), (3, 2)),
    (lambda a: gd.softmax(a @ a.T, axis=0), (2, 2)),
    (lambda a: gd.log_softmax(a[1:] * 2), (4,)),
    (lambda a, b: (a.T * b).T, (3, 2), (3,)),
    (lambda a: gd.where(a > 0.9, a, a * a), (5,)),
    (lambda a: gd.broadcast_to(a, (2, 3)) @ a.T, (1, 3)),
    (lambda a: a / a.sum(), (4,)),
    (lambda a: gd.einsum("iij,jk->ik", a, a[0]), (2, 2, 2)),
    (lambda a: gd.sqrt(a**2), (3,)),
    (lambda a: gd.zeros(3) + gd.ones(3) * a, ()),
    (lambda a: a * gd.eye(3), ()),
    (lambda x, b: (x + b).sum(0), (4, 3), (3,)),
    (lambda a: gd.broadcast_to(a, (4, 3)).sum(), ()),
)
# fmt: on


@pytest.mark.parametrize("build", COMPOSED, ids=range(len(COMPOSED)))
def test_functions_of_functions_agree_with_the_dense_jacobian(build):
    node = node_of(*build)
    values = values_of(node)
    for name in values:
        slots = [slot for slot, parent in enumerate(node.parents) if parent.name == name]
        with DIGITS.guard():
            expected = sum(dense(node, slot, values, DIGITS) for slot in slots)
        agree(jacobian(node, name).numbers(values, DIGITS), expected, DIGITS)


STEPS = (
    lambda x: x * x,
    lambda x: x.T,
    lambda x: x.reshape(-1),
    lambda x: x.reshape(*x.shape[::-1]),
    lambda x: x[::-1],
    lambda x: x[1:] if x.shape[0] > 1 else x,
    lambda x: x[::2],
    lambda x: x[[0, 0, -1]],
    lambda x: x[None],
    lambda x: gd.concatenate(x, 2 * x),
    lambda x: gd.stack(x, x, axis=-1),
    lambda x: x.sum(0),
    lambda x: x.mean(-1, keepdims=True) * x,
    lambda x: x.max(0),
    lambda x: gd.relu(x - 0.6),
    lambda x: x @ x.T if x.ndim == 2 else x * x.sum(),
    lambda x: gd.max_pool1d(x, 2, stride=1) if x.shape[-1] > 1 else x,
    lambda x: gd.conv1d(x, [1, 2], padding=1) if x.ndim == 1 else x,
    lambda x: gd.diag(x) if x.ndim == 1 or (x.ndim == 2 and x.shape[0] == x.shape[1]) else x,
)


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
def test_any_steps_one_after_the_other(steps):
    def build(x):
        for step in steps:
            changed = step(x) if x.ndim else x * x
            x = changed if changed.ndim <= 3 and changed.size <= 40 else x
        return 1 * x

    node = node_of(build, (2, 3))
    try:
        index = jacobian(node, "a")
    except DerivationError as error:
        assert "parts" in str(error) or "levels" in str(error)  # too long for a person
        return
    agree(index.at(values_of(node), exact=True), dense(node, 0, values_of(node), EXACT), EXACT)
    assert not index.formula.has(sp.nan, sp.zoo)

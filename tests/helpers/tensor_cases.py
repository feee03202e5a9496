"""Every function of tensors, with shapes to try it on: the plan of the tests."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

import graphdiff as gd

THIRD = Fraction(1, 3)


class Case(NamedTuple):
    """An expression of some leaves, by their shapes."""

    name: str
    build: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]


def _case(name: str, build: Callable[..., Any], *shapes: tuple[int, ...]) -> Case:
    return Case(name, build, shapes)


# fmt: off
CASES = (
    _case("matmul", lambda a, b: a @ b, (3, 4), (4,)),
    _case("matmul-matrices", lambda a, b: a @ b, (3, 4), (4, 2)),
    _case("matmul-row", lambda a, b: a @ b, (3,), (3, 2)),
    _case("matmul-vectors", lambda a, b: a @ b, (3,), (3,)),
    _case("matmul-stack", lambda a, b: a @ b, (2, 3, 4), (4, 2)),
    _case("matmul-stacks", lambda a, b: a @ b, (2, 3, 4), (2, 4, 2)),
    _case("matmul-stack-vector", lambda a, b: a @ b, (2, 3, 4), (4,)),
    _case("matmul-stacks-broadcast", lambda a, b: a @ b, (2, 1, 2, 3), (2, 3, 2)),
    _case("layer-batch", lambda x, w, b: x @ w.T + b, (5, 3), (4, 3), (4,)),
    _case("dot", gd.dot, (3,), (3,)),
    _case("outer", gd.outer, (2,), (3,)),
    _case("trace", gd.trace, (3, 3)),
    _case("diag-of-matrix", gd.diag, (3, 3)),
    _case("diag-of-vector", gd.diag, (3,)),
    _case("einsum", lambda a, b: gd.einsum("ijk,kl->lji", a, b), (2, 3, 2), (2, 2)),
    _case("einsum-sum", lambda a: gd.einsum("ij->j", a), (2, 3)),
    _case("einsum-diagonal", lambda a: gd.einsum("iij->j", a), (2, 2, 3)),
    _case("einsum-three", lambda a, b, c: gd.einsum("i,ij,kj->k", a, b, c), (2,), (2, 3), (4, 3)),
    _case("einsum-scalar", lambda a, b, c: gd.einsum("i,,i->", a, b, c), (2,), (), (2,)),
    _case("einsum-twice", lambda a: gd.einsum("ij,ik->jk", a, a), (2, 3)),
    _case("einsum-ellipsis", lambda a, b: gd.einsum("...i,...i", a, b), (2, 3), (3,)),
    _case("sum", lambda a: a.sum(), (2, 3)),
    _case("sum-axis", lambda a: a.sum(0), (2, 3)),
    _case("sum-axes", lambda a: a.sum((0, 2), keepdims=True), (2, 3, 2)),
    _case("mean-all", lambda a: a.mean(), (2, 3)),
    _case("mean", lambda a: a.mean(1, keepdims=True), (2, 3)),
    _case("max", lambda a: a.max(1), (2, 3)),
    _case("min", lambda a: a.min(), (2, 3)),
    _case("var", gd.var, (4,)),
    _case("var-axis", lambda a: gd.var(a, axis=0), (3, 2)),
    _case("min-axes", lambda a: a.min((0, 2), keepdims=True), (2, 3, 2)),
    _case("cumsum", gd.cumsum, (4,)),
    _case("cumsum-axis", lambda a: gd.cumsum(a, axis=1) * a, (2, 3)),
    _case("cumsum-reverse", lambda a: gd.cumsum(a, axis=-2, reverse=True), (2, 3, 2)),
    _case("cumsum-all", lambda a: 2 * gd.cumsum(a.T), (2, 3)),
    _case("kron", gd.kron, (2, 3), (3, 2)),
    _case("kron-vectors", lambda a, b: gd.kron(a, b) * gd.kron(b, a), (2,), (3,)),
    _case("kron-ranks", lambda a, b: gd.kron(3 * a, b), (2,), (2, 3, 2)),
    _case("var-sample", lambda a: gd.var(a, axis=1, ddof=1, keepdims=True), (2, 3)),
    _case("std", gd.std, (4,)),
    _case("std-axis", lambda a: gd.std(a, axis=0, ddof=1), (3, 2)),
    _case("prod", gd.prod, (4,)),
    _case("prod-axis", lambda a: gd.prod(a, axis=0) * a, (3, 2)),
    _case("prod-axes", lambda a: gd.prod(a, (0, 2), keepdims=True), (2, 2, 2)),
    _case("prod_of_others", lambda a: gd.prod_of_others(a, axis=0), (3, 2)),
    _case("cumprod", gd.cumprod, (4,)),
    _case("cumprod-axis", lambda a: gd.cumprod(a, axis=0) * a, (3, 2)),
    _case("linear_scan", gd.linear_scan, (2, 3), (2, 3)),
    _case("linear_scan-reverse", lambda a, b: gd.linear_scan(a, a * b, reverse=True), (3,), (3,)),
    _case("flip", gd.flip, (2, 3)),
    _case("flip-axis", lambda a: gd.flip(a, axis=1) * a, (2, 3)),
    _case("tril", gd.tril, (3, 3)),
    _case("triu", lambda a: gd.triu(a, k=-1) @ a.T, (3, 2)),
    _case("triu-stack", lambda a: gd.triu(a, k=1), (2, 2, 3)),
    _case("vec", gd.vec, (2, 3)),
    _case("pad", lambda a: gd.pad(a, 1), (2, 3)),
    _case("pad-apart", lambda a: gd.pad(a * a, ((0, 2), (1, 0)), value=THIRD), (2, 2)),
    _case("norm", gd.norm, (2, 3)),
    _case("norm-axis", lambda a: gd.norm(a, axis=0), (2, 3)),
    _case("reshape", lambda a: a.reshape(3, -1), (2, 3)),
    _case("transpose", lambda a: a.transpose(2, 0, 1), (2, 3, 2)),
    _case("broadcast_to", lambda a: gd.broadcast_to(a, (4, 2, 3)), (2, 1)),
    _case("index", lambda a: a[0], (2, 3)),
    _case("slice", lambda a: a[:, 1:], (2, 3)),
    _case("slice-backwards", lambda a: a[::-1, ::2], (2, 3)),
    _case("index-pairs", lambda a: a[[0, 1, 1], [2, 0, 0]], (2, 3)),
    _case("index-repeated", lambda a: a[[0, 0, 1]], (2, 3)),
    _case("index-new-axis", lambda a: a[:, None] * a[None], (3,)),
    _case("scatter", lambda a: gd.scatter(a, ([0, 2, 2], slice(1, 3)), (3, 4)) * 2, (3, 2)),
    _case("concatenate", lambda a, b: gd.concatenate(a, b, axis=1), (2, 3), (2, 1)),
    _case("stack", lambda a, b: gd.stack(a, b, axis=-1), (2, 3), (2, 3)),
    _case("where", lambda a, b: gd.where(a > b + THIRD, a * b, a), (2, 3), (3,)),
    _case("array-constant", lambda a: a * [[1, 2, 3]] + [0.5, -1, 2], (2, 3)),
    _case("softmax", gd.softmax, (4,)),
    _case("softmax-batch", gd.softmax, (2, 3)),
    _case("softmax-axis", lambda a: gd.softmax(a, axis=0), (2, 3)),
    _case("log_softmax", gd.log_softmax, (2, 3)),
    _case("logsumexp", gd.logsumexp, (2, 3)),
    _case("logsumexp-axis", lambda a: gd.logsumexp(a, axis=1, keepdims=True), (2, 3)),
    _case("solve", gd.solve, (3, 3), (3,)),
    _case("solve-columns", lambda a, b: gd.solve(a.T, b) * b, (2, 2), (2, 3)),
    _case("solve-stack", gd.solve, (2, 2, 2), (2, 1)),
    _case("cholesky", lambda a: gd.cholesky(a @ a.T + gd.eye(3)), (3, 3)),
    _case("matrix_power", lambda a: gd.matrix_power(a, 3), (2, 2)),
    _case("matrix_power-negative", lambda a: gd.matrix_power(a, -2), (2, 2)),
    _case("inv", gd.inv, (3, 3)),
    _case("det", gd.det, (3, 3)),
    _case("det-of-one", gd.det, (1, 1)),
    _case("adj", gd.adj, (3, 3)),
    _case("adj-along", gd.adj, (3, 3), (3, 3)),
    _case("adj-stack", lambda a, b: gd.adj(a) @ gd.adj(a, b), (2, 2, 2), (2, 2)),
    _case("inv-stack", lambda a: gd.diag(gd.inv(a)), (2, 1, 2, 2)),
    _case("det-stack", lambda a: gd.det(a) * gd.trace(a), (2, 2, 2)),
    _case("logdet-stack", lambda a: gd.logdet(a * a + 3 * gd.eye(2)), (2, 2, 2)),
    _case("logdet", lambda a: gd.logdet(a @ a.T + gd.eye(2)), (2, 2)),
    _case("mse", gd.mse, (2, 3), (2, 3)),
    _case("squared_error", gd.squared_error, (3,), (3,)),
    _case("absolute_error", gd.absolute_error, (2, 3), (2, 3)),
    _case("huber", lambda p, y: gd.huber(3 * p, y), (2, 3), (2, 3)),
    _case("hinge", gd.hinge, (3,), (3,)),
    _case("bce", lambda z, y: gd.binary_cross_entropy(gd.sigmoid(z), y), (3,), (3,)),
    _case("bce-logits", gd.binary_cross_entropy_with_logits, (2, 3), (2, 3)),
    _case("cross-entropy", gd.cross_entropy, (2, 3), (2, 3)),
    _case("cross-entropy-vector", gd.cross_entropy, (3,), (3,)),
    _case("cross-entropy-logits", gd.cross_entropy_with_logits, (2, 3), (2, 3)),
    _case("layer_norm", gd.layer_norm, (2, 4), (4,), (4,)),
    _case("batch_norm", gd.batch_norm, (4, 2), (2,), (2,)),
    _case("conv1d", gd.conv1d, (6,), (3,)),
    _case("conv1d-layer", lambda x, k: gd.conv1d(x, k, stride=2, padding=1), (2, 6), (3, 2, 3)),
    _case("conv2d", gd.conv2d, (4, 4), (2, 2)),
    _case("conv2d-batch", gd.conv2d, (2, 1, 3, 3), (2, 1, 2, 2)),
    _case("max_pool1d", lambda x: gd.max_pool1d(x, 2), (6,)),
    _case("max_pool2d", lambda x: gd.max_pool2d(x, 2), (1, 4, 4)),
    _case("avg_pool1d", lambda x: gd.avg_pool1d(x, 3, stride=2), (7,)),
    _case("avg_pool2d", lambda x: gd.avg_pool2d(x, 2), (1, 4, 4)),
    _case("relu", lambda a, b: gd.relu(a * b - THIRD), (2, 3), (3,)),
    _case("arithmetic", lambda a, b: a * b + a / b - b**2, (2, 3), ()),
    _case("power", lambda a, b: a**b - a**3, (2, 3), (3,)),
    _case("max-of-two", gd.max, (3,), (3,)),
    _case("attention", lambda q, k, v: gd.softmax(q @ k.T) @ v, (3, 2), (3, 2), (3, 2)),
    _case("repeated", lambda a: (a @ a).sum() * a.sum() - a.T @ a.sum(0) @ a.sum(1), (2, 2)),
)
# fmt: on


def values_for(case: Case, seed: int = 0) -> list[Any]:
    """Return a value for each leaf: binary fractions, all different, away from every kink."""
    generator = np.random.default_rng(seed)
    values = []
    for k, shape in enumerate(case.shapes):
        sixteenths = np.round(generator.uniform(0.2, 1.5, shape) * 16) / 16
        values.append(sixteenths + np.arange(sixteenths.size).reshape(shape) / 1024 + k / 4096)
    return values


def graph_of(case: Case, values: list[Any]) -> gd.Graph:
    """Return the case as a graph: leaves a, b, … and the node f."""
    graph = gd.Graph(case.name)
    leaves = [graph.parameter("abcd"[k], value) for k, value in enumerate(values)]
    graph.node("f", case.build(*leaves))
    return graph

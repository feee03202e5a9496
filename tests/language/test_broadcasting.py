"""Operands of unlike shapes, repeated parents, fan-out, and batches as leading axes."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.testing import check_graph, check_tensors

PAIRS = [
    ((5, 3), (3,)), ((3,), (5, 3)), ((), (2, 3)), ((2, 3), ()), ((2, 1), (2, 3)), ((2, 3), (2, 1)),
    ((1, 3), (2, 1)), ((1,), (3,)), ((1, 1), (3,)), ((2, 1, 3), (4, 1)), ((4, 1), (2, 1, 3)), ((1, 2), (2, 2)), ((), ()),
]  # fmt: skip
MAPS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "max": gd.max,
    "min": gd.min,
    "where": lambda a, b: gd.where(a > b, a * b, b),
    "xlogy": gd.xlogy,
    "leaky_relu": gd.leaky_relu,
    "one node": lambda a, b: gd.tanh(a * b + a) / b - a**2,
}
NUMPY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "max": np.maximum, "min": np.minimum, "where": lambda a, b: np.where(a > b, a * b, b),
    "xlogy": lambda a, b: a * np.log(b), "leaky_relu": lambda a, b: np.where(a > 0, a, b * a),
    "one node": lambda a, b: np.tanh(a * b + a) / b - a**2,
}  # fmt: skip


def values_of(*shapes):
    generator = np.random.default_rng(11)
    return [generator.uniform(0.3, 2, shape) for shape in shapes]


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("shapes", PAIRS, ids=str)
def test_values_are_numpys_and_derivatives_right(name, shapes):
    values = values_of(*shapes)
    graph = gd.Graph()
    a, b = graph.input("a", values[0]), graph.parameter("b", values[1])
    f = graph.node("f", MAPS[name](a, b))
    expected = NUMPY[name](*values)
    assert f.shape == expected.shape
    np.testing.assert_allclose(graph.forward().value["f"], expected, rtol=1e-14)
    check_tensors(MAPS[name], *shapes, points=1)


@pytest.mark.parametrize("name", MAPS)
def test_both_arguments_are_one_node(name):
    check_tensors(
        lambda a: MAPS[name](a, a) if name not in ("max", "min") else MAPS[name](a, 2 * a), (2, 3)
    )


REPEATED = {
    "x @ x": (lambda x: x @ x, (3, 3)),
    "x @ x of a vector": (lambda x: x @ x, (3,)),
    "outer": (lambda x: gd.outer(x, x), (3,)),
    "x.T @ x": (lambda x: x.T @ x, (2, 3)),
    "einsum": (lambda x: gd.einsum("ij,jk,ki->", x, x, x), (2, 2)),
    "concatenate": (lambda x: gd.concatenate(x, x, axis=1), (2, 2)),
    "stack": (lambda x: gd.stack(x, x, x, axis=-1), (2,)),
    "mse with itself moved": (lambda x: gd.mse(x, x * x), (2, 3)),
    "cross entropy of itself": (lambda x: gd.cross_entropy(gd.softmax(x), gd.softmax(x)), (2, 3)),
    "layer norm by itself": (lambda x: gd.layer_norm(x, x, x), (3,)),
    "convolved with itself": (lambda x: gd.conv1d(x, x, padding=1), (3,)),
    "row and column": (lambda x: x[:, None] - x[None], (3,)),
    "its own mean": (lambda x: x - x.mean(0, keepdims=True), (3, 2)),
    "its own norm": (lambda x: x / gd.norm(x), (3,)),
}


@pytest.mark.parametrize("name", REPEATED)
def test_repeated_parents(name):
    build, shape = REPEATED[name]
    check_tensors(build, shape)


def test_repeated_parents_have_an_edge_for_each_place():
    graph = gd.Graph()
    x = graph.parameter("x", [[1, 2], [3, 4]])
    z = graph.node("z", x @ x)
    assert [edge.slot for edge in graph.children(x)] == [0, 1]
    run = graph.backward(z, exact=True)
    assert (run.J["x", "z"] == sum(term.J for term in run.terms["x"])).all()
    check_graph(graph)


def test_fan_out_adds_up():
    graph = gd.Graph()
    x = graph.parameter("x", [[0.5, -1.5, 2.0], [1.0, 0.25, -0.5]])
    w = graph.parameter("w", [1.5, -0.5, 0.75])
    rows = graph.node("rows", x @ w)
    columns = graph.node("columns", x.sum(0) * w)
    table = graph.node("table", x * w + rows.reshape(2, 1))
    graph.node("L", gd.dot(columns, w) + (table**2).sum() + gd.norm(rows))
    check_graph(graph)
    run = graph.backward("L")
    assert {term.child for term in run.terms["w"]} == {"rows", "columns", "table", "L"}
    np.testing.assert_allclose(
        np.ravel(run.P["w"]),
        sum(np.ravel(np.atleast_2d(t.P) @ np.atleast_2d(t.J)) for t in run.terms["w"]),
    )


BATCHED = {
    # name: (function, shapes of one sample, which arguments have a row for each sample)
    "layer": (lambda x, w, b: x @ w.T + b, ((3,), (2, 3), (2,)), (0,)),
    "matrix by stack": (lambda x, w: x @ w, ((2, 3), (3, 2)), (0,)),
    "stack by stack": (lambda x, w: x @ w, ((2, 3), (3, 2)), (0, 1)),
    "stack by vector": (lambda x, w: x @ w, ((2, 3), (3,)), (0,)),
    "scaled": (lambda x, w: x * w, ((3,), ()), (0,)),
    "bias": (lambda x, b: gd.tanh(x + b), ((3,), (3,)), (0,)),
    "sum": (lambda x: x.sum(-1), ((3,),), (0,)),
    "mean": (lambda x: x.mean((-2, -1)), ((2, 3),), (0,)),
    "max": (lambda x: x.max(-1, keepdims=True), ((2, 3),), (0,)),
    "var": (lambda x: gd.var(x, axis=-1), ((3,),), (0,)),
    "norm": (lambda x: gd.norm(x, axis=-1), ((3,),), (0,)),
    "softmax": (gd.softmax, ((3,),), (0,)),
    "log_softmax": (gd.log_softmax, ((3,),), (0,)),
    "logsumexp": (lambda x: gd.logsumexp(x, axis=-1), ((3,),), (0,)),
    "layer_norm": (gd.layer_norm, ((3,), (3,), (3,)), (0,)),
    "index": (lambda x: x[..., [2, 0, 0]], ((3,),), (0,)),
    "new axis": (lambda x: x[..., None, 1:], ((3,),), (0,)),
    "concatenate": (lambda x, y: gd.concatenate(x, y, axis=-1), ((3,), (2,)), (0, 1)),
    "stack": (lambda x, y: gd.stack(x, y, axis=-1), ((3,), (3,)), (0, 1)),
    "where": (lambda x, y: gd.where(x > y, x * x, y), ((3,), (3,)), (0, 1)),
    "einsum": (lambda x, w: gd.einsum("...i,ij,...j->...", x, w, x), ((3,), (3, 3)), (0,)),
    "attention": (lambda q, k, v: gd.softmax(gd.einsum("...ik,...jk->...ij", q, k)) @ v,
                  ((2, 3), (2, 3), (2, 2)), (0, 1, 2)),
    "conv1d": (lambda x, k: gd.conv1d(x, k, padding=1), ((2, 4), (3, 2, 2)), (0,)),
    "conv2d": (gd.conv2d, ((1, 3, 3), (2, 1, 2, 2)), (0,)),
    "max_pool1d": (lambda x: gd.max_pool1d(x, 2), ((4,),), (0,)),
    "max_pool2d": (lambda x: gd.max_pool2d(x, 2, stride=1), ((3, 3),), (0,)),
}  # fmt: skip
SAMPLES = 3


@pytest.mark.parametrize("name", BATCHED)
def test_a_leading_axis_is_a_batch(name):
    build, shapes, batched = BATCHED[name]
    generator = np.random.default_rng(5)
    values = [
        generator.uniform(0.2, 1.5, (SAMPLES, *shape) if k in batched else shape)
        for k, shape in enumerate(shapes)
    ]

    def run_of(chosen):
        graph = gd.Graph()
        leaves = [graph.parameter("abc"[k], value) for k, value in enumerate(chosen)]
        graph.node("f", build(*leaves))
        return graph, graph.backward("f")

    graph, together = run_of(values)
    for sample in range(SAMPLES):
        alone, apart = run_of([v[sample] if k in batched else v for k, v in enumerate(values)])
        np.testing.assert_allclose(
            together.value["f"][sample], apart.value["f"], rtol=1e-12, atol=1e-14
        )
        for k in range(len(shapes)):
            leaf = "abc"[k]
            rows = np.reshape(together.P[leaf], (SAMPLES, alone["f"].size, graph[leaf].size))
            single = np.reshape(apart.P[leaf], (alone["f"].size, alone[leaf].size))
            if k not in batched:
                np.testing.assert_allclose(rows[sample], single, rtol=1e-12, atol=1e-14)
                continue
            blocks = rows[sample].reshape(alone["f"].size, SAMPLES, -1)
            np.testing.assert_allclose(blocks[:, sample], single, rtol=1e-12, atol=1e-14)
            others = [other for other in range(SAMPLES) if other != sample]
            assert not blocks[:, others].any()  # no sample depends on another


@pytest.mark.parametrize("name", BATCHED)
def test_derivatives_over_a_batch(name):
    build, shapes, batched = BATCHED[name]
    wide = [(2, *shape) if k in batched else shape for k, shape in enumerate(shapes)]
    check_tensors(build, *wide, points=1)


def test_the_gradient_of_a_bias_is_summed_over_the_batch():
    graph = gd.Graph()
    X = graph.input("X", np.arange(64 * 3).reshape(64, 3) / 100)
    W, b = graph.parameter("W", np.eye(2, 3)), graph.parameter("b", [0.5, -0.5])
    z = graph.node("z", X @ W.T + b)
    graph.node("L", (z**2).sum() / 2)
    run = graph.backward("L")
    np.testing.assert_allclose(run.gradient["b"], run.value["z"].sum(0))
    np.testing.assert_allclose(run.gradient["W"], run.value["z"].T @ run.value["X"])


@pytest.mark.parametrize(
    ("loss", "per_sample", "mean"),
    [
        (gd.mse, lambda p, y: np.mean((p - y) ** 2), True),
        (gd.squared_error, lambda p, y: np.sum((p - y) ** 2), False),
        (gd.absolute_error, lambda p, y: np.mean(abs(p - y)), True),
        (gd.hinge, lambda p, y: np.mean(np.maximum(1 - y * p, 0)), True),
        (gd.binary_cross_entropy, lambda p, y: np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p)), True),
        (gd.binary_cross_entropy_with_logits, lambda z, y: np.mean(np.logaddexp(0, z) - y * z), True),
        (gd.cross_entropy, lambda p, y: -np.sum(y * np.log(p)), True),
        (gd.cross_entropy_with_logits, lambda z, y: -np.sum(y * (z - np.log(np.exp(z).sum()))), True),
    ],
)  # fmt: skip
def test_how_losses_average(loss, per_sample, mean):
    generator = np.random.default_rng(3)
    p, y = generator.uniform(0.1, 0.9, (2, 4, 3))
    graph = gd.Graph()
    graph.node("L", loss(graph.parameter("p", p), graph.input("y", y)))
    rows = [per_sample(*row) for row in zip(p, y, strict=True)]
    expected = np.mean(rows) if mean else np.sum(rows)
    np.testing.assert_allclose(graph.forward().value["L"], expected, rtol=1e-12)

"""The tables of the documentation: what is derived, right, and as in the literature."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from statistics import median

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SIZES = {"m": 4, "n": 3, "p": 2, "k": 2, "d": 5}
STEP = 1e-6


def module():
    spec = importlib.util.spec_from_file_location(
        "matrix_calculus", ROOT / "examples/matrix_calculus.py"
    )
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


EXAMPLES = module()
ROWS = [row for rows in EXAMPLES.GROUPS.values() for row in rows]
EACH = pytest.mark.parametrize("row", ROWS, ids=[f"{row.formula} in {row.wrt}" for row in ROWS])
SECOND = [EXAMPLES.Row(*row, "", "") for row in EXAMPLES.SECOND]
EACH_TWICE = pytest.mark.parametrize(
    "row", SECOND, ids=[f"{row.formula} in {row.wrt}" for row in SECOND]
)


def numbers(graph):
    """Return positive values; square matrices are well conditioned, of positive determinant."""
    random = np.random.default_rng(3)
    values = {leaf.name: random.uniform(0.3, 1.2, leaf.shape) for leaf in graph.leaves}
    for leaf in graph.leaves:
        value = values[leaf.name]
        if value.ndim == 2 and value.shape[0] == value.shape[1]:
            value += 2 * np.eye(len(value))
        if leaf.rows == EXAMPLES.DISTRIBUTION:
            value /= value.sum(-1, keepdims=True)
    return values


def differences(function, value):
    columns = []
    for entry in range(value.size):
        moved = []
        for step in (STEP, -STEP):
            at = value.copy()
            at.flat[entry] += step
            moved.append(np.ravel(function(at)))
        columns.append((moved[0] - moved[1]) / (2 * STEP))
    return np.stack(columns, -1)


def read(text, graph, values):
    """Return the value of a formula as it is printed, its sizes put in."""
    node = graph.node(f"read_{len(graph)}", EXAMPLES.parsed(text, graph, SIZES))
    return graph.forward(values).value[node.name]


@EACH
def test_the_printed_gradient_is_right_and_that_of_the_literature(row):
    graph = EXAMPLES.graph_of(row, SIZES)
    values = {name: np.asarray(value, dtype=float) for name, value in numbers(graph).items()}

    def f(at):
        return graph.forward({**values, row.wrt: at}).value["f"]

    expected = differences(f, values[row.wrt]).reshape(values[row.wrt].shape)
    printed = EXAMPLES.graph_of(row).gradient("f", row.wrt, "nodes").text
    found = read(printed, graph, values)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
    reference = read(row.reference, graph, values)
    np.testing.assert_allclose(reference, found, rtol=1e-10, atol=1e-12)


def test_what_is_printed_is_no_longer_than_in_the_literature():
    ratios = EXAMPLES.measured()
    assert median(ratios) <= 1
    assert ratios[-1] <= 1.5


@EACH_TWICE
def test_the_printed_hessian(row):
    letters, graph = EXAMPLES.graph_of(row), EXAMPLES.graph_of(row, SIZES)
    values = numbers(graph)

    def derivative(at):
        return graph.backward("f", {**values, row.wrt: at}, wrt=row.wrt).gradient[row.wrt]

    second = differences(derivative, values[row.wrt])
    hessian = letters.hessian("f", row.wrt)
    np.testing.assert_allclose(graph.hessian("f", row.wrt).at(values), second, rtol=1e-5, atol=1e-7)
    if hessian.matrix is not None:
        found = read(hessian.matrix.text, graph, values)
        np.testing.assert_allclose(found, second, rtol=1e-5, atol=1e-7)
    elif not hessian.is_zero:
        direction = np.random.default_rng(5).normal(size=values[row.wrt].shape)
        graph.input(hessian.tangent.name, shape=graph[row.wrt].shape)
        given = {**values, hessian.tangent.name: direction}
        product = read(hessian.product.text, graph, given)
        np.testing.assert_allclose(
            np.ravel(product), second @ direction.ravel(), rtol=1e-5, atol=1e-7
        )


@pytest.mark.slow
def test_the_page_is_what_is_derived():
    page = (ROOT / "docs/matrix-calculus.md").read_text(encoding="utf-8")
    tables = [*map(EXAMPLES.table, EXAMPLES.GROUPS.values())]
    for part in (*tables, EXAMPLES.second_table(EXAMPLES.SECOND), EXAMPLES.measure()):
        assert part in page, "make the page again: examples/matrix_calculus.py"

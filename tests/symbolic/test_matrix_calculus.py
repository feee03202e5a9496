"""The table of the documentation: it is what is derived, and every formula in it is right."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from graphdiff.errors import UnknownNameError
from graphdiff.files.parser import parse
from graphdiff.language.expression import Constant

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
EACH = pytest.mark.parametrize("row", ROWS, ids=[f"{f} in {wrt}" for f, _, wrt in ROWS])


def numbers(graph):
    """Return positive values; square matrices are well conditioned, of positive determinant."""
    random = np.random.default_rng(3)
    values = {leaf.name: random.uniform(0.3, 1.2, leaf.shape) for leaf in graph.leaves}
    for value in values.values():
        if value.ndim == 2 and value.shape[0] == value.shape[1]:
            value += 2 * np.eye(len(value))
    return values


def printed(text, graph, extra=None):
    """Return the value of a formula as it is printed, its sizes put in."""
    with_sizes = re.sub(r"\b(eye|ones|zeros|broadcast_to)\(([^()]*(?:\([^()]*\))?[^()]*)\)",
                        lambda call: re.sub(r"\b[mnpkd]\b", lambda s: str(SIZES[s[0]]), call[0]),
                        text)  # fmt: skip

    def lookup(name):
        try:
            return graph[name]
        except UnknownNameError:
            if name in SIZES:
                return Constant(SIZES[name])
            raise

    node = graph.node(f"printed_{len(graph)}", parse(with_sizes, lookup))
    return node, {**numbers(graph), **(extra or {})}


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


@EACH
def test_the_printed_gradient_and_hessian(row):
    formula, shapes, wrt = row
    letters = EXAMPLES.graph_of(formula, shapes)
    graph = EXAMPLES.graph_of(formula, shapes, SIZES)
    values = numbers(graph)

    def f(at):
        return graph.forward({**values, wrt: at}).value["f"]

    gradient, _ = printed(letters.gradient("f", wrt).text, graph)
    found = graph.forward(values).value[gradient.name]
    expected = differences(f, values[wrt]).reshape(values[wrt].shape)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)

    def derivative(at):
        return graph.backward("f", {**values, wrt: at}, wrt=wrt).gradient[wrt]

    second = differences(derivative, values[wrt])
    hessian = letters.hessian("f", wrt)
    np.testing.assert_allclose(graph.hessian("f", wrt).at(values), second, rtol=1e-5, atol=1e-7)
    if hessian.matrix is not None:
        node, _ = printed(hessian.matrix.text, graph)
        np.testing.assert_allclose(
            graph.forward(values).value[node.name], second, rtol=1e-5, atol=1e-7
        )
    elif not hessian.is_zero:
        direction = np.random.default_rng(5).normal(size=values[wrt].shape)
        graph.input(hessian.tangent.name, shape=graph[wrt].shape)
        node, _ = printed(hessian.product.text, graph)
        product = graph.forward({**values, hessian.tangent.name: direction}).value[node.name]
        np.testing.assert_allclose(
            np.ravel(product), second @ direction.ravel(), rtol=1e-5, atol=1e-7
        )


@pytest.mark.slow
def test_the_page_is_what_is_derived():
    page = (ROOT / "docs/matrix-calculus.md").read_text(encoding="utf-8")
    for rows in EXAMPLES.GROUPS.values():
        assert EXAMPLES.table(rows) in page, "make the page again: examples/matrix_calculus.py"

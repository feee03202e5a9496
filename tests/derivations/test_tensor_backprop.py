"""Derivations with tensors, in both layouts: dimensions that fit, matrices with the right numbers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.files.parser import parse

LAYOUTS = ("numerator", "denominator")
SHOWN = [
    case for case in CASES
    if case.name in {
        "matmul", "matmul-row", "matmul-vectors", "layer-batch", "outer", "mean", "softmax",
        "index", "concatenate", "array-constant", "mse", "relu", "sum-axis", "repeated",
    }
]  # fmt: skip


def loss_of(case) -> gd.Graph:
    graph = graph_of(case, values_for(case))
    f = graph["f"]
    graph.node("L", (gd.tanh(f) * f).sum() / 10)
    return graph


def local_jacobians(graph, output, layout):
    """Return each local Jacobian of a derivation in ``a``: its sides in text, and its size."""
    heading = f"Local Jacobians, {layout} layout: a row for each entry of the "
    heading += "child" if layout == "numerator" else "parent"
    (lines,) = (
        s.lines for s in graph.explain(output, "a", layout=layout).steps if s.heading == heading
    )
    for line in lines:
        if found := re.match(r"J\[(\w+)->(\w+)\] = \S+ = (.*)   (\d+)×(\d+)$", line.text):
            parent, child, matrix, rows, columns = found.groups()
            yield graph[parent], graph[child], matrix, (int(rows), int(columns))


def recursion(graph, output, layout):
    """Return the factors of each product that P[a] is the sum of, and its dimensions."""
    (step,) = (s for s in graph.explain(output, "a", layout=layout).steps if s.heading == "P[a]")
    rule, note = re.fullmatch(r"P\[a\] = (.*)   \((.*)\)", step.lines[0].text).groups()
    products, whole = note.split(" = ")
    sizes = [[tuple(map(int, size.split("×"))) for size in product.split(" · ")]
             for product in products.split(" + ")]  # fmt: skip
    names = [product.split("*") for product in rule.split(" + ")]
    return list(zip(names, sizes, strict=True)), tuple(map(int, whole.split("×")))


@pytest.mark.parametrize("output", ["L", "f"])
@pytest.mark.parametrize("case", SHOWN, ids=[case.name for case in SHOWN])
def test_products_have_dimensions_that_fit(case, output):
    graph = loss_of(case)
    run = graph.backward(output)
    for layout in LAYOUTS:
        products, whole = recursion(graph, output, layout)
        size = (graph[output].size, graph["a"].size)
        assert whole == (size if layout == "numerator" else size[::-1])
        for names, ((rows, inner), (same, columns)) in products:
            assert (rows, columns) == whole
            assert inner == same
            P, J = names if layout == "numerator" else names[::-1]
            assert P.startswith("P[")
            assert J.startswith("J[a->")
            child = graph[J[len("J[a->") : -1]]
            assert inner == child.size
            assert np.size(run.J["a", child.name]) == child.size * graph["a"].size


WITHOUT = {"layer-batch", "outer", "mean", "concatenate", "array-constant", "relu"}
"""Of these no local Jacobian is a matrix in matrix notation."""
MATRICES = [case for case in SHOWN if case.name not in WITHOUT]


@pytest.mark.parametrize("case", MATRICES, ids=[case.name for case in MATRICES])
def test_matrices_have_their_numbers_in_both_layouts(case):
    graph = loss_of(case)
    run = graph.backward("L")
    found = {layout: list(local_jacobians(graph, "L", layout)) for layout in LAYOUTS}
    assert len(found["numerator"]) == len(found["denominator"]) > 0
    for layout, shown in found.items():
        for parent, child, matrix, size in shown:
            expected = np.reshape(run.J[parent, child], (child.size, parent.size))
            expected = expected if layout == "numerator" else expected.T
            assert size == expected.shape
            written = graph.node(f"shown_{len(graph)}", parse(matrix, graph.__getitem__))
            value = graph.forward().value[written]
            np.testing.assert_allclose(np.reshape(value, size), expected, rtol=1e-10, atol=1e-14)


def test_a_matrix_is_transposed_in_denominator_layout():
    graph = gd.Graph()
    x, W = graph.input("x", shape=("n",)), graph.parameter("W", shape=("m", "n"))
    z = graph.node("z", W @ x)
    graph.node("L", z @ z)
    numerator = graph.explain("L", "x").text().splitlines()
    denominator = graph.explain("L", "x", layout="denominator").text().splitlines()
    assert "  J[x->z] = dz/dx = W   m×n" in numerator
    assert "  J[x->z] = dz/dx = W.T   n×m" in denominator
    assert "  P[x] = P[z]*J[x->z]   (1×m · m×n = 1×n)" in numerator
    assert "  P[x] = J[x->z]*P[z]   (n×m · m×1 = n×1)" in denominator
    whole = graph.explain("z", "W", layout="denominator").text()
    assert "  P[z] = I  m×m; shown for a cotangent c: P c" in whole
    assert "  P[W] = J[W->z]*P[z]   ((m·n)×m · m×m = (m·n)×m)" in whole


@pytest.mark.parametrize(
    ("layout", "written"), [("numerator", "c' dz/dx"), ("denominator", "dz/dx c")]
)
def test_the_cotangent_stands_where_its_layout_has_it(layout, written):
    graph = gd.Graph()
    x, y = graph.parameter("x", [1.0, 2.0]), graph.parameter("y", [0.0, 1.0, 5.0])
    graph.node("z", gd.outer(x, y)[0] * 2)
    found = graph.explain("z", "x", layout=layout)
    assert f"  {written} = " in found.text()
    assert ("c' P" in found.text()) == (layout == "numerator")
    assert (r"c^{\top}" in found.latex()) == (layout == "numerator")

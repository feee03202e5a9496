"""Every factor of a product that begins with a sign stands in parentheses, in LaTeX and Markdown."""

from __future__ import annotations

import numpy as np
import pytest
from derived_formulas import derived
from hypothesis import given, settings
from latex_checks import bare_signs
from strategies import KINKED, SMOOTH
from strategies import graphs as scalar_graphs
from tensor_cases import CASES, values_for
from tensor_strategies import graphs as tensor_graphs

import graphdiff as gd
from graphdiff.errors import GraphdiffError
from graphdiff.notation import latex


def written(node):
    return latex.authored(node.function, [latex.name(parent.name) for parent in node.parents])


def checked(what, formula):
    assert bare_signs(formula) == [], (what, formula)


def all_checked(graph, output):
    for what, formula in derived(graph, output):
        checked(what, formula.latex)
    for node in graph.nodes:
        if not node.is_leaf:
            checked(node.name, written(node))
    for leaf in graph.leaves:
        try:
            explained = graph.explain(output, leaf, symbolic=True)
        except GraphdiffError:
            continue
        for line in explained.markdown().split("$$")[1::2]:
            checked(f"derivation in {leaf.name}", line)


@pytest.mark.parametrize("sign", [-1, -3, 2], ids=str)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_of_every_function(case, sign):
    """Of arguments with a sign, coefficients and differences, and with a sign of its own."""
    graph = gd.Graph()
    leaves = [graph.parameter("abcd"[k], value) for k, value in enumerate(values_for(case))]
    for made in (lambda a: sign * a, lambda a: -a, lambda a: a - 1, lambda a: sign * (-a)):
        for outer in (lambda f: sign * f, lambda f: -f, lambda f: f * f):
            try:
                node = graph.node(f"f{len(graph)}", outer(case.build(*map(made, leaves))))
            except GraphdiffError:
                continue
            checked(node.formula, written(node))


@settings(max_examples=settings.default.max_examples // 2)
@given(tensor_graphs(most=3))
def test_of_random_tensors(graph):
    output = graph.nodes[-1]
    all_checked(graph, graph.node("total_", (output * output).sum()))


@settings(max_examples=settings.default.max_examples // 4)
@given(scalar_graphs((*SMOOTH, *KINKED), most=3))
def test_of_random_scalars(graph):
    all_checked(graph, graph.nodes[-1])


@pytest.mark.parametrize(
    ("build", "shown"),
    [
        (lambda A, x: gd.outer(x, -x), r"x \left(-x\right)^{\top}"),
        (lambda A, x: gd.outer(x, -2 * x), r"x \left(-2 x^{\top}\right)"),
        (lambda A, x: gd.outer(x, 2 * (-3 * x)), r"x \left(2 \left(-3 x^{\top}\right)\right)"),
        (lambda A, x: 2 * (x @ (-1 * gd.ones(3))), r"2 x^{\top} \left(-1 \mathbf{1}_{3}\right)"),
        (lambda A, x: A @ gd.broadcast_to(-1, 3), r"A \left(-\mathbf{1}_{3}\right)"),
        (lambda A, x: gd.broadcast_to(-2 * x, (3, 3)), r"\mathbf{1}_{3} \left(-2 x^{\top}\right)"),
        (lambda A, x: A @ -x, r"A \left(-x\right)"),
        (lambda A, x: gd.einsum("ij,j->", -A, x),
         r"\sum_{i,j} \left(-A_{ij}\right) x_{j}"),
    ],
)  # fmt: skip
def test_forms(build, shown):
    graph = gd.Graph()
    A, x = graph.parameter("A", np.eye(3)), graph.parameter("x", [1, 2, 3])
    assert written(graph.node("f", build(A, x))) == shown


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        (r"2 y^{\top} -1 \mathbf{1}_{3}", 1), (r"x \cdot -y", 1), (r"\sum_{i} -x_{i}", 1),
        (r"x \left(-y\right) -z", 1), (r"x - y", 0), (r"-x", 0), (r"e^{-x}", 0),
        (r"A^{\odot -2}", 0), (r"\left\|-x\right\|", 0), (r"\begin{bmatrix} -1 & -x \end{bmatrix}", 0),
    ],
)  # fmt: skip
def test_bare_signs_are_found(formula, count):
    assert len(bare_signs(formula)) == count

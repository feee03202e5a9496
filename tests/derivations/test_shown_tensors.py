"""How tensors are shown: formulas in LaTeX, values, tables, plain data and pictures."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.derivations import edge_formulas, tables
from graphdiff.drawing import typeset
from graphdiff.drawing.labels.phrases import value_phrase
from graphdiff.drawing.layout import boxes
from graphdiff.notation import latex, text
from graphdiff.notation.equations import Link

G = gd.Graph()
X, Y = G.input("X", shape=(5, 3)), G.input("y", shape=(5,))
A, B = G.parameter("A", shape=(3, 3)), G.parameter("B", shape=(3, 3))
V, W, W1 = (G.parameter(name, shape=(3,)) for name in ("v", "w", "w_1"))
LOSS, GATE = G.input("loss", shape=(3,)), G.input("i", shape=(3,))
C, LAMBDA = G.input("c"), G.parameter("lambda")
U, Z = G.input("U", shape=("m", "n")), G.input("z", shape=("n",))
T = G.input("T", shape=(2, 3, 4))


def authored(expression) -> str:
    node = G.node(f"f_{len(G)}", expression)
    return latex.authored(node.function, [latex.name(parent.name) for parent in node.parents])


PRODUCTS = [
    (lambda: A @ V, "A v"),
    (lambda: A @ B @ V, "A B v"),
    (lambda: V @ W, r"v^{\top} w"),
    (lambda: V @ A, r"v^{\top} A"),
    (lambda: V @ A @ W, r"v^{\top} A w"),
    (lambda: W @ (V @ A), r"w^{\top} \left(v^{\top} A\right)^{\top}"),
    (lambda: (A + B) @ (V - W), r"\left(A + B\right) \left(v - w\right)"),
    (lambda: X @ A.T + V, r"X A^{\top} + v"),
    (lambda: (A @ B).T, r"\left(A B\right)^{\top}"),
    (lambda: A.T.T, r"\left(A^{\top}\right)^{\top}"),
    (lambda: A @ (-V), r"A \left(-v\right)"),
    (lambda: 3 * A @ V, "3 A v"),
    (lambda: A @ (2 * V), r"A \left(2 v\right)"),
    (lambda: A @ (V * W), r"A \left(v \odot w\right)"),
    (lambda: A @ LOSS, r"A\, \mathrm{loss}"),
    (lambda: gd.outer(V, W + V), r"v \left(w + v\right)^{\top}"),
    (lambda: gd.outer(V, 2 * W), r"v \left(2 w^{\top}\right)"),
    (lambda: gd.trace(A @ B), r"\operatorname{tr}{\left(A B\right)}"),
    (lambda: gd.inv(A).T @ V, r"A^{-\top} v"),
    (lambda: gd.inv(A.T), r"A^{-\top}"),
    (lambda: gd.inv(A + B), r"\left(A + B\right)^{-1}"),
    (lambda: gd.det(A @ B), r"\det{\left(A B\right)}"),
    (lambda: 2 * gd.logdet(A), r"2 \log\det A"),
    (lambda: gd.logdet(A) * C, r"\left(\log\det A\right) \cdot c"),
    (lambda: gd.eye(3) @ V, r"I_{3} v"),
    (lambda: gd.exp(V) @ W, r"\left(\mathrm{e}^{v}\right)^{\top} w"),
    (lambda: gd.tanh(V @ A) @ B, r"\tanh{\left(v^{\top} A\right)} B"),
    (lambda: gd.einsum("ij,jk->ki", A, B), r"\left[\sum_{j} A_{ij} B_{jk}\right]_{ki}"),
    (lambda: gd.einsum("vi,i->v", A, V), r"\left[\sum_{i} A_{ji} v_{i}\right]_{j}"),
    (lambda: gd.einsum("i,i,i->", V, W, V), r"\sum_{i} v_{i} w_{i} v_{i}"),
]
ENTRYWISE = [
    (lambda: V * W, r"v \odot w"),
    (lambda: V * W * V, r"v \odot w \odot v"),
    (lambda: V * (W + 1), r"v \odot \left(w + 1\right)"),
    (lambda: V * (W / V), r"v \odot w \oslash v"),
    (lambda: V / (W * V), r"v \oslash \left(w \odot v\right)"),
    (lambda: V * (-W), r"v \odot \left(-w\right)"),
    (lambda: -(V * W), r"-v \odot w"),
    (lambda: -(V + W), r"-\left(v + w\right)"),
    (lambda: (A @ V) * W, r"A v \odot w"),
    (lambda: V / C, r"\frac{v}{c}"),
    (lambda: 1 / (1 + gd.exp(-V)), r"1 \oslash \left(1 + \mathrm{e}^{-v}\right)"),
    (lambda: V**2, r"v^{\odot 2}"),
    (lambda: (V + W) ** 2 / 2, r"\frac{\left(v + w\right)^{\odot 2}}{2}"),
    (lambda: V**W, r"v^{\odot w}"),
    (lambda: 2**V, "2^{v}"),
    (lambda: (V @ W) ** 2, r"\left(v^{\top} w\right)^{2}"),
    (lambda: C * V, "c v"),
    (lambda: V * C, r"v \cdot c"),
    (lambda: V * 3, r"v \cdot 3"),
    (lambda: C * (V + W), r"c \cdot \left(v + w\right)"),
    (lambda: 2 * (V + W), r"2 \left(v + w\right)"),
    (lambda: C * LOSS, r"c\, \mathrm{loss}"),
    (lambda: (V @ W) * V, r"\left(v^{\top} w\right) v"),
    (lambda: V * (V @ W), r"v \cdot \left(v^{\top} w\right)"),
    (lambda: V.max() * V, r"\left(\max_{i} v_{i}\right) v"),
    (lambda: gd.max(V, 0), r"\max{\left(v, 0\right)}"),
    (lambda: (V > 0) * W, r"\mathbf{1}\left[v > 0\right] \odot w"),
    (lambda: gd.where(V <= W, V, 0) + 1,
     r"\left(\begin{cases} v & \text{if } v \le w \\ 0 & \text{otherwise} \end{cases}\right) + 1"),
    (lambda: gd.where(V, W, 1),
     r"\begin{cases} w & \text{if } v \ne 0 \\ 1 & \text{otherwise} \end{cases}"),
]  # fmt: skip
SUMS = [
    (lambda: V.sum(), r"\sum_{i} v_{i}"),
    (lambda: A.sum(), r"\sum_{i,j} A_{ij}"),
    (lambda: GATE.sum(), r"\sum_{j} i_{j}"),
    (lambda: W1.sum(), r"\sum_{i} \left(w_{1}\right)_{i}"),
    (lambda: A.sum(0), r"\sum_{i} A_{i,:}"),
    (lambda: A.sum(1), r"\sum_{j} A_{:,j}"),
    (lambda: T.sum((0, 2)), r"\sum_{i,k} T_{i,:,k}"),
    (lambda: A.T.sum(1), r"\sum_{j} A_{j,:}"),
    (lambda: (V - W).sum() + C, r"\sum_{i} \left(v_{i} - w_{i}\right) + c"),
    (lambda: C - V.sum(), r"c - \sum_{i} v_{i}"),
    (lambda: ((X @ V - Y) ** 2).mean(),
     r"\frac{1}{5} \sum_{i} \left(\left(X v\right)_{i} - y_{i}\right)^{2}"),
    (lambda: (U @ Z).mean(), r"\frac{1}{m} \sum_{i} \left(U z\right)_{i}"),
    (lambda: U.mean(0), r"\frac{1}{m} \sum_{i} U_{i,:}"),
    (lambda: (U * Z).sum(), r"\sum_{i,j} U_{ij} z_{j}"),
    (lambda: (U - Z).sum(0), r"\sum_{i} \left(U_{i,:} - z\right)"),
    (lambda: LAMBDA / 2 * (V**2).sum(), r"\frac{\lambda}{2} \sum_{i} v_{i}^{2}"),
    (lambda: V.sum() * C, r"\left(\sum_{i} v_{i}\right) \cdot c"),
    (lambda: (A.sum(0) * V).sum(), r"\sum_{j} \left(\sum_{i} A_{ij}\right) v_{j}"),
    (lambda: (A.sum(1) * V).sum(), r"\sum_{i} \left(\sum_{j} A_{ij}\right) v_{i}"),
    (lambda: (A * A.mean(1, keepdims=True)).sum(),
     r"\sum_{i,k} A_{ik} \frac{1}{3} \sum_{j} A_{ij}"),
    (lambda: ((V - V.mean(keepdims=True)) ** 2).sum(),
     r"\sum_{j} \left(v_{j} - \frac{1}{3} \sum_{i} v_{i}\right)^{2}"),
    (lambda: (A - A.max(0)).sum(0), r"\sum_{j} \left(A_{j,:} - \max_{i} A_{i,:}\right)"),
    (lambda: (-V).sum(), r"\sum_{i} \left(-v_{i}\right)"),
    (lambda: (gd.outer(V, W) * A).sum(), r"\sum_{i,j} v_{i} w_{j} A_{ij}"),
    (lambda: (gd.eye(3) * A).sum(), r"\sum_{i,j} \delta_{ij} A_{ij}"),
    (lambda: gd.log(gd.exp(-Y * (X @ V)) + 1).sum(),
     r"\sum_{i} \log{\left(\mathrm{e}^{-y_{i} \left(X v\right)_{i}} + 1\right)}"),
    (lambda: V.min(), r"\min_{i} v_{i}"),
    (lambda: A.max(1), r"\max_{j} A_{:,j}"),
    (lambda: gd.norm(V - W) ** 2, r"\left\|v - w\right\|^{2}"),
    (lambda: gd.norm(A), r"\left\|A\right\|_{F}"),
    (lambda: gd.norm(A, axis=0), r"\left\|A\right\|_{\mathrm{axis}=0}"),
]  # fmt: skip
STRUCTURE = [
    (lambda: V[0], "v_{[0]}"),
    (lambda: (A @ V)[1:], r"\left(A v\right)_{[1:]}"),
    (lambda: A[0, :], r"A_{[0,\,:]}"),
    (lambda: W1[-1], r"\left(w_{1}\right)_{[-1]}"),
    (lambda: V[[0, 1] * 30], r"v_{[\ldots]}"),
    (lambda: gd.stack(C, LAMBDA), r"\begin{bmatrix} c \\ \lambda \end{bmatrix}"),
    (lambda: gd.stack(V, W), r"\begin{bmatrix} v^{\top} \\ w^{\top} \end{bmatrix}"),
    (lambda: gd.stack(V, W, axis=1), r"\begin{bmatrix} v & w \end{bmatrix}"),
    (lambda: gd.concatenate(V, W), r"\begin{bmatrix} v \\ w \end{bmatrix}"),
    (lambda: gd.concatenate(A, B, axis=1), r"\begin{bmatrix} A & B \end{bmatrix}"),
    (lambda: gd.stack(*[C] * 9),
     r"\begin{bmatrix} c \\ c \\ c \\ c \\ \vdots \\ c \end{bmatrix}"),
    (lambda: V + np.array([1, 5, -2]), r"v + \begin{bmatrix} 1 \\ 5 \\ -2 \end{bmatrix}"),
    (lambda: [[1, 2, 3], [4, 5, 6]] @ V,
     r"\begin{bmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{bmatrix} v"),
    (lambda: gd.broadcast_to(C, (3,)), r"c\, \mathbf{1}_{3}"),
    (lambda: gd.ones(3, 4), r"\mathbf{1}_{3 \times 4}"),
    (lambda: gd.zeros("n"), r"\mathbf{0}_{n}"),
    (lambda: gd.broadcast_to(V, (4, 3)), r"\mathbf{1}_{4} v^{\top}"),
    (lambda: gd.reshape(A, -1), r"\operatorname{reshape}_{9}{\left(A\right)}"),
    (lambda: T.transpose(1, 0, 2), r"\operatorname{transpose}_{(1,0,2)}{\left(T\right)}"),
    (lambda: gd.softmax(A @ V), r"\operatorname{softmax}{\left(A v\right)}"),
    (lambda: gd.softmax(A, axis=0), r"\operatorname{softmax}_{\mathrm{axis}=0}{\left(A\right)}"),
    (lambda: gd.layer_norm(V), r"\mathrm{layer\ norm}{\left(v\right)}"),
]  # fmt: skip
WRITTEN = [*PRODUCTS, *ENTRYWISE, *SUMS, *STRUCTURE]


@pytest.mark.parametrize(("build", "tex"), WRITTEN, ids=[tex for _, tex in WRITTEN])
def test_formulas_in_latex(build, tex):
    found = authored(build())
    assert found == tex
    assert typeset.typesettable(found)


@pytest.mark.parametrize(
    ("function", "tex"),
    [
        (gd.tanh, r"\tanh'"), (gd.sigmoid, r"\sigma'"), (gd.relu, r"\operatorname{relu}'"),
        (gd.softplus, r"\operatorname{softplus}'"), (gd.log2, r"{\log_{2}}'"),
    ],
)  # fmt: skip
def test_derivatives_of_maps_have_primes(function, tex):
    node = G.node(f"f_{len(G)}", function(V))
    assert node.function is not None
    pulled = latex.authored(node.function.pullback(0), ["v", r"\delta"])
    assert pulled == rf"\delta \odot {tex}{{\left(v\right)}}"


def _formulas() -> list[str]:
    """Return the LaTeX of every case and of all that it is pulled back by."""
    found = [authored(build()) for build, _ in WRITTEN]
    for case in CASES:
        node = graph_of(case, values_for(case))["f"]
        assert node.function is not None
        names = [latex.name(parent.name) for parent in node.parents]
        found.append(latex.authored(node.function, names))
        for slot in range(len(names)):
            found.append(latex.authored(node.function.pullback(slot), [*names, r"\bar{c}"]))
    return found


@pytest.mark.slow
def test_the_pictures_typeset_every_formula():
    short = [formula for formula in _formulas() if len(formula) < 200]
    assert len(short) > 150
    for formula in short:
        assert typeset.typesettable(formula), formula
        assert typeset.formula(formula, "", 10).height < 80, formula  # no bracket runs away


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
def test_pdflatex_typesets_every_formula(tmp_path):
    shown = [*_formulas(), latex.value(np.eye(3), (3, 3)), latex.value(np.ones((9, 9)), (9, 9)),
             latex.value(np.eye(9), (9, 9)), latex.value(np.ones((3, 2)), (2,))]  # fmt: skip
    (tmp_path / "all.tex").write_text(
        r"\documentclass{article}\usepackage{amsmath, amssymb, graphicx}\begin{document}"
        + "\n\n".join(f"${formula}$" for formula in shown)
        + r"\end{document}",
        encoding="ascii",
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:]


def test_a_name_with_an_exponent_is_held_in_parentheses():
    node = G.node(f"f_{len(G)}", A.T @ V)
    assert node.function is not None
    assert latex.authored(node.function, ["W^{(2)}", "v"]) == r"\left(W^{(2)}\right)^{\top} v"


def test_a_long_sum_is_not_walked_for_its_entries():
    total = V
    for _ in range(3000):
        total = total + W
    assert authored(total.sum()).startswith(r"\sum_{i} \left(v + w + w")


def test_only_arrays_of_numbers_are_written_as_lists():
    assert G.node(f"f_{len(G)}", V * [1, Fraction(-1, 2), 1e-9]).formula == "v*[1, -1/2, 1e-09]"
    assert G.node(f"f_{len(G)}", gd.stack(-C, 2 * C)).formula == "[-c, 2*c]"


# Values

EXACT = np.array([[sp.Rational(1, 2), sp.sqrt(2)], [sp.Integer(3), sp.Rational(-2, 3)]])


@pytest.mark.parametrize(
    ("value", "shape", "plain", "tex"),
    [
        (2.5, (), "2.5", "2.5"),
        (np.array([1, 2.5, 3]), (3,), "[1, 2.5, 3]",
         r"\begin{bmatrix} 1 \\ 2.5 \\ 3 \end{bmatrix}"),
        (np.array([[1, 2], [3, 4.0]]), (2, 2), "[[1, 2], [3, 4]]",
         r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"),
        (EXACT, (2, 2), "[[1/2, sqrt(2)], [3, -2/3]]",
         r"\begin{bmatrix} 1/2 & \sqrt{2} \\ 3 & -2/3 \end{bmatrix}"),
        (np.arange(5.0), (), "[0, 1, 2, …]", r"[0,\, 1,\, 2, \ldots]"),
        (np.ones((3, 2)), (2,), "3 samples of (2,)", r"3 \text{ samples in } \mathbb{R}^{2}"),
        (np.ones((1, 2, 2)), (2, 2), "1 sample of (2, 2)",
         r"1 \text{ sample in } \mathbb{R}^{2 \times 2}"),
        (np.arange(12.0).reshape(2, 6) - 3, (2, 6), "[[-3, -2, -1, 0, 1, 2], [3, 4, 5, 6, 7, 8]]",
         r"\begin{bmatrix} -3 & -2 & -1 & 0 & 1 & 2 \\ 3 & 4 & 5 & 6 & 7 & 8 \end{bmatrix}"),
        (np.array([3.0, 4, 0, 0, 0, 0, -12]), (7,), "(7,) min -12, max 4, norm 13",
         r"7,\; \text{min } {-12}\text{, max } {4}\text{, norm } {13}"),
        (np.zeros((64, 10)), (64, 10), "(64, 10) all 0", r"64 \times 10,\; \text{all } {0}"),
        (np.zeros((2, 1, 1)), (2, 1, 1), "(2, 1, 1) all 0",
         r"2 \times 1 \times 1,\; \text{all } {0}"),
    ],
)  # fmt: skip
def test_values(value, shape, plain, tex):
    assert text.value(value, shape) == plain
    assert latex.value(value, shape) == tex
    assert typeset.typesettable(tex)


def test_norms_neither_overflow_nor_vanish():
    assert text.summary(np.array([3e200, 4e200])) == "min 3e+200, max 4e+200, norm 5e+200"
    assert text.summary(np.array([3e-200, -4e-200])) == "min -4e-200, max 3e-200, norm 5e-200"
    assert text.summary(np.array([-0.0, 1.0])).startswith("min 0,")


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (np.array([1.0, 2.5]), False),
        (np.array([1.0, 1 / 3]), True),
        (np.array([[1e-9, 2.0]]), False),
        (EXACT, False),
        (np.arange(100.0), True),
        (np.full(100, 0.5), False),
        (np.full(100, 1 / 3), True),
    ],
)
def test_rounded_arrays_say_so(value, rounded):
    assert text.is_rounded(value, text.value(value, value.shape)) is rounded


def test_samples_are_not_called_rounded():
    assert not text.is_rounded(np.full((3, 2), 1 / 3), text.value(np.ones((3, 2)), (2,)))


def test_a_value_without_room_is_summarised():
    phrase = value_phrase(np.eye(3) / 3, 4, shape=(3, 3))
    assert phrase.plain.startswith("[[0.3333,")
    assert phrase.shorter is not None
    assert phrase.shorter.plain == "min 0, max 0.3333, norm 0.5774"
    assert value_phrase(np.eye(5), 4, shape=(5, 5)).plain == "min 0, max 1, norm 2.236"


# Tables and plain data


def layer() -> gd.Graph:
    graph = gd.Graph("layer")
    x, t = graph.input("x", [1, 2]), graph.input("t", [0, 1])
    W, b = graph.parameter("W", [[1, -1], [0, 2]]), graph.parameter("b", [1, -4])
    a = graph.node("a", gd.relu(graph.node("z", W @ x + b)))
    graph.node("L", gd.squared_error(a, t))
    return graph


def test_tables_have_shapes_and_P_in_them():
    values, jacobians = tables.tables(layer().backward())
    assert values.columns == (
        "u^i", "node", "kind", "shape", "formula", "value", "P = dL/du^i, in the shape of u^i",
    )  # fmt: skip
    rows = {row[1]: row[3:] for row in values.rows}
    assert rows["W"] == ("(2, 2)", "", "[[1, -1], [0, 2]]", "[[0, 0], [0, 0]]")
    assert rows["t"] == ("(2,)", "", "[0, 1]", "[0, 2]")
    assert rows["L"] == ("", "squared_error(a, t)", "1", "1")
    assert jacobians.columns == ("edge", "J", "d^i × d^j", "formula", "value")
    edges = {row[1]: row[2:] for row in jacobians.rows}
    assert edges["J[x->z]"] == ("2 × 2", "W", "[[1, -1], [0, 2]]")
    assert edges["J[W->z]"] == ("2 × 4", "", "[[1, 2, 0, 0], [0, 0, 1, 2]]")
    assert edges["J[a->L]"] == ("1 × 2", "2*(a - t)", "[[0, -2]]")


def test_P_of_a_vector_is_a_matrix():
    graph = layer()
    values, jacobians = tables.tables(graph.backward("z"))
    assert values.columns[-1] == "P = dz/du^i, of 2 rows"
    P = {row[1]: row[-1] for row in values.rows}
    assert P["W"] == "[[1, 2, 0, 0], [0, 0, 1, 2]]"
    assert P["a"] == "0 (not connected)"
    assert {row[1]: row[-1] for row in jacobians.rows}["J[z->a]"] == ""


def test_tables_of_scalars_have_no_shapes():
    graph = gd.Graph()
    graph.node("L", graph.input("x", 3) ** 2)
    values, jacobians = tables.tables(graph.backward())
    assert values.columns == ("u^i", "node", "kind", "formula", "value", "P = dL/du^i")
    assert jacobians.columns == ("edge", "J", "formula", "value")
    assert "shape" not in tables.data(graph.backward())["nodes"][0]


def test_plain_data_nests_lists():
    found = json.loads(json.dumps(tables.data(layer().backward(exact=True))))
    nodes = {node["name"]: node for node in found["nodes"]}
    assert nodes["W"]["shape"] == [2, 2]
    assert nodes["W"]["value"] == [["1", "-1"], ["0", "2"]]
    assert nodes["W"]["P"] == [["0", "0", "0", "0"]]
    assert nodes["W"]["gradient"] == [["0", "0"], ["0", "0"]]
    assert nodes["L"]["shape"] == []
    floats = tables.data(layer().backward())
    (edge,) = [e for e in floats["edges"] if (e["parent"], e["child"]) == ("a", "L")]
    assert (edge["dimensions"], edge["J"]) == ([1, 2], [[0.0, -2.0]])


def test_large_jacobians_are_left_out_of_plain_data(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ENTRIES", 7)
    edges = {(e["parent"], e["child"]): e for e in tables.data(layer().backward())["edges"]}
    assert edges["W", "z"]["J"] is None
    assert edges["W", "z"]["dimensions"] == [2, 4]
    assert edges["x", "z"]["J"] == [[1.0, -1.0], [0.0, 2.0]]


# Local Jacobians


def test_local_jacobians_as_formulas():
    graph = layer()
    found = {(e.parent.name, e.child.name): edge_formulas.formula(e) for e in graph.edges}
    assert found["x", "z"] == Link("W", "W")
    assert found["W", "z"] is None
    assert found["b", "z"] == Link("eye(2)", "I_{2}")
    assert found["a", "L"] is not None
    assert found["a", "L"].latex == r"2 \left(a - t\right)^{\top}"  # a row


@pytest.mark.parametrize(
    ("build", "plain"),
    [
        (lambda a: gd.tanh(a), "diag(1 - tanh(a)**2)"),
        (lambda a: a**3 + a, "diag(3*a**2 + 1)"),
        (lambda a: a + 1, "eye(6)"),
        (lambda a: 1 - a, "-eye(6)"),
        (lambda a: a / 4, "1/4*eye(6)"),
    ],
)
def test_a_map_of_a_matrix_has_a_diagonal(build, plain):
    graph = gd.Graph()
    a = graph.input("a", np.arange(1, 7).reshape(2, 3))
    node = graph.node("f", build(a))
    found = edge_formulas.formula(graph.edges[0], own_value=False)
    assert found is not None
    assert found.text == plain
    assert typeset.typesettable(found.latex)
    x = sp.Symbol("a", real=True)
    partial = sp.sympify(plain.removeprefix("diag").replace("eye(6)", "1"), {"a": x})
    expected = np.diag([float(partial.subs(x, entry)) for entry in range(1, 7)])
    np.testing.assert_allclose(graph.backward(node).J["a", "f"], expected)


def test_what_is_broadcast_has_no_diagonal():
    graph = gd.Graph()
    a, b = graph.input("a", np.ones((2, 3))), graph.input("b", [1, 2, 3])
    graph.node("f", gd.tanh(a * b))
    assert [edge_formulas.formula(edge) for edge in graph.edges] == [None, None]


# Pictures


def phrases(graph: gd.Graph, run=None, **options) -> dict[str, list[str]]:
    found = graph.draw(run, **options).description
    said = {node.name: [phrase.plain for phrase in node.phrases] for node in found.nodes}
    return said | {f"{e.parent}->{e.child}": [p.plain for p in e.phrases] for e in found.edges}


def test_pictures_say_shapes_and_matrices():
    graph = layer()
    said = phrases(graph, graph.backward())
    assert said["W"] == [
        "u^3 ∈ ℝ^(2 × 2)", "W = [[1, -1], [0, 2]]", "P^3 = [[0, 0], [0, 0]]",
    ]  # fmt: skip
    assert said["z"] == ["u^5 ∈ ℝ^2", "z = W @ x + b", "= [0, 0]", "P^5 = [0, 0]"]
    assert said["W->z"] == ["P^3 = outer(P[z], x)"]
    assert said["x->z"] == []  # of data, of which no P is shown
    assert said["L"][0] == "u^7"


def test_pictures_of_large_matrices_say_how_large():
    graph = gd.Graph()
    X, w = graph.input("X", np.arange(50.0).reshape(10, 5)), graph.parameter("w", np.ones(5))
    graph.node("z", X @ w)
    said = phrases(graph, graph.backward(), show="all")
    assert said["X"] == [
        "u^1 ∈ ℝ^(10 × 5)", "X: min 0, max 49, norm 201.1",
        "P^1 ∈ ℝ^(10 × 50): min 0, max 1, norm 7.071",
    ]  # fmt: skip
    assert said["X->z"] == ["delta_z ↦ outer(delta_z, w)"]
    assert said["w->z"] == ["delta_z ↦ X.T @ delta_z"]
    assert "X: min 0, max 49" in graph.draw(graph.backward()).dot


def test_pictures_of_sizes_that_are_letters():
    graph = gd.Graph()
    X, w = graph.input("X", shape=("m", "n")), graph.parameter("w", shape=("n",))
    graph.node("z", X @ w)
    said = phrases(graph, show="all")
    assert said["X"] == ["u^1 ∈ ℝ^(m × n)", "X"]
    assert said["X->z"] == ["delta_z ↦ outer(delta_z, w)"]
    assert graph.draw().svg.count("data-node=") == 3


def test_shapes_are_said_without_indices_too():
    said = phrases(layer(), show=["name", "formula"])
    assert said["z"] == ["∈ ℝ^2", "z = W @ x + b"]
    assert phrases(layer(), show=["value"])["z"] == []


def test_the_alternative_text_tells_of_shapes():
    graph = layer()
    alt = graph.draw(graph.backward()).alt
    assert "u^3, parameter: W ∈ ℝ^(2 × 2) = [[1, -1], [0, 2]]; P^3 = [[0, 0], [0, 0]]" in alt


def test_an_edge_without_a_formula_is_not_listed_as_too_long():
    graph = layer()
    measured = boxes.measure(graph.draw(graph.backward(), show="all").description)
    assert [equation.left.plain for equation in measured.listed] == []
    assert all(edge.lines for edge in measured.edges)


def test_the_page_has_a_column_of_shapes():
    from graphdiff.drawing import page

    graph = layer()
    run = graph.backward()
    found = page(graph, run, [graph.explain("L", "W", run=run)], graph.draw(run))
    assert '<th scope="col">Shape</th>' in found
    assert 'aria-label="(2, 2)"' in found
    assert 'aria-label="[[1, -1], [0, 2]]"' in found

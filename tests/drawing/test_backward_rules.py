"""Edges between tensors say what comes back along them, and it is what the sweep computes."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from tensor_cases import CASES, Case, graph_of, values_for

import graphdiff as gd
from graphdiff.derivations import edge_formulas, symbols, windows_back
from graphdiff.drawing.labels.backward_rules import output_of
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.notation.notation import as_notation


def layer(**choices):
    """A layer of sigmoids and its loss, drawn."""
    g = gd.Graph("a layer")
    X = g.input("X", np.arange(12.0).reshape(4, 3) / 10)
    W = g.parameter("W", np.arange(6.0).reshape(2, 3) / 10)
    b = g.parameter("b", [0.1, -0.2])
    Z = g.node("Z", X @ W.T + b)
    A = g.node("A", gd.sigmoid(Z))
    g.node("L", (A**2).sum())
    return g, g.draw(g.backward(), **choices)


def said(picture):
    """What stands on each edge, as LaTeX."""
    return {
        (edge.parent, edge.child): " ".join(phrase.latex for phrase in edge.phrases)
        for edge in picture.description.edges
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rules_are_what_the_sweep_computes(case: Case):
    """Each rule, with the numbers of the run put in, is the term Pⁱ Jʲ→ⁱ of its edge."""
    graph = graph_of(case, values_for(case))
    inner = graph.nodes[-1]
    weights = np.cos(1.0 + np.arange(inner.size)).reshape(inner.shape)
    graph.node("loss_of_the_case", (inner * weights).sum())
    run = graph.backward()
    tried = 0
    for edge in graph.edges:
        if edge.parent.facts.constant or not edge_formulas.is_of_tensors(edge):
            continue
        rule = edge_formulas.backward_rule(edge, output_of(edge, run))
        if rule is None:  # of tables of indices, which nobody reads on an edge
            assert case.name == "conv1d-layer"
            continue
        assert not windows_back.has_tables(rule.expression)
        letter = symbols.P(edge.child, graph[run.output]).text
        values = {**run.value, letter: run.gradient[edge.child.name]}
        found = rule.numbers(values, FLOAT64)
        term = np.reshape(run.term(edge).product, edge.parent.shape)
        close(np.broadcast_to(found, edge.parent.shape), term, 1e-8)
        tried += 1
    assert tried


def test_a_layer_goes_back_as_in_a_lecture():
    _, picture = layer()
    assert said(picture) == {
        ("X", "Z"): "",
        ("W", "Z"): r"P^{(2)} = \left(P^{(4)}\right)^{\top} X",
        ("b", "Z"): r"P^{(3)} = \sum_{i} \left(P^{(4)}\right)_{i,:}",
        ("Z", "A"): r"P^{(4)} = A \odot \left(1 - A\right) \odot P^{(5)}",
        ("A", "L"): "P^{(5)} = 2 A",
    }


@pytest.mark.parametrize(
    ("notation", "rule"),
    [
        ("bar", r"\bar{W} = \bar{Z}^{\top} X"),
        ("d", r"\mathrm{d}W = \mathrm{d}Z^{\top} X"),
        ("delta", r"\partial L / \partial W = \left(\delta^{(1)}\right)^{\top} X"),
        (as_notation("P"), r"P^{2} = \left(P^{4}\right)^{\top} X"),
    ],
)
def test_rules_are_in_the_notation(notation, rule):
    assert said(layer(notation=notation)[1])["W", "Z"] == rule


def test_no_rule_has_a_derivative_that_reads_as_a_product():
    assert said(layer(notation="partial")[1])["W", "Z"] == (
        r"\partial L / \partial W = \left(\frac{\partial L}{\partial Z}\right)^{\top} X"
    )
    assert said(layer(notation="nabla")[1])["W", "Z"] == (
        r"\nabla_{W} L = \left(\nabla_{Z} L\right)^{\top} X"
    )


def test_what_comes_back_along_several_edges_is_added():
    g = gd.Graph()
    x = g.parameter("x", [1.0, 2.0])
    a, b = g.node("a", gd.tanh(x)), g.node("b", 3 * x)
    g.node("L", gd.dot(a, b))
    found = said(g.draw(g.backward()))
    assert found["x", "b"] == r"P^{(1)} \mathrel{+}= 3 P^{(3)}"
    assert found["x", "a"].startswith(r"P^{(1)} \mathrel{+}=")
    assert found["a", "L"] == "P^{(2)} = b"


def test_an_output_of_several_entries_has_rules_for_its_rows():
    g = gd.Graph()
    W = g.parameter("W", np.eye(2))
    h = g.node("h", W @ g.input("x", [1.0, 2.0]))
    g.node("y", gd.sigmoid(h))
    picture = g.draw(g.backward())
    assert said(picture)["W", "h"] == r"\delta_{h} \mapsto \delta_{h} x^{\top}"
    meant = [entry.meaning for entry in picture.description.legend]
    assert "a row for each entry of y" in meant
    assert "what a row of P becomes, in the shape of the node" in meant


def test_the_matrix_is_there_on_request():
    _, picture = layer(show=["jacobian", "jacobian_matrix", "index"])
    assert said(picture)["Z", "A"].startswith(r"J^{4\to 5} = \operatorname{diag}")


def test_data_has_no_P_unless_asked_for():
    g, picture = layer()

    def with_P(picture):
        return [n.name for n in picture.description.nodes if any(p.role == "P" for p in n.phrases)]

    assert with_P(picture) == ["W", "b", "Z", "A", "L"]
    assert with_P(g.draw(g.backward(), show=["P"])) == list("XWbZAL")
    assert with_P(g.draw(g.backward(wrt=["X"]))) == ["X", "Z", "A", "L"]
    assert said(g.draw(g.backward(wrt=["X"])))["X", "Z"] == "P^{(1)} = P^{(4)} W"
    assert with_P(g.draw(g.backward(), show={"X": ["name", "P"]})) == list("XWbZAL")
    assert with_P(g.draw(g.backward(), show={"inputs": ["P"]})) == list("XWbZAL")
    assert "P^1" not in picture.alt
    assert with_P(g.draw(g.backward(), paths="X")) == list("XWbZAL")


def test_without_parameters_every_input_is_a_variable():
    g = gd.Graph()
    x, y = g.input("x", 2.0), g.input("y", 3.0)
    g.node("z", x * y)
    assert said(g.draw(g.backward())) == {
        ("x", "z"): r"J^{1\to 3} = y = 3",
        ("y", "z"): r"J^{2\to 3} = x = 2",
    }


def test_what_is_computed_from_data_alone_is_data():
    g = gd.Graph()
    x, w = g.input("x", 2.0), g.parameter("w", 3.0)
    scaled = g.node("s", x / 4)
    g.node("L", (scaled * w) ** 2)
    found = said(g.draw(g.backward()))
    assert found["x", "s"] == found["s", "L"] == ""
    assert found["w", "L"].startswith(r"J^{2\to 4}")


def test_numbers_above_names_do_not_read_as_powers():
    g = gd.Graph()
    z = g.node("z__3", g.input("x", 2.0) * g.parameter("w__2", 3.0))
    g.node("L", z**2)
    for style in ("P", "partial", "bar", "delta", "nabla", "d"):
        told = g.draw(g.backward(), notation=style).description
        written = [p.latex for one in (*told.nodes, *told.edges) for p in one.phrases]
        assert any("z^{(3)}" in latex for latex in written)
        for latex in written:
            assert "^{3}" not in latex
            assert "^{2}" not in latex or "z^{(3)}" in latex


def test_the_legend_says_just_what_is_shown():
    g, picture = layer()
    entries = {entry.sample.latex for entry in picture.description.legend
               if hasattr(entry.sample, "latex")}  # fmt: skip
    assert not any(latex.startswith("J") for latex in entries)
    bare = g.draw(g.backward(), show=["name", "legend", "jacobian"]).description
    assert not [e for e in bare.legend if getattr(e.sample, "role", "") in ("P", "index")]


@pytest.mark.parametrize("style", ["partial", "delta"])
def test_what_speaks_for_itself_is_not_in_the_legend(style):
    """∂L/∂w needs no legend; δ does, where there is one."""
    g = gd.Graph()
    x, w = g.input("x", 2.0), g.parameter("w", 0.5)
    g.node("L", (gd.sigmoid(w * x) - 1) ** 2)
    plain = g.draw(g.backward(), notation=style).description.legend
    assert not any(getattr(entry.sample, "role", "") == "P" for entry in plain)
    deltas = layer(notation="delta")[1].description.legend
    assert [entry.meaning for entry in deltas if getattr(entry.sample, "role", "") == "P"] == [
        "of the weighted sums u of layer l"
    ]


POOLS = [
    (gd.max_pool1d, (2, 7), {}, r"\operatorname{unpool}_{2}{\left(P^{(2)}, X\right)}"),
    (gd.max_pool1d, (6,), {"stride": 1}, r"\operatorname{unpool}_{\mathrm{size}=2,\,\mathrm{stride}=1}"),
    (gd.max_pool2d, (1, 3, 5, 4), {}, r"\operatorname{unpool}_{2}{\left(P^{(2)}, X\right)}"),
    (gd.avg_pool1d, (2, 7), {}, r"\frac{\operatorname{upsample}_{2}{\left(P^{(2)}\right)}}{2}"),
    (gd.avg_pool2d, (1, 3, 4, 4), {}, r"\frac{\operatorname{upsample}_{2}{\left(P^{(2)}\right)}}{4}"),
]  # fmt: skip


@pytest.mark.parametrize(("pool", "shape", "options", "rule"), POOLS)
@pytest.mark.parametrize("whole", [False, True], ids=["a node", "summed in the node"])
def test_pooling_goes_back_by_a_name_that_the_legend_explains(pool, shape, options, rule, whole):
    g = gd.Graph()
    X = g.parameter("X", np.random.default_rng(1).normal(size=shape))
    Y = g.node("Y", pool(X, 2, **options).sum() if whole else pool(X, 2, **options))
    g.node("L", Y**2 if whole else (Y**2).sum())
    run = g.backward()
    picture = g.draw(run)
    on_edge, name = said(picture)["X", "Y"], rule.partition("{")[2].partition("}")[0]
    if not whole:
        assert rule in on_edge
    assert name in on_edge or r"\mathbf{1}" in on_edge
    meanings = [entry.meaning for entry in picture.description.legend]
    assert any("window" in meaning for meaning in meanings) == (name in on_edge)
    (edge,) = (edge for edge in g.edges if edge.child is Y)
    made = edge_formulas.backward_rule(edge, g["L"])
    letter = symbols.P(Y, g["L"]).text
    found = made.numbers({**run.value, letter: run.gradient["Y"]}, FLOAT64)
    close(found, run.gradient["X"], 1e-12)


def test_what_only_tables_of_indices_say_is_not_said_on_an_edge():
    g = gd.Graph()
    x = g.parameter("x", np.arange(9.0))
    g.node("L", (g.node("y", x[np.arange(8).reshape(4, 2)]) ** 2).sum())
    assert said(g.draw(g.backward()))["x", "y"] == r"J^{1\to 2} \in \mathbb{R}^{8 \times 9}"

"""Collapsed groups and alike nodes: what their cards say, and how many edges an arrow is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from drawing_graphs import regression
from grouped_graphs import grouped_regression, layers, neurons, scattered, swept

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.errors import DrawingError, UnknownNameError
from graphdiff.recognition.alike_nodes import parts_of
from graphdiff.workbench import Graph

GOLDEN = Path(__file__).parent / "golden"


def cards(picture):
    return {node.name: node for node in picture.description.nodes}


def said(node):
    return [phrase.plain for phrase in node.phrases]


def arrows(picture):
    return {(e.parent, e.child): e.count for e in picture.description.edges}


# Groups


def test_a_group_is_one_card():
    graph = grouped_regression()
    picture = draw(graph, graph.backward(), collapse="linear model")
    card = cards(picture)["linear model"]
    assert card.card == "group"
    assert said(card) == [
        "linear model",
        "ℝ → ℝ",
        "yhat = 6",
        "P^6 = 8",
        "2 parameters, 2 computed nodes",
    ]
    assert [c.title for c in picture.description.clusters] == ["loss"]
    assert arrows(picture) == {
        ("x", "linear model"): 1,
        ("linear model", "e"): 1,
        ("y", "e"): 1,
        ("e", "L"): 1,
    }
    jacobians = {
        (e.parent, e.child): [p.plain for p in e.phrases] for e in picture.description.edges
    }
    assert jacobians["x", "linear model"] == []
    assert jacobians["e", "L"] == ["J^(7→8) = 2*e", "= 8"]
    assert "linear model, a group of 4 nodes" in picture.alt
    assert "8 nodes on 5 cards, 4 edges between them as 4 arrows" in picture.alt
    assert ("group", "a group of nodes") in [
        (e.sample, e.meaning) for e in picture.description.legend
    ]


def test_without_values_a_group_has_its_formula():
    graph = Graph("g")
    x, w = graph.input("x"), graph.parameter("w")
    z = graph.node("z", w * x)
    a = graph.node("a", z + 1)
    graph.node("L", a**2)
    graph.group("neuron", [w, z, a])
    assert said(cards(draw(graph, collapse="all"))["neuron"])[2] == "a = z + 1"


def test_all_groups_of_a_network():
    graph = layers()
    picture = draw(graph, swept(graph), collapse="all")
    assert list(cards(picture)) == ["x", "layer 1", "layer 2", "y", "loss"]
    assert said(cards(picture)["layer 1"])[:2] == ["layer 1", "ℝ^2 → ℝ^3"]
    assert said(cards(picture)["layer 1"])[2].startswith("a__1 ≈ [")
    root = ET.fromstring(picture.svg)
    assert [e.get("data-of") for e in root.iter() if e.get("data-card") == "group"] == [
        "layer 1", "layer 2", "loss",
    ]  # fmt: skip
    assert [e.get("data-index") for e in root.iter() if e.get("data-node")] == ["1", "9"]


def test_edges_between_cards_are_counted():
    graph = neurons()
    picture = draw(graph, collapse=["layer 1", "layer 2"])
    assert arrows(picture) == {
        ("x_1", "layer 1"): 3,
        ("x_2", "layer 1"): 3,
        ("layer 1", "layer 2"): 3,
        ("layer 2", "E"): 1,
        ("y_1", "E"): 1,
    }
    (edge,) = [e for e in picture.description.edges if e.child == "layer 2"]
    assert [p.plain for p in edge.phrases] == ["×3"]
    assert ("×n", "n edges") in [
        (getattr(e.sample, "plain", ""), e.meaning) for e in picture.description.legend
    ]


def test_a_cycle_of_cards_is_drawn():
    graph = scattered()
    picture = draw(graph, graph.backward("d"), collapse="ends")
    assert arrows(picture)["ends", "b"] == 2
    assert arrows(picture)["c", "ends"] == 1
    ET.fromstring(picture.svg)


def test_a_group_the_output_does_not_depend_on():
    graph = Graph("g", output="L")
    x, b = graph.input("x", 1), graph.parameter("b", 2)
    graph.node("L", x * 2)
    graph.node("q", b * 2)
    graph.group("left out", ["b", "q"])
    card = cards(draw(graph, graph.backward(), collapse="all"))["left out"]
    assert card.cut_off
    assert said(card)[-1] == "not connected"


def test_unknown_groups():
    with pytest.raises(UnknownNameError, match="unknown group 'layr 1'; did you mean 'layer 1'"):
        draw(layers(), collapse="layr 1")
    with pytest.raises(DrawingError, match="has no groups to collapse"):
        draw(regression(), collapse="all")


def test_a_group_may_be_called_all_or_alike():
    graph = regression()
    graph.group("alike", ["u", "yhat"])
    graph.group("all", ["e", "L"])
    assert [n.name for n in draw(graph, collapse="alike").description.nodes] == [
        "x", "y", "w", "b", "alike", "e", "L",
    ]  # fmt: skip
    assert len(draw(graph, collapse=["all", "alike"]).description.nodes) == 6


# Alike nodes


def test_alike_neurons_read_as_the_layer():
    one, other = neurons(), layers()
    picture = draw(one, swept(one), collapse="alike")
    found = cards(picture)
    assert list(found) == [
        "x_j", "w_j_k__1", "b_j__1", "z_j__1", "a_j__1", "w_1_k__2", "b_1__2", "z_1__2", "y_1", "E",
    ]  # fmt: skip
    assert len(found) == len(other)
    assert said(found["w_j_k__1"])[0] == "3 × 2 nodes"
    assert said(found["z_j__1"])[1] == "z_j__1 = sum_k=1..2 w_j_k__1*x_k + b_j__1"
    assert said(found["z_1__2"])[1] == "z_1__2 = sum_k=1..3 w_1_k__2*a_k__1 + b_1__2"
    assert [c.title for c in picture.description.clusters] == ["layer 1", "layer 2", "loss"]
    assert arrows(picture)["w_j_k__1", "z_j__1"] == arrows(picture)["x_j", "z_j__1"] == 6
    for whole in draw(other, swept(other)).description.nodes:
        if whole.name in ("W__1", "b__1", "z__1", "a__1", "x"):
            letters = {"W__1": "w_j_k__1", "x": "x_j"}
            alike = found[letters.get(whole.name, whole.name.replace("__", "_j__"))]
            numbers = [p.plain.partition("[")[2] for p in whole.phrases if "[" in p.plain]
            assert [p.plain.partition("[")[2] for p in alike.phrases if "[" in p.plain] == numbers


def test_values_of_alike_nodes_are_the_matrix():
    weights = [[[1, -2], [3, 4], [5, 6]], [[7, 8, 9]]]
    found = cards(draw(neurons(weights=weights), collapse="alike"))
    assert "w_j_k__1 = [[1, -2], [3, 4], [5, 6]]" in said(found["w_j_k__1"])
    assert "w_1_k__2 = [[7, 8, 9]]" in said(found["w_1_k__2"])


@pytest.mark.parametrize(
    ("options", "node", "formula"),
    [
        (
            {"output": "softmax", "loss": "cross_entropy"},
            "a_j__2",
            "exp(z_j__2)/sum_k=1..3 exp(z_k__2)",
        ),
        ({"output": "softmax", "loss": "cross_entropy_with_logits"}, "a_j__2", "softmax(z__2)[j]"),
        ({"output": "softmax", "loss": "cross_entropy"}, "E", "-sum_k=1..3 xlogy(y_k, a_k__2)"),
        ({}, "E", "sum_k=1..3 (z_k__2 - y_k)**2/3"),
        ({"batch": 5}, "z_j__1", "sum_k=1..2 w_j_k__1*x_k + b_j__1"),
    ],
)
def test_formulas_for_all_members(options, node, formula):
    graph = gd.models.mlp([2, 3, 3], view="neurons", seed=0, **options)
    found = cards(draw(graph, collapse="alike"))
    assert f"{node} = {formula}" in said(found[node])


def test_indices_that_are_not_the_nodes_own():
    graph = Graph("g")
    xs = [graph.input(f"x_{k}", k) for k in range(1, 6)]
    w = [graph.parameter(f"w_{k}", k) for k in (1, 2)]
    for j in (1, 2, 3):
        graph.node(f"c_{j}", w[0] * xs[j - 1] + w[1] * xs[j])
    for j in (1, 2, 3):
        graph.node(f"d_{j}", graph[f"c_{j}"] - xs[0])
    found = cards(draw(graph, collapse="alike"))
    assert "c_j = w_1*x_j + w_2*x_j+1" in said(found["c_j"])  # not a sum: w has k, x has j + k - 1
    assert "d_j = c_j - x_1" in said(found["d_j"])


def test_what_is_not_alike_is_apart():
    graph = Graph("g")
    x = graph.input("x", 1)
    graph.node("a_1", x + 1)
    graph.node("a_2", x * 2)
    graph.node("a_3", graph["a_1"] + 1)
    picture = draw(graph, collapse="alike")
    assert [n.card for n in picture.description.nodes] == ["node"] * 4
    one = Graph("g")
    y = one.input("y", 1)
    one.node("a_1", y + 1)
    one.node("a_2", y + 1)
    one.group("first", ["a_1"])
    assert len(draw(one, collapse="alike").description.nodes) == 3


def test_samples_and_exact_numbers_on_cards():
    graph = Graph("g")
    xs = [graph.input(f"x_{k}", [1.0, 2.0], shape=()) for k in (1, 2, 3)]
    graph.node("L", xs[0] + xs[1] + xs[2])
    card = cards(draw(graph, graph.backward(), collapse="alike"))["x_j"]
    assert any("samples" in text for text in said(card))
    exact = regression()
    ET.fromstring(draw(exact, exact.backward(exact=True), collapse="alike").svg)


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("theme", ["lecture", "print"])
def test_reduced_pictures_are_well_formed(theme, direction):
    graph = neurons()
    run = swept(graph)
    for collapse in ("alike", "all", ["layer 1"], ["loss", "alike"]):
        picture = draw(graph, run, collapse=collapse, theme=theme, direction=direction)
        ET.fromstring(picture.svg)
        assert "digraph" in picture.dot
        assert picture.alt


def test_parts_hold_every_node_once():
    graph = neurons()
    for collapse in (("alike",), ("all",), ("layer 1",), ("layer 2", "alike")):
        nodes = [node for part in parts_of(graph, collapse) for node in part.nodes]
        assert sorted(node.index for node in nodes) == list(range(1, len(graph) + 1))


def test_golden_dot_of_a_reduced_graph():
    graph = neurons(weights=[[[1, -2], [3, 4], [5, 6]], [[7, 8, 9]]])
    picture = draw(graph, collapse=["layer 2", "alike"])
    assert picture.dot == (GOLDEN / "reduced.dot").read_text(encoding="utf-8")


def test_a_long_formula_is_short_with_its_sums():
    graph = gd.models.mlp([120, 1], view="neurons", seed=0)
    found = cards(draw(graph, collapse="alike", show=["name", "formula"]))
    assert said(found["z_1__1"]) == ["z_1__1 = sum_k=1..120 w_1_k__1*x_k + b_1__1"]


def test_a_formula_is_said_only_if_it_is_that_of_every_member():
    graph = Graph("g")
    xs = [graph.input(f"x_{k}", k) for k in range(1, 8)]
    for j, k in ((1, 1), (2, 5), (3, 3)):  # the middle one looks elsewhere
        graph.node(f"c_{j}", 2 * xs[k - 1])
    for j in (1, 2, 3):
        graph.node(f"s_{j}", xs[j - 1] + xs[j] + xs[j + 1])
    found = cards(draw(graph, collapse="alike", show=["name", "formula"]))
    assert said(found["c_j"]) == ["c_j"]
    assert said(found["s_j"]) == ["s_j = x_j + x_j+1 + x_j+2"]


def test_a_table_of_scalars():
    graph = Graph("g")
    z = {(j, k): graph.input(f"z_{j}_{k}", j + k) for j in (1, 2, 3) for k in (1, 2, 3)}
    for j, k in z:
        graph.node(f"a_{j}_{k}", z[j, k] ** 2)
    for j, k in z:
        graph.node(f"t_{j}_{k}", 3 * z[k, j])
    found = cards(draw(graph, collapse="alike", show=["name", "formula", "index"]))
    assert said(found["a_j_k"]) == ["3 × 3 nodes", "a_j_k = z_j_k**2"]
    assert said(found["t_j_k"]) == ["3 × 3 nodes", "t_j_k = 3*z_k_j"]


def test_a_sum_says_its_range_and_skips_nothing():
    graph = Graph("g")
    xs = [graph.input(f"x_{k}", k) for k in range(1, 7)]
    graph.node("part", xs[1] + xs[2] + xs[3])
    graph.node("gaps", xs[0] + xs[2] + xs[5])
    found = cards(draw(graph, collapse="alike", show=["name", "formula"]))
    assert said(found["part"]) == ["part = sum_k=2..4 x_k"]
    assert said(found["gaps"]) == ["gaps = x_1 + x_3 + x_6"]


@pytest.mark.parametrize("deep", [2, 3, 5, 40])
def test_nodes_of_several_levels_share_a_card(deep):
    graph = Graph()
    node = graph.input("x", 0.5)
    for k in range(1, 12):
        node = graph.node(f"{'uv'[k % 2]}_{k}", node + graph.parameter(f"w_{k}", 0.1))
    parts = parts_of(graph, (f"{deep} levels",))
    assert sorted(node.index for part in parts for node in part.nodes) == list(range(1, 24))
    computed = [part.nodes for part in parts if not part.nodes[0].is_leaf]
    levels = [[int(node.name[2:]) for node in nodes] for nodes in computed]
    slices = ([level for level in range(1, 12) if level // deep == k] for k in range(12))
    assert levels == [one for one in slices if one]
    said = graph.draw(graph.backward(), collapse=f"{deep} levels").description
    assert len(said.nodes) == len(parts)
    assert "several nodes" in [entry.meaning for entry in said.legend]


@pytest.mark.parametrize(
    "unknown", ["0 levels", "1 levels", "-2 levels", "2levels", "99999 levels"]
)
def test_what_is_no_number_of_levels(unknown):
    graph = Graph()
    graph.node("y", graph.input("x", 1) + 1)
    with pytest.raises(UnknownNameError, match="2 levels"):
        graph.draw(collapse=unknown)

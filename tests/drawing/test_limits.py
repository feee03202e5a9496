"""What is left out of pictures of large graphs, and that they say so."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.drawing.reduced import limits
from graphdiff.errors import DrawingError
from graphdiff.graph import Node
from graphdiff.workbench import Graph


def chain(length: int, *, irregular: bool = False) -> Graph:
    graph = Graph("chain")
    node = graph.input("x", 1)
    for k in range(length - 1):
        node = graph.node(f"h_{k}", node * (k + 2 if irregular else 2))
    return graph


def texts(picture) -> list[str]:
    return [remark.text for remark in picture.description.remarks]


def test_up_to_the_limit_all_is_typeset():
    picture = draw(chain(limits.MAX_TYPESET))
    assert texts(picture) == []
    assert "h_0 = x*2" in picture.dot
    assert "J^(1→2) = 2" in picture.dot


@pytest.mark.slow
def test_beyond_it_labels_are_plain():
    graph = chain(limits.MAX_TYPESET + 1)
    picture = draw(graph, graph.backward())
    assert texts(picture) == ["With more than 300 nodes formulas and local Jacobians are left out."]
    assert texts(picture)[0] in picture.alt
    assert "h_0 = x*2" not in [p.plain for p in picture.description.nodes[1].phrases]
    assert not any(edge.phrases for edge in picture.description.edges)
    assert "P^2" in picture.dot
    assert f"<title>{texts(picture)[0]}</title>" in picture.svg


def test_what_is_not_shown_needs_no_remark():
    assert texts(draw(chain(limits.MAX_TYPESET + 1), show=["name", "value"])) == []


def test_many_edges_are_as_many_nodes():
    graph = gd.models.mlp([20, 20, 1], view="neurons", seed=0)
    assert len(graph) < limits.MAX_CARDS
    assert texts(draw(graph)) == [
        "With more than 300 nodes formulas and local Jacobians are left out."
    ]


def test_too_large_a_graph_is_reduced():
    graph = gd.models.mlp([40, 30, 10], view="neurons", seed=0)
    picture = draw(graph)
    nodes, edges = (f"{count:,}".replace(",", " ") for count in (len(graph), len(graph.edges)))
    assert texts(picture) == [
        f"The graph has {nodes} nodes and {edges} edges, more than 600 nodes: alike nodes are drawn "
        "as one card."
    ]
    assert len(picture.description.nodes) == 10
    assert sum(edge.count for edge in picture.description.edges) == len(graph.edges)
    assert texts(picture)[0] in picture.alt
    ET.fromstring(picture.svg)


@pytest.mark.slow
def test_the_large_network_is_a_dozen_cards(monkeypatch):
    graph = gd.models.mlp([784, 128, 10], view="neurons", seed=0)
    asked, symbol = [], Node.symbol
    monkeypatch.setattr(Node, "symbol", property(lambda n: asked.append(n) or symbol.fget(n)))
    picture = draw(graph)
    assert len(graph) > 100_000
    assert len(picture.description.nodes) == 10
    said = {n.name: [p.plain for p in n.phrases] for n in picture.description.nodes}
    assert said["w_j_k__1"][0] == "128 × 784 nodes"
    assert "norm" in said["w_j_k__1"][-1]
    assert said["z_j__1"] == ["128 nodes", "z_j__1 = sum_k=1..784 w_j_k__1*x_k + b_j__1"]
    assert sum(edge.count for edge in picture.description.edges) == len(graph.edges)
    assert len(asked) < 100  # a symbol takes time for each


def test_names_without_numbers_are_reduced_by_level():
    graph = Graph("many")
    x = graph.input("x", 1)
    for k in range(700):
        name = "".join("abcdefghij"[int(digit)] for digit in f"{k:03}")
        graph.node(f"u{name}", (x * 1.5) if k % 2 else (x + 2))
    picture = draw(graph)
    assert len(picture.description.nodes) == 2
    assert "2 formulas" in [p.plain for p in picture.description.nodes[1].phrases]


def test_groups_collapse_where_nothing_else_helps():
    graph = chain(700, irregular=True)
    graph.group("first half", [f"h_{k}" for k in range(400)])
    graph.group("second half", [f"h_{k}" for k in range(400, 699)])
    picture = draw(graph)
    assert [n.name for n in picture.description.nodes] == ["x", "first half", "second half"]
    assert "the nodes of a group" in texts(picture)[0]


def test_only_what_cannot_be_reduced_is_refused():
    picture = draw(chain(limits.MAX_CARDS + 1, irregular=True))
    with pytest.raises(DrawingError, match="needs 601 cards, though alike nodes share one"):
        picture.svg  # noqa: B018


def recurrence(steps: int) -> Graph:
    graph = Graph("recurrence")
    w, v = graph.parameter("w", 0.9), graph.input("v_0", 0.5)
    for k in range(1, steps + 1):
        v = graph.node(f"v_{k}", gd.tanh(w * v))
    return graph


def test_a_parameter_that_many_steps_share_is_folded_before_its_layout_takes_minutes():
    assert len(draw(recurrence(60)).description.nodes) == 62
    picture = draw(recurrence(100))
    assert len(picture.description.nodes) == 5
    assert texts(picture) == [
        "The graph has 102 nodes and 200 edges, more than can be laid out well: the steps of a "
        "chain between its first and its last are drawn as one card."
    ]


def test_the_length_of_arrows_is_that_of_the_layout():
    graph = recurrence(10)  # w has edges over 1, 2, …, 10 ranks, and each v one over one
    assert limits._length(graph, limits.parts_of(graph, ())) == 10 * 11 // 2 + 10
    scattered = draw(recurrence(10), collapse="chains")
    assert len(scattered.description.nodes) == 5

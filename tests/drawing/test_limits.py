"""What is left out of pictures of large graphs, and that they say so."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import pytest
from drawing_graphs import tangled
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.drawing import styles as pictures
from graphdiff.drawing.layout import boxes, clearing, layout
from graphdiff.drawing.reduced import limits, sizes
from graphdiff.drawing.stepwise import cumulative_scene
from graphdiff.errors import DrawingError
from graphdiff.graph import Node
from graphdiff.recognition.alike_nodes import parts_of
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
    size = sizes.size_of(graph, parts_of(graph, ()))
    assert size.length == 10 * 11 // 2 + 10
    assert size.points == 12 + 9 + 8  # nodes, a point of each edge of w but one, and those shared
    scattered = draw(recurrence(10), collapse="chains")
    assert len(scattered.description.nodes) == 5


@given(st.integers(2, 40), st.integers(0, 10**6))
@settings(max_examples=15)
def test_points_are_those_of_the_layout_where_ranks_are(count, seed):
    graph = tangled(seed, count)
    found = sizes.size_of(graph, parts_of(graph, ()))
    measured = boxes.measure(draw(graph, show=["name"]).description)
    leveled, _ = layout.in_levels(measured, "LR")
    assert found.cards == len(graph)
    assert found.arrows == len(graph.edges)
    assert found.points == pytest.approx(len(leveled.elements), rel=0.5)


def wide(size: int, seed: int = 0) -> Graph:
    """Return nodes that each have parents from anywhere near before them."""
    chance = random.Random(seed)
    graph = Graph("wide")
    nodes = [graph.input(f"x_{k}", k % 7 / 4) for k in range(size // 5)]
    while len(nodes) < size:
        a, b, c = chance.choice(nodes[-6:]), chance.choice(nodes[-12:]), chance.choice(nodes)
        formulas = (gd.sin(a * b), gd.tanh(a + b), gd.tanh(a * b + c), gd.sin(a))
        nodes.append(graph.node(f"v_{len(nodes)}", chance.choice(formulas)))
    return graph


def test_what_cannot_be_laid_out_is_refused_before_anything_is_said_of_it(monkeypatch):
    graph = wide(1500)
    run = graph.backward(graph.nodes[-1])

    def asked(*_, **__):
        raise AssertionError

    for module, name in ((pictures, "as_shown"), (pictures, "describe"), (layout, "run")):
        monkeypatch.setattr(module, name, asked)
    drawn = draw(graph, run)
    assert repr(drawn) == "<Picture of 'wide': 1500 nodes, too large to be laid out, LR, lecture>"
    for form in ("svg", "pdf", "tikz"):
        with pytest.raises(DrawingError, match=r"though alike nodes share one; .* Draw a part"):
            getattr(drawn, form)


def test_the_layout_program_is_asked_once_for_all_spreads(monkeypatch):
    asked, run = [], layout.run
    monkeypatch.setattr(layout, "run", lambda *given: asked.append(given) or run(*given))
    monkeypatch.setattr(clearing, "cleared", lambda found: (found, 1))  # no label has a place
    assert clearing.lay_out_clearly(boxes.measure(draw(recurrence(5)).description), "LR")
    assert len(asked) == 1


def test_frames_are_of_every_node_also_where_the_picture_is_folded():
    graph = recurrence(80)
    run = graph.forward()
    assert len(draw(graph, run).description.nodes) == 5
    assert len(graph.frames(run, show=["name", "value"])) == 81


def test_frames_that_cannot_be_laid_out_are_refused_before_anything_is_said(monkeypatch):
    graph = Graph("chain")
    node = graph.input("x", 0)
    for k in range(limits.MAX_CARDS):
        node = graph.node(f"h_{k}", node * (k + 2))
    monkeypatch.setattr(cumulative_scene, "describe", None)
    with pytest.raises(DrawingError, match="needs 601 cards, though alike nodes share one"):
        graph.frames(graph.forward())


def test_frames_of_too_many_nodes_are_those_of_alike_ones():
    graph = Graph("sum")
    graph.node("s", sum(graph.input(f"x_{k}", k) for k in range(limits.MAX_CARDS)))
    assert len(graph.frames(graph.forward())) == 2  # the inputs, all at once, and their sum

"""Pictures of folded chains: what they say is what the graph's numbers are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.errors import DrawingError
from graphdiff.workbench import Graph


def rnn(steps: int, w: float = 0.9, u: float = 0.4) -> Graph:
    graph = Graph("an RNN")
    w, u, h = graph.parameter("w", w), graph.parameter("u", u), graph.input("h_0", 0.25)
    outputs = []
    for k in range(1, steps + 1):
        a = graph.node(f"a_{k}", w * h + u * graph.input(f"x_{k}", 1 / k))
        h = graph.node(f"h_{k}", gd.tanh(a))
        outputs.append(h)
    graph.node("L", sum(outputs[1:], outputs[0]))
    return graph


def chain(steps: int) -> Graph:
    graph = Graph("a chain")
    w, v = graph.parameter("w", 0.9), graph.input("v_0", 0.5)
    for k in range(1, steps + 1):
        v = graph.node(f"v_{k}", gd.tanh(w * v))
    return graph


def said(picture, name):
    label = next(node for node in picture.description.nodes if node.name == name)
    return [phrase.plain for phrase in label.phrases]


def arrows(picture):
    return {(e.parent, e.child, e.loops): e for e in picture.description.edges}


def test_a_chain_is_its_first_step_a_loop_and_its_last():
    graph = chain(1000)
    picture = draw(graph, graph.backward())
    assert [node.name for node in picture.description.nodes] == ["w", "v_0", "v_1", "v_j", "v_1000"]
    assert said(picture, "v_j")[:3] == [
        "998 nodes", "steps 2, …, 999 of 1000", "v_j = tanh(w*v_j-1)",
    ]  # fmt: skip
    found = arrows(picture)
    assert found["v_j", "v_j", True].count == 997
    assert found["w", "v_j", False].count == 998
    assert sum(edge.count for edge in found.values()) == len(graph.edges)
    remark = "the steps of a chain between its first and its last are drawn as one card."
    assert remark in picture.description.remarks[0].text
    assert remark in picture.alt
    assert "steps 2, …, 999 of 1000" in picture.alt
    ET.fromstring(picture.svg)


def test_steps_of_several_nodes_have_a_frame():
    graph = rnn(8)
    picture = draw(graph, graph.backward(), collapse="chains")
    assert [c.title for c in picture.description.clusters] == ["steps 2, …, 7 of 8"]
    assert said(picture, "a_j")[:2] == ["6 nodes", "a_j = w*h_j-1 + u*x_j"]
    assert [key for key in arrows(picture) if key[2]] == [("h_j", "a_j", True)]
    plain = draw(graph, graph.backward(), collapse="chains", show=["name", "value"])
    assert plain.description.clusters == ()
    ET.fromstring(picture.svg)
    assert "constraint=false" in picture.dot


@given(st.integers(4, 30), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
@settings(deadline=None, max_examples=20)
def test_what_steps_contribute_is_the_sum_over_them(steps, w, u):
    graph = rnn(steps, w, u)
    run = graph.backward()
    picture = draw(graph, run, collapse="chains", digits=15)
    for shared in ("w", "u"):
        edge = arrows(picture)[shared, "a_j", False]
        assert edge.count == steps - 2
        (phrase,) = [phrase for phrase in edge.phrases if phrase.role == "P"]
        number = float(re.split("[=≈]", phrase.plain)[1])
        own = [t.product for t in run.terms[shared] if t.child in ("a_1", f"a_{steps}")]
        assert number + sum(own) == pytest.approx(run.P[shared], rel=1e-10, abs=1e-12)


def test_the_notation_asked_for_is_kept():
    graph = rnn(6)
    picture = draw(graph, graph.backward(), collapse="chains", notation="partial")
    said_of = [phrase.plain for phrase in arrows(picture)["w", "a_j", False].phrases]
    assert said_of[1].startswith("share of ∂L/∂w ≈")


def test_layers_in_groups_of_their_own():
    graph = Graph("layers")
    h = graph.input("h_0", 0.5)
    for k in range(1, 301):
        w = graph.parameter(f"w_{k}", 0.9)
        h = graph.node(f"h_{k}", gd.tanh(w * h))
        graph.group(f"layer {k}", [w, h])
    picture = draw(graph)
    assert [c.title for c in picture.description.clusters] == [
        "steps 2, …, 299 of 300", "layer 1", "layer 300",
    ]  # fmt: skip
    assert len(picture.alt) < 3000


def test_where_nothing_repeats_it_is_said():
    with pytest.raises(DrawingError, match="finds no step that is repeated 4 times in a row"):
        draw(chain(3), collapse="chains")


def test_a_group_may_be_called_chains():
    graph = chain(6)
    graph.group("chains", ["v_1", "v_2"])
    names = [n.name for n in draw(graph, collapse="chains").description.nodes]
    assert names == ["w", "v_0", "chains", "v_3", "v_4", "v_5", "v_6"]


@pytest.mark.parametrize("view", ["neurons", "layers"])
def test_parameters_of_alike_layers_have_a_letter_for_the_layer(view):
    graph = gd.models.mlp([3] * 8, view=view, seed=1)
    cards = {
        node.name: node
        for node in draw(graph, collapse=["alike", "chains"]).description.nodes
        if node.card == "chain"
    }
    names = {"neurons": {"w_j_k__l", "b_j__l"}, "layers": {"W__l", "b__l"}}[view]
    assert names <= cards.keys()
    computed = [card.name for card in cards.values() if card.kind == "computation"]
    assert computed and all(", …, " in name for name in computed)  # they have the formula of one

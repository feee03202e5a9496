"""Frames of pictures in which several nodes share a card: when its values and P are seen."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.drawing.stepwise.steps import places, steps
from graphdiff.recognition.alike_nodes import parts_of


def network():
    """Two layers of two neurons, as groups."""
    net = gd.Graph("a network")
    h = [net.input(f"x_{k}", 0.5 * k + 0.2) for k in (1, 2)]
    for layer in (1, 2):
        made, members = [], []
        for j in (1, 2):
            w = [net.parameter(f"w_{j}_{k}__{layer}", 0.3 * j - 0.2 * k) for k in (1, 2)]
            z = net.node(f"z_{j}__{layer}", w[0] * h[0] + w[1] * h[1])
            made.append(net.node(f"a_{j}__{layer}", gd.sigmoid(z)))
            members += [*w, z, made[-1]]
        net.group(f"layer_{layer} {{$", members)
        h = made
    net.node("L", (h[0] - 1) ** 2 + h[1] ** 2)
    return net


def recurrent():
    """Six steps with shared weights."""
    g = gd.Graph("recurrent")
    W, h = g.parameter("W", [[0.5, 0.1], [-0.2, 0.3]]), g.input("h_0", [0.1, 0.2])
    for k in range(1, 7):
        z = g.node(f"z_{k}", W @ h + g.input(f"x_{k}", [k / 10, -k / 10]))
        h = g.node(f"h_{k}", gd.tanh(z))
    g.node("L", (h**2).sum())
    return g


def chain():
    """Eight steps of one number, with one weight."""
    g = gd.Graph("a chain")
    w, v = g.parameter("w", 0.7), g.input("v_0", 0.5)
    for k in range(1, 9):
        v = g.node(f"v_{k}", gd.tanh(w * v))
    return g


def inside_out():
    """A group that gives to a node outside and takes from it."""
    g = gd.Graph("inside out")
    w = g.parameter("w", 2.0)
    u = g.node("u", w**2)
    v = g.node("v", gd.exp(-u))
    g.group("around", [u, g.node("L", u * v)])
    return g


CASES = {
    "groups": (network, "all"),
    "one group": (network, ["layer_1 {$"]),
    "alike": (network, "alike"),
    "levels": (network, "levels"),
    "chain": (chain, "chains"),
    "recurrent": (recurrent, "chains"),
    "a group around a node": (inside_out, "all"),
}
each_case = pytest.mark.parametrize(("make", "collapse"), CASES.values(), ids=CASES)


def said(scene) -> set[str]:
    return {text.fragment.plain for text in scene.texts if text.fragment.plain}


@each_case
def test_a_step_for_each_card_with_all_its_nodes(make, collapse):
    graph = make()
    run = graph.backward()
    parts = parts_of(graph, [collapse] if isinstance(collapse, str) else collapse)
    at = places(parts)
    taken, single = tuple(steps(run, at)), tuple(steps(run))
    assert len(taken) < len(single)
    for sweep in ("given", "forward", "backward"):
        of = [step for step in taken if step.sweep == sweep]
        assert sorted(n.index for step in of for n in step.nodes) == sorted(
            n.index for step in single if step.sweep == sweep for n in step.nodes
        )
        if sweep != "given":
            assert all(len({at.of(node) for node in step.nodes}) == 1 for step in of)
            assert len({at.of(step.nodes[0]) for step in of}) == len(of)
    assert len(graph.frames(run, collapse=collapse)) == len(taken)


@each_case
def test_nothing_is_seen_before_its_step_and_all_in_the_end(make, collapse):
    graph = make()
    run = graph.backward()
    picture, shown = graph.draw(run, collapse=collapse), graph.frames(run, collapse=collapse)
    computed = [
        phrase.plain
        for label in picture.description.nodes
        if label.kind == "computation" or label.card == "group"
        for phrase in label.phrases
        if phrase.role in ("value", "P") and phrase.heat is None
    ]
    gradients = [
        phrase.plain
        for label in (*picture.description.nodes, *picture.description.edges)
        for phrase in label.phrases
        if phrase.role == "P" and phrase.heat is None
    ]
    assert computed and gradients
    forward = sum(frame.caption.startswith("Forward") for frame in shown)
    in_captions = {said.partition(": ")[2] for said in (frame.caption for frame in shown)}
    graphs = [said(frame.scene) - in_captions for frame in shown]
    assert not set(computed) & graphs[0]
    assert not set(gradients) & graphs[forward]
    drawn = {text for text in said(picture.scene) if "J^" not in text and not text.startswith("P^")}
    assert drawn <= said(shown[-1].scene)


@each_case
def test_at_work_are_the_card_and_its_arrows(make, collapse):
    graph = make()
    shown = graph.frames(graph.backward(), collapse=collapse)
    for frame in shown:
        marks = [
            item
            for group in frame.scene.items
            for item in getattr(group, "items", ())
            if getattr(item, "kind", "").startswith("step ")
        ]
        assert len(marks) == (0 if frame.caption.startswith("Given") else 1)
        assert all(mark.items for mark in marks)


def test_captions_of_cards_are_those_of_the_cards():
    graph = network()
    captions = [frame.caption for frame in graph.frames(graph.backward(), collapse="all")]
    run = graph.backward()
    a = np.array([run.value["a_1__1"], run.value["a_2__1"]])
    assert captions[1].startswith("Forward: layer_1 {$: a_j__1 ≈ [")
    assert f"{a[0]:.4g}" in captions[1] and f"{a[1]:.4g}" in captions[1]
    P = run.gradient["a_1__2"]
    assert captions[5].startswith("Backward: layer_2 {$: P ≈ [") and f"{P:.4g}" in captions[5]
    alike = [frame.caption for frame in graph.frames(run, collapse="alike")]
    assert alike[1].startswith("Forward: z_j__1 = sum_k=1..2 w_j_k__1*x_k")


def test_a_group_says_P_of_its_outputs():
    graph = network()
    run = graph.backward()
    (group,) = (n for n in graph.draw(run, collapse="all").description.nodes if "layer_1" in n.name)
    P = [phrase.plain for phrase in group.phrases if phrase.role == "P"]
    numbers = ", ".join(f"{run.gradient[name]:.4g}" for name in ("a_1__1", "a_2__1"))
    assert [f"P ≈ [{numbers}]"] == P
    assert not any(
        phrase.role == "P"
        for node in graph.draw(graph.forward(), collapse="all").description.nodes
        for phrase in node.phrases
    )


def test_captions_tell_of_arrays_that_are_too_tall_for_them():
    net = gd.models.mlp([4, 6, 1], seed=1, x=[1, 0.5, -1, 2], y=0.5)
    frames = net.frames(net.backward(), collapse="all")
    assert frames.captions[1].startswith("Forward: layer 1: a__1: min ")
    sources = [text.fragment.source for text in frames[1].scene.texts]
    assert any(r"\text{ with }" in source and "a^{" in source for source in sources)

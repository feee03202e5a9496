"""What is pointed at is seen in every style that has nodes, without its colour too."""

from __future__ import annotations

import pytest
from architectures import ARCHITECTURES, heads
from drawing_graphs import neuron, regression, tangled

import graphdiff as gd
from graphdiff.drawing.marks.strokes import stroke_of
from graphdiff.drawing.scene import Group, Path
from graphdiff.drawing.themes import THEMES

GRAPHS = {"neuron": neuron, "regression": regression, "tangled": lambda: tangled(3, 10)}


def strokes(picture: gd.Picture, kind: str) -> list:
    """Return the lines of all items of a kind."""
    found = []

    def walk(items, inside):
        for item in items:
            if isinstance(item, Group):
                walk(item.items, inside or item.kind.split()[:1] == [kind])
            elif inside and isinstance(item, Path) and item.stroke:
                found.append(item.stroke)

    walk(picture.scene.items, inside=False)
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", ["graph", "circuit", "architecture"])
def test_a_highlight_is_seen_in_grey(style, theme):
    graph = heads(2) if style == "architecture" else regression()
    edge = "Q_1->A_1" if style == "architecture" else "w->u"
    choices = {"style": style, "theme": theme}
    usual = {stroke.width for stroke in strokes(graph.draw(**choices), "edge")}
    marked = strokes(graph.draw(highlight=edge, **choices), "edge")
    heavy = [stroke for stroke in marked if stroke.width not in usual]
    assert heavy and all(stroke.width >= 1.6 * max(usual) for stroke in heavy)


def test_colours_of_highlights_differ_by_their_dashes():
    graph = regression()
    said = graph.draw(style="circuit", highlight={"w->u": "crimson", "x->u": "teal"}).description
    marks = [mark for edge in said.edges for mark in edge.marks]
    assert len({stroke_of(mark, THEMES["print"]).dashes for mark in marks}) == 2


@pytest.mark.parametrize("name", GRAPHS)
def test_a_circuit_marks_the_ways_of_an_edge_through_its_operations(name):
    graph = GRAPHS[name]()
    for edge in graph.edges:
        j, i = edge.parent, edge.child
        said = graph.draw(style="circuit", highlight=f"{j.name}->{i.name}").description
        inner = {node.index for node in said.nodes if node.name not in graph}
        marked = [edge for edge in said.edges if edge.marks]
        index = {node.name: node.index for node in said.nodes}
        assert marked, f"{j.name}->{i.name}"
        assert {edge.tail for edge in marked} <= inner | {index[j.name]}
        assert {edge.head for edge in marked} <= inner | {index[i.name]}
        assert index[j.name] in {edge.tail for edge in marked}
        assert index[i.name] in {edge.head for edge in marked}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_circuit_marks_the_gates_of_nodes(name):
    graph = GRAPHS[name]()
    said = graph.draw(style="circuit", highlight="all").description
    assert {node.name for node in said.nodes if node.marks} == {node.name for node in graph.nodes}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture_marks_the_block_of_every_node(name):
    graph = ARCHITECTURES[name]()
    everything = graph.draw(style="architecture", highlight="all").description
    assert all(node.marks for node in everything.nodes if node.name in graph)
    for node in graph.nodes:
        said = graph.draw(style="architecture", highlight=node.name).description
        assert sum(bool(one.marks) for one in said.nodes) == 1, node.name


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architecture_marks_something_for_every_edge(name):
    graph = ARCHITECTURES[name]()
    for edge in graph.edges:
        path = f"{edge.parent.name}->{edge.child.name}"
        said = graph.draw(style="architecture", highlight=path).description
        assert any(one.marks for one in (*said.nodes, *said.edges)), path


def test_steps_of_a_circuit_keep_what_is_pointed_at():
    graph = regression()
    frames = graph.frames(graph.backward(), style="circuit", highlight="w->u")
    assert all('stroke-width="3.2"' in svg for svg in frames.svgs)


@pytest.mark.parametrize("legend", [True, False])
def test_a_circuit_says_that_an_array_is_not_written_out(legend):
    graph = gd.Graph()
    x, W = graph.input("x", [1.0, 2, 3, 4]), graph.parameter("W", [[1.0, 2, 3, 4]] * 2)
    graph.node("E", gd.sum(gd.tanh(W @ x)))
    picture = graph.draw(graph.backward(), style="circuit", legend=legend, width="160mm")
    said = "stands where an array is too large for its wire"
    assert picture.alt.count(said) == 1
    assert said not in graph.draw(style="circuit").alt
    small = gd.Graph()
    small.node("L", small.input("v", [1.0, 2]) @ small.parameter("w", [3.0, 4]))
    assert said not in small.draw(small.backward(), style="circuit").alt

"""What goes on in a later row: it is called as the page writes it, and looks as it did before."""

from __future__ import annotations

import itertools

import pytest
from architectures import ARCHITECTURES, conv_net, heads, lstm, residual
from drawing_graphs import tangled

import graphdiff as gd
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.marks.record import Mark
from graphdiff.recognition.blocks.records import BlockKind

INTERNAL = {*BlockKind.__args__} - {"input", "parameter"}
"""What blocks are called in the code, never on a page."""
WIDTHS = "84mm", "110mm", "160mm"


def drawn(graph: gd.Graph, **choices: object) -> Description:
    picture = graph.draw(**{"style": "architecture", "min_pt": 6} | choices)
    return picture._found.laid_out.measured.description


def again(said: Description) -> dict[int, str]:
    return {node.index: node.phrases[0].plain for node in said.nodes if node.again}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_what_is_drawn_again_is_called_as_the_page_writes_it(name):
    graph, met = ARCHITECTURES[name](), 0
    for width in WIDTHS:
        said = drawn(graph, width=width)
        written = {phrase.plain for node in said.nodes if not node.again for phrase in node.phrases}
        for called in again(said).values():
            met += 1
            assert called not in INTERNAL
            is_named = called in graph or any(
                called.replace("_i", f"_{k}") in graph for k in (1, 2)
            )
            assert is_named or called in written
    if name in ("lstm of three steps", "transformer"):
        assert met


def test_every_value_of_a_cell_has_a_place_of_its_own():
    said = drawn(lstm(3), width="84mm")
    assert list(again(said).values()) == ["c_1", "h_1", "c_2", "h_2"]
    lines = [edge for edge in said.edges if edge.again]
    assert [edge.called.plain for edge in lines] == ["c_1", "h_1", "c_2", "h_2"]


def test_lines_of_several_values_leave_a_cell_level_and_apart():
    laid_out = lstm(3).draw(style="architecture", width="84mm")._found.laid_out
    edges = laid_out.measured.description.edges
    leaving = [c for e, c in zip(edges, laid_out.curves, strict=True) if e.again]
    starts = [curve.points[0] for curve in leaving]
    assert len(set(starts)) == len(starts) == 4
    for curve in leaving:
        assert curve.points[3][1] == curve.points[0][1]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_heads_that_are_folded_are_named_by_a_letter(count):
    said = heads(count).draw(style="architecture").description
    stacks = [node for node in said.nodes if node.card == "alike"]
    assert len(stacks) == 7
    for node in stacks:
        plain = " ".join(phrase.plain for phrase in node.phrases)
        assert not any(f"_{k}" in plain for k in range(1, count + 1)), plain
    plain = " ".join(phrase.plain for node in said.nodes for phrase in node.phrases)
    assert "Q_i @ K_i.T" in plain
    assert f"W_Q_i: {count} × 8" in plain
    assert any(entry.meaning == "one for each head i" for entry in said.legend)


def test_heads_whose_names_have_no_numbers_are_named_by_the_first():
    said = heads(2, names="ab").draw(style="architecture").description
    plain = " ".join(phrase.plain for node in said.nodes for phrase in node.phrases)
    assert "Q_a, …" in plain
    assert any(entry.meaning == "one for each head" for entry in said.legend)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_title_of_a_frame_is_written_once(width):
    laid_out = heads(3).draw(style="architecture", width=width)._found.laid_out
    titles = [frame.title.plain for frame in laid_out.clusters]
    assert sum(title.startswith("Multi-head") for title in titles) == 1
    assert set(titles[1:]) <= {"(continued)"}


def test_of_several_frames_that_go_on_each_says_which_it_is():
    graph = gd.Graph("Two towers")
    left, right = graph.input("x", 1), graph.input("y", 2)
    for k in range(6):
        left = graph.node(f"l_{k}", gd.tanh(left) + 1)
        right = graph.node(f"r_{k}", gd.tanh(right) + 2)
    for name in ("left", "right"):
        graph.group(name, [f"{name[0]}_{k}" for k in range(6)])
    graph.node("L", left * right)
    found = graph.draw(width="110mm", hide=["jacobian"])._found.laid_out
    titles = [frame.title.plain for frame in found.clusters]
    assert len(titles) > 2, "one row"
    assert {title for title in titles if "(continued)" in title} == {
        "left (continued)", "right (continued)",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_highlight_goes_on_in_later_rows(seed):
    graph = tangled(seed, 16)
    said = drawn(graph, style="graph", width="84mm", min_pt=6, highlight="edges")
    mark = Mark("highlight", 1)
    lines = [edge for edge in said.edges if edge.again]
    assert lines, "one row"
    assert all(edge.marks == (mark,) for edge in said.edges)


def test_a_path_goes_on_in_later_rows_and_nothing_beside_it_does():
    graph = lstm(3)
    said = drawn(graph, width="84mm", highlight={"c_0->c_1->c_2->c_3": "crimson"})
    marked = {edge.called.plain for edge in said.edges if edge.marks}
    assert marked == {"c_0", "c_1", "c_2"}
    assert {node.phrases[0].plain for node in said.nodes if node.again and node.marks} == {
        "c_1", "c_2",
    }  # fmt: skip


def test_a_skip_keeps_its_colour_between_rows():
    for graph, width in itertools.product((residual(), conv_net()), WIDTHS):
        said = drawn(graph, width=width)
        for line in (edge for edge in said.edges if edge.again):
            colours = {edge.colour for edge in said.edges if edge.tail == line.head}
            assert line.colour == (colours.pop() if len(colours) == 1 else "")

"""Rows of a graph: where they end, and in which order what is in them stands."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))

import pictured_graphs as zoo

import graphdiff as gd
from graphdiff.drawing.layout.boxes import measure
from graphdiff.drawing.layout.layout import lay_out
from graphdiff.drawing.layout.rows import MOST_LINES, in_rows, most_rows


def in_rows_of(graph, count):
    """Return a graph in rows as it is drawn, and which rows there are: their nodes, by name."""
    measured = measure(graph.draw(zoo.swept(graph)).description)
    parts = []

    def lay(part):
        parts.append([node.name for node in part.description.nodes if not node.again])
        return lay_out(part, "LR")

    return in_rows(measured, count, lay), parts


def neuron():
    graph = gd.Graph("Neuron")
    x_1, w_1 = graph.input("a_long_name_of_an_input", 2), graph.parameter("w_1", -3)
    x_2, w_2 = graph.input("x_2", 0), graph.parameter("w_2", 1)
    first, second = graph.node("p_1", x_1 * w_1), graph.node("p_2", x_2 * w_2)
    graph.node("n", gd.tanh(graph.node("s", first + second) + graph.parameter("b", 7)))
    return graph


def test_what_is_added_stands_in_one_row_whatever_its_boxes():
    _, parts = in_rows_of(neuron(), 3)
    assert [sorted(set(part) & {"p_1", "p_2", "s", "n"}) for part in parts] == [
        ["p_1", "p_2"], ["s"], ["n"],
    ]  # fmt: skip


@pytest.mark.parametrize("count", [2, 3, 4, 7])
@pytest.mark.parametrize("steps", [3, 5])
def test_a_row_ends_behind_a_step(steps, count):
    _, parts = in_rows_of(zoo.rnn(steps), count)
    for k in range(1, steps + 1):
        assert any({f"z_{k}", f"h_{k}"} <= set(part) for part in parts)


@pytest.mark.parametrize("count", [2, 3, 9])
def test_a_row_ends_behind_a_frame(count):
    graph = gd.models.mlp([2, 3, 3, 3, 2], seed=1)
    _, parts = in_rows_of(graph, count)
    assert len(parts) > 1
    for name, nodes in graph.groups.items():
        computed = {node.name for node in nodes if not node.is_leaf}
        assert any(computed <= set(part) for part in parts), name


def test_there_are_no_more_rows_than_cells():
    measured = measure(zoo.rnn(3).draw().description)
    assert most_rows(measured) == 4


@pytest.mark.parametrize("make", [neuron, zoo.lstm, lambda: zoo.rnn(3)])
@pytest.mark.parametrize("count", [2, 3])
def test_what_is_used_once_stands_in_the_order_of_its_formula(make, count):
    found, _ = in_rows_of(make(), count)
    said = found.measured.description
    place = dict(zip((node.index for node in said.nodes), found.centres, strict=True))
    leaf = {node.index for node in said.nodes if node.kind != "computation" or node.again}
    used = defaultdict(set)
    for edge in said.edges:
        used[edge.tail].add(edge.head)
    arguments = defaultdict(list)
    for edge in said.edges:
        if edge.tail in leaf and len(used[edge.tail]) == 1 and not edge.again:
            arguments[edge.head].append((edge.slot, place[edge.tail][1]))
    tried = [[y for _, y in sorted(some)] for some in arguments.values() if len(some) > 1]
    assert tried
    assert tried == [sorted(some) for some in tried]


def test_of_many_lines_from_row_to_row_none_is_drawn():
    few, _ = in_rows_of(neuron(), 3)
    assert any(edge.again for edge in few.measured.description.edges)
    graph = gd.Graph("Wide")
    x = graph.input("x", 1)
    hidden = [graph.node(f"h_{k}", gd.tanh(k * x)) for k in range(1, MOST_LINES + 2)]
    graph.node("s", sum(hidden))
    many, _ = in_rows_of(graph, 2)
    said = many.measured.description
    assert not any(edge.again for edge in said.edges)
    again = {node.name for node in said.nodes if node.again}
    assert again - {"x"} == {node.name for node in hidden}
    assert sum(edge.child == "s" for edge in said.edges) == len(hidden)

"""Which kind of program a graph of scalars gets, and that its text says so."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from strategies import KINKED, SMOOTH, graphs

import graphdiff as gd
from graphdiff.local_functions.local_function import Literal
from graphdiff.program import scalars
from graphdiff.program.scalars import costs, scalar_program
from graphdiff.program.scalars.index_arrays import network_of
from graphdiff.program.scalars.layout import leveled
from graphdiff.program.scalars.periods import outside_runs, runs_of

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import zoo


def chosen(graph, wrt=None):
    return scalar_program(graph, graph.outputs[-1], wrt or graph.parameters or graph.leaves)


@pytest.mark.parametrize("weights", ["shared", "own", "numbers"])
@pytest.mark.parametrize("name", zoo.STEPS)
def test_a_long_chain_is_computed_one_value_after_the_other(name, weights):
    """Whatever the last operation of a step is."""
    if (name, weights) == ("w v + b", "numbers"):
        pytest.skip("one sum")
    graph = zoo.chain(zoo.STEPS[name], 3000, weights)
    assert chosen(graph).kind in (
        ("sequential", "floats") if weights == "numbers" else ("sequential",)
    )


def test_chains_of_two_steps_and_of_operations():
    for graph in (zoo.of_two_steps(2000), zoo.operation_by_operation(2000), zoo.skipping(2000, 50)):
        assert chosen(graph).kind == "sequential"
    assert chosen(zoo.of_two_steps(80)).kind == "floats"


@pytest.mark.parametrize("weights", ["shared", "own", "numbers"])
def test_wide_levels_are_computed_together(weights):
    assert chosen(zoo.levels(50, 100, 2, weights)).kind == "grouped"
    assert chosen(zoo.levels(5, 300, 8, weights)).kind == "grouped"
    assert chosen(zoo.levels(500, 3, 2, weights)).kind != "grouped"


def test_sums_over_many_nodes_are_one():
    assert chosen(zoo.running_sum(2000)).kind == "grouped"
    assert chosen(zoo.chain(zoo.STEPS["w v + b"], 3000, "numbers")).kind == "grouped"


def assert_least(graph):
    network = network_of(graph, graph.outputs[-1], graph.leaves)
    if len(network.needed):
        parts = leveled(network)
        levels = int(parts.level.max())
        least = costs.least_of_groups(network)
        assert least <= 1e-9 * costs.LEAST_OF_LEVEL * levels * (1 + 1e-9)


@pytest.mark.parametrize("animal", list(zoo.animals(quick=True)), ids=lambda animal: animal.name)
def test_the_least_number_of_levels_is_none_too_many(animal):
    graph = animal.build()
    assert_least(graph)
    network = network_of(graph, graph.outputs[-1], graph.leaves)
    counted = costs.counted(network)
    assert costs.of_floats(network, counted) > 0
    assert costs.of_sequence(network, counted) > 0
    assert costs.of_groups(network, leveled(network)) > 0


def test_levels_are_counted_as_far_as_they_matter():
    graph = zoo.levels(30, 8, 2, "own")
    network = network_of(graph, graph.outputs[-1], graph.leaves)
    least = costs.least_of_groups(network)
    assert costs.least_of_groups(network, 2 * least) == least
    assert least / 2 < costs.least_of_groups(network, least / 2) < least


@given(graphs(functions=(*SMOOTH, *KINKED)))
def test_what_depends_on_wrt_and_the_numbers_of_nodes(graph):
    output = graph.outputs[-1]
    for wrt in (graph.leaves[:1], graph.leaves[-1:], (output,), ()):
        network = network_of(graph, output, wrt)
        reached = set().union(*(graph.descendants(node) for node in wrt))
        needed = graph.ancestors(output)
        for node in graph.nodes:
            if node.name in needed:
                assert network.active[node.index - 1] == (node.name in reached)
        numbers = [*range(len(network.needed)), *(-1 - k for k in range(len(graph.leaves)))]
        assert network.number[[*network.needed, *network.leaves]].tolist() == numbers


def test_a_sum_that_stands_twice_in_another_is_joined_to_it():
    g = gd.Graph()
    x, y = g.parameter("x", 1), g.parameter("y", 2)
    s = g.node("s", x - y)
    g.node("L", s + s)
    assert_least(g)


@given(graphs(functions=(*SMOOTH, *KINKED)))
def test_the_least_number_of_levels_of_random_graphs(graph):
    lines = (line for node in graph.nodes if node.function for line in node.function.program)
    assume(not any(isinstance(line, Literal) and line.value == 0 for line in lines))  # 0·x is 0
    assert_least(graph)


@pytest.mark.parametrize(
    "graph",
    [
        zoo.chain(zoo.STEPS["tanh(w v + b)"], 300, "own"),
        zoo.operation_by_operation(200),
        zoo.of_two_steps(300),
        zoo.at_random(400, 6, 2, "numbers", False),
        zoo.at_random(3000, 4, 2, "numbers", False),
        zoo.levels(30, 8, 2, "own"),
    ],
)
def test_nodes_outside_of_runs_are_counted_roughly(graph):
    network = network_of(graph, graph.outputs[-1], graph.leaves)
    count = len(network.needed)
    inside = sum(run.end - run.start for run in runs_of(network))
    assert outside_runs(network) == pytest.approx(count - inside, abs=0.1 * count)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (zoo.of_two_steps(10), "plain Python on floats: 30 edges, fewer than 300"),
        (zoo.of_two_steps(2000), "one value after the other"),
        (zoo.levels(10, 100, 2, "own"), "alike nodes of a level together"),
    ],
)
def test_the_text_begins_with_the_kind_and_why(graph, words):
    output = graph.outputs[-1]
    step = graph.compile(output)
    first, second, *_ = step.source.splitlines()
    assert first.startswith(f"# value_and_gradient of {output.name} in ")
    assert second.startswith(f"# {words}")
    if "fewer" not in words:
        assert "ms a call; " in second
    step(**{graph.leaves[0].name: np.ones(2)})  # samples


def test_the_text_of_a_graph_of_arrays_begins_so_too():
    g = gd.Graph()
    g.node("L", (g.parameter("x", [1.0, 2.0]) ** 2).sum())
    assert g.compile("L").source.splitlines()[:2] == [
        "# value_and_gradient of L in x",
        "# straight-line NumPy in float64: a graph of arrays, 5 lines",
    ]


def test_every_kind_is_described():
    assert set(scalars.DESCRIBED) == set(scalars.KINDS)

"""What a picture leaves out where there is no room: arrays before formulas, and it is told."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))

import pictured_graphs as zoo
from textbook.normalised import batch_norm

import graphdiff as gd
from graphdiff.drawing.fit.steps import CALLED, GRAPHS, Step, steps_of
from graphdiff.drawing.heat_maps import HeatMap
from graphdiff.drawing.labels.describe import describe
from graphdiff.drawing.layout import program
from graphdiff.drawing.layout.boxes import FEW, Manner, measure
from graphdiff.drawing.layout.program import Unanswered, ask, together
from graphdiff.drawing.options import Options

MAKES = [batch_norm, zoo.lstm, lambda: zoo.rnn(3), zoo.attention, zoo.ZOO["two-layer-network"]]


def steps_for(graph, options=None):
    run = zoo.swept(graph)
    options = options or Options()
    ordered, choices = steps_of(Step(options), describe(graph, run, options))
    return run, ordered, choices


@pytest.mark.parametrize("make", MAKES)
def test_each_step_says_less(make):
    graph = make()
    run, ordered, choices = steps_for(graph)
    lengths = []
    for step in ordered:
        measured = measure(describe(graph, run, step.options), Manner(in_colours=step.in_colours))
        lengths.append(sum(box.width * box.height for box in (*measured.nodes, *measured.edges)))
    assert all(b <= 1.01 * a for a, b in pairwise(lengths))  # ∂L/∂Z is no shorter than P
    assert all(set(step.dropped) > set(ordered[-1].dropped) for step in choices)


@pytest.mark.parametrize("make", MAKES)
def test_no_formula_goes_before_an_array(make):
    graph = make()
    run, ordered, choices = steps_for(graph)
    for step in (*ordered, *choices):
        said = describe(graph, run, step.options)
        written = any(p.is_array or p.heat or p.describes for n in said.nodes for p in n.phrases)
        has_formulas = any(node.equation for node in said.nodes)
        assert has_formulas or not written
        assert [node.name for node in said.nodes] == [node.name for node in graph.nodes]


def test_a_batch_norm_on_a_slide_keeps_its_formulas():
    graph = batch_norm()
    picture = graph.draw(zoo.swept(graph), aspect="16:9")
    said = picture.laid_out.measured.description
    computed = [node for node in said.nodes if node.kind == "computation" and not node.again]
    assert all(any("=" in phrase.plain for phrase in node.phrases) for node in computed)
    assert "no room for" in picture.alt
    assert "numbers of arrays" in picture.alt


def test_arrays_of_more_than_a_few_entries_become_colours():
    graph = gd.Graph()
    small = graph.parameter("s", np.arange(1.0, FEW + 1))
    large = graph.parameter("A", np.arange(12.0).reshape(3, 4))
    graph.node("L", (large**2).sum() + (small**2).sum())
    said = describe(graph, graph.backward(), Options())
    boxes = {
        colours: dict(zip("sAL", measure(said, Manner(in_colours=colours)).nodes, strict=True))
        for colours in (False, True)
    }

    def maps(colours, name):
        return sum(isinstance(line.fragment, HeatMap) for line in boxes[colours][name].lines)

    assert [maps(False, name) for name in "sAL"] == [0, 0, 0]
    assert [maps(True, name) for name in "sAL"] == [0, 2, 0]


def test_what_is_told_of_several_that_go_together():
    every = Step(Options(), GRAPHS.order)
    assert every.told(()) == (
        "there is no room for indices, whole matrices of local Jacobians, numbers of arrays and "
        "local Jacobians"
    )
    some = Step(Options(), ("entries", "arrays", "P", "value"))
    assert some.told(()) == "there is no room for gradients and values"
    assert Step(Options(), ("entries",)).told(()) == f"there is no room for {CALLED['entries']}"


def test_what_is_chosen_for_one_node_stays_chosen():
    graph = batch_norm()
    options = Options(show={"Z": ["name", "value"]})
    run, ordered, _ = steps_for(graph, options)
    said = {node.name: node for node in describe(graph, run, ordered[-1].options).nodes}
    assert [phrase.plain for phrase in said["Z"].phrases if phrase.role != "index"] == ["Z"]


def test_cards_of_one_name_are_told_apart_by_their_members():
    graph = zoo.tangled(40)
    said = graph.draw(zoo.swept(graph), collapse="levels").description
    assert len(said.nodes) < len(graph)
    called = [node.called.plain if node.called else node.name for node in said.nodes]
    assert len(called) == len(set(called))


def test_several_programs_share_the_time_they_have():
    sleep = ["python3", "-c", "import time; time.sleep(0.2)"]
    with together(60):
        assert ask(sleep, b"", seconds=30, most=10).code == 0
        shared = program._shared.get()
        assert shared is not None
        assert shared.left < 60 - 0.2
        shared.left = 0.0
        assert ask(sleep, b"", seconds=30, most=10).code == 0  # it was answered before
        with pytest.raises(Unanswered, match="took more than 0 s"):
            ask(sleep, b"anew", seconds=30, most=10)
    assert ask(["python3", "-c", ""], b"", seconds=30, most=10).code == 0


def test_type_that_is_too_small_tells_what_it_takes():
    graph = zoo.rnn(3)
    with pytest.warns(UserWarning, match="under min_pt"):
        alt = graph.draw(zoo.swept(graph), width="12mm").alt
    assert "Type of 6 pt takes a sheet" in alt

"""Circuits for a width or a slide: rows whose wires go on, every value still at its wire."""

from __future__ import annotations

import random
import sys
import warnings
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parent.parent.parent / "examples"))

import gallery
import pictures as measured

import graphdiff as gd
from graphdiff.drawing.circuit.gates import Gate
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.styles import CircuitPicture
from graphdiff.drawing.writers.fitting import SmallPrintWarning

SHEETS = {
    "page": {"width": "160mm"},
    "column": {"width": "84mm"},
    "slide": {"aspect": "16:9"},
    "down": {"width": "84mm", "direction": "TB"},
}


def formula(seed: int, operations: int) -> gd.Graph:
    """Return a random formula of so many operations, some with a name."""
    pick = random.Random(seed)
    graph = gd.Graph(f"Formula {seed}")
    known = [graph.parameter(f"w_{k}", round(pick.uniform(0.2, 2), 2)) for k in range(3)]
    known += [graph.input(f"x_{k}", round(pick.uniform(0.2, 2), 2)) for k in range(2)]
    whole = known[0]
    for k in range(operations):
        other = pick.choice(known)
        ways = (
            lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: b / (2 + a**2),
            lambda a, _: gd.tanh(a), lambda a, _: gd.sigmoid(a), lambda a, b: gd.max(a, b),
        )  # fmt: skip
        whole = pick.choice(ways)(whole, other)
        if pick.random() < 0.25:
            whole = graph.node(f"u_{k}", whole)
            known.append(whole)
    graph.node("f", whole)
    return graph


RANDOM = {f"random {seed}": (lambda s=seed: formula(s, 3 + 2 * s)) for seed in range(3)}
CASES = ["circuit", "circuit-sigmoid", "circuit-max", "circuit-branches", *RANDOM]


@cache
def drawn(name: str, sheet: str) -> CircuitPicture:
    if name in RANDOM:
        graph, more = RANDOM[name](), {}
        run = graph.backward()
    else:
        whole = dict(gallery.circuits())[name]
        graph, run = whole.drawn
        more = {"digits": whole.options.digits}
    with warnings.catch_warnings():
        warnings.simplefilter("error", SmallPrintWarning)
        picture = graph.draw(run, style="circuit", **more, **SHEETS[sheet])
        picture.scene  # noqa: B018
    assert isinstance(picture, CircuitPicture)
    return picture


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", CASES)
def test_a_circuit_can_be_read_and_every_gate_is_there(name, sheet):
    picture = drawn(name, sheet)
    assert smallest(picture.scene) >= 6 - 1e-6
    assert measured.labels_of(picture.laid_out) == (0, 0)
    wanted = picture.circuit.graph
    shown = picture.laid_out.measured.description
    assert [label.name for label in shown.nodes if not label.again] == [
        n.name for n in wanted.nodes
    ]
    leaves = {node.name for node in wanted.leaves}
    ends = {label.index: label.name for label in shown.nodes}
    for edge in wanted.edges:
        (line,) = (
            one for one in shown.edges
            if not one.again and (one.parent, one.child, one.slot) == (edge[0].name, edge[1].name, edge[2])
        )  # fmt: skip
        assert (ends[line.tail], ends[line.head]) == (edge[0].name, edge[1].name)
    reached = {edge.head for edge in shown.edges if edge.again}
    again = {label.index: label.name for label in shown.nodes if label.again}
    assert reached == {index for index, called in again.items() if called not in leaves}
    told = [entry.meaning for entry in shown.legend]
    assert any("from a row above" in one for one in told) == bool(again)


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_stay_on_their_sides_of_the_wire_in_rows(name, sheet):
    found = drawn(name, sheet).laid_out
    said = found.measured.description
    first, second = "above", "below"
    for label, box in zip(said.nodes, found.measured.nodes, strict=True):
        assert isinstance(box, Gate)
        if label.again:
            assert {line.role for line in box.lines} == {"formula"}
            continue
        start, end = box.wire
        is_down = start[0] == end[0]
        if is_down:
            first, second = "left of", "right of"
        for line in box.lines:
            low = line.x if is_down else line.y - line.fragment.ascent
            high = low + (line.fragment.width if is_down else line.fragment.height)
            level = start[0] if is_down else start[1]
            if line.role == "forward":
                assert high < level
            elif line.role == "backward":
                assert low > level
    told = {entry.meaning for entry in said.legend}
    assert f"the value, {first} its wire" in told
    assert f"{second} it" in told or not any(
        line.role == "backward" for box in found.measured.nodes for line in box.lines
    )


def test_wires_go_on_at_the_middle_of_their_marks():
    found = drawn("circuit-sigmoid", "column").laid_out
    said = found.measured.description
    places = {
        label.index: (box, corner)
        for label, box, corner in zip(said.nodes, found.measured.nodes, found.nodes, strict=True)
    }
    led = [
        (edge, curve) for edge, curve in zip(said.edges, found.curves, strict=True) if edge.again
    ]
    assert led
    for edge, curve in led:
        box, (x, y) = places[edge.head]
        assert curve.tip == pytest.approx((x + box.middle[0] - box.half[0], y + box.middle[1]))
        box, (x, y) = places[edge.tail]
        assert curve.points[0] == pytest.approx((x + box.wire[1][0], y + box.wire[1][1]))


def test_what_has_no_room_is_left_out_in_order_and_told():
    graph = formula(0, 24)
    picture = graph.draw(graph.backward(), style="circuit", width="60mm", min_pt=7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallPrintWarning)
        assert picture.scene
    shown = picture.laid_out.measured.description
    (told,) = [one.text for one in shown.remarks if one.text.startswith("On 60 mm")]
    assert "names of gates" in told
    assert "gradients" in told
    assert told in picture.alt
    assert not any(said.role == "backward" for label in shown.nodes for said in label.phrases)

"""Graphs drawn as circuits: the numbers are the run's, and everything stands at its wire."""

from __future__ import annotations

import math

import numpy as np
import pytest
from closeness import close, terms_of
from drawing_graphs import GRAPHS, tangled

import graphdiff as gd
from graphdiff.drawing.circuit.circuit import Circuit, circuit
from graphdiff.drawing.circuit.gates import Gate
from graphdiff.drawing.circuit.signs import is_symmetric
from graphdiff.drawing.labels.description import NodeLabel, Role
from graphdiff.drawing.layout.labelling import labelled
from graphdiff.drawing.options import DIRECTIONS, Options
from graphdiff.errors import DrawingError
from graphdiff.local_functions.local_function import Formal, Instruction
from graphdiff.recognition.operations import divided

ZOO = {name: GRAPHS[name] for name in GRAPHS if name != "long_names"} | {
    f"tangled {seed}": lambda seed=seed: tangled(seed, 8) for seed in range(6)
}


def sum_times_z() -> gd.Graph:
    graph = gd.Graph("f = (x + y) z")
    x, y, z = graph.input("x", -2), graph.input("y", 5), graph.input("z", -4)
    graph.node("f", graph.node("q", x + y) * z)
    return graph


def sigmoid_circuit() -> gd.Graph:
    graph = gd.Graph("A sigmoid neuron")
    w_0, x_0 = graph.parameter("w_0", 2), graph.input("x_0", -1)
    w_1, x_1 = graph.parameter("w_1", -3), graph.input("x_1", -2)
    w_2 = graph.parameter("w_2", -3)
    graph.node("f", 1 / (1 + gd.exp(-(w_0 * x_0 + w_1 * x_1 + w_2))))
    return graph


def max_gate() -> gd.Graph:
    graph = gd.Graph("Add, multiply and max gates")
    x, y, z, w = (
        graph.input(name, value) for name, value in zip("xyzw", (3, -4, 2, -1), strict=True)
    )
    graph.node("f", 2 * (x * y + gd.max(z, w)))
    return graph


def drawn(graph: gd.Graph, **options) -> Circuit:
    return circuit(graph, graph.backward(), Options(**options))


def said(label: NodeLabel, role: Role) -> str:
    (phrase,) = (phrase for phrase in label.phrases if phrase.role == role)
    return phrase.plain


def rows(graph: gd.Graph, digits: int = 2) -> list[tuple[str, str, str]]:
    """Return the sign, the value and the gradient of each gate."""
    labels = drawn(graph, digits=digits).describe().nodes
    return [tuple(said(label, role) for role in ("formula", "forward", "backward"))
            for label in labels]  # fmt: skip


def test_the_circuits_of_the_course_have_its_numbers():
    assert rows(sum_times_z()) == [
        ("x", "-2", "-4"), ("y", "5", "-4"), ("z", "-4", "3"), ("+", "3", "-4"), ("*", "-12", "1"),
    ]  # fmt: skip
    assert rows(sigmoid_circuit()) == [
        ("w_0", "2", "-0.2"), ("x_0", "-1", "0.39"), ("w_1", "-3", "-0.39"),
        ("x_1", "-2", "-0.59"), ("w_2", "-3", "0.2"),
        ("*", "-2", "0.2"), ("*", "6", "0.2"), ("+", "4", "0.2"), ("+", "1", "0.2"),
        ("*-1", "-1", "-0.2"), ("exp", "0.37", "-0.53"), ("+1", "1.4", "-0.53"),
        ("1/x", "0.73", "1"),
    ]  # fmt: skip
    assert rows(max_gate()) == [
        ("x", "3", "-8"), ("y", "-4", "6"), ("z", "2", "2"), ("w", "-1", "0"),
        ("*", "-12", "2"), ("max", "2", "2"), ("+", "-10", "2"), ("*2", "-20", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_each_gate_is_one_operation_and_has_the_numbers_of_the_run(name):
    graph = ZOO[name]()
    run, made = graph.backward(), drawn(graph)
    sizes = terms_of(run)
    for node in made.graph.nodes:
        if node.function is not None:
            lines = [line for line in node.function.program if isinstance(line, Instruction)]
            used = {place for line in lines[:-1] for place in line.lines}
            assert not any(isinstance(node.function.program[place], Formal) for place in used)
    assert made.run is not None
    assert set(run.value) <= set(made.run.value)
    for node in graph.nodes:
        assert made.graph[node.name].shape == node.shape
        close(made.run.value[node.name], run.value[node.name], terms=1)
        close(made.run.P[node.name], run.P[node.name], terms=sizes[node.name])


@pytest.mark.parametrize("name", ["regression", "square", "relu", "neuron", "tangled 1"])
def test_what_comes_back_along_branches_adds_up_to_what_stands_below_the_wire(name):
    graph = ZOO[name]()
    made = drawn(graph, digits=15)
    branches = 0
    for label in made.describe().nodes:
        leaving = [edge for edge in made.describe().edges if edge.tail == label.index]
        back = [float(edge.phrases[0].plain) for edge in leaving if edge.phrases]
        assert bool(back) <= (len(leaving) > 1)
        if back:
            branches += 1
            largest = max(map(abs, back))
            assert math.isclose(sum(back), float(said(label, "backward")), abs_tol=1e-9 * largest)
    assert branches or name == "regression"


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ["regression", "exact", "forty", "attention", "tangled 2"])
def test_wires_lead_from_the_ends_of_gates_to_their_rims(name, direction):
    made = drawn(ZOO[name](), direction=direction)
    laid_out = made.laid_out(made.describe())
    gates = dict(
        zip((label.index for label in made.describe().nodes),
            zip(laid_out.measured.nodes, laid_out.nodes, strict=True), strict=True)
    )  # fmt: skip
    entered: dict[int, list[tuple[int, tuple[float, float]]]] = {}
    for label, curve in zip(made.describe().edges, laid_out.curves, strict=True):
        tail, (x, y) = gates[label.tail]
        assert isinstance(tail, Gate)
        assert curve.points[0] == (x + tail.wire[1][0], y + tail.wire[1][1])
        head, (x, y) = gates[label.head]
        assert isinstance(head, Gate)
        off = np.abs(np.array(curve.tip) - np.array([x, y]) - head.middle)
        radius = min(head.half)
        corner = np.maximum(off - (np.array(head.half) - radius), 0)
        assert math.isclose(np.hypot(*corner), radius, rel_tol=1e-6)
        entered.setdefault(label.head, []).append((label.slot, curve.tip))
    for index, tips in entered.items():
        assert len({tip for _, tip in tips}) == len(tips)
        if not is_symmetric(made.graph[index]):
            across = [tip[0 if direction in ("TB", "BT") else 1] for _, tip in sorted(tips)]
            assert across == sorted(across)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ["relu", "exact", "attention", "samples", "tangled 3"])
def test_values_stand_on_one_side_of_the_wire_and_gradients_on_the_other(name, direction):
    made = drawn(ZOO[name](), direction=direction)
    across = 0 if direction in ("TB", "BT") else 1
    laid_out = made.laid_out(made.describe())
    for gate in laid_out.measured.nodes:
        assert isinstance(gate, Gate)
        wire = gate.wire[0][across]
        for line in gate.lines:
            fragment = line.fragment
            first = line.x if across == 0 else line.y - fragment.ascent
            last = line.x + fragment.width if across == 0 else line.y + fragment.descent
            assert first >= 0 and line.y + fragment.descent <= gate.height + 1e-6
            if line.role == "forward":
                assert last < wire
            if line.role == "backward":
                assert first > wire
    areas = [(x, y, x + box.width, y + box.height)
             for (x, y), box in zip(laid_out.nodes, laid_out.measured.nodes, strict=True)]  # fmt: skip
    for k, one in enumerate(areas):
        for other in areas[:k]:
            apart = one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]
            assert apart


@pytest.mark.parametrize("name", ["network", "wide", "attention", "layer"])
def test_values_and_gradients_of_one_shape_are_written_alike(name):
    for label in drawn(ZOO[name]()).describe().nodes:
        wholes = {said(label, role).startswith("[") for role in ("forward", "backward")}
        assert len(wholes) == 1


@pytest.mark.parametrize("name", ["neuron", "forty", "attention", "tangled 1", "tangled 5"])
def test_what_is_said_on_branches_stands_nearest_to_its_wire(name):
    made = drawn(ZOO[name]())
    assert labelled(made.laid_out(made.describe()))[1] == 0


def test_equal_parts_of_a_formula_are_one_gate_and_names_that_are_taken_stay_free():
    graph = gd.Graph()
    x, taken = graph.input("x", 2), graph.input("v_1", 3)
    graph.node("f", gd.tanh(x + taken) * (x + taken))
    names = [node.name for node in divided(graph).nodes]
    assert names == ["x", "v_1", "v_2", "v_3", "f"]


def test_numbers_stay_in_the_operations_they_are_in():
    graph = gd.Graph()
    x = graph.input("x", 4)
    graph.node("f", 1 - x / 3)
    signs = [said(label, "formula") for label in drawn(graph).describe().nodes]
    assert signs == ["x", "/3", "1 - x"]


def test_a_circuit_shows_what_is_asked_for():
    graph = sum_times_z()
    run = graph.backward()
    roles = {
        phrase.role
        for label in circuit(graph, run, Options(show=["value"])).describe().nodes
        for phrase in label.phrases
    }
    assert roles == {"formula", "forward"}
    without = circuit(graph, None, Options()).describe()
    assert said(without.nodes[0], "forward") == "-2"
    assert all(phrase.role != "forward" for phrase in without.nodes[-1].phrases)


def test_a_circuit_follows_what_is_chosen_for_single_nodes_and_edges():
    graph = sum_times_z()
    picture = graph.draw(
        graph.backward(), style="circuit", colors={"q": "#102030"}, font_size={"q": 30},
        labels={"z": r"\hat y"}, note={"f": "the end"}, hide=["y"], show={"x": "name"},
    )  # fmt: skip
    made = {label.name: label for label in picture.description.nodes}
    assert set(made) == {"x", "z", "q", "f"}
    assert made["z"].phrases[0].latex == r"\hat{y}"
    assert [phrase.role for phrase in made["x"].phrases] == ["formula"]
    assert (made["q"].colour, made["q"].size) == ("#102030", 30 / 12.75)
    assert "#102030" in picture.svg and "the end" in picture.svg
    with pytest.raises(
        DrawingError, match="collapse: this is said of the nodes of a computational graph"
    ):
        graph.draw(style="circuit", collapse="alike")


def test_a_circuit_is_told_in_words_and_written_in_all_formats(tmp_path):
    graph = sum_times_z()
    picture = graph.draw(graph.backward(), style="circuit")
    assert repr(picture) == "<Picture of 'f = (x + y) z': circuit of 2 gates, LR, lecture>"
    assert picture.alt.startswith("Circuit “f = (x + y) z”: 3 leaves, 2 gates.")
    assert "q = x + y = 3; df/dq = -4" in picture.alt
    for suffix in ("svg", "png", "pdf", "tex", "dot"):
        assert picture.save(tmp_path / f"a.{suffix}").stat().st_size > 300
    assert "shape=ellipse" in picture.dot and "gradient -4" in picture.dot


def test_a_circuit_has_steps_that_lead_to_the_whole():
    graph = sigmoid_circuit()
    steps = graph.frames(graph.backward(), style="circuit")
    gates, leaves = 8, 5
    assert len(steps) == 1 + gates + (gates + leaves)
    assert steps.captions[1] == "Forward: v_1 = w_0*x_0 = 2*(-1) = -2"


def test_what_no_circuit_shows_is_refused():
    graph = sum_times_z()
    run = graph.backward()
    with pytest.raises(DrawingError, match=r"leave style='circuit' out"):
        graph.draw(run, style="circuit", paths="x")
    with pytest.raises(DrawingError, match="no nodes"):
        gd.Graph().draw(style="circuit")
    many = gd.Graph()
    node = many.input("x", 1)
    many.node("f", sum(gd.sin(node + k) for k in range(300)))
    with pytest.raises(DrawingError, match=r"needs \d+ gates and leaves; at most 600"):
        many.draw(style="circuit")
    large = gd.Graph()
    x = large.input("x", 800)
    large.node("f", gd.log(1 + gd.exp(x)))
    assert large.forward().value["f"] == 800
    with pytest.raises(DrawingError, match=r"each operation has a value.*style='graph'"):
        large.draw(large.forward(), style="circuit")

"""A node that is called as derivatives are is not taken for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd

NAMES = "P", "J", "P_1", "P_max", "J__2", "P7"


def power(name: str) -> gd.Graph:
    graph = gd.Graph("Power")
    node = graph.node(name, graph.parameter("R", 2) * graph.input("I", 3) ** 2)
    graph.node("E", node * graph.parameter("t", 4))
    return graph


def symbols(graph, **choices):
    """Return what stands before the derivatives in nodes, and what the legend says of them."""
    said = graph.draw(graph.backward(), **choices).description
    found = [p.plain for node in said.nodes for p in node.phrases if p.role == "P"]
    legend = [e.sample.plain for e in said.legend if getattr(e.sample, "role", "") == "P"]
    return [plain.split("=")[0].split("≈")[0].strip() for plain in found], legend


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hidden", [[], ["index"]])
def test_derivatives_are_written_out_beside_a_node_of_their_name(name, hidden):
    found, legend = symbols(power(name), hide=hidden)
    assert found and all("∂E/∂" in symbol for symbol in found), found
    assert not any(one.startswith("P") for one in legend)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["Q", "p", "Power", "Jac", "u_P"]))
def test_other_names_change_nothing(name):
    found, _ = symbols(power(name))
    assert all(symbol.startswith("P") for symbol in found)


def test_a_label_counts_for_its_name():
    found, _ = symbols(power("Q"), labels={"Q": "P_{el}"})
    assert all("∂E/∂" in symbol for symbol in found)
    found, _ = symbols(power("P"), labels={"P": "Q"})
    assert all(symbol.startswith("P") for symbol in found)


@pytest.mark.parametrize("notation", ["P", "bar"])
def test_what_is_asked_for_is_done(notation):
    found, _ = symbols(power("P"), notation=notation)
    assert found and not any("∂" in symbol for symbol in found)


def test_steps_are_written_as_the_picture_is():
    graph = power("P")
    captions = [frame.caption for frame in graph.frames(graph.backward())]
    backward = [caption for caption in captions if caption.startswith("Backward")]
    assert backward and all("∂E/∂" in caption for caption in backward)

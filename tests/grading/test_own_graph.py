"""A graph in a submission that is not the assignment's: what is right for it follows."""

import json

import pytest

from graphdiff.files import formats
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded
from graphdiff.workbench import Graph

GRAPH = """
inputs.x = 2
parameters.w = 0.5
parameters.b = 1
[nodes]
z = "w*x + b"
L = "z**2"
"""
ASSIGNMENT = assignment_of(GRAPH + '[grading]\nrequired = ["z", "L", "dL/dw", "dL/db"]')

OTHER = {"z": "w*x - b", "L": "z**3"}
CLAIMS = {"z": 0, "L": "0.0", "dL/dw": ["3*z**2*x", 0], "dL/db": "-3*z**2"}


def toml(nodes, claims, leaves=None):
    tables = {"nodes": nodes, "claims": claims}
    written = [leaves if leaves is not None else "inputs.x = 7\nparameters.w = 7\nparameters.b = 7"]
    for name, table in tables.items():
        written += [f"{name}.{json.dumps(k)} = {json.dumps(v)}" for k, v in table.items()]
    return "\n".join(written)


def verdicts(text, file="ada.toml"):
    return {mark.required.target: (mark.verdict, mark.earned) for mark in done(text, file).marks}


def done(text, file="ada.toml"):
    return graded(ASSIGNMENT, "ada", file, text)


def test_what_is_right_for_a_changed_graph_follows():
    found = done(toml(OTHER, CLAIMS))
    assert {mark.verdict for mark in found.marks} == {"follows"}
    assert found.earned == 2
    said = next(one for one in found.report.results if one.target == "dL/db")
    assert "right for the graph handed in, with 'z = w*x - b', 'L = z**3'" in said.note
    assert found.report.results[said.follows - 1].claimed == "w*x - b"


def test_what_is_right_for_neither_graph_is_wrong():
    assert verdicts(toml(OTHER, {"z": 3, "dL/dw": "4*z*x", "dL/db": "2*z"})) == {
        "z": ("wrong", 0), "L": ("missing", 0), "dL/dw": ("wrong", 0), "dL/db": ("correct", 1),
    }  # fmt: skip


def test_nodes_of_ones_own_may_stand_between():
    nodes = {"u": "w*x", "z": "u - b", "L": "z**2"}
    assert verdicts(toml(nodes, {"z": 0, "dL/db": "-2*z"}))["dL/db"] == ("follows", 0.5)


def test_a_graph_may_be_handed_in_without_leaves_or_in_part():
    text = toml({"z": "w*x - b"}, {"z": 0, "dL/db": "-2*z"}, leaves="")
    assert verdicts(text)["dL/db"] == ("follows", 0.5)


def test_other_values_are_another_exercise():
    """The values of the assignment stand in the changed graph, too."""
    assert verdicts(toml({"z": "w*x - b"}, {"z": 42}))["z"] == ("wrong", 0)
    same = {"z": "w*x + b", "L": "z**2"}
    assert verdicts(toml(same, {"z": 56}))["z"] == ("wrong", 0)


@pytest.mark.parametrize(
    "text",
    [
        toml({"z": "w*x - q"}, {"z": 2}),
        toml({"z": "L - b", "L": "z"}, {"z": 2}),
        toml({"z": "w*x + b - 1e999"}, {"z": 2}),
        toml({"z": "w @ x - b"}, {"z": 2}, "inputs.x = [1]\nparameters.w = [1]\nparameters.b = 1"),
    ],
)
def test_a_graph_that_cannot_be_read_costs_the_claims_nothing(text):
    assert verdicts(text)["z"] == ("correct", 1)


def test_a_graph_in_json_is_read_alike():
    own = as_json(toml(OTHER, CLAIMS))
    assert verdicts(own, "ada.json") == verdicts(toml(OTHER, CLAIMS))


def as_json(text):
    """Return a graph file in TOML as one in JSON."""
    graph = Graph()
    return formats.to_json(graph, formats.from_text(text, graph, is_json=False).worksheet)

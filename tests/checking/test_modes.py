"""Claims about tangents and adjoints."""

from __future__ import annotations

import numpy as np
import pytest
import tensor_strategies
from hypothesis import given, reject, settings
from strategies import graphs

import graphdiff as gd
from graphdiff.errors import FileError, GraphdiffError, NumericalError
from graphdiff.workbench import load_with_claims

FILE = """\
output = "L"
[inputs]
x = [1, 2]
[parameters]
W = [[1, 0], [2, 1]]
b = "1/2"
[nodes]
z = "W @ x + b"
L = "sum(z**2)"
[tangent]
wrt = {W = [[1, 0], [0, "1/3"]], b = 2}
[claims]
"tangent[z]" = ["tangent[W] @ x + tangent[b]", [3, "8/3"]]
"tangent[L]" = "2*z @ tangent[z]"
"tangent[z][0]" = 3
"adjoint[z]" = "2*z"
"adjoint[W][1, 0]" = "adjoint[z][1]*x[0]"
"""


def verdicts(report):
    return [result.verdict for result in report.results]


def written(tmp_path, text):
    path = tmp_path / "g.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_claims_both_modes(tmp_path):
    graph, sheet = load_with_claims(written(tmp_path, FILE))
    report = graph.check(sheet)
    assert verdicts(report) == ["correct"] * 6, str(report)


def test_a_file_keeps_its_direction(tmp_path):
    graph, sheet = load_with_claims(written(tmp_path, FILE))
    for name in ("a.toml", "a.json"):
        graph.save(tmp_path / name, claims=sheet)
        again = load_with_claims(tmp_path / name)[1]
        assert again.as_entries() == sheet.as_entries()
        assert verdicts(graph.check(again)) == ["correct"] * 6


@pytest.mark.parametrize("wrt", ['"b"', '"W[0, 1]"', "{b = 1}"])
def test_every_way_to_name_a_direction(wrt, tmp_path):
    text = FILE.replace('{W = [[1, 0], [0, "1/3"]], b = 2}', wrt)
    claimed = "x[1]*[1, 0]" if "W" in wrt else "[1, 1]"
    text = f'{text[: text.index("[claims]")]}[claims]\n"tangent[z]" = "{claimed}"\n'
    graph, sheet = load_with_claims(written(tmp_path, text))
    assert verdicts(graph.check(sheet)) == ["correct"]


@pytest.mark.parametrize(
    ("wrt", "said"),
    [
        ('"W"', "needs a direction of that shape"),
        ('"V"', "unknown node 'V'"),
        ("{V = 1}", "unknown node 'V'"),
        ("{x = [1, 2, 3]}", "the tangent of 'x' has shape (3,)"),
        ("3", "wrt is 3"),
        ('{x = ["a", 1]}', "'x'"),
        ('"W[7, 7]"', "out of bounds"),
    ],
)
def test_a_wrong_direction_is_refused_with_the_file(wrt, said, tmp_path):
    text = FILE.replace('{W = [[1, 0], [0, "1/3"]], b = 2}', wrt)
    with pytest.raises(GraphdiffError) as error:
        load_with_claims(written(tmp_path, text))
    assert "[tangent]" in str(error.value)
    assert said in str(error.value)


def test_another_entry_of_the_section_is_refused(tmp_path):
    with pytest.raises(FileError, match="tangent"):
        load_with_claims(written(tmp_path, "tangent = 3\n[inputs]\nx = 1\n[nodes]\nz = 'x'\n"))
    with pytest.raises(GraphdiffError, match="wrd"):
        load_with_claims(written(tmp_path, FILE.replace("wrt =", "wrd =")))


def small() -> gd.Graph:
    g = gd.Graph()
    x, y = g.input("x", 2), g.input("y", 5)
    g.node("L", g.node("a", x * y) - gd.sin(y))
    return g


def test_a_tangent_needs_a_direction():
    (result,) = small().check({"tangent[a]": 5}).results
    assert result.verdict == "unread"
    assert "direction" in result.note
    assert '[tangent] wrt = "x"' in result.note


def test_wrong_tangents_and_adjoints_are_wrong():
    report = small().check(
        {"tangent[a]": ["x", 2], "adjoint[y]": ["x + cos(y)", "adjoint[a]*y"]}, tangent="x"
    )
    assert verdicts(report) == ["wrong", "follows", "wrong", "wrong"]


def test_nodes_may_be_named_by_their_number_and_entries_are_chosen():
    assert (
        verdicts(small().check({"tangent[3]": 5, "adjoint[3]": 1}, tangent="x")) == ["correct"] * 2
    )


def test_an_adjoint_is_of_one_number():
    g = gd.Graph()
    g.node("z", g.input("x", [1, 2]) * 2)
    (result,) = g.check({"adjoint[x]": 1}).results
    assert "P[x]" in result.note


def test_a_node_of_that_name_keeps_it():
    g = gd.Graph()
    g.node("L", g.input("adjoint", [3, 4])[1] * 2)
    assert verdicts(g.check({"adjoint[1]": 4})) == ["correct"]


@given(graphs())
@settings(max_examples=15)
def test_tangents_of_a_trace_are_correct(graph):
    direction = {leaf.name: k + 1 for k, leaf in enumerate(graph.leaves)}
    try:
        trace = graph.evaluation_trace("forward", direction, exact=True)
    except NumericalError:
        reject()
    claims = {f"tangent[{node.name}]": trace.derivative[node] for node in graph.nodes}
    assert set(verdicts(graph.check(claims, tangent=direction))) <= {"correct", "undecided"}


@given(tensor_strategies.graphs(most=3))
@settings(max_examples=15)
def test_tangents_of_tensors_are_correct(graph):
    direction = {leaf.name: np.ones(leaf.shape) if leaf.shape else 1 for leaf in graph.leaves}
    try:
        trace = graph.evaluation_trace("forward", direction)
    except NumericalError:
        reject()
    output = graph.nodes[-1]
    report = graph.check({f"tangent[{output.name}]": trace.derivative[output]}, tangent=direction)
    assert "wrong" not in verdicts(report), str(report)

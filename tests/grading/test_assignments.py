"""The teacher's file: what is asked for, what it is worth, and which line is wrong."""

from fractions import Fraction

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphdiffError
from graphdiff.files import formats
from graphdiff.grading.assignment import KEYS, assignment_of, load_assignment
from graphdiff.grading.credit import GIVEN

GRAPH = """\
title = "t"
[inputs]
x = [1, 2]
[parameters]
W = [[1, -1], [2, 0.5]]
[nodes]
z = "W @ x"
L = "sum(z**2)"
"""


def asked(grading):
    assignment = assignment_of(f"{GRAPH}[grading]\n{grading}")
    return [
        (one.required.target, one.required.points, one.required.hidden, one.form)
        for one in assignment.questions
    ]


def refused(grading, graph=GRAPH):
    with pytest.raises(GraphdiffError) as caught:
        assignment_of(f"{graph}[grading]\n{grading}")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "grading",
    [
        'required = ["L", "dL/dW"]',
        'required = {L = 1, "dL/dW" = 1}',
        '[grading.required]\nL = 1\n"dL/dW" = {points = 1}',
        '[[grading.required]]\ntarget = "L"\n[[grading.required]]\ntarget = "dL/dW"\nform = "any"',
    ],
)
def test_ways_to_ask(grading):
    assert asked(grading) == [("L", 1, False, "any"), ("dL/dW", 1, False, "any")]


def test_what_is_said_once_is_said_of_each():
    grading = 'points = "1/3"\nhidden = true\nform = "number"\nrequired = ["L", {target = "z", form = "any"}]'
    third = Fraction(1, 3)
    assert asked(grading) == [("L", third, True, "number"), ("z", third, True, "any")]


def test_without_grading_the_claims_are_asked_for():
    assignment = assignment_of(GRAPH + '[[claims]]\nL = 3\n[[claims]]\nL = "z"\n"dL/dW[0, 1]" = 2')
    assert [one.target for one in assignment.required] == ["L", "dL/dW[0, 1]"]


@pytest.mark.parametrize(
    ("grading", "says"),
    [
        ('required = ["L", "dL/dV"]', "line 10: unknown node 'V'"),
        ('[grading.required]\nL = 1\n"dL/dV" = 1', "line 12: unknown node 'V'"),
        ('required = ["P[W]", "L", "dL/dW"]', "line 10: 'dL/dW' is asked for twice; it is the same as 'P[W]'"),
        ("required = {L = -1}", "line 10: the points for 'L' are -1; write a number such as 2, 0.5 or \"1/3\""),
        ("required = {L = true}", "line 10: the points for 'L' are True"),
        ('required = {L = {point = 1}}', "line 10: unknown entry of 'L' 'point'; did you mean 'points'?"),
        ('required = {L = {form = "float"}}', "line 10: form of 'L' is 'float'; it may be \"any\", \"formula\", \"number\""),
        ('required = {L = {hidden = 1}}', "line 10: hidden of 'L' is 1; write true or false"),
        ("required = 3", "line 10: required is 3; write a list of targets"),
        ("required = [3]", "line 10: required is 3; write a list of targets"),
        ("requires = []", "line 10: unknown entry of [grading] 'requires'; did you mean 'required'?"),
        ('required = ["L"]\ncredit = {follow = 1}', "line 11: credit has no 'follow'; it may have 'rounded'"),
        ('required = ["L"]\ncredit = {follows = 2}', "line 11: the credit for 'follows' is 2; write a number from 0 to 1"),
        ('required = ["L"]\ncredit = 1', "line 11: credit is 1; write shares by verdict"),
        ('required = ["L"]\ncount = "first"', "line 11: count is 'first'; it may be \"last\", \"best\""),
        ('required = ["L"]\nstrict = "yes"', "line 11: strict is 'yes'; write true or false"),
        ('required = ["L"]\ntolerance = "lots"', "line 11: the tolerance is lots; write a part below 100%"),
        ('required = ["L"]\nlearning_rate = -1', "line 11: the learning rate is -1; give a positive number"),
        ('required = ["W@1"]', "line 10: 'W@1' is after a step of gradient descent, whose learning rate is not known"),
        ("required = []", "it asks for nothing"),
        ("", "it asks for nothing"),
    ],
)  # fmt: skip
def test_errors_name_the_line(grading, says):
    assert refused(grading).startswith(says)


def test_every_entry_is_documented_and_named():
    assert set(GIVEN) > {"follows", "entries", "links"}
    for key in KEYS:
        assert f"'{key}'" in refused(f"{key}s_ = 1") or len(key) > 0


def test_files(tmp_path):
    graph = gd.Graph("t")
    x = graph.input("x", 2)
    graph.node("L", x**2)
    path = tmp_path / "hw.json"
    path.write_text(
        formats.to_json(graph).replace(
            '"claims": {}', '"claims": {}, "grading": {"required": ["L"]}'
        ),
        encoding="utf-8",
    )
    assert [one.target for one in load_assignment(path).required] == ["L"]
    path.write_text(path.read_text(encoding="utf-8").replace('["L"]', '["M"]'), encoding="utf-8")
    with pytest.raises(GraphdiffError, match=r"hw.json: line \d+: unknown node 'M'"):
        load_assignment(path)


def test_data_beside_the_file_goes_into_the_text(tmp_path):
    np.save(tmp_path / "X.npy", np.array([[1.5, 1 / 3], [2, 3]]))
    text = GRAPH.replace("x = [1, 2]", 'x = [1, 2]\nX = {file = "X.npy"}') + 'y = "sum(X)"\n'
    (tmp_path / "hw.toml").write_text(f'{text}[grading]\nrequired = ["y"]', encoding="utf-8")
    assignment = load_assignment(tmp_path / "hw.toml")
    again = assignment_of(assignment.source, is_json=assignment.is_json)
    assert again.required == assignment.required
    assert np.array_equal(again.graph["X"].value, assignment.graph["X"].value)


def test_the_grading_of_a_file_is_saved_with_it(tmp_path):
    assignment = assignment_of(
        f'{GRAPH}[grading]\nrequired = {{L = "1/3"}}\ncredit = {{follows = 1}}'
    )
    for name in ("saved.toml", "saved.json"):
        formats.save(assignment.graph, tmp_path / name, claims=assignment.sheet)
        assert load_assignment(tmp_path / name).required == assignment.required
        assert load_assignment(tmp_path / name).credit == assignment.credit

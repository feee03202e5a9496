"""The file for marking: the solution earns all points, the blank form none, and nothing crashes."""

import json
from fractions import Fraction

import pytest
from command_line import shell
from exercise_kinds import of_every_kind

from graphdiff.exercises import exercise, folder
from graphdiff.grading import assignment


@of_every_kind
def test_the_marking_asks_what_the_worksheet_asks(kind):
    made = exercise(31, **kind)
    asked = assignment.assignment_of(folder.files(made)["teacher/grading.toml"])
    assert [(one.target, one.points) for one in asked.required] == [
        (question.target, question.points) for question in made.questions
    ]
    rate = asked.sheet.learning_rate
    assert (rate and Fraction(str(rate))) == made.learning_rate


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        {"topic": "fan-out"},
        {"topic": "perceptron"},
        {"topic": "update", "tensors": True},
        {"topic": "softmax", "tensors": True},
    ],
    ids=str,
)
def test_the_solution_earns_all_and_the_form_nothing(kind, tmp_path):
    made = exercise(32, **kind)
    folder.save(made, tmp_path)
    total = sum(question.points for question in made.questions)
    done = shell(
        "grade", "teacher/grading.toml", "teacher/solution.toml", "student/answers.toml",
        "--format", "json", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr  # something is missing, nothing was unread
    found = {one["student"]: one for one in json.loads(done.stdout)["graded"]}
    assert (found["teacher"]["earned"], found["student"]["earned"]) == (total, 0)
    assert {mark["verdict"] for mark in found["teacher"]["marks"]} == {"correct"}
    assert {mark["verdict"] for mark in found["student"]["marks"]} == {"missing"}

"""A gradebook as JSON lines: one a submission, as its schema says."""

import json

from gradebooks import gradebooks
from hypothesis import given
from jsonschema import Draft202012Validator

from graphdiff.errors.plain_text import is_seen
from graphdiff.grading import Graded
from graphdiff.grading.as_json_lines import as_json_lines, schema


def test_the_schema_is_one():
    Draft202012Validator.check_schema(schema())
    assert "report.schema.json" not in json.dumps(schema())


@given(gradebooks())
def test_each_line_is_a_submission(book):
    validator = Draft202012Validator(schema())
    lines = as_json_lines(book).split("\n")
    assert lines.pop() == ""
    assert [Graded.from_json(json.loads(line)) for line in lines] == list(book.graded)
    for line in lines:
        assert is_seen(line)
        validator.validate(json.loads(line))


def test_the_schema_refuses_what_is_none():
    validator = Draft202012Validator(schema())
    graded = {
        "student": "Ann",
        "file": "a.md",
        "earned": 1,
        "possible": "1/3",
        "problem": "",
        "marks": [],
        "report": None,
    }
    assert validator.is_valid(graded)
    for key, wrong in (
        ("earned", "many"),
        ("earned", "1/0"),
        ("marks", [{}]),
        ("report", {}),
        ("more", 1),
    ):
        assert not validator.is_valid({**graded, key: wrong}), key

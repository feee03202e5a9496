"""A submission as results.json, against what Gradescope says of the format."""

import json

from gradebooks import SECRET, gradebooks
from hypothesis import given

from graphdiff.errors.plain_text import neutral
from graphdiff.grading.as_gradescope import as_gradescope

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}

WHOLE = {
    "score": float, "output": str, "output_format": FORMATS, "test_output_format": FORMATS,
    "test_name_format": FORMATS, "visibility": VISIBILITIES, "stdout_visibility": VISIBILITIES,
    "tests": list, "execution_time": float, "extra_data": dict, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": float, "max_score": float, "status": {"passed", "failed"}, "name": str,
    "name_format": FORMATS, "number": str, "output": str, "output_format": FORMATS,
    "tags": list, "visibility": VISIBILITIES, "extra_data": dict,
}  # fmt: skip


def check(record, allowed):
    for key, value in record.items():
        kind = allowed[key]
        assert value in kind if isinstance(kind, set) else isinstance(value, kind), key


@given(gradebooks())
def test_it_is_as_the_format_asks(book):
    for graded in book.graded:
        found = json.loads(json.dumps(as_gradescope(graded)))
        check(found, WHOLE)
        assert found["score"] == float(graded.earned)
        assert len(found["tests"]) == len(graded.marks)
        for test, mark in zip(found["tests"], graded.marks, strict=True):
            check(test, TEST)
            assert test["output"].strip()
            assert (test["visibility"] == "hidden") == mark.required.hidden
            assert (test["status"] == "passed") == mark.ok
            assert all(line == neutral(line) for line in test["output"].split("\n"))


@given(gradebooks())
def test_it_has_nothing_of_what_is_hidden(book):
    for graded in book.graded:
        assert SECRET not in json.dumps(as_gradescope(graded))

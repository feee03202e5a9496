"""A gradebook as JUnit XML, against what the schemas of Ant and Jenkins have in common."""

import io
import re
from datetime import datetime
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from gradebooks import SECRET, gradebooks
from hypothesis import given

from graphdiff.checking.report import Report, Result
from graphdiff.grading import Gradebook, Graded, Mark, Required
from graphdiff.grading.as_junit import as_junit

AT = datetime(2026, 5, 1, 12, 30)
TOKEN = re.compile(r"\S+(?: \S+)*")

ATTRIBUTES = {
    "testsuites": {},
    "testsuite": {
        "name": TOKEN, "package": TOKEN, "id": r"\d+", "tests": r"\d+", "failures": r"\d+",
        "errors": r"\d+", "time": r"\d+", "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
        "hostname": TOKEN,
    },
    "property": {"name": TOKEN, "value": r"[^\n]*"},
    "testcase": {"name": TOKEN, "classname": TOKEN, "time": r"\d+"},
    "failure": {"type": r"[a-z-]+", "message": r"[^\n]+"},
    "error": {"type": r"[a-z-]+", "message": r"[^\n]*"},
}  # fmt: skip
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"(error |failure )?",
}


def check(element):
    expected = ATTRIBUTES.get(element.tag, {})
    assert set(element.attrib) == set(expected), element.tag
    for name, pattern in expected.items():
        assert re.fullmatch(pattern, element.get(name)), (element.tag, name, element.get(name))
    children = "".join(f"{child.tag} " for child in element)
    assert re.fullmatch(CHILDREN.get(element.tag, ""), children), (element.tag, children)
    for child in element:
        check(child)


@given(gradebooks())
def test_it_is_as_the_schemas_ask(book):
    written = as_junit(book, AT)
    root = ElementTree.fromstring(written)
    check(root)
    assert len(root) == len(book.graded)
    for suite, graded in zip(root, book.graded, strict=True):
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases) == (len(graded.marks) or 1)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        is_good = not graded.problem and all(mark.ok for mark in graded.marks)
        assert is_good == (suite.get("failures") == suite.get("errors") == "0")


@given(gradebooks())
def test_it_has_nothing_of_what_is_hidden(book):
    assert SECRET not in as_junit(book, AT)


@given(gradebooks())
def test_a_reader_of_junit_files_reads_it(book):
    junitparser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    read = junitparser.JUnitXml.fromfile(io.BytesIO(as_junit(book, AT).encode()))
    assert [len(suite) for suite in read] == [len(graded.marks) or 1 for graded in book.graded]
    for suite, graded in zip(read, book.graded, strict=True):
        if not graded.problem:
            assert [not case.result for case in suite] == [mark.ok for mark in graded.marks]


def test_answers_can_be_left_out():
    result = Result("L", 1, "7", "8.125", "wrong", "it is 8.125")
    mark = Mark(Required("L"), Fraction(0), "wrong", (result,))
    book = Gradebook("", (mark.required,), (Graded("Ann", "a.md", (mark,), Report("", (result,))),))
    assert "8.125" in as_junit(book, AT)
    assert "8.125" not in as_junit(book, AT, answers=False)
    assert "L = 7: wrong" in as_junit(book, AT, answers=False)

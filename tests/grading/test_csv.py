"""A gradebook as CSV: numbers are numbers, and nothing is computed by a spreadsheet."""

import csv
import io
import re
from fractions import Fraction

import pytest
from gradebooks import gradebooks
from hypothesis import given

from graphdiff.grading import Gradebook, Graded, Mark, Required
from graphdiff.grading.as_csv import as_csv, cell

COMPUTED = "=+-@＝＋－＠"


def read(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(gradebooks())
def test_no_cell_is_a_formula(book):
    text = as_csv(book)
    for delimiter in ",;":
        for row in read(text, delimiter):
            for content in row:
                bare = content.lstrip(' \t\r\n"`').replace('"', "")
                assert not bare.startswith(tuple(COMPUTED)) or is_number(bare), content


@given(gradebooks())
def test_it_is_a_table_of_numbers(book):
    head, *rows = read(as_csv(book))
    claims = len(book.required)
    assert len(rows) == len(book.graded)
    assert len(head) == 2 + claims + 3 + claims + 1
    for row, graded in zip(rows, book.graded, strict=True):
        assert len(row) == len(head)
        numbers = [float(content) for content in row[2 : 2 + claims + 3]]
        assert sum(numbers[:claims]) == pytest.approx(numbers[claims], abs=1e-4)
        assert numbers[claims] == pytest.approx(float(graded.earned), abs=1e-6)


@pytest.mark.parametrize(
    "written", ["Đặng Thị Ánh", "O'Brien, Pat", "J[w->u]", "x = -1", "a-b", ""]
)
def test_what_is_no_formula_stays_as_it_is(written):
    assert cell(written) == written


@pytest.mark.parametrize(
    "written",
    ["=1+1", "+1", "-1", "@SUM(1)", " =1", '"=1', "'=1", "\xa0=1", "x;=1", "＝1", "- a"],
)
def test_what_would_be_computed_is_text(written):
    assert re.search(r"(^|;)'[ \"']*[=+\-@＝]", cell(written))


def test_what_ends_a_line_or_a_cell_is_shown():
    assert cell("\t=1") == r"\t=1"
    assert cell("a\r\n=1") == r"a\r\n=1"


def test_points_are_numbers_and_percent_is_of_all():
    one, two = Required("dL/dw", Fraction(3)), Required("-dL/db", Fraction(1, 2))
    marks = (Mark(one, Fraction(1, 3), "wrong"), Mark(two, Fraction(1, 2), "correct"))
    book = Gradebook(
        "", (one, two), (Graded("Ann", "ann.md", marks), Graded("Bo", "b", (), None, "empty"))
    )
    head, ann, bo = read(as_csv(book))
    assert head[2:4] == ["dL/dw", "'-dL/db"]
    assert ann == [
        "Ann",
        "ann.md",
        "0.333333",
        "0.5",
        "0.833333",
        "3.5",
        "23.809524",
        "wrong",
        "correct",
        "",
    ]
    assert bo == ["Bo", "b", "0", "0", "0", "3.5", "0", "missing", "missing", "empty"]

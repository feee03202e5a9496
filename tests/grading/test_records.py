"""The records of grading go through JSON and come back."""

import json
from dataclasses import fields, replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.grading import Gradebook, Graded, Mark, Required
from graphdiff.grading.records import number, plain, shown_points, without_answer


def a_gradebook() -> Gradebook:
    g = gd.Graph("a parabola")
    w = g.parameter("w", 3)
    g.node("L", w**2)
    report = g.check({"dL/dw": ["2*w", "w"], "L": "tan("})
    required = Required("dL/dw", Fraction(1, 3), hidden=True)
    explanation = Explanation(
        ("power-rule",), "the 2 is left out", "how is w² derived?", "power rule"
    )
    wrong = replace(report.results[1], diagnosis=Diagnosis((explanation,), certain=True))
    mark = Mark(required, Fraction(1, 7), "wrong", (report.results[0], wrong), "half of it")
    missing = Mark(Required("L"), Fraction(0), "missing")
    graded = Graded("Ada", "ada.md", (mark, missing), report)
    unread = Graded("Bob", "bob.md", (), None, "it is no text")
    return Gradebook("Homework 1", (required, missing.required), (graded, unread))


def test_a_gradebook_goes_through_json():
    book = a_gradebook()
    assert Gradebook.from_json(json.loads(json.dumps(book.to_json()))) == book


@given(st.integers(0, 30_000), st.sampled_from([1, 2, 8, 10, 100, 10_000]))
def test_points_are_shown_whole_where_they_have_four_decimals(above, below):
    assert Fraction(shown_points(Fraction(above, below))) == Fraction(above, below)


@given(st.fractions(0, 100))
def test_other_points_are_shown_rounded(points):
    exactly = (points * 10**4).denominator == 1
    assert abs(Fraction(shown_points(points)) - points) <= (0 if exactly else Fraction(1, 200))


@given(st.fractions())
def test_points_go_through_json(points):
    assert number(json.loads(json.dumps(plain(points)))) == points


def test_sums_and_exit_codes():
    graded, unread = a_gradebook().graded
    assert graded.earned == Fraction(1, 7)
    assert graded.possible == Fraction(4, 3)
    assert (graded.exit_code, unread.exit_code, a_gradebook().exit_code) == (1, 2, 2)


def test_a_result_without_its_answer_has_only_what_was_claimed():
    g = gd.Graph()
    L = g.node("L", g.parameter("w", 3) ** 2)
    (result,) = g.check({f"d{L.name}/dw": "w"})
    told = without_answer(result)
    kept = {"target", "link", "claimed", "verdict", "follows", "case", "line", "cell", "source"}
    for field in fields(told):
        if field.name not in kept:
            assert not getattr(told, field.name), field.name


def test_a_student_sees_lines_as_the_report_has_them():
    book = a_gradebook()
    graded = book.graded[0]
    mark = replace(graded.marks[0], required=replace(graded.marks[0].required, hidden=False))
    right, wrong = mark.results
    assert wrong.diagnosis is not None
    seen = replace(graded, marks=(mark,), report=replace(graded.report, results=(right, wrong)))
    assert seen.for_student().marks[0].results == mark.results
    for told in ((without_answer(right), without_answer(wrong)), ()):
        redacted = replace(graded, marks=(mark,), report=replace(graded.report, results=told))
        assert redacted.for_student().marks[0].results == tuple(map(without_answer, mark.results))

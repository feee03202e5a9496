"""The page of a student: their lines beside the right ones, and never what is hidden."""

from dataclasses import replace

import pytest
from gradebooks import SECRET, gradebooks
from hypothesis import given, settings
from nasty_texts import TEXTS
from reading_output import check_page, check_quiet_markdown

import graphdiff as gd
from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.files.pages.extraction import extract
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded
from graphdiff.grading.student_page import StudentPage

TEACHER = """
title = "One neuron"
inputs = {x = 2, y = 1}
parameters = {w = 0.5, b = 0.1}
[nodes]
z = "w*x + b"
a = "sigmoid(z)"
L = "(a - y)**2"
[grading.required]
z = 1
"dL/da" = 2
"dL/dw" = {points = 3, hidden = HIDDEN}
"""
PAGE = r"""# My page

1. $z = wx + b = 1.1$
2. $\frac{\partial L}{\partial a} = a - y = -0.25$
3. $\frac{\partial L}{\partial w} = 0.7777$
4. $\frac{\partial a}{\partial z} = a$
"""
CLAIMS = '"z" = "1.1"\n"dL/da" = "a - y"\n"dL/dw" = 0.7777\n"da/dz" = "a"'


def a_page(text=PAGE, file="ada.md", *, is_hidden=True, **choices):
    assignment = assignment_of(TEACHER.replace("HIDDEN", str(is_hidden).lower()))
    found = graded(assignment, "Ada <b>", file, text)
    page = extract(text) if file.endswith(".md") else None
    run = assignment.graph.backward()
    return StudentPage(assignment.title, found, assignment.graph, page, run, **choices)


def with_diagnosis(page):
    """Return a page of which what is wrong is explained, as far as the student may see it."""
    why = Explanation(
        ("power-rule",), "the 2 is left out", "how is a square derived?", "power rule"
    )

    def explained(result):
        if result.verdict != "wrong" or not result.expected:
            return result
        return replace(result, diagnosis=Diagnosis((why,), certain=True))

    one = page.graded
    marks = tuple(replace(mark, results=tuple(map(explained, mark.results))) for mark in one.marks)
    report = replace(one.report, results=tuple(map(explained, one.report.results)))
    return replace(page, graded=replace(one, marks=marks, report=report))


@pytest.mark.parametrize(("text", "file"), [(PAGE, "ada.md"), (CLAIMS, "ada.toml")])
def test_their_line_stands_beside_the_right_one(text, file):
    page = with_diagnosis(a_page(text, file))
    said = " ".join(check_page(page.html).texts)
    for words in ("Ada <b>", "1 of 6 points (17 %)", "✗ wrong", "the 2 is left out",
                  "Hint: how is a square derived? (power rule)", "not shown", "0 of 3"):  # fmt: skip
        assert words in said, words
    (row,) = (row for row in page.html.split("<tr") if ">0 of 2<" in row)
    assert 'aria-label="a - y"' in row
    assert 'class="right"' in row
    assert "2" in row[row.index('class="right"') :]
    assert "∂L/∂a" in page.picture.alt or "dL/da" in page.picture.alt
    check_quiet_markdown(page.markdown)
    for words in ("**dL/da** ✗ wrong, 0 of 2", "the 2 is left out", "✗ -->"):
        assert words in page.markdown, words


@pytest.mark.parametrize(("text", "file"), [(PAGE, "ada.md"), (CLAIMS, "ada.toml")])
def test_the_mistake_is_looked_for(text, file):
    page = a_page(text, file)
    for shown in (page.html, page.markdown):
        assert "the exponent 2 of L is not brought down" in shown
        assert "Hint" in shown


@pytest.mark.parametrize(("text", "file"), [(PAGE, "ada.md"), (CLAIMS, "ada.toml")])
@pytest.mark.parametrize("answers", [True, False])
def test_what_is_hidden_is_in_no_page(text, file, answers):
    page = a_page(text, file, answers=answers)
    shown = "\n".join((page.html, page.markdown, page.picture.alt))
    assert "0.18717" not in shown
    assert "0.7777" in shown
    assert "J^" not in page.picture.alt
    not_hidden = a_page(text, file, is_hidden=False)
    assert "0.18717" in not_hidden.html
    assert "0.18717" in not_hidden.markdown


def test_what_was_not_asked_for_is_shown_as_such():
    page = a_page(f'nodes.z = "w*x"\n[claims]\n{CLAIMS}', "ada.toml")
    said = " ".join(check_page(page.html).texts)
    assert "not asked for" in said
    assert "its own graph, which is not used" in said
    assert r"**da/dz** not asked for" in page.markdown
    assert r"**z** not asked for, its own graph, which is not used" in page.markdown
    assert a_page().markdown.count("not asked for") == 0


def test_what_is_asked_for_in_another_form_does_not_count():
    assignment = assignment_of(
        TEACHER.replace("z = 1\n", 'z = {form = "number"}\n').replace("HIDDEN", "true")
    )
    found = graded(assignment, "Ada", "ada.toml", 'z = "w*x + b"')
    page = StudentPage(assignment.title, found, assignment.graph)
    assert "a number is asked for, not a formula" in page.markdown
    assert "**z** does not count\n  - ✓ correct: `w*x + b`" in page.markdown
    assert "not asked for" not in page.markdown
    assert "does not count" in " ".join(check_page(page.html).texts)


@pytest.mark.parametrize(("text", "file"), [(PAGE, "ada.md"), (CLAIMS, "ada.toml")])
def test_answers_can_be_left_out(text, file):
    page = with_diagnosis(a_page(text, file, is_hidden=False, answers=False))
    for shown in (page.html, page.markdown):
        for answer in ("0.1871", "0.4994", "2*(a - y)", "2*a", "a*(1 - a)", "expected"):
            assert answer not in shown, answer
        assert "how is a square derived?" in shown
    assert 'class="right"' not in page.html


def test_a_page_that_cannot_be_shown_has_its_marks():
    page = a_page(bare="it takes more than 30 s")
    for shown in (page.html, page.markdown):
        assert "it takes more than 30 s" in shown
        assert "0.7777" in shown
        assert "Line by line" not in shown
    check_page(page.html)


def test_who_could_not_be_read_is_told_why():
    one = replace(a_page().graded, problem="it is no <text>", report=None)
    page = replace(a_page(), graded=one, page=None)
    assert "it is no <text>" in " ".join(check_page(page.html).texts)
    check_quiet_markdown(page.markdown)


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_students_are_shown_and_not_obeyed(text):
    page = a_page(f"$z = {text}$\n\n{text}\n\n$a = 0.3$ {text}")
    page = replace(page, title=text, graded=replace(page.graded, student=text, file=text))
    check_page(page.html)
    check_quiet_markdown(page.markdown)


@settings(max_examples=25)
@given(gradebooks())
def test_nothing_is_obeyed_or_told_that_is_hidden(book):
    g = gd.Graph()
    g.node("L", g.parameter("w", 3) ** 2)
    for one in book.graded:
        page = StudentPage(book.title, one, g, run=g.backward())
        check_page(page.html)
        check_quiet_markdown(page.markdown)
        assert SECRET not in page.html
        assert SECRET not in page.markdown

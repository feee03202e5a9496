"""The page of a class: it says what was counted, and nothing of the students is obeyed."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from gradebooks import B, W, explained, gradebook, gradebooks, said
from hypothesis import given
from reading_output import check_page, check_quiet_markdown

from graphdiff.grading import Gradebook, Graded, Required
from graphdiff.grading.bars import FILL, stacked
from graphdiff.grading.class_page import ClassPage
from graphdiff.grading.records import cell
from graphdiff.grading.summary import OUTCOMES


def a_page(**choices):
    students = (
        (said(W, "wrong", "a - y", explained("power-rule")), said(B, "follows")),
        (said(W, "correct", earned=2), said(B, "correct", earned=1)),
        (said(W, "wrong", "a - y", explained("power-rule")), said(B, "correct", earned=1)),
    )
    book = gradebook(*students)
    unread = replace(book.graded[0], student="Zoe", file="z.md", problem="it is empty", marks=())
    return ClassPage(replace(book, title="Week 3", graded=(*book.graded, unread)), **choices)


def test_it_says_what_the_class_did():
    page = a_page()
    text = " ".join(check_page(page.html).texts)
    for words in ("Week 3", "4 submissions, 1 of them could not be read", "44 % on average",
                  "wrong most often, 2 of 3", "a - y", "(2)", "power rule", "power-rule was made",
                  "it is empty", "Zoe", "s0"):  # fmt: skip
        assert words in text, words
    assert "2 wrong" in page.html
    for words in (
        "`dL/dw` was wrong most often, 2 of 3",
        "2 \\(67 %\\)",
        "power rule",
        "it is empty",
        "Zoe",
    ):
        assert words in page.markdown, words
    check_quiet_markdown(page.markdown)


@pytest.mark.parametrize(("claims", "tables"), [(1, 1), (20, 1), (21, 2), (45, 3)])
def test_each_mark_of_each_student_is_in_a_table_as_wide_as_a_page(claims, tables):
    required = [Required(f"q{k}", Fraction(1)) for k in range(claims)]
    students = [
        Graded(name, "a.md", tuple(said(one, "follows", earned=Fraction(k % 4, 2)) for k, one in enumerate(required)))
        for name in ("Ann", "Bo <i>")
    ]  # fmt: skip
    page = ClassPage(Gradebook("", tuple(required), tuple(students)))
    found = re.findall('(?s)<table class="marks">.*?</table>', page.html)
    assert len(found) == tables
    headings = [re.findall('class="turned"><span>(.*?)</span>', table) for table in found]
    assert [one for table in headings for one in table] == [one.target for one in required]
    assert max(map(len, headings)) <= 20
    for name in ("Ann", "Bo &lt;i&gt;"):
        rows = [re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', table)[1] for table in found]
        marks = [mark for row in rows for mark in re.findall("<td>(.*?)</td>", row)]
        assert marks == [cell(mark) for mark in students[0].marks]
    for target in ("q0", required[-1].target):
        assert f"| {target} |" in page.markdown


def test_an_anonymous_page_has_no_more_of_what_is_hidden_than_the_counts():
    hidden = replace(W, hidden=True)
    mark = said(hidden, "wrong", "0.77", explained("power-rule"))
    book = Gradebook("", (hidden,), (Graded("Ann", "a.md", (mark,)),))
    for shown in (ClassPage(book, anonymous=True).html, ClassPage(book, anonymous=True).markdown):
        assert "power" not in shown
        assert "0.77" not in shown
        assert "dL/dw" in shown
    assert "power rule" in ClassPage(book).html


def test_names_can_be_left_out():
    page = a_page(anonymous=True)
    for shown in (page.html, page.markdown):
        for who in ("Zoe", "s0", "s1", "z.md", "0.md"):
            assert who not in shown.replace("s0.", "")
        assert "1 of them could not be read" in shown


def test_bars_are_told_apart_without_colour():
    def grey(colour):
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    bar = stacked(dict.fromkeys(OUTCOMES, 2))
    for look in (0, 1):
        right, wrong, empty = (grey(FILL[kind][look]) for kind in ("right", "wrong", "missing"))
        assert min(abs(right - wrong), abs(wrong - empty), abs(right - empty)) > 35
    assert bar.count("<path") == 1
    assert bar.count("stroke-dasharray") == 1
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="12"', bar)]
    assert len(set(widths)) == 1


@given(gradebooks())
def test_nothing_is_obeyed(book):
    for anonymous in (False, True):
        page = ClassPage(book, anonymous)
        check_page(page.html)
        check_quiet_markdown(page.markdown)

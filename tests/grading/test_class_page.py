"""The page of a class: it says what was counted, and nothing of the students is obeyed."""

import re
from dataclasses import replace

from gradebooks import B, W, explained, gradebook, gradebooks, said
from hypothesis import given
from reading_output import check_page, check_quiet_markdown

from graphdiff.grading.bars import FILL, stacked
from graphdiff.grading.class_page import ClassPage
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
                  "most got this wrong", "a - y", "(2)", "power rule", "power-rule was made",
                  "it is empty", "Zoe", "s0"):  # fmt: skip
        assert words in text, words
    assert "2 wrong" in page.html
    for words in ("Most got `dL/dw` wrong", "2 \\(67 %\\)", "power rule", "it is empty", "Zoe"):
        assert words in page.markdown, words
    check_quiet_markdown(page.markdown)


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

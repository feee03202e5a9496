"""A class at a glance: what is counted, and what is not."""

from dataclasses import replace
from statistics import mean, median

import pytest
from gradebooks import B, W, explained, gradebook, gradebooks, said
from hypothesis import given

from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.report import ACCEPTED, VERDICTS, Report, Result
from graphdiff.grading.summary import OUTCOMES, outcome, summary


def test_every_verdict_has_an_outcome():
    assert {outcome(verdict) for verdict in (*VERDICTS, "missing")} == set(OUTCOMES)
    assert {outcome(verdict) for verdict in ACCEPTED} == {"right"}


def test_a_mistake_is_counted_once_a_student_and_apart_from_what_follows():
    sign, other = explained("sign"), explained("sign", certain=False)
    found = summary(
        gradebook(
            (said(W, "wrong", diagnosis=sign), said(B, "wrong", diagnosis=sign)),
            (said(W, "wrong", diagnosis=sign), said(B, "follows")),
            (said(W, "wrong", diagnosis=other), said(B, "follows")),
            (said(W, "correct"), said(B, "coincidental", diagnosis=explained())),
            (said(W, "correct"), said(B, "wrong", diagnosis=explained("made-up", "sign"))),
        )
    )
    first, second = found.mistakes
    assert (first.faults, first.certain, first.possible) == (("sign",), 2, 1)
    assert first.targets == (("dL/dw", 3), ("dL/db", 1))
    assert (second.title, second.students) == (f"made up and {CATALOGUE['sign'].title}", 1)
    assert (found.first, found.following, found.unexplained) == (6, 2, 1)
    assert found.hardest is None  # both were mistaken three times
    assert found.claims[1].counts == {
        "right": 0,
        "follows": 2,
        "wrong": 3,
        "missing": 0,
        "unread": 0,
    }


def test_mistakes_in_lines_that_were_not_asked_for_are_counted():
    book = gradebook((said(W, "follows"), said(B, "correct")))
    line = Result("z", 1, "5", "6", "wrong", line=3, diagnosis=explained("arithmetic"))
    graded = replace(book.graded[0], report=Report("", (line, *book.graded[0].marks[0].results)))
    found = summary(replace(book, graded=(graded,)))
    assert [(one.faults, one.targets) for one in found.mistakes] == [(("arithmetic",), (("z", 1),))]


def test_the_most_common_wrong_answers_are_those_that_are_wrong_themselves():
    found = summary(
        gradebook(
            *(
                (said(W, "wrong", claimed), said(B, "follows", "9"))
                for claimed in ("1", "2", "1", " 1 ")
            )
        )
    )
    assert found.claims[0].answers == (("1", 3), ("2", 1))
    assert found.claims[1].answers == ()


@given(gradebooks())
def test_counts_are_of_all_who_were_read(book):
    found = summary(book)
    read = [graded for graded in book.graded if not graded.problem]
    assert [claim.students for claim in found.claims] == [len(read)] * len(book.required)
    assert len(found.unread) + len(read) == len(book.graded)
    shares = [float(100 * graded.earned / book.possible) for graded in read if book.possible]
    assert sum(found.bins) == len(shares)
    if shares:
        assert found.mean == pytest.approx(mean(shares))
        assert found.median == pytest.approx(median(shares))
    for claim, k in zip(found.claims, range(len(book.required)), strict=True):
        assert claim.earned * len(read) == sum(graded.marks[k].earned for graded in read)

"""What a student is told of a line, with the answer and without."""

import re
from dataclasses import replace

import pytest
from gradebooks import SECRET, results
from hypothesis import assume, given
from hypothesis import strategies as st

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.report import UNJUDGED, Result
from graphdiff.checking.told import told
from graphdiff.errors.plain_text import is_seen

TITLE = "the sign of the result is turned round"
"""What a mistake is called where no more may be said of it."""


def wrong(sentence, note="it is 0.289", hint="look at the sign", rule="chain rule"):
    explanation = Explanation(("sign",), sentence, hint, rule)
    diagnosis = Diagnosis((explanation,), certain=True)
    return Result("dL/dw", 1, "0.28", "0.289", "wrong", note, diagnosis=diagnosis)


def test_all_of_it_is_told():
    assert list(told(wrong("the sign is turned")).sentences()) == [
        "Expected: 0.289",
        "The sign is turned",
        "Hint: look at the sign (chain rule)",
    ]


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("the sign is turned", True),
        ("0.28 has the sign turned", True),
        ("0.17 + 0.11 is 0.289", False),
        ("the factor 2 is left out", False),
    ],
)
def test_without_the_answer_no_number_is_told_but_the_students_own(sentence, is_told):
    said = told(wrong(sentence), answers=False)
    assert said.mistake == (sentence if is_told else TITLE)
    assert not said.expected
    assert not said.note
    assert said.hints == ("look at the sign (chain rule)",)


@pytest.mark.parametrize("right", ["0.5", "1/2", "5e-1"])
@pytest.mark.parametrize("form", ["½", "1/2", "0.5", "0.50", "2/4"])
@pytest.mark.parametrize("claimed", ["0.28", "1 + 2", "2**1"])
def test_a_number_in_another_form_is_the_same(right, form, claimed):
    result = replace(
        wrong(f"{form} is left out", f"it is {form}", f"is it {form}?", ""),
        claimed=claimed,
        expected=right,
    )
    said = told(result, answers=False)
    assert (said.note, said.mistake, said.hints) == ("", TITLE, ())
    own = told(replace(result, claimed=f"{form}*x", expected="0.7"), answers=False)
    assert own.mistake == f"{form} is left out"


@pytest.mark.parametrize(
    "form", ["a*(1 - a)", "a(1 − a)", r"a \cdot (1-a)".replace(r"\cdot", "·"), "a{(1 - a)}"]
)
def test_a_formula_in_another_form_is_the_same(form):
    result = replace(wrong(f"it is {form}", "", f"try {form}", ""), expected="a*(1 - a)")
    said = told(result, answers=False)
    assert (said.mistake, said.hints) == (TITLE, ())


def test_without_the_answer_no_sentence_and_no_hint_has_it():
    why = "y - a is taken in place of a − y"
    result = wrong(why, note="it is a-y", hint="is it a −  y?", rule="")
    formula = replace(result, claimed="y - a", expected="a - y")
    assert list(told(formula, answers=False).sentences()) == [TITLE.capitalize()]
    assert len(list(told(formula).sentences())) == 4
    short = replace(
        wrong("the factor x is left out", hint="where is x?", rule=""), expected="x", note=""
    )
    assert len(list(told(short, answers=False).sentences())) == 2


def test_it_is_told_why_a_line_cannot_be_read():
    unread = Result("L", 1, "tan(", "", "unread", "column 5: expected )")
    assert list(told(unread, answers=False).sentences()) == ["Column 5: expected )"]


@given(results("dL/dw", SECRET), st.booleans())
def test_nothing_is_hidden_or_obeyed(result, answers):
    assert all(map(is_seen, told(result, answers=answers).sentences()))


@given(results("dL/dw", SECRET))
def test_the_answer_is_not_told_where_it_is_not_to_be(result):
    assume(result.verdict not in UNJUDGED)  # these are not compared with what is right
    said = told(result, answers=False)
    assert not said.expected
    assert SECRET not in " ".join((said.note, said.mistake))
    own = f"{result.target} {result.claimed}"
    assert all(number in own for number in re.findall(r"\d{3,}\.\d+", said.note + said.mistake))


def test_what_is_right_wants_no_words():
    assert list(told(Result("L", 1, "1", "1", "correct")).sentences()) == []

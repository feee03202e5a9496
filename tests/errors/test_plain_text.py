"""What cannot be seen is shown; what can be seen stays."""

import json
import pickle
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nasty_texts import TEXTS, UNSEEN, texts

import graphdiff as gd
from graphdiff.errors import (
    FileError,
    GraphdiffError,
    GraphError,
    UnknownNameError,
    plain_text,
    unknown,
)
from graphdiff.errors.plain_text import json_text, neutral, neutral_lines, one_line

LETTERS = ["x̂", "ŷ", "α", "σ", "θ", "а", "漢字", "मैथिली", "שלום", "مرحبا", "ไทย", "∂L/∂w ≈ 2·x → ✓",
           "𝓛", "é", "e\u0301", "😀", "x² + 1"]  # fmt: skip


def hidden_in(text: str) -> list[str]:
    """Return what a terminal obeys or nobody sees, by the categories of Unicode alone."""
    return [
        c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]


@pytest.mark.parametrize("sign", UNSEEN)
def test_what_is_not_seen_is_shown(sign):
    shown = neutral(f"a{sign}b")
    assert sign not in shown
    assert shown.isprintable()
    assert shown.startswith("a\\")
    assert shown.endswith("b")


@pytest.mark.parametrize("text", LETTERS)
def test_letters_of_all_scripts_stay(text):
    assert neutral(text) == text


@given(texts())
def test_a_neutral_text_is_one_line_and_stays_so(text):
    shown = neutral(text)
    assert hidden_in(shown) == []
    assert len(shown.splitlines()) <= 1
    assert neutral(shown) == shown
    assert plain_text.is_seen(shown)


@given(texts())
def test_lines_of_our_own_stay_lines(text):
    shown = neutral_lines(text)
    assert shown.count("\n") == text.count("\n")
    assert hidden_in(shown.replace("\n", "")) == []


@given(texts())
def test_titles_are_one_line(text):
    shown = one_line(text)
    assert hidden_in(shown) == []
    assert one_line(shown) == shown


def test_a_title_of_two_lines_is_joined():
    assert one_line(" Linear\n\tregression ") == "Linear regression"


def test_marks_do_not_pile_up():
    assert neutral("z" + "\u0301" * 9).count("\u0301") == plain_text.MAX_MARKS
    assert neutral("\u0338= 2") == r"\u0338= 2", "a mark has nothing of ours to stand on"


@given(texts(), st.integers(1, 50))
def test_a_limit_is_kept(text, limit):
    assert len(neutral(text, limit)) <= limit
    assert hidden_in(neutral(text, limit)) == []


@given(st.recursive(texts(), lambda inner: st.lists(inner) | st.dictionaries(texts(), inner)))
def test_json_is_the_same_data_and_neutral_to_look_at(data):
    written = json_text(data)
    assert json.loads(written) == data
    assert hidden_in(written.replace("\n", "")) == []
    assert neutral_lines(written) == written


@pytest.mark.parametrize("text", TEXTS)
def test_every_error_is_one_neutral_line(text):
    for error in (GraphdiffError(text), FileError(text), UnknownNameError(text)):
        assert str(error) == neutral(text)
        assert pickle.loads(pickle.dumps(error)).args == error.args
    for error in (unknown("node", text, [text * 2]), unknown("node", text, ["x"])):
        assert hidden_in(str(error)) == []


@pytest.mark.parametrize(
    "name", ["ㅤ", "x\u3164", "x\u034f", "a\ufe0f", "a\U000e0100", "z" + "\u0301" * 9]
)
def test_a_name_that_is_not_seen_is_refused(name):
    with pytest.raises(GraphError, match="cannot be a node's name; it has signs that are not seen"):
        gd.Graph().input(name)
    with pytest.raises(GraphError, match="cannot be a function's name"):
        gd.function(name, lambda t: t**2)
    with pytest.raises(GraphError, match="cannot be a group's name"):
        g = gd.Graph()
        g.input("x")
        g.group(f"layer {name}", ["x"])


@pytest.mark.parametrize("name", ["x̂", "ŷ", "σ", "ℒ", "trọng", "漢"])
def test_names_of_mathematics_stay(name):
    assert gd.Graph().input(name).name == name

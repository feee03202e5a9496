"""Formulas as they are written: what is read of them, and that nothing makes the reader fall."""

import re
from pathlib import Path

import pytest
from formula_text import shown, written
from formula_trees import Latex, Unicode, formulas
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.files.mathematics.reader import read
from graphdiff.files.mathematics.trees import Form, Unread

HERE = Path(__file__).parent
FORMS: tuple[Form, ...] = ("latex", "plain", "code")
HEADING = re.compile(r"\[(latex|plain|code)\]")


def lines(name: str) -> list[tuple[Form, str]]:
    """Return the lines of a file behind its headings, each with its form."""
    form: Form | None = None
    found: list[tuple[Form, str]] = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if heading := HEADING.fullmatch(line):
            form = heading[1]
        elif form and line:
            found.append((form, line))
    return found


def notations():
    pairs = lines("notations.txt")
    return [
        pytest.param(form, source, expected.removeprefix("    "), id=source)
        for (form, source), (_, expected) in zip(pairs[::2], pairs[1::2], strict=True)
    ]


@pytest.mark.parametrize(("form", "source", "expected"), notations())
def test_what_is_read(form, source, expected):
    assert shown(read(source, form)) == expected


@pytest.mark.parametrize(("form", "source"), lines("pages.txt"))
def test_formulas_of_pages_are_read_whole(form, source):
    reading = read(source, form)
    assert reading.statements
    for statement in reading.statements:
        for side in statement.sides:
            assert not isinstance(side.tree, Unread), side


WRITTEN = [source for _, source in lines("pages.txt")] + [
    source for _, source in lines("notations.txt")[::2]
]
PIECES = [
    r"\frac", r"\hat", r"\left(", r"\right)", r"\left\{", r"\right.", r"\begin{cases}", r"\sum",
    r"\end{cases}", r"\begin{bmatrix}", r"\end{bmatrix}", r"\text{if }", r"\not", r"\mathrm", "&",
    r"\underset", r"\log", r"\\", *"_^{}()[]|=,.∂∇'²ŷ:½√", "\u0302", "d/dw", ".T", "**", "&lt;",
]  # fmt: skip


@st.composite
def mangled(draw):
    """Return formulas from which pieces are missing, or into which others were put."""
    source = draw(st.sampled_from(WRITTEN))
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(source)))
        end = draw(st.integers(place, min(place + 4, len(source))))
        source = source[:place] + draw(st.sampled_from(["", *PIECES])) + source[end:]
    return source


def check(source: str, form: Form) -> None:
    """Check that a formula is read or refused, each side where it stands."""
    for statement in read(source, form).statements:
        assert statement.sides
        end = 0
        for side in statement.sides:
            assert end <= side.span[0] <= side.span[1] <= len(source)
            end = side.span[1]


@pytest.mark.random
@given(mangled(), st.sampled_from(FORMS))
def test_mangled_formulas_are_read_or_refused(source, form):
    check(source, form)


@pytest.mark.random
@given(st.text(max_size=2000), st.sampled_from(FORMS))
def test_any_text_is_read_or_refused(source, form):
    check(source, form)


NESTED = [
    "(" * 9999, "(" * 9999 + ")" * 9999, "{" * 9999, "{" * 9000 + "}" * 9000, "-" * 9999 + "x",
    "{" * 5000 + "x" * 5000 + "}" * 5000, r"\left(" * 3000, r"\hat" * 4000 + "x", "x_" * 6000,
    "x" + "^x" * 6000, "|" * 9999, r"\sqrt" * 3000, "∂/" * 5000, "√" * 9000 + "x", "a=" * 9000,
    "(" * 6000 + "}" * 6000, "[" * 6000 + ")" * 6000, r"\log" * 4000 + "x", r"\frac{" * 3000,
    r"\begin{cases}" * 1400, "x.T" + ".T" * 4000, "x" + "[0]" * 5000, "[1;" * 5000, "a|" * 9000,
    r"\def\a{\b\b}\def\b{\c\c}\def\c{\a\a}\a", "&" * 19000, "d/" * 9000, "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", NESTED, ids=range(len(NESTED)))
def test_deep_and_long_formulas_are_read_or_refused(source, form):
    check(source, form)


@pytest.mark.random
@given(formulas, formulas, st.data())
def test_printed_formulas_are_read_back(left, right, data):
    def pick(ways):
        return data.draw(st.sampled_from(ways))

    for form, printed in (("latex", Latex(pick)), ("plain", Unicode(pick))):
        if form == "plain" and " over " in written(left) + written(right):
            continue  # there are no fractions in a line
        reading = read(f"{printed(left)} = {printed(right)}", form)
        assert shown(reading) == f"{written(left)} = {written(right)}"

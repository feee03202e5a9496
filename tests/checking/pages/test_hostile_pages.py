"""Whatever stands on a page, it is judged or refused: no traceback, no hang."""

import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import NAMES, page

import graphdiff as gd
from graphdiff.checking.report import VERDICTS

SIGNS = string.ascii_letters + string.digits + "\\{}[]()_^$&=+-*/|<>,.;:'\" \n∂σδ≈·×⊙ŷ₁²"


def graph():
    g = gd.Graph()
    w, x = g.parameter("w", 2), g.input("x", 3)
    a = g.node("a", gd.sigmoid(w * x))
    g.node("L", (a - 1) ** 2)
    return g


def checked(text, path):
    path.write_text(text, encoding="utf-8")
    return graph().check_file(path)


@given(st.text(SIGNS, max_size=300))
def test_any_text(text):
    from graphdiff.checking.judge import Options
    from graphdiff.checking.pages.check import check_page

    for source in (text, f"$$\n{text}\n$$", f"${text}$"):
        report = check_page(graph(), source, ".md", {}, options=Options())
        assert all(result.verdict in VERDICTS for result in report)
        assert str(report)


@pytest.mark.parametrize("name", NAMES)
def test_mutated_pages(name, tmp_path):
    found = page(name)
    text = found.path.read_text("utf-8")
    draw = random.Random(name)
    for _ in range(2):
        signs = list(text)
        for _ in range(12):
            place = draw.randrange(len(signs))
            kind = draw.randrange(3)
            if kind == 0:
                del signs[place]
            elif kind == 1:
                signs.insert(place, draw.choice(SIGNS))
            else:
                signs[place] = draw.choice(SIGNS)
        mutated = tmp_path / found.path.name
        mutated.write_text("".join(signs), encoding="utf-8")
        try:
            str(found.graph.check_file(mutated))
        except gd.GraphdiffError as error:
            assert "\n" not in str(error)


def test_a_sign_in_place_of_an_index_beside_a_convention_of_deltas(tmp_path):
    found = page("course-one-one-one")
    text = found.path.read_text("utf-8")
    for sign in "≈×·":
        mutated = tmp_path / found.path.name
        mutated.write_text(f"{text}\n\n$q_{{{sign}}} = 3$\n", "utf-8")
        *_, last = found.graph.check_file(mutated)
        assert last.verdict == "unread"


@pytest.mark.parametrize(
    "line",
    [
        "$L = " + "(" * 5000 + "a" + ")" * 5000 + "$",
        "$L = " + "a+" * 20_000 + "a$",
        "$L = a^{" * 300 + "}" * 300 + "$",
        r"$\frac{\partial L}{\partial " + "w" * 3000 + "} = 1$",
        "$L = 10^{10^{10^{10}}}$",
        "$L = 1e999999999$",
        r"$\sum_{i=1}^{1000000000} w = 3$",
        "$L = a^{9999999999}$",
        "| a | b |\n|---|---|\n" + "| $a = 1$ " * 400,
        "$L \x1b[31m= 3$",
        "$w = nan$ $a = inf$",
    ],
    ids=lambda line: line[:20],
)
def test_hostile_lines_cost_the_others_nothing(line, tmp_path):
    start = time.monotonic()
    report = checked(line + "\n\n$\\frac{dL}{da} = 2(a - 1)$\n", tmp_path / "page.md")
    assert [r.verdict for r in report][-1] == "correct", str(report)
    assert "\x1b" not in str(report)
    assert time.monotonic() - start < 60

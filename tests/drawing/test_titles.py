"""Titles are typeset where they hold mathematics, and stay words where they do not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing import titles
from graphdiff.drawing.extents import of_text
from graphdiff.drawing.layout.wrapping import in_lines
from graphdiff.drawing.scene import Group


def source_of(title):
    g = gd.Graph(title)
    g.node("y", g.input("x", 1.0) * 2)
    scene = g.draw().scene
    [group] = [item for item in scene.items if isinstance(item, Group) and item.kind == "title"]
    [text] = group.items
    return text.fragment.source


@pytest.mark.parametrize(
    ("title", "source"),
    [
        (r"A layer, $\delta_Z = \delta_A$", r"\text{A layer, }\delta_{Z}=\delta_{A}"),
        ("Descent on L = w^2", r"\text{Descent on }L=w^{2}"),
        ("L = (w*x + b - y)^2", r"L=(w\cdot x+b-y)^{2}"),
        ("y = sin(x), twice", r"y=\sin(x)\text{, twice}"),
        ("α = β", r"\alpha=\beta"),
    ],
)
def test_mathematics_is_typeset(title, source):
    assert source_of(title) == source


@pytest.mark.parametrize(
    "title",
    ["Linear regression", "my_graph.toml", "XOR = AND", "$5 and more", r"C:\temp", "3 x 3 filters",
     r"$\input{a}$ of x", "50% of $x$ #1"],
)  # fmt: skip
def test_words_stay_words(title):
    assert source_of(title) == title


@given(st.text(st.sampled_from(r"ab xw_^{}$\=+-*() 12δ→%#&sin"), max_size=30))
def test_no_title_is_refused_or_loses_words(title):
    parts = titles.parts(title)
    written = "".join(said for _, said in parts)
    plain = [sign for sign in title if sign.isalnum()]
    kept = iter(written.replace(r"\cdot", "").replace(r"\times", ""))
    assert all(sign in kept for sign in plain), (title, parts)
    titles.title(title, 22.0, 400.0)


def test_a_title_that_is_too_wide_is_words():
    wide = "y = " + " + ".join(f"x_{k}^2" for k in range(10))
    assert titles.title(wide, 22.0, 900.0) is not None
    assert titles.title(wide, 22.0, 60.0) is None


@pytest.mark.parametrize("style", ["graph", "circuit", "network"])
@pytest.mark.parametrize("count", [1, 3, 8, 60])
def test_titles_are_set_smaller_then_broken_into_lines_before_they_are_cut(style, count):
    title = " ".join(["a title of words"] * count)
    graph = gd.Graph(title)
    x, w = graph.input("x", 3), graph.parameter("w", -4)
    graph.node("f", gd.sigmoid(w * x))
    scene = graph.draw(graph.backward(), style=style).scene
    (group,) = (item for item in scene.items if item.kind == "title")
    assert (" ".join(text.fragment.plain for text in group.items) == title) == (count < 60)
    assert len(group.items) <= 3
    for text in group.items:
        assert text.x + text.fragment.width <= scene.width
    boxes = [of_text(text.fragment, text.x, text.y) for text in group.items]
    assert all(above.bottom < below.top for above, below in itertools.pairwise(boxes))


@given(
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), max_size=20),
    st.floats(20, 400),
    st.integers(0, 3),
)
def test_lines_hold_all_words_in_order_or_say_that_they_are_cut(words, width, most):
    lines = in_lines(" ".join(words), 14.0, width, most)
    assert not most or len(lines) <= most
    said = " ".join(line.plain for line in lines)
    assert said == " ".join(words) or "…" in said
    for line in lines:
        assert line.width <= width or len(line.plain) <= 2


@pytest.mark.parametrize(
    "long",
    ["1" * 300, "1.1" * 100, "exp" * 100, "tanh" * 75, "a_{b}" * 60, r"\alpha" * 50, "x^2" * 100, "(" * 300,
     "= " * 150, "_{" * 150, r"x_\a" * 75],
)  # fmt: skip
def test_long_titles_are_read_in_one_pass(long):
    for text in (long, f"{long}é", f"é{long}", f"{long}!{long}"):
        assert "".join(said for _, said in titles.parts(text)) or not text.strip()

"""Pages of any graph: whole, quiet, with the picture in words, all values and derivations."""

from __future__ import annotations

import pytest
from drawing_graphs import GRAPHS, regression
from nasty_texts import TEXTS
from reading_output import check_page

import graphdiff as gd
from graphdiff.cli import main
from graphdiff.drawing import formats, handout
from graphdiff.drawing.picture import SOURCES, Picture
from graphdiff.drawing.stepwise.frames import TOGETHER, Frames
from graphdiff.drawing.writers.writing import WRITERS


@pytest.mark.parametrize("name", ["regression", "neuron", "attention", "samples"])
@pytest.mark.parametrize("style", ["graph", "circuit"])
def test_a_page_has_the_picture_and_all_that_is_said_of_it(name, style):
    graph = GRAPHS[name]()
    if style == "circuit" and any(node.shape for node in graph.nodes):
        pytest.skip("circuits are of scalars")
    picture = graph.draw(graph.backward(), style=style)
    page = check_page(picture.html)
    assert page.tags.count("h1") == page.tags.count("details") == page.tags.count("table") == 1
    said = " ".join(page.texts)
    assert picture.scene.alt in said
    assert {text.fragment.plain for text in picture.scene.texts} <= {*page.texts, ""}
    leaves = graph.parameters or graph.inputs
    assert page.tags.count("section") == min(len(leaves), handout.MOST)
    assert all(node.name in said for node in graph.nodes)


def test_derivations_are_of_what_is_shown():
    graph = regression()
    count = {
        "all": graph.draw(graph.backward()),
        "none asked": graph.draw(graph.backward(), hide="P"),
        "forward": graph.draw(graph.forward()),
        "formulas": graph.draw(),
        "asked": graph.draw(graph.backward(wrt="x")),
    }
    sections = {
        name: check_page(picture.html).tags.count("section") for name, picture in count.items()
    }
    assert sections == {"all": 2, "none asked": 0, "forward": 0, "formulas": 2, "asked": 1}


def test_large_graphs_and_those_of_several_outputs_have_none():
    graph = gd.Graph()
    x = graph.input("x", 1)
    for k in range(2):
        graph.node(f"h{k}", x + k)
    assert check_page(graph.draw().html).tags.count("section") == 0
    long = gd.Graph()
    last = long.input("x", 1)
    for k in range(handout.MOST_NODES):
        last = long.node(f"h{k}", last + 1)
    picture = long.draw(collapse="chains")
    assert check_page(picture.html).tags.count("section") == 0


@pytest.mark.parametrize("text", TEXTS[::3])
def test_nothing_that_users_write_is_obeyed(text):
    graph = gd.Graph(text)
    graph.node("L", graph.input("x", 2) ** 2)
    check_page(graph.draw(graph.backward()).html)


def test_saving_and_the_command_line(tmp_path):
    graph = regression()
    picture = graph.draw(graph.backward())
    assert picture.save(tmp_path / "a.html").read_text(encoding="utf-8") == picture.html
    graph.save(tmp_path / "g.toml")
    for suffix in ("html", "mmd"):
        path = tmp_path / f"b.{suffix}"
        assert main(["draw", str(tmp_path / "g.toml"), "-o", str(path)]) == 0
    assert (tmp_path / "b.mmd").read_text(encoding="utf-8") == picture.mermaid
    assert check_page((tmp_path / "b.html").read_text(encoding="utf-8")).tags.count("section") == 2


def test_every_format_has_a_writer_and_is_told():
    assert set(formats.PICTURES) == {*SOURCES, *WRITERS}
    assert not set(SOURCES) & set(WRITERS)
    assert set(formats.STEPS) <= {*TOGETHER, *WRITERS}
    assert set(TOGETHER) <= set(formats.STEPS)
    assert all(suffix in Picture.save.__doc__ for suffix in formats.PICTURES)
    assert all(suffix in Frames.save.__doc__ for suffix in formats.STEPS)

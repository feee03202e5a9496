"""The page: whole, quiet and readable without anything else."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from drawing_graphs import HOSTILE, regression, relu

from graphdiff.drawing import draw, page


@dataclass(frozen=True)
class Line:
    text: str
    latex: str


@dataclass(frozen=True)
class Step:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Derivation:
    title: str
    steps: tuple[Step, ...]


HOSTILE_DERIVATION = Derivation(
    HOSTILE, (Step(HOSTILE, (Line("P[e] = 8", "P^{7} = 8"), Line(HOSTILE, HOSTILE))),)
)
VOID = {"meta", "link", "img", "br"}


class Reader(HTMLParser):
    """Checks that elements nest, and keeps their tags and attributes."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(params=[False, True])
def made(request) -> str:
    graph = regression(HOSTILE)
    run = graph.backward()
    dark = draw(graph, run, theme="dark") if request.param else None
    return page(graph, run, [HOSTILE_DERIVATION] * 2, draw(graph, run), dark=dark)


def test_nothing_active_and_nothing_to_load(made):
    reader = read(made)
    assert not {"script", "img", "link", "iframe", "object", "b"} & set(reader.tags)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        if name in ("href", "xlink:href", "src"):
            assert (value or "").startswith("#")


def test_ids_are_unique_and_all_there(made):
    reader = read(made)
    ids = [value for name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    used = {value for name, value in reader.attributes if name == "xlink:href"}
    assert used <= {f"#{value}" for value in ids}


def test_formulas_have_alternative_text(made):
    reader = read(made)
    said = [value for name, value in reader.attributes if name == "aria-label"]
    assert "P[e] = 8" in said
    assert "x*w" in said


def test_one_derivation_alone_and_no_run():
    graph = regression()
    text = page(graph, None, HOSTILE_DERIVATION, draw(graph))
    read(text)
    assert "<h1>Linear regression</h1>" in text


def test_disconnected():
    graph = relu()
    run = graph.backward()
    assert page(graph, run, [], draw(graph, run)).count("0, not connected") == 2

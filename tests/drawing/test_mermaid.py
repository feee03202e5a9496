"""Mermaid: one flowchart that says what the picture says, and in which nothing of users is obeyed."""

from __future__ import annotations

import re

import pytest
from drawing_graphs import GRAPHS, regression, tangled
from hypothesis import given, settings
from nasty_texts import TEXTS, UNSEEN, texts
from reading_output import hidden

import graphdiff as gd
from graphdiff.drawing import mermaid
from graphdiff.errors import DrawingError, GraphError
from graphdiff.errors.plain_text import one_line

INSIDE = r'[^"<>]*(?:<br/>[^"<>]*)*'
ID = r"[nc]\d+"
LINE = re.compile(
    rf"""
      (?P<title> title:\ "(?:[^"\\]|\\x[0-9a-f]{{2}})*")
    | (?P<rule> ---)
    | (?P<kind> flowchart\ (?:LR|TB|RL|BT))
    | \ \ (?P<node> {ID})(?:\(\[|\[\[|\[|\(\(|\{{\{{)"(?P<said>{INSIDE})"(?:\]\)|\]\]|\]|\)\)|\}}\}})
    | \ \ subgraph\ g\d+\["(?P<frame>{INSIDE})"\]
    | \ \ \ \ {ID}(?:\ &\ {ID})*
    | \ \ end
    | \ \ (?P<tail> {ID})\ (?:-->|==>|-\.->)(?:\|"(?P<label>{INSIDE})"\|)?\ (?P<head> {ID})
    | \ \ (?:classDef\ look\d+|linkStyle\ \d+)\ [a-z-]+:[#\w]+(?:,[a-z-]+:[#\w ]+)*
    | \ \ class\ {ID}(?:,{ID})*\ look\d+
    """,
    re.VERBOSE,
)
MEANT = re.compile(r"[!\"$%&*/:<>?@\[\\\]`{|}~]|#(?!\d+;)|(?<!\d);")


def read(source: str) -> tuple[dict[str, list[str]], list[tuple[str, str, list[str]]]]:
    """Return the lines of each node, and the edges with theirs; refuse what is not of a flowchart."""
    assert hidden(source) == set()
    nodes, edges = {}, []
    found = [LINE.fullmatch(line) for line in source.splitlines()]
    assert all(found), source.splitlines()[found.index(None)]
    assert sum(one["kind"] is not None for one in found) == 1
    for one in found:
        for part in ("said", "frame", "label"):
            for line in (one[part] or "").split("<br/>"):
                assert not MEANT.search(line), line
                assert not re.match(r"[-+] |\d+[.)] ", line), line
        if one["node"]:
            nodes[one["node"]] = lines(one["said"])
        if one["tail"]:
            edges.append((one["tail"], one["head"], lines(one["label"] or "")))
    return nodes, edges


def lines(said: str) -> list[str]:
    decoded = [re.sub(r"#(\d+);", lambda c: chr(int(c[1])), line) for line in said.split("<br/>")]
    return [line for line in decoded if line]


@pytest.mark.parametrize("name", GRAPHS)
def test_it_says_what_the_picture_says(name):
    graph = GRAPHS[name]()
    picture = graph.draw(graph.backward())
    nodes, edges = read(picture.mermaid)
    said = picture.description
    assert list(nodes.values()) == [
        [one_line(phrase.plain) for phrase in node.phrases] for node in said.nodes
    ]
    assert edges == [
        (
            mermaid.id_of(edge.tail),
            mermaid.id_of(edge.head),
            [one_line(phrase.plain) for phrase in edge.phrases],
        )
        for edge in said.edges
    ]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("style", ["graph", "circuit"])
def test_any_graph(seed, style):
    graph = tangled(seed, 12)
    picture = graph.draw(graph.backward(), style=style)
    nodes, edges = read(picture.mermaid)
    assert {end for tail, head, _ in edges for end in (tail, head)} <= set(nodes)


@pytest.mark.parametrize("choices", [{}, {"collapse": "all"}, {"style": "network"}])
def test_networks(choices):
    graph = gd.models.mlp([4, 6, 12, 1], view="neurons" if "collapse" in choices else "layers")
    nodes, edges = read(graph.draw(**choices).mermaid)
    assert {end for tail, head, _ in edges for end in (tail, head)} <= set(nodes)
    if choices.get("style") == "network":
        assert sum(node == ["…"] for node in nodes.values()) == 1
        assert len(edges) > 4 * 6


def test_marks_and_directions():
    graph = regression()
    source = graph.draw(graph.backward(), paths="w", direction="TB", colors={"x": "gold"}).mermaid
    read(source)
    assert "flowchart TB" in source
    assert source.count(" ==>") == 4
    assert "fill:#ffd700" in source


@pytest.mark.parametrize(
    "text", [*TEXTS, "".join(UNSEEN), "%%{init: {}}%%", "---\nx", "`x`", "end"]
)
def test_what_users_write_is_not_obeyed(text):
    check(text)


@given(texts())
@settings(max_examples=25)
def test_any_text(text):
    check(text)


def check(text: str) -> None:
    graph = gd.Graph(text)
    x, w = graph.input("x", 2), graph.parameter("w", 3)
    graph.node("u", x * w)
    try:
        graph.group(text[:90], ["w", "u"])
    except GraphError:
        graph.group("group", ["w", "u"])
    source = graph.draw().mermaid
    nodes, _ = read(source)
    assert len(nodes) == 3
    title = re.search(r'title: "(.*)"', source)[1]
    said = re.sub(r"\\x(..)", lambda code: chr(int(code[1], 16)), title)
    assert said == graph.draw().title


def test_the_largest():
    graph = gd.Graph()
    x = graph.input("x", 1)
    for k in range(mermaid.MAX_EDGES + 1):
        graph.node(f"h{k}", x + 1)
    picture = graph.draw(show=[])
    with pytest.raises(DrawingError, match=r"501 edges, and Mermaid draws 500 at most; collapse"):
        _ = picture.mermaid


def test_saving(tmp_path):
    picture = regression().draw()
    assert picture.save(tmp_path / "a.mmd").read_text(encoding="utf-8") == picture.mermaid


def test_circles_are_as_broad_as_their_lines_are_high():
    graph = gd.Graph()
    graph.node("y", gd.exp(graph.input("x", 1)))
    source = graph.draw(graph.backward(), style="circuit").mermaid
    assert 'n2(["exp<br/>' in source  # of four short lines
    xor = gd.models.gate("xor")
    source = xor.draw(xor.forward(x=1, y=0), style="network").mermaid
    assert 'n1(("x = 1"))' in source and 'n3(("o__or = 1<br/>' in source


def test_titles_of_frames_are_short():
    xor = gd.models.gate("xor")
    source = xor.draw(xor.forward(x=1, y=0), style="network").mermaid
    assert 'subgraph g2["hidden 1"]' in source and 'subgraph g1["input, 2 inputs"]' in source

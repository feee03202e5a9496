"""Pictures as text: what stands in them, that nothing overlaps, that nothing is injected."""

from __future__ import annotations

import dataclasses
import itertools
import re
import struct
import xml.etree.ElementTree as ET
import zlib

import pytest
from drawing_graphs import GRAPHS, HOSTILE, regression, relu, square

from graphdiff.drawing import ANNOTATIONS, THEMES, Picture, draw
from graphdiff.drawing.layout import boxes, layout
from graphdiff.drawing.options import Options
from graphdiff.errors import DrawingError, FileError
from graphdiff.workbench import Graph

SVG = "{http://www.w3.org/2000/svg}"


def swept(graph: Graph, **options) -> Picture:
    return draw(graph, graph.backward(), **options)


def elements(picture: Picture, attribute: str) -> list[ET.Element]:
    root = ET.fromstring(picture.svg)
    return [element for element in root.iter() if element.get(attribute) is not None]


@pytest.fixture(params=GRAPHS, scope="module")
def graph(request) -> Graph:
    return GRAPHS[request.param]()


@pytest.fixture(scope="module")
def picture(graph) -> Picture:
    """The picture of a graph, described once for all that is looked at in it."""
    return swept(graph)


# What stands in a picture


def test_every_node_and_edge_is_there_once(graph, picture):
    assert [e.get("data-node") for e in elements(picture, "data-node")] == [n.name for n in graph]
    found = [(e.get("data-edge"), e.get("data-slot")) for e in elements(picture, "data-edge")]
    assert found == [(f"{j.name}->{i.name}", str(slot)) for j, i, slot in graph.edges]


def test_titles_say_everything():
    picture = swept(regression())
    titles = {
        e.get("data-node") or e.get("data-edge"): e.findtext(f"{SVG}title")
        for e in ET.fromstring(picture.svg).iter(f"{SVG}g")
        if e.find(f"{SVG}title") is not None
    }
    assert titles["x"] == "u^1, input: x = 1"
    assert titles["u"] == "u^5, computation: u = x*w = 5; P^5 = 8"
    assert titles["w->u"] == "w → u: J^(3→5) = x = 1"
    assert titles["yhat->e"] == "yhat → e: J^(6→7) = 1"
    assert titles["y->e"] == "y → e"
    assert titles["e->L"] == "e → L: J^(7→8) = 2*e = 8"


def test_P_is_shown_after_a_reverse_sweep_only():
    graph = regression()
    assert "P^" not in draw(graph).dot
    assert "P^" not in draw(graph, graph.forward()).dot
    assert "P^3 = 8" in draw(graph, graph.backward()).dot


def test_a_repeated_parent_has_two_edges_with_their_own_jacobians():
    said = [e.findtext(f"{SVG}title") for e in elements(swept(square()), "data-edge")]
    assert said == ["x → u: J^(1→2)_1 = x = 3", "x → u: J^(1→2)_2 = x = 3"]
    assert "by argument k alone" in swept(square()).dot


def test_disconnected_nodes_are_told_apart():
    picture = swept(relu())
    nodes = elements(picture, "data-node")
    assert [n.get("data-node") for n in nodes if "cut-off" in n.get("class", "")] == ["z", "q"]
    assert "not connected" in picture.alt
    assert "the output does not depend on it" in picture.dot


def test_rounded_numbers_are_not_said_to_be_equal():
    assert "L = (h - 2)**2/3 ≈ 1.333" in swept(relu()).alt


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_each_annotation_alone_and_left_out(annotation):
    graph = regression()
    alone = swept(graph, show=[annotation])
    without = swept(graph, show=set(ANNOTATIONS) - {annotation})
    for picture in (alone, without):
        ET.fromstring(picture.svg)
    assert alone.svg != without.svg


def test_nothing_said_is_still_a_picture():
    picture = swept(regression(), show=())
    assert len(elements(picture, "data-node")) == 8
    assert "legend" not in picture.svg


def test_only_numbers_of_jacobians():
    dot = swept(regression(), show=["jacobian_value"]).dot
    assert re.findall(r"-> n\d \[label=(\S+)", dot) == ["5", "1", "1", "1", "1", "-1", "8"]
    assert 'label="J^' not in dot


def test_a_long_name_does_not_push_out_the_value():
    picture = swept(GRAPHS["long_names"]())
    assert [phrase.plain for phrase in picture.description.nodes[0].phrases][1:3] == [
        "a" * 100,
        "≈ 0.3333",
    ]


def test_batches_are_shown_short():
    graph = Graph("batch")
    x = graph.input("x", [1.0, 2.0, 3.0, 4.0], shape=())
    graph.node("u", x * x)
    assert "[1, 4, 9, …]" in swept(graph).alt
    ET.fromstring(swept(graph).svg)


# Form


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_svg_is_well_formed_and_has_no_text(picture, theme, direction):
    svg = dataclasses.replace(picture, options=Options(theme=theme, direction=direction)).svg
    root = ET.fromstring(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "path", "rect", "g", "use"}
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "nan" not in svg.replace("nano", "")
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    used = {
        element.get("{http://www.w3.org/1999/xlink}href", "")[1:]
        for element in root.iter(f"{SVG}use")
    }
    assert used == ids


def test_settings_of_the_typesetter_do_not_matter(monkeypatch):
    from ziafont.config import config

    from graphdiff.drawing import typeset

    expected = swept(regression()).svg
    typeset.formula.cache_clear()
    typeset.at_base_size.cache_clear()
    monkeypatch.setattr(config, "svg2", False)
    monkeypatch.setattr(config, "precision", 0)
    assert swept(regression()).svg == expected


# Places


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_boxes_do_not_overlap(picture, direction):
    laid_out = layout.lay_out(boxes.measure(picture.description), direction)
    nodes = list(zip(laid_out.nodes, laid_out.measured.nodes, strict=True))
    labels = [(p, b) for p, b in zip(laid_out.labels, laid_out.measured.edges, strict=True) if p]
    for (p, a), (q, b) in itertools.combinations(nodes + labels, 2):
        apart = (
            p[0] + a.width <= q[0] + 1 or q[0] + b.width <= p[0] + 1
            or p[1] + a.height <= q[1] + 1 or q[1] + b.height <= p[1] + 1
        )  # fmt: skip
        assert apart, (p, a.width, a.height, q, b.width, b.height)
    for (x, y), box in nodes + labels:
        assert -0.01 <= x <= laid_out.width - box.width + 0.01
        assert -0.01 <= y <= laid_out.height - box.height + 0.01


def test_lines_stay_in_their_boxes(picture):
    measured = boxes.measure(picture.description)
    for box in (*measured.nodes, *measured.edges):
        bottom, before = 0.0, None
        for line in box.lines:
            assert line.x >= 0
            assert line.x + line.fragment.width <= box.width
            if before is not None and line.y == before.y:  # side by side
                assert line.x >= before.x + before.fragment.width
            else:
                assert line.y - line.fragment.ascent >= bottom
            bottom, before = max(bottom, line.y + line.fragment.descent), line
        assert bottom <= box.height


def test_large_formulas_are_kept_in_bounds():
    measured = boxes.measure(swept(GRAPHS["long_names"]()).description)
    assert max(box.width for box in measured.nodes) <= 340 + 28
    assert max(box.width for box in measured.edges) <= 260 + 10


# Hostile text


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_titles_are_only_words(direction):
    picture = swept(regression(HOSTILE), direction=direction)
    root = ET.fromstring(picture.svg)
    assert not [element for element in root.iter() if "script" in element.tag]
    assert "<script" not in picture.svg
    assert "<b>" not in picture.svg
    assert "alert(1)" in root.findtext(f"{SVG}title", "")
    assert "root:" not in picture.svg
    assert picture.png().startswith(b"\x89PNG")


@pytest.mark.parametrize("title", [HOSTILE, "<b>bold</b>", '"];evil[label="', "a\nb\\", "\\N\\G"])
def test_dot_with_any_title_is_the_same_graph(title):
    found = layout.run(layout.find_dot(), swept(regression(title)).dot)
    names = {node["name"] for node in found["objects"]}
    assert names == {"legend", *(f"n{k}" for k in range(1, 9))}
    assert len(found["edges"]) == 7


def test_unreadable_latex_becomes_plain_words():
    from graphdiff.drawing import typeset

    assert typeset.formula(r"\frac{", "a/b", 14) == typeset.words("a/b", 14)
    assert typeset.formula("x" * 10_000, "x", 14) == typeset.words("x", 14)


# Choices and errors


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"theme": "neon"}, "unknown theme 'neon'; choose from lecture, dark, print, colour-blind"),
        ({"direction": "RT"}, "unknown direction 'RT'; choose from LR, TB, RL, BT"),
        ({"show": ["valu"]}, "unknown annotation 'valu'; choose from index, name, formula"),
        ({"digits": 0}, "digits is 0; give a whole number from 1 to 17"),
        ({"digits": True}, "digits is True"),
    ],
)
def test_unknown_choices(options, message):
    with pytest.raises(DrawingError) as caught:
        draw(regression(), **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_to_draw():
    with pytest.raises(DrawingError, match="no nodes"):
        draw(Graph("empty"))


def test_a_run_of_another_graph():
    with pytest.raises(DrawingError, match="another graph"):
        draw(regression(), regression().backward())


def test_too_many_nodes_can_still_be_exported():
    graph = Graph("chain")
    node = graph.input("x", 1)
    for k in range(layout.MAX_NODES):
        node = graph.node(f"h_{k}", node + k)
    picture = draw(graph)
    assert picture.dot.count("->") == layout.MAX_NODES
    with pytest.raises(DrawingError, match="601 cards, though alike nodes share one; at most 600"):
        picture.svg  # noqa: B018


def test_pictures_do_not_change():
    picture = swept(regression())
    with pytest.raises(dataclasses.FrozenInstanceError):
        picture.options = None  # type: ignore[misc]


# PNG and files


def pixels(png: bytes) -> tuple[int, int, bytes]:
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, zlib.decompress(data)


@pytest.mark.parametrize("theme", THEMES)
def test_png_is_a_picture(theme):
    picture = swept(regression(), theme=theme)
    png = picture.png()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, data = pixels(png)
    assert (width, height) > pixels(picture.png(scale=1))[:2]
    assert len(set(data)) > 50


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), "2", 1000])
def test_scales_that_cannot_be(scale):
    with pytest.raises(DrawingError, match="scale"):
        swept(square()).png(scale)


@pytest.mark.parametrize("suffix", ["svg", "png", "dot", "gv", "SVG"])
def test_save(tmp_path, suffix):
    picture, path = swept(square()), tmp_path / f"picture.{suffix}"
    assert picture.save(path) == path
    expected = {"svg": picture.svg, "png": picture.png()}.get(suffix.lower(), picture.dot)
    assert path.read_bytes() == (expected if isinstance(expected, bytes) else expected.encode())


def test_save_again_and_save_beside_what_is_there(tmp_path):
    path = tmp_path / "picture.svg"
    path.write_text("mine")
    with pytest.raises(FileError, match="exists"):
        swept(square()).save(path, overwrite=False)
    assert path.read_text() == "mine"
    swept(square()).save(path)
    assert path.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", ["picture.eps", "picture", "picture.svg.bak"])
def test_unknown_suffix(tmp_path, name):
    with pytest.raises(DrawingError, match=r"use \.svg, \.png, \.pdf, .*\.tex, .*\.dot"):
        swept(square()).save(tmp_path / name)


def test_notebooks():
    assert swept(square())._repr_svg_().startswith("<svg")

"""Text that can be selected, searched and copied: in SVG on request, in PDF; and pages that speak."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache

import pytest
import reading_pdf
from drawing_graphs import GRAPHS, regression, tangled
from nasty_texts import TEXTS, UNSEEN
from reading_output import SVG, check_svg, hidden

import graphdiff as gd
from graphdiff.drawing.typeset import formula
from graphdiff.drawing.writers import pdf, pdf_text, svg
from graphdiff.errors.plain_text import one_line

ZOO = {
    **{name: (make, {}) for name, make in GRAPHS.items()},
    "network figure": (GRAPHS["network"], {"style": "network"}),
    "circuit": (regression, {"style": "circuit"}),
    "numbered list": (lambda: tangled(3, 8), {"width": "84mm"}),
    "marks": (regression, {"paths": "w", "note": {"e": "here $e > 0$, so it goes down"}}),
}


BROKEN = ("numbered list", "marks", "long_names")
"""Where formulas are broken into rows."""


@cache
def scene(name: str):
    make, choices = ZOO[name]
    graph = make()
    return graph.draw(graph.backward(), **choices).scene


def placed(scene) -> list:
    return [each for each in scene.texts if each.fragment.plain]


@pytest.mark.parametrize("name", ZOO)
def test_every_label_is_said(name):
    """Only later pieces of a formula that was broken say nothing: it is said as a whole before."""
    said = [each.fragment.plain for each in scene(name).texts if each.fragment.width]
    assert said[0]
    silent = said.count("")
    assert silent == 0 or (name in BROKEN and silent < len(said) / 2)


@pytest.mark.parametrize("name", ZOO)
def test_a_page_has_each_label_over_its_outlines(name):
    of = scene(name)
    content = pdf.pdf(of)
    found = reading_pdf.lines(content)
    expected = placed(of)
    assert [line.said for line in found] == [each.fragment.plain for each in expected]
    by = of.scale * pdf.UNIT
    height = of.height * by
    for line, each in zip(found, expected, strict=True):
        assert line.x == pytest.approx(each.x * by, abs=0.02)
        assert line.y == pytest.approx(height - each.y * by, abs=0.02)
        assert line.width == pytest.approx(each.fragment.width * by, rel=0.02, abs=0.1)


@pytest.mark.parametrize("name", ZOO)
def test_an_svg_has_each_label_on_request_and_the_same_outlines(name):
    of = scene(name)
    root = check_svg(svg.svg(of, text=True), text=True)
    found = list(root.iter(f"{SVG}text"))
    assert [e.text for e in found] == [each.fragment.plain for each in placed(of)]
    assert {e.get("fill-opacity") for e in found} <= {"0"}
    for parent in list(root.iter()):
        for child in parent.findall(f"{SVG}text"):
            parent.remove(child)
    plain = ET.fromstring(svg.svg(of))
    assert ET.tostring(root) == ET.tostring(plain)


@pytest.mark.parametrize("name", ["regression", "neuron", "attention", "circuit"])
def test_other_readers_find_the_labels(name):
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open("pdf", pdf.pdf(scene(name))) as document:
        assert not document.is_repaired
        words = document[0].get_text().split()
        for each in placed(scene(name)):
            assert set(each.fragment.plain.split()) <= set(words)


def test_it_looks_the_same_with_and_without_text():
    pymupdf = pytest.importorskip("pymupdf")
    shown = []
    for text in (True, False):
        with pymupdf.open("pdf", pdf.pdf(scene("neuron"), text=text)) as document:
            shown.append(document[0].get_pixmap(dpi=96).samples)
    assert shown[0] == shown[1]


def test_a_page_speaks():
    graph = regression("Hồi quy")
    picture = graph.draw(graph.backward())
    assert reading_pdf.entry(picture.pdf, "Title") == "Hồi quy"
    assert reading_pdf.entry(picture.pdf, "Alt") == picture.alt
    for said in (
        b"/MarkInfo << /Marked true >>",
        b"/Lang (en)",
        b"/S /Figure",
        b"/StructParents 0",
    ):
        assert picture.pdf.count(said) == 1


def test_more_signs_than_a_font_has():
    """Titles are short enough to be set whole, in letters as wide as a font may have them."""
    titles = ["".join(chr(0x4E00 + 15 * k + j) for j in range(15)) for k in range(20)]
    assert len(set("".join(titles))) > pdf_text.MOST
    graph = gd.Graph(titles[0])
    x = graph.input("x", 1)
    for k, title in enumerate(titles):
        graph.group(title, [graph.node(f"u{k}", x + k)])
    of = graph.draw(show=["name", "clusters"]).scene
    found = {line.said for line in reading_pdf.lines(pdf.pdf(of))}
    assert set(titles) <= found
    assert {each.fragment.plain for each in placed(of)} <= found


def test_saving(tmp_path):
    picture = regression().draw()
    assert "<text" not in picture.save(tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "<text" in picture.save(tmp_path / "b.svg", text=True).read_text(encoding="utf-8")
    assert picture.save(tmp_path / "a.pdf").read_bytes() == picture.pdf
    assert reading_pdf.lines(picture.pdf)
    content = picture.save(tmp_path / "b.pdf", text=False).read_bytes()
    assert reading_pdf.lines(content) == []
    assert reading_pdf.entry(content, "Alt") == picture.alt


def test_steps_that_play_have_text_too(tmp_path):
    graph = regression()
    frames = graph.frames(graph.backward())
    written = frames.save(tmp_path / "a.svg", text=True)[0].read_text(encoding="utf-8")
    root = check_svg(written, text=True)
    said = {element.text for element in root.iter(f"{SVG}text")}
    assert {"x = 1", "= 16", "P^3 = 8"} <= said
    pages = frames.save(tmp_path / "a.pdf")
    assert [reading_pdf.entry(page.read_bytes(), "Alt") for page in pages] == [
        frame.alt for frame in frames
    ]


@pytest.mark.parametrize("text", [*TEXTS, "".join(UNSEEN), "".join(TEXTS), "EMC endstream >> Tj"])
def test_what_users_write_is_said_and_not_obeyed(text):
    graph = gd.Graph(text)
    graph.node("L", graph.input("x", 2) ** 2)
    of = graph.draw(graph.backward()).scene
    content = pdf.pdf(of)
    assert [line.said for line in reading_pdf.lines(content)] == [
        each.fragment.plain for each in placed(of)
    ]
    assert reading_pdf.entry(content, "Title") == one_line(of.title)
    check_svg(svg.svg(of, text=True), text=True)
    assert all(hidden(each.fragment.plain) == set() for each in of.texts)


def test_formulas_say_their_plain_text():
    assert formula(r"\frac{a}{b}", "a/b", 12).plain == "a/b"
    assert formula(r"\nonsense{", "a/b", 12).plain == "a/b"
    assert formula(r"\frac{a}{b}", "a/b", 12).scaled(2).plain == "a/b"

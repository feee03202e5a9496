"""PDF: one page of the picture's size that shows the picture, the same bytes every time."""

from __future__ import annotations

import re

import numpy as np
import pytest
from drawing_graphs import GRAPHS, regression

from graphdiff.drawing import THEMES


def page_size(content: bytes) -> list[float]:
    return [float(n) for n in re.search(rb"/MediaBox\s*\[([^\]]*)\]", content)[1].split()]


@pytest.mark.parametrize("theme", THEMES)
def test_one_page_of_the_pictures_size(theme):
    picture = regression().draw(theme=theme)
    width, height = picture.scene.pixels
    assert picture.pdf.startswith(b"%PDF-")
    assert page_size(picture.pdf) == pytest.approx([0, 0, width * 0.75, height * 0.75], abs=0.01)
    assert picture.pdf.count(b"/Type /Page\n") + picture.pdf.count(b"/Type /Page ") <= 1


def test_the_width_asked_for():
    picture = regression().draw(width="200mm")
    assert page_size(picture.pdf)[2] == pytest.approx(200 / 25.4 * 72, abs=0.01)


@pytest.mark.slow
def test_there_is_nothing_to_run_in_it():
    for make in GRAPHS.values():
        content = make().draw().pdf
        assert b"/JavaScript" not in content
        assert b"/Launch" not in content


@pytest.mark.parametrize("name", ["regression", "neuron"])
def test_the_page_shows_the_picture(name):
    pymupdf = pytest.importorskip("pymupdf")
    graph = GRAPHS[name]()
    picture = graph.draw(graph.backward())
    with pymupdf.open("pdf", picture.pdf) as document:
        assert len(document) == 1
        page = document[0].get_pixmap(dpi=96)
    png = pymupdf.Pixmap(picture.png(1))
    assert (page.width, page.height) == (png.width, png.height)
    one, other = (
        np.frombuffer(found.samples, np.uint8).reshape(found.height, found.width, found.n)[..., :3]
        for found in (page, png)
    )
    apart = np.abs(one.astype(int) - other).max(axis=-1) > 128
    assert apart.mean() < 0.01

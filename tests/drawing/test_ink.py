"""No half-empty sheets: figures of connected graphs are full, in a column, on a page and a slide."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parent.parent.parent / "examples"))

import gallery
import pictured_graphs as zoo
from drawing_graphs import tangled
from gallery_measures import PAGE, lines_of, on_sheet
from pictures import SHEETS

import graphdiff as gd
from graphdiff.drawing.fit.ink import ink
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import DENSE, INK, LISTED
from graphdiff.drawing.layout.boxes import measure
from graphdiff.drawing.layout.layout import lay_out

HALF_EMPTY = {"autoencoder"}
"""On a page's width: one node beside the decoder keeps a band below it empty."""
FRAMED = ["gate-xor-graph", "mlp-graph", "mlp-neurons"]


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize(("seed", "size"), [(1, 4), (2, 7), (3, 10), (4, 14)])
def test_figures_of_random_graphs_are_full(seed, size, sheet):
    graph = tangled(seed, size)
    picture = graph.draw(graph.backward(), **SHEETS[sheet])
    assert smallest(picture.scene) >= 6 - 1e-6
    assert ink(picture.laid_out) >= INK


def test_what_is_said_around_a_figure_leaves_it_in_the_rows_that_fit():
    picture = on_sheet(dict(gallery.recurrences())["lstm"], SHEETS["16:9"])
    assert ink(picture.laid_out) >= INK
    assert "formulas" not in picture.laid_out.measured.description.remarks[-1].parts[0].text


def test_the_gallery_has_no_half_empty_figure():
    shares = {
        name: [int(share) for share in re.findall(r"(\d+)%", line)]
        for name, line in lines_of(PAGE).items()
    }
    measured = [share for some in shares.values() for share in some]
    assert len(measured) > 90
    few = {name for name, some in shares.items() if min(some, default=100) < 100 * INK}
    assert few <= HALF_EMPTY


@pytest.mark.parametrize("name", FRAMED)
def test_figures_with_frames_are_full_on_a_slide(name):
    picture = on_sheet(
        dict(gallery.gates() if "gate" in name else gallery.networks())[name], SHEETS["16:9"]
    )
    assert ink(picture.laid_out) >= INK
    assert smallest(picture.scene) >= 6 - 1e-6


def test_frames_stand_in_one_line_and_what_one_uses_between():
    graph = gd.models.mlp([2, 3, 3, 1], seed=1, x=[1, 2], y=[1])
    found = lay_out(measure(graph.draw().description, DENSE), "LR")
    frames = found.clusters
    assert len(frames) == 4
    assert all(one.x + one.width < other.x for one, other in pairwise(frames))
    assert len({(frame.y, frame.height) for frame in frames}) == 1
    said = found.measured.description
    x, _ = next(c for node, c in zip(said.nodes, found.centres, strict=True) if node.name == "y")
    assert frames[-2].x + frames[-2].width < x < frames[-1].x


def test_what_is_listed_is_not_lost():
    graph = zoo.ZOO["mlp 4-6-6-1, neurons"]()
    said = graph.draw(zoo.swept(graph), collapse="alike").description
    listed = {equation.left.plain for equation in measure(said, LISTED).listed}
    boxes = measure(said, LISTED).nodes
    for node, box in zip(said.nodes, boxes, strict=True):
        if node.equation is not None:
            shown = any(
                "=" in line.fragment.source and line.role == "formula" for line in box.lines
            )
            assert shown or node.equation.left.plain in listed


def test_numbers_are_not_cut_where_formulas_are_listed():
    graph = zoo.ZOO["lstm"]()
    said = graph.draw(zoo.swept(graph)).description
    for usual, listed in zip(measure(said, DENSE).nodes, measure(said, LISTED).nodes, strict=True):
        numbers = [
            [line.fragment.source for line in box.lines if line.role in ("value", "P")]
            for box in (usual, listed)
        ]
        assert numbers[0] == numbers[1]

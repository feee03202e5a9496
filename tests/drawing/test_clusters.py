"""Groups as frames: around their members alone, with titles that can be read."""

from __future__ import annotations

import itertools
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from drawing_graphs import HOSTILE, regression
from grouped_graphs import GROUPED, grouped_regression, layers, scattered, swept

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.drawing.layout import boxes, layout
from graphdiff.drawing.layout.areas import along, title_area
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.typeset import one_line

GOLDEN = Path(__file__).parent / "golden"


def laid_out(graph, direction) -> LaidOut:
    description = draw(graph, swept(graph), direction=direction).description
    return lay_out_clearly(boxes.measure(description), direction)


def leveled(graph, run=None):
    return layout.in_levels(boxes.measure(draw(graph, run).description), "LR")


def overlap(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def areas(found: LaidOut):
    """Return where every node is, and every label's lines, by what they are."""
    nodes = {
        label.index: (x, y, x + box.width, y + box.height)
        for label, (x, y), box in zip(
            found.measured.description.nodes, found.nodes, found.measured.nodes, strict=True
        )
    }
    labels = [
        (
            corner[0] + min(line.x for line in box.lines),
            corner[1] + min(line.y - line.fragment.ascent for line in box.lines),
            corner[0] + max(line.x + line.fragment.width for line in box.lines),
            corner[1] + max(line.y + line.fragment.descent for line in box.lines),
        )
        for corner, box in zip(found.labels, found.measured.edges, strict=True)
        if corner is not None
    ]
    return nodes, labels


@pytest.fixture(params=["own", "system"])
def program(request, monkeypatch):
    """Lay out with the program that comes with graphdiff, and with the machine's."""
    if request.param == "system":
        found = shutil.which("dot")
        if found is None:
            pytest.skip("no dot on this machine")
        monkeypatch.setenv(layout.VARIABLE, found)


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", GROUPED)
def test_frames_hold_their_members_and_no_others(name, direction):
    found = laid_out(GROUPED[name](), direction)
    nodes, labels = areas(found)
    assert len(found.clusters) == len(found.measured.description.clusters) > 0
    for cluster, frame in zip(found.measured.description.clusters, found.clusters, strict=True):
        inside = frame.x, frame.y, frame.x + frame.width, frame.y + frame.height
        for index, area in nodes.items():
            if index in cluster.nodes:
                assert inside[0] < area[0] and area[2] < inside[2]
                assert inside[1] < area[1] and area[3] < inside[3]
            else:
                assert not overlap(area, inside)
        title = title_area(frame)
        assert inside[0] < title[0] and title[2] < inside[2]
        assert inside[1] < title[1] and title[3] < inside[3]
        assert not any(overlap(title, area) for area in (*nodes.values(), *labels))
    for k, frame in enumerate(found.clusters):
        for other in found.clusters[:k]:
            assert not overlap(
                (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height),
                (other.x, other.y, other.x + other.width, other.y + other.height),
            )
    assert all(
        frame.x >= 0 and frame.x + frame.width <= found.width + 1e-6 for frame in found.clusters
    )


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_no_label_of_the_regression_stands_on_a_border(direction):
    found = laid_out(grouped_regression(), direction)
    for label in areas(found)[1]:
        for frame in found.clusters:
            inside = frame.x, frame.y, frame.x + frame.width, frame.y + frame.height
            wholly = all(
                (
                    inside[0] < label[0],
                    inside[1] < label[1],
                    label[2] < inside[2],
                    label[3] < inside[3],
                )
            )
            assert wholly or not overlap(label, inside)


def test_a_title_stands_where_no_arrow_passes():
    found = laid_out(grouped_regression(), "TB")
    points = [point for curve in found.curves for point in along(curve)]
    places = set()
    for frame in found.clusters:
        left, top, right, bottom = title_area(frame)
        assert not any(left <= x <= right and top <= y <= bottom for x, y in points)
        places.add(frame.title_x == 9)
    assert False in places  # an arrow comes in at the left of one


def test_clusters_lie_one_behind_the_other():
    """Layers share no ranks, so that none has to lie beside the one before it."""
    for direction, along_axis in (("LR", 0), ("TB", 1)):
        found = laid_out(layers(), direction)
        frames = [((f.x, f.y), (f.width, f.height)) for f in found.clusters]
        for (start, size), (following, _) in itertools.pairwise(frames):
            assert start[along_axis] + size[along_axis] < following[along_axis]


def test_ranks():
    graph = gd.models.mlp([2, 3, 1], seed=1)
    ranks = {
        label.name: element.rank
        for label, element in zip(
            draw(graph).description.nodes, leveled(graph)[0].elements, strict=False
        )
    }
    assert ranks["W__2"] == ranks["z__2"] - 1
    assert ranks["a__1"] == ranks["z__2"] - 2  # before W² and b², which stand a rank before z²
    assert ranks["x"] == ranks["W__1"] - 1
    tied, _ = leveled(scattered())  # its group leads to others and back
    assert not tied.pattern.blocks
    made = [element.rank for element in tied.elements[2:6]]
    assert made == sorted(set(made))


def test_the_picture_has_the_frames():
    picture = draw(grouped_regression())
    frames = [e for e in ET.fromstring(picture.svg).iter() if e.get("data-cluster")]
    assert [frame.get("data-cluster") for frame in frames] == ["linear model", "loss"]
    assert "Groups: linear model: w, b, u, yhat; loss: e, L." in picture.alt
    without = draw(grouped_regression(), show=["name", "formula"])
    assert "data-cluster" not in without.svg
    assert "cluster_" not in without.dot


@pytest.mark.parametrize("order", list(itertools.permutations(["first", "second", "third"])))
def test_frames_are_in_the_order_in_which_the_groups_were_made(order):
    members = {"first": ["w", "u"], "second": ["yhat", "e"], "third": ["L"]}
    graph = regression()
    for name in order:
        graph.group(name, members[name])
    for choices in ({}, {"collapse": "alike"}, {"collapse": "second"}):
        picture = draw(graph, graph.backward(), **choices)
        framed = [name for name in order if name != choices.get("collapse")]
        assert [cluster.title for cluster in picture.description.clusters] == framed
        drawn = [e.get("data-cluster") for e in ET.fromstring(picture.svg).iter()]
        assert [name for name in drawn if name] == framed
        written = re.findall(r'subgraph cluster_(\d) .*?label="?(\w+)', picture.dot, re.DOTALL)
        assert written == [(str(k), name) for k, name in enumerate(framed, 1)]
        told = picture.alt.partition(" Groups: ")[2]
        assert [part.split(":")[0] for part in told.rstrip(".").split("; ")] == list(order)


def test_a_picture_without_groups_is_as_ever():
    assert "cluster" not in draw(regression()).svg


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_golden_dot(direction):
    graph = grouped_regression()
    picture = draw(graph, graph.backward(), direction=direction)
    path = GOLDEN / f"clusters-{direction}.dot"
    assert picture.dot == path.read_text(encoding="utf-8")


def test_golden_layout_source():
    from graphdiff.drawing.layout import dot

    graph = grouped_regression()
    source = dot.layout_source(*leveled(graph, graph.backward()))
    assert source == (GOLDEN / "clusters-layout.dot").read_text(encoding="utf-8")


def test_titles_do_nothing():
    picture = draw(GROUPED["hostile"]())
    root = ET.fromstring(picture.svg)
    assert not [e for e in root.iter() if e.tag.endswith("script")]
    hostile = one_line(HOSTILE.replace("\x00", ""))
    assert any(e.get("data-cluster") == hostile for e in root.iter())
    assert "<script>" not in picture.svg
    assert layout.run(layout.find_dot(), picture.dot)["objects"]

"""What is said on edges: it is plain of which edge, and it is said across nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drawing_graphs import tangled
from graphs_to_lay_out import KINDS
from grouped_graphs import GROUPED, swept
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing import draw
from graphdiff.drawing.layout import labelling
from graphdiff.drawing.layout.areas import framed, title_area, written
from graphdiff.drawing.layout.boxes import measure
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.marks.mark_rendering import badge_places
from graphdiff.drawing.marks.strokes import BADGE, badge_width

SIZES = (3, 6, 10, 16, 24)


def points(curve):
    """Return points along a curve that are nowhere far apart."""
    t = np.linspace(0, 1, 200)[:, None]
    p = np.array(curve.points)
    pieces = [
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        for a, b, c, d in zip(p[:-1:3], p[1::3], p[2::3], p[3::3], strict=True)
    ]
    return np.concatenate([*pieces, np.linspace(p[-1], curve.tip, 20)])


def distance(area, some):
    """Return how far an area is from the nearest of some points."""
    nearest = np.clip(some, area[:2], area[2:])
    return np.hypot(*(some - nearest).T).min()


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def check_labels(graph, direction):
    picture = draw(graph, swept(graph), direction=direction)
    found = lay_out_clearly(measure(picture.description), direction)
    lines = [points(curve) for curve in found.curves]
    edges, boxes = found.measured.description.edges, found.measured.edges
    labels = {k: written(c, boxes[k]) for k, c in enumerate(found.labels) if c is not None}
    solid = [
        (x, y, x + box.width, y + box.height)
        for (x, y), box in zip(found.nodes, found.measured.nodes, strict=True)
    ]
    solid += [title_area(frame) for frame in found.clusters]
    for k, area in labels.items():
        said = f"{edges[k].parent}->{edges[k].child}"
        own = distance(area, lines[k])
        others = [distance(area, line) for j, line in enumerate(lines) if j != k]
        nearest = min(others, default=math.inf)
        assert nearest > 0, f"{said} is crossed"
        assert not any(overlap(area, one) for one in solid), said
        assert not any(overlap(area, one) for j, one in labels.items() if j != k), said
        for frame in map(framed, found.clusters):
            within = all(frame[:2] <= np.array(area[:2])) and all(area[2:] <= np.array(frame[2:]))
            assert within or not overlap(area, frame), said
        if k in found.leaders:
            start, end = found.leaders[k]
            led = np.linspace(start, end, 200)
            assert distance(area, np.array([start])) <= 2.1, said
            assert distance((*end, *end), lines[k]) < 2.1, said
            for j, line in enumerate(lines):
                apart = min(np.hypot(*(line - point).T).min() for point in led[::5])
                assert j == k or apart > 0.5, f"the leader of {said} is crossed"
            assert not any(distance(one, led) == 0 for one in solid), said
        else:
            assert 0 < own < nearest, f"{said} stands nearer to another edge"


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", KINDS | dict(GROUPED))
def test_labels_stand_at_their_edges(name, direction):
    check_labels((KINDS | dict(GROUPED))[name](), direction)


@pytest.mark.parametrize("seed", range(20))
def test_labels_of_tangled_graphs_stand_at_their_edges(seed):
    graph = tangled(seed, SIZES[seed % len(SIZES)])
    check_labels(graph, ("LR", "TB")[seed % 2])


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("seed", range(3))
def test_badges_of_paths_stand_apart_from_what_is_said(seed, direction):
    graph = tangled(seed, 6)
    start = next(leaf.name for leaf in graph.leaves if len(list(graph.children(leaf))) > 1)
    described = draw(graph, swept(graph), direction=direction, paths=start).description
    found = lay_out_clearly(measure(described), direction)
    said = [
        written(c, box)
        for c, box in zip(found.labels, found.measured.edges, strict=True)
        if c is not None
    ]
    places = badge_places(described.edges, found.curves, said)
    assert any(places)
    for edge, place in zip(described.edges, places, strict=True):
        if place:
            half = badge_width(edge.marks) / 2
            x, y = place
            badge = x - half - 2, y - BADGE - 2, x + half + 2, y + BADGE + 2
            assert not any(overlap(badge, area) for area in said), f"{edge.parent}->{edge.child}"


@given(st.integers(0, 10**6), st.sampled_from([0, 1]), st.floats(0, 60))
@settings(max_examples=30)
def test_what_is_near_is_what_a_region_touches(seed, axis, reach):
    pick = np.random.default_rng(seed)
    corners = [pick.uniform(0, 200, size=(n, 2)) for n in pick.integers(1, 30, size=5)]
    lines = [np.concatenate([c, c + pick.uniform(0, 20, size=c.shape)], axis=1) for c in corners]
    x, y = pick.uniform(0, 200, size=2)
    region = np.array([x, y, x + 30, y + 10])
    found = labelling._Passed.along(lines, axis).near(region, reach, but=2)
    others = np.concatenate([line for k, line in enumerate(lines) if k != 2])
    touched = others[labelling._touched(others, region, reach)]
    assert sorted(map(tuple, found)) == sorted(map(tuple, touched))


@pytest.mark.parametrize("direction", ["LR", "TB", "RL"])
@pytest.mark.parametrize("count", [2, 5, 9])
@pytest.mark.parametrize("choices", [{"collapse": "all"}, {"hide": ["jacobian"]}])
def test_badges_cover_no_node_where_nothing_is_said_on_edges(count, direction, choices):
    graph = gd.models.mlp([1, 1, count, 1], view="neurons")
    described = draw(graph, direction=direction, paths="w_1_1__1", **choices).description
    found = lay_out_clearly(measure(described), direction)
    nodes = [
        (x, y, x + box.width, y + box.height)
        for (x, y), box in zip(found.nodes, found.measured.nodes, strict=True)
    ]
    places = badge_places(described.edges, found.curves, nodes)
    assert any(places)
    for edge, place in zip(described.edges, places, strict=True):
        if place:
            half = badge_width(edge.marks) / 2
            x, y = place
            badge = x - half, y - BADGE, x + half, y + BADGE
            assert not any(overlap(badge, area) for area in nodes), f"{edge.parent}->{edge.child}"

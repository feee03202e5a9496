"""Arrays in pictures: whole by one rule and in one size, or as heat maps with a scale."""

from __future__ import annotations

import io
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import graphdiff as gd
from graphdiff.drawing import heat_maps
from graphdiff.drawing.colours import luminance
from graphdiff.drawing.heat_maps import HeatMap
from graphdiff.drawing.labels.heat import MOST_CELLS, heat_of, is_whole
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.scene import Group, Rectangle, Text
from graphdiff.drawing.writers import svg as svg_writer
from graphdiff.drawing.writers import writing

SHAPES = [(3,), (12,), (13,), (40,), (6, 4), (3, 8), (5, 5), (2, 9), (64, 12), (2, 3, 4), (1, 24)]


def layer(shape, seed=0):
    g = gd.Graph("an array")
    values = np.random.default_rng(seed).normal(size=shape).round(3)
    w = g.parameter("w", values)
    h = g.node("h", gd.relu(w))
    g.node("L", (h**2).sum())
    return g, g.draw(g.backward())


def arrays_of(picture):
    """What is said of arrays, by role: values and P."""
    return [
        phrase
        for node in picture.description.nodes
        for phrase in node.phrases
        if phrase.is_array or phrase.heat is not None
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_value_and_derivative_are_shown_alike(shape):
    _, picture = layer(shape)
    told = arrays_of(picture)
    assert len(told) == 4  # w, P of w, h, P of h
    assert {phrase.heat is None for phrase in told} == {is_whole(shape)}
    for phrase in told:
        assert not phrase.is_array or (
            "dots" not in phrase.latex
            and phrase.latex.count("&") + phrase.latex.count(r"\\") + 1 == np.prod(shape)
        )


def test_matrices_of_a_picture_are_of_one_size():
    g = gd.Graph()
    X = g.input("X", np.linspace(-1234, 1, 24).reshape(6, 4) / 7)
    W = g.parameter("W", np.ones((4, 2)))
    Z = g.node("Z", X @ W)
    g.node("L", (Z**2).sum())
    measured = boxes.measure(g.draw(g.backward()).description)
    sizes = {
        line.fragment.size
        for box in measured.nodes
        for line in box.lines
        if "bmatrix" in line.fragment.source
    }
    assert len(sizes) == 1


@given(st.integers(0, 1000), st.tuples(st.integers(1, 70), st.integers(1, 40)))
def test_cells_keep_sign_zero_and_the_ends(seed, shape):
    generator = np.random.default_rng(seed)
    array = generator.normal(size=shape) * (generator.random(shape) < 0.7)
    heat = heat_of(array, (("", ""), ("", "")))
    if heat is None:
        assert array.min() == array.max()
        return
    cells = np.array(heat.cells)
    assert max(cells.shape) <= MOST_CELLS
    assert np.isclose(np.abs(cells).max(), 1)
    assert (heat.least, heat.most) == (array.min(), array.max())
    if not heat.has_blocks:
        assert np.allclose(cells * heat.largest, array)
    for level in cells.flat:
        step = heat_maps.step_of(level)
        assert step is None if level == 0 else step * level > 0


def test_shades_are_in_order_in_grey():
    steps = range(-heat_maps.STEPS, heat_maps.STEPS + 1)
    for grey in (False, True):
        light = [luminance(heat_maps.shade(step, grey=grey)) for step in steps]
        assert all(low < high for low, high in itertools.pairwise(light))
    for step in steps:
        grey = heat_maps.shade(step, grey=True)
        assert grey[1:3] == grey[3:5] == grey[5:7]
        assert abs(luminance(grey) - luminance(heat_maps.shade(step))) < 0.01


def test_value_and_gradient_stand_side_by_side_with_their_scales():
    g, picture = layer((8, 8))
    measured = boxes.measure(picture.description)
    box = measured.nodes[g["w"].index - 1]
    value, P = [line for line in box.lines if isinstance(line.fragment, HeatMap)]
    assert (value.role, P.role) == ("value", "P")
    assert value.x + value.fragment.width < P.x
    assert value.y == P.y
    w = g["w"].value
    written = [text.source for text, _, _ in value.fragment.texts]
    assert f"{w.max():.4g}" in written
    assert f"{w.min():.4g}" in written
    assert "0" in written
    assert "w" in written


def items_in(items):
    for item in items:
        if isinstance(item, Group):
            yield from items_in(item.items)
        else:
            yield item


@pytest.mark.parametrize("theme", ["lecture", "dark", "print"])
def test_zeros_are_the_paper(theme):
    """Half of a relu is 0: those cells are seen, in every theme."""
    g = gd.Graph()
    x = g.parameter("x", np.where(np.arange(30).reshape(5, 6) % 2, 1.0, -1.0))
    g.node("L", gd.relu(x).sum())
    picture = g.draw(g.backward(), theme=theme)
    box = boxes.measure(picture.description).nodes[0]
    line = box.lines[-1]
    paper, grey = picture.options.theme.background, theme == "print"
    shown = list(heat_maps.drawn(line.fragment, (0, 0), "#000000", picture.options.theme))
    fills = [item.fill for item in shown if isinstance(item, Rectangle)]
    assert fills[0] == paper
    assert fills.count(heat_maps.shade(heat_maps.STEPS, grey=grey)) >= 15
    assert any(isinstance(item, Text) for item in shown)
    assert "blank where it is 0" in picture.svg or any(
        "blank" in entry.meaning for entry in picture.description.legend
    )


def test_maps_stay_in_their_box():
    for shape in ((64, 12), (2, 40), (40,), (30, 1)):
        _, picture = layer(shape)
        for box in boxes.measure(picture.description).nodes:
            for line in box.lines:
                if isinstance(line.fragment, HeatMap):
                    for item in heat_maps.drawn(
                        line.fragment, (line.x, line.y), "#000", picture.options.theme
                    ):
                        if isinstance(item, Rectangle):
                            assert item.x >= 0 and item.x + item.width <= box.width + 0.1
                            assert item.y >= 0 and item.y + item.height <= box.height + 0.1


def test_the_picture_in_words_has_size_and_range():
    g, picture = layer((64, 12))
    w = g["w"].value
    assert f"w ∈ ℝ^(64 × 12): min {w.min():.4g}, max {w.max():.4g}" in picture.alt
    for form in (picture.svg, picture.tikz):
        assert heat_maps.shade(heat_maps.STEPS)[1:] in form


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if not is_whole(shape)])
@pytest.mark.parametrize("hidden", [(), ("formula",), ("formula", "P")])
def test_a_node_says_its_name_once_above_a_heat_map(shape, hidden):
    graph, _ = layer(shape)
    for node in graph.draw(graph.backward(), hide=hidden).description.nodes:
        said = [p.plain for p in node.phrases if p.role == "formula" and p.heat is None]
        said += [p.heading.plain for p in node.phrases if p.heading and p.role == "value"]
        assert said.count(node.name) <= 1, said


def test_cells_of_one_colour_are_one_outline(monkeypatch):
    """A file has an outline for each shade of a map, not for each cell; no pixel is another."""
    graph = gd.Graph("a map")
    W = graph.parameter("W", np.random.default_rng(3).normal(size=(24, 24)))
    graph.node("L", gd.sum(W**2))
    scene = graph.draw(graph.forward()).scene
    merged = svg_writer.svg(scene)
    with monkeypatch.context() as apart:
        apart.setattr(svg_writer, "_plain_fill", lambda _: None)
        each = svg_writer.svg(scene)
        pixels = writing.png(scene, 1)
    assert each.count("<rect") > 500
    assert merged.count("<rect") + merged.count("<path d=") < 2 * (2 * heat_maps.STEPS) + 20
    sizes = [sum(map(len, re.findall(r"<(?:rect|path d)[^>]*>", form))) for form in (merged, each)]
    assert sizes[0] < 0.6 * sizes[1]
    one, other = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int)
        for png in (pixels, writing.png(scene, 1))
    )
    assert np.abs(one - other).max() <= 2

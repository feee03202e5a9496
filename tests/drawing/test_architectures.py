"""Graphs drawn as architectures: shapes and counts are the graph's, and all stands in its place."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from architectures import (
    ARCHITECTURES,
    attention_in_a_line,
    conv_net,
    gru,
    lstm,
    residual,
    siamese,
    transformer,
)
from recurrent_cells import lstm as lstm_that_looks

import graphdiff as gd
from graphdiff.drawing.architecture.architecture import Blocks, blocks
from graphdiff.drawing.architecture.cards import Card
from graphdiff.drawing.architecture.volumes import volumes
from graphdiff.drawing.fit.search import Found
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.options import DIRECTIONS, Options
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Text
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError


def read(graph: gd.Graph, **choices: str) -> Blocks:
    return blocks(graph, None, Options(style="architecture", **choices))


def found(graph: gd.Graph, **choices: str) -> Found:
    return read(graph, **choices).found(None)


def cards(laid_out: LaidOut) -> list[tuple[str, Card, tuple[float, float]]]:
    named = laid_out.measured.description.nodes
    return [
        (label.name, box, corner)
        for label, box, corner in zip(named, laid_out.measured.nodes, laid_out.nodes, strict=True)
        if isinstance(box, Card)
    ]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_block_says_its_shape_and_how_much_it_learns(name: str):
    made = read(ARCHITECTURES[name]())
    said = made.describe(made.options)
    for label, block in zip(said.nodes, made.read.blocks, strict=True):
        plain = " | ".join(phrase.plain for phrase in label.phrases)
        if block.kind == "dense" and len(block.shape) == 1:
            assert f"→ {block.shape[0]}" in plain or str(block.shape[0]) in plain
        elif label.phrases[0].plain not in ("⊕ sum", "⊙ product"):
            assert (" × ".join(map(str, block.shape)) or "a number") in plain
        if block.parameters:
            count = f"{block.count:,}".replace(",", " ") if isinstance(block.count, int) else "k"
            assert count in plain
    total = sum(block.count for block in made.read.blocks)
    grouped = f"{total:,}".replace(",", " ") if isinstance(total, int) else str(total)
    caption = f"{grouped} parameters in all" if total else "no parameters"
    assert caption in said.alt and said.remarks[0].text == caption


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_blocks_stand_apart_and_what_is_in_them_stays_in_them(name: str, direction: str):
    laid_out = found(ARCHITECTURES[name](), direction=direction).laid_out
    placed = cards(laid_out)
    assert len(placed) == len(laid_out.nodes)
    for k, (first, box, (x, y)) in enumerate(placed):
        for line in box.lines:
            assert line.x >= 0 and line.x + line.fragment.width <= box.width + 1e-6, first
            assert line.y - line.fragment.ascent >= -1 and line.y <= box.height
        for _, other, (left, top) in placed[:k]:
            apart = (
                x >= left + other.width or left >= x + box.width
                or y >= top + other.height or top >= y + box.height
            )  # fmt: skip
            assert apart, first


@pytest.mark.parametrize(
    "name", ["lstm", "lstm of three steps", "gru", "gru that resets after", "peepholes", "rnn"]
)
def test_arrows_end_where_the_lines_of_a_cell_begin(name: str):
    laid_out = found(ARCHITECTURES[name]()).laid_out
    at = {
        label.index: (box.cell, corner)
        for label, box, corner in zip(
            laid_out.measured.description.nodes,
            laid_out.measured.nodes,
            laid_out.nodes,
            strict=True,
        )
        if isinstance(box, Card) and box.cell is not None
    }
    assert at
    edges = zip(laid_out.measured.description.edges, laid_out.curves, strict=True)
    for edge, curve in edges:
        if edge.head in at:
            cell, (x, y) = at[edge.head]
            starts = {(wire[0][0] + x, wire[0][1] + cell.top + y) for wire in cell.wires}
            assert any(np.allclose(curve.tip, one, atol=6) for one in starts), edge
        if edge.tail in at:
            cell, (x, y) = at[edge.tail]
            height = cell.exits[edge.parent] + cell.top + y
            assert curve.points[0][1] == pytest.approx(height)


def inside(item: Item) -> list[Item]:
    return (
        [one for each in item.items for one in inside(each)] if isinstance(item, Group) else [item]
    )


@pytest.mark.parametrize(
    "graph",
    [
        lstm(), gru(), gru(resets_after=True), ARCHITECTURES["peepholes"](),
        *(lstm_that_looks(7, 1, gates)[0] for gates in ("f", "i", "o", "io")),
    ],
)  # fmt: skip
def test_what_is_in_a_cell_covers_nothing_else(graph: gd.Graph):
    """Signs are in their gates, names cross no line, and gates are apart."""
    scene = found(graph).scene
    (figure,) = (item for item in scene.items if getattr(item, "kind", "") == "architecture")
    (cell,) = (item for item in figure.items if isinstance(item, Group) and "cell" in item.title)
    drawn = inside(cell)
    frame, *gates = (item for item in drawn if isinstance(item, Rectangle))
    texts = [item for item in drawn if isinstance(item, Text)]
    for k, gate in enumerate(gates):
        assert gate.x >= 0 and gate.x + gate.width <= frame.width
        for other in gates[:k]:
            assert (
                gate.x >= other.x + other.width or other.x >= gate.x + gate.width
                or gate.y >= other.y + other.height or other.y >= gate.y + gate.height
            )  # fmt: skip
    signs = [text for text in texts if any(_covers(gate, text) for gate in gates)]
    assert len(signs) == len(gates)
    for text in texts:
        if text not in signs:
            for line in (item for item in drawn if isinstance(item, Path) and not item.closed):
                assert not _meets(line, text)


def _box(text: Text) -> tuple[float, float, float, float]:
    said = text.fragment
    return text.x, text.y - said.ascent, text.x + said.width, text.y + said.descent


def _covers(gate: Rectangle, text: Text) -> bool:
    left, top, right, bottom = _box(text)
    return (
        gate.x <= left and right <= gate.x + gate.width
        and gate.y <= top and bottom <= gate.y + gate.height
    )  # fmt: skip


def _meets(line: Path, text: Text) -> bool:
    left, top, right, bottom = _box(text)
    points = [line.start, *(piece[-1] for piece in line.pieces)]
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        for t in np.linspace(0, 1, 60):
            if left < x + t * (to_x - x) < right and top < y + t * (to_y - y) < bottom:
                return True
    return False


def test_volumes_are_higher_for_larger_sizes_and_broader_for_more_channels():
    few, many = (volumes(read(conv_net(c)).read) for c in (2, 16))
    (x, convolved, pooled) = few.values()
    assert x.height == convolved.height > pooled.height
    assert x.depth == convolved.depth > pooled.depth
    assert x.breadth < convolved.breadth == pooled.breadth
    assert list(many.values())[1].breadth > convolved.breadth
    before, wide, _ = volumes(read(conv_net(2, padding=3)).read).values()
    assert wide.height > before.height


def test_a_conv_net_says_its_kernels_strides_and_windows():
    said = conv_net().draw(style="architecture").alt
    assert "Convolution, kernel 3 × 3, stride 1, padding 1, 4 × 12 × 12, K, b: 40" in said
    assert "Max pooling, window 2 × 2, stride 2, 4 × 6 × 6" in said
    assert "Dense, 144 → 3, W: 432" in said
    assert "Flatten, 144" in said and "Cross entropy with logits, a number" in said


def test_sizes_of_layers_are_read_for_rows_and_for_columns():
    assert "Dense, 4 → 4, m × 4" in residual().draw(style="architecture").alt
    graph = gd.Graph()
    X, W = graph.input("X", shape=("n", "m")), graph.parameter("W", shape=("k", "n"))
    graph.node("Z", W @ X)
    assert "Dense, n → k, k × m, W: k*n" in graph.draw(style="architecture").alt


def test_skip_connections_have_a_colour_of_their_own():
    graph = residual()
    picture = graph.draw(style="architecture")
    colour = THEMES["lecture"].paths[0]
    skipping = [edge for edge in picture.description.edges if edge.colour]
    assert [(edge.parent, edge.colour) for edge in skipping] == [("X", colour)]
    assert colour in picture.svg
    assert "past the blocks" in skipping[0].summary


def test_values_in_formulas_are_named_where_they_are_made():
    said = transformer().draw(style="architecture").alt
    assert "Q: Dense, 4 → 4, Q: 3 × 4" in said and "S" in said
    assert "÷ 2" in said and "H: A @ V" in said
    assert "Matrix product" in attention_in_a_line().draw(style="architecture").alt


def test_formulas_write_products_without_a_name_out():
    said = ARCHITECTURES["factorisation"]().draw(style="architecture").alt
    assert "U @ V.T" in said and "sum((M - U @ V.T)**2)" in said


def test_shared_weights_are_said_to_be_as_before():
    said = siamese().draw(style="architecture").alt
    assert "W, b: 9" in said and "W, b as before" in said


@pytest.mark.parametrize("theme", THEMES)
def test_an_architecture_is_written_in_all_formats_and_themes(theme: str, tmp_path):
    for graph in (conv_net(), lstm()):
        picture = graph.draw(style="architecture", theme=theme)
        for suffix in ("svg", "png", "pdf", "tex", "dot", "mmd"):
            assert picture.save(tmp_path / f"a.{suffix}").stat().st_size > 300
        assert re.search(r"architecture of \d blocks", repr(picture))


def test_an_architecture_fits_a_width_in_rows():
    for graph in (transformer(), conv_net()):
        picture = graph.draw(style="architecture", width="160mm", min_pt=6)
        width, _ = picture.scene.pixels
        assert width <= 160 / 25.4 * 96 + 1
        assert min(f.size for f in picture.scene.fragments) * picture.scene.scale * 0.75 >= 6 - 1e-6


def test_an_architecture_follows_what_is_chosen_for_single_nodes():
    picture = residual().draw(
        style="architecture", colors={"Y": "#102030"}, labels={"X": r"\hat X"},
        note={"H": "hidden"}, legend=False,
    )  # fmt: skip
    assert "#102030" in picture.svg and "hidden" in picture.svg
    assert picture.description.nodes[0].phrases[0].latex == r"\hat{X}"
    assert not picture.description.legend


def test_many_cells_are_closed_and_few_are_open():
    opened = [box.cell is not None for _, box, _ in cards(found(lstm(2)).laid_out)]
    assert sum(opened) == 2
    assert not any(box.cell for _, box, _ in cards(found(lstm(5)).laid_out))
    assert not any(box.cell for _, box, _ in cards(found(lstm(), direction="TB").laid_out))


def test_what_has_no_architecture_is_refused_with_what_to_use():
    numbers = gd.Graph()
    numbers.node("y", numbers.input("x", 1) * 2)
    with pytest.raises(DrawingError, match=r"are numbers.*style='network'.*style='circuit'"):
        numbers.draw(style="architecture")
    with pytest.raises(DrawingError, match="no nodes"):
        gd.Graph().draw(style="architecture")
    graph = residual()
    with pytest.raises(DrawingError, match="another graph"):
        graph.draw(conv_net().forward(), style="architecture")
    with pytest.raises(DrawingError, match=r"collapse: this is said of the nodes"):
        graph.draw(style="architecture", collapse="all")
    with pytest.raises(DrawingError, match="no steps"):
        _steps()
    many = gd.Graph()
    node = many.input("x", [1.0, 2.0])
    for k in range(610):
        node = many.node(f"a_{k}", gd.relu(node))
    with pytest.raises(DrawingError, match=r"has 611 blocks; at most 600"):
        many.draw(style="architecture")


def _steps() -> object:
    graph = conv_net()
    return graph.frames(graph.forward(), style="architecture")


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_the_legend_names_no_paint_that_is_not_seen(name: str, direction: str):
    made = read(ARCHITECTURES[name](), direction=direction)
    said, laid_out = made.describe(made.options), made.found(None).laid_out
    opened = [box.cell for box in laid_out.measured.nodes if isinstance(box, Card) and box.cell]
    signs = any(o.form in ("circle", "pill") for cell in opened for o in cell.operators)
    plain = any(label.kind == "computation" for label in said.nodes)
    named = any(entry.sample == "computation" for entry in said.legend)
    assert named == (plain or signs)

"""Pictures for a width, a slide or a page: their type can be read, and nothing is lost untold."""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "benchmarks"))

import pictured_graphs as zoo
import pictures as measured

import graphdiff as gd
from graphdiff.drawing.fit import search
from graphdiff.drawing.fit.ink import ink
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import INK
from graphdiff.drawing.fit.sheets import PAGES
from graphdiff.drawing.fit.steps import CALLED, TOGETHER
from graphdiff.drawing.fit.steps import GRAPHS as GIVING
from graphdiff.drawing.layout.areas import whole
from graphdiff.drawing.layout.boxes import measure
from graphdiff.drawing.layout.layout import lay_out
from graphdiff.drawing.layout.rows import in_rows
from graphdiff.drawing.writers.fitting import SmallPrintWarning
from graphdiff.errors import DrawingError

MM = 96 / 25.4
SMALL = {
    name: zoo.ZOO[name]
    for name in ("linear-regression", "two-layer-network", "mlp 2-2-2", "rnn 3", "attention", "gru")
}
SEEDS = range(4)
GRAPHS = {
    **SMALL,
    **{f"random {seed}": lambda seed=seed: zoo.tangled(8 + 4 * seed, seed) for seed in SEEDS},
}
SHEETS = {
    "page": ({"width": "160mm"}, 160, 240),
    "column": ({"width": "84mm"}, 84, 240),
    "slide": ({"aspect": "16:9"}, 160, 90),
}
CASES = [(name, sheet) for name in GRAPHS for sheet in SHEETS]


@cache
def drawn(name: str, sheet: str):
    graph = GRAPHS[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("error", SmallPrintWarning)
        picture = graph.draw(zoo.swept(graph), **SHEETS[sheet][0])
        picture.scene  # noqa: B018
    return graph, picture


@pytest.mark.parametrize(("name", "sheet"), CASES)
def test_everything_can_be_read_and_is_there(name, sheet):
    graph, picture = drawn(name, sheet)
    _, width, height = SHEETS[sheet]
    scene, found = picture.scene, picture.laid_out
    assert smallest(scene) >= 6 - 1e-6
    assert scene.pixels[0] <= width * MM + 1e-6
    assert scene.pixels[1] <= height * MM + 1e-6
    assert measured.labels_of(found) == (0, 0)
    said = found.measured.description
    if "share a card" not in said.alt:
        assert [node.name for node in said.nodes if not node.again] == [n.name for n in graph.nodes]
        edges = [(edge.parent, edge.child, edge.slot) for edge in said.edges if not edge.again]
        assert edges == [(e.parent.name, e.child.name, e.slot) for e in graph.edges]


@pytest.mark.parametrize(("name", "sheet"), CASES)
def test_cards_stand_apart_and_lines_between_rows_lead_to_where_they_say(name, sheet):
    found = drawn(name, sheet)[1].laid_out
    nodes = found.measured.description.nodes
    areas = {
        node.index: whole(corner, box)
        for node, corner, box in zip(nodes, found.nodes, found.measured.nodes, strict=True)
    }
    for index, one in areas.items():
        for other, area in areas.items():
            assert index >= other or not _overlap(one, area)
    names = {node.index: node.name for node in nodes}
    lines = [
        (edge, curve)
        for edge, curve in zip(found.measured.description.edges, found.curves, strict=True)
        if edge.again
    ]
    computed = {edge.child for edge in found.measured.description.edges if not edge.again}
    again = {node.index for node in nodes if node.again and node.name in computed}
    assert again == {edge.head for edge, _ in lines}
    for edge, curve in lines:
        assert names[edge.tail] == names[edge.head] == edge.parent
        assert _near(curve.points[0], areas[edge.tail])
        assert _near(curve.tip, areas[edge.head])
        inner = [_grown(area, -2) for k, area in areas.items() if k not in (edge.tail, edge.head)]
        for x, y in measured.points(curve):
            assert not any(area[0] < x < area[2] and area[1] < y < area[3] for area in inner)


def _overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _grown(area, by):
    return area[0] - by, area[1] - by, area[2] + by, area[3] + by


def _near(point, area):
    return all(area[k] - 3 <= point[k] <= area[k + 2] + 3 for k in (0, 1))


def test_some_of_these_are_in_rows():
    rows = [case for case in CASES if any(n.again for n in _nodes(*case))]
    assert len(rows) >= 5


def _nodes(name, sheet):
    return drawn(name, sheet)[1].laid_out.measured.description.nodes


@pytest.mark.parametrize(("name", "sheet"), CASES)
def test_what_is_left_out_is_told_in_its_order(name, sheet):
    graph, picture = drawn(name, sheet)
    said = picture.laid_out.measured.description
    told = " ".join(remark.text for remark in said.remarks)
    listed = re.search("there is no room for ([^.;]*)", told)
    named = re.split(", | and ", listed[1]) if listed else []
    several = {name: some for some, name in TOGETHER}
    dropped = {
        one for name in named for one in several.get(name, [k for k in CALLED if CALLED[k] == name])
    }
    assert len(dropped) >= len(named)
    arrays = any(node.shape for node in graph.nodes)
    implied = {"entries"} if "arrays" in dropped else set()
    implied |= {"arrays", "entries"} if arrays and {"P", "value"} <= dropped else set()
    there = [
        one
        for one in GIVING.order
        if one in picture.options.show or (one in ("entries", "arrays") and arrays)
    ]
    ordered = [one in dropped | implied for one in there]
    assert ordered == sorted(ordered, reverse=True)
    chosen = dropped - set(GIVING.order)
    assert not chosen or all(ordered)
    assert not chosen or chosen in map(set, GIVING.of_arrays if arrays else GIVING.choices)
    roles = {phrase.role for label in (*said.nodes, *said.edges) for phrase in label.phrases}
    assert (roles & {"P"} == set()) == ("P" in dropped)
    assert all(remark.text in said.alt for remark in said.remarks)


@pytest.mark.parametrize(
    ("aspect", "ratio"), [("16:9", 16 / 9), ("4:3", 4 / 3), (1, 1), ("1.5", 1.5), ("3/4", 0.75)]
)
def test_an_aspect_is_that_of_the_picture(aspect, ratio):
    graph = zoo.rnn(2)
    wide, high = graph.draw(zoo.swept(graph), aspect=aspect, width="120mm").scene.pixels
    assert wide == pytest.approx(120 * MM)
    assert wide / high == pytest.approx(ratio)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_size_and_margins(page):
    graph = zoo.rnn(2)
    picture = graph.draw(zoo.swept(graph), page=page)
    size = PAGES[page]
    assert picture.scene.pixels == pytest.approx((size.width * MM, size.height * MM))
    assert smallest(picture.scene) >= 6 - 1e-6


def test_levels_share_cards_until_the_rest_can_be_read(monkeypatch):
    laid = []

    def counted(measured, direction):
        laid.append(len(measured.nodes) + len(measured.edges))
        return lay_out(measured, direction)

    monkeypatch.setattr(search, "lay_out", counted)
    graph = zoo.tangled(40)
    picture = graph.draw(zoo.swept(graph), width="84mm", aspect="16:9")
    assert smallest(picture.scene) >= 6 - 1e-6
    assert re.search("nodes of .* levels that follow one another share a card", picture.alt)
    said = _said(picture)
    assert len(said.nodes) < len(graph)
    assert any(entry.meaning == "several nodes" for entry in said.legend)
    assert sum(laid) <= search.WORK * 5


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("choices", [{"page": "slide"}, {"width": "84mm"}, {"aspect": 0.2}])
def test_a_graph_without_edges_has_a_place_on_a_sheet(count, choices):
    graph = gd.Graph()
    for k in range(count):
        graph.input(f"a_name_that_is_long_{k}", k)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scene = graph.draw(**choices).scene
    assert scene.width > 0


def test_type_is_as_large_as_asked_for():
    graph = zoo.rnn(2)
    run = zoo.swept(graph)
    sizes = [smallest(graph.draw(run, width="120mm", min_pt=least).scene) for least in (5, 7, 9)]
    assert all(size >= least - 1e-6 for size, least in zip(sizes, (5, 7, 9), strict=True))


@pytest.mark.parametrize("name", ["linear-regression", "two-layer-network"])
@pytest.mark.parametrize(("width", "least"), [("84mm", 5), ("160mm", 7)])
def test_type_as_large_as_asked_for_is_enough(name, width, least):
    graph = zoo.ZOO[name]()
    run = zoo.swept(graph)
    picture = graph.draw(run, width=width, min_pt=least)
    exactly = smallest(picture.scene)
    assert graph.draw(run, width=width, min_pt=exactly).svg == picture.svg
    larger = graph.draw(run, width=width, min_pt=exactly + 0.1)
    assert smallest(larger.scene) >= exactly + 0.1 - 1e-6


def test_nothing_is_left_out_where_there_is_room():
    graph = zoo.rnn(2)
    run = zoo.swept(graph)
    whole, fitted = graph.draw(run), graph.draw(run, width=5000)
    assert fitted.svg == whole.svg
    assert fitted.alt == whole.alt


def test_long_formulas_move_below_before_anything_is_left_out():
    graph = gd.Graph("Long")
    xs = [graph.input(f"x_{k}", k) for k in range(1, 6)]
    graph.node("L", sum(x**2 for x in xs))
    picture = graph.draw(graph.backward(), width="120mm")
    said = picture.laid_out.measured
    assert not said.description.remarks
    assert smallest(picture.scene) >= 6 - 1e-6


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"aspect": "wide"}, "aspect is 'wide'; give the ratio of width to height"),
        ({"aspect": "0:3"}, "aspect is '0:3'"),
        ({"aspect": "3:0"}, "aspect is '3:0'"),
        ({"aspect": True}, "aspect is True"),
        ({"page": "a3"}, "unknown page 'a3'; choose from a4, a4 landscape"),
        ({"page": "a4", "width": 3}, "page='a4' has its own size"),
        ({"min_pt": -1}, "min_pt is -1; give a number of points"),
        ({"min_pt": "6"}, "min_pt is '6'"),
    ],
)
def test_what_is_no_sheet(choices, message):
    with pytest.raises(DrawingError, match=message):
        zoo.rnn(1).draw(**choices)


def test_a_marked_picture_is_never_collapsed():
    graph = zoo.rnn(3)
    picture = graph.draw(zoo.swept(graph), paths="w", width="30mm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallPrintWarning)
        assert "share a card" not in picture.alt
    assert {mark.kind for edge in picture.description.edges for mark in edge.marks} == {"path"}


def _said(picture):
    return picture.laid_out.measured.description


def nine_paths():
    graph = gd.Graph("Nine paths, two factors")
    y = graph.input("X", 2)
    for name in "YZ":
        function = gd.function(name.lower(), lambda a, b, c: a * b + 3 * c)
        y = graph.node(name, function(y, y, y))
    return graph


PATHS = {
    "rnn": (lambda: zoo.rnn(3), "w"),
    "layers": (zoo.ZOO["two-layer-network"], "x_1"),
    "xor": (zoo.ZOO["xor"], "x"),
    "neurons": (zoo.ZOO["mlp 2-2-2, neurons"], "x_1"),
    "nine paths": (nine_paths, "X"),
    "fan-out": (zoo.ZOO["fan-out"], "x"),
}
ON_SLIDES = ("rnn", "nine paths", "fan-out")
"""Of the others the formulas below take more than half a slide."""


@pytest.mark.parametrize(
    ("name", "sheet"),
    [(name, ("page", "column")[k % 2]) for k, name in enumerate(PATHS)]
    + [(name, "slide") for name in ON_SLIDES],
)
def test_paths_on_a_sheet_can_be_read_with_their_numbers(name, sheet):
    make, source = PATHS[name]
    graph = make()
    choices, width, height = SHEETS[sheet]
    picture = graph.draw(zoo.swept(graph), paths=source, **choices)
    scene = picture.scene
    assert smallest(scene) >= 6 - 1e-6
    assert scene.pixels[0] <= width * MM + 1e-6
    assert scene.pixels[1] <= height * MM + 1e-6
    told = [remark.mark.number for remark in _said(picture).remarks if remark.is_path]
    numbers = {mark.number for edge in _said(picture).edges for mark in edge.marks}
    lost = "no room" in picture.alt and "products along single paths" in picture.alt
    assert told == ([] if lost else sorted(numbers))


@pytest.mark.parametrize(
    ("make", "collapse"),
    [(lambda: gd.models.mlp([2, 3, 3, 3, 2], view="neurons"), "all"),
     (lambda: gd.models.mlp([2, 3, 3, 3, 2], view="neurons"), "alike"),
     (lambda: zoo.rnn(8), "chains"), (lambda: zoo.rnn(4), ())],
)  # fmt: skip
def test_what_is_drawn_again_is_called_as_it_calls_itself(make, collapse):
    said = make().draw(collapse=collapse).description
    rows = in_rows(measure(said), 3, lambda part: lay_out(part, "LR"))
    again = [node for node in rows.measured.description.nodes if node.again]
    assert again
    words = {phrase for node in said.nodes for phrase in node.phrases}
    starts = {phrase.plain.partition(" ")[0] for phrase in words} | {p.plain for p in words}
    for node in again:
        (name,) = node.phrases
        assert name in words or name.plain in starts
        assert name.latex or name.role == "title"
        assert "□" not in name.latex


def test_a_half_empty_figure_is_turned_where_its_type_stays_as_large():
    graph = zoo.ZOO["and"]()
    run = zoo.swept(graph)
    whole, fitted = graph.draw(run, min_pt=0, width="160mm"), graph.draw(run, width="160mm")
    turned = graph.draw(run, direction="TB")
    assert ink(lay_out(measure(whole.description), "LR")) < INK <= ink(fitted.laid_out)
    assert fitted.laid_out.nodes == turned.laid_out.nodes
    assert smallest(fitted.scene) >= 0.98 * smallest(whole.scene)


@pytest.mark.parametrize(("name", "most"), [("random 40", 34), ("mlp 4-6-6-1, neurons", 32)])
def test_what_cannot_fit_by_its_area_is_not_arranged_anew(name, most, monkeypatch):
    """Scenes that are composed: of what may fit, three more with what is around it wider.

    Both are taller than a page has room for, so that lower ones are looked for.
    """
    tried = []

    def counted(scene):
        tried.append(scene)
        return smallest(scene)

    monkeypatch.setattr(search, "smallest", counted)
    graph = zoo.ZOO[name]()
    picture = graph.draw(zoo.swept(graph), width="160mm")
    assert smallest(picture.scene) >= 6 - 1e-6
    assert len(tried) <= most

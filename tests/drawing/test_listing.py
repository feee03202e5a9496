"""Formulas that are too long for their labels: listed below the graph, never dropped."""

from __future__ import annotations

import contextlib
import itertools
import struct
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from drawing_graphs import call, long_names, regression
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.drawing import ANNOTATIONS, Picture, draw, fragments, typeset
from graphdiff.drawing.graph_scene import surroundings
from graphdiff.drawing.labels.description import Equation, Phrase
from graphdiff.drawing.labels.phrases import value_phrase
from graphdiff.drawing.layout import boxes, listing
from graphdiff.drawing.layout.sheet import sheet_for
from graphdiff.drawing.options import Options
from graphdiff.workbench import Graph

SVG = "{http://www.w3.org/2000/svg}"
CASES = r"\begin{cases} 1 & \text{if } a > b \\ 0 & \text{if } a < b \\ \frac{1}{2} & \text{otherwise} \end{cases}"


def lstm() -> Graph:
    graph = Graph("LSTM cell")
    x, h, c = graph.input("x", 0.5), graph.input("h", -0.25), graph.input("c", 0.3)

    def gate(name, function):
        w, u, b = (graph.parameter(letter + name, 0.2) for letter in "wub")
        return graph.node(name, call(function, w * x + u * h + b))

    f, i, g, o = (gate(n, "tanh" if n == "g" else "sigmoid") for n in "figo")
    state = graph.node("c_t", f * c + i * g)
    graph.node("h_t", o * call("tanh", state))
    return graph


def cobb_douglas() -> Graph:
    graph = Graph("Cobb–Douglas")
    A, K, L = graph.parameter("A", 1.5), graph.input("K", 100), graph.input("L", 50)
    a, b = graph.parameter("α", 0.3), graph.parameter("β", 0.7)
    graph.node("Y", A * K**a * L**b)
    return graph


def largest() -> Graph:
    graph = Graph("Largest")
    a, b, c = graph.input("a", 1), graph.input("b", 2), graph.input("c", 2)
    m = graph.node("m", call("max", call("max", a, b), c))
    graph.node("y", call("max", a, m) ** 2)
    return graph


def huge() -> Graph:
    graph = Graph("Huge")
    xs = [graph.input(f"x_{k}", k + 1) for k in range(16)]
    y = call("sigmoid", xs[0] * xs[1] + xs[2])
    for k in range(3, 16):
        y = y * xs[k] + call("tanh", xs[k] * xs[k - 1] + xs[k - 2])
    graph.node("y", y)
    return graph


LONG = {made.__name__: made for made in (lstm, cobb_douglas, largest, huge, long_names)}


@cache
def picture_of(name: str) -> Picture:
    """Return the picture of a graph of long formulas, which take time to derive."""
    graph = LONG[name]()
    return draw(graph, graph.backward(), own_value=False)


def measured_of(name: str) -> boxes.Measured:
    return boxes.measure(picture_of(name).description)


def measured(graph: Graph, **options) -> boxes.Measured:
    return boxes.measure(draw(graph, graph.backward(), **options).description)


def listed(graph: Graph, **options) -> list[str]:
    return [equation.left.plain for equation in measured(graph, **options).listed]


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_every_formula_is_on_its_edge_or_listed_or_counted(name):
    found = measured_of(name)
    sheet = sheet_for(surroundings(found), 600)
    left_out = len(found.listed) - len(sheet.listing.blocks)
    for edge, box in zip(found.description.edges, found.edges, strict=True):
        if edge.equation in found.listed:
            assert len(box.lines) == 1
        else:
            whole = [boxes.whole(phrase, boxes.EDGE_ROOM) for phrase in edge.phrases]
            assert [line.fragment for line in box.lines] == whole
    if left_out:
        assert sheet.listing.more == typeset.words(
            f"…, {left_out} more, too long or too many for a picture", listing.SIZE - 1
        )
    else:
        assert sheet.listing.more is None


@pytest.mark.slow
def test_what_is_listed():
    assert listed(regression()) == []
    assert listed(cobb_douglas()) == []
    assert listed(largest()) == []
    names, huge_names = (
        [equation.left.plain for equation in measured_of(name).listed] for name in ("lstm", "huge")
    )
    assert len(names) == 9
    assert names[0] == "J^(4→7)"
    assert "u^17" in huge_names
    assert len(huge_names) == 17


def test_nothing_of_an_lstm_is_left_out():
    found = sheet_for(surroundings(measured_of("lstm")), 900).listing
    assert len(found.blocks) == 9
    assert found.more is None
    assert all(" = " in block.plain for block in found.blocks)


@pytest.mark.slow
def test_listed_formulas_follow_the_annotations():
    assert not [n for n in listed(huge(), show=set(ANNOTATIONS) - {"jacobian"}) if n[0] == "J"]
    assert "u^17" not in listed(huge(), show=set(ANNOTATIONS) - {"formula"})
    assert listed(huge(), show=["value", "P", "jacobian_value"]) == []
    without_index = listed(huge(), show=set(ANNOTATIONS) - {"index"})
    assert without_index[:2] == ["y", "∂y/∂x_0"]
    ET.fromstring(draw(huge(), show={"jacobian", "formula"}).svg)


def test_with_the_values_of_its_gates_an_lstm_has_no_long_formula():
    assert listed(lstm()) == []


def test_a_long_formula_leaves_the_number_on_its_edge():
    (edge,) = [
        e for e in measured_of("lstm").description.edges if (e.parent, e.child) == ("wf", "f")
    ]
    (brief,) = edge.brief
    assert brief.plain.startswith(f"J^({edge.tail}→{edge.head}) ≈ 0.1")


@pytest.mark.parametrize("theme", ["lecture", "print"])
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", ["lstm", "huge"])
def test_listed_formulas_are_in_the_picture(name, direction, theme):
    picture = replace(picture_of(name), options=Options(direction=direction, theme=theme))
    root = ET.fromstring(picture.svg)
    (group,) = [e for e in root.iter(f"{SVG}g") if e.get("class") == "formulas"]
    assert [e.findtext(f"{SVG}title") for e in group if e.find(f"{SVG}title") is not None]
    width, height = struct.unpack(">II", picture.png(scale=1)[16:24])
    assert (str(width), str(height)) == (root.get("width"), root.get("height"))


@pytest.mark.parametrize("width", [100, 600, 1500])
@pytest.mark.parametrize("name", ["lstm", "huge"])
def test_blocks_do_not_overlap(name, width):
    found = sheet_for(surroundings(measured_of(name)), width).listing
    placed = list(zip(found.places, found.blocks, strict=True))
    for ((x, y), a), ((u, v), b) in itertools.combinations(placed, 2):
        assert x + a.width <= u or u + b.width <= x or y + a.height <= v or v + b.height <= y
    for (x, y), block in placed:
        assert x + block.width <= found.width
        assert y + block.height <= found.height - (found.more.height if found.more else 0)
        for line in block.lines:
            assert line.x + line.fragment.width <= block.width
            assert line.y - line.fragment.ascent >= -0.01
            assert line.y + line.fragment.descent <= block.height + 0.01


def equation(latex: str, plain: str = "plain") -> Equation:
    return Equation(Phrase("formula", "u^{1}", "u^1"), Phrase("formula", latex, plain))


def test_formulas_are_broken_before_signs_and_factors():
    long_sum = equation(" + ".join(rf"\alpha_{{{k}}} x_{{{k}}}" for k in range(24)))
    block = listing.block(long_sum, 560)
    assert len(block.lines) > 2
    assert block.width <= 560
    long_product = equation(" ".join(rf"\left(\alpha + x_{{{k}}}\right)" for k in range(20)))
    block = listing.block(long_product, 560)
    assert len(block.lines) > 2
    assert block.width <= 560
    assert len(listing.block(equation("a + b"), 560).lines) == 2


def test_a_sum_in_brackets_is_broken_within_them():
    terms = " + ".join(rf"x_{{{k}}} \left(1 - x_{{{k}}}\right)" for k in range(12))
    block = listing.block(equation(rf"o \left({terms}\right) \left(h - y\right)"), 360, 16)
    assert len(block.lines) > 3
    assert block.width <= 360
    assert all(line.fragment.is_math for line in block.lines)


@given(st.integers(1, 12), st.integers(0, 3), st.integers(4, 60))
def test_pieces_make_the_formula_again(count, depth, room):
    latex = "a"
    for _ in range(depth + 1):
        terms = " + ".join([latex, *(rf"b_{{{k}}} c" for k in range(count))])
        latex = rf"f \left({terms}\right) \cdot d"
    pieces = list(listing.broken(latex, lambda piece: len(piece) <= room))
    assert "".join(pieces).replace(r"\right.", "").replace(r"\left.{}", "") == latex
    for piece in pieces:
        assert piece.count(r"\left") == piece.count(r"\right")


@pytest.mark.parametrize(
    ("latex", "at", "pieces"),
    [
        ("a - b", "sign", ["a", " - b"]),
        ("-a + b", "sign", ["-a", " + b"]),
        (r"\frac{a + b}{c} - 1", "sign", [r"\frac{a + b}{c}", " - 1"]),
        (r"x \cdot \left(a \cdot b\right)", "factor", ["x", r" \cdot \left(a \cdot b\right)"]),
        (r"x \left(a - b\right)", "factor", ["x ", r"\left(a - b\right)"]),
        (r"\tanh{\left(a \right)}", "factor", [r"\tanh{\left(a \right)}"]),
        (r"\max \left(a\right)", "factor", [r"\max \left(a\right)"]),
        (CASES, "sign", [CASES]),
        (r"\left\{a + b\right\} + c", "sign", [r"\left\{a + b\right\}", " + c"]),
    ],
)
def test_split(latex, at, pieces):
    assert listing.split(latex, at) == pieces


def test_limits():
    many = tuple(equation(f"x_{{{k}}}") for k in range(listing.MAX_LISTED + 3))
    found = listing.listing_for(many, 600)
    assert len(found.blocks) == listing.MAX_LISTED
    assert found.more == typeset.words(
        "…, 3 more, too long or too many for a picture", listing.SIZE - 1
    )
    too_long = equation("x + " * 200 + "x")
    underived = Equation(too_long.left, None)
    found = listing.listing_for((too_long, underived), 600)
    assert found.blocks == ()
    assert found.more is not None
    assert found.height >= found.more.height
    assert listing.listing_for((), 600).height == 0


def test_unreadable_latex_in_the_list_becomes_plain_words_that_fit():
    block = listing.block(equation(r"\frac{", "word " * 100), 560)
    assert block.width <= 560


# The typesetter


@pytest.mark.parametrize("size", [11.0, 14.0, 17.0])
def test_three_cases_have_their_brace(size):
    fragment = typeset.formula(CASES, "cases", size)
    ink = [fragments.ink(mark) for mark in fragment.marks]
    brace = min(ink)
    assert brace[0] == pytest.approx(0)
    assert brace[3] - brace[1] >= 0.9 * fragment.height


def test_tall_brackets_are_drawn_on_both_sides():
    fragment = typeset.formula(rf"\left({CASES}\right)", "cases", 14)
    ink = [fragments.ink(mark) for mark in fragment.marks]
    tall = [i for i in ink if i[3] - i[1] >= 0.9 * fragment.height]
    assert len(tall) == 3
    assert max(i[2] for i in tall) == pytest.approx(fragment.width)


def test_glyphs_of_one_name_have_one_outline():
    fragments = [
        typeset.formula(latex.replace("CASES", CASES), "cases", size)
        for latex in (r"\left(CASES\right)", r"\left[CASES\right]", r"\left|CASES\right|", "CASES")
        for size in (11.0, 12.5, 14.0)
    ]
    outlines: dict[str, set[str]] = {}
    for fragment in fragments:
        for mark in fragment.marks:
            outlines.setdefault(mark.glyph.name, set()).add(mark.glyph.path)
    assert all(len(paths) == 1 for paths in outlines.values())


@pytest.mark.parametrize("before", ["[", r"[1,\, ", "(", "a = ", r"a \approx ", r"2 \cdot "])
def test_a_negative_number_has_no_space_after_its_sign(before):
    bare = typeset.formula(before + "-8.5", "plain", 17)
    braced = typeset.formula(before + "{-8.5}", "plain", 17)
    assert bare == braced


def test_a_binary_minus_keeps_its_spaces():
    assert typeset.spaced(r"a -8 + x^{-2} - (b)-3") == r"a -8 + x^{-2} - (b)-3"


def test_names_of_functions_stand_apart():
    assert typeset.spaced(r"2 \max{(a)} \cdot \log{b}") == r"2\,\max{(a)} \cdot \log{b}"
    assert typeset.spaced(r"x \maxima") == r"x \maxima"


def test_rounded_batches_are_not_exact():
    assert not value_phrase(np.array([-26 / 3, 1.0]), 4).exact
    assert value_phrase(np.array([-2.0, 0.5]), 4).exact
    graph = Graph("batch")
    x = graph.input("x", [-26 / 3, 2.0, 3.0, 4.0], shape=())
    graph.node("u", x * x)
    assert "x ≈ [-8.667, 2, 3, …]" in draw(graph, graph.backward()).alt


# What a picture says of itself


def test_repr_is_short():
    graph = regression()
    picture = draw(graph, graph.backward(), direction="TB")
    assert repr(picture) == "<Picture of 'Linear regression': 8 nodes, 7 edges, TB, lecture>"
    graph = Graph()
    graph.input("x", 1)
    assert repr(draw(graph)) == "<Picture: 1 node, 0 edges, LR, lecture>"
    assert len(repr(draw(long_names()))) < 200


@pytest.mark.parametrize(
    "formula",
    [
        r"\left(\frac{\partial L}{\partial Z}\right)^{\top} X",
        r"\frac{9 \left(1 - \tanh^{2}{\left(\frac{9 v}{10} + \frac{1}{10} \right)}\right)}{10}",
        r"\sqrt{\left(\frac{\left(a + \frac{1}{b}\right)^{2}}{c}\right)^{2} + 1}",
        r"\begin{bmatrix} 1 & \frac{1}{2} \\ \left|\frac{x}{y}\right| & 4 \end{bmatrix}",
        r"\begin{cases} \frac{1}{2} & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\sum_{k=1}^{784} w_{j,k}^{1} \cdot x_{k}",
        r"P \approx \begin{bmatrix} -0.0959 \\ -0.2631 \end{bmatrix}",
        r"\frac{\left(x\right)}{\left(\frac{y}{z}\right)} + a^{\left(\frac{1}{2}\right)}",
        r"\lVert \begin{bmatrix} \frac12 & \left(\frac34\right) \end{bmatrix} \rVert^2",
        r"\max\left(0, \frac{z}{2}\right) \cdot \lfloor \frac{x}{2} \rfloor",
    ],
)
def test_formulas_set_faster_are_the_same(formula, monkeypatch):
    faster = typeset.formula(formula, "", 14)
    monkeypatch.setattr(typeset, "in_linear_time", contextlib.nullcontext)
    again = typeset.formula(formula + " ", "", 14)  # not one that is known by now
    assert faster.marks
    assert replace(again, source=faster.source) == faster


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_what_is_in_brackets_is_measured_once_for_each(depth, monkeypatch):
    """Not once more for each row around these: those have no brackets of their own."""
    typeset.sheets()  # loads the typesetter
    numbers = []
    number = sys.modules["ziamath.nodes.mnumber"].Mnumber
    make = number._setup
    monkeypatch.setattr(number, "_setup", lambda *a, **k: (numbers.append(a), make(*a, **k)))
    typeset.set_alone(depth * r"{\left[" + rf"\frac{{{depth}}}{{x}}" + depth * r"\right]}")
    assert 0 < sum(node.string == str(depth) for node, *_ in numbers) <= depth + 1


def test_a_matrix_is_set_once_though_it_is_measured_for_its_brackets(monkeypatch):
    typeset.sheets()
    numbers = []
    number = sys.modules["ziamath.nodes.mnumber"].Mnumber
    make = number._setup
    monkeypatch.setattr(number, "_setup", lambda *a, **k: (numbers.append(a), make(*a, **k)))
    assert typeset.set_alone(r"\begin{bmatrix} 1 & 23 \\ \frac{4}{5} & 678 \end{bmatrix} = Q")
    assert sum(node.string != "Q" for node, *_ in numbers) == 5

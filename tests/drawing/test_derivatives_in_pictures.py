"""What derivatives are called in pictures: by numbers that are there, and by one name each."""

from __future__ import annotations

import re

import pytest
from drawing_graphs import GRAPHS, layer

import graphdiff as gd
from graphdiff.drawing.layout.listing import within
from graphdiff.drawing.marks.record import Remark
from graphdiff.drawing.marks.remarks import remarks_for
from graphdiff.drawing.typeset import typesettable
from graphdiff.notation.equations import Link

NUMBERED = re.compile(r"\b[Pu]\^\{\(|\bJ\^\{")
WITHOUT_INDICES = ["name", "formula", "value", "P", "jacobian", "jacobian_value", "legend"]


def exam():
    """A graph whose output has an argument that others of its arguments depend on."""
    g = gd.Graph("An exam", output="f")
    x, y, w = g.input("x", 0.5), g.input("y", 3), g.parameter("w", 2)
    a = g.node("a", x * w)
    b = g.node("b", a + y)
    c = g.node("c", gd.max(a, b))
    d = g.node("d", b * c)
    e = g.node("e", gd.exp(a - 1))
    g.node("f", d / e + c**2)
    return g


def said(description):
    """All LaTeX that a picture has in it."""
    parts = (*description.nodes, *description.edges)
    for part in parts:
        yield from (phrase.latex for phrase in part.phrases)
        if part.equation is not None:
            yield part.equation.left.latex
            yield part.equation.right.latex if part.equation.right else ""
    yield from (link.latex for remark in description.remarks for link in remark.parts)
    yield from (
        entry.sample.latex for entry in description.legend if hasattr(entry.sample, "latex")
    )


@pytest.mark.parametrize("make", [*GRAPHS.values(), layer, exam])
def test_without_indices_nothing_is_called_by_one(make):
    graph = make()
    try:
        run = graph.backward()
    except gd.GraphdiffError:
        pytest.skip("it has no sweep")
    picture = graph.draw(run, show=WITHOUT_INDICES, paths=graph.leaves[0])
    assert [latex for latex in said(picture.description) if NUMBERED.search(latex)] == []


def test_indices_that_have_no_room_are_used_nowhere():
    graph = exam()
    picture = graph.draw(graph.backward(), paths="x", width="84mm")
    shown = picture.laid_out.measured.description
    assert "there is no room for indices" in shown.alt
    assert not any(NUMBERED.search(latex) for latex in said(shown))


def test_the_legend_names_no_node_that_stands_for_all():
    graph = gd.Graph()
    u = graph.parameter("u", 2)
    graph.node("L", u**2)
    picture = graph.draw(graph.backward(), show=WITHOUT_INDICES)
    assert r"P = \partial L / \partial (\text{node})" in set(said(picture.description))


@pytest.mark.parametrize("notation", ["partial", "delta"])
@pytest.mark.parametrize("make", [*GRAPHS.values(), exam])
def test_a_name_of_a_derivative_has_one_value(make, notation):
    """What an edge says of ∂f/∂c alone is called otherwise than the sum over all edges."""
    graph = make()
    try:
        run = graph.backward()
    except gd.GraphdiffError:
        pytest.skip("it has no sweep")
    shown = graph.draw(run, notation=notation, show="all").description
    totals = dict(
        re.split(r" (?:=|≈) ", phrase.plain, maxsplit=1)
        for node in shown.nodes
        for phrase in node.phrases
        if phrase.role == "P" and re.search(r" (?:=|≈) ", phrase.plain)
    )
    for edge in shown.edges:
        if not edge.phrases or edge.repeated:
            continue
        name = re.split(r" (?:=|≈) ", edge.phrases[0].plain, maxsplit=1)[0]
        last = re.split(r"(?:^| )(?:=|≈) ", edge.phrases[-1].plain)[-1]
        if name in totals and re.fullmatch(r"-?[\d.]+", last):
            assert last == totals[name], name


def test_what_is_held_is_named():
    graph = exam()
    shown = graph.draw(graph.backward(), notation="partial").description
    (edge,) = (one for one in shown.edges if (one.parent, one.child) == ("c", "f"))
    assert edge.held
    assert [phrase.plain for phrase in edge.phrases] == ["(∂f/∂c)_d = 2*c", "= 8"]
    assert "(∂y/∂x)_z" in [getattr(entry.sample, "plain", "") for entry in shown.legend]
    assert not any(one.held for one in shown.edges if one is not edge)


@pytest.mark.parametrize("width", [240.0, 320.0, 400.0])
def test_a_formula_below_a_picture_is_broken_and_never_cut(width):
    graph = exam()
    picture = graph.draw(graph.backward(), paths="x")
    for remark in picture.description.remarks:
        for block in remarks_for([remark], width, 12.0).blocks:
            assert not any("…" in line.fragment.source for line in block.lines)
    wide = Link("w*(…)", r"w \left(a + \left(b + c + d + e + f\right) g + h + i + j + k + l\right)")
    (block,) = remarks_for([Remark((wide,))], 150.0, 15.0).blocks
    assert all(line.fragment.is_math for line in block.lines)


@pytest.mark.parametrize(
    ("latex", "count"),
    [
        (r"\left(a + b\right) d", 2),
        (r"\sin{\left(a - b + c\right)}", 1),
        (r"w \left(\left(a + b - c\right)\right)", 3),
        (r"\left(a \cdot b\right)", 2),
        (r"\left(a\right) \left(b + c\right)", 2),
        ("a b", 1),
    ],
)
def test_pieces_within_brackets_can_be_typeset_alone(latex, count):
    pieces = within(latex)
    assert len(pieces) == count
    assert all(typesettable(piece) for piece in pieces)

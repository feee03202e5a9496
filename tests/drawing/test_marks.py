"""Marks: the paths and the claims that are marked, how they look, and what is said of them."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from drawing_graphs import GRAPHS, HOSTILE, forty, layer, regression, relu, square
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.labels.describe import describe
from graphdiff.drawing.layout import boxes, layout
from graphdiff.drawing.layout.layout import Curve
from graphdiff.drawing.marks.claim_marks import marks_of_report
from graphdiff.drawing.marks.highlight import highlighted
from graphdiff.drawing.marks.mark_rendering import LANE, at, badge_places, marked_arrow
from graphdiff.drawing.marks.mark_requests import marks_for
from graphdiff.drawing.marks.path_marks import marks_of_paths
from graphdiff.drawing.marks.record import ANY, Mark, Marks, Remark
from graphdiff.drawing.marks.remarks import COLUMN_GAP, remarks_for
from graphdiff.drawing.marks.strokes import badge_half, stroke_of
from graphdiff.drawing.options import Options
from graphdiff.drawing.picture import Drawn
from graphdiff.drawing.styles import GraphPicture
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError, GraphError
from graphdiff.notation import equations
from graphdiff.workbench import Graph, load_with_claims

EXAMPLES = Path(__file__).parents[2] / "examples"
SVG = "{http://www.w3.org/2000/svg}"


def picture(graph: Graph, run, marks: Marks, **choices) -> GraphPicture:
    options = Options(**choices)
    described = highlighted(describe(graph, run, options), marks)
    return GraphPicture(Drawn(graph, run), options, described)


def fan_out() -> Graph:
    return load_with_claims(EXAMPLES / "fan-out.toml")[0]


# Paths


def test_each_of_a_few_paths_has_its_number():
    graph = fan_out()
    marks = marks_of_paths(graph.paths("x"))
    numbers = {key: [mark.number for mark in found] for key, found in marks.edges.items()}
    x, a, b, c, m, L = (graph[name].index for name in "xabcmL")
    assert numbers == {
        (x, a, 1): [1, 2, 3, 4],
        (a, b, 0): [1],
        (a, c, 0): [2],
        (a, m, 0): [3],
        (a, m, 1): [4],
        (b, L, 0): [1],
        (c, L, 1): [2],
        (m, L, 2): [3, 4],
    }
    assert [remark.text for remark in marks.remarks] == [
        "4 paths from x to L — and the sum of their products",
        "J[b->L]*J[a->b]*J[x->a] = c*cos(a)*w ≈ 36*0.9602*3 ≈ 103.7",
        "J[c->L]*J[a->c]*J[x->a] = b*2*a*w ≈ (-0.2794)*12*3 ≈ -10.06",
        "J[m->L]*J[a->m]_1*J[x->a] = 1*a*w = 1*6*3 = 18",
        "J[m->L]*J[a->m]_2*J[x->a] = 1*a*w = 1*6*3 = 18",
        "dL/dx = c*w*cos(a) + 2*a*b*w + a*w + a*w ≈ 103.7 - 10.06 + 18 + 18 ≈ 129.6",
        "Factored — pieces side by side are added, those one after the other multiplied",
        "α = w = 3, β = c*cos(a) ≈ 34.57, γ = b*2*a ≈ -3.353, δ = a = 6, ε = a = 6, ζ = 1",
        "dL/dx = α*(β + γ + (δ + ε)*ζ) ≈ 3*(34.57 - 3.353 + (6 + 6)*1) ≈ 3*43.21 ≈ 129.6",
    ]


def test_many_paths_are_marked_as_one():
    graph = Graph("Doubled")
    node = graph.input("x", 1)
    for k in range(60):
        node = graph.node(f"u_{k}", node * node)
    marks = marks_of_paths(graph.paths("x"))
    assert set(marks.edges) == {(j.index, i.index, slot) for j, i, slot in graph.edges}
    assert set(marks.edges.values()) == {(Mark("path"),)}
    assert marks.legend == (("path", "on one of the paths"),)
    assert marks.remarks[0].text.startswith("About 1.153e+18 paths from x to u_59")
    assert len(marks.remarks) == 2


def test_edges_off_the_paths_are_not_marked():
    graph = forty()
    found = graph.paths("w_3")
    on = {(j.index, i.index, slot) for path in found for j, i, slot in path.edges}
    assert 0 < len(on) < len(graph.edges)
    assert set(marks_of_paths(found).edges) == on


def test_no_path_is_said():
    graph = relu()
    found = marks_for(graph, graph.backward(), Options(), paths="z")
    assert not found.edges
    assert found.remarks[0].text == "Paths: L does not depend on z — there is no path"


def test_paths_end_where_they_are_asked_to():
    graph = regression()
    run, options = graph.backward(), Options()
    w, u, yhat = (graph[name].index for name in ("w", "u", "yhat"))
    found = marks_for(graph, run, options, paths=("w", "yhat"))
    assert list(found.edges) == [(w, u, 1), (u, yhat, 0)]
    assert found.remarks[1].text == "J[u->yhat]*J[w->u] = 1*x = 1*1 = 1"
    assert marks_for(graph, graph.forward(), options, paths=["w", graph["yhat"]]) == found
    assert marks_for(graph, graph.backward(wrt="b"), options, paths=(graph["w"], 6)) == found
    symbolic = marks_for(graph, None, options, paths=("w", "yhat"))
    assert symbolic.remarks[1].text == "J[u->yhat]*J[w->u] = 1*x"


def test_exact_runs_stay_exact():
    graph = regression()
    run = graph.backward("e", exact=True, x=Fraction(1, 3))
    found = marks_for(graph, run, Options(), paths=("w", "L"))
    said = "J[e->L]*J[yhat->e]*J[u->yhat]*J[w->u] = 2*e*1*1*x = (4/3)*1*1*(1/3) = 4/9"
    assert found.remarks[1].text == said


def test_names_of_edges_are_left_out_with_the_numbers_of_nodes():
    graph = fan_out()
    options = Options(show=["name", "formula"])
    found = marks_for(graph, None, options, paths="x")
    assert [remark.text for remark in found.remarks[1:3]] == ["c*cos(a)*w", "b*2*a*w"]


# Claims


def test_the_lectures_two_wrong_lines():
    graph, claims = load_with_claims(EXAMPLES / "linear-regression.toml")
    marks = marks_of_report(graph, graph.check(claims))
    assert {key: [(m.kind, m.said.text) for m in found] for key, found in marks.edges.items()} == {
        (2, 3, 1): [("wrong", "≠ 2")],
        (3, 5, 0): [("doubtful", "= b only here")],
    }
    assert marks.nodes == {}
    assert [remark.text for remark in marks.remarks] == [
        "Claims: 32 correct, 1 coincidental, 1 wrong",
        "J^(2→3) = 2 is wrong — expected 1",
        "J^(3→5) = b is right by coincidence only — expected 1 (the number 1 is right here, the "
        "formula is not: at x = 1, w = 5, b = 2, y = 2 it gives 2, but J[3->5] is 1)",
    ]
    assert [kind for kind, _ in marks.legend] == ["wrong", "doubtful"]


def test_claims_about_nodes_mark_nodes():
    graph = regression()
    report = graph.check(
        {"u": 6, "P[u]": "8*e", "dL/dw": ["2*e*x", 7], "e": "yhat - y", "J[b->yhat]": 1}
    )
    marks = marks_of_report(graph, report)
    said = {key: [mark.said for mark in found] for key, found in marks.nodes.items()}
    assert marks.edges == {}
    assert {key: [link.text for link in links] for key, links in said.items()} == {
        graph["u"].index: ["u ≠ 6", "P^5 ≠ 8*e"],
        graph["w"].index: ["∂L/∂w ≠ 7"],
    }
    assert said[graph["w"].index][0].latex == r"\partial L / \partial w \neq 7"
    assert said[graph["u"].index][1].latex == r"P^{5} \neq 8 e"


def test_correct_and_undecided_claims_are_not_marked():
    graph = Graph()
    x = graph.input("x")
    graph.node("L", x**2)
    report = graph.check({"dL/dx": "2*x", "L": 4})
    assert [result.verdict for result in report] == ["correct", "undecided"]
    marks = marks_of_report(graph, report)
    assert (marks.edges, marks.nodes, marks.legend) == ({}, {}, ())
    assert len(marks.remarks) == 1


def test_a_repeated_parent_is_marked_with_each_slot():
    graph = square()
    marks = marks_of_report(graph, graph.check({"J[x->u]": 5}))
    assert set(marks.edges) == {(1, 2, 0), (1, 2, 1)}


def test_claims_of_arrays_and_entries():
    graph = layer()
    report = graph.check(
        {"dL/dW": [[0, "1/2", -0.25], [1, 2, 3]], "dL/dW[0, 1]": 0.3, "z": "x @ W", "P[a]": "a*t"}
    )
    marks = marks_of_report(graph, report)
    W, z = marks.nodes[graph["W"].index], marks.nodes[graph["z"].index]
    assert [mark.said.latex for mark in W] == [
        r"\partial L / \partial W \neq "
        r"\begin{bmatrix} 0 & \frac{1}{2} & -0.25 \\ 1 & 2 & 3 \end{bmatrix}",
        r"\partial L / \partial W[0, 1] \neq 0.3",
    ]
    assert [mark.said.latex for mark in z] == [r"z \neq \ldots"]
    assert marks.remarks[3].text.startswith("z = x @ W is wrong — expected W @ x + b (")


def test_several_outputs_and_references():
    graph = Graph()
    x = graph.input("x", 2)
    graph.node("a", x**2)
    b = graph.node("b", x**3)
    report = graph.check({"P[x]": "P[b]*J[x->b] + db/dx"}, output=b)
    (mark,) = marks_of_report(graph, report).nodes[1]
    assert mark.said.text == "P^1 ≠ P[b]*J[x->b] + db/dx"
    assert r"P^{3} \cdot J^{1 \to 3} + \frac{\partial b}{\partial x}" in mark.said.latex


def test_very_many_wrong_claims_are_bounded():
    graph = regression()
    report = graph.check([("J[w->u]", list(range(2, 80)))])
    marks = marks_of_report(graph, report)
    assert [len(found) for found in marks.edges.values()] == [3]
    assert len(marks.remarks) == 42
    assert marks.remarks[-1].text == "…, 38 more"


# In the picture


def marked(graph: Graph) -> Marks:
    """Marks of all kinds on one graph."""
    run, options = graph.backward(), Options()
    edge, node = graph.edges[0], graph.nodes[-1]
    claims = {f"J[{edge.parent.name}->{edge.child.name}]": 12345, node.name: [1e6, "-1e-6"]}
    start = graph.edges[-1].parent.name
    return marks_for(graph, run, options, paths=start, check=graph.check(claims))


@pytest.fixture(params=[name for name in GRAPHS if name not in ("samples", "long_names")])
def graph(request) -> Graph:
    return GRAPHS[request.param]()


def test_every_node_and_edge_is_still_there_once(graph):
    drawn = picture(graph, graph.backward(), marked(graph))
    root = ET.fromstring(drawn.svg)
    nodes = [e.get("data-node") for e in root.iter() if e.get("data-node")]
    assert nodes == [node.name for node in graph]
    edges = [(e.get("data-edge"), e.get("data-slot")) for e in root.iter() if e.get("data-edge")]
    expected = [(f"{j.name}->{i.name}", str(slot)) for j, i, slot in graph.edges]
    assert sorted(edges) == sorted(expected)
    is_marked = {
        (f"{label.parent}->{label.child}", str(label.slot)): bool(label.marks)
        for label in drawn.description.edges
    }
    assert [is_marked[edge] for edge in edges] == sorted(map(is_marked.get, expected))


@pytest.mark.parametrize("theme", THEMES)
def test_colours_of_marks_are_in_the_picture(theme):
    graph, claims = load_with_claims(EXAMPLES / "linear-regression.toml")
    drawn = picture(graph, None, marks_of_report(graph, graph.check(claims)), theme=theme)
    edges = {e.get("data-edge"): e for e in ET.fromstring(drawn.svg).iter() if e.get("data-edge")}

    def strokes(edge: str) -> set[tuple[str | None, str | None]]:
        paths = edges[edge].iter(f"{SVG}path")
        return {(p.get("stroke"), p.get("stroke-dasharray")) for p in paths if p.get("stroke")}

    chosen = THEMES[theme]
    assert strokes("w->u") == {(chosen.wrong, None)}
    assert strokes("u->yhat") == {(chosen.doubtful, "6 3")}
    assert strokes("x->u") == {(chosen.edge, None)}
    assert drawn.png(1).startswith(b"\x89PNG")


def test_lines_of_paths_differ_without_colour():
    graph = fan_out()
    drawn = picture(graph, None, marks_of_paths(graph.paths("x")), theme="print")
    (edge,) = (e for e in ET.fromstring(drawn.svg).iter() if e.get("data-edge") == "x->a")
    lines = [p for p in edge.iter(f"{SVG}path") if p.get("stroke")]
    assert len({p.get("stroke-dasharray") for p in lines}) == len(lines) == 4
    assert len({p.get("d") for p in lines}) == 4


def test_alt_text_and_titles_tell_the_marks():
    graph, claims = load_with_claims(EXAMPLES / "linear-regression.toml")
    marks = marks_of_report(graph, graph.check(claims))
    marks += marks_of_paths(graph.paths("w"))
    drawn = picture(graph, graph.backward(), marks)
    assert "J^(2→3) = 2 is wrong — expected 1." in drawn.alt
    assert "The only path from w to L — and the product along it." in drawn.alt
    titles = [e.text for e in ET.fromstring(drawn.svg).iter(f"{SVG}title")]
    assert "w → u: J^(2→3) = x = 1; claimed: ≠ 2" in titles
    several = picture(fan_out(), None, marks_of_paths(fan_out().paths("x")))
    assert any("on paths 3, 4" in (e.text or "") for e in ET.fromstring(several.svg).iter())


def test_dot_has_the_marks():
    graph = fan_out()
    marks = marks_of_paths(graph.paths("x")) + marks_of_report(graph, graph.check({"J[a->b]": 2}))
    source = picture(graph, None, marks).dot
    lecture = THEMES["lecture"]
    assert f'color="{":".join(lecture.paths)}" penwidth=2.5' in source
    assert f'color="{lecture.paths[0]}:{lecture.wrong}"' in source
    assert "≠ 2" in source
    assert "thick, ≠: claimed wrongly" in source
    assert len(layout.run(layout.find_dot(), source)["edges"]) == len(graph.edges)


def test_no_marks_change_nothing():
    graph = fan_out()
    options = Options()
    described = describe(graph, None, options)
    assert highlighted(described, Marks()) is described
    assert marks_for(graph, None, options) == Marks()
    assert not Marks()


def test_the_legend_is_left_out_with_its_other_entries():
    graph = regression()
    marks = marks_of_report(graph, graph.check({"J[w->u]": 2}))
    assert "claimed wrongly" in picture(graph, None, marks).dot
    assert "claimed wrongly" not in picture(graph, None, marks, show=["name"]).dot


def test_bytes_are_the_same_every_time():
    graph = fan_out()
    made = {picture(graph, graph.backward(), marked(graph)).svg for _ in range(2)}
    assert len(made) == 1


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_labels_with_marks_do_not_overlap_and_remarks_stay_on_the_sheet(graph, direction):
    drawn = picture(graph, graph.backward(), marked(graph), direction=direction)
    laid_out = layout.lay_out(boxes.measure(drawn.description), direction)
    nodes = list(zip(laid_out.nodes, laid_out.measured.nodes, strict=True))
    labels = [(p, b) for p, b in zip(laid_out.labels, laid_out.measured.edges, strict=True) if p]
    for (p, a), (q, b) in itertools.combinations(nodes + labels, 2):
        apart = (
            p[0] + a.width <= q[0] + 1 or q[0] + b.width <= p[0] + 1
            or p[1] + a.height <= q[1] + 1 or q[1] + b.height <= p[1] + 1
        )  # fmt: skip
        assert apart
    scene = compose(laid_out, THEMES["lecture"])
    placed = remarks_for(drawn.description.remarks, laid_out.width)
    assert placed.width <= scene.width - 48 + 1
    assert placed.height < scene.height
    bottom = 0.0
    for block, (_, top) in zip(placed.blocks, placed.places, strict=True):
        assert top >= bottom
        for line in (*block.lines, *block.note):
            assert line.x + line.fragment.width <= placed.width + 0.01
            assert line.y - line.fragment.ascent >= -0.01
            assert line.y + line.fragment.descent <= block.height + 0.01
        bottom = top + block.height


@pytest.mark.parametrize("width", [300.0, 480.0, 700.0, 1200.0])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 9])
def test_paths_stand_in_columns_where_there_is_room_for_them(count, width):
    said = equations.parts(*(equations.value(k / 7) for k in range(1, 5)))
    paths = [Remark(said, Mark("path", k)) for k in range(1, count + 1)]
    total = Remark(said)
    placed = remarks_for([*paths, total], width, 16.0)
    areas = [
        (x, y, x + block.width, y + max(block.height, 2 * badge_half(16.0)))
        for block, (x, y) in zip(placed.blocks[:-1], placed.places[:-1], strict=True)
    ]
    for one, other in itertools.combinations(areas, 2):
        assert one[2] <= other[0] or one[3] <= other[1] or other[3] <= one[1]
    assert max(area[2] for area in areas) <= placed.width
    assert placed.places[-1][1] >= max(area[3] for area in areas)
    assert placed.places == tuple(sorted(placed.places[:-1])) + placed.places[-1:]
    columns = len({x for x, _ in placed.places[:-1]})
    widest = max(block.width for block in placed.blocks)
    assert (columns > 1) == (count > 2 and 2 * widest + COLUMN_GAP <= placed.width)
    assert remarks_for([*paths, total], width).places[count - 1][0] == 0


def test_hostile_claims_are_only_words():
    graph = regression(HOSTILE)
    report = graph.check({"J[w->u]": "x*1 + 1", "u": [5.5, "6/5"]})
    root = ET.fromstring(picture(graph, None, marks_of_report(graph, report)).svg)
    assert not [element for element in root.iter() if "script" in element.tag]
    long = graph.check({"u": " + ".join(["x"] * 200)})
    drawn = picture(graph, None, marks_of_report(graph, long))
    assert drawn.scene.width < 2_000
    ET.fromstring(drawn.svg)


def test_marks_on_cards_that_stand_for_several_nodes():
    graph = fan_out()
    x, a, b, c, m, L = (graph[name].index for name in "xabcmL")
    claims = {"J[a->m]": 7, "J[x->a]": 7, "b": 1, "c": 1}
    marks = marks_of_paths(graph.paths("x")) + marks_of_report(graph, graph.check(claims))
    found = marks.on({b: -1, c: -1, m: -1})
    assert {key: [mark.number for mark in on] for key, on in found.edges.items()} == {
        (x, a, 1): [1, 2, 3, 4, 0],
        (a, -1, ANY): [1, 2, 3, 0, 4],
        (-1, L, ANY): [1, 2, 3, 4],
    }
    assert [mark.said.text for mark in found.nodes[-1]] == ["b ≠ 1", "c ≠ 1"]
    assert marks.on({a: -1, b: -1, c: -1, m: -1, L: -1}).edges.keys() == {(x, -1, ANY)}
    described = describe(graph, None, Options())
    cards = {b: -1, c: -1, m: -1}
    reduced = replace(
        described,
        edges=tuple(
            replace(
                edge, tail=cards.get(edge.tail, edge.tail), head=cards.get(edge.head, edge.head)
            )
            for edge in described.edges
        ),
    )
    shown = {(e.tail, e.head): len(e.marks) for e in highlighted(reduced, found).edges}
    assert shown == {(x, a): 5, (graph["w"].index, a): 0, (a, -1): 5, (-1, L): 4}


def test_paths_and_claims_in_a_reduced_picture():
    graph = fan_out()
    graph.group("middle", ["b", "c", "m"])
    x, a, L = (graph[name].index for name in "xaL")
    report = graph.check({"J[a->b]": 2, "c": 1})
    drawn = graph.draw(graph.backward(), paths="x", check=report, collapse="middle")
    found = {(e.tail, e.head): {m.number for m in e.marks} for e in drawn.description.edges}
    assert found[x, a] == {1, 2, 3, 4}
    assert found[a, -1] == {0, 1, 2, 3, 4}
    assert found[-1, L] == {1, 2, 3, 4}
    (card,) = (label for label in drawn.description.nodes if label.index == -1)
    assert card.phrases[-1].plain == "c ≠ 1"
    assert drawn.png(1).startswith(b"\x89PNG")


# Shapes


POINTS = st.tuples(st.floats(0, 300), st.floats(0, 300))


@given(st.lists(POINTS, min_size=4, max_size=4), st.integers(2, 4))
def test_lines_side_by_side_keep_their_distance_at_the_ends(points, count):
    curve = Curve(tuple(points), points[-1])
    marks = [Mark("path", k) for k in range(1, count + 1)]
    drawn = list(marked_arrow(curve, points[0], marks, THEMES["lecture"]))
    lines, head = drawn[:-1], drawn[-1]
    assert len(lines) == count
    assert head.closed
    ends = [line.pieces[-1][-1] for line in lines]
    if points[3] != points[2]:
        for one, other in itertools.pairwise(ends):
            assert math.isclose(math.dist(one, other), LANE, rel_tol=1e-6)
    centre = [sum(end[axis] for end in ends) / count for axis in (0, 1)]
    assert math.dist(centre, points[3]) < 1e-6


def test_one_line_follows_the_curve_itself():
    curve = Curve(((0, 0), (10, 20), (30, 20), (40, 0)), (48, -8))
    line, _ = marked_arrow(curve, (-20, 0), [Mark("wrong"), Mark("wrong")], THEMES["lecture"])
    assert line.pieces == (((0, 0),), ((10, 20), (30, 20), (40, 0)))
    assert line.stroke == stroke_of(Mark("wrong"), THEMES["lecture"])


def test_places_along_a_curve():
    straight = Curve(((0, 0), (20, 0), (40, 0), (60, 0)), (68, 0))
    assert at(straight, 0.5) == pytest.approx((30, 0))
    assert at(straight, 0) == (0, 0)
    assert at(straight, 1) == pytest.approx((60, 0))
    point = Curve(((5, 5),) * 4, (5, 5))
    assert at(point, 0.5) == (5, 5)


def test_badges_go_where_nothing_is():
    graph = fan_out()
    drawn = picture(graph, None, marks_of_paths(graph.paths("x")))
    laid_out = layout.lay_out(boxes.measure(drawn.description), "LR")
    label = next(edge for edge in drawn.description.edges if edge.marks)
    curve = Curve(((0, 0), (40, 0), (80, 0), (120, 0)), (128, 0))
    assert badge_places([label], [curve], [])[0] == pytest.approx((60, 0))
    ((x, _),) = badge_places([label], [curve], [(35, -20, 130, 20)])
    assert x < 35
    plain = next(edge for edge in describe(graph, None, Options()).edges)
    assert badge_places([plain], [curve], []) == (None,)
    places = badge_places(drawn.description.edges, laid_out.curves, [])
    assert [place is not None for place in places] == [
        bool(edge.marks) for edge in drawn.description.edges
    ]


# Bad input


@pytest.mark.parametrize("given", [("a", "b", "c"), (), (None, "L"), 1.5, [["x"]]])
def test_ends_that_are_no_nodes(given):
    with pytest.raises((DrawingError, GraphError)) as caught:
        marks_for(regression(), None, Options(), paths=given)
    assert re.search(r"give a node, paths='w', or two|is not a node", str(caught.value))


def test_unknown_ends_and_other_reports():
    graph = regression()
    with pytest.raises(GraphError, match="unknown node 'q'"):
        marks_for(graph, None, Options(), paths="q")
    with pytest.raises(DrawingError, match="give the report of a check"):
        marks_for(graph, None, Options(), check={"u": 5})  # type: ignore[arg-type]
    other = Graph("other")
    x = other.input("q", 1)
    other.node("r", x**2)
    report = other.check({"J[q->r]": 5})
    with pytest.raises(DrawingError, match=r"claim about 'J\[q->r\]', which this graph has not"):
        marks_of_report(graph, report)


# All the way


def test_draw_takes_paths_and_a_report():
    graph, claims = load_with_claims(EXAMPLES / "linear-regression.toml")
    run = graph.backward()
    drawn = graph.draw(run, paths="w", check=graph.check(claims))
    assert "claimed: ≠ 2" in drawn.svg
    assert "only path from w to L" in drawn.alt
    assert drawn.tikz.isascii()
    assert drawn.tikz.count("dash pattern") >= 2
    assert graph.draw(run).svg != drawn.svg
    with pytest.raises(DrawingError, match="give a node, paths='w', or two"):
        graph.draw(run, paths=("w", "u", "L"))


def test_marks_of_second_derivatives_steps_and_expressions():
    graph = Graph()
    x, w = graph.input("x", 2), graph.parameter("w", 3)
    graph.node("L", (w * x - 1) ** 2)
    claims = {"d2L/dw2": 3, "H[w, x]": 1, "w@1": 5, "-dL/dw": 2, "dL/dw": 9}
    report = graph.check(claims, learning_rate=0.1)
    marks = marks_of_report(graph, report)
    assert [mark.said.text for mark in marks.nodes[2]] == [
        "∂²L/∂w² ≠ 3",
        "∂²L/∂w∂x ≠ 1",
    ]
    assert [mark.said.text for mark in marks.edges[2, 3, 0]] == ["∂L/∂w ≠ 9"]  # it is J^{2→3}
    assert len(marks.remarks) == 1 + len(claims)
    picture(graph, graph.backward(), marks)
    follows = graph.check({"L": [24, "2*12"]})
    assert [result.verdict for result in follows] == ["wrong", "follows"]
    assert "follows from a mistake" in str(marks_of_report(graph, follows).remarks)


def test_where_a_mistake_was_made_is_marked_and_not_what_follows_from_it():
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 3)
    z = g.node("z", w * x)
    a = g.node("a", z**2)
    g.node("L", a + 1)
    report = g.check({"z": 7, "a": 49, "L": 50})
    assert [result.verdict for result in report] == ["wrong", "follows", "follows"]
    found = marks_of_report(g, report)
    assert (list(found.nodes), found.edges) == ([z.index], {})
    assert len(found.remarks) == 4, "all are told below"
    alone = replace(report, results=report.results[1:])
    assert list(marks_of_report(g, alone).nodes) == [a.index, a.index + 1]

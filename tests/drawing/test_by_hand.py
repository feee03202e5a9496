"""What a teacher chooses for single nodes and edges: shown, coloured, sized, pointed at, noted."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from drawing_graphs import forty, layer, regression, square
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty_texts import texts
from reading_output import check_svg, check_tex

import graphdiff as gd
from graphdiff.drawing import ANNOTATIONS, DIRECTIONS, THEMES, draw
from graphdiff.drawing.colours import LEGIBLE, NAMES, SEEN, contrast, seen
from graphdiff.drawing.colours import colour as read
from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.extents import Area
from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.hand import USUAL_SIZE
from graphdiff.drawing.labels.looks import paint_of
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.areas import whole, written
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import Curve, LaidOut
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.strokes import stroke_of
from graphdiff.drawing.scene import Group, Item, Rectangle, Text
from graphdiff.drawing.shown import SORTS
from graphdiff.drawing.themes import PARTS, Theme, as_theme
from graphdiff.drawing.writers import tikz
from graphdiff.errors import DrawingError, GraphdiffError, UnknownNameError
from graphdiff.graph.structure import KINDS
from graphdiff.notation.mathematics import checked_mathematics

COLOURS = st.sampled_from(sorted(NAMES)) | st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
QUICK = settings(max_examples=30, deadline=None)


def swept(graph: gd.Graph, **choices):
    return draw(graph, graph.backward(), **choices)


def labels(picture) -> dict[str, object]:
    """Return what is said of each node and edge, by its name."""
    said = picture.description
    edges = {f"{e.parent}{ARROW}{e.child}#{e.slot}": e for e in said.edges}
    return {**{node.name: node for node in said.nodes}, **edges}


def element_of(key: str) -> str:
    return key.partition("#")[0]


GRAPHS = {"regression": regression(), "layer": layer(), "square": square()}


# Shown and hidden


@QUICK
@given(st.data())
def test_what_is_hidden_of_one_is_hidden_of_no_other(data):
    graph = GRAPHS[data.draw(st.sampled_from(sorted(GRAPHS)))]
    usual = labels(swept(graph, show=ANNOTATIONS))  # named, so that data has its P too
    name = element_of(data.draw(st.sampled_from(sorted(usual))))
    hidden = data.draw(st.sets(st.sampled_from(ANNOTATIONS[:7]), min_size=1))
    without = labels(swept(graph, show=set(ANNOTATIONS) - hidden))
    found = labels(swept(graph, show=ANNOTATIONS, hide={name: hidden}))
    shown = labels(swept(graph, show={"all": ANNOTATIONS, name: set(ANNOTATIONS) - hidden}))
    assert found.keys() == usual.keys()
    for key, label in found.items():
        meant = without if element_of(key) == name else usual
        assert label.phrases == meant[key].phrases == shown[key].phrases


def test_a_sort_of_nodes_and_all_edges():
    graph = regression()
    found = labels(swept(graph, hide={"inputs": "value", "edges": ["jacobian", "jacobian_value"]}))
    for key, label in found.items():
        said = " ".join(phrase.plain for phrase in label.phrases)
        if ARROW in key:
            assert not said
        else:
            assert (graph[key].kind == "input") != ("= " in said.partition("P^")[0])


@pytest.mark.parametrize("gone", [["b"], {"b": "all"}, {"b": True}, "b"])
def test_a_node_that_is_gone_takes_its_edges_along(gone):
    picture = swept(regression(), hide=gone)
    assert "b" not in [node.name for node in picture.description.nodes]
    assert not [edge for edge in picture.description.edges if "b" in (edge.parent, edge.child)]
    assert len(picture.description.edges) == len(regression().edges) - 1


def test_an_edge_and_an_annotation_are_gone():
    picture = swept(regression(), hide=["w -> u", "legend", "P"])
    assert "w->u" not in {f"{e.parent}->{e.child}" for e in picture.description.edges}
    assert picture.description.legend == ()
    assert not [p for node in picture.description.nodes for p in node.phrases if p.role == "P"]


def test_no_legend():
    assert swept(regression(), legend=False).description.legend == ()
    assert swept(regression(), legend=False).options.show == frozenset(ANNOTATIONS) - {"legend"}


# Colours


@QUICK
@given(COLOURS, st.sampled_from(sorted(THEMES)), st.sampled_from(["x", "w", "e"]))
def test_what_is_said_on_a_colour_can_be_read(given_colour, theme, name):
    graph = regression()
    picture = swept(graph, colors={name: given_colour}, theme=theme)
    paint = paint_of(labels(picture)[name], THEMES[theme])
    assert contrast(paint.stroke, THEMES[theme].background) >= SEEN
    laid_out = _placed_in_a_row(picture)
    card = next(one for one in _groups(compose(laid_out, THEMES[theme]).items)
                if ("node", name) in one.data)  # fmt: skip
    ground = next(item.fill for item in card.items if isinstance(item, Rectangle) and item.fill)
    inks = [item.colour for item in card.items if isinstance(item, Text)]
    assert inks
    assert all(contrast(ink, ground) >= LEGIBLE for ink in inks)


def _placed_in_a_row(picture):
    """Return a layout that took no layout program: the colours do not depend on places."""
    measured = boxes.measure(picture.description)
    nodes = tuple((300.0 * k, 0.0) for k in range(len(measured.nodes)))
    curves = (Curve(((0.0, 0.0),) * 4, (1.0, 0.0)),) * len(measured.edges)
    return LaidOut(measured, 3000, 200, nodes, curves, (None,) * len(curves))


def _groups(items: tuple[Item, ...]):
    for item in items:
        if isinstance(item, Group):
            yield item
            yield from _groups(item.items)


def test_edges_and_sorts_have_colours():
    picture = swept(regression(), colors={"w->u": "crimson", "parameters": "gold", "b": "#123"})
    found = labels(picture)
    assert (found["w->u#1"].colour, found["w"].colour, found["b"].colour) == (
        "#dc143c", "#ffd700", "#112233",
    )  # fmt: skip
    assert found["x"].colour == ""
    assert "#dc143c" in picture.svg
    assert "#dc143c" in picture.dot


@given(COLOURS, COLOURS)
def test_a_line_is_seen(colour, ground):
    ground = read(ground)
    ink = max(("#000000", "#ffffff"), key=lambda one: contrast(one, ground))
    assert contrast(seen(read(colour), ground, ink), ground) >= SEEN


# Sizes


@QUICK
@given(st.floats(4, 40), st.sampled_from(["x", "L", "w->u"]))
def test_sizes_in_points(size, name):
    usual, found = (labels(swept(regression(), font_size=s)) for s in (None, {name: size}))
    measured = boxes.edge_box if ARROW in name else boxes.node_box
    key = f"{name}#1" if ARROW in name else name
    key = key if key in found else f"{name}#0"
    one, other = measured(usual[key]), measured(found[key])
    for before, after in zip(one.lines, other.lines, strict=True):
        assert after.fragment.size == pytest.approx(before.fragment.size * size / USUAL_SIZE)
        assert 0 <= after.x <= after.x + after.fragment.width <= other.width + 1e-6
    assert all(found[k].size == 1 for k in found if element_of(k) != name)


def test_one_size_for_all():
    found = labels(swept(regression(), font_size=2 * USUAL_SIZE))
    assert {label.size for label in found.values()} == {2.0}


# Heavy lines


def test_a_path_is_highlighted_node_by_node():
    found = labels(swept(regression(), highlight={"w->u->yhat": "tomato", "e": ""}))
    marked = {key for key, label in found.items() if label.marks}
    assert {element_of(key) for key in marked} == {"w", "u", "yhat", "w->u", "u->yhat", "e"}
    assert {mark.colour for key in marked for mark in found[key].marks} == {"#ff6347", ""}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("inputs", {"x", "y"}),
        ("parameters", {"w", "b"}),
        ("leaves", {"x", "y", "w", "b"}),
        ("computations", {"u", "yhat", "e", "L"}),
        ("outputs", {"L"}),
        ("all", {"x", "y", "w", "b", "u", "yhat", "e", "L"}),
        ("residual", {"e", "L"}),
    ],
)
def test_several_are_highlighted_by_what_they_are_called(name, meant):
    graph = regression()
    graph.group("residual", ["e", "L"])
    found = labels(graph.draw(highlight={name: "tomato"}))
    assert {element_of(key) for key, label in found.items() if label.marks} == meant
    found = labels(graph.draw(highlight="edges"))
    assert {element_of(key) for key, label in found.items() if label.marks} == {
        f"{edge.parent.name}->{edge.child.name}" for edge in graph.edges
    }


def test_a_node_comes_before_what_several_are_called():
    graph = gd.Graph()
    graph.node("z", graph.input("inputs", 1) * graph.input("x", 2))
    found = labels(graph.draw(highlight="inputs"))
    assert {element_of(key) for key, label in found.items() if label.marks} == {"inputs"}


def test_highlights_differ_without_colour():
    marks = [Mark("highlight", k, colour="#808080") for k in (1, 2, 3, 4)]
    strokes = [stroke_of(mark, THEMES["print"]) for mark in marks]
    assert len({stroke.pattern for stroke in strokes}) == 4
    assert all(stroke.width >= 2 for stroke in strokes)
    assert not any(mark.has_badge for mark in marks)


def test_both_edges_of_a_square_are_highlighted():
    found = labels(swept(square(), highlight="x->u"))
    assert all(label.marks for key, label in found.items() if ARROW in key)


# Notes


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_notes_cover_nothing(data):
    graph = data.draw(st.sampled_from([regression(), forty(), layer()]))
    names = data.draw(
        st.lists(st.sampled_from([n.name for n in graph.nodes]), min_size=1, max_size=5,
                 unique=True)
    )  # fmt: skip
    said = {name: f"look at ${k}^2$ and at what is said of it here" for k, name in enumerate(names)}
    picture = swept(graph, note=said, direction=data.draw(st.sampled_from(DIRECTIONS)))
    laid_out = lay_out_clearly(boxes.measure(picture.description), picture.options.direction)
    assert len(laid_out.notes) == len(names)
    notes = [Area(n.x, n.y, n.x + n.said.width, n.y + n.said.height) for n in laid_out.notes]
    measured = laid_out.measured
    others = [Area(*whole(*each)) for each in zip(laid_out.nodes, measured.nodes, strict=True)]
    others += [
        Area(*written(corner, box))
        for corner, box in zip(laid_out.labels, measured.edges, strict=True)
        if corner is not None
    ]
    for note in notes:
        assert not any(note.meets(other) for other in others)
        assert note.left >= 0
        assert note.top >= 0
        assert note.right <= laid_out.width + 1e-6
        assert note.bottom <= laid_out.height + 1e-6
    assert not any(one.meets(other) for one, other in itertools.combinations(notes, 2))
    for placed, label in zip(laid_out.notes, _noted(measured.description.nodes), strict=True):
        k = measured.description.nodes.index(label)
        card = Area(*whole(laid_out.nodes[k], measured.nodes[k])).grown(0.5)
        x, y = placed.line[1]
        assert card.left <= x <= card.right
        assert card.top <= y <= card.bottom


def _noted(nodes):
    return [node for node in nodes if node.note]


def test_a_note_is_in_every_form():
    picture = swept(square(), note={"u": r"a square: $u = x^2 \ge 0$, always"})
    assert "note: a square: u = x^2 \\ge 0, always" in picture.alt
    assert r"x^{2}\ge 0" in picture.tikz
    assert 'class="note"' in picture.svg


@settings(max_examples=40, deadline=None)
@given(texts(), st.sampled_from(["note", "labels", "colors", "highlight", "hide", "theme"]))
def test_whatever_is_given_prints_or_is_refused(text, choice):
    choices = {choice: text if choice in ("highlight", "hide", "theme") else {"x": text}}
    with contextlib.suppress(GraphdiffError):
        picture = swept(square(), **choices)
        check_svg(picture.svg)
        check_tex(picture.tikz, tikz.HEAD)
        return
    with pytest.raises(GraphdiffError) as caught:
        swept(square(), **choices)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "written",
    [r"\write18{ls}", r"\input{a}", r"\def\x{}", r"\href{a}{b}", "a%b", "a&b", r"\\", "a#b", "a~b",
     r"\frac{1}", r"\frac12}", "{", r"\sqrt" * 30, r"\begin{a}", "a^b^c", r"\csname x\endcsname"],
)  # fmt: skip
def test_mathematics_that_is_refused(written):
    with pytest.raises(GraphdiffError):
        checked_mathematics(written)


def test_the_nearest_command_is_named():
    with pytest.raises(DrawingError, match=r"did you mean 'alpha'"):
        swept(square(), note={"x": r"$\alpah$"})


@pytest.mark.parametrize("collapse", [{"all"}, {"alike"}, set()])
def test_a_note_stands_beside_the_card_of_its_node(collapse):
    graph = gd.models.mlp([2, 3, 1], seed=1, view="neurons")
    last = graph.output.name
    picture = draw(graph, collapse=collapse or None, note={last: "the end", "layer 1": "hidden"})
    noted = {node.name: node.note for node in picture.description.nodes if node.note}
    said = [part.text for parts in noted.values() for part in parts]
    assert said.count("the end") == 1
    assert said.count("hidden") == ("all" in collapse)


def test_the_legend_has_the_colours_of_sorts():
    picture = swept(regression(), colors={"parameters": "navy"})
    assert picture.options.theme.kinds["parameter"].fill == "#000080"
    assert picture.options.theme.kinds["input"] == THEMES["lecture"].kinds["input"]


def test_frames_have_what_is_chosen():
    graph = regression()
    frames = graph.frames(
        graph.backward(), highlight={"w->u": "teal"}, colors={"e": "#123456"}, size="160mm x 90mm",
        note={"u": "here"},
    )  # fmt: skip
    for part in ("#008080", "#123456", 'class="note"'):
        assert part in frames.svg
    assert frames.steps.scene.pixels == pytest.approx((160 / 25.4 * 96, 90 / 25.4 * 96))
    with pytest.raises(DrawingError, match="none hidden"):
        graph.frames(graph.backward(), hide=["w"])


# Directions


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_edges_lead_where_the_direction_says(direction):
    picture = swept(regression(), direction=direction)
    laid_out = lay_out_clearly(boxes.measure(picture.description), direction)
    axis, sign = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1)}[direction]
    places = {
        node.index: centre
        for node, centre in zip(picture.description.nodes, laid_out.centres, strict=True)
    }
    for edge in picture.description.edges:
        assert sign * (places[edge.head][axis] - places[edge.tail][axis]) > 0


# Themes


def test_a_theme_of_ones_own():
    mine = THEMES["lecture"].but(ink="#222", input={"fill": "white", "stroke": "navy"})
    assert isinstance(mine, Theme)
    assert mine.kinds["input"].stroke == "#000080"
    assert mine.kinds["parameter"] == THEMES["lecture"].kinds["parameter"]
    assert THEMES["lecture"].ink != mine.ink
    given = {"base": "lecture", "ink": "#222222", "input": {"fill": "white", "stroke": "navy"}}
    assert as_theme(given) == mine
    assert "#000080" in swept(square(), theme=mine).svg
    assert as_theme("lecture, ink=#222") == as_theme({"ink": "#222"})


@given(st.dictionaries(st.sampled_from(PARTS), COLOURS), st.sampled_from(sorted(THEMES)))
def test_only_what_is_changed_changes(changes, base):
    changes.pop("paths", None)
    made = THEMES[base].but(**changes)
    for part in PARTS:
        one, other = (
            theme.kinds[part] if part in theme.kinds else getattr(theme, part)
            for theme in (made, THEMES[base])
        )
        if part not in changes:
            assert one == other
        elif isinstance(one, str):
            assert one == read(changes[part])
        else:
            assert one.fill == read(changes[part])


# Names for this picture only


def test_labels_of_this_picture():
    graph = regression()
    picture = swept(graph, labels={"u": r"\tilde u"})
    said = [phrase.latex for node in picture.description.nodes for phrase in node.phrases]
    assert any(r"\hat{y} = \tilde{u}" in latex for latex in said)
    assert graph.labels == {}
    assert r"\tilde" not in swept(graph).tikz


# Errors


@pytest.mark.parametrize(
    ("choices", "kind", "message"),
    [
        ({"colors": {"xx": "red"}}, UnknownNameError, "colors: unknown node 'xx'; did you mean 'x'"),
        ({"colors": {"x": "tomatoe"}}, UnknownNameError, "colors of 'x': unknown colour 'tomatoe'; "
         "did you mean 'tomato'?"),
        ({"colors": {"x": 3}}, DrawingError, "colors of 'x' is 3"),
        ({"colors": "red"}, DrawingError, "colors is 'red'; say for which node or edge"),
        ({"hide": {"x": "valeu"}}, DrawingError, "unknown annotation 'valeu'; choose from index"),
        ({"hide": "valeu"}, UnknownNameError, "hide: unknown node 'valeu'; did you mean 'value'?"),
        ({"highlight": "paramters"}, UnknownNameError, "did you mean 'parameters'?"),
        ({"highlight": "x->L"}, DrawingError, "there is no edge x->L; to L there are e->L"),
        ({"highlight": "L->x"}, DrawingError, "there is no edge L->x; x is a leaf"),
        ({"note": {"x->u": "a"}}, DrawingError, "note: x->u is an edge; give the name of a node"),
        ({"note": {"x": "a $b"}}, DrawingError, "note of 'x' has one dollar sign"),
        ({"labels": {"x": "w"}}, DrawingError, "labels: that of"),
        ({"font_size": 1}, DrawingError, "font_size is 1; give points from 3 to 100"),
        ({"font_size": {"x": "big"}}, DrawingError, "font_size of 'x' is 'big'"),
        ({"theme": {"inc": "red"}}, UnknownNameError, "did you mean 'ink'?"),
        ({"theme": "dark, ink"}, DrawingError, "write 'dark, ink=white'"),
    ],
)  # fmt: skip
def test_errors_name_the_choice_and_what_is_valid(choices, kind, message):
    graph = regression()
    if "labels" in choices:
        choices = {"labels": {"x": "w", "w": "w"}}
    with pytest.raises(kind) as caught:
        draw(graph, **choices)
    assert message in str(caught.value)


def test_every_sort_is_of_a_kind():
    assert set(SORTS) == set(KINDS)

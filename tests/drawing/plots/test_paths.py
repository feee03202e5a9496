"""Paths are where descents were, cut at the axes; frames play them, and draw once what stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plot_checks import check, groups

import graphdiff as gd
from graphdiff.drawing.extents import areas
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.heights import levels_of
from graphdiff.drawing.scene import Circle, Group, Rectangle, Scene
from graphdiff.drawing.stepwise.played import played
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError, GraphError
from graphdiff.learning.landscapes import LANDSCAPES

L = gd.learning
METHODS = [L.gradient_descent(0.002), L.momentum(0.001), L.adam(0.1), L.newton(damping=2)]


def raced(name, methods=METHODS, steps=25):
    return L.race(LANDSCAPES[name](), methods, steps)


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("ranges", [None, ((0.0, 0.5), (0.2, 1.0))])
def test_paths_are_in_their_axes(name, ranges):
    plot = raced(name).plot_paths(ranges=ranges)
    check(plot.scene)
    (frame, x, y), = groups(plot.scene.items, "axes")  # fmt: skip
    box = next(areas([item for item in frame.items if isinstance(item, Rectangle)], x, y))
    for kind in ("descent", "contours", "dots"):
        for group, left, top in groups(plot.scene.items, kind):
            for area in areas(group.items, left, top):
                inside = box.grown(6.0 if kind == "dots" else 1.1)
                assert inside.left <= area.left and area.right <= inside.right
                assert inside.top <= area.top and area.bottom <= inside.bottom


def test_a_path_is_through_the_states_of_its_descent():
    ranges = ((-2.0, 2.0), (-1.0, 3.0))
    race = raced("rosenbrock")
    plot = race.plot_paths(ranges=ranges)
    found = [group for group, _, _ in groups(plot.scene.items, "descent")]
    for group, trace in zip(found, race.values(), strict=True):
        wanted = [((s.values["x"] + 2) / 4 * 320, (3 - s.values["y"]) / 4 * 320) for s in trace]
        drawn = [
            point
            for path in group.items
            for point in (path.start, *(piece[-1] for piece in path.pieces))
        ]
        for place in wanted:
            if min(place) > 0 and max(place) < 320:
                assert min(np.hypot(p[0] - place[0], p[1] - place[1]) for p in drawn) < 1e-6


@pytest.mark.parametrize("width", ["84mm", "160mm"])
@pytest.mark.parametrize("theme", THEMES)
def test_type_can_be_read_on_a_page(width, theme):
    plot = raced("rosenbrock", steps=5).plot_paths(theme=theme, width=width)
    assert smallest(plot.scene) >= 6


def test_what_diverges_leaves_and_does_not_stretch_the_axes():
    methods = [L.gradient_descent(0.001), L.gradient_descent(0.01)]
    plot = raced("rosenbrock", methods).plot_paths()
    words = [f.source for f in plot.scene.fragments]
    assert "gradient_descent(0.01), leaves" in words
    assert "gradient_descent(0.001)" in words
    alone = raced("rosenbrock", methods[:1]).plot_paths()
    ticks = [f.source for f in alone.scene.fragments if f.source.replace(".", "").isdigit()]
    assert set(ticks) <= set(words)


def test_the_parameters_of_a_plane_are_two_numbers():
    graph = gd.Graph()
    a, b, c = (graph.parameter(name, k) for k, name in enumerate("abc", start=1))
    v = graph.parameter("v", [1, 2])
    graph.node("f", a**2 + b**2 + c**2 + v @ v)
    race = L.race(graph, METHODS[:2], 3)
    assert "over a and c" in race.plot_paths("a", "c").alt
    assert "over b and c" in race.plot_paths(b, "c").alt
    for chosen, said in (
        ((), "name two"), (("a", "v"), r"'v' of shape \(2,\)"), (("a", "a"), "name two"),
        (("a",), "name two"), (("a", "d"), "'d'"),
    ):  # fmt: skip
        with pytest.raises(GraphError, match=said):
            race.plot_paths(*chosen)
    with pytest.raises(DrawingError, match="two numbers, low and high"):
        race.plot_paths("a", "b", ranges=((1, 0), (0, 1)))


def test_values_given_to_a_descent_are_those_of_its_heights():
    graph = gd.Graph()
    x, w, b = graph.input("x", 1), graph.parameter("w", 1), graph.parameter("b", 2)
    graph.node("f", x * w**2 + b**2)
    trace = L.minimise(graph, L.gradient_descent(0.01), 2, values={"x": 10})
    other = L.minimise(graph.with_values({"x": 10}), L.gradient_descent(0.01), 2)
    assert trace.plot_path().svg == other.plot_path().svg
    assert trace.graph["x"].value == 10


def test_half_of_what_is_seen_is_below_the_middle_height():
    valley = LANDSCAPES["rosenbrock"]()
    x, y = (grid.ravel() for grid in np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-1, 3, 81)))
    heights = valley.forward({"x": x, "y": y}).value["f"]
    levels = levels_of(heights)
    assert levels == sorted(levels)
    assert np.mean(heights < levels[len(levels) // 2]) == pytest.approx(0.5, abs=0.02)


# Frames


def test_a_race_plays():
    race = raced("ravine", steps=12)
    frames = race.frames(steps=[0, 4, 12])
    assert frames.captions == ("step 0 of 12", "step 4 of 12", "step 12 of 12")
    whole = race.plot_paths()
    for frame, upto in zip(frames, (0, 4, 12), strict=True):
        for group, trace in zip(
            (g for g, _, _ in groups(frame.scene.items, "descent")), race.values(), strict=True
        ):
            count = sum(len(path.pieces) for path in flat(group.items))
            assert count <= upto < len(trace)
    last = [list(flat(g.items)) for g, _, _ in groups(frames[2].scene.items, "descent")]
    assert last == [list(g.items) for g, _, _ in groups(whole.scene.items, "descent")]
    assert frames.svg.count("<g") < 3 * whole.svg.count("<g")
    assert len(frames.gif()) > 1000


def test_states_play_as_anything_that_draws_a_graph():
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], np.array([0, 1, 1, 0])
    net = gd.models.mlp([2, 3, 1], "tanh", output="sigmoid", loss="binary_cross_entropy", x=X,
                        y=y[:, None], seed=4)  # fmt: skip
    trace = L.minimise(net, L.adam(0.1), steps=40)
    for draw in (lambda g: g.plot_decision((X, y)), lambda g: g.draw(style="network")):
        frames = trace.frames(draw, steps=20)
        assert [caption.partition(":")[0] for caption in frames.captions] == [
            "step 0", "step 20", "step 40",
        ]  # fmt: skip
        for frame, state in zip(frames, (trace[0], trace[20], trace[40]), strict=True):
            alone = draw(net.with_values(state.values)).scene
            texts = [(t.fragment.source, t.x, t.y) for t in alone.texts]
            assert [(t.fragment.source, t.x, t.y) for t in frame.scene.texts][:-1] == texts
    with pytest.raises(GraphError, match="returns a picture"):
        trace.frames(lambda g: g)
    assert len(trace.frames(draw, steps=30)) == 3  # 0, 30 and the last
    for steps in (0, -2):
        with pytest.raises(GraphError, match="at least 1"):
            trace.frames(draw, steps=steps)
    with pytest.raises(GraphError, match="step 41 was not made; give steps from 0 to 40"):
        trace.frames(draw, steps=[41])


squares = st.builds(
    lambda x, size: Rectangle(x, 0.0, size, size), st.integers(0, 3), st.integers(1, 2)
)
things = st.recursive(
    squares,
    lambda inner: st.builds(
        lambda items, kind: Group(tuple(items), kind=kind),
        st.lists(inner, max_size=3),
        st.sampled_from("ab"),
    ),
    max_leaves=6,
)


def flat(items):
    for item in items:
        if isinstance(item, Group):
            yield from flat(item.items)
        else:
            yield item


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(things, max_size=4), min_size=1, max_size=5))
def test_each_frame_is_its_picture(given):
    scenes = [Scene(100, 80, "#ffffff", "t", "a", tuple(items)) for items in given]
    frames = played(scenes, [str(k) for k in range(len(scenes))], Options())
    for frame, scene in zip(frames, scenes, strict=True):
        assert list(flat(frame.scene.items))[:-1] == list(flat(scene.items))


def test_what_stays_is_drawn_once():
    scene = Scene(100, 80, "#ffffff", "t", "a", (Circle(1, 1, 1), Rectangle(0, 0, 1, 1)))
    frames = played([scene] * 30, ["c"] * 30, Options())
    kept = [item for item in frames.steps.scene.items if not isinstance(item, Group)]
    assert kept == list(scene.items)
    with pytest.raises(DrawingError, match="there are 0 pictures"):
        played([], [], Options())

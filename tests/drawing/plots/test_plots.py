"""Plots: lines and regions are where the graph says, contours lie on their level, descent descends."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing.extents import areas
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, ticks
from graphdiff.drawing.plots.contours import contour
from graphdiff.drawing.plots.heights import over
from graphdiff.drawing.plots.loss import descended
from graphdiff.drawing.plots.plane import computed
from graphdiff.drawing.plots.regions import decided, inputs_forms, net_form, zero_line
from graphdiff.drawing.scene import Circle, Group, Path, Text
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError, GraphdiffError
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers

BOX = np.array([(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)])


def groups(items, kind):
    for item in items:
        if isinstance(item, Group):
            if item.kind == kind:
                yield item
            yield from groups(item.items, kind)


def walked(items):
    for item in items:
        if isinstance(item, Group):
            yield from walked(item.items)
        else:
            yield item


def inside(scene):
    for area in areas(scene.items):
        assert -0.01 <= area.left <= area.right <= scene.width + 0.01
        assert -0.01 <= area.top <= area.bottom <= scene.height + 0.01


# Decisions


def contains(corners, point):
    """Whether a convex polygon, whichever way round, has a point in it."""
    ahead = np.roll(corners, -1, axis=0) - corners
    to = np.asarray(point) - corners
    turns = ahead[:, 0] * to[:, 1] - ahead[:, 1] * to[:, 0]
    return bool((turns > 1e-9).all() or (turns < -1e-9).all())


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["step", "relu"]),
    st.lists(st.integers(1, 4), min_size=0, max_size=2),
    st.integers(0, 30),
)
def test_regions_are_where_the_graph_says_yes(activation, hidden, seed):
    net = gd.models.mlp(
        [2, *hidden, 1], activation, "step", None, init="normal", seed=seed, view="neurons"
    )
    rng = np.random.default_rng(seed)
    values = {p.name: float(rng.normal()) for p in net.parameters}
    net = net.with_values(values)
    network = read(net)
    cells = list(decided(network, Numbers(network, net, None), BOX))
    inputs = [network.units[k].place.node for k in network.inputs]
    output = network.units[network.outputs[0]].place.node
    points = rng.uniform(-2, 2, size=(60, 2))
    for point in points:
        found = [positive for cell, positive in cells if contains(cell.corners, point)]
        if len(found) == 1:  # none where a line is within rounding
            run = net.forward(dict(zip(inputs, point.tolist(), strict=True)))
            assert found == [run.value[output] == 1]
        assert len(found) <= 1
    area = sum(abs(np.linalg.det([b - a, c - a])) / 2
               for cell, _ in cells for a in [cell.corners[0]]
               for b, c in itertools.pairwise(cell.corners[1:]))  # fmt: skip
    assert area == pytest.approx(16)


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.integers(-5, 5)] * 3))
def test_a_perceptron_is_divided_by_its_line(weights):
    first, second, bias = weights
    g = gd.models.perceptron(2, "sigmoid", [first, second], bias)
    network = read(g)
    form = net_form(network, Numbers(network, g, None), network.outputs[0], inputs_forms(network))
    assert form.tolist() == [bias, first, second]
    ends = zero_line(form, BOX)
    if ends is not None:
        assert form[0] + ends @ form[1:] == pytest.approx(np.zeros(2), abs=1e-9)


def test_a_sum_that_is_constant_has_no_line():
    plot = gd.models.perceptron(2, "sigmoid", [0, 0], -1).plot_decision()
    assert "= -1" in plot.alt
    assert "divided" not in plot.alt
    words = [f.source for f in plot.scene.fragments]
    assert "everywhere: there is no line" in words
    assert "is the line" not in words


@pytest.mark.parametrize("name", ["and", "or", "nand", "nor", "xor"])
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_gates_have_their_truth_table(name, theme):
    gate = gd.models.gate(name)
    plot = gate.plot_decision(theme=theme)
    inside(plot.scene)
    (table,) = groups(plot.scene.items, "table")
    said = [item.fragment.source for item in walked(table.items) if isinstance(item, Text)]
    rows = [said[k : k + 3] for k in range(3, len(said), 3)]
    for row in rows:
        x, y, output = map(float, row)
        run = gate.forward(dict(zip(gate.inputs, (x, y), strict=True)))
        assert float(run.value[gate.outputs[0]]) == output
    (points,) = groups(plot.scene.items, "points")
    filled = [dot.fill == dot.stroke.colour for dot in points.items]
    assert filled == [float(row[2]) == 1 for row in rows]


def test_a_point_on_the_line_of_a_step_is_yes_where_the_step_says_so():
    strip = [
        p
        for c, p in decided(*numbers_of(gd.models.gate("xor")), BOX)
        if contains(c.corners, (0.7, 0.7))
    ]
    assert strip == [True]


def numbers_of(graph):
    network = read(graph)
    return network, Numbers(network, graph, None)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50))
def test_curved_decisions_are_those_of_the_graph(seed):
    rng = np.random.default_rng(seed)
    net = gd.models.mlp([2, 3, 1], "tanh", "sigmoid", None, init="normal", seed=seed, view="layers")
    network, numbers = numbers_of(net)
    points = rng.normal(size=(5, 2))
    sums, outputs = computed(network, numbers, points)
    for point, total, output in zip(points, sums, outputs, strict=True):
        run = net.forward(x=point.tolist())
        assert np.asarray(run.value[net.outputs[0]]).item() == pytest.approx(output)
        assert (output > 0.5) == (total > 0)


def test_data_on_the_wrong_side_are_marked():
    g = gd.models.perceptron(2, "step", [1, 1], -1.5)
    points, truths = [(0, 0), (1, 1), (2, 2), (0, 1)], [0, 1, 0, 1]
    scene = g.plot_decision((points, truths)).scene
    (dots,) = groups(scene.items, "points")
    assert sum(isinstance(item, Path) for item in dots.items) == 2
    assert sum(isinstance(item, Circle) for item in dots.items) == 4
    assert not list(groups(scene.items, "table"))


def test_what_has_no_plane_is_told():
    with pytest.raises(
        DrawingError, match="3 inputs and 1 output; the plane of decisions is of two"
    ):
        gd.models.perceptron(3, "step", [1, 1, 1], 0).plot_decision()
    g = gd.models.perceptron(2, "step", [1, 1], 0)
    for wrong in ([1, 2, 3], "points", [[1, 2, 3]], [], ([(0, 0)], [1, 2])):
        with pytest.raises(DrawingError, match="points"):
            g.plot_decision(wrong)
    bare = gd.Graph()
    w, x, y = bare.parameter("w"), bare.input("x"), bare.input("y")
    bare.node("o", gd.step(w * x + w * y))
    with pytest.raises(DrawingError, match="'w' has no value"):
        bare.plot_decision()


# Contours and descent


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.floats(-1, 1))
def test_contours_lie_on_their_level(seed, level):
    rng = np.random.default_rng(seed)
    xs, ys = np.sort(rng.uniform(0, 9, 7)), np.sort(rng.uniform(-4, 4, 6))
    values = rng.normal(size=(6, 7))
    crossings = np.count_nonzero(np.diff(values >= level, axis=0)) + np.count_nonzero(
        np.diff(values >= level, axis=1)
    )
    lines = contour(xs, ys, values, level)
    for x, y in itertools.chain(*lines):
        row, column = np.interp(y, ys, range(6)), np.interp(x, xs, range(7))
        i, j = int(min(row, 4)), int(min(column, 5))
        s, t = row - i, column - j
        found = ((1 - s) * ((1 - t) * values[i, j] + t * values[i, j + 1])
                 + s * ((1 - t) * values[i + 1, j] + t * values[i + 1, j + 1]))  # fmt: skip
        assert found == pytest.approx(level, abs=1e-9)
    closed = sum(line[0] == line[-1] for line in lines)
    assert sum(map(len, lines)) - closed == crossings  # each crossed edge once


def regression():
    g = gd.load("examples/linear-regression.toml")
    return g, g["L"], (g["w"], g["b"])


def test_the_surface_and_the_path_are_the_graphs():
    g, loss, parameters = regression()
    xs, ys = np.array([4.0, 5.0]), np.array([0.0, 1.0, 2.0])
    found = over(g, loss, parameters, {}, xs, ys)
    for (i, b), (j, w) in itertools.product(enumerate(ys), enumerate(xs)):
        assert found[i, j] == g.forward(w=w, b=b).value["L"]
    path = descended(g, loss, parameters, {}, 0.1, 3)
    for place in path[1:]:
        g = g.step(g.backward(), 0.1).graph
        assert [g["w"].value, g["b"].value] == pytest.approx(place.tolist())


def test_a_surface_of_arrays():
    g = gd.Graph()
    w, b = g.parameter("w", 0.0), g.parameter("b", 0.0)
    x, y = g.input("x", [1.0, 2.0, 3.0]), g.input("y", [2.0, 3.0, 5.0])
    L = g.node("L", gd.mse(w * x + b, y))
    found = over(g, L, (w, b), {}, np.array([1.0, 2.0]), np.array([0.5]))
    assert found[0].tolist() == [g.forward(w=k, b=0.5).value["L"] for k in (1.0, 2.0)]
    plot = g.plot_loss("w", "b", rate=0.05, steps=30)
    inside(plot.scene)
    assert "after 30 steps" in plot.alt


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_no_number_of_a_contour_stands_on_another_or_on_the_path(theme):
    g, *_ = regression()
    plot = g.plot_loss("w", "b", rate=0.2, steps=8, theme=theme)
    inside(plot.scene)
    written = list(areas(item for item in walked(plot.scene.items) if isinstance(item, Text)))
    (lines,) = groups(plot.scene.items, "contours")
    numbers = list(areas(item for item in lines.items if isinstance(item, Text)))
    assert numbers
    assert len(written) > len(numbers)
    for one, other in itertools.combinations(numbers, 2):
        assert not one.meets(other)
    (descent,) = groups(plot.scene.items, "descent")
    for item in walked(descent.items):
        if isinstance(item, Path) and not item.closed and len(item.pieces) == 1:
            assert all(
                number.crossing(item.start, item.pieces[0][-1]) is None for number in numbers
            )


def said(scene, kind):
    """Return the areas of all texts of a kind of group, and what they say."""
    found = [text for group in groups(scene.items, kind) for text in walked(group.items)
             if isinstance(text, Text)]  # fmt: skip
    return [(next(areas((text,))), text.fragment.source) for text in found]


@pytest.mark.parametrize("w", [5, 1e6, 12345678, -1e9, 1e17, 1e100])
def test_numbers_of_a_plot_tell_places_apart_however_large_they_are(w):
    g, *_ = regression()
    scene = g.plot_loss("w", "b", values={"w": w}).scene
    inside(scene)
    for kind in ("axes", "contours"):
        written = said(scene, kind)
        for (one, _), (other, _) in itertools.combinations(written, 2):
            assert not one.meets(other)
    assert len({source for _, source in said(scene, "contours")}) == len(said(scene, "contours"))
    across = [
        source for area, source in said(scene, "axes") if area.top > Axes((0, 1), (0, 1)).height
    ]
    assert len(set(across)) == len(across)


def test_no_number_of_a_contour_stands_on_the_only_dot():
    g, *_ = regression()
    scene = g.plot_loss("w", "b", values={"x": 1e150}).scene
    (dot,) = [item for item in walked(scene.items) if isinstance(item, Circle)]
    for area, source in said(scene, "contours"):
        assert "e+" not in source
        assert not area.meets_circle((dot.x, dot.y), dot.radius)


def test_descent_that_leaves_all_numbers_says_so():
    g, *_ = regression()
    with pytest.raises(DrawingError, match=r"after [0-9]+ steps of descent 'L' is no finite"):
        g.plot_loss("w", "b", rate=1e9, steps=50)


def test_what_has_no_surface_is_told():
    g = gd.Graph()
    w, v = g.parameter("w", 1.0), g.parameter("v", [1.0, 2.0])
    g.node("L", w * v)
    with pytest.raises(DrawingError, match="'L' has shape"):
        g.plot_loss("w", "v")
    g, *_ = regression()
    with pytest.raises(DrawingError, match="both parameters are 'w'"):
        g.plot_loss("w", "w")
    with pytest.raises(DrawingError, match="'u' is computed"):
        g.plot_loss("w", "u")
    with pytest.raises(DrawingError, match="steps is -1"):
        g.plot_loss("w", "b", steps=-1)


# Activations, and plots as pictures


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "step", "gelu", "identity", "softplus"]
)
def test_activations_with_their_derivatives(name):
    plot = gd.plot_activation(name, span=(-3, 3))
    below = gd.plot_activation(name, span=(-3, 3), direction="TB")
    inside(plot.scene)
    inside(below.scene)
    assert below.scene.width < plot.scene.width
    assert len(list(groups(plot.scene.items, "curve"))) == 2
    assert len(list(groups(gd.plot_activation(name, derivative=False).scene.items, "curve"))) == 1


def test_a_step_is_not_drawn_across_its_jump():
    plot = gd.plot_activation("step")
    value, _ = groups(plot.scene.items, "curve")
    assert [len({y for ((_, y),) in path.pieces}) for path in value.items] == [1, 1]


def test_activations_that_are_none():
    with pytest.raises(GraphdiffError, match="sigmoid"):
        gd.plot_activation("sigmoidal")
    for wrong in ((), ("tanh",) * 5):
        with pytest.raises(DrawingError, match="give 1 to 4"):
            gd.plot_activation(*wrong)
    with pytest.raises(DrawingError, match="takes 2 numbers"):
        gd.plot_activation("atan2")
    with pytest.raises(DrawingError, match="the range is"):
        gd.plot_activation("tanh", span=(2, 2))


def test_plots_are_saved_and_shown(tmp_path):
    g, *_ = regression()
    for k, plot in enumerate(
        (
            g.plot_loss("w", "b", rate=0.1),
            gd.plot_activation("tanh"),
            gd.models.gate("or").plot_decision(),
        )
    ):
        ET.fromstring(plot._repr_svg_())
        for suffix in ("svg", "png", "pdf", "tex"):
            assert plot.save(tmp_path / f"{k}.{suffix}").stat().st_size > 500
        with pytest.raises(DrawingError, match="no picture of nodes and edges, which DOT is for"):
            plot.save(tmp_path / "a.dot")
        with pytest.raises(DrawingError, match="has no steps"):
            plot.frames()
        assert str(plot).startswith("<Plot of")
    assert gd.plot_activation("tanh", width=600).scene.pixels[0] == pytest.approx(600)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_round_and_in_the_range(low, span):
    if abs(low) > 1e6 * span:
        return
    found = ticks((low, low + span))
    assert 2 <= len(found) <= 12
    assert all(low - 1e-6 * span <= value <= low + span * (1 + 1e-6) for value in found)
    axes = Axes((low, low + span), (low, low + span))
    assert axes.at(low, low) == pytest.approx((0, axes.height))
    assert Options().theme


def test_legends_write_powers_of_ten_as_people_do():
    """No 1e+34 in words, whatever the size of the loss and of the rate."""
    g = gd.Graph("large")
    w, b = g.parameter("w", 2e10), g.parameter("b", 1e9)
    g.node("L", (w - 3) ** 2 + (b - 1e17) ** 2)
    scene = g.plot_loss("w", "b", rate=1e-7, steps=3).scene
    (said,) = (one for text in scene.texts if "descent" in (one := text.fragment.plain))
    assert said.endswith("η = 1 × 10⁻⁷: from 1 × 10³⁴ to 1 × 10³⁴")

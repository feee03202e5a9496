"""The figures: nothing overlaps or is cut off, whatever the network; and they are the same each time."""

import itertools
import math

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing.extents import Area, areas, of_text
from graphdiff.drawing.network import network_dot, network_scene
from graphdiff.drawing.network.figure import MOST_HEADS
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Circle, Group, Path, Rectangle, Text
from graphdiff.drawing.themes import THEMES
from graphdiff.drawing.writers import svg
from graphdiff.errors import DrawingError
from graphdiff.evaluation.rounded_zeros import as_shown


def scene_of(graph, run=None, **choices):
    return network_scene(graph, run, Options(**choices))


def walked(items, x=0.0, y=0.0, kinds=()):
    """Yield each shape with its place and the kinds of the groups it is in."""
    for item in items:
        if isinstance(item, Group):
            yield from walked(item.items, x + item.x, y + item.y, (*kinds, item.kind))
        else:
            yield item, x, y, kinds


def texts(scene):
    return [
        (of_text(item.fragment, x + item.x, y + item.y), kinds)
        for item, x, y, kinds in walked(scene.items)
        if isinstance(item, Text)
    ]


def unit_circles(scene):
    """Return the middle and the radius of each unit's outer circle."""
    found = {}
    for item, x, y, _ in walked(scene.items):
        if isinstance(item, Circle) and item.radius > 15:
            centre = (round(x + item.x, 3), round(y + item.y, 3))
            found[centre] = max(item.radius, found.get(centre, 0))
    return found


def sampled(path, x, y):
    """Yield points along a path."""
    start = path.start
    for piece in path.pieces:
        points = [start, *piece]
        for k in range(41):
            t = k / 40
            if len(points) == 2:
                weights = (1 - t, t)
            else:
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(
                offset + sum(w * p[axis] for w, p in zip(weights, points, strict=True))
                for axis, offset in enumerate((x, y))
            )
        start = piece[-1]


def check(scene):
    """Check that nothing is cut off and no words or circles overlap."""
    for area in areas(scene.items):
        assert -0.01 <= area.left <= area.right <= scene.width + 0.01
        assert -0.01 <= area.top <= area.bottom <= scene.height + 0.01
    written = texts(scene)
    for (one, of_one), (other, of_other) in itertools.combinations(written, 2):
        assert not one.meets(other), (of_one, of_other)
    circles = unit_circles(scene)
    for (a, r), (b, s) in itertools.combinations(circles.items(), 2):
        assert math.dist(a, b) > r + s
    for area, kinds in written:
        middle = (area.left + area.right) / 2, (area.top + area.bottom) / 2
        corners = itertools.product((area.left, area.right), (area.top, area.bottom))
        around = [(c, r) for c, r in circles.items() if math.dist(c, middle) < r]
        if around:
            ((centre, radius),) = around
            assert all(math.dist(corner, centre) < radius for corner in corners), kinds
        else:
            assert not any(area.meets_circle(*circle) for circle in circles.items()), kinds


def crossings(scene):
    """Return the edges that run through a unit other than their own two."""
    circles = unit_circles(scene)
    through = []
    for item, x, y, kinds in walked(scene.items):
        if isinstance(item, Path) and "edge" in kinds and not item.closed:
            points = list(sampled(item, x, y))
            for centre, radius in circles.items():
                ends = min(math.dist(points[0], centre), math.dist(points[-1], centre))
                near = min(math.dist(point, centre) for point in points)
                if ends > radius + 9 and near < radius:
                    through.append((kinds, centre))
    return through


sizes = st.lists(st.integers(1, 12), min_size=2, max_size=5)
choices = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["LR", "TB"]),
        "theme": st.sampled_from(sorted(THEMES)),
        "edges": st.sampled_from(["weight", "gradient", "both", "plain"]),
        "digits": st.sampled_from([1, 4, 17]),
    }
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(sizes, choices, st.sampled_from(["none", "forward", "backward"]), st.integers(0, 3))
def test_nothing_overlaps_whatever_the_sizes(sizes, options, swept, seed):
    net = gd.models.mlp(sizes, init="normal", seed=seed, x=[0.5] * sizes[0], y=[1] * sizes[-1])
    run = {"none": None, "forward": net.forward(), "backward": net.backward()}[swept]
    rate = 0.5 if swept == "backward" and seed % 2 else None
    scene = scene_of(net, run, rate=rate, **options)
    check(scene)
    assert crossings(scene) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 14), choices, st.booleans(), st.sampled_from(["step", "sigmoid", "identity"]))
def test_perceptrons_of_any_width(width, options, swept, activation):
    g = gd.Graph("A perceptron")
    x = [g.input(f"input_number_{k}", k - 3) for k in range(width)]
    w = [g.parameter(f"w_{k}", (-1) ** k * k / 7) for k in range(width)]
    z = g.node("net", sum(a * b for a, b in zip(w, x, strict=True)) + g.parameter("b", -0.125))
    if activation != "identity":
        g.node("o", {"step": gd.step, "sigmoid": gd.sigmoid}[activation](z))
    rate = 0.1 if swept and width % 2 else None
    scene = scene_of(g, g.backward() if swept else None, rate=rate, **options)
    check(scene)
    assert crossings(scene) == []


EXAMPLES = [
    "and", "or", "nand", "nor", "not", "xor", "linear-regression", "sigmoid-neuron",
    "neural-network", "two-layer-network", "softmax-regression", "fan-out",
]  # fmt: skip


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name, direction):
    g = gd.load(f"examples/{name}.toml")
    for run in (None, g.backward()):
        scene = scene_of(g, run, direction=direction)
        check(scene)
        assert crossings(scene) == []


def test_an_edge_that_skips_columns_goes_around_their_neurons():
    g = gd.Graph()
    x = g.input("x", 1)
    layer = [x]
    for depth in range(3):
        layer = [
            g.node(
                f"a_{depth}_{j}",
                gd.tanh(sum(g.parameter(f"w_{depth}_{j}_{k}", 1) * a for k, a in enumerate(layer))),
            )
            for j in range(3)
        ]
    last = sum(g.parameter(f"v_{k}", 1) * a for k, a in enumerate(layer))
    g.node("y", gd.tanh(last + g.parameter("u", 1) * x + g.parameter("t", 1) * g["a_0_1"]))
    for direction in ("LR", "TB"):
        scene = scene_of(g, g.forward(), direction=direction)
        check(scene)
        assert crossings(scene) == []
        bent = [
            edge
            for edge in edges_of(scene.items)
            if any(len(piece) == 3 for line in edge.items for piece in line.pieces)
        ]
        assert len(bent) == 2


def test_a_value_stands_in_each_neuron_after_a_sweep():
    g = gd.load("examples/two-layer-network.toml")
    scene = scene_of(g, as_shown(g.forward()))
    shown = [
        item.fragment.source
        for item, _, _, kinds in walked(scene.items)
        if isinstance(item, Text) and any(kind.startswith("values") for kind in kinds)
    ]
    assert shown == ["0.5", "{-1}", "0.25", "0.562", "0", "0.5", "0.344"]
    alone = [fragment.source for fragment in scene_of(g, g.forward(), show=["value"]).fragments]
    assert {"0.562", "0.344"} <= set(alone)
    assert "0.25" not in alone


def test_values_and_weights_of_a_layer_are_groups_of_their_own():
    g = gd.load("examples/two-layer-network.toml")
    kinds = {kind for *_, found in walked(scene_of(g, g.backward()).items) for kind in found}
    assert {f"values layer-{k}" for k in (0, 1, 2)} <= kinds
    assert {f"edges layer-{k}" for k in (1, 2)} <= kinds
    assert {f"weights layer-{k}" for k in (1, 2)} <= kinds
    shown = scene_of(g, g.backward(), edges="gradient")
    assert "gradients layer-2" in {kind for *_, found in walked(shown.items) for kind in found}


def edge_strokes(scene):
    """Return how each edge is drawn."""
    return [next(p.stroke for p in edge.items if p.stroke) for edge in edges_of(scene.items)]


def edges_of(items):
    for item in items:
        if isinstance(item, Group):
            yield from [item] if item.kind == "edge" else edges_of(item.items)


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_edges_tell_sign_and_size_without_colour(theme):
    g = gd.Graph()
    x, y = g.input("x", 1), g.input("y", 1)
    w, v = g.parameter("w", -4), g.parameter("v", 1)
    g.node("a", gd.tanh(w * x + v * y))
    first, second = edge_strokes(scene_of(g, theme=theme))
    assert (first.dashed, second.dashed) == (True, False)
    assert first.width > second.width
    assert first.colour != second.colour
    assert not any(
        stroke.dashed for stroke in edge_strokes(scene_of(g, theme=theme, edges="plain"))
    )


def test_edges_by_gradient():
    g = gd.Graph()
    x, y, t = g.input("x", 2), g.input("y", -1), g.input("t", 9)
    z = g.node("z", g.parameter("w", 1) * x + g.parameter("v", 1) * y)
    g.node("L", (z - t) ** 2)
    run = g.backward()
    assert run.gradient["w"] < 0 < run.gradient["v"]
    first, second = edge_strokes(scene_of(g, run, edges="gradient"))
    assert first.dashed
    assert not second.dashed
    assert first.width > second.width


def test_the_two_conventions_of_a_step_differ_at_zero():
    full = []
    for compared in (lambda z: gd.step(z), lambda z: z > 0):
        g = gd.Graph()
        g.node("o", compared(g.node("net", g.parameter("w", 1) * g.input("x", 0))))
        dots = [
            (round(y + item.y), item.fill == item.stroke.colour)
            for item, _, y, kinds in walked(scene_of(g).items)
            if isinstance(item, Circle) and "activation" in kinds
        ]
        full.append({filled: height for height, filled in dots})
    assert full[0][True] < full[0][False]  # 1 at net = 0 stands above
    assert full[1][True] > full[1][False]


def test_wide_layers_have_dots_and_their_size():
    net = gd.models.mlp([784, 128, 10], output="softmax", loss="cross_entropy")
    scene = scene_of(net)
    check(scene)
    assert len(unit_circles(scene)) == 15
    assert "784 inputs" in scene.alt
    assert "128 neurons" in scene.alt
    assert len(edge_strokes(scene)) == 50
    assert scene.width < 1200


def test_both_views_of_a_wide_network_have_the_same_figure():
    net = gd.models.mlp([20, 15, 3])
    one, other = scene_of(net.layers()), scene_of(net.neurons())
    assert edge_strokes(one) == edge_strokes(other)
    assert unit_circles(one).keys() == unit_circles(other).keys()


def test_deep_networks_are_drawn_with_columns_left_out():
    g = gd.Graph()
    a = g.input("x", 1)
    for k in range(1, 1001):
        a = g.node(f"a_{k}", gd.tanh(g.parameter(f"w_{k}", 1) * a))
    scene = scene_of(g, g.forward())
    check(scene)
    assert "994 more layers" in scene.alt
    assert scene.width < 2500


@pytest.mark.parametrize("batch", [None, 5])
def test_a_batch_shows_its_first_sample_and_says_so(batch):
    x = [0.5, 1] if batch is None else [[0.5, 1]] * 4 + [[7, 7]]
    y = [1] if batch is None else [[1]] * 5
    for view in ("layers", "neurons"):
        net = gd.models.mlp([2, 3, 1], batch=batch, x=x, y=y, view=view)
        scene = scene_of(net, net.forward())
        said = [item.fragment.source for item, *_ in walked(scene.items) if isinstance(item, Text)]
        assert ("values of the first of 5 samples" in said) == (batch is not None)
        assert "0.5" in said
        assert "7" not in said


def test_samples_of_a_scalar_graph():
    g = gd.Graph()
    w, x = g.parameter("w", 2), g.input("x", shape=())
    g.node("a", gd.relu(w * x))
    scene = scene_of(g, g.backward(x=[3, 4]))
    assert "first of 2 samples" in " ".join(f.source for f in scene.fragments)
    assert "a = 6" in scene.alt


def test_exact_runs_are_drawn():
    g = gd.Graph()
    x, w, b = g.input("x", 3), g.parameter("w", sp.Rational(1, 3)), g.parameter("b", sp.sqrt(2))
    g.node("a", gd.relu(w * x + b))
    scene = scene_of(g, g.backward(exact=True))
    check(scene)
    assert "w = 1/3" in scene.alt


def test_the_same_each_time():
    def made(theme):
        net = gd.models.mlp([3, 4, 2], x=[1, 2, 3], y=[0, 1])
        return svg.svg(scene_of(net, net.backward(), theme=theme))

    for theme in THEMES:
        assert made(theme) == made(theme)
    assert len({made(theme) for theme in THEMES}) == len(THEMES)


def test_annotations_are_left_out_when_not_asked_for():
    g = gd.load("examples/two-layer-network.toml")
    scene = scene_of(g, g.forward(), show=["value"])
    said = {fragment.source for fragment in scene.fragments}
    assert "0.562" in said
    assert "a_{1}" not in said
    assert not any("weight" in source for source in said)
    named = {fragment.source for fragment in scene_of(g, show=["name"]).fragments}
    assert {"w_{11}", "a_{1}", "b_{1}"} <= named


def test_a_hostile_title_does_nothing():
    g = gd.Graph('<script>alert("x")</script> </svg> "]; evil [')
    g.node("a", gd.tanh(g.parameter("w", 1) * g.input("x", 1)))
    written = svg.svg(scene_of(g))
    assert "<script" not in written
    assert "&lt;script" in written
    assert '\\"' in network_dot(g, None, Options())


def test_a_run_of_another_graph_is_refused():
    one, other = gd.load("examples/and.toml"), gd.load("examples/and.toml")
    with pytest.raises(DrawingError, match="another graph"):
        scene_of(one, other.forward())


def test_alternative_text_says_layers_and_numbers():
    g = gd.load("examples/two-layer-network.toml")
    alt = scene_of(g, g.backward()).alt
    for said in (
        "layers 2-2-1", "2 neurons, sigmoid", "x_1 = 0.5", "a_1 ≈ 0.5622", "w_12 = -0.2",
        "b_2 = 0.1", "It ends in L = 0.2155, with y",
    ):  # fmt: skip
        assert said in alt


def test_dot_of_a_small_network():
    g = gd.Graph("OR")
    x, y = g.input("x_1", 1), g.input("x_2", 0)
    net = g.parameter("w_1", 1) * x + g.parameter("w_2", 2) * y + g.parameter("b", -1)
    g.node("o", gd.step(net))
    assert network_dot(g, g.forward(), Options()).split("\n") == [
        "digraph {",
        '\tgraph [bgcolor="#ffffff" fontcolor="#14181f" label=OR labelloc=t rankdir=LR ranksep=1.2'
        " splines=line]",
        '\tnode [fontcolor="#14181f" shape=circle style=filled]',
        '\tedge [color="#5a6472" fontcolor="#14181f"]',
        "\tsubgraph layer_0 {",
        "\t\trank=same",
        '\t\theading0 [label="input\\n2 inputs" fontcolor="#4d5663" shape=plaintext style=""]',
        '\t\tu0 [label="x_1 = 1" color="#1c62a8" fillcolor="#cfe4fa" peripheries=2]',
        '\t\tu1 [label="x_2 = 0" color="#1c62a8" fillcolor="#cfe4fa" peripheries=2]',
        "\t}",
        "\tsubgraph layer_1 {",
        "\t\trank=same",
        '\t\theading1 [label="output\\n1 neuron\\n1 if net ≥ 0, else 0" fontcolor="#4d5663"'
        ' shape=plaintext style=""]',
        '\t\tu2 [label="o = 1\\nnet = 0\\nb = -1" color="#9c8208" fillcolor="#fff6c2" peripheries=1]',
        "\t}",
        "\theading0 -> heading1 [style=invis]",
        '\tu0 -> u2 [label=1 color="#5a8dc0" penwidth=1.95 style=solid]',
        '\tu1 -> u2 [label=2 color="#1c62a8" penwidth=3.00 style=solid]',
        "}",
        "",
    ]


def test_dot_of_a_wide_network_is_short():
    net = gd.models.mlp([784, 128, 10])
    source = network_dot(net, None, Options())
    assert source.count("->") < 80
    assert "784 inputs" in source


def test_rectangles_behind_words_cover_them():
    net = gd.models.mlp([2, 3, 1], x=[1, 2], y=[1])
    found = list(walked(scene_of(net, net.forward()).items))
    for (ground, gx, gy, kinds), (text, tx, ty, _) in itertools.pairwise(found):
        if isinstance(ground, Rectangle) and isinstance(text, Text) and "loss" not in kinds:
            area = of_text(text.fragment, tx + text.x, ty + text.y)
            assert gx + ground.x <= area.left
            assert gy + ground.y + ground.height >= area.bottom


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.data())
def test_edges_that_skip_columns_meet_no_neuron(sizes, data):
    g = gd.Graph()
    layers = [[g.input(f"x_{k}", 1) for k in range(sizes[0])]]
    for depth, size in enumerate([*sizes[1:], 1], 1):
        earlier = [node for layer in layers[:-1] for node in layer]
        layers.append([])
        for j in range(size):
            more = data.draw(st.sets(st.sampled_from(earlier), max_size=2)) if earlier else set()
            sources = [*layers[-2], *sorted(more, key=lambda node: node.index)]
            weights = [g.parameter(f"w_{depth}_{j}_{k}", 1) for k in range(len(sources))]
            z = sum(w * a for w, a in zip(weights, sources, strict=True))
            layers[-1].append(g.node(f"a_{depth}_{j}", gd.tanh(z)))
    scene = scene_of(g, g.forward(), direction=data.draw(st.sampled_from(["LR", "TB"])))
    check(scene)
    assert crossings(scene) == []


@pytest.mark.slow
def test_names_of_any_length_and_script():
    g = gd.Graph("Σ & <title>" * 40)
    x, w = g.input("ŷ_" + "x" * 90, 1), g.parameter("Ἀλγόριθμος_" + "w" * 80, 2)
    v = g.parameter("v" * 100, -1e-9)
    a = g.node("α_1", gd.tanh(w * x))
    g.node("выход" * 12, gd.tanh(v * a + g.parameter("b", 123456789.25)))
    for direction in ("LR", "TB"):
        for run in (None, g.backward()):
            scene = scene_of(g, run, direction=direction)
            check(scene)
            assert scene.width < 1000


def test_a_number_is_never_cut():
    g = gd.Graph()
    x, y = g.input("x", -1.23456e-12), g.input("y", 123456789)
    w, v = g.parameter("w", -7.654e-300), g.parameter("v", 1e15 + 0.5)
    g.node("a", gd.relu(w * x + v * y))
    scene = scene_of(g, g.forward())
    check(scene)
    assert not any("…" in fragment.source for fragment in scene.fragments)


def heads_and_words(scene):
    """Return the heads of edges, and the boxes of words and of what is behind them, after each."""
    heads, words = [], []
    for k, (item, x, y, kinds) in enumerate(walked(scene.items)):
        if (
            isinstance(item, Path)
            and item.closed
            and any(kind.startswith("edge") for kind in kinds)
        ):
            corners = [item.start, *(point for piece in item.pieces for point in piece)]
            heads.append((k, [(x + p, y + q) for p, q in corners]))
        elif isinstance(item, Rectangle) and item.fill and item.stroke is None:
            left, top = x + item.x, y + item.y
            words.append((k, Area(left, top, left + item.width, top + item.height)))
        elif isinstance(item, Circle) and item.radius < 15 and item.fill and item.stroke:
            side = 2 * item.radius
            words.append((k, Area.around((x + item.x, y + item.y), side, side)))
    return heads, words


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), choices, st.integers(0, 3))
def test_no_word_covers_the_head_of_an_arrow(sizes, options, seed):
    net = gd.models.mlp(sizes, init="normal", seed=seed, x=[0.5] * sizes[0], y=[1] * sizes[-1])
    rate = 0.5 if seed % 2 else None
    heads, words = heads_and_words(scene_of(net, net.backward(), rate=rate, **options))
    edges = sum(a * b for a, b in itertools.pairwise(sizes))
    assert len(heads) >= edges or edges > MOST_HEADS
    for k, corners in heads:
        for later, area in words:
            for start, end in itertools.pairwise([*corners, corners[0]]):
                assert later < k or area.crossing(start, end) is None

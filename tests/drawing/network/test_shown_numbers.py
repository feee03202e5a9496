"""Every number in the figure of a network is the run's, and the legend's range is theirs."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.drawing.network.elision import excerpt
from graphdiff.drawing.network.figure import figure
from graphdiff.drawing.network.unit_words import all_words
from graphdiff.drawing.network.wording import at_weight, equations
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Text
from graphdiff.errors import DrawingError
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers


def numbers_in(source):
    """Return the numbers written in LaTeX."""
    plain = re.sub(r"[{}]", "", source.replace(r"\;", ""))
    found = re.findall(r"(-?)(?:(?!10\^)(\d+\.?\d*))?(?: ?\\times ?)?(?:10\^(-?\d+))?", plain)
    return [
        float(f"{sign}{mantissa or 1}e{power or 0}")
        for sign, mantissa, power in found
        if mantissa or power
    ]


def agree(shown, true):
    """Whether a number is another one rounded, to three digits or, for want of room, to fewer."""
    return any(shown == float(f"{true:.{digits}g}") for digits in (1, 2, 3, 4, 5, 6, 7, 8))


def mlp(sizes, output, batch, view, seed):
    rng = np.random.default_rng(seed)
    rows = batch or 1
    x, y = (
        rng.normal(size=(rows, sizes[0])),
        np.eye(sizes[-1])[[k % sizes[-1] for k in range(rows)]],
    )
    x, y = (x, y) if batch else (x[0], y[0])
    loss = "cross_entropy" if output == "softmax" else "mse"
    return gd.models.mlp(
        sizes, "tanh", output, loss, batch=batch, view=view, seed=seed, init="normal", x=x, y=y
    )


networks = st.builds(
    mlp,
    st.lists(st.integers(2, 3), min_size=2, max_size=4),
    st.sampled_from(["sigmoid", "softmax", "identity"]),
    st.sampled_from([None, 3]),
    st.sampled_from(["layers", "neurons"]),
    st.integers(0, 5),
)


@settings(max_examples=15, deadline=None)
@given(networks, st.sampled_from(["weight", "gradient", "both"]), st.booleans(), st.integers(0, 2))
def test_every_number_is_the_runs(net, edges, stepped, sample):
    run, network = net.backward(), read(net)
    sample = sample if Numbers(network, net, run).samples > 1 else 0
    numbers = Numbers(network, net, run, sample)
    options = Options(edges=edges, rate=0.25 if stepped else None, sample=sample)
    found = figure(excerpt(network), numbers, options)
    assert found.has_labels
    for k, words in found.words.items():
        unit = network.units[k]
        value, net_value = numbers.unit(k), numbers.net(k)
        is_paired = not unit.is_input and not unit.activation.is_identity
        wanted = [net_value, value] if is_paired else [value]
        shown = [number for part in words.inside for number in numbers_in(part.source)]
        assert len(shown) == len(wanted)
        assert all(agree(a, b) for a, b in zip(shown, wanted, strict=True))
        assert (words.delta is None) == unit.is_input
        if words.delta is not None:
            assert agree(*numbers_in(words.delta.source), numbers.delta(k))
        if unit.added:
            check_label(words.bias, unit.added[0], numbers, found.options)
    for link, label in zip(found.excerpt.links, found.labels, strict=True):
        check_label(label[0], link.weight, numbers, found.options)


def check_label(label, weight, numbers, options):
    shown = [number for fragment, _ in label.lines for number in numbers_in(fragment.source)]
    w, gradient = numbers.weight(weight), numbers.gradient(weight)
    wanted = [gradient] if options.edges == "gradient" else [w]
    if options.rate is not None and options.edges != "gradient":
        wanted.append(w - options.rate * gradient)
    if options.edges == "both":
        wanted.append(gradient)
    assert len(shown) == len(wanted)
    assert all(agree(a, b) for a, b in zip(shown, wanted, strict=True))


def test_a_step_has_the_digits_it_takes_to_be_seen():
    g = gd.Graph()
    w = g.parameter("w", 0.15)
    g.node("L", (w * g.input("x", 0.01) - 0.1) ** 2)
    network = read(g)
    numbers = Numbers(network, g, g.backward())
    weight = next(w for k in network.neurons for _, w in network.units[k].weights())
    (said,) = at_weight([weight], numbers, Options(rate=0.5), 3)
    before, after = said.plain.split(" → ")
    assert before == "0.15"
    assert float(after) == pytest.approx(numbers.stepped(weight, 0.5), abs=5e-4)
    assert float(after) != 0.15


def test_a_number_of_the_formula_has_no_gradient():
    g = gd.Graph()
    x, y = g.input("x", 1), g.input("y", 2)
    g.node("L", gd.tanh(g.parameter("w", 0.5) * x + 3 * y))
    network = read(g)
    numbers = Numbers(network, g, g.backward())
    weights = {w.is_fixed: w for k in network.neurons for _, w in network.units[k].weights()}
    assert list(at_weight([weights[True]], numbers, Options(edges="gradient"), 3)) == []
    assert [n.plain for n in at_weight([weights[True]], numbers, Options(rate=1.0), 3)] == ["3"]
    assert len(list(equations(weights[False], numbers, Options(edges="both"), 3))) == 2


def test_a_derivative_is_by_the_parameter_not_by_its_multiple():
    g = gd.Graph()
    g.node("L", gd.tanh(2 * g.parameter("w", 0.5) * g.input("x", 1)))
    network = read(g)
    run = g.backward()
    numbers = Numbers(network, g, run)
    weight = next(w for k in network.neurons for _, w in network.units[k].weights())
    assert numbers.stepped(weight, 0.5) == pytest.approx(2 * (0.5 - 0.5 * run.gradient["w"]))
    said = [n.plain for n in equations(weight, numbers, Options(edges="both"), 3)]
    assert said == ["2 w = 1", f"∂L/∂w ≈ {run.gradient['w']:.3g}"]


# The scale


def texts_of(items, kind=""):
    """Yield the kind of the group each text stands in, and what it says."""
    for item in items:
        if isinstance(item, Group):
            yield from texts_of(item.items, item.kind or kind)
        elif isinstance(item, Text):
            yield kind, item.fragment.source


def ranges(scene):
    """Return the largest numbers that the legend tells, by what they are of."""
    said = [source for kind, source in texts_of(scene.items) if kind == "legend"]
    found = (re.fullmatch(r"thickness: \|(.*)\| up to (\S+)", line) for line in said)
    return {match[1]: float(match[2]) for match in found if match}


def largest(scene, kinds):
    """Return the largest number written in groups of some kinds; 0 of none."""
    written = [
        abs(numbers_in(source)[0])
        for kind, source in texts_of(scene.items)
        if kind.split(" ")[0] in kinds
    ]
    return max(written, default=0.0)


@settings(max_examples=12, deadline=None)
@given(networks, st.sampled_from(["weight", "gradient"]))
def test_the_range_of_the_legend_covers_all_and_is_reached(net, edges):
    scene = net.draw(net.backward(), style="network", edges=edges).scene
    ((_, told),) = ranges(scene).items()
    kind = "weights" if edges == "weight" else "gradients"
    assert told == largest(scene, [kind, "biases"])


@settings(max_examples=6, deadline=None)
@given(networks)
def test_each_step_has_the_range_of_what_it_shows(net):
    frames = net.draw(net.backward(), style="network").frames()
    told = [ranges(frame.scene) for frame in frames]
    first, last = frames[0].scene, frames[len(frames) - 1].scene
    assert set(told[0]) == {"weight"}
    assert set(told[-1]) == {"∂E/∂w"}
    assert told[0]["weight"] == largest(first, ["weights", "biases"])
    assert told[-1]["∂E/∂w"] == largest(last, ["gradients", "biases"])
    for frame, ranged in zip(frames, told, strict=True):
        kinds = {kind.split(" ")[0] for kind, _ in texts_of(frame.scene.items)}
        assert ("weights" in kinds) == ("weight" in ranged)
        assert ("gradients" in kinds) == ("∂E/∂w" in ranged)
        if "weight" in ranged:
            assert largest(frame.scene, ["weights"]) <= ranged["weight"] == told[0]["weight"]
        if "∂E/∂w" in ranged:
            assert largest(frame.scene, ["gradients"]) <= ranged["∂E/∂w"] == told[-1]["∂E/∂w"]


# A network by hand


def two_two_two():
    """Return the network that Matt Mazur computes step by step."""
    g = gd.Graph("A network")
    i = [g.input("i_1", 0.05), g.input("i_2", 0.10)]
    w = [
        g.parameter(f"w_{k}", v)
        for k, v in enumerate([0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55], 1)
    ]
    b = [g.parameter("b_1", 0.35), g.parameter("b_2", 0.6)]
    h = [
        g.node(f"h_{j + 1}", gd.sigmoid(w[2 * j] * i[0] + w[2 * j + 1] * i[1] + b[0]))
        for j in (0, 1)
    ]
    o = [
        g.node(f"o_{j + 1}", gd.sigmoid(w[4 + 2 * j] * h[0] + w[5 + 2 * j] * h[1] + b[1]))
        for j in (0, 1)
    ]
    t = [g.input("t_1", 0.01), g.input("t_2", 0.99)]
    g.node("E", sum((a - b) ** 2 / 2 for a, b in zip(t, o, strict=True)))
    return g


def test_the_numbers_of_a_network_computed_by_hand():
    g = two_two_two()
    scene = g.draw(g.backward(), style="network", edges="both", rate=0.5).scene
    said = [source for _, source in texts_of(scene.items)]
    for number in (
        "0.378",
        "0.593",
        "0.597",
        "1.11",
        "0.751",
        "0.773",
        "(0.0822)",
        r"0.4 \to 0.359",
    ):
        assert number in said
    assert r"\delta \; 0.138" in said
    assert r"E \approx 0.2984" in said
    assert any("t_{1} = 0.01" in source for source in said)


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("edges", ["weight", "gradient", "both"])
@pytest.mark.parametrize("rate", [None, 0.5])
def test_no_line_passes_behind_a_label_where_there_is_room(direction, edges, rate):
    g = two_two_two()
    options = Options(edges=edges, rate=rate, direction=direction)
    network = read(g)
    found = figure(excerpt(network), Numbers(network, g, g.backward()), options)
    assert found.options == options
    for k, label in enumerate(found.labels):
        area = label[0].area(label[1])
        others = [route.straight for j, route in enumerate(found.routes) if j != k]
        assert all(area.crossing(*line) is None for line in others)
        own = found.routes[k].straight
        assert area.crossing(*own) is not None


def test_targets_and_the_loss_are_those_of_the_sample():
    x, y = [[1, 0], [0, 2]], [[0.25, 0.5], [0.75, 1]]
    net = gd.models.mlp([2, 2], "tanh", "sigmoid", "mse", batch=2, x=x, y=y)
    run = net.backward()
    said = [
        [source for _, source in texts_of(net.draw(run, style="network", sample=k).scene.items)]
        for k in (0, 1)
    ]
    assert any(r"(0.25,\; 0.5)" in source for source in said[0])
    assert any(r"(0.75,\; 1)" in source for source in said[1])
    assert "values of number 2 of 2 samples" in said[1]


def test_what_is_asked_for_in_vain_is_told():
    g = two_two_two()
    with pytest.raises(DrawingError, match=r"rate=0\.5 asks for a step of gradient descent"):
        g.draw(g.forward(), style="network", rate=0.5)
    with pytest.raises(DrawingError, match="sample is 1; there is but one, 0"):
        g.draw(g.forward(), style="network", sample=1)
    for wrong in (0, -1, "fast", True, float("inf"), float("nan")):
        with pytest.raises(DrawingError, match="give a learning rate above 0"):
            Options(rate=wrong)
    said = [s for _, s in texts_of(g.draw(g.forward(), style="network", edges="both").scene.items)]
    assert "the gradients are not known" in said


def test_dot_has_the_numbers_too():
    g = two_two_two()
    dot = g.draw(g.backward(), style="network", edges="both", rate=0.5).dot
    assert r"0.4 → 0.3589\n(0.08217)" in dot
    assert "δ ≈ 0.1385" in dot
    gradients = g.draw(g.backward(), style="network", edges="gradient").dot
    assert "∂E/∂b_1" in gradients
    assert "0.35" not in gradients


def test_numbers_of_a_figure_are_of_one_size():
    """Whatever their lengths; a number has fewer digits before it becomes small."""
    g = gd.Graph()
    x = [g.input(f"x_{k}", value) for k, value in enumerate((1.0, -1234.5678, 0.000012345))]
    h = [g.node(f"h_{k}", gd.tanh(sum(each * (0.1 + k) for each in x))) for k in range(2)]
    g.node("y", gd.sigmoid(g.parameter("v_0", 0.5) * h[0] + g.parameter("v_1", -2.5) * h[1]))
    network = read(g)
    found = all_words(excerpt(network), Numbers(network, g, g.forward()), Options())
    by_count: dict[int, set[float]] = {}
    for words in found.values():
        by_count.setdefault(len(words.inside), set()).update(p.size for p in words.inside)
    assert all(len({round(size, 6) for size in each}) == 1 for each in by_count.values())
    assert by_count

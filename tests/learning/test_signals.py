"""What is said of layers is so in their arrays; histograms count entries, images show weights."""

import numpy as np
import pytest
from plot_checks import check, groups

import graphdiff as gd
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.heat_maps import shade, step_of
from graphdiff.drawing.plots.histograms import HEIGHT, counted
from graphdiff.drawing.scene import Rectangle
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError, GraphError

L = gd.learning
rng = np.random.default_rng(5)
X, Y = rng.normal(size=(30, 4)), rng.integers(0, 2, 30)


def network(sizes=(4, 6, 5, 1), activation="tanh", **choices):
    return gd.models.mlp(sizes, activation, output="sigmoid", loss="binary_cross_entropy", seed=3,
                         **choices)  # fmt: skip


def forward(net):
    """Return the activations of a network, computed by hand."""
    found, a = [], X
    for k, (W, b) in enumerate(zip(net.weights, net.biases, strict=True), start=1):
        z = a @ W.T + b
        last = k == len(net.weights)
        a = 1 / (1 + np.exp(-z)) if last else np.maximum(z, 0)
        found.append(a)
    return found


def test_activations_gradients_and_updates_are_those_of_the_network():
    net = network(activation="relu")
    found = L.layer_signals(net, X, Y, method=L.gradient_descent(0.5))
    for layer, values in zip(found.layers, forward(net), strict=True):
        assert layer.values == pytest.approx(values)
        W = net.weights[layer.number - 1]
        above = forward(net)[layer.number - 2] if layer.number > 1 else X
        slopes = layer.gradient.T @ above  # of W
        assert layer.update == pytest.approx(-0.5 * slopes)
        h = 1e-6
        for entry in [(0, 0), tuple(n - 1 for n in W.shape)]:
            losses = []
            for sign in (1, -1):
                moved = [w.copy() for w in net.weights]
                moved[layer.number - 1][entry] += sign * h
                p = forward(network(activation="relu", weights=moved))[-1][:, 0]
                losses.append(-np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)))
            slope = (losses[0] - losses[1]) / (2 * h)
            assert slopes[entry] == pytest.approx(slope, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("count", [0, 1, 4, 6])
def test_dead_units_are_counted(count):
    biases = [[-50.0] * count + [9.0] * (6 - count), np.zeros(5), [0.0]]
    found = L.layer_signals(network(activation="relu", biases=biases), X, Y)
    assert found.layers[0].dead == count
    said = [remark for remark in found.remarks if remark.startswith("layer 1:")]
    share = f"layer 1: {count} of 6 units {'is' if count == 1 else 'are'} 0 for every row"
    assert (share in said) == bool(count)
    if count == 6:
        assert "layer 1: the gradient is 0, nothing is learned" in said


def test_units_that_are_0_for_one_row_are_no_sign_of_anything():
    biases = [[-50.0] * 3 + [9.0] * 3, np.zeros(5), [0.0]]
    found = L.layer_signals(network(activation="relu", biases=biases), X[:1], Y[:1])
    assert found.layers[0].dead == 3
    assert not [remark for remark in found.remarks if "every row" in remark]


def test_a_step_has_no_gradient_and_a_flat_activation_is_told():
    biases = [[9.0] * 6, np.zeros(5), [0.0]]
    found = L.layer_signals(network(biases=biases), X, Y)
    assert any("layer 1: 100 % of the activations are where tanh is flat" in r
               for r in found.remarks)  # fmt: skip
    assert not L.layer_signals(network(), X, Y).remarks
    assert L.layer_signals(network(activation="relu"), X, Y).layers[0].saturated == 0


@pytest.mark.parametrize(("scale", "said"), [(0.02, "gradients vanish: layer 1"), (1, None)])
def test_vanishing_gradients_are_told(scale, said):
    sizes = (4, *[5] * 5, 1)
    of = network(sizes)
    found = L.layer_signals(network(sizes, weights=[scale * W for W in of.weights]), X, Y)
    vanishes = found.layers[0].rms < 1e-3 * found.layers[-1].rms
    assert vanishes == (said is not None) == any(str(said) in r for r in found.remarks)


def test_exploding_gradients_are_told():
    sizes = (4, *[5] * 5, 1)
    weights = [30 * np.abs(W) for W in network(sizes).weights]
    net = gd.models.mlp(sizes, "identity", weights=weights)
    found = L.layer_signals(net, X, Y.astype(float))
    ratio = found.layers[0].rms / found.layers[-1].rms
    assert ratio > 1e3
    assert any(r.startswith("gradients explode: layer 1 has") for r in found.remarks)


def test_both_views_and_values_of_its_own_are_alike():
    net = network(x=X, y=Y[:, None])
    rows = L.layer_signals(network(), X, Y)
    for model in (net, net.layers()):
        for one, other in zip(L.layer_signals(model).layers, rows.layers, strict=True):
            assert one.values == pytest.approx(other.values)
            assert one.gradient == pytest.approx(other.gradient)


def test_what_is_no_network_is_refused():
    with pytest.raises(GraphError, match="no network with layers"):
        L.layer_signals(L.landscapes.ravine())
    with pytest.raises(GraphError, match="has no loss"):
        L.layer_signals(gd.models.mlp([2, 1], loss=None))


# Histograms


@pytest.mark.parametrize("width", ["84mm", "160mm"])
@pytest.mark.parametrize("theme", THEMES)
def test_histograms_can_be_read(theme, width):
    biases = [[-50.0] * 4 + [0] * 2, np.zeros(5), [0.0]]
    plot = L.layer_signals(network(activation="relu", biases=biases), X, Y).plot(theme=theme)
    check(plot.scene)
    narrow = L.layer_signals(network(), X, Y).plot(theme=theme, width=width)
    assert smallest(narrow.scene) >= 6


def test_bars_are_as_high_as_entries_are_many():
    found = L.layer_signals(network(), X, Y)
    drawn = [group for group, _, _ in groups(found.plot().scene.items, "histogram")]
    assert len(drawn) == 3 * len(found.layers)
    for group, layer in zip(drawn, found.layers, strict=False):
        counts, low, high = counted(layer.values, is_centred=False)
        assert counts.sum() == layer.values.size
        assert (low, high) == (layer.values.min(), layer.values.max())
        bars = [item.height for item in group.items if isinstance(item, Rectangle)]
        wanted = [max(1.0, HEIGHT * c / counts.max()) for c in counts if c]
        assert bars == pytest.approx(wanted)


# Weights as images


@pytest.mark.parametrize("theme", ["lecture", "print"])
def test_each_weight_has_its_colour(theme):
    net = network()
    plot = L.plot_weights(net, "W__1", (2, 2), theme=theme)
    check(plot.scene)
    W = net.weights[0]
    tiles = [group for group, _, _ in groups(plot.scene.items, "image")]
    assert len(tiles) == len(W)
    for tile, row in zip(tiles, W, strict=True):
        ground, *cells, _ = [item for item in tile.items if isinstance(item, Rectangle)]
        cell = ground.width / 2
        for k, weight in enumerate(row):
            x, y = (k % 2 + 0.5) * cell, (k // 2 + 0.5) * cell
            fill = [c.fill for c in cells
                    if c.x < x < c.x + c.width and c.y < y < c.y + c.height]  # fmt: skip
            step = step_of(weight / np.abs(W).max())
            assert fill == [shade(step, grey=theme == "print")]


@pytest.mark.parametrize("shape", [(1, 30), (30, 1), (5, 6)])
@pytest.mark.parametrize("count", [1, 7, 60])
def test_images_of_any_shape_fit_a_column(shape, count):
    net = gd.models.mlp([30, count, 1], seed=1)
    check(L.plot_weights(net, shape=shape).scene)
    if count < 60:
        assert smallest(L.plot_weights(net, shape=shape, width="84mm").scene) >= 6


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, "6 weights, which is no square"),
        ({"shape": (2, 4)}, r"a row of 'W__1' has 6 weights; give \(h, w\) with h·w = 6"),
        ({"shape": 6}, "give the height and the width"),
        ({"shape": (2, 3), "rows": [4]}, "no row 4; give some of 0 to 3"),
        ({"shape": (2, 3), "rows": []}, "no rows are given"),
        ({"name": "b__1"}, "rows of a matrix"),
    ],
)
def test_images_that_are_none_are_refused(choices, said):
    with pytest.raises(GraphError, match=said):
        L.plot_weights(gd.models.mlp([6, 4, 1], seed=1), **choices)


def test_too_many_images_are_refused():
    with pytest.raises(DrawingError, match="101 images of 4 cells"):
        L.plot_weights(gd.models.mlp([4, 101, 1], seed=1))


def test_a_saturated_layer_has_a_histogram():
    """Its activations differ by less than a histogram can be divided by."""
    net = gd.models.mlp([2, 2, 1], "sigmoid", biases=[[36.2, 37.5], [0]], seed=1)
    signals = gd.learning.layer_signals(net, np.eye(2) * 1e-3, [1, 0])
    assert "<svg" in signals.plot().svg

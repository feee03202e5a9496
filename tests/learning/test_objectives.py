"""Penalties, smoothed labels, dropout and augmented data have the numbers of their formulas."""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.testing import check_graph

L = gd.learning


def net(**more):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(5, 3)), [0, 1, 2, 1, 0]
    return gd.models.mlp([3, 4, 3], "tanh", "softmax", "cross_entropy", x=x, y=y, **more)


def numbers():
    g = gd.Graph("Numbers")
    x, J = g.input("x", 2), g.parameter("J", -3)
    R = g.parameter("R_L2", 0.5)
    z = g.node("lambda_2", gd.tanh(x * J + R))
    g.group("regularisation", [J, R])
    g.node("error", (z - 1) ** 2)
    return g


def with_letters():
    g = gd.Graph()
    X, w = g.input("X", shape=("m", "n")), g.parameter("w", shape=("n",))
    g.node("E", gd.mean((X @ w) ** 2))
    return g


@pytest.mark.parametrize(("l2", "l1"), [(0.3, 0), (0, 0.2), (0.3, 0.2)])
@pytest.mark.parametrize("view", ["layers", "neurons"])
def test_penalties_are_those_of_the_models(l2, l1, view):
    theirs = net(view=view, l2=l2, l1=l1)
    plain = net(view=view)
    weights = [p for p in plain.parameters if p.name.lower().startswith("w")]
    ours = L.regularised(plain, l2=l2, l1=l1, wrt=weights)
    assert [n.name for n in ours if n.name not in plain] == [
        n.name for n in theirs if n.name not in plain
    ]
    one, other = ours.backward(), theirs.backward()
    assert one.value["J"] == other.value["J"]
    for p in plain.parameters:
        assert np.array_equal(one.gradient[p.name], other.gradient[p.name])


@pytest.mark.parametrize("graph", [net(), numbers()], ids=["network", "numbers"])
@pytest.mark.parametrize(("l2", "l1"), [(0.3, 0), (0, 0.2), (0.3, 0.2)])
def test_each_gradient_has_the_derivative_of_the_penalty(graph, l2, l1):
    made = L.regularised(graph, l2=l2, l1=l1)
    before, after = graph.backward(), made.backward()
    assert made.output.name.startswith("J")
    penalty = 0.0
    for p in graph.parameters:
        w = np.asarray(p.value, float)
        penalty += l2 / 2 * np.sum(w**2) + l1 * np.sum(abs(w))
        expected = before.gradient[p.name] + l2 * w + l1 * np.sign(w)  # 0 where w is 0
        assert np.allclose(after.gradient[p.name], expected, rtol=1e-13)
    error = after.value[graph.output.name]
    assert after.value[made.output.name] == pytest.approx(error + penalty)
    assert {*graph.groups} < {*made.groups}
    check_graph(made, wrt=[p for p in made.parameters if np.all(np.asarray(p.value))])


def test_penalties_of_sizes_that_are_letters_and_again():
    graph = L.regularised(with_letters(), l2=0.1)
    assert "lambda_2*w" in str(graph.gradient("J", "w"))
    twice = L.regularised(graph, l2=0.2, output="J")
    assert twice.output.name == "J_"
    assert twice["R_L2_"].formula == "lambda_2_/2*sum(w**2)"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "no penalty"),
        ({"l2": -1}, r"l2 is -1; give a number of \[0, inf\)"),
        ({"l1": float("nan")}, "l1"),
        ({"l2": 1, "output": "z__1"}, r"'z__1' is of shape"),
        ({"l2": 1, "wrt": []}, "no parameters"),
        ({"l2": 1, "wrt": "W"}, "W"),
    ],
)
def test_penalties_that_cannot_be(options, says):
    with pytest.raises(GraphError, match=says):
        L.regularised(net(), **options)


@pytest.mark.parametrize("shape", [(4, 3), (4,), (4, 1), (2, 2, 5)])
def test_labels_are_smoothed_as_by_the_nodes(shape):
    rng = np.random.default_rng(1)
    if len(shape) > 1 and shape[-1] > 1:
        y = np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]
        classes = shape[-1]
    else:
        y, classes = rng.integers(2, size=shape).astype(float), 2
    said = {"classes": 2} if len(shape) == 1 else {}
    smooth = L.smoothed_labels(y, 0.2, **said)
    assert {*np.round(np.ravel(smooth), 12)} == {
        round(0.8 + 0.2 / classes, 12), round(0.2 / classes, 12)
    }  # fmt: skip
    if classes == shape[-1]:
        assert np.allclose(smooth.sum(-1), 1)
    g = gd.Graph()
    p = g.input("p", np.full(shape, 0.3))
    g.node("L", gd.mean((p - g.input("y", y)) ** 2))
    made = L.with_smoothed_labels(g, "y", 0.2, **said)
    assert np.allclose(made.forward().value["smooth_y"], smooth, rtol=1e-15)
    assert made.forward(epsilon=0).value["L"] == g.forward().value["L"]


def test_a_smoothed_softmax_goes_to_the_smoothed_targets():
    smooth = L.with_smoothed_labels(net(), "y", 0.3)
    run = smooth.backward()
    difference = run.value["a__2"] - L.smoothed_labels(net()["y"].value, 0.3)
    assert np.allclose(run.gradient["b__2"], difference.mean(0))


def test_a_row_of_targets_alone_says_how_many_classes():
    with pytest.raises(GraphError, match="say classes=3 or classes=2"):
        L.smoothed_labels([0, 1, 0])
    assert np.allclose(L.smoothed_labels([0, 1, 0], 0.3, classes=3), [0.1, 0.8, 0.1])
    assert np.allclose(L.smoothed_labels([0, 1, 0], 0.2, classes=2), [0.1, 0.9, 0.1])
    with pytest.raises(GraphError, match="of 4 classes"):
        L.smoothed_labels([0, 1, 0], classes=4)


@pytest.mark.parametrize("y", [[[0.5, 0.6]], [2], [[np.nan, 1]], [-1]])
def test_what_is_no_label_is_told(y):
    with pytest.raises(GraphError, match="label smoothing takes"):
        L.smoothed_labels(y)


def test_dropout_is_off_at_evaluation_and_is_the_formula_in_training():
    graph = net()
    thin = L.with_dropout(graph, ["x", "a__1"], {"x": 0.2, "a__1": 0.5})
    plain, off = graph.backward(), thin.backward()
    for name in ("E", "z__2"):
        assert np.array_equal(plain.value[name], off.value[name])
    for p in graph.parameters:
        assert np.array_equal(plain.gradient[p.name], off.gradient[p.name])
    masks = L.dropout_masks(thin, 3)
    run = thin.backward(values=masks)
    W, v = graph["W__1"].value, graph["W__2"].value
    x = graph["x"].value * masks["mask_x"] / 0.8
    a = np.tanh(x @ W.T + graph["b__1"].value) * masks["mask_a__1"] / 0.5
    assert np.allclose(run.value["z__2"], a @ v.T + graph["b__2"].value)
    check_graph(thin, values=masks, wrt=thin.parameters)
    dropped = ~masks["mask_a__1"].any(axis=0)
    assert not run.gradient["W__1"][dropped].any()
    assert [node.name for node in thin.groups["layer 1"]][-1] == "dropped_a__1"


def test_masks_are_drawn_with_their_rate_from_a_seed():
    g = gd.Graph()
    h = g.node("h", g.input("x", np.ones((100, 100))) * g.parameter("w", 2))
    g.node("L", gd.mean(h))
    thin = L.with_dropout(g, h, 0.3)
    one, same, other = (L.dropout_masks(thin, seed)["mask_h"] for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert {*np.unique(one)} == {0, 1}
    assert abs(one.mean() - 0.7) < 4 * np.sqrt(0.21 / one.size)
    # inverted: the mean over the masks is what evaluation has
    found = np.mean([thin.forward(L.dropout_masks(thin, (5, k))).value["L"] for k in range(20)])
    assert found == pytest.approx(thin.forward().value["L"], rel=0.02)


@pytest.mark.parametrize(
    ("do", "says"),
    [
        (lambda: L.with_dropout(net(), "a__1", 1), r"rate is 1; give a number of \[0, 1\)"),
        (lambda: L.with_dropout(net(), "E", 0.5), "no node uses 'E'"),
        (lambda: L.with_dropout(net(), [], 0.5), "no node is named"),
        (lambda: L.with_dropout(net(), "x", {"a__1": 0.5}), "other nodes"),
        (lambda: L.dropout_masks(net()), "no masks"),
        (lambda: L.dropout_masks(L.with_dropout(with_letters(), "X")), "letters"),
        (lambda: L.with_smoothed_labels(net(), "y", 1), "smoothing is 1"),
        (lambda: L.noisy([[np.nan]]), "not finite"),
        (lambda: L.noisy([[1]], -1), "not negative"),
        (lambda: L.scaled([[1]], 2, 1), "smaller first"),
        (lambda: L.rotated([[1, 2]]), r"\(m, height, width\)"),
        (lambda: L.rotated([[[1]]], -1), "0 to 180"),
        (lambda: L.shifted([[[1]]], 0.5), "whole number"),
        (lambda: L.flipped([[[1]]], 2), "probability"),
        (lambda: L.flipped([[[1]]], axis="x"), "'horizontal' or 'vertical'"),
    ],
)
def test_what_cannot_be_is_told(do, says):
    with pytest.raises(GraphError, match=says):
        do()


AUGMENTED = {"noisy": L.noisy, "scaled": L.scaled, "rotated": L.rotated, "shifted": L.shifted,
             "flipped": L.flipped}  # fmt: skip


@pytest.mark.parametrize("name", AUGMENTED)
def test_augmented_images_are_new_of_the_same_shape_from_a_seed(name):
    images = np.random.default_rng(0).random((9, 6, 5))
    kept = images.copy()
    one, same, other = (AUGMENTED[name](images, seed=seed) for seed in (1, 1, 2))
    assert one.shape == images.shape and np.array_equal(images, kept)
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    one[:] = 0
    assert np.array_equal(images, kept)  # nothing is shared


def test_each_kind_of_augmentation_does_what_it_says():
    images = np.random.default_rng(0).random((200, 6, 5)) + 0.5
    noise = L.noisy(images, 0.1, seed=1) - images
    assert abs(noise.std() - 0.1) < 0.004 and abs(noise.mean()) < 0.005
    factors = L.scaled(images, 0.5, 2, seed=1) / images
    assert np.allclose(factors, factors[:, :1, :1]) and 0.5 <= factors.min() < factors.max() <= 2
    for before, after in zip(images, L.flipped(images, seed=1), strict=True):
        assert np.array_equal(before, after) or np.array_equal(before[:, ::-1], after)
    for before, after in zip(images, L.flipped(images, axis="vertical", seed=1), strict=True):
        assert np.array_equal(before, after) or np.array_equal(before[::-1], after)
    moves = set()
    for before, after in zip(images, L.shifted(images, 2, seed=1), strict=True):
        moves |= {
            (down, right) for down in range(-2, 3) for right in range(-2, 3)
            if np.array_equal(after, np.roll(np.pad(before, 2), (down, right), (0, 1))[2:-2, 2:-2])
        }  # fmt: skip
    assert len(moves) == 25
    disc = np.hypot(*np.mgrid[-8:9, -8:9]) < 6
    dot = disc * (np.hypot(*(np.mgrid[-8:9, -8:9] - np.array([[[-4]], [[0]]]))) < 1.5)
    turned = L.rotated(np.stack([dot.astype(float)] * 40), 45, seed=1)
    assert np.allclose(turned.sum((1, 2)), dot.sum(), rtol=0.05)
    centres = np.einsum("kij,dij->kd", turned, np.mgrid[-8:9, -8:9]) / turned.sum((1, 2))[:, None]
    angles = np.degrees(np.arctan2(centres[:, 1], -centres[:, 0]))
    assert np.allclose(np.hypot(*centres.T), 4, atol=0.15) and 30 < np.ptp(angles) < 91

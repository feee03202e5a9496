"""Multilayer perceptrons: gradients against finite differences, both views and the program."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import graphdiff as gd
from graphdiff.models import ACTIVATIONS, LOSSES, mlp
from graphdiff.testing import check_graph

PARTS = ("W__1", "b__1", "W__2", "b__2", "z__1", "a__1", "z__2", "x")
OUTPUTS = {"sigmoid": "sigmoid", "softmax": "softmax", None: "identity"}


def network(activation="tanh", loss="mse", batch=None, seed=0, l2=0, l1=0, sizes=(3, 4, 2)):
    """Return a network with data that suit its loss; no value lies on a kink."""
    random = np.random.default_rng(seed)
    output = OUTPUTS[LOSSES[loss].output]
    rows = () if batch is None else (batch,)
    y = random.uniform(0.1, 0.9, (*rows, sizes[-1]))
    if output == "softmax":
        y = random.integers(0, sizes[-1], rows)
    biases = [random.normal(size=size) for size in sizes[1:]]
    x = random.normal(size=(*rows, sizes[0]))
    return mlp(
        sizes, activation, output, loss,
        seed=seed, x=x, y=y, biases=biases, l2=l2, l1=l1,
    )  # fmt: skip


def assert_views_agree(net):
    other = net.neurons()
    one, two = net.backward(), other.backward()
    objective = net.objective.name
    assert one.value[objective] == pytest.approx(two.value[objective], rel=1e-12)
    for name in PARTS:
        if name in net:
            for found in ("value", "gradient"):
                a, b = getattr(one, found), getattr(two, found)
                np.testing.assert_allclose(
                    net.assembled(a, name), other.assembled(b, name), rtol=1e-9, atol=1e-12
                )


def assert_program_agrees(net):
    run = net.backward()
    value, gradients = net.compile()()
    assert value == pytest.approx(run.value[net.objective.name], rel=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, run.gradient[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation, batch):
    net = network(activation, batch=batch)
    check_graph(net, wrt=["W__1", "b__1", "W__2", "b__2", "x"], entries=3)
    assert_views_agree(net)
    assert_program_agrees(net)
    assert_program_agrees(net.neurons())


PENALTIES = ({}, {"l2": 0.1}, {"l1": 0.01}, {"l2": 0.1, "l1": 0.01})


@pytest.mark.parametrize("penalties", PENALTIES)
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_with_every_penalty(loss, batch, penalties):
    net = network("sigmoid", loss, batch, **penalties)
    check_graph(net, wrt=["W__1", "b__2", "x"], entries=3)
    check_graph(net.neurons(), wrt=["w_2_3__1", "b_1__2", "w_2_1__2"])
    assert_views_agree(net)
    assert_program_agrees(net)
    assert_program_agrees(net.neurons())


@pytest.mark.parametrize(
    ("activation", "loss", "seed"),
    [(activation, loss, (i + k) % len(PENALTIES))
     for i, activation in enumerate(ACTIVATIONS) for k, loss in enumerate(LOSSES)],
)  # fmt: skip
def test_every_activation_with_every_loss(activation, loss, seed):
    """Slopes along a random direction of all parameters, in both views and in the program.

    Each activation and each loss meets each penalty.
    """
    net = network(activation, loss, 2, seed=seed, **PENALTIES[seed])
    random = np.random.default_rng(seed)
    along = {leaf.name: random.normal(size=leaf.shape) for leaf in net.parameters}
    run, step = net.backward(), 1e-6
    there, back = (
        net.forward({leaf: leaf.value + h * along[leaf.name] for leaf in net.parameters})
        for h in (step, -step)
    )
    objective = net.objective.name
    slope = (there.value[objective] - back.value[objective]) / (2 * step)
    found = sum((run.gradient[name] * along[name]).sum() for name in along)
    assert found == pytest.approx(slope, rel=1e-5, abs=1e-7)
    other = net.neurons().backward()
    for name in along:
        np.testing.assert_allclose(
            net.assembled(other.gradient, name), run.gradient[name], rtol=1e-9, atol=1e-12
        )
    assert_program_agrees(net)


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    batch=st.none() | st.integers(1, 4),
    activation=st.sampled_from(["tanh", "relu", "softplus", "identity"]),
    seed=st.integers(0, 1000),
)
def test_views_of_any_size_agree(sizes, batch, activation, seed):
    net = network(activation, "mse", batch, seed, l2=0.1, sizes=tuple(sizes))
    assert_views_agree(net)
    assert_program_agrees(net)


def test_a_view_and_back_is_the_same_network():
    net = network(batch=3, l2=0.1)
    back = net.neurons().layers()
    assert [node.name for node in back] == [node.name for node in net]
    for leaf in net.leaves:
        assert np.array_equal(leaf.value, back[leaf.name].value)


def test_exact_numbers_by_hand():
    third = Fraction(1, 3)
    net = mlp(
        [2, 2, 1], "relu", x=[1, 2], y=third,
        weights=[[[1, 1], [1, -1]], [[Fraction(1, 2), 5]]], biases=[[0, third], [0]],
    )  # fmt: skip
    run = net.backward(exact=True)
    # z = (3, −2/3), a = (3, 0), ŷ = 3/2, E = (3/2 − 1/3)² = (7/6)², dE/dŷ = 7/3
    assert run.value["E"] == Fraction(49, 36)
    assert run.gradient["W__2"].tolist() == [[7, 0]]
    assert run.gradient["b__1"].tolist() == [Fraction(7, 6), 0]
    assert run.gradient["W__1"].tolist() == [[Fraction(7, 6), Fraction(7, 3)], [0, 0]]
    assert run.gradient["x"].tolist() == [Fraction(7, 6), Fraction(7, 6)]
    assert net.neurons().backward(exact=True).P["w_1_2__1"] == Fraction(7, 3)


def test_names_are_the_lectures():
    net = mlp([2, 3, 1], view="neurons")
    assert net["a_3__1"].formula == "tanh(z_3__1)"
    assert net["z_1__2"].formula == ("w_1_1__2*a_1__1 + w_1_2__2*a_2__1 + w_1_3__2*a_3__1 + b_1__2")
    assert [*net.groups] == ["layer 1", "layer 2", "loss"]
    assert net["w_3_2__1"] in net.groups["layer 1"]


def test_layers_have_their_shapes():
    net = mlp([4, 6, 6, 1], batch=5)
    shapes = {node.name: node.shape for node in net}
    assert shapes["x"] == (5, 4)
    assert shapes["W__2"] == (6, 6)
    assert shapes["b__3"] == (1,)
    assert shapes["z__1"] == (5, 6)
    assert shapes["y"] == (5, 1)
    assert shapes["E"] == ()
    assert net.prediction == (net["z__3"],)
    neurons = net.neurons()
    assert neurons.prediction == (neurons["z_1__3"],)


@pytest.mark.parametrize("loss", ["cross_entropy_with_logits", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("view", ["layers", "neurons"])
def test_losses_from_scores_do_not_overflow(loss, view):
    output = LOSSES[loss].output
    net = mlp(
        [1, 2], (), output, loss, view=view, x=[1], y=[0, 1], weights=[[[1000], [-1000]]]
    )  # fmt: skip
    run = net.backward()
    assert run.value["E"] == pytest.approx(2000 if output == "softmax" else 1000)
    assert np.abs(net.assembled(run.gradient, "W__1")).max() <= 1


def test_penalties_are_nodes_and_leave_biases_out():
    net = mlp([1, 1], (), x=[0], y=[0], weights=[[[3]]], biases=[[5]], l2=0.5, l1=2)
    run = net.backward()
    assert [run.value[name] for name in ("E", "R_L2", "R_L1", "J")] == [25, 2.25, 6, 33.25]
    assert run.gradient["W__1"] == 1.5 + 2
    assert run.gradient["b__1"] == 10
    assert net.objective is net["J"]
    assert net.error is net["E"]


def test_penalties_of_many_weights_are_sums_of_partial_sums():
    net = mlp([30, 20, 1], x=np.ones(30), y=1, l2=0.1)
    neurons = net.neurons()
    assert "S_2_4" in neurons
    one, other = net.backward().value["R_L2"], neurons.backward().value["R_L2"]
    assert one == pytest.approx(other, rel=1e-12)


def test_class_numbers_become_rows():
    net = mlp([2, 3], (), "softmax", "cross_entropy", x=[[1, 2], [3, 4]], y=[2, 0])
    assert net["y"].value.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_without_a_loss_the_graph_ends_with_its_output():
    net = mlp([2, 3, 2], loss=None)
    assert net.output is net["z__2"]
    with pytest.raises(gd.GraphdiffError, match="unknown node 'E'"):
        net.error  # noqa: B018


def test_a_network_is_saved_and_read(tmp_path):
    net = network(batch=2, l2=0.1)
    path = net.save(tmp_path / "net.toml")
    read = gd.load(path)
    assert read.backward().value["J"] == net.backward().value["J"]
    assert [*read.groups] == [*net.groups]


def test_a_step_of_a_network_is_a_network():
    net = network(batch=3)
    moved = net.step(net.backward(), 0.1).graph
    assert type(moved) is type(net)
    assert moved.architecture == net.architecture
    assert [*moved.groups] == [*net.groups]
    assert moved.neurons().backward().value["E"] < net.backward().value["E"]

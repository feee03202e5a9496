"""What is read is true: the weights and activations of a network give the values of the run."""

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from strategies import graphs

import graphdiff as gd
from graphdiff.drawing.network import network_dot, network_scene
from graphdiff.drawing.options import Options
from graphdiff.errors import DrawingError
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers


def recomputed(network, numbers):
    """Check each neuron's net and value against its weights, its sources and its activation."""
    for k in network.neurons:
        unit = network.units[k]
        net = sum(float(numbers.weight(bias)) for bias in unit.added) + sum(
            float(numbers.weight(weight)) * float(numbers.unit(source))
            for source, weight in unit.weights()
        )
        assert net == pytest.approx(float(numbers.net(k)), rel=1e-9, abs=1e-9)
        if unit.activation.name != "softmax":
            value = unit.activation.at(np.array([net]))[0]
            assert value == pytest.approx(float(numbers.unit(k)), rel=1e-9, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(graphs())
def test_random_graphs_are_read_truly_or_refused(graph):
    run = graph.backward() if len(graph.outputs) == 1 else graph.forward()
    try:
        network = read(graph)
    except DrawingError as error:
        assert 'style="graph"' in str(error)
        return
    recomputed(network, Numbers(network, graph, run))
    scene = network_scene(graph, run, Options())
    assert scene.alt
    assert network_dot(graph, run, Options()).startswith("digraph")


affine = st.sampled_from([
    lambda W, x, b: W @ x + b, lambda W, x, b: b - W @ x, lambda W, x, b: 2 * (W @ x) - b / 3 + 1,
    lambda W, x, b: -(W @ x), lambda W, x, b: (W @ x + b) / 4, lambda W, x, b: W @ (2 * x) + b,
    lambda W, x, b: W @ x + x + b, lambda W, x, b: (W * 3) @ (x - 1) + b, lambda W, x, b: W @ -x + b,
])  # fmt: skip
maps = st.sampled_from([
    gd.tanh, gd.relu, gd.step, lambda z: 2 * gd.step(z) - 1, lambda z: z, lambda z: gd.sigmoid(-z),
    lambda z: gd.relu(z - 1), lambda z: z**2, lambda z: 1 / (1 + gd.exp(-z)), lambda z: gd.cos(z) * 2,
    lambda z: gd.where(z > 0, 1, -1), lambda z: 1 - gd.tanh(z), lambda z: z * gd.sigmoid(z),
])  # fmt: skip


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(affine, maps, st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_layers_of_any_form_are_read_truly(layers):
    rng = np.random.default_rng(len(layers))
    g = gd.Graph()
    a = g.input("x", rng.normal(size=3))
    for k, (weighed, mapped, has_net, has_node) in enumerate(layers):
        W, b = (
            g.parameter(f"W_{k}", rng.normal(size=(3, 3)) / 4),
            g.parameter(f"b_{k}", [1, -0.5, 0.2]),
        )
        z = weighed(W, a, b)
        z = g.node(f"z_{k}", z) if has_net else z
        a = mapped(z)
        a = g.node(f"a_{k}", a) if has_node or k == len(layers) - 1 else a
    target = g.input("y", rng.normal(size=3))
    g.node("L", gd.mse(a, target))
    run = g.backward()
    try:
        network = read(g)
    except DrawingError as error:  # such as z·σ(z) whose z has no node
        assert 'style="graph"' in str(error)
        reject()  # which is counted: most are read
    numbers = Numbers(network, g, run)
    recomputed(network, numbers)
    for k in network.neurons:
        for _, weight in network.units[k].weights():
            if not weight.is_fixed:
                assert numbers.gradient(weight) == run.gradient[weight.parameter][weight.entry]


def test_values_of_neurons_without_a_node_are_computed():
    g = gd.Graph()
    x, w, v = g.input("x", 2), g.parameter("w", 0.5), g.parameter("v", 3)
    g.node("y", v * gd.tanh(w * x + 1) + 1)
    run = g.forward()
    network = read(g)
    numbers = Numbers(network, g, run)
    assert numbers.net(1) == 2
    assert numbers.unit(1) == pytest.approx(np.tanh(2))
    assert numbers.unit(2) == run.value["y"]


def test_weights_are_known_without_a_run_and_values_are_not():
    g = gd.load("examples/two-layer-network.toml")
    network = read(g)
    numbers = Numbers(network, g, None)
    weights = [numbers.weight(w) for k in network.neurons for _, w in network.units[k].weights()]
    assert weights == [0.1, -0.2, 0.4, 0.3, 0.7, -0.5]
    assert numbers.unit(0) is None
    assert not numbers.has_gradients

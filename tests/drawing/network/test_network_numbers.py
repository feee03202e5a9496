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


def read_of(layers):
    """Return a network of such layers, and what is read of it; where it is refused, try another."""
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
    try:
        return g, read(g)
    except DrawingError as error:  # such as z·σ(z) whose z has no node
        assert 'style="graph"' in str(error)
        reject()  # which is counted: most are read


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(affine, maps, st.booleans(), st.booleans()), min_size=1, max_size=4))
def test_layers_of_any_form_are_read_truly(layers):
    g, network = read_of(layers)
    run = g.backward()
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


def check_deltas(g, run):
    """Check that ∂E/∂w is the sum of f δ a over samples and uses; return how many δ there are."""
    network = read(g)
    of_samples = [
        Numbers(network, g, run, sample) for sample in range(Numbers(network, g, run).samples)
    ]
    sums = {}
    for numbers in of_samples:
        for k in network.neurons:
            unit, delta = network.units[k], numbers.delta(k)
            assert delta is not None
            for weight in unit.added:
                sums.setdefault(weight, []).append(weight.factor * delta)
            for source, weight in unit.weights():
                sums.setdefault(weight, []).append(weight.factor * delta * numbers.unit(source))
    penalised = network.loss.parameters if network.loss else ()
    by_entry = {}
    for weight, terms in sums.items():
        by_entry.setdefault((weight.parameter, weight.entry), []).extend(terms)
    for (name, entry), terms in by_entry.items():
        if name is not None and name not in penalised:
            shape = g[name].shape
            P = np.asarray(run.gradient[name], float)
            P = P.reshape(-1, *shape).sum(axis=0)  # over samples, where each has its own
            assert sum(terms) == pytest.approx(P[entry], rel=1e-8, abs=1e-9)
    return len(network.neurons)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("view", ["layers", "neurons"])
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("sigmoid", "mse"), ("softmax", "cross_entropy"), ("identity", "mse"),
        ("softmax", "squared_error"), ("tanh", "squared_error"),
    ],
)  # fmt: skip
def test_every_gradient_is_made_of_deltas(batch, view, output, loss):
    rows = batch or 1
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(rows, 3)), np.eye(2)[[k % 2 for k in range(rows)]]
    x, y = (x, y) if batch else (x[0], y[0])
    g = gd.models.mlp(
        [3, 4, 2], "tanh", output, loss, batch=batch, view=view, seed=3, x=x, y=y
    )  # fmt: skip
    assert check_deltas(g, g.backward()) == 6


def test_deltas_of_neurons_without_nodes():
    g = gd.Graph()
    x, t = g.input("x", [0.5, -1.0]), g.input("t", 0.3)
    W, v = g.parameter("W", [[1, 2], [-1, 0.5]]), g.parameter("v", [0.4, -0.7])
    g.node("L", (gd.sigmoid(v @ gd.tanh(W @ x) + g.parameter("b", 0.1)) - t) ** 2)
    assert check_deltas(g, g.backward()) == 3


@pytest.mark.parametrize("mapped", [gd.softmax, gd.tanh, lambda z: z])
@pytest.mark.parametrize("has_net", [True, False])
def test_deltas_of_a_layer_whose_sums_have_no_node(mapped, has_net):
    g = gd.Graph()
    x, W = g.input("x", [0.5, -1.0]), g.parameter("W", [[1, 2], [-1, 0.5], [0.3, 0.2]])
    z = W @ x + g.parameter("b", [0.1, -0.2, 0.4])
    a = g.node("a", mapped(g.node("z", z) if has_net else z))
    g.node("L", gd.sum((a - g.input("t", [0.2, 0.7, -0.4])) ** 2))
    assert check_deltas(g, g.backward()) == 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(affine, maps, st.booleans(), st.booleans()), min_size=1, max_size=3))
def test_deltas_of_layers_of_any_form(layers):
    g, _ = read_of(layers)
    check_deltas(g, g.backward())


def test_samples_are_told_apart():
    g = gd.Graph()
    w, x, t = g.parameter("w", 2), g.input("x", shape=()), g.input("t", 1)
    g.node("L", (g.node("a", gd.relu(g.node("z", w * x))) - t) ** 2)
    run = g.backward(x=[3.0, -4.0, 0.5])
    network = read(g)
    found = [Numbers(network, g, run, sample) for sample in range(3)]
    assert [numbers.unit(0) for numbers in found] == [3, -4, 0.5]
    assert [numbers.delta(1) for numbers in found] == [10, 0, 0]
    assert [numbers.of_node("L") for numbers in found] == [25, 1, 0]
    assert [numbers.of_node("t") for numbers in found] == [1, 1, 1]
    with pytest.raises(DrawingError, match="sample is 3; give 0 to 2"):
        Numbers(network, g, run, 3)

"""A graph is read as a network by what its formulas are, however they are spread over nodes."""

import numpy as np
import pytest
from counting import at_most

import graphdiff as gd
from graphdiff.errors import DrawingError
from graphdiff.models.activations import THRESHOLDS
from graphdiff.recognition.network import read


def shape_of(network):
    """Return kind, size and activations of each column."""
    return [
        (column.kind, len(column), [activation.name for activation in column.activations])
        for column in network.columns
    ]


def weights_of(network, k):
    """Return the parameter entry of each edge into a unit, by the name of its source."""
    units = network.units
    return {
        (units[source].place.node, units[source].place.row): (weight.parameter, *weight.entry)
        for source, weight in units[k].weights()
    }


ONE_NEURON = [("input", 2, []), ("output", 1, ["sigmoid"])]


def scalars(g):
    x1, x2 = g.input("x_1", 1), g.input("x_2", 2)
    w1, w2, b = g.parameter("w_1", 3), g.parameter("w_2", 4), g.parameter("b", 5)
    return x1, x2, w1, w2, b


def in_one_node(g):
    x1, x2, w1, w2, b = scalars(g)
    g.node("a", gd.sigmoid(w1 * x1 + w2 * x2 + b))


def spread_out(g):
    x1, x2, w1, w2, b = scalars(g)
    p, q = g.node("p", w1 * x1), g.node("q", x2 * w2)
    s = g.node("s", p + q)
    g.node("a", gd.sigmoid(g.node("z", b + s)))


def sigmoid_spelled_out(g):
    x1, x2, w1, w2, b = scalars(g)
    z = g.node("z", w1 * x1 + w2 * x2 + b)
    e = g.node("e", gd.exp(g.node("m", -z)))
    g.node("a", 1 / g.node("d", 1 + e))


def sigmoid_in_a_line(g):
    x1, x2, w1, w2, b = scalars(g)
    z = g.node("z", w1 * x1 + w2 * x2 + b)
    g.node("a", 1 / (1 + gd.exp(-z)))


def with_a_loss_in_the_same_node(g):
    x1, x2, w1, w2, b = scalars(g)
    y = g.input("y", 1)
    g.node("L", (gd.sigmoid(w1 * x1 + w2 * x2 + b) - y) ** 2)


def vector(g):
    x, w, b = g.input("x", [1, 2]), g.parameter("w", [3, 4]), g.parameter("b", 5)
    g.node("a", gd.sigmoid(g.node("z", w @ x + b)))


def vector_the_other_way(g):
    x, w, b = g.input("x", [1, 2]), g.parameter("w", [3, 4]), g.parameter("b", 5)
    g.node("a", gd.sigmoid(g.node("z", gd.dot(x, w) + b)))


def sum_of_products(g):
    x, w, b = g.input("x", [1, 2]), g.parameter("w", [3, 4]), g.parameter("b", 5)
    g.node("a", gd.sigmoid(g.node("z", gd.sum(w * x) + b)))


def entries(g):
    x, w, b = g.input("x", [1, 2]), g.parameter("w", [3, 4]), g.parameter("b", 5)
    g.node("a", gd.sigmoid(g.node("z", w[0] * x[0] + w[1] * x[1] + b)))


def batch(g):
    X, w, b = g.input("X", [[1, 2], [3, 4], [5, 6]]), g.parameter("w", [3, 4]), g.parameter("b", 5)
    g.node("a", gd.sigmoid(g.node("z", X @ w + b)))


def batch_of_scalars(g):
    x1, x2 = g.input("x_1", [1, 2, 3]), g.input("x_2", [4, 5, 6])
    w1, w2, b = g.parameter("w_1", 3), g.parameter("w_2", 4), g.parameter("b", 5)
    g.node("a", gd.sigmoid(w1 * x1 + w2 * x2 + b))


@pytest.mark.parametrize(
    "build",
    [
        in_one_node, spread_out, sigmoid_spelled_out, sigmoid_in_a_line,
        with_a_loss_in_the_same_node, vector, vector_the_other_way, sum_of_products, entries,
        batch, batch_of_scalars,
    ],
)  # fmt: skip
def test_one_neuron_however_it_is_written(build):
    g = gd.Graph()
    build(g)
    network = read(g)
    assert shape_of(network) == ONE_NEURON
    (neuron,) = network.neurons
    weights = [(w.parameter, *w.entry) for _, w in network.units[neuron].weights()]
    assert weights in ([("w_1",), ("w_2",)], [("w", 0), ("w", 1)])
    (bias,) = network.units[neuron].added
    assert bias.parameter == "b"
    assert network.shared == ()


LAYER = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize(
    ("x", "W", "weighed", "entry"),
    [
        ([1, 2], LAYER, lambda x, W: W @ x, lambda j, k: (j, k)),
        ([1, 2], LAYER.T, lambda x, W: x @ W, lambda j, k: (k, j)),
        ([1, 2], LAYER.T, lambda x, W: W.T @ x, lambda j, k: (k, j)),
        ([[1, 2]] * 4, LAYER, lambda x, W: x @ W.T, lambda j, k: (j, k)),
        ([[1, 2]] * 4, LAYER.T, lambda x, W: x @ W, lambda j, k: (k, j)),
        ([[1] * 4, [2] * 4], LAYER, lambda x, W: W @ x, lambda j, k: (j, k)),
        ([1, 2], LAYER, lambda x, W: gd.einsum("jk,k->j", W, x), lambda j, k: (j, k)),
        ([[1, 2]] * 4, LAYER, lambda x, W: gd.einsum("mk,jk->mj", x, W), lambda j, k: (j, k)),
        ([[1, 2]] * 4, LAYER, lambda x, W: x @ gd.transpose(W), lambda j, k: (j, k)),
        ([1, 2], LAYER.ravel(), lambda x, W: W.reshape(3, 2) @ x, lambda j, k: (2 * j + k,)),
    ],
)
def test_layers_of_arrays(x, W, weighed, entry):
    g = gd.Graph()
    x, W = g.input("x", x), g.parameter("W", W)
    g.node("a", gd.tanh(g.node("z", weighed(x, W))))
    network = read(g)
    assert shape_of(network) == [("input", 2, []), ("output", 3, ["tanh"])]
    for j, neuron in enumerate(network.neurons):
        assert weights_of(network, neuron) == {("x", k): ("W", *entry(j, k)) for k in range(2)}


def test_the_weights_read_give_the_sums():
    g = gd.Graph()
    X, W, b = g.input("X", LAYER), g.parameter("W", LAYER.T @ LAYER), g.parameter("b", [7, 8])
    z = g.node("z", -(X @ W.T) * 2 + b / 4 - 1)
    g.node("a", gd.relu(z))
    network, run = read(g), g.forward()
    for j, k in enumerate(network.neurons):
        unit = network.units[k]
        found = sum(
            weight.factor * W.value[weight.entry] * X.value[0, network.units[source].place.row]
            for source, weight in unit.weights()
        )
        for bias in unit.added:
            held = 1 if bias.parameter is None else b.value[bias.entry]
            found += bias.factor * held
        assert found == run.value["z"][0, j]


def test_outer_layer_of_one_input():
    g = gd.Graph()
    x, w, b, v = g.input("x", 1), *(g.parameter(n, [1, 2, 3]) for n in "wbv")
    g.node("y", v @ gd.tanh(w * x + b))
    assert shape_of(read(g)) == [
        ("input", 1, []), ("hidden", 3, ["tanh"]), ("output", 1, ["identity"]),
    ]  # fmt: skip


def test_a_formula_used_twice_is_one_neuron():
    g = gd.Graph()
    x, w = g.input("x", 1), g.parameter("w", 2)
    z = g.node("z", w * x)
    v1, v2 = g.parameter("v_1", 1), g.parameter("v_2", 1)
    g.node("p", gd.sigmoid(v1 * gd.tanh(z)))
    g.node("q", gd.sigmoid(v2 * gd.tanh(z)))
    assert shape_of(read(g)) == [
        ("input", 1, []), ("hidden", 1, ["tanh"]), ("output", 2, ["sigmoid"]),
    ]  # fmt: skip


@pytest.mark.parametrize("view", ["layers", "neurons"])
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("identity", "mse"), ("identity", "huber"), ("sigmoid", "binary_cross_entropy"),
        ("sigmoid", "binary_cross_entropy_with_logits"), ("softmax", "cross_entropy"),
        ("softmax", "cross_entropy_with_logits"), ("tanh", "hinge"), ("identity", None),
    ],
)  # fmt: skip
def test_models(view, batch, output, loss):
    rate = 0.1 if loss else 0
    net = gd.models.mlp(
        [3, 4, 2], output=output, loss=loss, view=view, batch=batch, l2=rate, l1=rate
    )
    network = read(net)
    assert shape_of(network) == [
        ("input", 3, []), ("hidden", 4, ["tanh"]), ("output", 2, [output]),
    ]  # fmt: skip
    assert network.shared == ()
    assert (network.loss is None) == (loss is None)


def test_both_views_are_one_network():
    net = gd.models.mlp([3, 4, 2])
    one, other = read(net.layers()), read(net.neurons())
    for k, j in zip(one.neurons, other.neurons, strict=True):
        found = [
            [(s, *(w.entry or tuple(int(n) - 1 for n in w.parameter.split("__")[0].split("_")[1:])))
             for s, w in network.units[unit].weights()]
            for network, unit in ((one, k), (other, j))
        ]  # fmt: skip
        assert found[0] == found[1]


def test_xor_skips_a_layer():
    network = read(gd.load("examples/xor.toml"))
    assert shape_of(network) == [
        ("input", 2, []), ("hidden", 2, ["step"]), ("hidden", 1, ["step"]), ("output", 1, ["step"]),
    ]  # fmt: skip
    last = network.units[network.outputs[0]]
    assert sorted(network.units[source].rank for source, _ in last.weights()) == [1, 2]


def fixed_and(g):
    x, y = g.input("x"), g.input("y")
    g.node("o", gd.step(x + y - 2))


def fixed_not(g):
    g.node("o", gd.step(0.25 - g.input("x")))


def fixed_xor(g):
    x, y = g.input("x"), g.input("y")
    some = g.node("some", gd.step(x + y - 1))
    both = g.node("both", gd.step(x + y - 2))
    g.node("o", gd.step(some - both - 0.5))


def fixed_layers_of_sums(g):
    x, y = g.input("x"), g.input("y")
    z = g.node("z", -2 * x + y / 2 + 1)
    g.node("o", gd.sigmoid(z))


@pytest.mark.parametrize(
    ("build", "shape", "weights", "biases"),
    [
        (fixed_and, [2, 1], [[1, 1]], [-2]),
        (fixed_not, [1, 1], [[-1]], [0.25]),
        (fixed_xor, [2, 2, 1], [[1, 1], [1, 1], [1, -1]], [-1, -2, -0.5]),
        (fixed_layers_of_sums, [2, 1], [[-2, 0.5]], [1]),
    ],
)
def test_gates_whose_weights_are_all_numbers(build, shape, weights, biases):
    g = gd.Graph()
    build(g)
    network = read(g)
    assert [len(column) for column in network.columns] == shape
    neurons = [network.units[k] for k in network.neurons]
    assert [[w.factor for _, w in unit.weights()] for unit in neurons] == weights
    assert [unit.added[0].factor for unit in neurons] == biases
    assert all(weight.is_fixed for unit in neurons for _, weight in unit.weights())


def test_arithmetic_on_inputs_is_no_layer_where_parameters_make_neurons():
    g = gd.Graph()
    x, w = g.input("x"), g.parameter("w")
    g.node("a", gd.tanh(w * (x / 255 - 0.5)))
    network = read(g)
    assert [len(column) for column in network.columns] == [1, 1]
    assert network.loss is None


@pytest.mark.parametrize("named", [False, True])
def test_inputs_stacked_keep_their_names(named):
    g = gd.Graph()
    xs = [g.input(name) for name in ("left", "right")]
    together = g.node("s", gd.stack(xs)) if named else gd.stack(xs)
    g.node("a", gd.tanh(g.parameter("W", shape=(3, 2)) @ together))
    network = read(g)
    assert [network.units[k].place.node for k in network.inputs] == ["left", "right"]
    assert [len(column) for column in network.columns] == [2, 3]


def test_an_activation_of_a_formula_written_twice_is_one_neuron():
    g = gd.Graph()
    x, w, b = g.input("x"), g.parameter("w"), g.parameter("b")
    g.node("a", (w * x + b) * gd.sigmoid(w * x + b))
    network = read(g)
    assert [len(column) for column in network.columns] == [1, 1]
    assert network.columns[-1].activations[0].name == "swish"


def test_a_neuron_may_have_numbers_as_weights():
    g = gd.Graph()
    x, w = g.input("x", 1), g.parameter("w", 1)
    o = g.node("o", gd.step(w * x))
    g.node("n", gd.step(0.25 - o + 2 * x))
    network = read(g)
    last = network.units[network.outputs[0]]
    assert [weight.factor for _, weight in last.weights()] == [-1, 2]
    assert [bias.factor for bias in last.added] == [0.25]


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        (lambda z: gd.step(z), "1 if net ≥ 0, else 0"),
        (lambda z: z > 0, "1 if net > 0, else 0"),
        (lambda z: gd.where(z > 0, 1, -1), "1 if net > 0, else −1"),
        (lambda z: 2 * gd.step(z) - 1, "1 if net ≥ 0, else −1"),
        (lambda z: gd.sign(z), "sign"),
        (lambda z: gd.max(z, 0), "relu"),
        (lambda z: z * gd.sigmoid(z), "swish"),
        (lambda z: (gd.exp(z) - gd.exp(-z)) / (gd.exp(z) + gd.exp(-z)), "tanh"),
        (lambda z: gd.leaky_relu(z, 0.2), "leaky_relu"),
    ],
)
def test_activations_are_recognised(activation, said):
    g = gd.Graph()
    x, w = g.input("x", 1), g.parameter("w", 2)
    g.node("a", activation(g.node("z", w * x)))
    (neuron,) = (read(g).units[k] for k in read(g).neurons)
    shown = neuron.activation.described
    assert shown == said or (said == "sign" and shown.endswith("by the sign of net"))


@pytest.mark.parametrize("activation", gd.models.ACTIVATIONS)
def test_every_activation_of_the_models(activation):
    for loss in (None, "mse"):
        net = gd.models.mlp([2, 3, 1], activation=activation, output=activation, loss=loss)
        found = shape_of(read(net))
        name = "step" if activation in THRESHOLDS else activation
        assert [column[2] for column in found] == [[], [name], [name]]


def test_a_loss_is_no_activation():
    for loss in (lambda e: abs(e), lambda e: e**2, lambda e: gd.sqrt(e * e), lambda e: gd.cosh(e)):
        g = gd.Graph()
        yhat = g.node("yhat", g.parameter("w", 2) * g.input("x", 1) + g.parameter("b", 1))
        g.node("L", loss(yhat - g.input("y", 1)))
        network = read(g)
        assert shape_of(network) == [("input", 1, []), ("output", 1, ["identity"])]
        assert network.loss.targets == ("y",)


def test_an_activation_of_ones_own():
    g = gd.Graph()
    x, w, v = g.input("x", 1), g.parameter("w", 2), g.parameter("v", 2)
    g.node("y", v * gd.cos(w * x))
    assert shape_of(read(g))[1] == ("hidden", 1, ["cos"])


def test_residual_layer():
    g = gd.Graph()
    x, W, V = g.input("x", [1, 2]), g.parameter("W", np.eye(2)), g.parameter("V", np.eye(2))
    a = g.node("a", gd.relu(W @ x))
    g.node("c", gd.relu(V @ a + x))
    network = read(g)
    assert shape_of(network)[-1] == ("output", 2, ["relu"])
    last = network.units[network.outputs[1]]
    skipping = [(network.units[s].place, w) for s, w in last.weights() if w.is_fixed]
    assert [(place.node, place.row, w.factor) for place, w in skipping] == [("x", 1, 1.0)]


def test_features_of_inputs_are_inputs():
    g = gd.Graph()
    x, w = g.input("x", 2), [g.parameter(f"w_{k}", 1) for k in range(3)]
    g.node("y", w[0] + w[1] * x + w[2] * x**2)
    assert shape_of(read(g)) == [("input", 2, []), ("output", 1, ["identity"])]


def test_a_softmax_of_scalars():
    g = gd.Graph()
    x = g.input("x", 2)
    z = [g.node(f"z_{k}", g.parameter(f"w_{k}", 1) * x) for k in range(3)]
    e = [g.node(f"e_{k}", gd.exp(part)) for k, part in enumerate(z)]
    s = g.node("s", e[0] + e[1] + e[2])
    p = [g.node(f"p_{k}", part / s) for k, part in enumerate(e)]
    g.node("L", -gd.log(p[1]))
    network = read(g)
    assert shape_of(network) == [("input", 1, []), ("output", 3, ["softmax"])]


def test_the_loss_knows_its_nodes_and_targets():
    network = read(gd.load("examples/two-layer-network.toml"))
    assert network.loss.nodes == ("e", "L")
    assert network.loss.targets == ("y",)
    net = gd.models.mlp([2, 1], l2=0.1)
    assert "W__1" in read(net).loss.parameters


def test_shared_weights_are_said_to_be():
    g = gd.Graph()
    x, y, w = g.input("x", 1), g.input("y", 1), g.parameter("w", 2)
    a, b = g.node("a", gd.tanh(w * x)), g.node("b", gd.tanh(w * y))
    g.node("c", g.parameter("u", 1) * a + g.parameter("v", 1) * b)
    assert read(g).shared == ("w",)
    g = gd.Graph()
    x, W = g.input("x", [1, 2]), g.parameter("W", np.eye(2))
    g.node("c", gd.tanh(W.T @ gd.tanh(W @ x)))
    assert read(g).shared == ("W",)


def colah():
    return gd.load("examples/colah.toml")


def empty():
    return gd.Graph()


def convolution():
    g = gd.Graph()
    g.node("u", gd.conv1d(g.input("x", np.ones((1, 5))), g.parameter("K", np.ones((1, 1, 2)))))
    return g


def product_of_parameters():
    g = gd.Graph()
    g.node("u", g.parameter("p", 1) * g.parameter("q", 2))
    return g


def convolution_and_layer():
    g = gd.Graph()
    x, K = g.input("x", np.ones((1, 5))), g.parameter("K", np.ones((1, 1, 2)))
    c = g.node("c", gd.relu(gd.conv1d(x, K)))
    g.node("u", gd.relu(g.parameter("w", np.ones(4)) @ c.reshape(4)))
    return g


def two_axes():
    g = gd.Graph()
    x, W = g.input("x", np.eye(2)), g.parameter("W", np.eye(2))
    g.node("u", gd.tanh(W @ gd.tanh(W @ x)) + 0 * gd.tanh(x @ W))
    g.node("v", gd.tanh(x @ W))
    return g


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (colah, "no parameters"),
        (empty, "no nodes"),
        (convolution, "node 'u'"),
        (product_of_parameters, "node 'u' = p\\*q"),
        (convolution_and_layer, "node 'c'"),
        (two_axes, "two axes"),
    ],
)
def test_what_is_no_network_is_refused_in_one_line(build, said):
    with pytest.raises(DrawingError, match=said) as refused:
        read(build())
    assert "\n" not in str(refused.value)


def test_fan_out_is_read_honestly():
    network = read(gd.load("examples/fan-out.toml"))
    assert shape_of(network) == [("input", 1, []), ("output", 1, ["identity"])]
    assert network.loss.nodes == ("b", "c", "m", "L")


@pytest.mark.slow
def test_a_hundred_thousand_weights_are_read_in_seconds():
    net = gd.models.mlp([784, 128, 10], view="neurons", output="softmax", loss="cross_entropy")
    with at_most(calls=2e7):
        network = read(net)
    assert [len(column) for column in network.columns] == [784, 128, 10]


def test_a_thousand_layers_are_read():
    g = gd.Graph()
    a = g.input("x", 1)
    for k in range(1, 1001):
        a = g.node(f"a_{k}", gd.tanh(g.parameter(f"w_{k}", 1) * a))
    assert len(read(g).columns) == 1001


# What is learned after the outputs


def gated():
    graph = gd.Graph("gated")
    x, b = graph.input("x", 1), graph.parameter("b", 2)
    i = graph.node("i", gd.sigmoid(graph.parameter("w1", 1) * x))
    c = graph.node("c", gd.tanh(graph.parameter("w2", 1) * x))
    graph.node("y", b * graph.node("h", i * c))
    return graph


def penalised():
    graph = gd.Graph("penalised")
    x, v = graph.input("x", 1), graph.parameter("v", 1)
    graph.node("L", (graph.parameter("w", 1) * x - 1) ** 2 + gd.exp(v))
    return graph


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (gated, r"the parameter 'b' in node 'y' = b\*h is no weight or bias of a neuron"),
        (penalised, "the parameter 'v' in node 'L' = .* is no weight or bias of a neuron"),
    ],
)
def test_a_parameter_after_the_outputs_is_no_part_of_a_loss(make, said):
    with pytest.raises(DrawingError, match=said + '; draw it with style="graph"') as caught:
        make().draw(style="network")
    assert "\n" not in str(caught.value)


def test_a_penalty_on_the_weights_is():
    net = gd.models.mlp([2, 2, 1], l2=0.1, l1=0.1)
    assert "J" in net.draw(style="network").alt
    assert "J" in net.neurons().draw(style="network").alt


@pytest.mark.parametrize(
    ("loss", "output"),
    [("cross_entropy_with_logits", "softmax"), ("binary_cross_entropy_with_logits", "sigmoid")],
)
def test_an_activation_within_the_loss_is_told(loss, output):
    graph = gd.Graph()
    z = graph.node("z", graph.parameter("W", [[1, 2], [3, 4]]) @ graph.input("x", [1, 1]))
    graph.node("L", getattr(gd, loss)(z, [1, 0]))
    assert read(graph).loss.activation == output
    assert f"{output} in the loss" in graph.draw(style="network").dot

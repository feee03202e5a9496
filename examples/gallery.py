"""Make the pictures of the gallery: python examples/gallery.py FOLDER."""

import sys
from pathlib import Path

import numpy as np

import graphdiff as gd
from graphdiff.workbench import load_with_claims

HERE = Path(__file__).parent
QUIET = ["name", "formula", "value", "clusters"]


def regression():
    """Yield the lecture's linear regression: graph, paths, wrong claims, both sweeps."""
    graph, claims = load_with_claims(HERE / "linear-regression.toml")
    run = graph.backward()
    yield "linear-regression", graph.draw(run, show="all")
    yield "linear-regression-wrong", graph.draw(run, check=graph.check(claims))
    yield "linear-regression-sweeps", graph.frames(run)
    yield "linear-regression-neuron", graph.draw(run, style="network")


def neurons():
    """Yield a sigmoid neuron as a graph and as a perceptron."""
    neuron = gd.models.perceptron(2, "sigmoid", [2, -3], -3, x=[-1, -2], title="Sigmoid neuron")
    run = neuron.backward()
    yield "sigmoid-neuron-graph", neuron.draw(run)
    yield "sigmoid-neuron", neuron.draw(run, style="network")


def circuits():
    """Yield the circuits of the notes of CS231n: gates, values above wires, gradients below."""
    first = gd.Graph("f = (x + y) z")
    x, y, z = first.input("x", -2), first.input("y", 5), first.input("z", -4)
    first.node("f", first.node("q", x + y) * z)
    yield "circuit", first.draw(first.backward(), style="circuit")
    yield "circuit-sweeps", first.frames(first.backward(), style="circuit")
    neuron = gd.Graph("A sigmoid neuron, operation by operation")
    w_0, x_0 = neuron.parameter("w_0", 2), neuron.input("x_0", -1)
    w_1, x_1 = neuron.parameter("w_1", -3), neuron.input("x_1", -2)
    w_2 = neuron.parameter("w_2", -3)
    neuron.node("f", 1 / (1 + gd.exp(-(w_0 * x_0 + w_1 * x_1 + w_2))))
    yield "circuit-sigmoid", neuron.draw(neuron.backward(), style="circuit", digits=2)
    routed = gd.Graph("Add distributes, max routes, multiply swaps")
    x, y = routed.input("x", 3), routed.input("y", -4)
    z, w = routed.input("z", 2), routed.input("w", -1)
    routed.node("f", 2 * (x * y + gd.max(z, w)))
    yield "circuit-max", routed.draw(routed.backward(), style="circuit")
    staged = gd.Graph("Where a wire branches, gradients add up")
    x, y = staged.input("x", 3), staged.input("y", -4)
    staged.node("f", (x + gd.sigmoid(y)) / (gd.sigmoid(x) + (x + y) ** 2))
    yield "circuit-branches", staged.draw(staged.backward(), style="circuit", digits=3)


def gates():
    """Yield the gates as perceptrons, and XOR as a graph of them."""
    inputs = {"not": [1], "and": [1, 1], "or": [1, 0], "nand": [1, 1], "nor": [0, 0]}
    for name, values in inputs.items():
        gate = gd.models.gate(name)
        run = gate.forward(dict(zip(gate.inputs, values, strict=True)))
        yield f"gate-{name}", gate.draw(run, style="network")
    xor = gd.models.gate("xor")
    run = xor.forward(x=1, y=0)
    yield "gate-xor", xor.draw(run, style="network")
    yield "gate-xor-graph", xor.draw(run, show=QUIET)


def networks():
    """Yield the multilayer perceptron 4-6-6-1 in both figures, and as one of layers."""
    net = gd.models.mlp([4, 6, 6, 1], seed=1, x=[1, 0.5, -1, 2], y=0.5)
    run = net.backward()
    yield "mlp-network", net.draw(run, style="network")
    yield "mlp-network-gradient", net.draw(run, style="network", edges="gradient")
    yield "mlp-graph", net.draw(run, show=[*QUIET, "P"])
    yield "mlp-layers", net.draw(run, collapse="all")
    neurons = net.neurons()
    yield "mlp-neurons", neurons.draw(neurons.backward(), collapse="alike")


def by_hand():
    """Yield the 2-2-2 network that Matt Mazur computes step by step, with one step of descent."""
    net = gd.Graph("A 2-2-2 network, and one step of gradient descent")
    i_1, i_2 = net.input("i_1", 0.05), net.input("i_2", 0.10)
    values = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
    w = [net.parameter(f"w_{k}", value) for k, value in enumerate(values, start=1)]
    b_1, b_2 = net.parameter("b_1", 0.35), net.parameter("b_2", 0.60)
    h_1 = net.node("h_1", gd.sigmoid(w[0] * i_1 + w[1] * i_2 + b_1))
    h_2 = net.node("h_2", gd.sigmoid(w[2] * i_1 + w[3] * i_2 + b_1))
    o_1 = net.node("o_1", gd.sigmoid(w[4] * h_1 + w[5] * h_2 + b_2))
    o_2 = net.node("o_2", gd.sigmoid(w[6] * h_1 + w[7] * h_2 + b_2))
    t_1, t_2 = net.input("t_1", 0.01), net.input("t_2", 0.99)
    net.node("E", ((t_1 - o_1) ** 2 + (t_2 - o_2) ** 2) / 2)
    run = net.backward()
    yield "two-two-two", net.draw(run, style="network", edges="both", rate=0.5)
    yield "two-two-two-steps", net.draw(run, style="network").frames()


def plots():
    """Yield what perceptrons decide, the loss over two parameters, and activations."""
    yield "plot-and", gd.models.gate("and").plot_decision()
    yield "plot-xor", gd.models.gate("xor").plot_decision()
    regression = gd.load(HERE / "linear-regression.toml")
    valley = gd.Graph("A narrow valley")
    x, y = valley.parameter("x", -1.2), valley.parameter("y", 1.0)
    valley.node("f", (1 - x) ** 2 + 5 * (y - x**2) ** 2)
    yield "plot-regression", regression.plot_loss("w", "b", rate=0.2)
    yield "plot-valley", valley.plot_loss(x, y, rate=0.02, steps=80, ranges=((-2, 2), (-1, 3)))
    yield "plot-activation", gd.plot_activation("sigmoid")


def layers():
    """Yield softmax regression, and what a layer gives back as formulas of matrices."""
    softmax = gd.load(HERE / "softmax-regression.toml")
    yield "softmax-regression", softmax.draw(softmax.backward())
    layer = gd.Graph("A layer of m examples, and its backward pass")
    X, Y = layer.input("X", shape=("m", "n")), layer.input("Y", shape=("m", "k"))
    W, b = layer.parameter("W", shape=("k", "n")), layer.parameter("b", shape=("k",))
    Z = layer.node("Z", X @ W.T + b)
    A = layer.node("A", gd.tanh(Z))
    L = layer.node("L", gd.squared_error(A, Y))
    yield "layer-backward", layer.gradient_graph(L, [W, b]).draw(show=["name", "formula"])


def numbers(*shape):
    """Return values of a parameter."""
    return np.random.default_rng(len(shape)).normal(0, 0.3, shape)


def convolutions():
    """Yield LeNet-5's form, with ReLU, as blocks with volumes."""
    net = gd.Graph("A convolutional network")
    x, y = net.input("x", numbers(1, 28, 28)), net.input("y", np.eye(10)[3])
    K_1, b_1 = net.parameter("K_1", numbers(6, 1, 5, 5)), net.parameter("b_1", np.zeros((6, 1, 1)))
    K_2, b_2 = (
        net.parameter("K_2", numbers(16, 6, 5, 5)),
        net.parameter("b_2", np.zeros((16, 1, 1))),
    )
    a = gd.max_pool2d(gd.relu(gd.conv2d(x, K_1, padding=2) + b_1), 2)
    a = gd.max_pool2d(gd.relu(gd.conv2d(net.node("A_1", a), K_2) + b_2), 2)
    W, b = net.parameter("W", numbers(10, 400)), net.parameter("b", np.zeros(10))
    net.node("L", gd.cross_entropy_with_logits(W @ net.node("A_2", a).reshape(400) + b, y))
    yield "architecture-convolutions", net.draw(style="architecture")


def blocks():
    """Yield a multilayer perceptron, a residual block, a transformer block and an autoencoder."""
    wide = gd.Graph("A perceptron of layers 784-128-64-10")
    a, sizes = wide.input("X", shape=("m", 784)), (784, 128, 64, 10)
    for k in range(1, 4):
        W = wide.parameter(f"W_{k}", shape=(sizes[k], sizes[k - 1]))
        z = wide.node(f"Z_{k}", a @ W.T + wide.parameter(f"b_{k}", shape=(sizes[k],)))
        a = wide.node(f"A_{k}", gd.relu(z)) if k < 3 else z
    wide.node("L", gd.cross_entropy_with_logits(a, wide.input("Y", shape=("m", 10))))
    yield "architecture-perceptron", wide.draw(style="architecture")

    block = gd.Graph("A residual block")
    X = block.input("X", shape=("m", 64))
    W_1, W_2 = (block.parameter(f"W_{k}", shape=(64, 64)) for k in (1, 2))
    b_1, b_2 = (block.parameter(f"b_{k}", shape=(64,)) for k in (1, 2))
    H = block.node("H", gd.relu(X @ W_1.T + b_1))
    block.node("Y", gd.relu(H @ W_2.T + b_2 + X))
    yield "architecture-residual", block.draw(style="architecture")

    former = gd.Graph("A transformer block")
    X = former.input("X", shape=("n", 64))
    W = {k: former.parameter(f"W_{k}", shape=(64, 64)) for k in "QKVO"}
    Q, K, V = (former.node(k, X @ W[k]) for k in "QKV")
    A = former.node("A", gd.softmax(Q @ K.T / 8))
    R = former.node("R", X + former.node("H", A @ V) @ W["O"])
    N = former.node("N", gd.layer_norm(R, *_norm(former, 1)))
    W_1, b_1 = former.parameter("W_1", shape=(64, 256)), former.parameter("b_1", shape=(256,))
    W_2, b_2 = former.parameter("W_2", shape=(256, 64)), former.parameter("b_2", shape=(64,))
    F = former.node("F", gd.relu(N @ W_1 + b_1) @ W_2 + b_2)
    former.node("Y", gd.layer_norm(N + F, *_norm(former, 2)))
    yield "architecture-transformer", former.draw(style="architecture")

    auto = gd.Graph("A variational autoencoder")

    def dense(of, size, name):
        W = auto.parameter(f"W_{name}", shape=(size, *of.shape))
        return W @ of + auto.parameter(f"b_{name}", shape=(size,))

    x = auto.input("x", shape=(784,))
    h = auto.node("h", gd.tanh(dense(x, 128, "h")))
    mu, s = auto.node("mu", dense(h, 8, "mu")), auto.node("s", dense(h, 8, "s"))
    z = auto.node("z", mu + gd.exp(s / 2) * auto.input("epsilon", shape=(8,)))
    k = auto.node("k", gd.tanh(dense(z, 128, "k")))
    R = auto.node("R", gd.binary_cross_entropy(gd.sigmoid(dense(k, 784, "y")), x))
    auto.node("L", R + auto.node("D", -gd.sum(1 + s - mu**2 - gd.exp(s)) / 2))
    yield "architecture-autoencoder", auto.draw(style="architecture")


def _norm(graph, k):
    return (graph.parameter(f"{name}_{k}", shape=(64,)) for name in ("gamma", "beta"))


def cells():
    """Yield an LSTM cell, three steps of one, and a GRU cell."""
    for steps in (1, 3):
        lstm = gd.Graph("An LSTM cell" if steps == 1 else "Three steps of an LSTM")
        gate = {s: _affine(lstm, s) for s in "fiog"}
        h, c = lstm.input("h_0", shape=(32,)), lstm.input("c_0", shape=(32,))
        for t in range(1, steps + 1):
            x = lstm.input(f"x_{t}", shape=(16,))
            f, i, o = (gd.sigmoid(gate[s](x, h)) for s in "fio")
            g = gd.tanh(gate["g"](x, h))
            if steps == 1:
                f, i, o, g = (
                    lstm.node(s, one) for s, one in zip("fiog", (f, i, o, g), strict=True)
                )
            c = lstm.node(f"c_{t}", f * c + i * g)
            h = lstm.node(f"h_{t}", o * gd.tanh(c))
        yield f"architecture-lstm{'-steps' * (steps > 1)}", lstm.draw(style="architecture")
    gru = gd.Graph("A GRU cell")
    x, h = gru.input("x_1", shape=(16,)), gru.input("h_0", shape=(32,))
    r, z = (gru.node(s, gd.sigmoid(_affine(gru, s)(x, h))) for s in "rz")
    n = gru.node("n", gd.tanh(_affine(gru, "n")(x, r * h)))
    gru.node("h_1", (1 - z) * h + z * n)
    yield "architecture-gru", gru.draw(style="architecture")


def _affine(graph, name):
    W, U = (
        graph.parameter(f"W_{name}", shape=(32, 16)),
        graph.parameter(f"U_{name}", shape=(32, 32)),
    )
    b = graph.parameter(f"b_{name}", shape=(32,))
    return lambda x, h: W @ x + U @ h + b


def paths():
    """Yield a sum over paths."""
    fan_out = gd.load(HERE / "fan-out.toml")
    yield "paths", fan_out.draw(fan_out.backward(), paths="x")
    factors = gd.Graph("Nine paths, two factors")
    x = factors.input("X", 2)
    first = gd.function("first", lambda a, b, c: a * b + 3 * c)
    second = gd.function("second", lambda a, b, c: a + 2 * b * c)
    y = factors.node("Y", first(x, x, x))
    factors.node("Z", second(y, y, y))
    yield "paths-factored", factors.draw(factors.backward(), paths="X")


def pictures():
    """Yield the name and the picture of each."""
    neural = regression, neurons, circuits, gates, networks, by_hand, plots
    for part in (*neural, convolutions, blocks, cells, layers, paths):
        yield from part()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, picture in pictures():
        print(picture.save(folder / f"{name}.svg"))

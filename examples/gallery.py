"""Make the pictures of the gallery: python examples/gallery.py FOLDER.

The larger graphs are made in ``textbook/``, and drawn in the width of a page's text.
"""

import sys
from pathlib import Path

import numpy as np
from textbook import architectures, descents, normalised, of_tensors, recurrent, scalars

import graphdiff as gd
from graphdiff.workbench import load_with_claims

HERE = Path(__file__).parent
QUIET = ["name", "formula", "value", "clusters"]
PAGE = "160mm"


def on_page(graph, **choices):
    """Return the picture of the sweeps of a graph, as wide as a page's text."""
    return graph.draw(graph.backward(), width=PAGE, **choices)


def regression():
    """Yield the lecture's linear regression: graph, paths, wrong claims, both sweeps."""
    graph, claims = load_with_claims(HERE / "linear-regression.toml")
    run = graph.backward()
    yield "linear-regression", graph.draw(run, show="all")
    yield "linear-regression-wrong", graph.draw(run, check=graph.check(claims))
    yield "linear-regression-sweeps", graph.frames(run)
    yield "linear-regression-neuron", graph.draw(run, style="network")


def neurons():
    """Yield a sigmoid neuron as a graph and as a perceptron, and the neuron of micrograd."""
    neuron = gd.models.perceptron(2, "sigmoid", [2, -3], -3, x=[-1, -2], title="Sigmoid neuron")
    run = neuron.backward()
    yield "sigmoid-neuron-graph", neuron.draw(run)
    yield "sigmoid-neuron", neuron.draw(run, style="network")
    yield "micrograd", on_page(scalars.micrograd_neuron(), show=[*QUIET, "P", "data"])


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


def recurrences():
    """Yield recurrent networks: of three steps, of thirty, folded, and two cells."""
    yield "rnn-3", on_page(recurrent.rnn(3))
    yield "rnn-30", on_page(recurrent.rnn(30), collapse="chains")
    yield "lstm", on_page(recurrent.lstm())
    yield "gru", on_page(recurrent.gru())


def norms():
    """Yield layers that are normalised."""
    yield "layer-norm", on_page(normalised.layer_norm())
    yield "batch-norm", on_page(normalised.batch_norm())


def tensors():
    """Yield networks of tensors."""
    yield "attention", on_page(of_tensors.attention())
    yield "conv-net", on_page(of_tensors.conv_net())
    yield "residual-blocks", on_page(of_tensors.residual_block())
    yield "matrix-factorisation", on_page(of_tensors.matrix_factorisation())
    yield "autoencoder", on_page(of_tensors.vae())
    yield "siamese", on_page(of_tensors.siamese())


def large():
    """Yield networks of many neurons and of many layers, and graphs of many nodes."""
    digits = gd.models.mlp([784, 128, 64, 10], seed=1, x=np.linspace(0, 1, 784), y=np.eye(10)[3])
    run = digits.backward()
    yield "mlp-digits", digits.draw(run, width=PAGE)
    yield "mlp-digits-network", digits.draw(run, style="network", width=PAGE, direction="TB")
    deep = gd.models.mlp([3, 4, 4, 4, 4, 2], seed=1, x=[1, 0.5, -1], y=[1, 0])
    run = deep.backward()
    yield "mlp-five-layers", deep.draw(run, style="network", width=PAGE, direction="TB")
    deeper = gd.models.mlp([3] * 13, seed=1, x=[1, 0.5, -1], y=[1, 0, 0])
    yield "mlp-twelve-layers", on_page(deeper)
    yield "random-40", on_page(scalars.tangled(40))
    yield "random-150", on_page(scalars.tangled(150))


def paths():
    """Yield sums over paths, and the graph of C. Olah with both kinds of derivatives."""
    colah = gd.load(HERE / "colah.toml")
    yield "colah", colah.draw(colah.backward(), show="all")
    yield "colah-paths", colah.draw(colah.backward(), paths="b")
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
    for part in PARTS:
        yield from part()


PARTS = (
    regression, neurons, circuits, gates, networks, by_hand, plots,
    descents.races, descents.xor, descents.layers, layers,
    architectures.convolutions, architectures.blocks, architectures.cells,
    recurrences, norms, tensors, large, paths,
)  # fmt: skip


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, picture in pictures():
        print(picture.save(folder / f"{name}.svg"))

"""Make the pictures of the gallery: python examples/gallery.py FOLDER."""

import sys
from pathlib import Path

import graphdiff as gd
from graphdiff.workbench import load_with_claims

HERE = Path(__file__).parent
QUIET = ["name", "formula", "value", "clusters"]


def regression():
    """Yield the lecture's linear regression: graph, paths, wrong claims, both sweeps."""
    graph, claims = load_with_claims(HERE / "linear-regression.toml")
    run = graph.backward()
    yield "linear-regression", graph.draw(run)
    yield "linear-regression-wrong", graph.draw(run, check=graph.check(claims))
    yield "linear-regression-sweeps", graph.frames(run)
    yield "linear-regression-neuron", graph.draw(run, style="network")


def neurons():
    """Yield a sigmoid neuron as a graph and as a perceptron."""
    neuron = gd.models.perceptron(2, "sigmoid", [2, -3], -3, x=[-1, -2], title="Sigmoid neuron")
    run = neuron.backward()
    yield "sigmoid-neuron-graph", neuron.draw(run)
    yield "sigmoid-neuron", neuron.draw(run, style="network")


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


def paths():
    """Yield a sum over paths."""
    fan_out = gd.load(HERE / "fan-out.toml")
    yield "paths", fan_out.draw(fan_out.backward(), paths="x")


def pictures():
    """Yield the name and the picture of each."""
    for part in (regression, neurons, gates, networks, layers, paths):
        yield from part()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, picture in pictures():
        print(picture.save(folder / f"{name}.svg"))

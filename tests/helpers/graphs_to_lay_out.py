"""Kinds of graphs that a layout is tried on: from two nodes to sixty, with frames and without."""

from __future__ import annotations

import math
import random

import numpy as np
from drawing_graphs import attention, call, network, neuron, regression, relu, square, tangled
from grouped_graphs import grouped_regression, layers, neurons, scattered

import graphdiff as gd
from graphdiff.language import tensors
from graphdiff.workbench import Graph


def unrolled(steps: int, *, framed: bool = True, tensor: bool = False) -> Graph:
    """Return a recurrent network, step by step, with the same weights in each."""
    graph = Graph(f"RNN, {steps} steps")
    if tensor:
        U, W = graph.parameter("U", [[0.5, -0.25]] * 3), graph.parameter("W", np.eye(3) / 2)
        h = graph.input("h_0", [0.0] * 3)
    else:
        U, W = graph.parameter("u", 0.5), graph.parameter("w", -0.75)
        h = graph.input("h_0", 0)
    b = graph.parameter("b", [0.1] * 3 if tensor else 0.1)
    cells = []
    for t in range(1, steps + 1):
        x = graph.input(f"x_{t}", [t / 4, -t / 8] if tensor else t / 4)
        z = graph.node(f"z_{t}", U @ x + W @ h + b if tensor else U * x + W * h + b)
        h = graph.node(f"h_{t}", call("tanh", z))
        cells.append([x, z, h])
    y = graph.input("y", [0.0] * 3 if tensor else 1)
    graph.node("L", tensors.mse(h, y) if tensor else (h - y) ** 2)
    if framed:
        for t, cell in enumerate(cells, 1):
            graph.group(f"step {t}", cell)
    return graph


def lstm(steps: int = 1, *, framed: bool = False) -> Graph:
    """Return an LSTM with scalar gates, whose weights are shared by all steps."""
    graph = Graph(f"LSTM, {steps} steps")
    pick = random.Random(1)
    gates = {
        gate: [graph.parameter(f"{name}_{gate}", pick.randint(-8, 8) / 8) for name in "wub"]
        for gate in "figo"
    }
    h, c = graph.input("h_0", 0.1), graph.input("c_0", 0.2)
    for t in range(1, steps + 1):
        before = len(graph)
        x = graph.input(f"x_{t}", 1 / t)
        made = {
            gate: graph.node(
                f"{gate}_{t}", call("tanh" if gate == "g" else "sigmoid", w * x + u * h + b)
            )
            for gate, (w, u, b) in gates.items()
        }
        c = graph.node(f"c_{t}", made["f"] * c + made["i"] * made["g"])
        h = graph.node(f"h_{t}", made["o"] * call("tanh", c))
        if framed:
            graph.group(f"step {t}", graph.nodes[before:])
    graph.node("L", h**2)
    return graph


def layer_norm(size: int = 3) -> Graph:
    graph = Graph("Layer norm")
    xs = [graph.input(f"x_{k}", k / 3) for k in range(1, size + 1)]
    g, b = graph.parameter("gamma", 1.5), graph.parameter("beta", 0.5)
    mean = graph.node("mu", sum(xs) / size)
    var = graph.node("v", sum((x - mean) ** 2 for x in xs) / size)
    s = graph.node("s", call("sqrt", var + 1e-3))
    ys = [graph.node(f"y_{k}", g * (x - mean) / s + b) for k, x in enumerate(xs, 1)]
    graph.node("L", sum(y**2 for y in ys))
    return graph


def softmax_regression() -> Graph:
    graph = Graph("Softmax regression")
    x, y = graph.input("x", [1, -0.5, 2]), graph.input("y", [0, 1])
    W, b = graph.parameter("W", [[1, 0.5, -1], [0, 2, 1]]), graph.parameter("b", [1, -5])
    z = graph.node("z", W @ x + b)
    graph.node("L", tensors.cross_entropy_with_logits(z, y))
    return graph


def deep(depth: int) -> Graph:
    """Return a chain of layers that share no weights, without frames."""
    graph = Graph(f"Deep, {depth}")
    a = graph.input("x", 0.5)
    for k in range(1, depth + 1):
        w, b = graph.parameter(f"w_{k}", 1 / k), graph.parameter(f"b_{k}", k / 8)
        a = graph.node(f"a_{k}", call("tanh", graph.node(f"z_{k}", w * a + b)))
    graph.node("L", (a - graph.input("y", 1)) ** 2)
    return graph


def residual(blocks: int) -> Graph:
    """Return blocks that are passed by, each in a frame."""
    graph = Graph(f"Residual, {blocks}")
    x = graph.input("x", 0.5)
    for k in range(1, blocks + 1):
        before = len(graph)
        w, b = graph.parameter(f"w_{k}", 1 / k), graph.parameter(f"b_{k}", k / 8)
        z = graph.node(f"z_{k}", w * x + b)
        f = graph.node(f"f_{k}", call("relu", z))
        x = graph.node(f"x_{k}", x + f)
        graph.group(f"block {k}", graph.nodes[before:])
    graph.node("L", x**2)
    return graph


def beside(rows: int) -> Graph:
    """Return towers of the same form, one beside the other, that meet in the end."""
    graph = Graph(f"Beside, {rows}")
    w, b = graph.parameter("w", 0.5), graph.parameter("b", -1)
    out = []
    for k in range(1, rows + 1):
        before = len(graph)
        x = graph.input(f"x_{k}", k / 4)
        z = graph.node(f"z_{k}", w * x + b)
        out.append(graph.node(f"a_{k}", call("sigmoid", z)))
        graph.group(f"sample {k}", graph.nodes[before:])
    graph.node("L", sum(a * math.pi for a in out))
    return graph


KINDS = {
    **{made.__name__: made for made in (regression, square, relu, neuron, attention, network)},
    **{made.__name__: made for made in (grouped_regression, layers, neurons, scattered)},
    **{f"unrolled {n}": lambda n=n: unrolled(n) for n in (3, 5, 8)},
    "unrolled tensors": lambda: unrolled(4, tensor=True),
    "unrolled, no frames": lambda: unrolled(4, framed=False),
    "lstm": lstm,
    "lstm, 2 steps": lambda: lstm(2, framed=True),
    "layer norm": layer_norm,
    "softmax regression": softmax_regression,
    "deep": lambda: deep(5),
    "residual": lambda: residual(3),
    "beside": lambda: beside(3),
    **{
        f"mlp {sizes}": lambda sizes=sizes: gd.models.mlp(sizes, seed=1)
        for sizes in ([3, 2], [4, 6, 6, 1], [2, 3, 3, 3, 1])
    },
    **{f"tangled {n}": lambda n=n: tangled(n, n) for n in (6, 12, 25)},
}

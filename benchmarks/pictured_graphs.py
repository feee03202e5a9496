"""Graphs that pictures are measured on: small and large, grouped and tangled."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

import graphdiff as gd

EXAMPLES = Path(__file__).parent.parent / "examples"


def rnn(steps: int) -> gd.Graph:
    """Return a recurrent network of single numbers, unrolled."""
    g = gd.Graph(f"RNN of {steps} steps")
    u, w, b = g.parameter("u", 0.5), g.parameter("w", -0.75), g.parameter("b", 0.1)
    h = g.input("h_0", 0)
    for t in range(1, steps + 1):
        x = g.input(f"x_{t}", t / 4)
        h = g.node(f"h_{t}", gd.tanh(g.node(f"z_{t}", u * x + w * h + b)))
    g.node("L", (h - g.input("y", 1)) ** 2)
    return g


def _gates(
    g: gd.Graph, names: str, x: gd.Node, h: gd.Node, value: float = 0.4
) -> dict[str, gd.Node]:
    found = {}
    for k in names:
        w, u, b = (g.parameter(f"{p}_{k}", v) for p, v in (("w", value), ("u", -0.3), ("b", 0.1)))
        found[k] = g.node(k, gd.sigmoid(g.node(f"z_{k}", w * x + u * h + b)))
    return found


def lstm() -> gd.Graph:
    """Return a cell of an LSTM with a squared error, in single numbers."""
    g = gd.Graph("LSTM cell")
    x, h0, c0 = g.input("x", 0.5), g.input("h_0", 0.1), g.input("c_0", 0.2)
    gate = _gates(g, "ifo", x, h0)
    w, u, b = g.parameter("w_g", 0.2), g.parameter("u_g", 0.6), g.parameter("b_g", 0)
    new = g.node("g", gd.tanh(g.node("z_g", w * x + u * h0 + b)))
    c = g.node("c", gate["f"] * c0 + gate["i"] * new)
    h = g.node("h", gate["o"] * gd.tanh(c))
    g.node("L", (h - g.input("y", 0.3)) ** 2 / 2)
    return g


def gru() -> gd.Graph:
    """Return a cell of a GRU with a squared error, in single numbers."""
    g = gd.Graph("GRU cell")
    x, h0 = g.input("x", 0.5), g.input("h_0", 0.1)
    gate = _gates(g, "rs", x, h0)
    w, u, b = g.parameter("w_n", 0.2), g.parameter("u_n", 0.6), g.parameter("b_n", 0)
    n = g.node("n", gd.tanh(w * x + gate["r"] * (u * h0 + b)))
    h = g.node("h", (1 - gate["s"]) * n + gate["s"] * h0)
    g.node("L", (h - g.input("y", 0.3)) ** 2 / 2)
    return g


def attention() -> gd.Graph:
    """Return attention of three rows to themselves."""
    pick = np.random.default_rng(1)
    g = gd.Graph("Attention")
    X = g.input("X", pick.normal(size=(3, 2)))
    Q, K, V = (
        g.node(name, X @ g.parameter(f"W_{name}", pick.normal(size=(2, 2)))) for name in "QKV"
    )
    A = g.node("A", gd.softmax(Q @ K.T / 2**0.5))
    g.node("L", gd.norm(g.node("O", A @ V)) ** 2)
    return g


def layer_norm(size: int = 3) -> gd.Graph:
    """Return the normalisation of a layer, number by number."""
    g = gd.Graph("Layer norm")
    xs = [g.input(f"x_{k}", k / 3) for k in range(1, size + 1)]
    gain, shift = g.parameter("gamma", 1.5), g.parameter("beta", 0.5)
    mean = g.node("mu", sum(xs) / size)
    variance = g.node("v", sum((x - mean) ** 2 for x in xs) / size)
    s = g.node("s", gd.sqrt(variance + 1e-3))
    ys = [g.node(f"y_{k}", gain * (x - mean) / s + shift) for k, x in enumerate(xs, 1)]
    g.node("L", sum(y**2 for y in ys))
    return g


def tangled(size: int, seed: int = 0) -> gd.Graph:
    """Return a graph of so many nodes, each with parents from anywhere near before it."""
    chance = random.Random(seed)
    g = gd.Graph(f"{size} random nodes")
    leaves = max(3, size // 5)
    nodes = [g.input(f"x_{k}", k / 4) for k in range(1, leaves // 2 + 1)]
    nodes += [g.parameter(f"w_{k}", 1 - k / 8) for k in range(1, leaves - leaves // 2 + 1)]
    for k in range(1, size - leaves):
        a, b, c = chance.choice(nodes[-6:]), chance.choice(nodes[-12:]), chance.choice(nodes)
        formulas = (a * b, a + b, gd.tanh(a * b + 0.5), a * b + c, a**2 + b, gd.sin(a))
        nodes.append(g.node(f"v_{k}", chance.choice(formulas)))
    g.node("L", sum((node - 1) ** 2 for node in nodes if not list(g.children(node))))
    return g


def _mlp(*sizes: int, **options: str) -> Callable[[], gd.Graph]:
    return lambda: gd.models.mlp(list(sizes), seed=1, **options)


ZOO: Mapping[str, Callable[[], gd.Graph]] = {
    **{path.stem: lambda path=path: gd.load(path) for path in sorted(EXAMPLES.glob("*.toml"))},
    "mlp 2-2-2": _mlp(2, 2, 2),
    "mlp 2-2-2, neurons": _mlp(2, 2, 2, view="neurons"),
    "mlp 4-6-6-1": _mlp(4, 6, 6, 1),
    "mlp 4-6-6-1, neurons": _mlp(4, 6, 6, 1, view="neurons"),
    "mlp 784-128-64-10": _mlp(784, 128, 64, 10),
    "mlp of 6 layers": _mlp(3, 4, 4, 4, 4, 4, 2),
    "mlp of 12 layers": _mlp(*[3] * 13),
    "lstm": lstm,
    "gru": gru,
    "attention": attention,
    "layer norm": layer_norm,
    "rnn 3": lambda: rnn(3),
    "rnn 30": lambda: rnn(30),
    **{f"random {size}": lambda size=size: tangled(size) for size in (12, 40, 150)},
}


def swept(graph: gd.Graph) -> gd.Run:
    """Return the reverse sweep, with values for what has none."""
    given = {
        leaf.name: np.full(leaf.shape, 0.5) if leaf.shape else 0.5
        for leaf in graph.leaves
        if leaf.value is None
    }
    return graph.backward(**given)

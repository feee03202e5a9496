"""Networks of several kinds, to be read as architectures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from recurrent_cells import lstm as lstm_that_looks
from recurrent_cells import rnn

import graphdiff as gd


def _parameter(graph: gd.Graph, name: str, *shape: int) -> gd.Node:
    return graph.parameter(name, np.linspace(-0.5, 0.6, int(np.prod(shape))).reshape(shape))


def _input(graph: gd.Graph, name: str, *shape: int) -> gd.Node:
    return graph.input(name, np.linspace(-1, 1.1, int(np.prod(shape))).reshape(shape))


def conv_net(channels: int = 4, padding: int = 1) -> gd.Graph:
    graph = gd.Graph("A small conv net")
    x = _input(graph, "x", 1, 12, 12)
    K, b = _parameter(graph, "K", channels, 1, 3, 3), _parameter(graph, "b", channels, 1, 1)
    h = graph.node("h", gd.relu(gd.conv2d(x, K, padding=padding) + b))
    s = graph.node("s", gd.max_pool2d(h, 2))
    size = int(np.prod(s.shape))
    z = graph.node("z", _parameter(graph, "W", 3, size) @ s.reshape(size))
    graph.node("L", gd.cross_entropy_with_logits(z, graph.input("y", [0, 1, 0])))
    return graph


def residual(width: int = 4) -> gd.Graph:
    graph = gd.Graph("A residual block")
    x = graph.input("X", shape=("m", width))
    W_1, b_1 = _parameter(graph, "W_1", width, width), _parameter(graph, "b_1", width)
    W_2, b_2 = _parameter(graph, "W_2", width, width), _parameter(graph, "b_2", width)
    h = graph.node("H", gd.relu(x @ W_1.T + b_1))
    graph.node("Y", gd.relu(x + h @ W_2.T + b_2))
    return graph


def transformer(n: int = 3, d: int = 4) -> gd.Graph:
    graph = gd.Graph("A transformer block")
    X = _input(graph, "X", n, d)
    Q, K, V = (graph.node(k, X @ _parameter(graph, f"W_{k}", d, d)) for k in "QKV")
    A = graph.node("A", gd.softmax(Q @ K.T / np.sqrt(d)))
    R = graph.node("R", X + graph.node("H", A @ V) @ _parameter(graph, "W_O", d, d))
    gamma, beta = _parameter(graph, "gamma", d), _parameter(graph, "beta", d)
    N = graph.node("N", gd.layer_norm(R) * gamma + beta)
    F = graph.node("F", gd.gelu(N @ _parameter(graph, "W_1", d, 8) + _parameter(graph, "b_1", 8)))
    G = graph.node("G", F @ _parameter(graph, "W_2", 8, d) + _parameter(graph, "b_2", d))
    graph.node("Y", gd.layer_norm(graph.node("S", N + G)))
    return graph


def heads(count: int, n: int = 3, d: int = 4, k: int = 2, *, names: str = "123456789") -> gd.Graph:
    """Return attention of several heads, each written by itself."""
    graph = gd.Graph("Several heads")
    x = _input(graph, "X", n, d)
    found = []
    for i in names[:count]:
        Q, K, V = (graph.node(f"{c}_{i}", x @ _parameter(graph, f"W_{c}_{i}", d, k)) for c in "QKV")
        A = graph.node(f"A_{i}", gd.softmax(Q @ K.T / k**0.5))
        found.append(graph.node(f"head_{i}", A @ V))
    together = graph.node("H", gd.concatenate(found, axis=-1))
    graph.node("Y", x + together @ _parameter(graph, "W_O", count * k, d))
    return graph


def attention_in_a_line(n: int = 3, d: int = 4) -> gd.Graph:
    graph = gd.Graph("Masked attention in one line")
    X, M = _input(graph, "X", n, d), _input(graph, "M", n, n)
    q, k, v = (X @ _parameter(graph, f"W_{s}", d, d) for s in "qkv")
    graph.node("Y", gd.softmax(q @ k.T / 2 + M) @ v + X)
    return graph


def lstm(steps: int = 1, *, width: int = 3, inputs: int = 2) -> gd.Graph:
    graph = gd.Graph(f"{steps} steps of an LSTM")
    h, c = _input(graph, "h_0", width), _input(graph, "c_0", width)
    of = {
        s: (
            _parameter(graph, f"W_{s}", width, inputs),
            _parameter(graph, f"U_{s}", width, width),
            _parameter(graph, f"b_{s}", width),
        )
        for s in "fiog"
    }
    for t in range(1, steps + 1):
        x = _input(graph, f"x_{t}", inputs)
        net = {s: W @ x + U @ h + b for s, (W, U, b) in of.items()}
        f, i, o = (gd.sigmoid(net[s]) for s in "fio")
        c = graph.node(f"c_{t}", f * c + i * gd.tanh(net["g"]))
        h = graph.node(f"h_{t}", o * gd.tanh(c))
    return graph


def lstm_of_one_product() -> gd.Graph:
    graph = gd.Graph("An LSTM with one product")
    x, h, c = _input(graph, "x", 2), _input(graph, "h", 3), _input(graph, "c", 3)
    a = _parameter(graph, "W", 12, 5) @ gd.concatenate([x, h]) + _parameter(graph, "b", 12)
    i, f, g, o = (a[3 * k : 3 * k + 3] for k in range(4))
    new = graph.node("c_1", gd.sigmoid(f) * c + gd.sigmoid(i) * gd.tanh(g))
    graph.node("h_1", gd.tanh(new) * gd.sigmoid(o))
    return graph


def gru(*, resets_after: bool = False) -> gd.Graph:
    """A GRU cell; that of PyTorch resets after the product with the weights, and keeps by z."""
    graph = gd.Graph("A GRU cell")
    x, h = _input(graph, "x", 2), _input(graph, "h_0", 3)

    def affine(gate: str, of_h: gd.Node) -> gd.Node:
        W, b = _parameter(graph, f"W_{gate}", 3, 2), _parameter(graph, f"b_{gate}", 3)
        return W @ x + _parameter(graph, f"U_{gate}", 3, 3) @ of_h + b

    z = graph.node("z", gd.sigmoid(affine("z", h)))
    r = graph.node("r", gd.sigmoid(affine("r", h)))
    if not resets_after:
        n = graph.node("n", gd.tanh(affine("n", r * h)))
        graph.node("h_1", (1 - z) * h + z * n)
        return graph
    W, U, b = (_parameter(graph, f"{s}_n", 3, k) for s, k in (("W", 2), ("U", 3), ("b", 1)))
    inner = U @ h + _parameter(graph, "c_n", 3)
    n = graph.node("n", gd.tanh(W @ x + b.reshape(3) + r * inner))
    graph.node("h_1", (1 - z) * n + z * h)
    return graph


def autoencoder() -> gd.Graph:
    graph = gd.Graph("A variational autoencoder")
    x = graph.input("x", [0.2, 0.8, 0.4, 0.6])

    def dense(of: gd.Node, n: int, name: str) -> gd.Node:
        W = _parameter(graph, f"W_{name}", n, *of.shape)
        return W @ of + _parameter(graph, f"b_{name}", n)

    h = graph.node("h", gd.tanh(dense(x, 3, "h")))
    mu, s = graph.node("mu", dense(h, 2, "mu")), graph.node("s", dense(h, 2, "s"))
    z = graph.node("z", mu + gd.exp(s / 2) * _input(graph, "epsilon", 2))
    y = graph.node("y", gd.sigmoid(dense(z, 4, "y")))
    R = graph.node("R", gd.binary_cross_entropy(y, x))
    D = graph.node("D", -gd.sum(1 + s - mu**2 - gd.exp(s)) / 2)
    graph.node("L", R + D)
    return graph


def siamese() -> gd.Graph:
    graph = gd.Graph("Siamese weights")
    W, b = _parameter(graph, "W", 3, 2), _parameter(graph, "b", 3)
    sides = [gd.relu(W @ _input(graph, f"x_{k}", 2) + b) for k in (1, 2)]
    first, second = (graph.node(f"z_{k}", side) for k, side in enumerate(sides, start=1))
    graph.node("D", gd.squared_error(first, second))
    return graph


def factorisation() -> gd.Graph:
    graph = gd.Graph("Matrix factorisation")
    U, V = _parameter(graph, "U", 4, 2), _parameter(graph, "V", 3, 2)
    graph.parameter("unused", shape=("k",))
    graph.node("L", gd.sum((_input(graph, "M", 4, 3) - U @ V.T) ** 2))
    return graph


def perceptron_of_layers() -> gd.Graph:
    return gd.models.mlp([4, 6, 6, 1], seed=1, x=[1, 0.5, -1, 2], y=0.5)


def odd_group() -> gd.Graph:
    graph = gd.Graph("Operations that are nothing by themselves")
    x = _input(graph, "x", 3)
    a = graph.node("a", gd.exp(x) - 1)
    b = graph.node("b", a**2 + x)
    graph.node("c", gd.sum(b / (1 + a**2)))
    graph.group("an odd norm", ["a", "b"])
    return graph


ARCHITECTURES: Mapping[str, Callable[[], gd.Graph]] = {
    "conv net": conv_net,
    "residual": residual,
    "transformer": transformer,
    "attention in a line": attention_in_a_line,
    "lstm": lstm,
    "lstm of three steps": lambda: lstm(3),
    "lstm of five steps": lambda: lstm(5),
    "lstm of one product": lstm_of_one_product,
    "gru": gru,
    "gru that resets after": lambda: gru(resets_after=True),
    "rnn": lambda: rnn(7, 3)[0],
    "peepholes": lambda: lstm_that_looks(7, 1, "fio")[0],
    "autoencoder": autoencoder,
    "siamese": siamese,
    "factorisation": factorisation,
    "perceptron of layers": perceptron_of_layers,
    "odd group": odd_group,
}

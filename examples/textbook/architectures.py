"""Networks whose layers are drawn, with ``style="architecture"``, each with its picture."""

import numpy as np

import graphdiff as gd


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

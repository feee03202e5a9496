"""Networks of tensors: attention, a convolutional network, a residual block, factors, a VAE."""

import numpy as np

import graphdiff as gd


def attention():
    """Return attention of three rows to themselves."""
    pick = np.random.default_rng(1)
    g = gd.Graph("Attention")
    X = g.input("X", pick.normal(size=(3, 2)))
    Q, K, V = (
        g.node(name, X @ g.parameter(f"W_{name}", pick.normal(size=(2, 2)))) for name in "QKV"
    )
    A = g.node("A", gd.softmax(Q @ K.T / gd.sqrt(2)))
    g.node("L", gd.norm(g.node("O", A @ V)) ** 2)
    return g


def conv_net():
    """Return a small convolutional network: two kernels, ReLU, pooling, a layer of classes."""
    pick = np.random.default_rng(2)
    g = gd.Graph("Convolutional network")
    X = g.input("X", pick.normal(size=(1, 8, 8)).round(1))
    K = g.parameter("K", pick.normal(size=(2, 1, 3, 3)).round(1))
    C = g.node("C", gd.conv2d(X, K))
    A = g.node("A", gd.relu(C))
    M = g.node("M", gd.max_pool2d(A, 2))
    v = g.node("v", M.reshape(18))
    W, b = g.parameter("W", pick.normal(size=(3, 18)).round(1) / 10), g.parameter("b", np.zeros(3))
    z = g.node("z", W @ v + b)
    g.node("L", gd.cross_entropy_with_logits(z, g.input("y", [0, 1, 0])))
    return g


def residual_block():
    """Return two blocks that add what they compute to what they are given."""
    pick = np.random.default_rng(3)
    g = gd.Graph("Residual blocks")
    h = g.input("h_0", [1.0, -0.5, 0.3])
    for k in (1, 2):
        W, U = (g.parameter(f"{p}_{k}", pick.normal(size=(3, 3), scale=0.5).round(1)) for p in "WU")
        a = g.node(f"a_{k}", gd.relu(W @ h))
        r = g.node(f"r_{k}", U @ a)
        h = g.node(f"h_{k}", h + r)
        g.group(f"block {k}", [W, U, a, r, h])
    g.node("L", gd.squared_error(h, g.input("y", [0, 1, 0])))
    return g


def matrix_factorisation():
    """Return a table of ratings with gaps as a product of two thin matrices."""
    g = gd.Graph("Matrix factorisation")
    U = g.parameter("U", [[1.2, 0.3], [0.4, 1.1], [0.8, 0.7], [0.1, 1.5]])
    V = g.parameter("V", [[0.9, 0.2], [0.3, 1.0], [1.1, 0.6]])
    R = g.input("R", [[5, 0, 3], [1, 4, 0], [0, 2, 4], [1, 5, 2]])
    M = g.input("M", [[1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1]])
    E = g.node("E", M * (R - U @ V.T))
    size = g.node("s", 0.1 * ((U**2).sum() + (V**2).sum()))
    g.node("L", (E**2).sum() + size)
    return g


def vae():
    """Return a variational autoencoder: mean and log variance, a sample, two terms of a loss."""
    pick = np.random.default_rng(5)
    g = gd.Graph("Variational autoencoder")
    x, eps = g.input("x", [1, 0, 1, 0]), g.input("epsilon", [0.3, -0.6])

    def layer(name, before, size):
        W = g.parameter(f"W_{name}", pick.normal(size=(size, *before.shape)).round(1))
        return W @ before + g.parameter(f"b_{name}", np.zeros(size))

    h = g.node("h", gd.tanh(layer("h", x, 3)))
    mu, s = g.node("mu", layer("mu", h, 2)), g.node("s", layer("s", h, 2))
    z = g.node("z", mu + gd.exp(s / 2) * eps)
    d = g.node("d", gd.tanh(layer("d", z, 3)))
    xhat = g.node("xhat", gd.sigmoid(layer("x", d, 4)))
    near = g.node("R", gd.squared_error(xhat, x))
    apart = g.node("D", (mu**2 + gd.exp(s) - s - 1).sum() / 2)
    g.node("L", near + apart)
    g.group("encoder", ["W_h", "b_h", "h", "W_mu", "b_mu", "mu", "W_s", "b_s", "s"])
    g.group("decoder", ["W_d", "b_d", "d", "W_x", "b_x", "xhat"])
    return g


def siamese():
    """Return two branches with the same weights, and the distance of what they say."""
    g = gd.Graph("Two branches, one set of weights")
    W, b = g.parameter("W", [[0.5, -1.0], [1.2, 0.4]]), g.parameter("b", [0.1, -0.2])
    branch = [
        g.node(f"a_{k}", gd.tanh(W @ g.input(f"x_{k}", x) + b))
        for k, x in ((1, [1.0, 0.5]), (2, [-0.5, 2.0]))
    ]
    d = g.node("d", branch[0] - branch[1])
    g.node("L", gd.relu(2 - gd.norm(d)) ** 2)
    return g

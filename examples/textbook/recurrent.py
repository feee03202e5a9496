"""Recurrent networks: a chain of cells, an LSTM cell and a GRU cell, in single numbers."""

import graphdiff as gd


def rnn(steps):
    """Return a recurrent network, unrolled; each step has the same weights."""
    g = gd.Graph(f"RNN of {steps} steps")
    u, w, b = g.parameter("u", 0.5), g.parameter("w", -0.75), g.parameter("b", 0.1)
    h = g.input("h_0", 0)
    for t in range(1, steps + 1):
        x = g.input(f"x_{t}", t / 4)
        h = g.node(f"h_{t}", gd.tanh(g.node(f"z_{t}", u * x + w * h + b)))
    g.node("L", (h - g.input("y", 1)) ** 2)
    return g


def lstm():
    """Return an LSTM cell with a squared error: gates i, f, o, a new value g, the state c."""
    g = gd.Graph("LSTM cell")
    x, h0, c0 = g.input("x", 0.5), g.input("h_0", 0.1), g.input("c_0", 0.2)
    gate = _gates(g, "ifo", x, h0)
    w, u, b = g.parameter("w_g", 0.2), g.parameter("u_g", 0.6), g.parameter("b_g", 0)
    new = g.node("g", gd.tanh(g.node("z_g", w * x + u * h0 + b)))
    c = g.node("c", gate["f"] * c0 + gate["i"] * new)
    h = g.node("h", gate["o"] * gd.tanh(c))
    g.node("L", (h - g.input("y", 0.3)) ** 2 / 2)
    return g


def gru():
    """Return a GRU cell with a squared error: r resets, s says how much of the old is kept."""
    g = gd.Graph("GRU cell")
    x, h0 = g.input("x", 0.5), g.input("h_0", 0.1)
    gate = _gates(g, "rs", x, h0)
    w, u, b = g.parameter("w_n", 0.2), g.parameter("u_n", 0.6), g.parameter("b_n", 0)
    n = g.node("n", gd.tanh(w * x + gate["r"] * (u * h0 + b)))
    h = g.node("h", (1 - gate["s"]) * n + gate["s"] * h0)
    g.node("L", (h - g.input("y", 0.3)) ** 2 / 2)
    return g


def _gates(g, names, x, h):
    found = {}
    for k in names:
        w, u, b = (g.parameter(f"{p}_{k}", v) for p, v in (("w", 0.4), ("u", -0.3), ("b", 0.1)))
        found[k] = g.node(k, gd.sigmoid(g.node(f"z_{k}", w * x + u * h + b)))
    return found

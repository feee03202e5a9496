"""Layers that are normalised: layer norm number by number, batch norm as one formula."""

import numpy as np

import graphdiff as gd


def layer_norm(size=3):
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


def batch_norm():
    """Return a layer that is normalised over a batch of four rows."""
    pick = np.random.default_rng(4)
    g = gd.Graph("Batch norm")
    X, W = g.input("X", _rounded(pick, 4, 3)), g.parameter("W", _rounded(pick, 3, 2))
    gain, shift = g.parameter("gamma", [1.5, 0.5]), g.parameter("beta", [0.0, 0.1])
    Z = g.node("Z", X @ W)
    mean = g.node("mu", Z.mean(axis=0))
    D = g.node("D", Z - mean)
    variance = g.node("v", (D**2).mean(axis=0))
    N = g.node("N", D / gd.sqrt(variance + 1e-3))
    A = g.node("A", gd.relu(gain * N + shift))
    g.node("L", gd.squared_error(A, g.input("Y", np.eye(4, 2))))
    return g


def _rounded(pick, *shape):
    return pick.normal(size=shape).round(1)

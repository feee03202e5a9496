"""Plots of every kind, small ones and large ones, by name."""

from functools import cache

import numpy as np

import graphdiff as gd

L = gd.learning
SHEETS = {
    "column": {"width": "84mm"},
    "page": {"width": "160mm"},
    "slide": {"aspect": "16:9"},
}
METHODS = [
    L.gradient_descent(0.001), L.gradient_descent(0.01), L.momentum(0.0005), L.nesterov(0.0005),
    L.adagrad(0.5), L.rmsprop(0.02), L.adam(0.1), L.adam(0.1, beta_1=0.5), L.newton(damping=2),
    L.bfgs(L.backtracking()), L.polak_ribiere(L.backtracking()),
]  # fmt: skip


@cache
def race():
    """Return a race of many methods, one of which diverges."""
    return L.race(L.landscapes.rosenbrock(), METHODS, steps=60)


@cache
def trace():
    """Return a descent of a network of two inputs."""
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    net = gd.models.mlp([2, 3, 1], "tanh", "sigmoid", "binary_cross_entropy", x=X, y=y, seed=4,
                        title="A network learns XOR, and its title is longer than its plot is "
                        "wide, so that it is broken into lines")  # fmt: skip
    return L.minimise(net, L.adam(0.1), steps=40)


@cache
def points(count=400, seed=0):
    """Return many points, and on which side of a circle they are."""
    at = np.random.default_rng(seed).normal(size=(count, 2))
    return at, (at**2).sum(axis=1) > 1


@cache
def training():
    """Return a training with validation, two metrics and a rate that changes."""
    X = np.linspace(-1, 1, 40)[:, None]
    net = gd.models.mlp([1, 3, 1], seed=1)
    return L.fit(net, X, X[:, 0] ** 2, optimiser=L.adam(L.cosine(0.1, steps=80)), epochs=30,
                 validation=0.2, metrics=["mae", "r2"])  # fmt: skip


@cache
def signals(layers):
    """Return the signals of a deep network of sigmoids."""
    X = np.random.default_rng(0).normal(size=(50, 10))
    net = gd.models.mlp([10, *[20] * (layers - 1), 1], "sigmoid", "sigmoid",
                        "binary_cross_entropy", seed=4)  # fmt: skip
    return L.layer_signals(net, X, X[:, 0] > 0)


@cache
def line():
    """Return a line through points, as a graph."""
    graph = gd.Graph("A line, and its loss")
    w, b = graph.parameter("w", 5), graph.parameter("b", 1)
    graph.node("E", (graph.input("x", 1) * w + b - graph.input("y", 2)) ** 2)
    return graph


def weights(count, **choices):
    """Draw the weights of some units as images."""
    net = gd.models.mlp([64, count], output="softmax", loss="cross_entropy", seed=1)
    return L.plot_weights(net, **choices)


KINDS = {
    "and": lambda **c: gd.models.gate("and").plot_decision(**c),
    "xor": lambda **c: gd.models.gate("xor").plot_decision(**c),
    "decision": lambda **c: trace().graph.plot_decision(points(), **c),
    "out of sight": lambda **c: gd.models.perceptron(2, "step", [1, 1], -30).plot_decision(
        points(9), **c
    ),
    "activation": lambda **c: gd.plot_activation("sigmoid", **c),
    "activations": lambda **c: gd.plot_activation("relu", "tanh", "softplus", "step", **c),
    "loss": lambda **c: line().plot_loss("w", "b", rate=0.2, **c),
    "gradient errors": lambda **c: trace().graph.plot_gradient_errors(
        trace().graph.check_gradients(), **c
    ),
    "race": lambda **c: race().plot(**c),
    "paths": lambda **c: race().plot_paths(ranges=L.landscapes.rosenbrock.ranges, **c),
    "path": lambda **c: next(iter(race().values())).plot_path(**c),
    "trace": lambda **c: trace().plot("W__1", "b__2", **c),
    "history": lambda **c: training().history.plot(**c),
    "signals": lambda **c: signals(6).plot(**c),
    "many signals": lambda **c: signals(24).plot(**c),
    "weights": lambda **c: weights(16, **c),
    "many weights": lambda **c: weights(100, **c),
}
"""What draws a plot, given choices."""

"""Descents as they are seen: a race, its paths, a network as it learns, and its layers."""

import numpy as np

import graphdiff as gd

learning, land = gd.learning, gd.learning.landscapes
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def methods():
    """Return methods for Rosenbrock's valley; the last is too fast for it."""
    return [
        learning.gradient_descent(0.001), learning.momentum(0.0005), learning.adam(0.1),
        learning.newton(damping=2), learning.bfgs(learning.backtracking()),
        learning.gradient_descent(0.01),
    ]  # fmt: skip


def races():
    """Yield a race as curves and as paths, and another as its paths grow."""
    race = learning.race(land.rosenbrock(), methods(), steps=100)
    yield "race", race.plot()
    yield "race-paths", race.plot_paths(ranges=land.rosenbrock.ranges)
    chosen = [
        learning.gradient_descent(0.07), learning.momentum(0.02), learning.rmsprop(0.1),
        learning.adam(0.2),
    ]  # fmt: skip
    down = learning.race(land.ravine(), chosen, steps=40)
    yield "race-steps", down.frames(ranges=land.ravine.ranges, steps=2)


def xor():
    """Yield how a network learns XOR: its numbers, where it says yes, and its weights."""
    rows, truths = XOR
    net = gd.models.mlp([2, 3, 1], "tanh", "sigmoid", "binary_cross_entropy", x=rows,
                        y=[[t] for t in truths], seed=4, title="A network learns XOR")  # fmt: skip
    trace = learning.minimise(net, learning.adam(0.1), steps=60)
    yield "learning", trace.plot("W__1", "b__2")
    steps = [0, 5, 20, 60]
    yield "learning-regions", trace.frames(lambda g: g.plot_decision(XOR), steps=steps)
    yield "learning-network", trace.frames(lambda g: g.draw(style="network"), steps=steps)


def layers():
    """Yield what six layers of sigmoids do to gradients, and weights that are images."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 10))
    sizes = [10, *[20] * 5, 1]
    deep = gd.models.mlp(sizes, "sigmoid", "sigmoid", "binary_cross_entropy", seed=4)
    yield "layers", learning.layer_signals(deep, X, X[:, 0] > 0).plot()
    at = np.arange(8)
    across = np.zeros((8, 8, 8))
    across[at, at, :] = 1
    bars = np.concatenate([across, across.transpose(0, 2, 1)]).reshape(16, 64)
    noisy = np.concatenate([bars + 0.3 * rng.normal(size=bars.shape) for _ in range(10)])
    net = gd.models.mlp([64, 16], output="softmax", loss="cross_entropy", seed=1,
                        title="Bars at eight places")  # fmt: skip
    found = learning.fit(net, noisy, np.tile(np.arange(16), 10), epochs=30, batch_size=160,
                         optimiser=learning.adam(0.02))  # fmt: skip
    yield "layers-weights", learning.plot_weights(found.model)

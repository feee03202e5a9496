"""Graphs of single numbers: the neuron of micrograd, and graphs made up by chance."""

import random

import graphdiff as gd


def micrograd_neuron():
    """Return the neuron that A. Karpathy's micrograd is shown on."""
    g = gd.Graph("A neuron in micrograd")
    x1, x2 = g.input("x1", 2), g.input("x2", 0)
    w1, w2 = g.parameter("w1", -3), g.parameter("w2", 1)
    b = g.parameter("b", 6.8813735870195432)
    x1w1, x2w2 = g.node("x1w1", x1 * w1), g.node("x2w2", x2 * w2)
    n = g.node("n", g.node("s", x1w1 + x2w2) + b)
    g.node("o", gd.tanh(n))
    return g


def tangled(size, seed=0):
    """Return a graph of so many nodes, each with parents from anywhere near before it."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
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

"""A layer of a network, and the verdict on one claim about it."""

import graphdiff as gd


def network():
    """A layer: z = W x + b, a = tanh(z), L = Σ (a − y)², and S = Wᵀ W beside it."""
    graph = gd.Graph("layer", output="L")
    x, y = graph.input("x", [1, 2]), graph.input("y", [0, 1, 0])
    W = graph.parameter("W", [[1, -1], [2, 0.5], [0, 1]])
    b = graph.parameter("b", [0.5, 0, -1])
    z = graph.node("z", W @ x + b)
    a = graph.node("a", gd.tanh(z))
    graph.node("L", ((a - y) ** 2).sum())
    graph.node("S", W.T @ W)
    return graph


NET = network()


def judged(target, claim, graph=NET, **options):
    results = graph.check({target: claim}, **options).results
    assert len(results) == 1
    return results[0]

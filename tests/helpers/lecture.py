"""The lecture's worked example."""

import graphdiff as gd


def lecture(**values):
    """The lecture's linear regression, with the lecture's own numbering."""
    given = {"x": 1, "y": 2, "w": 5, "b": 1} | values
    graph = gd.Graph("Linear regression")
    x = graph.input("x", given["x"])
    w = graph.parameter("w", given["w"])
    u = graph.node("u", x * w)
    b = graph.parameter("b", given["b"])
    yhat = graph.node("yhat", u + b)
    y = graph.input("y", given["y"])
    e = graph.node("e", yhat - y)
    graph.node("L", e**2)
    return graph

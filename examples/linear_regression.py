"""The lecture's linear regression through the Python interface."""

import graphdiff as gd


def build():
    """Return the graph, its nodes numbered as in the lecture."""
    g = gd.Graph("Linear regression")
    x = g.input("x", 1)
    w = g.parameter("w", 5)
    u = g.node("u", x * w)
    b = g.parameter("b", 1)
    yhat = g.node("yhat", u + b)
    y = g.input("y", 2)
    e = g.node("e", yhat - y)
    g.node("L", e**2)
    return g


if __name__ == "__main__":
    graph = build()
    print(graph.explain("L", "w"))
    print()
    print(graph.check({"J[2->3]": ["x", 2], "J[3->5]": ["b", 1], "P[3]": 8}))

"""Graphs with groups that pictures are tried on."""

from __future__ import annotations

from drawing_graphs import HOSTILE, regression

import graphdiff as gd
from graphdiff.workbench import Graph


def grouped_regression() -> Graph:
    graph = regression()
    graph.group("linear model", ["w", "b", "u", "yhat"])
    graph.group("loss", ["e", "L"])
    return graph


def layers(**options) -> Graph:
    return gd.models.mlp([2, 3, 1], seed=1, **options)


def neurons(**options) -> Graph:
    return gd.models.mlp([2, 3, 1], seed=1, view="neurons", **options)


def scattered() -> Graph:
    """A group whose members are far from each other, with others between."""
    graph = Graph("Scattered")
    x, w = graph.input("x", 2), graph.parameter("w", 3)
    a = graph.node("a", x * w)
    b = graph.node("b", a + x)
    c = graph.node("c", b * w)
    graph.node("d", c - a)
    graph.group("ends", [a, "d", "x"])
    return graph


def hostile() -> Graph:
    graph = regression()
    graph.group(HOSTILE.replace("\x00", ""), ["w", "u"])
    graph.group("中 " + "w" * 90, ["e"])
    return graph


GROUPED = {
    made.__name__: made for made in (grouped_regression, layers, neurons, scattered, hostile)
}


def swept(graph: Graph):
    """Return the reverse sweep, with values for what has none."""
    given = {
        leaf.name: [0.5] * leaf.size if leaf.shape else 0.5
        for leaf in graph.leaves
        if leaf.value is None
    }
    return graph.backward(**given)

"""A graph in one line, and the verdict on one claim about it."""

import graphdiff as gd
from graphdiff.files.parser import parse


def graph_of(nodes, **leaves):
    graph = gd.Graph()
    for name, value in leaves.items():
        graph.input(name, value)
    for name, source in ({"z": nodes} if isinstance(nodes, str) else nodes).items():
        graph.node(name, parse(source, graph.__getitem__))
    return graph


def verdict(nodes, claim, target="z", **leaves):
    (result,) = graph_of(nodes, **leaves).check({target: claim})
    return result

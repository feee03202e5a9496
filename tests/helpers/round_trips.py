"""Graphs that are saved and loaded again."""

import numpy as np

from graphdiff.workbench import load_with_claims


def described(graph):
    """Return all that a file keeps of a graph."""

    def plain(value):
        if isinstance(value, np.ndarray):
            return value.dtype, repr(value.tolist())
        return type(value), repr(value)  # −0.0 equals 0.0, and is not it

    return (
        graph.title,
        graph.declared_output,
        [
            (n.name, n.kind, n.shape, n.function, [p.name for p in n.parents], plain(n.value),
             n.formula)
            for n in graph.nodes
        ],
    )  # fmt: skip


def assert_round_trip(graph, claims, path):
    """Save a graph with claims, load it, and save it again to the same bytes."""
    graph.save(path, claims=claims)
    loaded, found = load_with_claims(path)
    assert described(loaded) == described(graph)
    assert dict(found) == claims
    again = path.with_stem("again")
    loaded.save(again, claims=found)
    assert again.read_bytes() == path.read_bytes()

"""What the package writes out by itself is read back and found right."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from fairness import graph_of
from random_exercises import exercise

from graphdiff.checking.report import ACCEPTED

MANY = 12


OTHER = ["bar", "d", "delta", "nabla", "partial"]
"""Notations beside the usual one, in which a local derivative looks like a whole one."""


@pytest.mark.parametrize(
    ("seed", "notation"),
    [*((seed, "P") for seed in range(MANY)), *((seed, OTHER[seed % 5]) for seed in range(4, 14))],
)
def test_derivations_of_random_graphs(seed, notation, tmp_path):
    found, _ = exercise(seed)
    graph = graph_of(found)
    if notation != "P" and not _has_one_path_of_each_edge(graph):
        pytest.skip("a local derivative is another than the whole one")
    before = graph.ancestors(graph.output)
    leaf = [node for node in graph.leaves if node.name in before][-1]
    page = tmp_path / "page.md"
    derivation = graph.explain(graph.output, leaf, notation=notation)
    page.write_text(derivation.markdown(), encoding="utf-8")
    report = graph.check_file(page)
    for result in report:
        assert result.verdict in (*ACCEPTED, "says-nothing", "unread"), str(result)
        if result.verdict == "unread":  # an entry in index notation
            assert r"_{p" in result.source or r"_{i" in result.source, str(result)


def _has_one_path_of_each_edge(graph):
    """Whether no edge to the output has another path beside it, so that ∂L/∂u says one thing."""
    edges = [edge for edge in graph.edges if edge.child is graph.output]
    parents = [edge.parent for edge in edges]
    several = any(parents.count(parent) > 1 for parent in parents)
    beside = any(
        one.name in graph.ancestors(other) and one is not other
        for one in parents for other in parents
    )  # fmt: skip
    return not several and not beside

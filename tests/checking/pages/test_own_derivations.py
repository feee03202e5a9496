"""What the package writes out by itself is read back and found right."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from fairness import graph_of
from students import exercise

from graphdiff.checking.report import ACCEPTED

MANY = 24


@pytest.mark.parametrize("seed", range(MANY))
def test_derivations_of_random_graphs(seed, tmp_path):
    found, _ = exercise(seed)
    graph = graph_of(found)
    before = graph.ancestors(graph.output)
    leaf = [node for node in graph.leaves if node.name in before][-1]
    page = tmp_path / "page.md"
    page.write_text(graph.explain(graph.output, leaf).markdown(), encoding="utf-8")
    report = graph.check_file(page)
    for result in report:
        assert result.verdict in (*ACCEPTED, "says-nothing", "unread"), str(result)
        if result.verdict == "unread":  # an entry in index notation
            assert r"_{p" in result.source or r"_{i" in result.source, str(result)

"""What the tests of gradient graphs have in common."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import graphdiff as gd
from graphdiff.cli import examples


def example(name):
    return gd.load(Path(examples.__file__).parent / f"{name}.toml")


def formulas(graph, start=0):
    return [f"{node.name} = {node.formula}" for node in graph.nodes[start:]]


def close(found, expected, tolerance=1e-9, what=""):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape, what
    scale = max(1.0, np.abs(expected).max(initial=0))
    np.testing.assert_allclose(
        found / scale, expected / scale, rtol=0, atol=tolerance, err_msg=what
    )


def agrees_with_backward(graph, output, tolerance=1e-9):
    """The values of the new nodes are the P of the sweep."""
    graph.backward(output)  # what it refuses, no graph can compute
    added = graph.gradient_graph(output)
    run, values = graph.backward(output), added.forward().value
    for leaf in graph.leaves:
        name = f"d{output}_d{leaf.name}"
        close(values[name], run.gradient[leaf.name], tolerance, name)
    return added


def there_and_back(graph, tmp_path):
    path = graph.save(tmp_path / "graph.toml", overwrite=True)
    again = gd.load(path)
    assert formulas(again) == formulas(graph)
    return again

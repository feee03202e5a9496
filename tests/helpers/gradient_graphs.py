"""What the tests of gradient graphs have in common."""

from __future__ import annotations

from pathlib import Path

from closeness import both, close, terms_of

import graphdiff as gd
from graphdiff.cli import examples


def example(name):
    return gd.load(Path(examples.__file__).parent / f"{name}.toml")


def formulas(graph, start=0):
    return [f"{node.name} = {node.formula}" for node in graph.nodes[start:]]


def agrees_with_backward(graph, output, tolerance=1e-9):
    """The values of the new nodes are the P of the sweep."""
    added = graph.gradient_graph(output)
    run, found = both(lambda: graph.backward(output), added.forward)
    terms = terms_of(run)
    for leaf in graph.leaves:
        name = f"d{output}_d{leaf.name}"
        close(found.value[name], run.gradient[leaf.name], tolerance, name, terms=terms[leaf.name])
    return added


def there_and_back(graph, tmp_path):
    path = graph.save(tmp_path / "graph.toml", overwrite=True)
    again = gd.load(path)
    assert formulas(again) == formulas(graph)
    return again

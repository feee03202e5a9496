"""Graphs whose sizes are letters, and the same ones for the sizes that values come in."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, TypeVar

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.graph.graph import ComputationalGraph
from graphdiff.language.shapes import Sizes, letters_in, sizes_of, with_sizes
from graphdiff.local_functions.letter_sizes import bound

G = TypeVar("G", bound=ComputationalGraph)


def letters_of(graph: ComputationalGraph) -> set[sp.Symbol]:
    """Return the letters in the shapes of the leaves."""
    return {letter for leaf in graph.leaves for letter in letters_in(leaf.shape)}


def sizes_in(graph: ComputationalGraph, values: Mapping[str, Any]) -> dict[sp.Symbol, int]:
    """Return what the letters are, from the shapes of the leaves' values.

    Raises
    ------
    GraphError
        If a letter is two sizes at once, or no value says what it is.
    """
    given = {leaf.name: values.get(leaf.name) for leaf in graph.leaves}
    return sizes_of(
        (name, graph[name].shape, np.shape(value))
        for name, value in given.items()
        if value is not None
    )


def sized(graph: G, sizes: Sizes, needed: Container[str] | None = None) -> G:
    """Return the graph with numbers in place of letters.

    Parameters
    ----------
    needed
        The names of the nodes asked for; others are left out, save leaves, in which a letter
        without a number is 1. All nodes if left out.

    Raises
    ------
    GraphError
        For a letter that no number is given for, and sizes that do not fit.
    """
    result = type(graph)(graph.title, output=graph.declared_output)
    spare = dict.fromkeys(letters_of(graph), 1) | dict(sizes)
    for node in graph.nodes:
        wanted = needed is None or node.name in needed
        if node.function is None:
            shape = with_sizes(node.shape, sizes if wanted else spare)
            result.leaf(node.name, node.kind, node.value, shape, node.facts.said)
        elif wanted:
            parents = tuple(result[parent.name] for parent in node.parents)
            try:
                result.node(node.name, bound(node.function, sizes).expression(parents))
            except GraphError as error:
                raise GraphError(f"node {node.name!r} = {node.formula}: {error}") from None
    return result

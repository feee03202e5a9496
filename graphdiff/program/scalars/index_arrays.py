"""A scalar graph as arrays of indices: what an output depends on, and how it leads there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local_functions.local_function import LocalFunction


@dataclass(frozen=True, eq=False)
class IndexArrays:
    """The part of a graph that an output depends on. A node's place is its index less 1.

    Attributes
    ----------
    output, wrt
        The node to differentiate, and the nodes to differentiate it in.
    nodes
        All nodes of the graph, in order.
    leaf
        The number of each leaf among the leaves, by its place.
    needed
        The places of the computed nodes that the output depends on, in order.
    parents, ends
        The places of the parents of all these, one after the other, and where those of each
        begin and end.
    kinds, functions
        The number of the local function of each of these, and the functions.
    active
        Whether a node depends on one of ``wrt``, or is one; by its place.
    """

    output: Node
    wrt: tuple[Node, ...]
    nodes: tuple[Node, ...]
    leaf: dict[int, int]
    needed: list[int]
    parents: list[int]
    ends: list[int]
    kinds: list[int]
    functions: list[LocalFunction]
    active: np.ndarray

    @property
    def edges(self) -> int:
        """The number of edges."""
        return len(self.parents)

    @property
    def end(self) -> int:
        """The place of the output."""
        return self.output.index - 1

    def computed(self) -> Iterator[tuple[int, list[int], LocalFunction]]:
        """Yield each node needed: its place, those of its parents, its local function."""
        start = 0
        for place, end, kind in zip(self.needed, self.ends[1:], self.kinds, strict=True):
            yield place, self.parents[start:end], self.functions[kind]
            start = end


def network_of(graph: ComputationalGraph, output: Node, wrt: Sequence[Node]) -> IndexArrays:
    """Return the part of a graph that an output depends on."""
    nodes = graph.nodes
    # Flat lists: a list for each of 100 000 nodes would keep the garbage collector busy.
    active = bytearray(len(nodes) + 1)
    for node in wrt:
        active[node.index] = 1
    leaf = {node.index - 1: k for k, node in enumerate(graph.leaves)}
    computed = [node for node in graph.needed(output) if node.function is not None]
    for node in computed:
        for parent in node.parents:
            if active[parent.index]:
                active[node.index] = 1
                break
    needed = [node.index - 1 for node in computed]
    parents = [parent.index - 1 for node in computed for parent in node.parents]
    ends = list(itertools.accumulate([len(node.parents) for node in computed], initial=0))
    function_of = {id(node.function): node.function for node in computed}
    functions = [function for function in function_of.values() if function is not None]
    kind_of = {key: kind for kind, key in enumerate(function_of)}
    kinds = [kind_of[id(node.function)] for node in computed]
    return IndexArrays(
        output, tuple(wrt), nodes, leaf, needed, parents, ends, kinds, functions,
        np.frombuffer(active, np.uint8).astype(bool)[1:],
    )  # fmt: skip

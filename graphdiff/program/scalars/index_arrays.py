"""A scalar graph as arrays of indices: what an output depends on, and how it leads there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

import numpy as np

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local_functions.local_function import LocalFunction

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class IndexArrays:
    """The part of a graph that an output depends on.

    A node's place is its index less 1. The computed nodes of this part are numbered from 0, in
    order; leaf k of the graph has the number −1 − k.

    Attributes
    ----------
    output, wrt
        The node to differentiate, and the nodes to differentiate it in.
    nodes
        All nodes of the graph, in order.
    leaves
        The places of the graph's leaves, in order.
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
    leaves: Array
    needed: Array
    parents: Array
    ends: Array
    kinds: Array
    functions: list[LocalFunction]
    active: Array

    @property
    def edges(self) -> int:
        """The number of edges."""
        return len(self.parents)

    @property
    def end(self) -> int:
        """The place of the output."""
        return self.output.index - 1

    @cached_property
    def wrt_places(self) -> Array:
        """The places of ``wrt``."""
        return np.array([node.index - 1 for node in self.wrt], np.int64)

    @cached_property
    def number(self) -> Array:
        """The number of each node by its place; 0 for what the output does not depend on."""
        found = np.zeros(len(self.nodes), np.int64)
        found[self.leaves] = -1 - np.arange(len(self.leaves))
        found[self.needed] = np.arange(len(self.needed))
        return found

    @cached_property
    def arguments(self) -> Array:
        """The numbers of the parents."""
        return self.number[self.parents]

    def arguments_of(self, node: int) -> list[int]:
        """Return the numbers of the parents of the node that has a number."""
        return self.arguments[self.ends[node] : self.ends[node + 1]].tolist()

    def table(self, of: Array, kind: int, nodes: Array) -> Array:
        """Return what is said ``of`` each edge, a row for each of some nodes of one kind."""
        return of[self.ends[nodes][:, None] + np.arange(self.functions[kind].arity)]

    def by_kind(self) -> Iterator[tuple[int, Array]]:
        """Yield the number of each local function, and the numbers of the nodes that have it."""
        order = np.argsort(self.kinds, kind="stable")
        bounds = np.searchsorted(self.kinds[order], np.arange(len(self.functions) + 1))
        for kind in range(len(self.functions)):
            yield kind, order[bounds[kind] : bounds[kind + 1]]

    def each(self, of: Array) -> Iterator[tuple[int, list[int]]]:
        """Yield for each computed node its kind, and what is said of its edges."""
        said, start = of.tolist(), 0
        for kind, end in zip(self.kinds.tolist(), self.ends[1:].tolist(), strict=True):
            yield kind, said[start:end]
            start = end


_index, _function = map(attrgetter, ("index", "function"))


def network_of(graph: ComputationalGraph, output: Node, wrt: Sequence[Node]) -> IndexArrays:
    """Return the part of a graph that an output depends on."""
    # In calls of C for all nodes, and in flat arrays: a list for each of 100 000 nodes would keep
    # the garbage collector busy.
    computed = [node for node in graph.needed(output) if node.function is not None]
    needed = _places(computed)
    above, starts = map(np.array, graph.places_of_parents)
    count = np.diff(starts)[needed]
    ends = np.zeros(len(computed) + 1, np.int64)
    np.cumsum(count, out=ends[1:])
    parents = above[np.arange(ends[-1]) + np.repeat(starts[needed] - ends[:-1], count)]
    functions = graph.functions(output)
    kind_of = {id(function): kind for kind, function in enumerate(functions)}
    kinds = map(kind_of.__getitem__, map(id, map(_function, computed)))
    return IndexArrays(
        output, tuple(wrt), graph.nodes, _places(graph.leaves), needed,
        parents, ends, np.fromiter(kinds, np.int64, len(computed)), list(functions),
        _active(len(graph), wrt, needed, parents, ends),
    )  # fmt: skip


def _places(nodes: Sequence[Node]) -> Array:
    return np.fromiter(map(_index, nodes), np.int64, len(nodes)) - 1


def _active(count: int, wrt: Sequence[Node], needed: Array, parents: Array, ends: Array) -> Array:
    """Return which nodes depend on one of ``wrt``, or are one, by their place."""
    active = np.zeros(count, bool)
    active[[node.index - 1 for node in wrt]] = True
    child = np.repeat(np.arange(len(needed)), np.diff(ends))
    active[needed[child[active[parents]]]] = True  # most, at once
    rest = np.flatnonzero(~active[needed])
    if len(rest) and active.any():
        is_active, places = bytearray(active), needed.tolist()
        starts, above = ends.tolist(), parents.tolist()
        for node in rest.tolist():
            for parent in above[starts[node] : starts[node + 1]]:
                if is_active[parent]:
                    is_active[places[node]] = 1
                    break
        active = np.frombuffer(is_active, bool)
    return active

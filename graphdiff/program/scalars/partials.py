"""The reverse sweep of a deep graph: all local partials of alike nodes at once, then one solve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.program.scalars import numeric
from graphdiff.program.scalars.decomposition import Rule
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.places import Places, distinct
from graphdiff.program.scalars.triangular import Edges

Array = np.ndarray
SPLIT = 16
"""Alike nodes from which on a first one that is read from elsewhere goes by itself."""


@dataclass(frozen=True, eq=False)
class Slot:
    """One argument of alike nodes.

    Attributes
    ----------
    line
        The line of the partial derivative.
    edges
        Where the partials stand among those of all edges between computed nodes.
    computed
        Which of the nodes have such an edge there; None for all.
    gradient
        Where in the gradient the derivatives in leaves go: one place for all of them, or many.
    leaves
        Which of the nodes have such a leaf there; None for all.
    """

    line: int
    edges: slice
    computed: Array | None
    gradient: Places | int | None
    leaves: Array | None


class Alike:
    """Nodes that have the same local function."""

    def __init__(
        self, rule: Rule, nodes: Array, reads: list[Places | int], slots: dict[int, Slot]
    ) -> None:
        self.nodes = Places(nodes)
        self.count = len(nodes)
        self.slots = list(slots.values())
        lines = rule.lines
        inputs = rule.inputs()
        known = [*inputs, rule.output]
        self.program = numeric.steps(lines, [slot.line for slot in self.slots], known)
        self.numbers = numeric.numbers(lines)
        used = {a for _, _, of in self.program for a in of} | {s.line for s in self.slots}
        self.inputs = [
            (line, read) for line, read in zip(inputs, reads, strict=True) if line in used
        ]
        self.output = rule.output

    def partials(self, u: Array, leaves: int) -> list[Any]:
        """Return the partial derivatives of each slot; ``u`` has the leaves, then the values."""
        values = dict(self.numbers)
        values[self.output] = self.nodes.read(u[leaves:])
        for line, read in self.inputs:
            values[line] = u[read] if isinstance(read, int) else read.read(u)
        numeric.run(self.program, values)
        return [values[slot.line] for slot in self.slots]


class Reverse:
    """The reverse sweep of a graph."""

    def __init__(self, network: IndexArrays, rules: list[Rule]) -> None:
        self.leaves, self.count = len(network.leaves), len(network.kinds)
        wrt = distinct(network.wrt_places)
        self.size = len(wrt)
        again = np.searchsorted(wrt, network.wrt_places)
        self.again = None if np.array_equal(again, np.arange(len(wrt))) else again
        number, places = network.number[wrt], np.arange(len(wrt))
        computed = np.isin(wrt, network.needed)
        self.computed, self.computed_to = Places(number[computed]), Places(places[computed])
        wanted = np.full(self.leaves + 1, -1)
        wanted[-1 - number[number < 0]] = places[number < 0]
        self._edges: list[tuple[Array, Array]] = []
        self._edge_count = 0
        active = network.active[network.needed]
        self.groups = [
            self._group(rule, nodes, table, active, wanted)
            for rule, nodes, table in _groups(network, rules)
        ]
        none = np.empty(0, np.int64)
        child = np.concatenate([none, *(c for c, _ in self._edges)])
        parent = np.concatenate([none, *(p for _, p in self._edges)])
        self.edges = Edges(self.count, child, parent)

    def _group(self, rule: Rule, nodes: Array, table: Array, active: Array, wanted: Array) -> Alike:
        """Return alike nodes, their edges counted."""
        slots: dict[int, Slot] = {}
        reads: list[Places | int] = []
        for k, column in enumerate(table.T):
            is_leaf = column < 0
            reads.append(_places(np.where(is_leaf, -1 - column, column + self.leaves)))
            from_node = ~is_leaf & active[np.where(is_leaf, 0, column)]
            goes = np.where(is_leaf, wanted[np.where(is_leaf, -1 - column, -1)], -1)
            to_leaf = goes >= 0
            if from_node.any() or to_leaf.any():
                start = self._edge_count
                self._edges.append((nodes[from_node], column[from_node]))
                self._edge_count += int(from_node.sum())
                slots[k] = Slot(
                    rule.partial(k),
                    slice(start, self._edge_count),
                    None if from_node.all() else from_node,
                    _places(goes[to_leaf]) if to_leaf.any() else None,
                    None if to_leaf.all() else to_leaf,
                )
        return Alike(rule, nodes, reads, slots)

    def gradient(self, u: Array) -> Array:
        """Return the gradient; ``u`` has the leaves, then the values in order."""
        partials = [group.partials(u, self.leaves) for group in self.groups]
        entries = np.empty(self._edge_count)
        for group, found in zip(self.groups, partials, strict=True):
            for slot, J in zip(group.slots, found, strict=True):
                if slot.edges.stop > slot.edges.start:
                    whole = slot.computed is None or not np.ndim(J)
                    entries[slot.edges] = J if whole else J[slot.computed]
        P = self.edges.cotangents(entries)
        g = np.zeros(self.size)
        for group, found in zip(self.groups, partials, strict=True):
            for slot, J in zip(group.slots, found, strict=True):
                if slot.gradient is not None:
                    self._add(g, slot, group.nodes.read(P), J)
        self.computed_to.put(g, self.computed.read(P))
        return g if self.again is None else g.take(self.again)

    @staticmethod
    def _add(g: Array, slot: Slot, P: Array, J: Any) -> None:
        if slot.leaves is not None:
            P = P[slot.leaves]
            J = J[slot.leaves] if np.ndim(J) else J
        if isinstance(slot.gradient, int):
            g[slot.gradient] += P @ J if np.ndim(J) else P.sum() * J
        elif slot.gradient is not None:
            slot.gradient.add(g, P * J)


def _groups(network: IndexArrays, rules: list[Rule]) -> Iterator[tuple[Rule, Array, Array]]:
    """Yield the nodes of each local function, and their arguments."""
    for kind, nodes in network.by_kind():
        rule, table = rules[kind], network.table(network.arguments, kind, nodes)
        if len(nodes) > SPLIT and not _is_even(table) and _is_even(table[1:]):
            yield rule, nodes[:1], table[:1]
            nodes, table = nodes[1:], table[1:]
        yield rule, nodes, table


def _is_even(table: Array) -> bool:
    """Whether each argument moves on evenly from node to node."""
    moves = np.diff(table, axis=0)
    return bool((moves == moves[0]).all())


def _places(index: Array) -> Places | int:
    """Return places in a vector, or the one place that all of them are."""
    if len(index) > 1 and (index == index[0]).all():
        return int(index[0])
    return Places(index)

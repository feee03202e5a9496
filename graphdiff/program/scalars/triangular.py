"""P of all nodes from the local partials: P = e + Jᵀ P, solved from the last node up."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from graphdiff.program.scalars.places import Places

BLOCK = 2048
"""Nodes solved for at once."""
VANISHED = 1e-320
"""What is smaller counts as 0 from one block to the next. Below 1e-308 numbers have hardly a
digit and cost a hundred times as much; many would never reach 0, being rounded up again."""

Array = np.ndarray
Solve = Callable[[Array, Array, Array, Array], Array]


@cache
def solver() -> Solve:
    """Return what solves (I + U) P = e, U strictly upper triangular, given column by column.

    SuperLU's own solve takes U as it stands; SciPy's public function copies and sorts it
    first. Where the inner one is missing, or has changed, the public one serves.
    """
    entries, rows, ends = np.array([-2.0, -3.0]), np.array([0, 1]), np.array([0, 0, 1, 2])
    try:
        found = _inner(entries, rows.astype(np.int32), ends.astype(np.int32), np.eye(3)[2])
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError):
        return _public
    return _inner if np.array_equal(found, [6.0, 3.0, 1.0]) else _public


def _inner(entries: Array, rows: Array, ends: Array, e: Array) -> Array:
    from scipy.sparse.linalg._dsolve import _superlu  # type: ignore[attr-defined]

    n = len(e)
    diagonal = np.arange(n + 1, dtype=np.int32)
    result, _ = _superlu.gstrs(
        "N", n, n, np.ones(n), diagonal[:-1], diagonal, n, len(entries), entries, rows, ends, e
    )
    return result


def _public(entries: Array, rows: Array, ends: Array, e: Array) -> Array:
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import spsolve_triangular

    n = len(e)
    upper = csc_array((entries, rows, ends), shape=(n, n)) + eye_array(n, format="csc")
    return spsolve_triangular(csc_array(upper), e, lower=False, unit_diagonal=True)


class Edges:
    """The edges between nodes 0 … count−1, each from a parent to a later child.

    Parameters
    ----------
    child, parent
        The ends of each edge.
    """

    def __init__(self, count: int, child: Array, parent: Array) -> None:
        self.count = count
        # In a chain each node has one edge, from the node before it.
        alone = int(np.bincount(child).max(initial=0)) <= 1
        self.is_chain = alone and bool((child == parent + 1).all())
        order = np.lexsort((parent, child))
        self._order = Places(order)
        self._children = Places(child[order])
        self._blocks: list[_Block] = []
        if not self.is_chain:
            bounds = np.searchsorted(child[order], np.arange(0, count + BLOCK, BLOCK))
            for k, start in enumerate(range(0, count, BLOCK)):
                size = min(BLOCK, count - start)
                part = slice(int(bounds[k]), int(bounds[k + 1]))
                here = order[part]
                self._blocks.append(_Block(start, size, part, child[here], parent[here]))

    def cotangents(self, partials: Array) -> Array:
        """Return P of every node for the partials of the edges: P = 1 of the last node."""
        partials = self._order.read(partials)
        if self.is_chain:
            J = np.zeros(self.count)
            self._children.put(J, partials)
            return _products(J)
        P = np.zeros(self.count)
        P[-1] = 1.0
        for block in reversed(self._blocks):
            block.solve(partials, P)
        return P


class _Block:
    """The edges to some nodes that follow each other."""

    def __init__(self, start: int, size: int, part: slice, child: Array, parent: Array) -> None:
        self.at = slice(start, start + size)
        self.part = part
        inner = parent >= start
        self.inner = None if inner.all() else np.flatnonzero(inner)
        self.rows = (parent[inner] - start).astype(np.int32)
        self.ends = np.zeros(size + 1, np.int32)
        np.cumsum(np.bincount(child[inner] - start, minlength=size), out=self.ends[1:])
        self.outer = np.flatnonzero(~inner)
        self.outer_child = child[~inner]
        self.outer_parent = Places(parent[~inner])

    def solve(self, partials: Array, P: Array) -> None:
        """Complete P of the nodes, and pass it on to nodes before them."""
        own, entries = P[self.at], partials[self.part]
        own[np.abs(own) < VANISHED] = 0.0
        inner = entries if self.inner is None else entries[self.inner]
        P[self.at] = solver()(-inner, self.rows, self.ends, own.copy())
        if len(self.outer):
            self.outer_parent.add(P, P[self.outer_child] * entries[self.outer])


def _products(J: Array) -> Array:
    """Return P of a chain, P^j = P^{j+1} J^{j→j+1} from the last, 1, up."""
    factors = np.roll(J[::-1], 1)
    factors[0] = 1.0
    for start in range(0, len(factors), BLOCK):
        block = factors[start : start + BLOCK]
        if start:
            before = factors[start - 1]
            block[0] *= 0.0 if abs(before) < VANISHED else before
        np.multiply.accumulate(block, out=block)
    return factors[::-1]

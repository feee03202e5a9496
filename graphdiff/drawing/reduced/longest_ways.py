"""The ranks of a graph: how long the longest way to each node is."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter


def longest(edges: Iterable[tuple[int, int]]) -> dict[int, int] | None:
    """Return the length of the longest way that ends in each node; None if one leads round.

    Examples
    --------
    >>> longest([(1, 2), (2, 3), (1, 3)])
    {1: 0, 2: 1, 3: 2}
    """
    before: dict[int, set[int]] = {}
    for tail, head in edges:
        before.setdefault(tail, set())
        before.setdefault(head, set()).add(tail)
    found: dict[int, int] = {}
    try:
        for node in TopologicalSorter(before).static_order():
            found[node] = max((found[one] + 1 for one in before[node]), default=0)
    except CycleError:
        return None
    return found

"""Reverse accumulation: the recursion of back-propagation, whatever P is made of.

What reaches a node goes *through* its edges to its parents, where the terms are *added*::

    P^n = start,    P^j = add(through(i, P^i) for the edges (j, i))

Terms may be numbers, formulas, nodes of a graph or lines of a program: every reverse sweep but
the literal one of :mod:`graphdiff.evaluation.sweeps` is this loop.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, TypeVar

N = TypeVar("N")
C = TypeVar("C")
T = TypeVar("T")


def accumulated(
    order: Iterable[N],
    end: N,
    start: T,
    through: Callable[[N, C], Iterable[tuple[N, T]]],
    add: Callable[[N, Sequence[T]], C],
) -> Iterator[tuple[N, C]]:
    """Yield every node that something reaches with its P, the end first.

    Each edge is gone through once, when P of its child is complete.

    Parameters
    ----------
    order
        The nodes, each before its parents.
    end, start
        The node n, and what it starts with.
    through
        Returns for a node i and P^i the terms it gives to its parents, each with its parent j.
    add
        Returns P^j for a node j and the terms that reach it, those of later children first.
    """
    received: defaultdict[N, list[T]] = defaultdict(list, {end: [start]})
    for i in order:
        if i in received:
            P = add(i, received.pop(i))
            yield i, P
            for j, term in through(i, P):
                received[j].append(term)


def total(_: object, terms: Sequence[Any]) -> Any:
    """Return the sum of terms, in their order."""
    return reduce(operator.add, terms)

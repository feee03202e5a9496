"""The most memory a step takes, against that of activations and gradients, which it must have.

Python's ``tracemalloc`` counts it; NumPy tells it of every array.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import mlps
import mlps_by_hand as hand
import numpy as np
from contest import Contest, Contestant, Goal
from steps import compiled

import graphdiff as gd

CALLS = 3
GOAL = Goal(1.5)


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests of networks, and of a map of many entries."""
    for work in mlps.QUICK[2:] if quick else (mlps.WORKS[2], mlps.WORKS[4]):
        yield network(work)
    yield long_map(1000 if quick else 1_000_000)


def network(work: mlps.Work) -> Contest:
    """Return the contest of a network: two hidden layers, the scores, and all gradients."""
    leaves, itemsize = mlps.arrays(work), np.dtype(work.dtype).itemsize
    activations = work.m * sum(work.sizes[1:])
    needed = itemsize * (activations + sum(leaf.size for leaf in leaves[2:]))

    def by_hand() -> Callable[[], Any]:
        return lambda: partial(hand.batch(work.sizes, work.m, work.dtype), *leaves)

    rows = [("NumPy by hand", by_hand), *graphdiff_rows(lambda: mlps.graph(work), leaves)]
    layers = "-".join(map(str, work.sizes))
    return contest(f"network {layers}, {work.m} rows, {np.dtype(work.dtype).name}", needed, rows)


def long_map(n: int) -> Contest:
    """Return the contest of Σ tanh(w x) with its gradient in w, whose Jacobian would be n × n."""
    x, w = np.linspace(-1, 1, n), np.linspace(2, 1, n)

    def graph() -> gd.Graph:
        g = gd.Graph("long map")
        a = g.node("a", gd.tanh(g.parameter("w", w) * g.input("x", x)))
        g.node("L", a.sum())
        return g

    rows = graphdiff_rows(graph, [w, x])
    return contest(f"sum of tanh(w*x), {n} entries", 8 * 2 * n, rows)


Step = Callable[[], Any]
Row = tuple[str, Callable[[], Callable[[], Step]]]
"""A name, and what prepares the making of a step; the making is part of what is measured."""


def graphdiff_rows(graph: Callable[[], gd.Graph], leaves: Sequence[np.ndarray]) -> list[Row]:
    """Return graphdiff's rows; the graph, which holds values of its own, is not counted."""

    def prepare(reuse: bool) -> Callable[[], Step]:
        built = graph()
        return lambda: partial(compiled(built, "L", reuse=reuse), *leaves)

    return [
        ("graphdiff, buffers reused", partial(prepare, True)),
        ("graphdiff", partial(prepare, False)),
    ]


def contest(work: str, needed: int, rows: Sequence[Row]) -> Contest:
    """Return a contest of peaks, the bytes of activations and gradients first."""

    def measured(prepare: Callable[[], Callable[[], Step]]) -> Callable[[], float]:
        make = prepare()
        make()()  # a first one is not counted: it imports, and fills what is kept for good
        return lambda: peak(make)

    return Contest(
        f"{work}: most memory at once",
        [
            Contestant("activations and gradients", lambda: lambda: needed),
            *(
                Contestant(
                    name,
                    partial(measured, prepare),
                    goal=GOAL if name.startswith("graphdiff") else None,
                )
                for name, prepare in rows
            ),
        ],
        quantity="bytes",
    )


def peak(make: Callable[[], Step]) -> float:
    """Return the bytes at the worst moment of some calls, with all that the step keeps."""
    tracemalloc.start()
    try:
        step = make()
        step()
        tracemalloc.reset_peak()
        for _ in range(CALLS):
            result = step()
            del result
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()

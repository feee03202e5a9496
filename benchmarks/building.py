"""How long compiling takes, with the first call: from graphs that are built, in new processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mlps
import numpy as np
from contest import Contest, Contestant, Goal
from fresh import seconds_of
from steps import compiled

import graphdiff as gd

LENGTHS = (1250, 2500, 5000, 10_000)


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests of scalar graphs by length, and of networks by size."""
    lengths = (50, 100) if quick else LENGTHS
    yield Contest(
        "compile distinct scalar nodes, with the first call",
        [
            Contestant(
                f"{length} nodes",
                scalar_seconds(length),
                goal=Goal(2, "s") if length == 10_000 else None,
            )
            for length in lengths
        ],
        quantity="seconds",
    )
    places = (1,) if quick else (1, 2)
    for place in places:
        work = mlps.WORKS[place]
        yield Contest(
            f"compile network {'-'.join(map(str, work.sizes))}, with the first call",
            [
                Contestant("first in its process", network_seconds(place), goal=Goal(0.05, "s")),
                Contestant("after another", network_seconds(place, "again")),
            ],
            quantity="seconds",
        )


def scalar_seconds(length: int) -> Callable[[], Callable[[], float]]:
    """Return what measures a graph of so many distinct nodes."""
    return lambda: lambda: seconds_of("building", "compile_scalars", str(length))


def network_seconds(place: int, *again: str) -> Callable[[], Callable[[], float]]:
    """Return what measures one of the networks."""
    return lambda: lambda: seconds_of("building", "compile_network", str(place), *again)


def scalars(length: int) -> gd.Graph:
    """Return a graph in which each node has a formula and parents of its own, none too large."""
    rng, g = np.random.default_rng(8), gd.Graph("distinct nodes")
    nodes = [g.parameter(f"p{k}", float(rng.uniform(0.5, 1))) for k in range(20)]
    formulas = (
        lambda a, b, c: gd.tanh(c * a + b),
        lambda a, b, c: gd.sin(a * b + c),
        lambda a, b, c: gd.exp(-c * a**2) + b / 2,
        lambda a, b, c: a / (1 + c * b**2),
        lambda a, b, c: gd.sigmoid(a - c * b) + gd.cos(b),
        lambda a, b, c: c * a - gd.tanh(b),
    )
    for k in range(length - 1):
        a, b = (nodes[int(i)] for i in rng.integers(max(0, len(nodes) - 60), len(nodes), 2))
        c = round(float(rng.uniform(0.1, 0.9)), 6)
        nodes.append(g.node(f"v{k}", gd.tanh(formulas[k % len(formulas)](a, b, c))))
    total = nodes[-1]
    for node in nodes[-30:-1]:
        total = total + node
    g.node("L", total)
    return g


def compile_scalars(length: str) -> Callable[[], Any]:
    """Return what is timed in a new process."""
    graph = scalars(int(length))
    return lambda: compiled(graph, "L")()


def compile_network(place: str, again: str = "") -> Callable[[], Any]:
    """Return what is timed in a new process; ``again`` after it was done once, untimed."""
    work = mlps.WORKS[int(place)]
    leaves = mlps.arrays(work)
    if again:
        compiled(mlps.graph(work), "L")(*leaves)
    graph = mlps.graph(work)
    return lambda: compiled(graph, "L")(*leaves)

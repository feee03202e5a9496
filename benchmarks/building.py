"""What building and compiling take: many distinct scalar nodes, and a network after import."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import fresh
import mlps
import numpy as np
from contest import Contest, Contestant, Goal

import graphdiff as gd

SIZES = (1250, 2500, 5000, 10_000)
QUICK = (100, 200)


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests: growth with the number of nodes, and one network."""
    sizes = QUICK if quick else SIZES
    yield Contest(
        "scalar nodes, no two alike: build, compile and first call",
        [
            Contestant(
                f"{count} nodes",
                lambda count=count: lambda: fresh.seconds_of("building", "distinct", str(count)),
                goal=Goal(2, "s") if count == 10_000 else None,
            )
            for count in sizes
        ],
        quantity="seconds",
    )
    yield Contest(
        "network 784-128-64-10, 64 rows: compile, in a new process",
        [
            Contestant(
                "graphdiff",
                lambda: lambda: fresh.seconds_of("building", "network"),
                goal=Goal(0.05, "s"),
            )
        ],
        quantity="seconds",
    )


def distinct(count: str) -> Callable[[], object]:
    """Return what builds, compiles and calls a graph of nodes that are all of another formula."""
    rng = np.random.default_rng(0)
    factors = rng.uniform(-1, 1, int(count)).tolist()
    parents = [int(rng.integers(max(0, k - 50), k + 1)) for k in range(int(count))]

    def work() -> object:
        graph = gd.Graph()
        nodes: list[gd.Node] = [graph.parameter("w", 0.5)]
        for k, (factor, parent) in enumerate(zip(factors, parents, strict=True)):
            nodes.append(graph.node(f"v{k}", gd.sin(nodes[parent] * factor) + nodes[-1] * 0.5))
        return graph.compile(nodes[-1])()

    return work


def network() -> Callable[[], object]:
    """Return what compiles a network whose graph is there."""
    graph = mlps.graph(mlps.WORKS[3])
    return lambda: graph.compile("L")

"""The memory of a compiled step, beside its activations and gradients."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import mlps
import numpy as np
from contest import Contest, Contestant, Goal


def contests(quick: bool) -> Iterator[Contest]:
    """Return one contest: the largest network, or a small one."""
    work = mlps.QUICK[-1] if quick else mlps.WORKS[4]
    name = "-".join(map(str, work.sizes))
    yield Contest(
        f"network {name}, {work.m} rows: memory of a step and of what it returns",
        [
            Contestant("activations and gradients", lambda: lambda: least(work)),
            Contestant("graphdiff", lambda: lambda: peak(work), goal=Goal(1.5)),
        ],
        quantity="bytes",
    )


def least(work: mlps.Work) -> int:
    """Return the bytes of z and a of every layer, and of all gradients."""
    sizes = work.sizes
    activations = sum(2 * work.m * n for n in sizes[1:])
    gradients = sum((n + 1) * m for n, m in zip(sizes, sizes[1:], strict=False))
    return (activations + gradients) * np.dtype(work.dtype).itemsize


def peak(work: mlps.Work) -> int:
    """Return the most bytes that compiling and two calls take at once, by tracemalloc."""
    graph, leaves = mlps.graph(work), mlps.arrays(work)
    step = graph.compile("L", dtype=work.dtype)
    step(*leaves)
    tracemalloc.start()
    try:
        step = graph.compile("L", dtype=work.dtype)
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(2):
            step(*leaves)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

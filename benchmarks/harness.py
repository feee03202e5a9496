"""Medians of interleaved runs, as ratios to the first contestant."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Row(NamedTuple):
    """A contestant: its median seconds, and how many times the first one's that is."""

    name: str
    seconds: float
    ratio: float


def compare(contestants: Mapping[str, Callable[[], object]], rounds: int) -> list[Row]:
    """Time contestants in turn, round by round, each often enough to be measured."""
    calls = {name: _calls(function) for name, function in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    ratios: dict[str, list[float]] = {name: [] for name in contestants}
    first = next(iter(contestants))
    for _ in range(rounds):
        for name, function in contestants.items():
            started = time.perf_counter()
            for _ in range(calls[name]):
                function()
            times[name].append((time.perf_counter() - started) / calls[name])
            ratios[name].append(times[name][-1] / times[first][-1])
    return [
        Row(name, statistics.median(times[name]), statistics.median(ratios[name]))
        for name in contestants
    ]


def _calls(function: Callable[[], object]) -> int:
    """Return how many calls take about ten milliseconds, after one to warm up."""
    function()
    started = time.perf_counter()
    function()
    once = time.perf_counter() - started
    return max(1, min(10_000, int(0.01 / max(once, 1e-9))))

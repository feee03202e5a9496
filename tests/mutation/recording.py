"""A plugin of pytest: which tests come to which marked places, and how long each takes."""

from __future__ import annotations

import builtins
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

reached: dict[int, set[str]] = defaultdict(set)
seconds: dict[str, float] = defaultdict(float)
failed: set[str] = set()
running = [""]


def _reached(*numbers: int) -> None:
    for number in numbers:
        reached[number].add(running[0])


builtins.__reached__ = _reached


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    running[0] = item.nodeid
    try:
        return (yield)
    finally:
        running[0] = ""


def pytest_runtest_logreport(report):
    seconds[report.nodeid] += report.duration
    if report.outcome != "passed":
        failed.add(report.nodeid)


def pytest_sessionfinish():
    """Write down what this process saw; each worker of pytest-xdist writes its own."""
    found = {
        "reached": {number: sorted(tests) for number, tests in reached.items()},
        "seconds": seconds,
        "failed": sorted(failed),
    }
    name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"
    Path(os.environ["GRAPHDIFF_RECORD"], name).write_text(json.dumps(found))

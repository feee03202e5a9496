"""Every kind of exercise there is, and seeds to try each with."""

import os
from functools import cache
from typing import Any

import pytest

from graphdiff.exercises import LEVELS, TOPICS, Exercise, exercise

ASKED = os.environ.get("GRAPHDIFF_EXERCISE_SEEDS")
SEEDS = int(ASKED or 1)
"""How many exercises of each kind are tried."""

_ALL = [
    {"topic": topic.name, "tensors": tensors, "level": level}
    for topic in TOPICS.values()
    for tensors, builder in ((False, topic.scalars), (True, topic.tensors))
    for level in LEVELS
    if builder is not None
]
KINDS = _ALL if ASKED else [kind for k, kind in enumerate(_ALL) if k % 3 == k // 3 % 3]
"""Each topic at one level; with ``GRAPHDIFF_EXERCISE_SEEDS=20`` at each, with so many seeds."""

of_every_kind = pytest.mark.parametrize(
    "kind", KINDS, ids=lambda kind: "-".join(map(str, kind.values()))
)


def exercise_of(kind: dict[str, Any]) -> Exercise:
    """Return the one exercise of a kind that tests of how it is written share, with its picture."""
    return _kept(**kind)


@cache
def _kept(**kind: Any) -> Exercise:
    return exercise(6, **kind)

"""Every kind of exercise there is, and seeds to try each with."""

import os

import pytest

from graphdiff.exercises import LEVELS, TOPICS

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

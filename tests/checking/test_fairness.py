"""Right answers are accepted in every form, and wrong ones refused: seeded, then at random."""

import random
import time

import pytest
from fairness import outcomes

BLOCKS, BLOCK = 10, 25
EXPLORED = 5.0
"""Seconds for exercises that no one has seen before."""


def unfair(found):
    return [str(outcome) for outcome in found if not outcome.is_fair]


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_answers_to_random_exercises(block):
    found = [outcome for k in range(BLOCK) for outcome in outcomes(block * BLOCK + k)]
    assert not unfair(found), "\n".join(unfair(found))
    assert sum(outcome.answer.right for outcome in found) > BLOCK
    assert sum(not outcome.answer.right for outcome in found) > BLOCK / 2
    left_out = sum(outcome.verdict == "left out" for outcome in found)
    assert left_out < 0.1 * len(found)


@pytest.mark.slow
def test_answers_to_exercises_never_seen():
    seed = random.randrange(10**6, 10**9)
    print(f"from seed {seed}")
    end = time.monotonic() + EXPLORED
    while time.monotonic() < end:
        found = unfair(outcomes(seed))
        assert not found, "\n".join(found)
        seed += 1

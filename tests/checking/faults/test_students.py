"""Students who share nothing with the package: accused where they went wrong, only there, and told how.

``python benchmarks/faults.py`` tries hundreds of exercises; here are a few.
"""

import pytest
from students.exercises import FAMILIES
from students.trials import right_answers
from students.wrong import tried


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, len(FAMILIES), 3))
def test_right_answers_are_accepted_in_every_form(seed):
    found = list(right_answers(seed))
    unfair = [outcome for outcome in found if not outcome.is_fair]
    assert not unfair, "\n".join(map(str, unfair))
    assert len(found) > 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 4, 9])
def test_mistakes_are_found_where_they_are_and_named(seed):
    found = [one for one in tried(seed) if one.outcome != "hidden"]
    astray = [one for one in found if one.outcome != "found"]
    assert not astray, "\n".join(map(str, astray))
    invented = [one for one in found if one.certain and one.rank != 0]
    assert not invented, "\n".join(map(str, invented))
    assert sum(one.rank == 0 for one in found) >= 0.8 * len(found)
    assert len({one.kind for one in found}) > 8

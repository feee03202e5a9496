"""Students whose mistakes share nothing with the catalogue: accused where they went wrong, and only there."""

import pytest
from students.exercises import FAMILIES
from students.trials import right_answers
from students.wrong import tried


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, len(FAMILIES)))
def test_right_answers_are_accepted_in_every_form(seed):
    found = list(right_answers(seed))
    unfair = [outcome for outcome in found if not outcome.is_fair]
    assert not unfair, "\n".join(map(str, unfair))
    assert len(found) > 50


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, len(FAMILIES), 2))
def test_the_first_wrong_line_is_the_one_with_the_mistake(seed):
    found = [one for one in tried(seed) if one.outcome != "hidden"]
    astray = [one for one in found if one.outcome != "found"]
    assert not astray, "\n".join(map(str, astray))
    assert len({one.kind for one in found}) > 8

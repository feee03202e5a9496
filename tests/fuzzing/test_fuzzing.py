"""Some seconds of changed inputs; ``fuzz.py`` runs for longer."""

import os

import fuzz
import pytest

SECONDS = float(os.environ.get("GRAPHDIFF_FUZZ_SECONDS", "5"))
SEED = int(os.environ.get("GRAPHDIFF_FUZZ_SEED", "0"))


def test_changed_inputs_are_read_or_refused():
    wrong = [problem for problem in fuzz.problems(SEED, SECONDS) if problem is not None]
    if wrong:
        pytest.fail("\n".join(wrong[:5]), pytrace=False)


def test_the_same_number_is_the_same_input(tmp_path):
    tried = [list(fuzz.problems(3, 0, first=7, count=2)) for _ in range(2)]
    assert tried[0] == tried[1] == [None, None]

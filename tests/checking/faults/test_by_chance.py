"""Numbers with no mistake behind them: nothing is told for certain, and of many digits nothing."""

import random

import pytest
from students.chance import by_chance
from test_search import network

TARGETS = {"dL/dw1": 0.0170313, "dL/da1": 0.13839, "z2": -0.193, "w2@1": -0.689}


@pytest.fixture(scope="module")
def drawn():
    """Return diagnoses of numbers drawn by chance, by the digits they have."""
    generator, found = random.Random(3), {}
    for digits in (1, 2, 4, 6):
        for target, right in TARGETS.items():
            for _ in range(12):
                value = right * 10 ** generator.uniform(-0.7, 0.7) * generator.choice((1, -1))
                (result,) = network().check({target: f"{value:.{digits}g}"}, learning_rate=0.1)
                if result.verdict == "wrong":
                    found.setdefault(digits, []).append(result)
    return found


def test_none_is_certain(drawn):
    every = [result for results in drawn.values() for result in results]
    assert len(every) > 150
    assert [str(result) for result in every if result.diagnosis.certain] == []


@pytest.mark.parametrize(("digits", "most"), [(1, 0.5), (2, 0.35), (4, 0.05), (6, 0.0)])
def test_the_more_digits_the_fewer_are_called_mistakes(drawn, digits, most):
    results = drawn[digits]
    named = [str(result) for result in results if result.diagnosis.explanations]
    assert len(named) <= most * len(results), "\n".join(named)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_none_is_certain_below_the_lines_of_students(seed):
    named = list(by_chance(seed, digits=(2, 5)))
    assert len(named) > 5
    assert [one.note for one in named if one.certain] == []

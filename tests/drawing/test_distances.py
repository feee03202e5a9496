"""Numbers that keep their distances are the best of all that do, which small ones tell."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphdiff.drawing.layout.distances import Distances

PLACES = [k / 2 for k in range(-6, 7)]
"""What is tried: distances are halves, so that of the best numbers some are, too."""


@st.composite
def wanted(draw):
    count = draw(st.integers(3, 4))
    pairs = list(itertools.permutations(range(count), 2))
    some = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=count, unique=True))
    apart = [(a, b, draw(st.integers(0, 2)) / 2) for a, b in some]
    some = draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=6))
    near = [([(a, 1.0), (b, -1.0)], float(draw(st.integers(1, 5)))) for a, b in some]
    equal = [[(a, 1.0), (b, -1.0)] for a, b in draw(st.sets(st.sampled_from(pairs), max_size=1))]
    return Distances(count, apart, equal, near)


def holds(problem, numbers):
    return all(numbers[b] - numbers[a] >= gap - 1e-6 for a, b, gap in problem.apart) and all(
        abs(sum(c * numbers[k] for k, c in terms)) < 1e-6 for terms in problem.equal
    )


def cost(problem, numbers):
    return sum(w * abs(sum(c * numbers[k] for k, c in terms)) for terms, w in problem.near)


def drawn_to(before, behind):
    """Return what x₁ is drawn to on both sides, from x₀ and from x₂, which are apart."""
    near = [([(0, 1.0), (1, -1.0)], before), ([(1, 1.0), (2, -1.0)], behind)]
    return Distances(3, [(0, 2, 2.0)], [], near)


@example(drawn_to(5.0, 1.0))
@example(drawn_to(1.0, 5.0))
@given(wanted())
def test_nothing_that_keeps_the_distances_is_better(problem):
    found = problem.solved()
    every = itertools.product(PLACES, repeat=problem.count - 1)
    costs = [cost(problem, (0, *rest)) for rest in every if holds(problem, (0, *rest))]
    assert (found is None) == (not costs)
    if found is not None:
        assert found[0] == 0 and holds(problem, found)
        assert cost(problem, found) == pytest.approx(min(costs), abs=1e-6), "of halves one is best"


@given(wanted(), wanted())
def test_equations_hold_in_turn_as_long_as_they_can(problem, other):
    tries = [[[(0, 1.0), (problem.count - 1, -1.0)]], *(
        [terms] for terms in other.equal if all(k < problem.count for k, _ in terms)
    )]  # fmt: skip
    both = (
        Distances(problem.count, problem.apart, [*problem.equal, *some], problem.near)
        for some in tries
    )
    solved = (found for found in (each.solved() for each in both) if found is not None)
    best = next(solved, problem.solved())
    if best is None:
        with pytest.raises(ValueError, match="in a circle"):
            problem.best(tries)
    else:
        assert np.array_equal(problem.best(tries), best)


def test_no_numbers_are_none():
    assert Distances(0).best([]).size == 0

"""Mistakes computed beside each other come to what each comes to alone, with the same work."""

import contextlib
import itertools

import numpy as np
import pytest
from students.answers import claims, computed
from students.mistakes import mistakes
from students.trials import checked, drawn

from graphdiff.checking.faults.candidates import Candidates, _together


@contextlib.contextmanager
def made():
    """Yield the candidates that are made within it."""
    found, make = [], Candidates.__init__

    def init(self, settings, target):
        make(self, settings, target)
        found.append(self)

    Candidates.__init__ = init
    try:
        yield found
    finally:
        Candidates.__init__ = make


def searched(seed):
    """Return what is tried for a page with two wrong lines: by exact values, and by its own."""
    solved, graph, draw = drawn(seed)
    wrong = draw.choice([one for one in mistakes(solved, draw) if one.place < len(solved.lines)])
    lines = claims(computed(solved, 4, wrong), "numbers")
    with made() as found:
        checked(graph, [*lines[:-1], (lines[-1][0], "0.4321")], solved.exercise.rate)
    return found[-4:]


@pytest.mark.parametrize("start", range(4))
def test_mistakes_beside_each_other_come_to_what_each_comes_to_alone(start):
    tried, by_lines = 0, 0
    for found in itertools.chain.from_iterable(map(searched, range(start, 24, 4))):
        if not found.is_known:
            continue
        every = [_together(made) for _, made, _ in found._single()]
        pairs = itertools.islice(found._paired(), 60)
        every += [_together(made) for _, made, _ in pairs]
        found._altered(every)  # what is computed once for all is known then
        for (one, units), (other, alone) in zip(
            found._altered(every), map(found._alone, every), strict=True
        ):
            assert (one is None) == (other is None)
            assert units == pytest.approx(alone, rel=0.05)
            if one is not None:
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-14)
                tried += 1
                by_lines += found.many > 1
    assert tried > 500
    assert by_lines > 100

"""Lines that are wrong, and what known mistakes make of them."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

import graphdiff as gd
from graphdiff.checking.claim_records import Claim, Misfit
from graphdiff.checking.claims import claims
from graphdiff.checking.descents import Descent
from graphdiff.checking.faults.declaration import Attempt, Fault, WrongLine
from graphdiff.checking.judge import Judge, Options
from graphdiff.evaluation.leaf_values import given_values


def wrong_line(
    graph: gd.Graph,
    target: str,
    chain: Any,
    above: Sequence[tuple[str, Any]] = (),
    rate: Any = None,
) -> WrongLine:
    """Return the last link of a chain as a line that is wrong, with claims above it."""
    descent = None if rate is None else Descent.at_rate(graph.output, rate)
    read = claims(graph, [*above, (target, chain)], None, None, descent)
    values = {name: v for name, v in given_values(graph, {}).items() if v is not None}
    judge = Judge(graph, values, {}, read, Options(descent=descent), graph, float("inf"))
    place = 0
    for claim in read:
        assert isinstance(claim, Claim), claim
        for k in range(len(claim.links)):
            place += 1
            is_last = claim is read[-1] and k == len(claim.links) - 1
            if not is_last:
                judge.result(claim, k + 1, claim, place)
    (*before, link) = read[-1].links
    assert not isinstance(link, Misfit)
    return WrongLine(
        read[-1].target, link, tuple(before), judge.ground, judge.page, judge.of_numbers
    )


def reproducing(faults: Sequence[Fault], line: WrongLine) -> Iterator[Attempt]:
    """Yield the attempts of some faults that give just what was claimed."""
    numeric = line.link.is_numeric
    points = [line.ground.here] if numeric else list(itertools.islice(line.ground.generic, 3))
    for fault in faults:
        for attempt in fault.attempts(fault, line):
            if all(_gives(attempt, line, point) for point in points):
                yield attempt


def _gives(attempt: Attempt, line: WrongLine, point: Any) -> bool:
    value, claimed = attempt.value(point), point.of(line.link)
    if value is None or claimed is None or np.size(value) != np.size(claimed):
        return False
    if not line.link.is_numeric:
        return np.allclose(np.asarray(value, float), np.asarray(claimed, float), rtol=1e-9)
    return line.numbers.matched(line.target, line.link, claimed, value)[0] is not None

"""Runs of the computed nodes, in order, in which the same few functions come again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphdiff.program.scalars.index_arrays import IndexArrays

Array = np.ndarray
LONGEST = 32
"""Nodes in one turn of a run."""
FEWEST = 8
"""Turns that make a run."""
LOOKED_AT = 200
"""Nodes looked at to tell how many stand in runs."""
MAX_TRIED = 2_000
"""Places at which a run is looked for."""


@dataclass(frozen=True)
class Run:
    """A run of turns, each of the same functions.

    Attributes
    ----------
    start, width, turns
        Its first node, the nodes in a turn, the number of turns.
    first, step
        The arguments of the nodes of the first turn, one after the other, and how far each
        moves on from turn to turn.
    """

    start: int
    width: int
    turns: int
    first: tuple[int, ...]
    step: tuple[int, ...]

    @property
    def end(self) -> int:
        """The node after the last."""
        return self.start + self.width * self.turns


def runs_of(network: IndexArrays) -> list[Run]:
    """Return the runs of a graph's computed nodes, in order, none overlapping another."""
    kinds, found = network.kinds, []
    at = tried = 0
    same: dict[int, Array] = {}
    while at < len(kinds) and tried < MAX_TRIED:
        run = None
        tried += 1
        for width in range(1, min(LONGEST, len(kinds) // FEWEST) + 1):
            if width not in same:
                same[width] = _stretches(kinds, width)
            until = same[width]
            turns = (until[at] - at) // width + 1 if at < len(until) else 0
            if turns > FEWEST:
                # The first turn starts from elsewhere, so it is no part of the run.
                run = _regular(network, at + width, width, int(turns) - 1)
                if run is not None:
                    break
        if run is None:
            at += 1
        else:
            found.append(run)
            at = run.end
            tried = 0
    return found


def outside_runs(network: IndexArrays) -> int:
    """Return how many nodes stand in no run, roughly and quickly, by a look at some of them."""
    count = len(network.kinds)
    looked_at = range(0, count, count // LOOKED_AT + 1)
    inside = sum(
        any(
            _repeats(network, node, width) and _repeats(network, node + width, width)
            for width in range(1, LONGEST + 1)
        )
        for node in looked_at
    )
    return round(count * (1 - inside / max(1, len(looked_at))))


def _repeats(network: IndexArrays, node: int, width: int) -> bool:
    """Whether a node comes again, and once more, so many nodes later, as in a run."""
    kinds, second, third = network.kinds, node + width, node + 2 * width
    if third >= len(kinds) or not kinds[node] == kinds[second] == kinds[third]:
        return False
    for a, b, c in zip(*map(network.arguments_of, (node, second, third)), strict=True):
        is_at_hand = a < 0 or a == b or (b == a + width and second - b <= width)
        if not is_at_hand or c - b != b - a:
            return False
    return True


def _stretches(kinds: Array, width: int) -> Array:
    """Return for each node up to where each kind is that of the node ``width`` later."""
    differs = np.flatnonzero(kinds[width:] != kinds[:-width])
    bounds = np.append(differs, len(kinds) - width)
    return bounds[np.searchsorted(bounds, np.arange(len(kinds) - width))]


def _regular(network: IndexArrays, start: int, width: int, turns: int) -> Run | None:
    """Return the run from a node on, as far as its arguments move on evenly."""
    low = int(network.ends[start])
    each = int(network.ends[start + width]) - low
    if not _moves_evenly(network, start, width, each, low):
        return None
    table = network.arguments[low : low + each * turns].reshape(turns, each)
    moves = np.diff(table, axis=0)
    uneven = np.flatnonzero((moves != moves[0]).any(axis=1))
    if len(uneven):
        turns = int(uneven[0]) + 1
    step = tuple(moves[0].tolist())
    if turns < FEWEST:
        return None
    return Run(start, width, turns, tuple(table[0].tolist()), step)


def _moves_evenly(network: IndexArrays, start: int, width: int, each: int, low: int) -> bool:
    """Whether the first turns are those of a run, and what they need is at hand in each."""
    first, second, third = (
        network.arguments[low + each * k : low + each * (k + 1)] for k in range(3)
    )
    if len(third) < each or not np.array_equal(second - first, third - second):
        return False
    owner = np.repeat(np.arange(width), np.diff(network.ends[start : start + width + 1]))
    for argument, move, mine in zip(
        first.tolist(), (second - first).tolist(), owner.tolist(), strict=True
    ):
        if argument < 0 or move == 0:
            if argument >= start or (argument < 0 and move > 0):
                return False
            continue
        if move != width:
            return False  # values from elsewhere, not at hand in each turn
        place = argument - start  # in the turn before it is below 0
        if place < -width or (place < 0 and place + width < mine):
            return False
    return True

"""Cells: what a graph repeats, step after step, and frames around a few nodes.

A row ends behind a cell, never inside one. Steps that are in no frames are found by their names:
z₁, h₁, z₂, h₂ are two cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphdiff.drawing.labels.description import Description
from graphdiff.notation.name_families import Family, member

LONGEST = 4
"""So many computed nodes, one behind the other, make a cell that is not broken."""


def inside(said: Description, rank_of: Mapping[int, int]) -> frozenset[int]:
    """Return the ranks behind which a row may not end, of ranks counted from 0 without gaps.

    Parameters
    ----------
    rank_of
        The ranks of computed nodes, by their indices.
    """
    spans = [*_framed(said, rank_of), *_repeated(said, rank_of)]
    return frozenset(rank for first, last in spans for rank in range(first, last))


def _framed(said: Description, rank_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last rank of each short frame."""
    for cluster in said.clusters:
        ranks = [rank_of[index] for index in cluster.nodes if index in rank_of]
        if ranks and max(ranks) - min(ranks) < LONGEST:
            yield min(ranks), max(ranks)


def _repeated(said: Description, rank_of: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last rank of each cell that is there more than once in a row."""
    found: list[list[Family]] = [[] for _ in range(1 + max(rank_of.values(), default=-1))]
    for node in said.nodes:
        if node.index in rank_of:
            found[rank_of[node.index]].append(member(node.name).family)
    families = [sorted(some, key=str) for some in found]
    rank = 0
    while rank < len(families):
        length, covered = max(
            ((p, _covered(families[rank:], p)) for p in range(1, LONGEST + 1)),
            key=lambda found: (found[1], -found[0]),
        )
        for first in range(rank, rank + covered, length):
            yield first, first + length - 1
        rank += covered or 1


def _covered(families: Sequence[Sequence[Family]], length: int) -> int:
    """Return how many of the first ranks are whole cells of this length, if two are."""
    alike = 0
    while alike + length < len(families) and families[alike] == families[alike + length]:
        alike += 1
    return (alike + length) // length * length if alike >= length else 0

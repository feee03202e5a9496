"""Graphs whose sizes are letters, judged at sizes that are numbers.

Two choices of different small numbers are judged, none of which is a size of the graph
already, so that a formula which is right for one choice by accident is wrong for the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

from graphdiff.checking.claims import letters
from graphdiff.checking.report import Result, Verdict
from graphdiff.graph import ComputationalGraph, letter_sizes

CHOICES = 2
RANK: tuple[Verdict, ...] = (
    "unread", "wrong", "follows", "undecided", "coincidental", "says-nothing", "given",
    "convention", "rounded", "correct",
)  # fmt: skip

__all__ = ["assignments", "letters", "named", "sized", "worse"]


def assignments(graph: ComputationalGraph) -> list[dict[str, int]]:
    """Return numbers for the letters in the shapes of a graph, all different."""
    names = list(letters(graph))
    taken = {size for node in graph.nodes for size in node.shape if isinstance(size, int)}
    free = (size for size in itertools.count(2) if size not in taken)
    return [dict(zip(names, free, strict=False)) for _ in range(CHOICES)]


def sized(graph: ComputationalGraph, sizes: Mapping[str, int]) -> ComputationalGraph:
    """Return a graph with numbers in place of the letters."""
    of = {letter: sizes[letter.name] for letter in letter_sizes.letters_of(graph)}
    return letter_sizes.sized(graph, of)


def named(result: Result, sizes: Mapping[str, int]) -> Result:
    """Return a result that says at which sizes it was found, if that is of interest."""
    if result.verdict == "correct" or result.point is None:
        return result
    shown = ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
    return replace(result, note=f"with {shown}, {result.note}")


def worse(*results: Result) -> Result:
    """Return the worse of the results for one link."""
    return min(results, key=lambda result: RANK.index(result.verdict))

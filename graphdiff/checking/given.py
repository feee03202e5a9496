"""Formulas into which values of the exercise were put before they were written down.

−log(1 − a) is right where y = 0 was given. A set of leaves that the claim does not name
explains it if the truth, with their given values put in, equals the claim whatever the others
are. One point proves nothing, so all that the claim names has to vary.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.checking import equality
from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.local_functions.local_function import Literal

MOST = 40
"""Choices of leaves that stay free, where the claim names computed nodes."""

Holds = Callable[[frozenset[str]], bool]
"""Whether target and claim agree wherever some leaves have their given values."""


def put_in(
    target: Target, link: ClaimedSide, given: Mapping[str, Any], holds: Holds
) -> list[str] | None:
    """Return the leaves whose given values were put into a claim; None if that explains nothing.

    It is as few of them as will do, in their order.
    """
    needed = _ancestors(target)
    named = {name.name for name in link.names if isinstance(name, Node)}
    unnamed = [leaf for leaf in given if leaf in needed and leaf not in named]
    for free in _free(link.names, unnamed):
        chosen = [leaf for leaf in unnamed if leaf not in free]
        if chosen and holds(frozenset(chosen)):
            return _fewest(chosen, holds)
    return None


def numbers(link: ClaimedSide) -> set[float]:
    """Return the numbers that stand in a claim, without their signs."""
    literals = (line.value for line in link.function.program if isinstance(line, Literal))
    return {abs(float(value)) for value in literals if np.ndim(value) == 0}


def _free(names: Sequence[Expression], unnamed: Sequence[str]) -> Iterator[frozenset[str]]:
    """Yield sets of leaves to leave free: one before each thing named that would not vary else."""
    leaves = {name.name for name in names if isinstance(name, Node) and name.is_leaf}
    choices: list[list[str]] = []
    for name in names:
        node = name.target.of if isinstance(name, Reference) else name
        assert isinstance(node, Node)  # noqa: S101 - names are nodes or references
        before = node.graph.ancestors(node)
        if not node.is_leaf and not leaves & set(before):
            choices.append([leaf for leaf in unnamed if leaf in before])
    choices = [choice for choice in choices if choice]
    seen: set[frozenset[str]] = set()
    everything = frozenset(leaf for choice in choices for leaf in choice)
    some = itertools.islice(itertools.product(*choices), MOST)
    for free in (everything, *map(frozenset, some)):
        if free not in seen:
            seen.add(free)
            yield free


def _fewest(chosen: list[str], holds: Holds) -> list[str]:
    kept = list(chosen)
    for leaf in chosen:
        fewer = [other for other in kept if other != leaf]
        if fewer and holds(frozenset(fewer)):
            kept = fewer
    return kept


def _ancestors(target: Target) -> set[str]:
    graph = target.of.graph
    if target.kind == "expression" or target.step:
        return {node.name for node in graph.nodes}
    return set(graph.ancestors(target.of)) | {target.of.name}


def varies(link: ClaimedSide, points: Sequence[Point], generic: Sequence[Point]) -> bool:
    """Whether all that a claim names varies over some points, as far as it does at all."""
    return all(
        _differs(name, points) or not _differs(name, generic)
        for name in link.names
        if isinstance(name, Reference) or (isinstance(name, Node) and not name.is_leaf)
    )


def _differs(name: Expression, points: Sequence[Point]) -> bool:
    if isinstance(name, Reference):
        found = [point.at(name.target) for point in points]
    else:
        assert isinstance(name, Node)  # noqa: S101 - names are nodes or references
        found = [point.values.get(name.name) for point in points]
    values = [value for value in found if value is not None]
    return any(
        np.shape(value) != np.shape(values[0])
        or bool(equality.unequal(value, values[0], rough=points[0].rough))
        for value in values[1:]
    )

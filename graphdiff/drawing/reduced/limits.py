"""What is drawn of a graph too large to be drawn whole, and what the picture says about it.

Beyond :data:`MAX_TYPESET` nodes labels are plain; beyond :data:`MAX_CARDS` the repeated steps of a
chain share their cards, then alike nodes do, first those with one formula, then all of one name or
on one level of a group, then groups collapse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.expanding import expanded
from graphdiff.drawing.reduced.longest_ways import longest
from graphdiff.drawing.shown import Annotation
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import (
    ALIKE,
    ALL,
    CHAINS,
    COARSEST,
    FINEST,
    arrows_between,
    parts_of,
)
from graphdiff.recognition.chains import LEAST_STEPS
from graphdiff.recognition.parts import Part

MAX_TYPESET, MAX_TYPESET_EDGES = 300, 600
"""With more nodes or edges, formulas and local Jacobians are left out."""

MAX_CARDS, MAX_EDGES = 600, 1500
"""More nodes or edges are not laid out one by one."""
MAX_LENGTH = 3000
"""Nor are edges that cross more ranks together: the layout program would take minutes.

One parameter with an edge to each of 80 steps crosses as many.
"""

FORMULAS: frozenset[Annotation] = frozenset(
    {"formula", "jacobian", "jacobian_value", "jacobian_matrix"}
)
SHARED = {
    "chain": "the steps of a chain between its first and its last",
    "alike": "alike nodes",
    "group": "the nodes of a group",
}
"""What shares a card, by the kind of the card."""


class Plan(NamedTuple):
    """What is drawn: the cards, or None for every node; the options; and what is said of that."""

    parts: tuple[Part, ...] | None
    options: Options
    remarks: tuple[Remark, ...]


def plan(graph: ComputationalGraph, options: Options) -> Plan:
    """Return how a graph is drawn.

    Raises
    ------
    UnknownNameError
        If a group to collapse is unknown.
    """
    parts = parts_of(graph, options.collapse) if options.collapse else None
    if CHAINS in options.collapse and parts and not _has_chain(graph, parts):
        raise DrawingError(
            f"collapse='chains' finds no step that is repeated {LEAST_STEPS} times in a row; leave "
            "it out, or use collapse='alike'"
        )
    edges = sum(len(node.parents) for node in graph.nodes)
    said: list[str] = []
    if _is_too_large(graph, parts):
        found = _reduced(graph, options.collapse)
        if len(found) < len(graph if parts is None else parts):
            parts = found
            said.append(_told(graph, edges, parts))
    if parts is not None and options.expand:
        parts = expanded(graph, parts, options.expand)
    cards = len(graph if parts is None else parts)
    arrows = edges if parts is None else _arrows(graph, parts)
    if (cards > MAX_TYPESET or arrows > MAX_TYPESET_EDGES) and options.show & FORMULAS:
        options = replace(options, show=options.show.without(FORMULAS))
        what = _first(("nodes", cards, MAX_TYPESET), ("edges", arrows, MAX_TYPESET_EDGES))
        said.append(f"With more than {what} formulas and local Jacobians are left out.")
    return Plan(parts, options, tuple(Remark((words(line),)) for line in said))


def _has_chain(graph: ComputationalGraph, parts: Sequence[Part]) -> bool:
    return CHAINS in graph.groups or any(part.kind == "chain" for part in parts)


def _is_too_large(graph: ComputationalGraph, parts: Sequence[Part] | None) -> bool:
    if parts is None:
        if len(graph) > MAX_CARDS or sum(len(node.parents) for node in graph.nodes) > MAX_EDGES:
            return True
        parts = parts_of(graph, ())
    if len(parts) > MAX_CARDS or _arrows(graph, parts) > MAX_EDGES:
        return True
    return _length(graph, parts) > MAX_LENGTH


def _length(graph: ComputationalGraph, parts: Sequence[Part]) -> int:
    """Return how many ranks all arrows cross together; 0 where cards are before each other."""
    arrows = arrows_between(graph, parts)
    ends = [(end.tail, end.head) for end in arrows if not end.loops]
    rank = longest(ends)
    if rank is None:
        return 0
    last = max(rank.values(), default=0)
    nearest = dict.fromkeys(rank, last)
    for tail, head in ends:
        nearest[tail] = min(nearest[tail], rank[head] - 1)
    start = {k: nearest[k] if parts[k].nodes[0].is_leaf else rank[k] for k in rank}
    counts = (
        arrow.size if arrow.is_single else 1 for end, arrow in arrows.items() if not end.loops
    )
    return sum(n * (rank[head] - start[tail]) for n, (tail, head) in zip(counts, ends, strict=True))


def _reduced(graph: ComputationalGraph, collapse: Sequence[str]) -> tuple[Part, ...]:
    """Return cards that are few enough, or as few as there can be."""
    parts: tuple[Part, ...] = ()
    for asked, coarseness in _ways(graph, collapse):
        parts = parts_of(graph, asked, coarseness)
        if not _is_too_large(graph, parts):
            break
    return parts


def _ways(
    graph: ComputationalGraph, collapse: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], int]]:
    yield (*collapse, CHAINS), FINEST
    for coarseness in range(FINEST, COARSEST + 1):
        yield (*collapse, ALIKE), coarseness
        yield (*collapse, ALIKE, CHAINS), coarseness
    if graph.groups and ALL not in graph.groups:
        yield (ALL, ALIKE, CHAINS), COARSEST


def _arrows(graph: ComputationalGraph, parts: Sequence[Part]) -> int:
    """Return how many arrows there are between cards: one for all edges between two that merge."""
    return sum(
        arrow.size if arrow.is_single else 1 for arrow in arrows_between(graph, parts).values()
    )


def _told(graph: ComputationalGraph, edges: int, parts: Sequence[Part]) -> str:
    limits = ("nodes", len(graph), MAX_CARDS), ("edges", edges, MAX_EDGES)
    what = _first(*limits) or "can be laid out well"
    kinds = {part.kind for part in parts}
    how = [said for card, said in SHARED.items() if card in kinds]
    size = f"{len(graph):,} nodes and {edges:,} edges".replace(",", " ")
    cards = " and ".join([part for part in (", ".join(how[:-1]), *how[-1:]) if part])
    return f"The graph has {size}, more than {what}: {cards} are drawn as one card."


def _first(*limits: tuple[str, int, int]) -> str:
    """Return the first limit that is exceeded, or nothing."""
    return next((f"{most} {what}" for what, found, most in limits if found > most), "")

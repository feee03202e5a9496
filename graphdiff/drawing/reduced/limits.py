"""What is drawn of a graph too large to be drawn whole, and what the picture says about it.

Beyond :data:`MAX_TYPESET` nodes labels are plain; beyond :data:`MAX_CARDS`, or where edges are too
many or too long, the repeated steps of a chain share their cards, then alike nodes do, first those
with one formula, then all of one name or on one level of a group, then groups collapse.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.expanding import expanded
from graphdiff.drawing.reduced.sizes import MAX_CARDS, MAX_EDGES, Size, size_of
from graphdiff.drawing.shown import Annotation
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import (
    ALIKE,
    ALL,
    CHAINS,
    COARSEST,
    FINEST,
    levels_of,
    parts_of,
)
from graphdiff.recognition.chains import LEAST_STEPS
from graphdiff.recognition.parts import Part

MAX_TYPESET, MAX_TYPESET_EDGES = 300, 600
"""With more nodes or edges, formulas and local Jacobians are left out."""

FORMULAS: frozenset[Annotation] = frozenset(
    {"formula", "jacobian", "jacobian_value", "jacobian_matrix"}
)
SHARED = {
    "chain": "the steps of a chain between its first and its last",
    "alike": "alike nodes",
    "group": "the nodes of a group",
}
"""What shares a card, by the kind of the card."""


def sharing(cards: Collection[str], collapse: Sequence[str]) -> str:
    """Say what shares a card, of the kinds of cards there are; or nothing."""
    told = dict(SHARED)
    if (deep := levels_of(collapse)) > 1:
        told["alike"] = f"nodes of {deep} levels that follow one another"
    shared = [told[card] for card in told if card in cards]
    return f"{' and '.join(shared)} share a card" if shared else ""


class Plan(NamedTuple):
    """What is drawn: the cards, or None for every node; the options; what is said of that.

    ``refusal`` tells why it cannot be laid out, if it cannot.
    """

    parts: tuple[Part, ...] | None
    options: Options
    remarks: tuple[Remark, ...]
    refusal: str


def plan(graph: ComputationalGraph, options: Options, *, whole: bool = False) -> Plan:
    """Return how a graph is drawn.

    Parameters
    ----------
    whole
        Whether every node is drawn if it can be laid out at all, however long edges are.

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
    size = size_of(graph, parts or parts_of(graph, ()))
    if not size.is_readable and not whole:
        found, smaller = _reduced(graph, options.collapse)
        if smaller.cards < size.cards:
            parts, size = found, smaller
            said.append(_told(graph, edges, parts))
    if parts is not None and options.expand:
        parts = expanded(graph, parts, options.expand)
        size = size_of(graph, parts)
    if (size.cards > MAX_TYPESET or size.arrows > MAX_TYPESET_EDGES) and options.show & FORMULAS:
        options = replace(options, show=options.show.without(FORMULAS))
        what = _first(("nodes", size.cards, MAX_TYPESET), ("edges", size.arrows, MAX_TYPESET_EDGES))
        said.append(f"With more than {what} formulas and local Jacobians are left out.")
    return Plan(parts, options, tuple(Remark((words(line),)) for line in said), size.refusal)


def _has_chain(graph: ComputationalGraph, parts: Sequence[Part]) -> bool:
    return CHAINS in graph.groups or any(part.kind == "chain" for part in parts)


def _reduced(graph: ComputationalGraph, collapse: Sequence[str]) -> tuple[tuple[Part, ...], Size]:
    """Return cards that are few enough, or as few as there can be, and their size.

    Where the fewest cannot be laid out, nothing between is tried.
    """
    first, *between, last = _ways(graph, collapse)
    found = _sized(graph, *first)
    if not found[1].is_readable:
        fewest = _sized(graph, *last)
        tried = () if fewest[1].refusal else (_sized(graph, *way) for way in between)
        found = next((one for one in tried if one[1].is_readable), fewest)
    return found


def _sized(
    graph: ComputationalGraph, collapse: tuple[str, ...], coarseness: int
) -> tuple[tuple[Part, ...], Size]:
    parts = parts_of(graph, collapse, coarseness)
    return parts, size_of(graph, parts)


def _ways(
    graph: ComputationalGraph, collapse: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], int]]:
    yield (*collapse, CHAINS), FINEST
    for coarseness in range(FINEST, COARSEST + 1):
        yield (*collapse, ALIKE), coarseness
        yield (*collapse, ALIKE, CHAINS), coarseness
    if graph.groups and ALL not in graph.groups:
        yield (ALL, ALIKE, CHAINS), COARSEST


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

"""A graph in parts: nodes, groups taken together, and alike nodes.

Nodes are alike if they are of one kind, shape and group, are called alike (w_1_2, w_2_1), are on
one level, and one formula says what they all are. Everything here is linear in the edges.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphdiff.errors import DrawingError, unknown
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.notation.name_families import member
from graphdiff.recognition.chains import folded
from graphdiff.recognition.generic_formula import Generic, formula_by_numbers, formula_of
from graphdiff.recognition.parts import Part, PartKind

ALL, ALIKE, LEVELS, CHAINS = "all", "alike", "levels", "chains"

FINEST, CALLED_ALIKE, COARSEST = 0, 1, 2
"""How much alike nodes have in common: a formula, names, or a level only."""

SEVERAL = re.compile(r"([2-9]|[1-9]\d{1,3}) levels")


def parts_of(
    graph: ComputationalGraph, collapse: Sequence[str], coarseness: int = FINEST
) -> tuple[Part, ...]:
    """Return the parts of a graph whose named groups are taken together, in the nodes' order.

    Parameters
    ----------
    collapse
        The names of these groups; ``"all"`` for every group, ``"alike"`` for nodes that are alike,
        ``"levels"`` for those that are called alike and are on one level, ``"3 levels"`` for those
        on three levels that follow one another, whatever they are called, ``"chains"`` for the
        steps between the first and the last of a chain.

    Raises
    ------
    DrawingError
        If there are no groups to collapse.
    UnknownNameError
        For an unknown group.
    """
    whole = _collapsed(graph, collapse)
    gone = {node for name in whole for node in graph.groups[name]}
    of_node = {node: name for name, members in graph.groups.items() for node in members}
    rest = [node for node in graph.nodes if node not in gone]
    parts = [Part("group", graph.groups[name], name) for name in whole]
    deep = levels_of([name for name in collapse if name not in graph.groups])
    if deep > 1:
        parts += _alike(graph, rest, of_node, COARSEST, deep)
    elif deep:
        parts += _alike(graph, rest, of_node, max(coarseness, CALLED_ALIKE))
    elif ALIKE in collapse and ALIKE not in graph.groups:
        parts += _alike(graph, rest, of_node, coarseness)
    else:
        parts += (Part("node", (node,), of_node.get(node)) for node in rest)
    found = tuple(sorted(parts, key=lambda part: part.nodes[0].index))
    return folded(found) if CHAINS in collapse and CHAINS not in graph.groups else found


def levels_of(collapse: Iterable[str]) -> int:
    """Return how many levels that follow one another share a card; 0 if none do.

    Examples
    --------
    >>> levels_of(["levels"]), levels_of(["chains", "3 levels"]), levels_of(["alike"])
    (1, 3, 0)
    """
    several = [int(found[1]) for name in collapse if (found := SEVERAL.fullmatch(name))]
    return max(several, default=int(LEVELS in collapse))


class Ends(NamedTuple):
    """Where an arrow leads, by the places of two parts; if it ``loops``, to a later step."""

    tail: int
    head: int
    loops: bool = False


class Arrow(NamedTuple):
    """The edges from one part to another: their number, and which if they are known one by one.

    They are if both parts are single nodes, or nodes of chains. ``is_single`` if both are nodes.
    """

    size: int
    edges: tuple[Edge, ...]
    is_single: bool


def arrows_between(graph: ComputationalGraph, parts: Sequence[Part]) -> dict[Ends, Arrow]:
    """Return the edges between different parts, and from one step of a chain to later ones."""
    part_of = {node: k for k, part in enumerate(parts) for node in part.nodes}
    counts: Counter[Ends] = Counter()
    edges: defaultdict[Ends, list[Edge]] = defaultdict(list)
    for child in graph.nodes:
        head = part_of[child]
        is_known = parts[head].kind in ("node", "chain")
        fold = parts[head].fold
        for slot, parent in enumerate(child.parents):
            tail = part_of[parent]
            loops = (
                fold is not None
                and parts[tail].fold is fold
                and fold.step[parent] < fold.step[child]
            )
            if tail != head or loops:
                ends = Ends(tail, head, loops)
                counts[ends] += 1
                if is_known and parts[tail].kind in ("node", "chain"):
                    edges[ends].append(Edge(parent, child, slot))
    return {
        ends: Arrow(
            count,
            tuple(edges.get(ends, ())),
            parts[ends.tail].kind == parts[ends.head].kind == "node",
        )
        for ends, count in counts.items()
    }


def _collapsed(graph: ComputationalGraph, collapse: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the groups to collapse."""
    for name in collapse:
        known = [*graph.groups, ALL, ALIKE, LEVELS, CHAINS]
        if name not in known and not SEVERAL.fullmatch(name):
            raise unknown("group", name, [*known, "2 levels"])
    if ALL in collapse and ALL not in graph.groups:
        if not graph.groups:
            raise DrawingError(
                "the graph has no groups to collapse; make some with graph.group, "
                "or use collapse='alike'"
            )
        return tuple(graph.groups)
    return tuple(name for name in dict.fromkeys(collapse) if name in graph.groups)


def _alike(
    graph: ComputationalGraph,
    nodes: Iterable[Node],
    groups: Mapping[Node, str],
    coarseness: int,
    deep: int = 1,
) -> list[Part]:
    """Sort nodes into parts, of ``deep`` levels."""
    levels = _levels(graph)
    found: dict[Any, list[Node]] = {}
    for node in nodes:
        family = member(node.name).family if coarseness < COARSEST else None
        same = node.kind, node.shape, groups.get(node), family, levels[node] // deep
        function = node.function if coarseness == FINEST else None
        found.setdefault((same, function), []).append(node)
    if coarseness > FINEST:
        return [_part(members, groups, None) for members in found.values()]
    return _merged(found, groups)


def _levels(graph: ComputationalGraph) -> dict[Node, int]:
    """Return the length of the longest path to each node; of a leaf, that to its first user."""
    levels: dict[Node, int] = {}
    used: dict[Node, int] = {}
    for node in graph.nodes:
        level = 1 + max((levels[parent] for parent in node.parents), default=-1)
        levels[node] = level
        for parent in node.parents:
            if parent.function is None:
                used.setdefault(parent, level)
    return levels | used


def _merged(found: Mapping[Any, list[Node]], groups: Mapping[Node, str]) -> list[Part]:
    """Join nodes whose local functions differ in numbers only, as those of a softmax do."""
    joined: dict[Any, tuple[list[Node], Generic | None]] = {}
    for (same, function), members in found.items():
        if members[0].function is None:
            formula, key = None, None
        elif len(members) > 1:
            formula = formula_of(members)
            key = formula.plain if formula else function
        else:
            formula = formula_by_numbers(members[0])
            key = formula.plain if formula else function
        joined.setdefault((same, key), ([], formula))[0].extend(members)
    return [
        _part(members, groups, formula_of(members) if len(members) == 1 else formula)
        for members, formula in joined.values()
    ]


def _part(members: list[Node], groups: Mapping[Node, str], formula: Generic | None) -> Part:
    members = sorted(members, key=lambda node: node.index)
    kind: PartKind = "alike" if len(members) > 1 else "node"
    return Part(kind, tuple(members), groups.get(members[0]), formula)

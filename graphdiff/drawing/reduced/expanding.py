"""Groups and nodes that are drawn one by one, whatever is collapsed."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.parts import Part


def expanded(
    graph: ComputationalGraph, parts: Sequence[Part], names: Sequence[str]
) -> tuple[Part, ...]:
    """Return the parts, those of which a group or a node is named as nodes of their own.

    Where that is a node of a chain, so are all its steps.
    """
    named = set(names)
    of_node = {node: name for name, members in graph.groups.items() for node in members}
    asked = [part for part in parts if part.group in named or _has(part, named)]
    folds = {part.fold for part in asked if part.fold}
    found: list[Part] = []
    for part in parts:
        if part.kind != "node" and (part in asked or part.fold in folds):
            found += (Part("node", (node,), of_node.get(node)) for node in part.nodes)
        else:
            found.append(part)
    return tuple(sorted(found, key=lambda part: part.nodes[0].index))


def _has(part: Part, named: set[str]) -> bool:
    return any(node.name in named for node in part.nodes)

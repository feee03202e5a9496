"""Which blocks, and which edges between them, a teacher points at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphdiff.drawing.marks.operations import marks_of_operations
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks
from graphdiff.graph import Node
from graphdiff.recognition.blocks.records import Architecture


def marks_of_blocks(found: Architecture, highlights: Mapping[str, str]) -> Marks:
    """Return the marks of the blocks that nodes are in, and of the edges that values lead along.

    What is within a block marks that: a parameter, and an edge.
    """
    block_of: dict[Node, int] = {}
    for k, block in enumerate(found.blocks, start=1):
        for node in (*block.nodes, *block.parameters, *block.shared):
            block_of.setdefault(node, k)
    made = {node.name: node for node in block_of}
    by_index = {node.index: node for node in block_of}
    asked = marks_of_operations(found.graph, made, highlights)
    slots = _slots(found)
    nodes: dict[int, dict[Mark, None]] = {}
    edges: dict[EdgeKey, dict[Mark, None]] = {}
    for index, marks in asked.nodes.items():
        nodes.setdefault(block_of[by_index[index]], {}).update(dict.fromkeys(marks))
    for (j, i, _), marks in asked.edges.items():
        tail, head = by_index[j], by_index[i]
        ends = block_of[tail], block_of[head]
        if key := slots.get((*ends, _one_of(found, tail))):
            edges.setdefault(key, {}).update(dict.fromkeys(marks))
        elif ends[0] == ends[1] or tail.kind == "parameter":
            nodes.setdefault(ends[1], {}).update(dict.fromkeys(marks))
    return replace(
        asked,
        edges={key: tuple(marks) for key, marks in edges.items()},
        nodes={k: tuple(marks) for k, marks in nodes.items()},
    )


def _slots(found: Architecture) -> dict[tuple[int, int, Node], EdgeKey]:
    """Return the key of every edge, by the blocks it joins and the value it has."""
    slots: dict[tuple[int, int, Node], EdgeKey] = {}
    before: dict[int, int] = {}
    for edge in found.edges:
        slot = before[edge.head] = before.get(edge.head, -1) + 1
        tail, head = edge.tail + 1, edge.head + 1
        slots[tail, head, _one_of(found, edge.node)] = tail, head, slot
    return slots


def _one_of(found: Architecture, node: Node) -> Node:
    """Return the node of the first head that a value has the place of; itself if it has none."""
    return found.alike.get(node, (node,))[0]

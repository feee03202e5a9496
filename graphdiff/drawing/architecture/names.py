"""What values and parameters are called in an architecture: those of all heads by one letter."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.drawing.labels.description import Phrase
from graphdiff.graph import Node
from graphdiff.notation import latex
from graphdiff.recognition.blocks.records import Architecture
from graphdiff.recognition.generic_formula import name_of

HEADS = ("i", "j", "k")
"""The letters of heads; the first is that of the legend."""


def named(node: Node, found: Architecture) -> Phrase:
    """Return the name of a node; of one in each head Q_i, or the first and dots."""
    together = found.alike.get(node, ())
    if len(together) < 2 or len({one.name for one in together}) < 2:
        return Phrase("formula", latex.name(node.name), node.name)
    if name := name_of(together, HEADS):
        return Phrase("formula", *name)
    first = together[0].name
    return Phrase("formula", rf"{latex.name(first)},\ldots", f"{first}, …")


def once(nodes: Sequence[Node], found: Architecture) -> list[Node]:
    """Return nodes without those that are called as one before."""
    first: dict[str, Node] = {}
    for node in nodes:
        first.setdefault(named(node, found).plain, node)
    return list(first.values())


def has_letter(found: Architecture) -> bool:
    """Whether heads have a letter in any name."""
    return any(
        name_of(together, HEADS)
        for together in found.alike.values()
        if together[0].name in found.graph
    )

"""A graph as a flowchart in text, which many readers of Markdown draw: Mermaid."""

from __future__ import annotations

import re
from collections.abc import Container

from graphdiff.errors.plain_text import one_line
from graphdiff.graph import ComputationalGraph

MAX_NODES = 60
"""Nodes of a graph that is drawn; larger ones are too large for a flowchart."""

MAX_LABEL = 40

WRONG = "stroke:#a40000,stroke-width:3px"


def flowchart(
    graph: ComputationalGraph, edges: Container[tuple[int, int]], nodes: Container[int]
) -> str:
    """Return a graph as a flowchart from the left to the right; nothing if it is too large.

    Parameters
    ----------
    edges
        The wrong edges, by the indices of parent and child; they are thick and red, and marked ✗.
    nodes
        The nodes about which something is wrong, by their indices.

    Examples
    --------
    >>> from graphdiff import Graph
    >>> g = Graph()
    >>> z = g.node("z", g.input("x") * g.parameter("w"))
    >>> print(flowchart(g, {(2, 3)}, {3}))
    flowchart LR
      n1(["x"])
      n2(["w"])
      n3["z"]
      n1 --> n3
      n2 -- ✗ --> n3
      linkStyle 1 stroke:#a40000,stroke-width:3px
      style n3 stroke:#a40000,stroke-width:3px
    """
    if len(graph.nodes) > MAX_NODES:
        return ""
    lines = ["flowchart LR"]
    for node in graph.nodes:
        opening, closing = ("([", "])") if node.is_leaf else ("[", "]")
        lines.append(f'  n{node.index}{opening}"{_label(node.name)}"{closing}')
    pairs = [(parent, node) for node in graph.nodes for parent in dict.fromkeys(node.parents)]
    marked = [(parent.index, node.index) in edges for parent, node in pairs]
    for (parent, node), is_wrong in zip(pairs, marked, strict=True):
        lines.append(f"  n{parent.index} {'-- ✗ -->' if is_wrong else '-->'} n{node.index}")
    lines += [f"  linkStyle {k} {WRONG}" for k, is_wrong in enumerate(marked) if is_wrong]
    lines += [f"  style n{n.index} {WRONG}" for n in graph.nodes if n.index in nodes]
    return "\n".join(lines)


def _label(name: str) -> str:
    """Return a name with the signs that a flowchart would obey as codes."""
    line = one_line(name)[:MAX_LABEL]
    return re.sub(r"[^\w .+\-()ᵀ]", lambda sign: f"#{ord(sign[0])};", line)

"""A graph as a flowchart in text, which many readers of Markdown draw: Mermaid."""

from __future__ import annotations

from collections.abc import Mapping

from graphdiff.drawing.marks.record import MarkKind
from graphdiff.drawing.mermaid import label
from graphdiff.errors.plain_text import one_line
from graphdiff.graph import ComputationalGraph

MAX_NODES = 60
"""Nodes of a graph that is drawn; larger ones are too large for a flowchart."""

MAX_LABEL = 40

ARROWS: dict[MarkKind | None, str] = {
    None: "-->", "wrong": "-- ✗ -->", "doubtful": "-. ≈ .->", "path": "-->",
}  # fmt: skip
STYLES: dict[MarkKind, str] = {
    "wrong": "stroke:#a40000,stroke-width:3px", "doubtful": "stroke:#8a5a00,stroke-width:3px",
}  # fmt: skip


def flowchart(
    graph: ComputationalGraph,
    edges: Mapping[tuple[int, int], MarkKind],
    nodes: Mapping[int, MarkKind],
) -> str:
    """Return a graph as a flowchart from the left to the right; nothing if it is too large.

    Parameters
    ----------
    edges
        Edges, by the indices of parent and child, about which something is wrong, thick, red and
        marked ✗, or right by coincidence, dashed and marked ≈.
    nodes
        Nodes, by their indices, likewise.

    Examples
    --------
    >>> from graphdiff import Graph
    >>> g = Graph()
    >>> z = g.node("z", g.input("x") * g.parameter("w"))
    >>> print(flowchart(g, {(2, 3): "wrong"}, {3: "wrong"}))
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
        lines.append(
            f'  n{node.index}{opening}"{label([one_line(node.name)[:MAX_LABEL]])}"{closing}'
        )
    pairs = [(parent, node) for node in graph.nodes for parent in dict.fromkeys(node.parents)]
    marked: list[MarkKind | None] = [
        edges.get((parent.index, node.index)) for parent, node in pairs
    ]
    for (parent, node), kind in zip(pairs, marked, strict=True):
        lines.append(f"  n{parent.index} {ARROWS[kind]} n{node.index}")
    lines += [f"  linkStyle {k} {STYLES[kind]}" for k, kind in enumerate(marked) if kind in STYLES]
    styles = {
        node.index: STYLES.get(nodes[node.index]) for node in graph.nodes if node.index in nodes
    }
    lines += [f"  style n{index} {style}" for index, style in styles.items() if style]
    return "\n".join(lines)

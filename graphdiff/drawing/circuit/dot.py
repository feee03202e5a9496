"""A circuit as DOT source in plain text."""

from __future__ import annotations

import graphviz

from graphdiff.drawing.labels.description import Description, NodeLabel
from graphdiff.drawing.layout.dot import id_of, quoted
from graphdiff.drawing.options import Options


def export(description: Description, options: Options) -> str:
    """Return the circuit as DOT source; what stands at a wire is said in the gate it leaves."""
    theme = options.theme
    paint = theme.kinds["computation"]
    source = graphviz.Digraph(
        graph_attr={
            "rankdir": options.direction, "bgcolor": theme.background, "fontcolor": theme.ink,
            "labelloc": "t", "label": quoted([description.title]),
        },
        node_attr={"fontcolor": theme.ink, "fillcolor": paint.fill, "color": paint.stroke},
        edge_attr={"color": theme.edge, "fontcolor": theme.reverse},
    )  # fmt: skip
    for node in description.nodes:
        is_gate = node.kind == "computation"
        source.node(
            id_of(node.index),
            quoted(_lines(node)),
            shape="ellipse" if is_gate else "plaintext",
            style=("dashed" if node.cut_off else "filled") if is_gate else "",
            tooltip=quoted([node.summary]),
        )
    for edge in description.edges:
        source.edge(
            id_of(edge.tail),
            id_of(edge.head),
            quoted(phrase.plain for phrase in edge.phrases),
            tooltip=quoted([edge.summary]),
            style="dashed" if edge.cut_off else "solid",
        )
    return source.source


def _lines(node: NodeLabel) -> list[str]:
    before = {"forward": "value ", "backward": "gradient "}
    return [f"{before.get(phrase.role, '')}{phrase.plain}" for phrase in node.phrases]

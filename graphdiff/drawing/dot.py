"""Graphviz source: one for the layout, with boxes of fixed size; one to give away, in words.

Names of nodes are generated (n1, n2, …) and text of users stands in quoted labels only.
"""

from __future__ import annotations

from collections.abc import Iterable

import graphviz

from graphdiff.drawing.boxes import Box, Measured
from graphdiff.drawing.labels import Description, Entry, Phrase
from graphdiff.drawing.options import Direction, Options
from graphdiff.drawing.themes import THEMES, Paint

POINTS_PER_INCH = 72
SHAPES = {"input": ("box", "1", "rounded,filled"), "parameter": ("box", "2", "rounded,filled"),
          "computation": ("box", "1", "filled")}  # fmt: skip


def layout_source(measured: Measured, direction: Direction) -> str:
    """Return the DOT source whose layout places the boxes."""
    source = graphviz.Digraph(
        graph_attr={"rankdir": direction, "nodesep": "0.3", "ranksep": "0.35", "margin": "0"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
    )
    for node, box in zip(measured.description.nodes, measured.nodes, strict=True):
        source.node(f"n{node.index}", width=_inches(box.width), height=_inches(box.height))
    for k, (edge, box) in enumerate(
        zip(measured.description.edges, measured.edges, strict=True), start=1
    ):
        label = {"label": _reserved(box)} if box.lines else {}
        source.edge(f"n{edge.tail}", f"n{edge.head}", id=f"e{k}", **label)
    return source.source


def _inches(points: float) -> str:
    return f"{points / POINTS_PER_INCH:.4f}"


def _reserved(box: Box) -> str:
    """Return an empty label of the size of the box."""
    size = f'WIDTH="{round(box.width)}" HEIGHT="{round(box.height)}"'
    return f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" {size}><TR><TD></TD></TR></TABLE>>'


def export(description: Description, options: Options) -> str:
    """Return DOT source with labels in plain text, for any program that reads DOT."""
    theme = THEMES[options.theme]
    source = graphviz.Digraph(
        graph_attr={
            "rankdir": options.direction,
            "bgcolor": theme.background,
            "fontcolor": theme.ink,
            "labelloc": "t",
            "label": _text([description.title]),
        },
        node_attr={"fontcolor": theme.ink},
        edge_attr={"color": theme.edge, "fontcolor": theme.ink},
    )
    for node in description.nodes:
        shape, borders, style = SHAPES[node.kind]
        paint = theme.cut_off if node.cut_off else theme.kinds[node.kind]
        source.node(
            f"n{node.index}",
            _text(phrase.plain for phrase in node.phrases),
            shape=shape,
            peripheries=borders,
            style=f"{style},dashed" if node.cut_off else style,
            tooltip=_text([node.summary]),
            **_paint(paint),
        )
    for edge in description.edges:
        source.edge(
            f"n{edge.tail}",
            f"n{edge.head}",
            _text(phrase.plain for phrase in edge.phrases),
            tooltip=_text([edge.summary]),
            **({"style": "dashed"} if edge.cut_off else {}),
        )
    if description.legend:
        source.node(
            "legend",
            _text(map(_told, description.legend)),
            shape="note",
            color=theme.faint,
            fontcolor=theme.faint,
        )
    return source.source


def _told(entry: Entry) -> str:
    match entry.sample:
        case Phrase(plain=plain):
            return f"{plain}: {entry.meaning}" if entry.meaning else plain
        case "cut_off":
            return f"dashed: {entry.meaning}"
        case kind:
            return f"{_LOOKS[kind]}: {entry.meaning}"


_LOOKS = {"input": "round", "parameter": "double border", "computation": "square"}


def _paint(paint: Paint) -> dict[str, str]:
    return {"fillcolor": paint.fill, "color": paint.stroke}


def _text(lines: Iterable[str]) -> str:
    """Return lines as a quoted label in which nothing has a meaning for Graphviz."""
    return graphviz.nohtml(r"\n".join(str(graphviz.escape(line)) for line in lines))

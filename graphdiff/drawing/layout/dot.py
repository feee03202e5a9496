"""Graphviz source: one for the layout, with boxes of fixed size; one to give away, in words.

Names of nodes are generated (n1, n2, …) and text of users stands in quoted labels only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import graphviz

from graphdiff.drawing.colours import legible
from graphdiff.drawing.labels.description import (
    Cluster,
    Description,
    EdgeLabel,
    Entry,
    NodeLabel,
    Phrase,
)
from graphdiff.drawing.labels.looks import paint_of
from graphdiff.drawing.layout.boxes import Box, Measured
from graphdiff.drawing.layout.ranks import spans
from graphdiff.drawing.marks.strokes import colour_of, lanes
from graphdiff.drawing.options import Direction, Options
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.errors.plain_text import one_line

POINTS_PER_INCH = 72
NODESEP, RANKSEP = 0.3, 0.35
"""Between nodes of a rank, and between ranks, in inches."""
CLUSTER_MARGIN = "18"
"""Between what is in a cluster and its border, within which its frame is drawn."""
CLUSTER_TITLE = (10.0, 8.0)
"""Room beside and above the title of a cluster."""
SHAPES = {"input": ("box", "1", "rounded,filled"), "parameter": ("box", "2", "rounded,filled"),
          "computation": ("box", "1", "filled")}  # fmt: skip
CARDS = {"group": "folder", "alike": "box3d", "chain": "box3d"}
PORTS = {"LR": ("e", "w"), "RL": ("w", "e"), "TB": ("s", "n"), "BT": ("n", "s")}
"""Where wires leave a box and enter one, in each direction."""


def layout_source(measured: Measured, direction: Direction, spread: float = 1.0) -> str:
    """Return the DOT source whose layout places the boxes."""
    room = {"nodesep": f"{NODESEP * spread:g}", "ranksep": f"{RANKSEP * spread:g}"}
    source = graphviz.Digraph(
        graph_attr={"rankdir": direction, **room, "margin": "0"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
    )
    for node, box in zip(measured.description.nodes, measured.nodes, strict=True):
        source.node(id_of(node.index), width=_inches(box.width), height=_inches(box.height))
    for k, (cluster, title) in enumerate(
        zip(measured.description.clusters, measured.clusters, strict=True), start=1
    ):
        room = Box(title.width + CLUSTER_TITLE[0], title.height + CLUSTER_TITLE[1])
        frame = {"label": _reserved(room), "labeljust": "l", "margin": CLUSTER_MARGIN}
        _framed(source, k, cluster, frame)
    for k, (edge, box, span) in enumerate(
        zip(measured.description.edges, measured.edges, spans(measured.description), strict=True),
        start=1,
    ):
        look = {"label": _reserved(box)} if box.lines else {}
        if span > 1:
            look["minlen"] = str(span)
        if edge.loops and edge.tail != edge.head:
            look["constraint"] = "false"
        if measured.wired:
            look["tailport"], look["headport"] = PORTS[direction]
        source.edge(id_of(edge.tail), id_of(edge.head), id=f"e{k}", **look)
    for rank, ends in (("source", measured.first), ("sink", measured.last)):
        if ends:
            _ranked(source, rank, ends)
    return source.source


def _ranked(source: graphviz.Digraph, rank: str, indices: Iterable[int]) -> None:
    """Put nodes before or behind all others."""
    part = graphviz.Digraph(graph_attr={"rank": rank})
    for index in indices:
        part.node(id_of(index))
    source.subgraph(part)


def id_of(index: int) -> str:
    """Return the name of a node; c1, c2, … are cards that stand for several."""
    return f"n{index}" if index > 0 else f"c{-index}"


def _framed(source: graphviz.Digraph, k: int, cluster: Cluster, frame: Mapping[str, str]) -> None:
    """Add the frame of a cluster; its nodes are those of the graph."""
    part = graphviz.Digraph(f"cluster_{k}", graph_attr=dict(frame))
    for index in cluster.nodes:
        part.node(id_of(index))
    source.subgraph(part)


def _inches(points: float) -> str:
    return f"{points / POINTS_PER_INCH:.4f}"


def _reserved(box: Box) -> str:
    """Return an empty label of the size of the box."""
    size = f'WIDTH="{round(box.width)}" HEIGHT="{round(box.height)}"'
    return f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" {size}><TR><TD></TD></TR></TABLE>>'


def export(description: Description, options: Options) -> str:
    """Return DOT source with labels in plain text, for any program that reads DOT."""
    theme = options.theme
    source = graphviz.Digraph(
        graph_attr={
            "rankdir": options.direction,
            "bgcolor": theme.background,
            "fontcolor": theme.ink,
            "labelloc": "t",
            "label": quoted([description.title]),
        },
        node_attr={"fontcolor": theme.ink},
        edge_attr={"color": theme.edge, "fontcolor": theme.ink},
    )
    for node in description.nodes:
        shape, borders, style = SHAPES[node.kind]
        shape = CARDS.get(node.card, shape)
        paint = paint_of(node, theme)
        source.node(
            id_of(node.index),
            quoted(phrase.plain for phrase in node.phrases),
            shape=shape,
            peripheries=borders,
            style=f"{style},dashed" if node.cut_off else style,
            tooltip=quoted([node.summary]),
            **(_paint(paint) | _by_hand(node, theme)),
        )
    for k, cluster in enumerate(description.clusters, start=1):
        frame = {"label": quoted([cluster.title]), "labeljust": "l", "style": "rounded"}
        colours = {"color": theme.faint, "fontcolor": theme.faint}
        _framed(source, k, cluster, frame | colours)
    for edge in description.edges:
        source.edge(
            id_of(edge.tail),
            id_of(edge.head),
            quoted(phrase.plain for phrase in edge.phrases),
            tooltip=quoted([edge.summary]),
            **({"constraint": "false"} if edge.loops and edge.tail != edge.head else {}),
            **({"style": "dashed"} if edge.cut_off else {}),
            **_marked(edge, theme),
        )
    if description.legend:
        source.node(
            "legend",
            quoted(map(_told, description.legend)),
            shape="note",
            color=theme.faint,
            fontcolor=theme.faint,
        )
    return source.source


def _by_hand(node: NodeLabel, theme: Theme) -> dict[str, str]:
    """Return how a node looks that a teacher coloured, or highlighted: with a heavy border."""
    look = {"fontcolor": legible(theme.ink, node.colour, ())} if node.colour else {}
    shown = [mark for mark in lanes(node.marks) if mark.kind == "highlight"]
    return look | ({"color": colour_of(shown[0], theme), "penwidth": "3"} if shown else {})


def _marked(edge: EdgeLabel, theme: Theme) -> dict[str, str]:
    """Return how a marked edge looks: a line of each colour side by side."""
    shown = lanes(edge.marks)
    if not shown:
        return {"color": edge.colour} if edge.colour else {}
    colours = ":".join(colour_of(mark, theme) for mark in shown)
    numbers = ", ".join(str(mark.number) for mark in shown if mark.kind == "path" and mark.number)
    return {"color": colours, "penwidth": "2.5", **({"xlabel": numbers} if numbers else {})}


def _told(entry: Entry) -> str:
    match entry.sample:
        case Phrase(plain=plain):
            return f"{plain}: {entry.meaning}" if entry.meaning else plain
        case "cut_off":
            return f"dashed: {entry.meaning}"
        case "path" | "wrong" | "doubtful" | "highlight" as kind:
            return f"{_MARKS[kind]}: {entry.meaning}"
        case str() as kind:
            return f"{_LOOKS[kind]}: {entry.meaning}"
        case _:
            return entry.meaning


_LOOKS = {
    "input": "round", "parameter": "double border", "computation": "square",
    "group": "folder", "alike": "box in depth", "chain": "box in depth",
}  # fmt: skip

_MARKS = {
    "path": "thick",
    "highlight": "thick",
    "wrong": "thick, ≠",
    "doubtful": "thick, only here",
}


def _paint(paint: Paint) -> dict[str, str]:
    return {"fillcolor": paint.fill, "color": paint.stroke}


_ENTITY = re.compile(r"&(?=#?\w+;)")


def quoted(lines: Iterable[str]) -> str:
    """Return lines as a quoted label in which nothing has a meaning for Graphviz."""
    plain = (_ENTITY.sub("&amp;", one_line(line)) for line in lines)
    return graphviz.nohtml(r"\n".join(str(graphviz.escape(line)) for line in plain))

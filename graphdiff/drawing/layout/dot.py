"""Graphviz source: one for the layout, with boxes of fixed size; one to give away, in words.

Names of nodes are generated (n1, n2, …) and text of users stands in quoted labels only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

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
from graphdiff.drawing.layout.levels import Levels
from graphdiff.drawing.layout.places import Room
from graphdiff.drawing.marks.strokes import colour_of, lanes
from graphdiff.drawing.options import Options
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.errors.plain_text import one_line

POINTS_PER_INCH = 72
SHAPES = {"input": ("box", "1", "rounded,filled"), "parameter": ("box", "2", "rounded,filled"),
          "computation": ("box", "1", "filled")}  # fmt: skip
CARDS = {"group": "folder", "alike": "box3d", "chain": "box3d"}


def layout_source(levels: Levels, rooms: Sequence[Room]) -> str:
    """Return the DOT source whose layout says in which order elements stand.

    Every edge leads from a rank to the next, so that the points it passes stand in it too. Places
    are found here, so Graphviz is asked for any in that order (``nslimit``), and for no lines.
    """
    source = graphviz.Digraph(
        graph_attr={"rankdir": "LR", "newrank": "true", "nslimit": "0", "splines": "none"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
    )
    spine = dict.fromkeys(levels.pattern.spine, "spine")
    for k, room in enumerate(rooms):
        group = {"group": spine[k]} if k in spine else {}
        source.node(f"n{k}", width="0.1", height=_inches(room.before + room.behind), **group)
    for f in range(len(levels.spans)):
        part = graphviz.Digraph(f"cluster_{f}")
        for k, element in enumerate(levels.elements):
            if element.frame == f:
                part.node(f"n{k}")
        source.subgraph(part)
    for a, b in levels.steps:
        weight = {"weight": "8"} if a in spine and b in spine else {}
        source.edge(f"n{a}", f"n{b}", **weight)
    return source.source


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

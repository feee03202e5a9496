"""The scene of a graph that is laid out: everything with its place and its colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graphdiff.drawing import heat_maps
from graphdiff.drawing.arrows import arrow
from graphdiff.drawing.colours import legible, mixed, seen
from graphdiff.drawing.heat_maps import HeatMap
from graphdiff.drawing.labels.description import EdgeLabel, NodeLabel
from graphdiff.drawing.labels.looks import (
    behind,
    ink_of,
    outline_of,
    outlined,
    paint_of,
)
from graphdiff.drawing.layout.areas import title_area
from graphdiff.drawing.layout.boxes import Box, Measured, TextLine
from graphdiff.drawing.layout.layout import Curve, LaidOut, Point
from graphdiff.drawing.layout.sheet import GRAPH, Surroundings
from graphdiff.drawing.marks import mark_rendering
from graphdiff.drawing.scene import Circle, Group, Item, Path, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.sheet_scene import Figure, on_sheet
from graphdiff.drawing.stepwise.staging import STILL, Stages, Staging
from graphdiff.drawing.themes import Theme, faded

CLUSTER_RADIUS = 8.0
WIDTH, COLOURED = 1.4, 2.0
"""Of an arrow, and of one that has a colour, which is seen without it too."""
HALO = 2.0
"""How far around a label an arrow that passes is covered."""


def compose(laid_out: LaidOut, theme: Theme, staging: Staging = STILL) -> Scene:
    """Return the picture of a graph as a scene: title, graph, listed formulas, legend.

    With a ``staging`` it is the picture of all steps, whose ``at(k)`` is that of one.
    """
    description = laid_out.measured.description
    drawn = (
        *clusters(laid_out, theme),
        *edges(laid_out, theme),
        *cluster_titles(laid_out, theme),
        *jacobians(laid_out, theme, staging),
        *_nodes(laid_out, theme, staging),
        *_badges(laid_out, theme),
        *notes(laid_out, theme),
    )
    figure = Figure("graph", drawn, laid_out.width, laid_out.height)
    around = surroundings(laid_out.measured)
    return on_sheet(figure, around, description.alt, theme, laid_out.sheet_width)


def surroundings(measured: Measured) -> Surroundings:
    """Return what is said around a graph."""
    said = measured.description
    least = measured.manner.least
    return Surroundings(GRAPH, said.title, said.legend, said.remarks, measured.listed, least)


# Nodes and edges


def _class(name: str, *, cut_off: bool) -> str:
    return f"{name} cut-off" if cut_off else name


def _nodes(laid_out: LaidOut, theme: Theme, staging: Staging) -> Iterator[Group]:
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.nodes, measured.nodes, laid_out.nodes, strict=True
    ):
        stages = staging.node(label)
        yield Group(
            (
                *mark_rendering.ring(label, box, theme, measured.manner.least),
                *card(label, box, theme, stages),
                *_lines(box, theme, stages, label.colour),
            ),
            *corner,
            kind=_class(_card_class(label), cut_off=label.cut_off),
            title=label.summary,
            data=tuple(_card_data(label)),
        )


def _card_class(label: NodeLabel) -> str:
    if label.again:
        return "again"
    return "node group" if label.card == "group" else f"node {label.kind}"


def _card_data(label: NodeLabel) -> Iterator[tuple[str, str]]:
    """Yield what a program finds out about a card: of a node its index, of others what it is."""
    if label.again:
        yield "again", label.name
    elif label.card == "node":
        yield from (("node", label.name), ("index", str(label.index)), ("kind", label.kind))
    else:
        yield from (("card", label.card), ("of", label.name))


def card(label: NodeLabel, box: Box, theme: Theme, stages: Stages) -> Iterator[Item]:
    """Yield a card; it is pale until the value of its node is found."""
    paint = paint_of(label, theme)
    size, shape = (box.width, box.height), outline_of(label)
    if label.again:
        yield _pill(label, size, theme)
        return
    if label.card in ("alike", "chain"):
        yield from behind(*size, shape, paint, dashed=label.cut_off)
    before = paint if label.colour else faded(paint, theme)
    pale = outlined(*size, shape, before, dashed=label.cut_off)
    yield from stages.before("value", *pale)
    yield from stages.seen("value", *outlined(*size, shape, paint, dashed=label.cut_off))
    for rule in box.rules:
        line = Stroke(seen(paint.stroke, paint.fill, legible(theme.ink, paint.fill, ())), 0.8)
        yield from stages.seen("P", Path((8, rule), (((box.width - 8, rule),),), stroke=line))


def _pill(label: NodeLabel, size: tuple[float, float], theme: Theme) -> Rectangle:
    """Return the outline of a node drawn again, in the line of what it is marked with."""
    fill = label.colour or theme.background
    stroke = Stroke(theme.faint, 1.5, dashed=True)
    if label.marks:
        stroke = mark_rendering.stroke_of(label.marks[0], theme)
    return Rectangle(0, 0, *size, radius=min(size) / 2, fill=fill, stroke=stroke)


def _lines(box: Box, theme: Theme, stages: Stages, ground: str = "") -> Iterator[Item]:
    for line in box.lines:
        yield from stages.seen(line.role, *written(line, theme, ground))


def written(line: TextLine, theme: Theme, ground: str) -> Iterator[Item]:
    """Yield a line, or the heat map that stands in it."""
    text = _text(line, theme, ground)
    if isinstance(line.fragment, HeatMap):
        yield from heat_maps.drawn(line.fragment, (line.x, line.y), text.colour, theme)
    else:
        yield text


def _text(line: TextLine, theme: Theme, ground: str = "") -> Text:
    """Return a line of text; on a ground of one's own in a colour that is read there."""
    ink = ink_of(line.role, theme)
    if ground:
        ink = legible(ink, ground, (theme.ink, theme.background))
    return Text(line.fragment, line.x, line.y, ink)


def clusters(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the frames around groups, behind everything."""
    line = Stroke(mixed(theme.faint, theme.background, 0.6), 1.0)
    for cluster, frame in zip(
        laid_out.measured.description.clusters, laid_out.clusters, strict=True
    ):
        yield Group(
            (Rectangle(0, 0, frame.width, frame.height, radius=CLUSTER_RADIUS, stroke=line),),
            frame.x,
            frame.y,
            kind="cluster",
            title=cluster.title,
            data=(("cluster", cluster.title),),
        )


def cluster_titles(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the titles of frames, on a ground of their own where arrows pass."""
    for frame in laid_out.clusters:
        x, y, _, _ = title_area(frame)
        line = TextLine(frame.title, "remark", 0, frame.title.ascent)
        yield Group((_ground(line, theme), _text(line, theme)), x, y, kind="cluster-title")


def edges(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the arrows, marked ones over the others."""
    measured = laid_out.measured
    indices = (label.index for label in measured.description.nodes)
    centres = dict(zip(indices, laid_out.centres, strict=True))
    drawn = zip(measured.description.edges, laid_out.curves, strict=True)
    for label, curve in sorted(drawn, key=lambda edge: bool(edge[0].marks)):
        yield Group(
            tuple(_arrow(curve, centres[label.tail], label, theme)),
            kind=_class("again" if label.again else "edge", cut_off=label.cut_off),
            title=label.summary,
            data=() if label.again else (("edge", _edge_name(label)), ("slot", str(label.slot))),
        )


def jacobians(laid_out: LaidOut, theme: Theme, staging: Staging) -> Iterator[Group]:
    """Yield what is said on the edges, on a ground of its own where other edges pass."""
    measured = laid_out.measured
    for k, (label, box, corner) in enumerate(
        zip(measured.description.edges, measured.edges, laid_out.labels, strict=True)
    ):
        if corner is not None:
            stages = staging.edge(label)
            if leader := laid_out.leaders.get(k):
                yield _leader(*leader, label, theme)
            grounds = [
                g for line in box.lines for g in stages.seen(line.role, _ground(line, theme))
            ]
            yield Group(
                (*grounds, *_lines(box, theme, stages)),
                *corner,
                kind=_class("jacobian", cut_off=label.cut_off),
                title=label.summary,
                data=(("of", _edge_name(label)), ("slot", str(label.slot))),
            )


def _leader(start: Point, end: Point, label: EdgeLabel, theme: Theme) -> Group:
    """Return the line from a label that stands far off to its edge."""
    line = Path(start, ((end,),), stroke=Stroke(theme.faint, 0.8))
    dot = Circle(*end, 1.8, fill=theme.faint)
    return Group((line, dot), kind=_class("leader", cut_off=label.cut_off))


def _badges(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the badges of marked edges, where they cover nothing if possible."""
    measured = laid_out.measured
    taken = [
        (x, y, x + box.width, y + box.height)
        for (x, y), box in zip(laid_out.nodes, measured.nodes, strict=True)
    ]
    for corner, box in zip(laid_out.labels, measured.edges, strict=True):
        if corner is not None:
            grounds = (_ground(line, theme) for line in box.lines)
            lefts = [(corner[0] + g.x, corner[1] + g.y, g) for g in grounds]
            taken += [(x, y, x + g.width, y + g.height) for x, y, g in lefts]
    said, least = measured.description.edges, measured.manner.least
    places = mark_rendering.badge_places(said, laid_out.curves, taken, least)
    for label, place in zip(said, places, strict=True):
        if place and (sign := mark_rendering.badge(label.marks, theme, least)):
            yield replace(sign, x=place[0], y=place[1], title=label.summary)


def notes(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the notes, each with a line to its node."""
    for note in laid_out.notes:
        start, end = note.line
        said = [
            Text(line.fragment, note.x + line.x, note.y + line.y, theme.ink, centred=False)
            for line in note.said.lines
        ]
        line = Path(start, ((end,),), stroke=Stroke(theme.faint, 0.9))
        dot = Circle(*end, 2.0, fill=theme.faint)
        yield Group((line, dot, *said), kind="note", title=note.said.remark.text)


def _edge_name(label: EdgeLabel) -> str:
    return f"{label.parent}->{label.child}"


def _ground(line: TextLine, theme: Theme) -> Rectangle:
    text = line.fragment
    return Rectangle(
        line.x - HALO,
        line.y - text.ascent - HALO,
        text.width + 2 * HALO,
        text.height + 2 * HALO,
        fill=theme.background,
    )


def _arrow(curve: Curve, tail: Point, label: EdgeLabel, theme: Theme) -> Iterator[Path]:
    if label.marks:
        return mark_rendering.marked_arrow(curve, tail, label.marks, theme)
    colour = label.colour or (theme.cut_off.stroke if label.cut_off else theme.edge)
    width = COLOURED if label.colour else WIDTH
    return arrow(curve, tail, Stroke(colour, width, dashed=label.cut_off))

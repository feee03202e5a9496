"""The scene of a graph that is laid out: everything with its place and its colour."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from graphdiff.drawing.arrows import arrow
from graphdiff.drawing.labels.describe import EdgeLabel, Entry, NodeLabel, Phrase
from graphdiff.drawing.labels.looks import (
    GROUP,
    STACKED,
    behind,
    group_paint,
    outline_of,
    outlined,
    paint_of,
)
from graphdiff.drawing.layout.boxes import Box, TextLine
from graphdiff.drawing.layout.clearing import cleared, title_area
from graphdiff.drawing.layout.layout import Curve, LaidOut, Point
from graphdiff.drawing.layout.listing import Placed
from graphdiff.drawing.layout.sheet import (
    ENTRY_GAP,
    LEGEND_SIZE,
    ROW,
    SAMPLE_GAP,
    SWATCH,
    Sample,
    Sheet,
    sheet_for,
)
from graphdiff.drawing.marks import mark_rendering
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.remarks import SAMPLE, Block
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.stepwise.staging import STILL, Stages, Staging
from graphdiff.drawing.themes import OUTLINES, Outline, Theme, faded, mixed

MARGIN = 24.0
TITLE_GAP = 18.0
LISTING_GAP = 26.0
LEGEND_GAP = 18.0
CLUSTER_RADIUS = 8.0
HALO = 2.0
"""How far around a label an arrow that passes is covered."""


def compose(laid_out: LaidOut, theme: Theme, staging: Staging = STILL) -> Scene:
    """Return the picture of a graph as a scene: title, graph, listed formulas, legend.

    With a ``staging`` it is the picture of all steps, whose ``at(k)`` is that of one.
    """
    laid_out = cleared(laid_out)
    description = laid_out.measured.description
    sheet = sheet_for(laid_out.measured, laid_out.width)
    head = MARGIN + (sheet.title.height + TITLE_GAP if sheet.title else 0)
    remark_top = head + laid_out.height + LISTING_GAP
    base = remark_top + sheet.remarks.height if sheet.remarks.blocks else head + laid_out.height
    list_top = base + LISTING_GAP
    list_foot = list_top + sheet.listing.height if sheet.listing.height else base
    foot = list_foot + (LEGEND_GAP if sheet.legend else 0)
    height = foot + ROW * len(sheet.legend) + MARGIN - (8 if sheet.legend else 0)
    across = MARGIN + (sheet.width - laid_out.width) / 2
    drawn = (
        *_clusters(laid_out, theme),
        *_edges(laid_out, theme),
        *_cluster_titles(laid_out, theme),
        *_jacobians(laid_out, theme, staging),
        *_nodes(laid_out, theme, staging),
        *_badges(laid_out, theme),
    )
    return Scene(
        math.ceil(sheet.width + 2 * MARGIN),
        math.ceil(height),
        theme.background,
        description.title or "Computational graph",
        description.alt,
        (
            *_title(sheet, theme),
            Group(drawn, across, head, kind="graph"),
            *_remarks(sheet, theme, remark_top),
            *_listing(sheet, theme, list_top),
            *_legend(sheet, theme, foot),
        ),
    )


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
                *mark_rendering.ring(label, box, theme),
                *_card(label, box, theme, stages),
                *_lines(box, theme, stages),
            ),
            *corner,
            kind=_class(_card_class(label), cut_off=label.cut_off),
            title=label.summary,
            data=tuple(_card_data(label)),
        )


def _card_class(label: NodeLabel) -> str:
    return "node group" if label.card == "group" else f"node {label.kind}"


def _card_data(label: NodeLabel) -> Iterator[tuple[str, str]]:
    """Yield what a program finds out about a card: of a node its index, of others what it is."""
    if label.card == "node":
        yield from (("node", label.name), ("index", str(label.index)), ("kind", label.kind))
    else:
        yield from (("card", label.card), ("of", label.name))


def _card(label: NodeLabel, box: Box, theme: Theme, stages: Stages) -> Iterator[Item]:
    """Yield a card; it is pale until the value of its node is found."""
    paint = paint_of(label, theme)
    size, shape = (box.width, box.height), outline_of(label)
    if label.card == "alike":
        yield from behind(*size, shape, paint, dashed=label.cut_off)
    pale = outlined(*size, shape, faded(paint, theme), dashed=label.cut_off)
    yield from stages.before("value", *pale)
    yield from stages.seen("value", *outlined(*size, shape, paint, dashed=label.cut_off))
    for rule in box.rules:
        line = Stroke(paint.stroke, 0.8)
        yield from stages.seen("P", Path((8, rule), (((box.width - 8, rule),),), stroke=line))


def _lines(box: Box, theme: Theme, stages: Stages) -> Iterator[Item]:
    for line in box.lines:
        yield from stages.seen(line.role, _text(line, theme))


def _text(line: TextLine, theme: Theme) -> Text:
    return Text(line.fragment, line.x, line.y, _ink(line, theme))


def _ink(line: TextLine, theme: Theme) -> str:
    match line.role:
        case "P":
            return theme.reverse
        case "wrong":
            return theme.wrong
        case "doubtful":
            return theme.doubtful
        case _:
            pass
    return theme.faint if line.role in ("index", "remark", "count") else theme.ink


def _clusters(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
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


def _cluster_titles(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the titles of frames, on a ground of their own where arrows pass."""
    for frame in laid_out.clusters:
        x, y, _, _ = title_area(frame)
        line = TextLine(frame.title, "remark", 0, frame.title.ascent)
        yield Group((_ground(line, theme), _text(line, theme)), x, y, kind="cluster-title")


def _edges(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield the arrows, marked ones over the others."""
    measured = laid_out.measured
    indices = (label.index for label in measured.description.nodes)
    centres = dict(zip(indices, laid_out.centres, strict=True))
    edges = zip(measured.description.edges, laid_out.curves, strict=True)
    for label, curve in sorted(edges, key=lambda edge: bool(edge[0].marks)):
        yield Group(
            tuple(_arrow(curve, centres[label.tail], label, theme)),
            kind=_class("edge", cut_off=label.cut_off),
            title=label.summary,
            data=(("edge", _edge_name(label)), ("slot", str(label.slot))),
        )


def _jacobians(laid_out: LaidOut, theme: Theme, staging: Staging) -> Iterator[Group]:
    """Yield what is said on the edges, on a ground of its own where other edges pass."""
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.edges, measured.edges, laid_out.labels, strict=True
    ):
        if corner is not None:
            stages = staging.edge(label)
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
    edges = measured.description.edges
    for label, place in zip(
        edges, mark_rendering.badge_places(edges, laid_out.curves, taken), strict=True
    ):
        if place and (sign := mark_rendering.badge(label.marks, theme)):
            yield replace(sign, x=place[0], y=place[1], title=label.summary)


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
    colour = theme.cut_off.stroke if label.cut_off else theme.edge
    return arrow(curve, tail, Stroke(colour, 1.4, dashed=label.cut_off))


# Title, listed formulas and legend


def _title(sheet: Sheet, theme: Theme) -> Iterator[Group]:
    if sheet.title:
        text = Text(sheet.title, MARGIN, MARGIN + sheet.title.ascent, theme.ink, centred=False)
        yield Group((text,), kind="title")


def _remarks(sheet: Sheet, theme: Theme, top: float) -> Iterator[Group]:
    """Yield what is said of the marks."""
    remarks = sheet.remarks
    drawn = [
        Group(
            (
                *_mark_of(block, theme),
                *(_said(line, theme.ink) for line in block.lines),
                *(_said(line, theme.faint) for line in block.note),
            ),
            0,
            y,
            title=block.remark.text,
        )
        for block, y in zip(remarks.blocks, remarks.tops, strict=True)
    ]
    if drawn:
        yield Group(tuple(drawn), MARGIN, top, kind="remarks")


def _said(line: Placed, colour: str) -> Text:
    return Text(line.fragment, line.x, line.y, colour, centred=False)


def _mark_of(block: Block, theme: Theme) -> Iterator[Group]:
    if block.mark:
        yield Group(tuple(mark_rendering.sample(block.mark, SAMPLE, theme)), 0, block.middle)


def _listing(sheet: Sheet, theme: Theme, top: float) -> Iterator[Group]:
    """Yield the formulas for which there was no room in the graph."""
    listing = sheet.listing
    if not listing.height:
        return
    drawn: list[Item] = [
        Group(
            tuple(
                Text(line.fragment, x + line.x, y + line.y, theme.ink, centred=False)
                for line in block.lines
            ),
            title=block.plain,
        )
        for block, (x, y) in zip(listing.blocks, listing.places, strict=True)
    ]
    if listing.more:
        drawn.append(Text(listing.more, 0, listing.height - listing.more.descent, theme.faint))
    yield Group(tuple(drawn), MARGIN, top, kind="formulas")


def _legend(sheet: Sheet, theme: Theme, top: float) -> Iterator[Group]:
    drawn: list[Item] = []
    for k, row in enumerate(sheet.legend):
        x, middle = MARGIN, top + ROW * k + ROW / 2
        for sample in row:
            drawn += _drawn_sample(sample, x, middle, theme)
            x += sample.width + ENTRY_GAP
    if drawn:
        yield Group(tuple(drawn), kind="legend")


def _drawn_sample(sample: Sample, x: float, middle: float, theme: Theme) -> Iterator[Item]:
    baseline = middle + 0.34 * LEGEND_SIZE
    if sample.notation is None:
        yield Group(tuple(_swatch(sample.entry, theme)), x, middle - SWATCH[1] / 2)
        x += SWATCH[0] + SAMPLE_GAP
    else:
        phrase = sample.entry.sample
        colour = theme.reverse if isinstance(phrase, Phrase) and phrase.role == "P" else theme.ink
        yield Text(sample.notation, x, baseline, colour, centred=False)
        x += sample.notation.width + SAMPLE_GAP
    if sample.meaning:
        yield Text(sample.meaning, x, baseline, theme.faint, centred=False)


def _swatch(entry: Entry, theme: Theme) -> Iterator[Item]:
    match entry.sample:
        case Phrase():
            return
        case "cut_off":
            yield from outlined(*SWATCH, Outline(radius=2), theme.cut_off, dashed=True)
        case "path" | "wrong" | "doubtful" as kind:
            drawn = tuple(mark_rendering.sample(Mark(kind), SWATCH[0], theme))
            yield Group(drawn, 0, SWATCH[1] / 2)
        case "group":
            yield from outlined(*SWATCH, GROUP, group_paint(theme))
        case "alike":
            shape, paint = OUTLINES["computation"], theme.kinds["computation"]
            size = SWATCH[0] - STACKED[0], SWATCH[1] - STACKED[1]
            yield from (*behind(*size, shape, paint), *outlined(*size, shape, paint))
        case kind:
            yield from outlined(*SWATCH, OUTLINES[kind], theme.kinds[kind])

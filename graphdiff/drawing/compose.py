"""The scene of a graph that is laid out: everything with its place and its colour."""

from __future__ import annotations

import math
from collections.abc import Iterator

from graphdiff.drawing.boxes import Box, Line
from graphdiff.drawing.labels import EdgeLabel, Entry, NodeLabel, Phrase
from graphdiff.drawing.layout import Curve, LaidOut, Point
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.sheet import (
    ENTRY_GAP,
    LEGEND_SIZE,
    ROW,
    SAMPLE_GAP,
    SWATCH,
    Sample,
    Sheet,
    sheet_for,
)
from graphdiff.drawing.themes import OUTLINES, Outline, Paint, Theme

MARGIN = 24.0
TITLE_GAP = 18.0
LISTING_GAP = 26.0
LEGEND_GAP = 18.0
ARROW = 4.0
"""Half the breadth of an arrow's head."""
BORDER_GAP = 3.0
HALO = 2.0
"""How far around a label an arrow that passes is covered."""


def compose(laid_out: LaidOut, theme: Theme) -> Scene:
    """Return the picture of a graph as a scene: title, graph, listed formulas, legend."""
    description = laid_out.measured.description
    sheet = sheet_for(laid_out.measured, laid_out.width)
    head = MARGIN + (sheet.title.height + TITLE_GAP if sheet.title else 0)
    list_top = head + laid_out.height + LISTING_GAP
    list_foot = list_top + sheet.listing.height if sheet.listing.height else head + laid_out.height
    foot = list_foot + (LEGEND_GAP if sheet.legend else 0)
    height = foot + ROW * len(sheet.legend) + MARGIN - (8 if sheet.legend else 0)
    across = MARGIN + (sheet.width - laid_out.width) / 2
    drawn = (*_edges(laid_out, theme), *_jacobians(laid_out, theme), *_nodes(laid_out, theme))
    return Scene(
        math.ceil(sheet.width + 2 * MARGIN),
        math.ceil(height),
        theme.background,
        description.title or "Computational graph",
        description.alt,
        (
            *_title(sheet, theme),
            Group(drawn, across, head, kind="graph"),
            *_listing(sheet, theme, list_top),
            *_legend(sheet, theme, foot),
        ),
    )


# Nodes and edges


def _class(name: str, *, cut_off: bool) -> str:
    return f"{name} cut-off" if cut_off else name


def _nodes(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.nodes, measured.nodes, laid_out.nodes, strict=True
    ):
        yield Group(
            (*_card(label, box, theme), *_lines(box, theme)),
            *corner,
            kind=_class("node " + label.kind, cut_off=label.cut_off),
            title=label.summary,
            data=(("node", label.name), ("index", str(label.index)), ("kind", label.kind)),
        )


def _card(label: NodeLabel, box: Box, theme: Theme) -> Iterator[Item]:
    paint = theme.cut_off if label.cut_off else theme.kinds[label.kind]
    yield from outlined(box.width, box.height, OUTLINES[label.kind], paint, dashed=label.cut_off)
    for rule in box.rules:
        line = Stroke(paint.stroke, 0.8)
        yield Path((8, rule), (((box.width - 8, rule),),), stroke=line)


def outlined(
    width: float, height: float, outline: Outline, paint: Paint, *, dashed: bool = False
) -> Iterator[Rectangle]:
    """Yield a card: one border inside another, as many as its kind has."""
    for k in range(outline.borders):
        inset = k * BORDER_GAP
        w, h = width - 2 * inset, height - 2 * inset
        yield Rectangle(
            inset,
            inset,
            w,
            h,
            radius=max(0.0, min(outline.radius - inset, w / 2, h / 2)),
            fill=None if k else paint.fill,
            stroke=Stroke(paint.stroke, 0.9 if k else 1.5, dashed),
        )


def _lines(box: Box, theme: Theme) -> Iterator[Text]:
    for line in box.lines:
        yield Text(line.fragment, line.x, line.y, _ink(line, theme))


def _ink(line: Line, theme: Theme) -> str:
    if line.role == "P":
        return theme.reverse
    return theme.faint if line.role in ("index", "remark") else theme.ink


def _edges(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    measured = laid_out.measured
    centres = dict(enumerate(laid_out.centres, start=1))
    for label, curve in zip(measured.description.edges, laid_out.curves, strict=True):
        yield Group(
            tuple(_arrow(curve, centres[label.tail], label, theme)),
            kind=_class("edge", cut_off=label.cut_off),
            title=label.summary,
            data=(("edge", _edge_name(label)), ("slot", str(label.slot))),
        )


def _jacobians(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    """Yield what is said on the edges, on a ground of its own where other edges pass."""
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.edges, measured.edges, laid_out.labels, strict=True
    ):
        if corner is not None:
            yield Group(
                (*(_ground(line, theme) for line in box.lines), *_lines(box, theme)),
                *corner,
                kind=_class("jacobian", cut_off=label.cut_off),
                title=label.summary,
                data=(("of", _edge_name(label)), ("slot", str(label.slot))),
            )


def _edge_name(label: EdgeLabel) -> str:
    return f"{label.parent}->{label.child}"


def _ground(line: Line, theme: Theme) -> Rectangle:
    text = line.fragment
    return Rectangle(
        line.x - HALO,
        line.y - text.ascent - HALO,
        text.width + 2 * HALO,
        text.height + 2 * HALO,
        fill=theme.background,
    )


def _arrow(curve: Curve, tail: Point, label: EdgeLabel, theme: Theme) -> Iterator[Path]:
    """Yield an arrow; it begins inside its node, behind the round corners."""
    (x, y), (cx, cy) = curve.points[0], tail
    inside = x + (cx - x) / 4, y + (cy - y) / 4
    colour = theme.cut_off.stroke if label.cut_off else theme.edge
    rest = curve.points[1:]
    pieces = tuple(rest[k : k + 3] for k in range(0, len(rest), 3))
    line = Stroke(colour, 1.4, dashed=label.cut_off)
    yield Path(inside, ((curve.points[0],), *pieces), stroke=line)
    yield head(curve.points[-1], curve.tip, colour)


def head(end: Point, tip: Point, colour: str, half: float = ARROW) -> Path:
    """Return an arrow's head: a triangle from the end of a line to its tip."""
    (x, y), (tx, ty) = end, tip
    length = math.hypot(tx - x, ty - y) or 1.0
    dx, dy = (tx - x) / length * half, (ty - y) / length * half
    corners = ((tip,), ((x + dy, y - dx),))
    return Path((x - dy, y + dx), corners, closed=True, fill=colour)


# Title, listed formulas and legend


def _title(sheet: Sheet, theme: Theme) -> Iterator[Group]:
    if sheet.title:
        text = Text(sheet.title, MARGIN, MARGIN + sheet.title.ascent, theme.ink)
        yield Group((text,), kind="title")


def _listing(sheet: Sheet, theme: Theme, top: float) -> Iterator[Group]:
    """Yield the formulas for which there was no room in the graph."""
    listing = sheet.listing
    if not listing.height:
        return
    drawn: list[Item] = [
        Group(
            tuple(Text(line.fragment, x + line.x, y + line.y, theme.ink) for line in block.lines),
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
        yield Text(sample.notation, x, baseline, colour)
        x += sample.notation.width + SAMPLE_GAP
    if sample.meaning:
        yield Text(sample.meaning, x, baseline, theme.faint)


def _swatch(entry: Entry, theme: Theme) -> Iterator[Rectangle]:
    if entry.sample == "cut_off":
        return outlined(*SWATCH, Outline(radius=2), theme.cut_off, dashed=True)
    kind = entry.sample
    return outlined(*SWATCH, OUTLINES[kind], theme.kinds[kind])  # type: ignore[index]

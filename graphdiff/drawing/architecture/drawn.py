"""The scene of an architecture that is laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphdiff.drawing.architecture import cells, volumes
from graphdiff.drawing.architecture.cards import Card
from graphdiff.drawing.graph_scene import card, cluster_titles, clusters, edges, notes, written
from graphdiff.drawing.labels.description import NodeLabel
from graphdiff.drawing.labels.looks import paint_of
from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.layout.layout import Curve, LaidOut, Point
from graphdiff.drawing.layout.sheet import ARCHITECTURE, Surroundings
from graphdiff.drawing.marks.mark_rendering import ring
from graphdiff.drawing.scene import Group, Item, Rectangle, Scene, Stroke
from graphdiff.drawing.sheet_scene import Figure, on_sheet
from graphdiff.drawing.stepwise.staging import STILL
from graphdiff.drawing.themes import Theme
from graphdiff.graph.structure import Kind

NEAR = 6.0
"""An arrow that ends so near to the side of a card ends there."""

RADIUS = 5.0


def compose(laid_out: LaidOut, kinds: Mapping[int, Kind], theme: Theme) -> Scene:
    """Return the picture of an architecture as a scene.

    Parameters
    ----------
    kinds
        What each block is painted as, by the index of its label.
    """
    said = laid_out.measured.description
    drawn = (
        *clusters(laid_out, theme),
        *edges(laid_out, theme),
        *cluster_titles(laid_out, theme),
        *_blocks(laid_out, kinds, theme),
        *notes(laid_out, theme),
    )
    figure = Figure("architecture", drawn, laid_out.width, laid_out.height)
    least = laid_out.measured.manner.least
    around = Surroundings(ARCHITECTURE, said.title, said.legend, said.remarks, (), least)
    return on_sheet(figure, around, said.alt, theme, laid_out.sheet_width)


def _blocks(laid_out: LaidOut, kinds: Mapping[int, Kind], theme: Theme) -> Iterator[Group]:
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.nodes, measured.nodes, laid_out.nodes, strict=True
    ):
        label = replace(label, kind=kinds.get(label.index, label.kind))
        yield Group(
            (
                *ring(label, box, theme, is_round=isinstance(box, Card) and box.circle),
                *_card(label, box, theme),
                *(item for line in box.lines for item in written(line, theme, label.colour)),
            ),
            *corner,
            kind="again" if label.again else f"block {label.kind}",
            title=label.summary,
            data=() if label.again else (("block", str(label.index)), ("name", label.name)),
        )


def _card(label: NodeLabel, box: Box, theme: Theme) -> Iterator[Item]:
    if not isinstance(box, Card):
        yield from card(label, box, theme, STILL.node(label))
        return
    paint = paint_of(label, theme)
    if box.circle:
        stroke = Stroke(paint.stroke, 1.5)
        side = box.width
        yield Rectangle(0, 0, side, side, side / 2, fill=paint.fill, stroke=stroke)
        return
    if box.cell is None and box.volume is None:
        yield from card(label, box, theme, STILL.node(label))
        return
    line = Stroke(paint.stroke, 1.2)
    yield Rectangle(0, 0, box.width, box.height, RADIUS, fill=theme.background, stroke=line)
    if box.volume is not None:
        yield from volumes.drawn(*box.volume, paint, theme)
    if box.cell is not None:
        yield from cells.drawn(box.cell, box.width, (paint, theme.kinds["computation"]), theme)


def led(laid_out: LaidOut) -> LaidOut:
    """Return a layout whose arrows end and begin at the lines within open cells."""
    measured = laid_out.measured
    placed = {
        label.index: (box.cell, corner, box)
        for label, box, corner in zip(
            measured.description.nodes, measured.nodes, laid_out.nodes, strict=True
        )
        if isinstance(box, Card) and box.cell is not None
    }
    curves = list(laid_out.curves)
    for k, edge in enumerate(measured.description.edges):
        if edge.head in placed:
            cell, (x, y), _ = placed[edge.head]
            down = y + cell.top + cell.entries.get(edge.parent, cell.other)
            curves[k] = _ending(curves[k], (x, down))
        if edge.tail in placed:
            cell, (x, y), box = placed[edge.tail]
            if (out := cell.exits.get(edge.parent)) is not None:
                start = x + box.width, y + cell.top + out
                leaves = edge.again and edge.head < 0 and _is_free(laid_out, start, curves[k].tip)
                curves[k] = _level(start, curves[k].tip) if leaves else _beginning(curves[k], start)
    return replace(laid_out, curves=tuple(curves))


def _is_free(laid_out: LaidOut, start: Point, tip: Point) -> bool:
    """Whether no node is level with a start on the way to where a line leaves its row."""
    return not any(
        start[0] < x < tip[0] and y - NEAR < start[1] < y + box.height + NEAR
        for (x, y), box in zip(laid_out.nodes, laid_out.measured.nodes, strict=True)
        if box.lines
    )


def _level(start: Point, tip: Point) -> Curve:
    """Return a level line as far along as a tip."""
    (x, y), third = start, (tip[0] - start[0]) / 3
    return Curve((start, (x + third, y), (x + 2 * third, y), (tip[0], y)), (tip[0], y))


def _ending(curve: Curve, at: Point) -> Curve:
    """Return a curve that comes in at another height, if it comes in from the left."""
    *before, first, second, end = curve.points
    if abs(curve.tip[0] - at[0]) > NEAR:
        return curve
    by = at[1] - curve.tip[1]
    moved = (second[0], second[1] + by), (end[0], end[1] + by)
    return Curve((*before, first, *moved), (curve.tip[0], at[1]))


def _beginning(curve: Curve, at: Point) -> Curve:
    """Return a curve that goes out at another height, if it goes out to the right."""
    start, first, *rest = curve.points
    if abs(start[0] - at[0]) > NEAR:
        return curve
    by = at[1] - start[1]
    return replace(curve, points=((start[0], at[1]), (first[0], first[1] + by), *rest))

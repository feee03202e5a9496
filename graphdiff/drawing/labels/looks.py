"""How cards look: one node, a stack of alike nodes, or a collapsed group."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.drawing.colours import mixed
from graphdiff.drawing.labels.description import NodeLabel, Role
from graphdiff.drawing.scene import Rectangle, Stroke
from graphdiff.drawing.themes import OUTLINES, Outline, Paint, Theme, painted

BORDER_GAP = 3.0
STACKED = (7.0, 3.5)
"""How far the cards behind a card stand out."""

GROUP = Outline(radius=11)


def paint_of(label: NodeLabel, theme: Theme) -> Paint:
    """Return the colours of a card."""
    if label.colour:
        return painted(label.colour, theme)
    if label.cut_off:
        return theme.cut_off
    return group_paint(theme) if label.card == "group" else theme.kinds[label.kind]


def ink_of(role: Role, theme: Theme) -> str:
    """Return the colour of what is written in a role."""
    match role:
        case "P" | "backward" | "contribution":
            return theme.reverse
        case "forward":
            return theme.forward
        case "wrong":
            return theme.wrong
        case "doubtful":
            return theme.doubtful
        case "index" | "remark" | "count":
            return theme.faint
        case _:
            return theme.ink


def outline_of(label: NodeLabel) -> Outline:
    """Return the outline of a card."""
    return GROUP if label.card == "group" else OUTLINES[label.kind]


def group_paint(theme: Theme) -> Paint:
    """Return the colours of a collapsed group, which is of no kind."""
    return Paint(mixed(theme.edge, theme.background, 0.12), theme.edge)


def behind(
    width: float, height: float, outline: Outline, paint: Paint, *, dashed: bool = False
) -> Iterator[Rectangle]:
    """Yield the cards that stand out behind one of several alike nodes."""
    for by in STACKED:
        radius = min(outline.radius, width / 2, height / 2)
        line = Stroke(paint.stroke, 1.0, dashed)
        yield Rectangle(by, by, width, height, radius=radius, fill=paint.fill, stroke=line)


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

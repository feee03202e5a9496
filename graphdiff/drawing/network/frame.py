"""The sheet around a network: title above; legend and remarks below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.graph_scene import MARGIN, TITLE_GAP
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.sheet import ENTRY_GAP, LEGEND_SIZE, ROW, SAMPLE_GAP, TITLE_SIZE
from graphdiff.drawing.network.extents import areas, united
from graphdiff.drawing.scene import Group, Item, Path, Scene, Stroke, Text
from graphdiff.drawing.themes import Theme

LEAST_WIDTH = 320.0
WIDEST_TITLE = 560.0
"""A longer title does not widen the picture; it is cut."""
SAMPLE = 34.0
"""The length of a line that is a sample in the legend."""
LEGEND_GAP = 16.0


@dataclass(frozen=True)
class FrameEntry:
    """An entry of the legend: a line drawn so, or none, and what is said."""

    stroke: Stroke | None
    words: str


def framed(
    figure: Sequence[Item],
    theme: Theme,
    title: str,
    alt: str,
    legend: Sequence[FrameEntry],
    remarks: Sequence[str],
) -> Scene:
    """Return the scene of a figure, wherever it was drawn, with all that surrounds it."""
    extent = united(areas(figure))
    width = max(extent.right - extent.left, LEAST_WIDTH)
    rows = list(_rows([*legend, *(FrameEntry(None, said) for said in remarks)], width))
    width = max([width, *(_width(row) for row in rows)])
    if title:
        width = max(width, min(typeset.words(title, TITLE_SIZE).width, WIDEST_TITLE))
    heading = boxes.cut(title, TITLE_SIZE, width) if title else None
    top = MARGIN + (heading.height + TITLE_GAP if heading else 0)
    foot = top + extent.bottom - extent.top + (LEGEND_GAP if rows else 0)
    across = MARGIN + (width - (extent.right - extent.left)) / 2
    items: list[Item] = []
    if heading:
        items.append(
            Group((Text(heading, MARGIN, MARGIN + heading.ascent, theme.ink),), kind="title")
        )
    items.append(Group(tuple(figure), across - extent.left, top - extent.top, kind="network"))
    if rows:
        drawn = [item for k, row in enumerate(rows) for item in _row(row, foot + ROW * k, theme)]
        items.append(Group(tuple(drawn), kind="legend"))
    return Scene(
        math.ceil(width + 2 * MARGIN),
        math.ceil(foot + ROW * len(rows) + MARGIN - (8 if rows else 0)),
        theme.background,
        title or "Network",
        alt,
        tuple(items),
    )


def _rows(entries: Sequence[FrameEntry], width: float) -> Iterator[list[FrameEntry]]:
    row: list[FrameEntry] = []
    for entry in entries:
        if row and _width([*row, entry]) > width:
            yield row
            row = []
        row.append(entry)
    if row:
        yield row


def _width(row: Sequence[FrameEntry]) -> float:
    return sum(_entry_width(entry) for entry in row) + ENTRY_GAP * (len(row) - 1)


def _entry_width(entry: FrameEntry) -> float:
    line = 0.0 if entry.stroke is None else SAMPLE + SAMPLE_GAP
    return line + typeset.words(entry.words, LEGEND_SIZE).width


def _row(row: Sequence[FrameEntry], top: float, theme: Theme) -> Iterator[Item]:
    x, middle = MARGIN, top + ROW / 2
    for entry in row:
        start = x
        if entry.stroke is not None:
            yield Path((x, middle), (((x + SAMPLE, middle),),), stroke=entry.stroke)
            start += SAMPLE + SAMPLE_GAP
        said = typeset.words(entry.words, LEGEND_SIZE)
        yield Text(said, start, middle + 0.34 * LEGEND_SIZE, theme.faint)
        x += _entry_width(entry) + ENTRY_GAP

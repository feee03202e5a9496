"""A figure on its sheet: title above; below, remarks, listed formulas and the legend.

On a wide sheet of a given size remarks stand at the side of the figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.labels.description import Entry, Phrase, Swatch
from graphdiff.drawing.labels.looks import GROUP, STACKED, behind, group_paint, ink_of, outlined
from graphdiff.drawing.layout.listing import NARROW, Placed
from graphdiff.drawing.layout.sheet import (
    ENTRY_GAP,
    LEADING,
    LEGEND_SIZE,
    LINE,
    ROW,
    SWATCH,
    TITLE_LEADING,
    Sample,
    Sheet,
    Surroundings,
    height_of,
    sample_of,
    sheet_for,
)
from graphdiff.drawing.marks import mark_rendering
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.remarks import SAMPLE, Block, Remarks, remarks_for
from graphdiff.drawing.scene import Group, Item, Path, Point, Scene, Stroke, Text
from graphdiff.drawing.themes import OUTLINES, Outline, Theme

MARGIN = 24.0
TITLE_GAP = 18.0
LISTING_GAP = 26.0
BESIDE = 30.0
"""Between a figure and remarks at its side."""


@dataclass(frozen=True)
class Figure:
    """What a sheet is around: items in a rectangle with its top left corner at (left, top)."""

    kind: str
    items: tuple[Item, ...]
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def of(cls, kind: str, items: Sequence[Item]) -> Figure:
        """Return the figure that items are, wherever they were drawn."""
        area = united(areas(items))
        width, height = area.right - area.left, area.bottom - area.top
        return cls(kind, tuple(items), width, height, area.left, area.top)


def on_sheet(
    figure: Figure, around: Surroundings, alt: str, theme: Theme, width: float = 0.0
) -> Scene:
    """Return the scene of a figure with all that surrounds it, at least so wide."""
    sheet = sheet_for(around, max(figure.width, width))
    head = MARGIN + (sheet.title_height + TITLE_GAP if sheet.title else 0)
    remark_left, remark_top = MARGIN, head + figure.height + LISTING_GAP
    across = MARGIN + (sheet.width - figure.width) / 2
    base = remark_top + sheet.remarks.height if sheet.remarks.blocks else head + figure.height
    if beside := _beside(figure, around, sheet.width):
        sheet = replace(sheet, remarks=beside)
        remark_left, remark_top = MARGIN + figure.width + BESIDE, head
        across, base = MARGIN, head + figure.height
    list_top = base + LISTING_GAP
    list_foot = list_top + sheet.listing.height if sheet.listing.height else base
    foot = list_foot + (around.style.legend_gap if sheet.legend else 0)
    height = foot + sheet.legend_height + MARGIN - (8 if sheet.legend else 0)
    return Scene(
        math.ceil(sheet.width + 2 * MARGIN),
        math.ceil(height),
        theme.background,
        around.title or around.style.untitled,
        alt,
        (
            *_title(sheet, theme),
            Group(figure.items, across - figure.left, head - figure.top, kind=figure.kind),
            *_remarks(sheet, theme, (remark_left, remark_top), around.least),
            *_listing(sheet, theme, list_top),
            *_legend(sheet, theme, foot),
        ),
    )


def _beside(figure: Figure, around: Surroundings, width: float) -> Remarks | None:
    """Return the remarks at the side of a figure on a sheet so wide, if they are no higher."""
    room = width - figure.width - BESIDE
    if not around.remarks or not around.least or room < NARROW:
        return None
    remarks = remarks_for(around.remarks, room, around.least)
    return remarks if remarks.width <= room and remarks.height <= figure.height else None


def _title(sheet: Sheet, theme: Theme) -> Iterator[Group]:
    lines, top = list[Item](), MARGIN
    for line in sheet.title:
        lines.append(Text(line, MARGIN, top + line.ascent, theme.ink, centred=False))
        top += line.height + TITLE_LEADING
    if lines:
        yield Group(tuple(lines), kind="title")


def _remarks(
    sheet: Sheet, theme: Theme, corner: tuple[float, float], least: float
) -> Iterator[Group]:
    """Yield what is said of the marks."""
    remarks = sheet.remarks
    drawn = [
        Group(
            (
                *_mark_of(block, theme, least),
                *(_said(line, theme.ink) for line in block.lines),
                *(_said(line, theme.faint) for line in block.note),
            ),
            x,
            y,
            title=block.remark.text,
        )
        for block, (x, y) in zip(remarks.blocks, remarks.places, strict=True)
    ]
    if drawn:
        yield Group(tuple(drawn), *corner, kind="remarks")


def _said(line: Placed, colour: str) -> Text:
    return Text(line.fragment, line.x, line.y, colour, centred=False)


def _mark_of(block: Block, theme: Theme, least: float) -> Iterator[Group]:
    if block.mark:
        drawn = tuple(mark_rendering.sample(block.mark, SAMPLE, theme, least))
        yield Group(drawn, 0, block.middle)


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
    for row in sheet.legend:
        x = MARGIN
        for sample in row:
            items = _drawn_sample(sample, x, top + ROW / 2, theme)
            steps = sample.entry.steps
            drawn += items if steps is None else [Group(tuple(items), steps=steps)]
            x += sample.width + ENTRY_GAP
        top += height_of(row)
    if drawn:
        yield Group(tuple(drawn), kind="legend")


def legend_column(entries: Sequence[Entry], width: float, corner: Point, theme: Theme) -> Group:
    """Return a legend with its entries one below the other, in lines of a width or a long word."""
    drawn, top = list[Item](), 0.0
    words = (replace(e, meaning=word) for e in entries for word in e.meaning.split())
    width = max([width, *(sample_of(word, LEGEND_SIZE).width for word in words)])
    for entry in entries:
        sample = sample_of(entry, LEGEND_SIZE, width)
        drawn += _drawn_sample(sample, 0.0, top + ROW / 2, theme)
        top += sample.height
    return Group(tuple(drawn), *corner, kind="legend")


def _drawn_sample(sample: Sample, x: float, middle: float, theme: Theme) -> Iterator[Item]:
    baseline = middle + 0.34 * LEGEND_SIZE
    shown = sample.entry.sample
    if sample.notation is not None:
        colour = ink_of(shown.role, theme) if isinstance(shown, Phrase) else theme.ink
        yield Text(sample.notation, x, baseline, colour, centred=False)
    elif isinstance(shown, Stroke):
        yield Path((x, middle), (((x + LINE, middle),),), stroke=shown)
    elif isinstance(shown, str):
        yield Group(tuple(_swatch(shown, theme)), x, middle - SWATCH[1] / 2)
    for k, line in enumerate(sample.meaning):
        at = baseline + k * LEADING
        yield Text(line, x + sample.indent, at, theme.faint, centred=False)


def _swatch(shown: Swatch, theme: Theme) -> Iterator[Item]:
    match shown:
        case "cut_off":
            yield from outlined(*SWATCH, Outline(radius=2), theme.cut_off, dashed=True)
        case "path" | "wrong" | "doubtful" | "highlight" as kind:
            drawn = tuple(mark_rendering.sample(Mark(kind), SWATCH[0], theme))
            yield Group(drawn, 0, SWATCH[1] / 2)
        case "group":
            yield from outlined(*SWATCH, GROUP, group_paint(theme))
        case "alike" | "chain":
            shape, paint = OUTLINES["computation"], theme.kinds["computation"]
            size = SWATCH[0] - STACKED[0], SWATCH[1] - STACKED[1]
            yield from (*behind(*size, shape, paint), *outlined(*size, shape, paint))
        case kind:
            yield from outlined(*SWATCH, OUTLINES[kind], theme.kinds[kind])

"""Small histograms in rows and columns: one row for each layer, one column for each quantity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network import names
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import below, left_of
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.curves import said
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Stroke, Text
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

BINS = 31
WIDTH, HEIGHT = 108.0, 54.0
ACROSS, DOWN, CLOSE = 16.0, 36.0, 27.0
"""Between two histograms: beside, and for the range below, and that at least where they are low."""
NUMBER, NAME = 12.0, 14.0
MOST_DIGITS = 6
"""Numbers that so many do not tell apart are said by their middle and how far they are from it."""
MOST_ROWS = 24
BETWEEN = 28.0
"""Between rows that stand beside each other."""


@dataclass(frozen=True)
class Column:
    """A quantity of every row: what it is called, the entries, and whether 0 is in the middle."""

    name: Name
    entries: tuple[np.ndarray, ...]
    is_centred: bool = False


def histograms(
    graph: ComputationalGraph,
    rows: Sequence[str],
    columns: Sequence[Column],
    remarks: Sequence[str],
    options: Options,
    alt: str,
) -> Plot:
    """Return the histograms, with remarks below.

    Raises
    ------
    DrawingError
        If there are too many rows, or an entry is not finite.
    """
    if len(rows) > MOST_ROWS:
        raise DrawingError(f"there are {len(rows)} layers; at most {MOST_ROWS} are drawn")
    theme = options.theme
    for column in columns:
        for row, entries in zip(rows, column.entries, strict=True):
            if not np.isfinite(entries).all():
                raise DrawingError(f"{column.name.plain} of {row} are not all finite")

    def draw(setting: Setting) -> Iterator[Item]:
        size = WIDTH * setting.across, HEIGHT * setting.upwards
        many = math.ceil(len(rows) / setting.columns)
        left = 0.0
        for start in range(0, len(rows), many):
            block = Group(tuple(_block(rows, columns, slice(start, start + many), size, theme)))
            area = united(areas([block]))
            yield replace(block, x=left - area.left)
            left += area.right - area.left + BETWEEN

    legend = [Entry(None, remark) for remark in remarks]
    return plot(graph, options, draw, legend, alt, parts=len(rows))


def _block(
    rows: Sequence[str],
    columns: Sequence[Column],
    part: slice,
    size: tuple[float, float],
    theme: Theme,
) -> Iterator[Item]:
    """Yield the histograms of some rows, with the names of all columns above."""
    paints = (theme.kinds["computation"], theme.kinds["input"], theme.kinds["parameter"])
    down = size[1] + max(CLOSE, min(DOWN, DOWN * size[1] / HEIGHT))
    said_above = (said(column.name, NAME).width for column in columns)
    said_below = (_words(x, c.is_centred).width for c in columns for x in c.entries)
    across = max(size[0], *said_above, *said_below) + ACROSS
    for i, column in enumerate(columns):
        left, paint = i * across, paints[i % len(paints)]
        head = said(column.name, NAME)
        yield Text(head, left + (size[0] - head.width) / 2, -12.0, theme.ink)
        for j, entries in enumerate(column.entries[part]):
            drawn = _histogram(entries, column.is_centred, size, paint, theme)
            yield Group(tuple(drawn), left, j * down, kind="histogram")
    for j, row in enumerate(rows[part]):
        middle = j * down + size[1] / 2
        yield left_of(typeset.words(row, NAME), (-12.0, middle)).text(theme.ink)


def counted(entries: np.ndarray, *, is_centred: bool) -> tuple[np.ndarray, float, float]:
    """Return how many entries are in each of some equal parts of a range, and the range.

    It goes from the least to the greatest, or as far to both sides of 0.
    """
    low, high = float(entries.min()), float(entries.max())
    if is_centred:
        high = max(abs(low), abs(high))
        low = -high
    if high - low <= 2 * BINS * np.spacing(max(abs(low), abs(high))):  # as of a saturated layer
        low, high = low - 0.5, high + 0.5
    counts, _ = np.histogram(entries, BINS, (low, high))
    return counts, low, high


def _histogram(
    entries: np.ndarray, is_centred: bool, size: tuple[float, float], paint: Paint, theme: Theme
) -> Iterator[Item]:
    counts, low, high = counted(entries, is_centred=is_centred)
    width, height = size
    wide, most, edge = width / BINS, float(counts.max()), Stroke(theme.edge, 1.0)
    for k, count in enumerate(counts.tolist()):
        if count:
            tall, line = max(1.0, height * count / most), Stroke(paint.stroke, 0.6)
            yield Rectangle(k * wide, height - tall, wide, tall, fill=paint.fill, stroke=line)
    yield Path((0.0, height), (((width, height),),), stroke=edge)
    if low < 0 < high:
        zero = -low / (high - low) * width
        yield Path((zero, height), (((zero, height + 5),),), stroke=edge)
    yield below(_words(entries, is_centred), (width / 2, height + 8)).text(theme.faint)


def _words(entries: np.ndarray, is_centred: bool) -> typeset.Fragment:
    return typeset.words(_span(entries, is_centred), NUMBER)


def _span(entries: np.ndarray, is_centred: bool) -> str:
    """Say from where to where numbers go."""
    least, greatest = float(entries.min()), float(entries.max())
    if least == greatest:
        return f"all {names.in_words(least, 3)}"
    if is_centred:
        return f"±{names.in_words(max(abs(least), abs(greatest)), 3)}"
    for digits in range(3, MOST_DIGITS):  # as many as tell them apart
        ends = names.in_words(least, digits), names.in_words(greatest, digits)
        if ends[0] != ends[1]:
            return " … ".join(ends)
    middle, half = (least + greatest) / 2, (greatest - least) / 2
    return f"{names.in_words(middle, 3)} ± {names.in_words(half, 2)}"

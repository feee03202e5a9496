"""Small histograms in rows and columns: one row for each layer, one column for each quantity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network import names
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import below, left_of
from graphdiff.drawing.options import MAX_DIGITS, Options
from graphdiff.drawing.plots.curves import said
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.scene import Group, Item, Path, Rectangle, Stroke, Text
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

BINS = 31
WIDTH, HEIGHT = 108.0, 54.0
ACROSS, DOWN = 16.0, 36.0
"""Between two histograms: beside, and for the range below."""
NUMBER, NAME = 12.0, 14.0
MOST_ROWS = 24


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
    paints = (theme.kinds["computation"], theme.kinds["input"], theme.kinds["parameter"])
    items: list[Item] = []
    for i, column in enumerate(columns):
        left = i * (WIDTH + ACROSS)
        head = said(column.name, NAME)
        at = left + (WIDTH - head.width) / 2
        items.append(Text(head, at, -12.0, theme.ink))
        for j, entries in enumerate(column.entries):
            if not np.isfinite(entries).all():
                raise DrawingError(f"{column.name.plain} of {rows[j]} are not all finite")
            paint = paints[i % len(paints)]
            drawn = _histogram(entries, column.is_centred, paint.fill, paint.stroke, theme)
            items.append(Group(tuple(drawn), left, j * (HEIGHT + DOWN), kind="histogram"))
    for j, row in enumerate(rows):
        middle = j * (HEIGHT + DOWN) + HEIGHT / 2
        items.append(left_of(typeset.words(row, NAME), (-12.0, middle)).text(theme.ink))
    legend = [Entry(None, remark) for remark in remarks]
    return plot(graph, options, items, legend, alt)


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
    entries: np.ndarray, is_centred: bool, fill: str, stroke: str, theme: Theme
) -> Iterator[Item]:
    counts, low, high = counted(entries, is_centred=is_centred)
    wide, most = WIDTH / BINS, float(counts.max())
    for k, count in enumerate(counts.tolist()):
        if count:
            tall = max(1.0, HEIGHT * count / most)
            yield Rectangle(
                k * wide, HEIGHT - tall, wide, tall, fill=fill, stroke=Stroke(stroke, 0.6)
            )
    yield Path((0.0, HEIGHT), (((WIDTH, HEIGHT),),), stroke=Stroke(theme.edge, 1.0))
    if low < 0 < high:
        zero = -low / (high - low) * WIDTH
        yield Path((zero, HEIGHT), (((zero, HEIGHT + 5),),), stroke=Stroke(theme.edge, 1.0))
    least, greatest = float(entries.min()), float(entries.max())
    if least == greatest:
        span = f"all {names.in_words(least, 3)}"
    elif is_centred:
        span = f"±{names.in_words(high, 3)}"
    else:
        ends = ("", "")
        for digits in range(3, MAX_DIGITS):  # as many as tell them apart
            ends = names.in_words(least, digits), names.in_words(greatest, digits)
            if ends[0] != ends[1]:
                break
        span = " … ".join(ends)
    words = typeset.words(span, NUMBER)
    yield below(words, (WIDTH / 2, HEIGHT + 8)).text(theme.faint)

"""Rows of numbers as images: each a tile of w × h cells, all in one scale of colours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.heat_maps import FRAME, STEPS, is_grey, shade, step_of
from graphdiff.drawing.network import names
from graphdiff.drawing.network.pens import below, right_of
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Group, Item, Path, Point, Rectangle, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

WIDTH = 344.0
"""Of all tiles in a row."""
SIDE = 84.0
"""The longer side of a tile, at most."""
GAP, NUMBER = 10.0, 12.0
SCALE, APART = 12.0, 18.0
"""The width of the scale, and how far it is from the tiles."""
LEAST_SCALE = 60.0
MOST_COLUMNS = 10
MOST_TILES, MOST_CELLS = 100, 60_000


def images(
    graph: ComputationalGraph,
    rows: np.ndarray,
    shape: tuple[int, int],
    labels: tuple[str, ...],
    options: Options,
    alt: str,
) -> Plot:
    """Return rows (k, h·w) as k tiles, each of h rows of cells, with their labels below.

    Raises
    ------
    DrawingError
        If there are too many tiles or cells, or a number is not finite.
    """
    count, size = rows.shape
    if not 0 < count <= MOST_TILES or rows.size > MOST_CELLS:
        raise DrawingError(
            f"there are {count} images of {size} cells; at most {MOST_TILES}, of {MOST_CELLS:_} "
            "cells together, are drawn: choose some, rows=range(16)"
        )
    if not np.isfinite(rows).all():
        raise DrawingError("the weights are not all finite")
    theme, largest = options.theme, float(np.abs(rows).max()) or 1.0

    def draw(setting: Setting) -> Iterator[Item]:
        columns, cell = _arrangement(count, shape, setting)
        wide, tall = cell * shape[1] + GAP, cell * shape[0] + NUMBER + 8.0 + GAP
        for k, row in enumerate(rows):
            at = (k % columns) * wide, (k // columns) * tall
            drawn = _tile(row.reshape(shape) / largest, cell, labels[k], theme)
            yield Group(tuple(drawn), *at, kind="image")
        height = max(LEAST_SCALE, tall * math.ceil(count / columns) - NUMBER - 8.0 - GAP)
        place = (min(count, columns) * wide - GAP + APART, 0.0)
        yield Group(tuple(_scale(largest, height, theme)), *place, kind="scale")

    return plot(graph, options, draw, [], alt)


def _arrangement(count: int, shape: tuple[int, int], setting: Setting) -> tuple[int, float]:
    """Return how many tiles stand in a row, and the side of a cell: about as wide as high."""
    width, side = WIDTH * setting.across, SIDE * min(1.0, setting.upwards)
    cell = side / max(shape)
    most = max(1, int((width + GAP) // (cell * shape[1] + GAP)))
    flat = setting.across / setting.upwards
    wanted = math.ceil(math.sqrt(count * flat * shape[0] / shape[1]))
    if wanted > most:  # smaller tiles, so that there are not too many rows
        most = min(wanted, int(MOST_COLUMNS * max(1.0, flat)))
        cell = min(cell, (width - GAP * (most - 1)) / most / shape[1])
    return min(count, max(most, 1)), cell


def _tile(levels: np.ndarray, cell: float, label: str, theme: Theme) -> Iterator[Item]:
    """Yield the cells of one image, those of one colour in a row as one, and its frame."""
    rows, columns = levels.shape
    grey = is_grey(theme)
    width, height = columns * cell, rows * cell
    yield Rectangle(0, 0, width, height, fill=theme.background)
    for i, row in enumerate(levels.tolist()):
        j = 0
        for step, alike in groupby(map(step_of, row)):
            run = len(list(alike))
            if step is not None:
                fill = shade(step, grey=grey)
                yield Rectangle(j * cell, i * cell, run * cell, cell, fill=fill)
            j += run
    yield Rectangle(0, 0, width, height, stroke=Stroke(FRAME, 0.8))
    yield below(typeset.words(label, NUMBER), (width / 2, height + 5)).text(theme.faint)


def _scale(largest: float, height: float, theme: Theme) -> Iterator[Item]:
    """Yield the scale of all colours, from the largest number down to its opposite."""
    grey, part = is_grey(theme), height / (2 * STEPS)
    for k, step in enumerate([*range(STEPS, 0, -1), *range(-1, -STEPS - 1, -1)]):
        fill = shade(step, grey=grey)
        yield Rectangle(0, k * part, SCALE, height - k * part, fill=fill)
    yield Rectangle(0, 0, SCALE, height, stroke=Stroke(FRAME, 0.8))
    places: list[tuple[float, Point]] = [
        (largest, (SCALE + 6, 5.0)), (0.0, (SCALE + 6, height / 2)),
        (-largest, (SCALE + 6, height - 5.0)),
    ]  # fmt: skip
    yield Path((0, height / 2), (((SCALE, height / 2),),), stroke=Stroke(theme.background, 1.6))
    for value, at in places:
        yield right_of(typeset.words(names.in_words(value, 3), NUMBER), at).text(theme.faint)

"""How much of a figure there is something in.

The ink share is that of the squares of a line and a half of type, in the rectangle around nodes,
labels, edges and frames, in which there is something of these; of a frame its title alone counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from graphdiff.drawing.layout.areas import Area, passed, title_area, whole, written
from graphdiff.drawing.layout.layout import Curve, LaidOut

SQUARE = 24.0
STEP = 3.0
"""Between points along a curve, about."""


def ink(found: LaidOut) -> float:
    """Return the ink share of a layout, from 0 to 1."""
    columns, rows = (max(1, math.ceil(side / SQUARE)) for side in (found.width, found.height))
    inked = np.zeros((rows, columns), dtype=bool)
    for left, top, right, bottom in _areas(found):
        x, y, to_x, to_y = (int(side // SQUARE) for side in (left, top, right, bottom))
        inked[max(y, 0) : to_y + 1, max(x, 0) : to_x + 1] = True
    return float(inked.mean())


def _areas(found: LaidOut) -> Iterator[Area]:
    measured = found.measured
    yield from map(whole, found.nodes, measured.nodes)
    for corner, box in zip(found.labels, measured.edges, strict=True):
        if corner is not None:
            yield written(corner, box)
    yield from map(title_area, found.clusters)
    for curve in found.curves:
        for x, y in points(curve):
            yield x, y, x, y


def points(curve: Curve) -> list[tuple[float, float]]:
    """Return points along a curve, a few units apart."""
    x, y = passed(curve).T
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    even = np.linspace(0.0, length[-1], 2 + int(length[-1] / STEP))
    return list(zip(np.interp(even, length, x), np.interp(even, length, y), strict=True))

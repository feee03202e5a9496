"""Layouts in which everything can be read: titles of frames where no arrow passes, and labels.

Graphviz reserves room for a title across the whole frame, so it may stand anywhere along the top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graphdiff.drawing.layout.areas import TITLE, Area, passed, title_area
from graphdiff.drawing.layout.boxes import Measured
from graphdiff.drawing.layout.labelling import labelled
from graphdiff.drawing.layout.layout import ClusterFrame, LaidOut, in_order
from graphdiff.drawing.layout.notes import noted
from graphdiff.drawing.options import Direction

NEAR = 3.0
"""An arrow so close to a title passes through it."""


SPREADS = (1.0, 1.5, 2.0)
"""How far apart nodes are laid out, until every label has a place; of large graphs, once."""


def lay_out_clearly(
    measured: Measured,
    direction: Direction,
    led: Callable[[LaidOut], LaidOut] = lambda laid_out: laid_out,
) -> LaidOut:
    """Return a layout with titles and labels where they can be read.

    Parameters
    ----------
    led
        Leads arrows otherwise than the layout program does, before labels are placed.

    Raises
    ------
    DrawingError
        If the graph is too large, or Graphviz cannot be found or fails.
    """
    tried: list[tuple[LaidOut, int]] = []
    ordered = in_order(measured, direction)
    for spread in SPREADS[:1] if ordered.is_large else SPREADS:
        tried.append(cleared(led(ordered.laid_out(spread))))
        if not tried[-1][1]:
            break
    return noted(min(tried, key=lambda one: one[1])[0])


def cleared(laid_out: LaidOut) -> tuple[LaidOut, int]:
    """Return a layout with titles and labels moved, and how many labels have no plain place."""
    if laid_out.clusters:
        points = np.concatenate([np.empty((0, 2)), *map(passed, laid_out.curves)])
        frames = tuple(_titled(frame, points) for frame in laid_out.clusters)
        laid_out = replace(laid_out, clusters=frames)
    return labelled(laid_out)


def _titled(frame: ClusterFrame, points: NDArray[np.float64]) -> ClusterFrame:
    """Move a title to the left, the right or the middle of its frame: where least passes it."""
    room = frame.width - 2 * TITLE[0] - frame.title.width
    tried = [replace(frame, title_x=TITLE[0] + max(room, 0.0) * share) for share in (0, 1, 0.5)]
    return min(tried, key=lambda one: _passing(title_area(one), points))


def _passing(area: Area, points: NDArray[np.float64]) -> int:
    near = (points >= np.array(area[:2]) - NEAR) & (points <= np.array(area[2:]) + NEAR)
    return int(near.all(axis=1).sum())

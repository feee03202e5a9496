"""Areas that things take on a sheet, and how far they are apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.layout.layout import ClusterFrame, Curve, Point

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""

Areas = NDArray[np.float64]
"""Areas as rows."""

STEPS = 16
"""Into how many parts a piece of a curve is divided to see where it passes."""

BEZIER = np.array(
    [(s**3, 3 * s * s * t, 3 * s * t * t, t**3) for t in np.arange(STEPS) / STEPS for s in [1 - t]]
)
"""How much each of the four points of a piece counts at the start of each part."""

TITLE = (9.0, 7.0)
"""From the corner of a frame to its title."""


def rows(areas: list[Area]) -> Areas:
    """Return areas as rows, none too."""
    return np.array(areas, dtype=float).reshape(-1, 4)


def whole(corner: Point, box: Box) -> Area:
    """Return the area of a box."""
    return corner[0], corner[1], corner[0] + box.width, corner[1] + box.height


def written(corner: Point, box: Box) -> Area:
    """Return where the lines of a label stand, without the room around them."""
    x, y = corner
    lefts = [line.x for line in box.lines]
    rights = [line.x + line.fragment.width for line in box.lines]
    tops = [line.y - line.fragment.ascent for line in box.lines]
    bottoms = [line.y + line.fragment.descent for line in box.lines]
    return x + min(lefts), y + min(tops), x + max(rights), y + max(bottoms)


def framed(frame: ClusterFrame) -> Area:
    """Return the area within a frame."""
    return frame.x, frame.y, frame.x + frame.width, frame.y + frame.height


def title_area(frame: ClusterFrame) -> Area:
    """Return where the title of a frame stands."""
    x, y = frame.x + frame.title_x, frame.y + TITLE[1]
    return x, y, x + frame.title.width, y + frame.title.height


def passed(curve: Curve) -> NDArray[np.float64]:
    """Return points along a curve, as far as its tip, as rows."""
    points = np.array(curve.points, dtype=float)
    pieces = np.stack([points[k : len(points) - 3 + k : 3] for k in range(4)])
    return np.concatenate(
        [np.einsum("tk,kpx->ptx", BEZIER, pieces).reshape(-1, 2), points[-1:], [curve.tip]]
    )


def along(curve: Curve) -> Iterator[Point]:
    """Yield points along a curve, as far as its tip."""
    yield from ((x, y) for x, y in passed(curve).tolist())


def gaps(some: Areas, others: Areas) -> NDArray[np.float64]:
    """Return how far each area is from each other one: 0 where they touch, shape (some, others)."""
    one, other = some[:, None, :], others[None, :, :]
    between = np.maximum(one[..., :2] - other[..., 2:], other[..., :2] - one[..., 2:])
    return np.hypot(*np.moveaxis(np.maximum(between, 0.0), -1, 0))

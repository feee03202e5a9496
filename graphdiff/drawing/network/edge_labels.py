"""Places for the labels on edges: on their own lines, near the tail, none on another.

Each is tried at many places from the tail on; the first choice is where fewest other lines
pass. Where there is no room for all, none is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.drawing.extents import Area
from graphdiff.drawing.network.routes import Route
from graphdiff.drawing.scene import Point

TRIED = tuple(0.1 + 0.02 * k for k in range(41))
PREFERRED = 0.33
APART = (4.0, 2.5)
"""The room beside a label, and above and below it."""


def label_places(
    routes: Sequence[Route],
    sizes: Sequence[tuple[float, float] | None],
    circles: Sequence[tuple[Point, float]],
    taken: Sequence[Area],
    preferred: float = PREFERRED,
    *,
    alone: bool = False,
) -> tuple[Point | None, ...] | None:
    """Return the middle of each label, or None if there is no room for all of them.

    Parameters
    ----------
    routes, sizes
        The edges' lines, and the width and height of what is written on them; None for nothing.
    circles, taken
        What they must keep off.
    preferred
        Where on its line a label stands if nothing is in the way, from 0 at the tail to 1.
    alone
        Whether no other line may pass behind a label.
    """
    lines = [(route.straight[0], route.straight[1]) for route in routes]
    found: list[Point | None] = [None] * len(routes)
    placed: list[Area] = []
    for k, (line, size) in enumerate(zip(lines, sizes, strict=True)):
        if size is None:
            continue
        others = [other for j, other in enumerate(lines) if j != k]
        best: tuple[float, Point, Area] | None = None
        for t in TRIED:
            point = _on(line, t)
            area = Area.around(point, size[0] + 2 * APART[0], size[1] + 2 * APART[1])
            if any(area.meets_circle(centre, radius) for centre, radius in circles):
                continue
            if any(area.meets(other) for other in (*placed, *taken)):
                continue
            crossed = sum(area.crossing(*other) is not None for other in others)
            if alone and crossed:
                continue
            cost = crossed + 1.5 * abs(t - preferred)
            if best is None or cost < best[0]:
                best = cost, point, area
        if best is None:
            return None
        found[k] = best[1]
        placed.append(best[2])
    return tuple(found)


def _on(line: tuple[Point, Point], t: float) -> Point:
    (x, y), (to_x, to_y) = line
    return x + t * (to_x - x), y + t * (to_y - y)

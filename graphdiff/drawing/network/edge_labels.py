"""Places for the labels on edges: on their own lines, near the tail, none on another.

Each is tried at many places from the tail on; the first choice is where fewest other lines
pass. Where there is no room for all, none is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.drawing.extents import Area
from graphdiff.drawing.network.routes import Route
from graphdiff.drawing.scene import Point
from graphdiff.drawing.typeset import Fragment

TRIED = tuple(0.1 + 0.02 * k for k in range(41))
PREFERRED = 0.33
APART = (4.0, 2.5)
"""The room beside a label, and above and below it."""


def label_places(
    routes: Sequence[Route],
    labels: Sequence[Fragment | None],
    circles: Sequence[tuple[Point, float]],
    taken: Sequence[Area],
    preferred: float = PREFERRED,
) -> tuple[Point | None, ...] | None:
    """Return the middle of each label, or None if there is no room for all of them.

    Parameters
    ----------
    routes, labels
        The edges' lines and what is written on them; None for nothing.
    circles, taken
        What they must keep off.
    preferred
        Where on its line a label stands if nothing is in the way, from 0 at the tail to 1.
    """
    lines = [(route.straight[0], route.straight[1]) for route in routes]
    found: list[Point | None] = [None] * len(routes)
    placed: list[Area] = []
    for k, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if label is None:
            continue
        others = [other for j, other in enumerate(lines) if j != k]
        best: tuple[float, Point, Area] | None = None
        for t in TRIED:
            point = _on(line, t)
            area = Area.around(point, label.width + 2 * APART[0], label.height + 2 * APART[1])
            if any(area.meets_circle(centre, radius) for centre, radius in circles):
                continue
            if any(area.meets(other) for other in (*placed, *taken)):
                continue
            cost = sum(area.crossing(*other) is not None for other in others) + 1.5 * abs(
                t - preferred
            )
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

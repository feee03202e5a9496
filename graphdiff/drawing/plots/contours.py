"""Lines on which a function of two numbers has one value: marching squares.

On each edge of a grid the place is interpolated; in a cell with four of them the value in its
middle decides which belong together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Vertex = tuple[float, float]
Line = list[Vertex]

_Edge = tuple[int, int, int]
"""A row, a column, and 0 for the edge to the next column, 1 for that to the next row."""


def contour(xs: np.ndarray, ys: np.ndarray, values: np.ndarray, level: float) -> list[Line]:
    """Return the lines on which ``values[row, column]``, at (xs[column], ys[row]), is a level."""
    above = values >= level
    neighbours: dict[_Edge, list[_Edge]] = {}
    mixed = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    for i, j in np.argwhere((mixed > 0) & (mixed < 15)).tolist():
        if not np.isfinite(values[i : i + 2, j : j + 2]).all():
            continue
        for one, other in _crossed(
            above[i : i + 2, j : j + 2], values[i : i + 2, j : j + 2], level
        ):
            a, b = (_edge(i, j, side) for side in (one, other))
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    return [
        [_vertex(xs, ys, values, level, edge) for edge in chain] for chain in _chains(neighbours)
    ]


def _crossed(above: np.ndarray, values: np.ndarray, level: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of sides of a cell that a line joins: 0 first row, then around."""
    corners = [bool(above[0, 0]), bool(above[0, 1]), bool(above[1, 1]), bool(above[1, 0])]
    sides = [k for k in range(4) if corners[k] != corners[(k + 1) % 4]]
    if len(sides) == 2:
        yield sides[0], sides[1]
    elif (values.mean() >= level) == corners[0]:
        yield from ((0, 1), (2, 3))
    else:
        yield from ((3, 0), (1, 2))


def _edge(i: int, j: int, side: int) -> _Edge:
    return [(i, j, 0), (i, j + 1, 1), (i + 1, j, 0), (i, j, 1)][side]


def _vertex(
    xs: np.ndarray, ys: np.ndarray, values: np.ndarray, level: float, edge: _Edge
) -> Vertex:
    i, j, way = edge
    k, m = (i, j + 1) if way == 0 else (i + 1, j)
    t = float((level - values[i, j]) / (values[k, m] - values[i, j]))
    return float(xs[j] + t * (xs[m] - xs[j])), float(ys[i] + t * (ys[k] - ys[i]))


def _chains(neighbours: dict[_Edge, list[_Edge]]) -> Iterator[list[_Edge]]:
    """Yield the chains that edges form, those with ends first; closed ones end where they begin."""
    left = {edge: list(others) for edge, others in neighbours.items()}
    for start in sorted(left, key=lambda edge: len(left[edge]) != 1):
        while left[start]:
            chain = [start]
            while left[chain[-1]]:
                step = left[chain[-1]].pop()
                left[step].remove(chain[-1])
                chain.append(step)
            yield chain

"""The plane of the two inputs of a network: what its output is at points, and where it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graphdiff.drawing.plots.axes import Range
from graphdiff.drawing.plots.contours import contour
from graphdiff.drawing.plots.regions import (
    Cell,
    decided,
    halves,
    inputs_forms,
    is_piecewise,
    known,
    net_form,
    zero_line,
)
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network

GRID = 121


def computed(
    network: Network, numbers: Numbers, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted sum and the value of the output at points (m, 2)."""
    values = dict(zip(network.inputs, points.T, strict=True))
    net = np.zeros(len(points))
    for k in network.neurons:
        unit = network.units[k]
        net = np.full(len(points), sum(known(numbers, bias) for bias in unit.added))
        for source, weight in unit.weights():
            net = net + known(numbers, weight) * values[source]
        assert unit.activation is not None  # noqa: S101 - it is a neuron
        values[k] = unit.activation.at(net)
        if k in network.outputs:
            return net, values[k]
    return net, net


@dataclass(frozen=True)
class Plane:
    """Where the output is positive, and where it changes.

    Attributes
    ----------
    positive
        Polygons.
    faint
        The lines of the first neurons, where others come after.
    decision
        Lines through points.
    everywhere
        Whether the output is positive in all that is seen, or nowhere; None where it changes.
    """

    positive: tuple[np.ndarray, ...]
    faint: tuple[np.ndarray, ...]
    decision: tuple[np.ndarray, ...]
    everywhere: bool | None


def plane_of(network: Network, numbers: Numbers, spans: tuple[Range, Range]) -> Plane:
    """Return what is in a part of the plane; exact where neurons are affine in parts."""
    (left, right), (low, high) = spans
    box = np.array([(left, low), (right, low), (right, high), (left, high)])
    (last,) = network.outputs
    first = {
        k: zero_line(net_form(network, numbers, k, inputs_forms(network)), box)
        for k in first_neurons(network)
    }
    faint = tuple(ends for k, ends in first.items() if ends is not None and k != last)
    if is_piecewise(network):
        cells = list(decided(network, numbers, box))
        positive = tuple(cell.corners for cell, is_yes in cells if is_yes)
        edges = (_zero_edge(cell, cell.nets[last]) for cell, is_yes in cells if is_yes)
        lines = tuple(edge for edge in edges if edge is not None)
        answers = {is_yes for _, is_yes in cells}
    else:
        xs, ys, net = _on_grid(network, numbers, spans)
        positive, lines = (
            tuple(_on_cells(xs, ys, net)),
            tuple(map(np.array, contour(xs, ys, net, 0))),
        )
        answers = set((net > 0).ravel().tolist())
    if last in first:  # one line, whatever the activation
        line = first[last]
        lines = () if line is None else (line,)
    return Plane(positive, faint, lines, answers.pop() if len(answers) == 1 else None)


def _zero_edge(cell: Cell, form: np.ndarray) -> np.ndarray | None:
    """Return the two corners of a cell where a form is 0, unless it is everywhere."""
    if np.abs(form[1:]).max() > 0:
        on = [c for c in cell.corners if abs(form[0] + c @ form[1:]) <= 1e-9]
        return np.array(on) if len(on) == 2 else None
    return None


def _on_cells(xs: np.ndarray, ys: np.ndarray, net: np.ndarray) -> Iterator[np.ndarray]:
    """Yield where a sum on a grid is positive, cells of a row that are whole as one."""
    for i in range(GRID - 1):
        start = None
        for j in range(GRID):
            whole = j < GRID - 1 and bool((net[i : i + 2, j : j + 2] > 0).all())
            if whole and start is None:
                start = j
            elif not whole and start is not None:
                a, b = xs[start], xs[j]
                yield np.array([(a, ys[i]), (b, ys[i]), (b, ys[i + 1]), (a, ys[i + 1])])
                start = None
            if j < GRID - 1 and not whole:
                yield from _partly(xs[j : j + 2], ys[i : i + 2], net[i : i + 2, j : j + 2])


def _partly(xs: np.ndarray, ys: np.ndarray, net: np.ndarray) -> Iterator[np.ndarray]:
    """Yield where the sum is positive in a cell of the grid, linear in its two triangles."""
    corners = np.array([(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])])
    heights = np.array([net[0, 0], net[0, 1], net[1, 1], net[1, 0]])
    for three in ([0, 1, 2], [0, 2, 3]):
        if (heights[three] > 0).any():
            matrix = np.column_stack([np.ones(3), corners[three]])
            form = np.linalg.solve(matrix, heights[three])
            for part, positive in halves(corners[three], form):
                if positive and len(part) > 2:
                    yield part


def _on_grid(
    network: Network, numbers: Numbers, spans: tuple[Range, Range]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    xs, ys = (np.linspace(*span, GRID) for span in spans)
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    return xs, ys, computed(network, numbers, points)[0].reshape(GRID, GRID)


def first_neurons(network: Network) -> list[int]:
    """Return the neurons that have the inputs alone."""
    inputs = set(network.inputs)
    return [k for k in network.neurons if {s for s, _ in network.units[k].weights()} <= inputs]

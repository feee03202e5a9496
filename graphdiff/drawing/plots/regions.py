"""Where in the plane of its two inputs a network's last neuron has a positive weighted sum.

In a convex cell each neuron so far is an affine function of the inputs; a step or a relu divides
it at the line on which its weighted sum is 0. So the regions of networks of these are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from graphdiff.errors import DrawingError
from graphdiff.recognition.activations import Activation
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network, Weight

Polygon = np.ndarray
"""Corners (n, 2) of a convex polygon, in order."""

MOST_CELLS = 2_000
PIECEWISE = ("relu", "identity")


@dataclass(frozen=True)
class Cell:
    """A part of the plane in which every neuron is affine: c_0 + c_1 x_1 + c_2 x_2.

    Attributes
    ----------
    forms, nets
        The values and the weighted sums of the units, as (c_0, c_1, c_2).
    """

    corners: Polygon
    forms: Mapping[int, np.ndarray]
    nets: Mapping[int, np.ndarray]


def is_piecewise(network: Network) -> bool:
    """Whether all neurons before the last are affine in parts: steps, relu, identity."""
    return all(
        (of := network.units[k].activation) is not None
        and (of.jump is not None or of.name in PIECEWISE)
        for k in network.neurons
        if k not in network.outputs
    )


def net_form(
    network: Network, numbers: Numbers, k: int, forms: Mapping[int, np.ndarray]
) -> np.ndarray:
    """Return the weighted sum of a neuron as an affine function."""
    unit = network.units[k]
    found = np.array([sum(known(numbers, bias) for bias in unit.added), 0.0, 0.0])
    for source, weight in unit.weights():
        found = found + known(numbers, weight) * forms[source]
    return found


def known(numbers: Numbers, weight: Weight) -> float:
    """Return the value of a weight, or say which is missing."""
    value = numbers.weight(weight)
    if value is None:
        raise DrawingError(f"the parameter {weight.parameter!r} has no value; give it one")
    return float(value)


def inputs_forms(network: Network) -> dict[int, np.ndarray]:
    """Return the two inputs as affine functions of themselves."""
    first, second = network.inputs
    return {first: np.array([0.0, 1.0, 0.0]), second: np.array([0.0, 0.0, 1.0])}


def decided(network: Network, numbers: Numbers, box: Polygon) -> Iterator[tuple[Cell, bool]]:
    """Yield cells of a box, and whether the weighted sum of the last neuron is positive there.

    Raises
    ------
    DrawingError
        If there are too many.
    """
    (last,) = network.outputs
    cells = [Cell(box, inputs_forms(network), {})]
    for k in network.neurons:
        cells = [part for cell in cells for part in _divided(network, numbers, k, cell)]
        if len(cells) > MOST_CELLS:
            raise DrawingError(
                f"the neurons divide the plane into more than {MOST_CELLS} parts, too many to draw"
            )
    at_zero = is_yes_at_zero(network.units[last].activation)
    for cell in cells:
        for corners, positive in halves(cell.corners, cell.nets[last], at_zero=at_zero):
            yield Cell(corners, cell.forms, cell.nets), positive


def is_yes_at_zero(activation: Activation | None) -> bool:
    """Whether a step has its higher value at 0."""
    jump = None if activation is None else activation.jump
    return jump is not None and jump[1] == max(jump)


def _divided(network: Network, numbers: Numbers, k: int, cell: Cell) -> Iterator[Cell]:
    """Yield the parts of a cell in which a neuron is affine too."""
    form, activation = net_form(network, numbers, k, cell.forms), network.units[k].activation
    nets = {**cell.nets, k: form}
    if k in network.outputs or activation is None or activation.is_identity:
        yield Cell(cell.corners, {**cell.forms, k: form}, nets)
        return
    for corners, positive in halves(cell.corners, form, at_zero=is_yes_at_zero(activation)):
        if activation.jump is None:
            value = form if positive else 0 * form
        else:
            value = np.array([activation.jump[2 if positive else 0], 0.0, 0.0])
        yield Cell(corners, {**cell.forms, k: value}, nets)


def halves(
    corners: Polygon, form: np.ndarray, *, at_zero: bool = False
) -> Iterator[tuple[Polygon, bool]]:
    """Yield the parts of a convex polygon where a form is not positive, and where it is.

    One that is 0 everywhere is what ``at_zero`` says. Sutherland and Hodgman 1974.
    """
    heights = form[0] + corners @ form[1:]
    tiny = 1e-12 * max(1.0, float(np.abs(heights).max()))
    above, below = (heights > tiny).any(), (heights < -tiny).any()
    if above and below:
        yield clipped(corners, heights), True
        yield clipped(corners, -heights), False
    else:
        yield corners, bool(above) or (at_zero and not below)


def clipped(corners: Polygon, heights: np.ndarray) -> Polygon:
    """Return the part of a polygon where heights, given at its corners, are not negative."""
    found: list[np.ndarray] = []
    for k in range(len(corners)):
        a, b = heights[k - 1], heights[k]
        if (a < 0) != (b < 0):
            found.append(corners[k - 1] + a / (a - b) * (corners[k] - corners[k - 1]))
        if b >= 0:
            found.append(corners[k])
    return np.array(found)


def zero_line(form: np.ndarray, box: Polygon) -> Polygon | None:
    """Return the two ends of the line in a box on which a form is 0, if there is one."""
    heights = form[0] + box @ form[1:]
    ends: list[np.ndarray] = []
    for k in range(len(box)):
        a, b = heights[k - 1], heights[k]
        if (a < 0) != (b < 0):
            ends.append(box[k - 1] + a / (a - b) * (box[k] - box[k - 1]))
    return np.array(ends) if len(ends) == 2 else None

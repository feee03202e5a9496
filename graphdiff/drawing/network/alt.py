"""A network in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt, heading
from graphdiff.drawing.network.wording import DELTA, derivative
from graphdiff.drawing.options import Options
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network, Weight

MOST_TOLD = 40
"""How many weights are told one by one."""


def told(excerpt: Excerpt, numbers: Numbers, options: Options) -> str:
    """Return what a picture of the network says."""
    network = excerpt.network
    called = f"Network “{network.title}”" if network.title else "Network"
    sizes = "-".join(str(len(column)) for column in network.columns[:20])
    more = "-…" if len(network.columns) > 20 else ""
    columns = ". ".join(_column(excerpt, c, numbers, options) for c in range(len(excerpt.columns)))
    parts = [f"{called} of layers {sizes}{more}", columns, *_weights(excerpt, numbers, options)]
    parts += _end(network, numbers, options)
    return ". ".join(parts) + "."


def _column(excerpt: Excerpt, c: int, numbers: Numbers, options: Options) -> str:
    shown = excerpt.columns[c]
    said = ", ".join(heading(excerpt, shown))
    units = [k for k in shown.slots if k is not None]
    told_units = []
    for k in units:
        name, value = names.unit(excerpt.network.units[k]), numbers.unit(k)
        said_of_it = name if value is None else names.equal(name, value, options.digits)
        delta = numbers.delta(k) if "P" in options.show else None
        slope = "" if delta is None else f" with {names.equal(DELTA, delta, options.digits).plain}"
        told_units.append(f"{said_of_it.plain}{slope}")
    some = shown.column is not None and len(units) < len(shown.column)
    return f"{said}{': ' if units else ''}{', '.join(told_units)}{', among others' if some else ''}"


def _weights(excerpt: Excerpt, numbers: Numbers, options: Options) -> Iterator[str]:
    if not excerpt.is_whole or len(excerpt.links) > MOST_TOLD:
        return
    found: list[str] = []
    units = excerpt.network.units
    for link in excerpt.links:
        name, value = names.weight(link.weight, options.digits), numbers.weight(link.weight)
        known = value is not None and not link.weight.is_fixed
        said = names.equal(name, value, options.digits).plain if known else name.plain
        ends = names.unit(units[link.source]).plain, names.unit(units[link.target]).plain
        found.append(f"{ends[0]} to {ends[1]} {said}{_slope(link.weight, numbers, options)}")
    yield f"Weights: {', '.join(found)}"
    biases: list[str] = []
    for k in excerpt.network.neurons:
        for bias in units[k].added:
            name, value = names.weight(bias, options.digits), numbers.weight(bias)
            known = value is not None and not bias.is_fixed
            said = names.equal(name, value, options.digits).plain if known else name.plain
            biases.append(f"{said}{_slope(bias, numbers, options)}")
    if biases:
        yield f"Biases: {', '.join(biases)}"


def _slope(weight: Weight, numbers: Numbers, options: Options) -> str:
    """Return what is told of ∂E/∂w where edges show it."""
    gradient = numbers.gradient(weight) if options.edges in ("gradient", "both") else None
    if gradient is None:
        return ""
    return f", {names.equal(derivative(numbers, weight), gradient, options.digits).plain}"


def _end(network: Network, numbers: Numbers, options: Options) -> Iterator[str]:
    loss = network.loss
    if loss is None:
        return
    value = numbers.of_node(loss.output)
    said = ""
    if value is not None and not np.ndim(value):
        said = f" = {names.number(value, options.digits).plain}"
    targets = f", with {', '.join(loss.targets[:5])}" if loss.targets else ""
    yield f"It ends in {loss.output}{said}{targets}"

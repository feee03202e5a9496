"""What a network of two inputs decides: its line or regions, data in the plane, the truth table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.drawing.labels.description import Entry, Phrase
from graphdiff.drawing.network import names
from graphdiff.drawing.network.pens import centred, set_name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, around
from graphdiff.drawing.plots.contours import contour
from graphdiff.drawing.plots.plot import Plot, plot, writing
from graphdiff.drawing.plots.regions import (
    decided,
    halves,
    inputs_forms,
    is_piecewise,
    known,
    net_form,
    zero_line,
)
from graphdiff.drawing.scene import Circle, Group, Item, Path, Stroke
from graphdiff.drawing.themes import Theme, mixed
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network

GRID = 121
DOT = 7.0
MOST_POINTS = 2_000
COLUMN, ROW = 58.0, 34.0
"""A cell of the truth table."""
TABLE_GAP = 60.0


@dataclass(frozen=True)
class Data:
    """Points of the plane, what a network gives there, and what it should."""

    points: np.ndarray
    outputs: np.ndarray
    positive: np.ndarray
    wanted: np.ndarray | None
    is_table: bool


def decision(graph: ComputationalGraph, data: Any, options: Options) -> Plot:
    """Return the plane of the two inputs of a network, and where its output is on which side.

    Raises
    ------
    DrawingError
        If the graph is no network of two inputs and one output, a weight has no value, or the
        data are no points with a truth each.
    """
    network = read(graph)
    _check(network)
    with writing(graph, options):
        return _divided(graph, network, data, options)


def _divided(graph: ComputationalGraph, network: Network, data: Any, options: Options) -> Plot:
    """Return the plane, the regions, the lines, the points and what they mean."""
    numbers, theme = Numbers(network, graph, None), options.theme
    found = _data(network, numbers, data)
    (left, right), (low, high) = (around(found.points[:, axis], 0.5) for axis in (0, 1))
    axes = Axes((left, right), (low, high))
    box = np.array([(left, low), (right, low), (right, high), (left, high)])
    items: list[Item] = [Group(tuple(_regions(network, numbers, axes, box, theme)), kind="regions")]
    first, second = (names.unit(network.units[k]) for k in network.inputs)
    items += axes.frame(theme, (first, second))
    items.append(Group(tuple(_lines(network, numbers, axes, box, theme)), kind="lines"))
    items.append(Group(tuple(_dots(found, axes, theme)), kind="points"))
    if found.is_table:
        items += _table(network, found, axes, options)
    return plot(graph, options, items, list(_legend(network, numbers, found, options)),
                _alt(network, numbers, found, options))  # fmt: skip


def _check(network: Network) -> None:
    inputs, outputs = len(network.inputs), len(network.outputs)
    if inputs != 2 or outputs != 1:
        raise DrawingError(
            f"the network has {inputs} input{'s' * (inputs != 1)} and {outputs} "
            f"output{'s' * (outputs != 1)}; the plane of decisions is of two inputs and one output"
        )


# What is computed


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


def _data(network: Network, numbers: Numbers, given: Any) -> Data:
    unit = network.units[network.outputs[0]]
    jump = unit.activation.jump if unit.activation is not None else None
    low = -1.0 if jump is not None and jump[0] < 0 else 0.0
    corners = np.array(list(itertools.product((low, 1.0), repeat=2)))
    points, wanted = (corners, None) if given is None else _given(given)
    net, outputs = computed(network, numbers, points)
    positive = outputs == max(jump) if jump is not None else net > 0
    is_table = bool(np.isin(points, (low, 1.0)).all()) and jump is not None
    return Data(points, outputs, positive, wanted, is_table)


def _given(given: Any) -> tuple[np.ndarray, np.ndarray | None]:
    points, truths = given, None
    if isinstance(given, tuple) and len(given) == 2:
        points, truths = given
    try:
        found = np.asarray(points, float)
        wanted = None if truths is None else np.asarray(truths, float).reshape(-1) > 0
    except (TypeError, ValueError):
        found, wanted = np.zeros(0), None
    if np.shape(found)[1:] != (2,) or not 0 < len(found) <= MOST_POINTS:
        raise DrawingError(
            f"data are points, an array (m, 2) with m up to {MOST_POINTS}, or a pair of them and "
            f"their truths, 0 or −1 for no; these have shape {found.shape}"
        )
    if wanted is not None and len(wanted) != len(found):
        raise DrawingError(f"there are {len(found)} points and {len(wanted)} truths; give as many")
    return found, wanted


# What is drawn


def _colours(theme: Theme) -> tuple[str, str]:
    """Return the grounds where the output is not positive, and where it is."""
    return theme.background, mixed(theme.kinds["input"].fill, theme.background, 0.8)


def _regions(
    network: Network, numbers: Numbers, axes: Axes, box: np.ndarray, theme: Theme
) -> Iterator[Item]:
    _, fill = _colours(theme)
    if is_piecewise(network):
        for cell, positive in decided(network, numbers, box):
            if positive:
                yield axes.area(cell.corners.tolist(), fill)
        return
    xs, ys, net = _on_grid(network, numbers, axes)
    for i in range(GRID - 1):
        start = None
        for j in range(GRID):
            whole = j < GRID - 1 and bool((net[i : i + 2, j : j + 2] > 0).all())
            if whole and start is None:
                start = j
            elif not whole and start is not None:
                a, b = xs[start], xs[j]
                yield axes.area([(a, ys[i]), (b, ys[i]), (b, ys[i + 1]), (a, ys[i + 1])], fill)
                start = None
            if j < GRID - 1 and not whole:
                yield from _partly(
                    xs[j : j + 2], ys[i : i + 2], net[i : i + 2, j : j + 2], axes, fill
                )


def _partly(
    xs: np.ndarray, ys: np.ndarray, net: np.ndarray, axes: Axes, fill: str
) -> Iterator[Item]:
    """Yield where the sum is positive in a cell of the grid, linear in its two triangles."""
    corners = np.array([(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])])
    heights = np.array([net[0, 0], net[0, 1], net[1, 1], net[1, 0]])
    for three in ([0, 1, 2], [0, 2, 3]):
        if (heights[three] > 0).any():
            matrix = np.column_stack([np.ones(3), corners[three]])
            form = np.linalg.solve(matrix, heights[three])
            for part, positive in halves(corners[three], form):
                if positive and len(part) > 2:
                    yield axes.area(part.tolist(), fill)


def _on_grid(
    network: Network, numbers: Numbers, axes: Axes
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    xs, ys = np.linspace(*axes.horizontal, GRID), np.linspace(*axes.vertical, GRID)
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    return xs, ys, computed(network, numbers, points)[0].reshape(GRID, GRID)


def _lines(
    network: Network, numbers: Numbers, axes: Axes, box: np.ndarray, theme: Theme
) -> Iterator[Item]:
    """Yield the lines of the first neurons, dashed where others come after, and the decision."""
    (last,) = network.outputs
    strong = Stroke(theme.ink, 2.2)
    for k in _first(network):
        ends = zero_line(net_form(network, numbers, k, inputs_forms(network)), box)
        if ends is not None:
            stroke = strong if k == last else Stroke(theme.faint, 1.4, dashed=True)
            yield axes.line(ends.tolist(), stroke)
    if is_piecewise(network):
        if last not in _first(network):
            for cell, positive in decided(network, numbers, box):
                form = cell.nets[last]
                if positive and np.abs(form[1:]).max() > 0:
                    on = [c for c in cell.corners if abs(form[0] + c @ form[1:]) <= 1e-9]
                    if len(on) == 2:
                        yield axes.line([tuple(c) for c in on], strong)
        return
    xs, ys, net = _on_grid(network, numbers, axes)
    for line in contour(xs, ys, net, 0.0):
        yield axes.line(line, strong)


def _first(network: Network) -> list[int]:
    """Return the neurons that have the inputs alone."""
    inputs = set(network.inputs)
    return [k for k in network.neurons if {s for s, _ in network.units[k].weights()} <= inputs]


def _dots(found: Data, axes: Axes, theme: Theme) -> Iterator[Item]:
    """Yield full dots for yes and open ones for no; around a wrong one a square."""
    truths = found.positive if found.wanted is None else found.wanted
    for point, truth, positive in zip(found.points, truths, found.positive, strict=True):
        x, y = axes.at(*point.tolist())
        fill = theme.ink if truth else theme.background
        yield Circle(x, y, DOT, fill=fill, stroke=Stroke(theme.ink, 1.6))
        if bool(truth) != bool(positive):
            r = DOT + 4.5
            corners = (((x + r, y - r),), ((x + r, y + r),), ((x - r, y + r),))
            yield Path((x - r, y - r), corners, closed=True, stroke=Stroke(theme.wrong, 2.0))


def _table(network: Network, found: Data, axes: Axes, options: Options) -> Iterator[Item]:
    """Yield the truth table, right of the plane."""
    theme = options.theme
    units = [*network.inputs, *network.outputs]
    heads = [set_name(names.unit(network.units[k]), 16.0) for k in units]
    wide = max(COLUMN, *(head.width + 20 for head in heads))
    left, rows = axes.width + TABLE_GAP, len(found.points)
    top = (axes.height - ROW * (rows + 1)) / 2
    drawn: list[Item] = []
    for k, head in enumerate(heads):
        drawn.append(centred(head, (left + wide * (k + 0.5), top + ROW / 2)).text(theme.ink))
    for row, (point, output) in enumerate(zip(found.points, found.outputs, strict=True), 1):
        for k, value in enumerate([*point, output]):
            said = set_name(names.number(float(value), options.digits), 15.0)
            place = left + wide * (k + 0.5), top + ROW * (row + 0.5)
            drawn.append(centred(said, place).text(theme.ink))
    right, foot = left + wide * len(units), top + ROW * (rows + 1)
    thick, thin = Stroke(theme.ink, 1.4), Stroke(theme.edge, 0.8)
    for y, stroke in ((top, thick), (top + ROW, thin), (foot, thick)):
        drawn.append(Path((left, y), (((right, y),),), stroke=stroke))
    bar = right - wide
    drawn.append(Path((bar, top), (((bar, foot),),), stroke=thin))
    yield Group(tuple(drawn), kind="table")


# What is said


def _equation(network: Network, numbers: Numbers, k: int, digits: int) -> names.Name:
    """Return the line of a neuron: 2 x_1 − 3 x_2 − 3 = 0; without one, what its sum is."""
    form = net_form(network, numbers, k, inputs_forms(network))
    if not _slopes(network, numbers, k).any():
        return names.equal(names.net(network.units[k]), float(form[0]), digits)
    called = [names.unit(network.units[unit]) for unit in network.inputs]
    latex = plain = ""
    for value, name in ((form[1], called[0]), (form[2], called[1]), (form[0], None)):
        if value == 0 and (name is not None or latex):
            continue
        size = names.number(abs(float(value)), digits)
        is_one = abs(value) == 1 and name is not None
        sign = ("-" if value < 0 else "") if not latex else (" - " if value < 0 else " + ")
        after = name or names.Name("", "")
        between = r"\," if name and not is_one else ""
        latex += f"{sign}{'' if is_one else size.latex}{between}{after.latex}"
        plain += f"{sign}{'' if is_one else size.plain + ' ' * bool(name)}{after.plain}"
    return names.Name(f"{latex} = 0", f"{plain.strip()} = 0")


def _slopes(network: Network, numbers: Numbers, k: int) -> np.ndarray:
    """Return how the sum of a neuron changes with the two inputs."""
    return net_form(network, numbers, k, inputs_forms(network))[1:]


def _legend(network: Network, numbers: Numbers, found: Data, options: Options) -> Iterator[Entry]:
    theme = options.theme
    (last,) = network.outputs
    if last in _first(network):
        line = _equation(network, numbers, last, options.digits)
        is_line = bool(_slopes(network, numbers, last).any())
        said = "is the line" if is_line else "everywhere: there is no line"
        yield Entry(Phrase("formula", line.latex, line.plain), said)
    else:
        yield Entry(Stroke(theme.faint, 1.4, dashed=True), "lines of the first neurons")
    yes = _yes(network, options.digits)
    both = "shaded, and full dots" if found.wanted is None else "shaded"
    yield Entry(Phrase("formula", yes.latex, yes.plain), both)
    if found.wanted is not None:
        yield Entry(None, "full dots: yes in the data")
    if found.wanted is not None and (found.wanted != found.positive).any():
        count = int((found.wanted != found.positive).sum())
        yield Entry(Stroke(theme.wrong, 2.0), f"wrong side: {count} of {len(found.points)}")


def _yes(network: Network, digits: int) -> names.Name:
    """Return what holds where the output is yes: o = 1, or net > 0."""
    unit = network.units[network.outputs[0]]
    jump = unit.activation.jump if unit.activation is not None else None
    if jump is not None:
        return names.equal(names.unit(unit), max(jump), digits)
    return names.joined(names.net(unit), ">", names.Name("0", "0"))


def _alt(network: Network, numbers: Numbers, found: Data, options: Options) -> str:
    (last,) = network.outputs
    where = (
        f"The plane of {' and '.join(names.unit(network.units[k]).plain for k in network.inputs)}"
    )
    line = ""
    if last in _first(network):
        said = _equation(network, numbers, last, options.digits).plain
        is_line = bool(_slopes(network, numbers, last).any())
        line = f", divided by the line {said}" if is_line else f", without a line: {said}"
    shown = [
        f"({names.number(float(x), 4).plain}, {names.number(float(y), 4).plain}) "
        f"{'yes' if positive else 'no'}"
        for (x, y), positive in zip(found.points[:20], found.positive, strict=False)
    ]
    more = f", and {len(found.points) - 20} more" if len(found.points) > 20 else ""
    return (
        f"{where}{line}. Shaded where {_yes(network, 4).plain}. Points: {', '.join(shown)}{more}."
    )

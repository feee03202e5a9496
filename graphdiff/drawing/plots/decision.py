"""What a network of two inputs decides: its line or regions, data in the plane, the truth table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.labels.description import Entry, Phrase
from graphdiff.drawing.network import names
from graphdiff.drawing.network.pens import centred, set_name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, around
from graphdiff.drawing.plots.plane import Plane, computed, first_neurons, plane_of
from graphdiff.drawing.plots.plot import Plot, plot, writing
from graphdiff.drawing.plots.regions import inputs_forms, net_form
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Circle, Group, Item, Path, Stroke
from graphdiff.drawing.themes import Theme, mixed
from graphdiff.drawing.typeset import Fragment
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Network

SIDE = 320.0
DOT, LEAST_DOT, FEW = 7.0, 1.8, 12
"""The radius of a few dots, and the least; more are so much smaller that they cover as much."""
MOST_POINTS = 2_000
COLUMN, ROW = 58.0, 34.0
"""A cell of the truth table."""
TABLE_GAP, BELOW = 60.0, 22.0


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
    margin = 0.5 if len(found.points) <= FEW else 0.15
    spans = around(found.points[:, 0], margin), around(found.points[:, 1], margin)
    plane = plane_of(network, numbers, spans)
    first, second = (names.unit(network.units[k]) for k in network.inputs)
    output = names.unit(network.units[network.outputs[0]])
    heads = [set_name(name, 16.0) for name in (first, second, output)]

    def draw(setting: Setting) -> Iterator[Item]:
        axes = Axes(*spans, SIDE * setting.across, SIDE * setting.upwards)
        yield Group(tuple(_regions(plane, axes, theme)), kind="regions")
        frame = tuple(axes.frame(theme, (first, second)))
        yield from frame
        yield Group(tuple(_lines(plane, axes, theme)), kind="lines")
        yield Group(tuple(_dots(found, axes, theme)), kind="points")
        if found.is_table:
            beside = setting.columns > 1
            yield _table(heads, found, axes, united(areas(frame)).bottom, options, beside)

    legend = list(_legend(network, numbers, found, plane, options))
    alt, parts = _alt(network, numbers, found, plane, options), 1 + found.is_table
    return plot(graph, options, draw, legend, alt, parts=parts, columns=parts)


def _check(network: Network) -> None:
    inputs, outputs = len(network.inputs), len(network.outputs)
    if inputs != 2 or outputs != 1:
        raise DrawingError(
            f"the network has {inputs} input{'s' * (inputs != 1)} and {outputs} "
            f"output{'s' * (outputs != 1)}; the plane of decisions is of two inputs and one output"
        )


# What is given


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


def _regions(plane: Plane, axes: Axes, theme: Theme) -> Iterator[Item]:
    _, fill = _colours(theme)
    return (axes.area(corners.tolist(), fill) for corners in plane.positive)


def _lines(plane: Plane, axes: Axes, theme: Theme) -> Iterator[Item]:
    """Yield the lines of the first neurons, dashed where others come after, and the decision."""
    for ends in plane.faint:
        yield axes.line(ends.tolist(), Stroke(theme.faint, 1.4, dashed=True))
    for line in plane.decision:
        yield axes.line(line.tolist(), Stroke(theme.ink, 2.2))


def _radius(count: int, axes: Axes) -> float:
    """Return how large dots are: the smaller the more there are, and the less room."""
    room = math.sqrt(min(axes.width, axes.height) / SIDE)
    return max(LEAST_DOT, DOT * min(room, math.sqrt(FEW / max(count, FEW))))


def _dots(found: Data, axes: Axes, theme: Theme) -> Iterator[Item]:
    """Yield full dots for yes and open ones for no; around a wrong one a square."""
    truths = found.positive if found.wanted is None else found.wanted
    radius = _radius(len(found.points), axes)
    line = Stroke(theme.ink, max(0.8, 1.6 * radius / DOT))
    squares = list[Item]()
    for point, truth, positive in zip(found.points, truths, found.positive, strict=True):
        x, y = axes.at(*point.tolist())
        yield Circle(x, y, radius, fill=theme.ink if truth else theme.background, stroke=line)
        if bool(truth) != bool(positive):
            r = radius + max(1.5, 4.5 * radius / DOT)
            corners = (((x + r, y - r),), ((x + r, y + r),), ((x - r, y + r),))
            stroke = Stroke(theme.wrong, max(0.9, 2.0 * radius / DOT))
            squares.append(Path((x - r, y - r), corners, closed=True, stroke=stroke))
    yield from squares


def _table(
    heads: Sequence[Fragment],
    found: Data,
    axes: Axes,
    foot: float,
    options: Options,
    beside: bool,
) -> Group:
    """Return the truth table, right of the plane, or below what is written there."""
    theme = options.theme
    wide = max(COLUMN, *(head.width + 20 for head in heads))
    rows, across = len(found.points), wide * len(heads)
    if beside:
        left, top = axes.width + TABLE_GAP, (axes.height - ROW * (rows + 1)) / 2
    else:
        left, top = (axes.width - across) / 2, foot + BELOW
    drawn: list[Item] = []
    for k, head in enumerate(heads):
        drawn.append(centred(head, (left + wide * (k + 0.5), top + ROW / 2)).text(theme.ink))
    for row, (point, output) in enumerate(zip(found.points, found.outputs, strict=True), 1):
        for k, value in enumerate([*point, output]):
            said = set_name(names.number(float(value), options.digits), 15.0)
            place = left + wide * (k + 0.5), top + ROW * (row + 0.5)
            drawn.append(centred(said, place).text(theme.ink))
    right, bottom = left + across, top + ROW * (rows + 1)
    thick, thin = Stroke(theme.ink, 1.4), Stroke(theme.edge, 0.8)
    for y, stroke in ((top, thick), (top + ROW, thin), (bottom, thick)):
        drawn.append(Path((left, y), (((right, y),),), stroke=stroke))
    bar = right - wide
    drawn.append(Path((bar, top), (((bar, bottom),),), stroke=thin))
    return Group(tuple(drawn), kind="table")


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


def _everywhere(plane: Plane) -> str:
    """Say where a line is that is not seen; empty if one is."""
    if plane.everywhere is None:
        return ""
    return f"all that is seen is {'yes' if plane.everywhere else 'no'}"


def _legend(
    network: Network, numbers: Numbers, found: Data, plane: Plane, options: Options
) -> Iterator[Entry]:
    theme = options.theme
    (last,) = network.outputs
    everywhere = _everywhere(plane)
    if last in first_neurons(network):
        line = _equation(network, numbers, last, options.digits)
        is_line = bool(_slopes(network, numbers, last).any())
        said = "is the line" if is_line else "everywhere: there is no line"
        unseen = f", which is out of sight: {everywhere}" if everywhere and is_line else ""
        yield Entry(Phrase("formula", line.latex, line.plain), said + unseen)
    else:
        if plane.faint:
            yield Entry(Stroke(theme.faint, 1.4, dashed=True), "lines of the first neurons")
        if everywhere:
            yield Entry(None, f"no line is in sight: {everywhere}")
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


def _alt(network: Network, numbers: Numbers, found: Data, plane: Plane, options: Options) -> str:
    (last,) = network.outputs
    where = (
        f"The plane of {' and '.join(names.unit(network.units[k]).plain for k in network.inputs)}"
    )
    line = ""
    if last in first_neurons(network):
        said = _equation(network, numbers, last, options.digits).plain
        is_line = bool(_slopes(network, numbers, last).any())
        line = f", divided by the line {said}" if is_line else f", without a line: {said}"
    if everywhere := _everywhere(plane):
        line += f"; {everywhere}"
    shown = [
        f"({names.number(float(x), 4).plain}, {names.number(float(y), 4).plain}) "
        f"{'yes' if positive else 'no'}"
        for (x, y), positive in zip(found.points[:20], found.positive, strict=False)
    ]
    more = f", and {len(found.points) - 20} more" if len(found.points) > 20 else ""
    return (
        f"{where}{line}. Shaded where {_yes(network, 4).plain}. Points: {', '.join(shown)}{more}."
    )

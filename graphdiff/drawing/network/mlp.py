"""The figure of a network: columns of neurons, with their weights as edges between."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from graphdiff.drawing.extents import Area, areas, united
from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.network import loss_box, names, ways
from graphdiff.drawing.network.beside import STUB, beside
from graphdiff.drawing.network.elision import Connection
from graphdiff.drawing.network.figure import MOST_HEADS, Figure, set_heading
from graphdiff.drawing.network.pens import (
    Label,
    Written,
    arrow,
    centred,
    disc,
    edge,
    edge_head,
    left_of,
    three_dots,
)
from graphdiff.drawing.network.unit_words import Words
from graphdiff.drawing.network.wording import DELTA
from graphdiff.drawing.scene import Group, Item, Path, Point, Stroke
from graphdiff.graph import ComputationalGraph

THICK_BIAS = 2.4


def items(found: Figure, graph: ComputationalGraph) -> tuple[Item, ...]:
    """Return the figure as shapes: the edges, then the units, then what is written on edges."""
    network = found.excerpt.network
    body = [*_edges(found), *_units(found), *_heads(found), *_written(found)]
    whole = united(areas(body))
    lines = list(_headings(found, whole))
    box = None
    if network.loss is not None:
        least = found.excerpt.setting.least
        box = loss_box.loss_box(network.loss, graph, found.numbers, found.options, least)
        body = [*_loss(found, box, whole), *body]
    return (*body, *lines)


def _edges(found: Figure) -> Iterator[Group]:
    """Yield the lines of the edges into each column, in a group of their own."""
    excerpt, theme = found.excerpt, found.theme
    for c, shown in enumerate(excerpt.columns):
        drawn: list[Item] = []
        for link, route, label in zip(excerpt.links, found.routes, found.labels, strict=True):
            if excerpt.where[link.target][0] == c:
                stroke = found.scale.stroke(link.weight, theme)
                area = None if label is None else label[0].area(label[1])
                line = tuple(edge(route, stroke, area))
                drawn.append(Group(line, kind="edge", title=_edge_title(found, link)))
        if drawn:
            yield Group(tuple(drawn), kind=f"edges layer-{shown.number}")
    for c, shown in enumerate(excerpt.columns):
        if shown.column is None:
            at = found.places.dots[c]
            upright = not ways.is_level(found.options.direction)
            yield Group(tuple(three_dots(at, theme, upright=upright)), kind="more layers")


def _heads(found: Figure) -> Iterator[Group]:
    """Yield the heads of edges over what hides lines behind words, each column's in a group."""
    excerpt = found.excerpt
    if len(excerpt.links) > MOST_HEADS:
        return
    for c, shown in enumerate(excerpt.columns):
        drawn = tuple(
            edge_head(route.end, route.tip, found.scale.stroke(link.weight, found.theme))
            for link, route in zip(excerpt.links, found.routes, strict=True)
            if excerpt.where[link.target][0] == c
        )
        if drawn:
            yield Group(drawn, kind=f"edges layer-{shown.number}")


def _edge_title(found: Figure, link: Connection) -> str:
    units = found.excerpt.network.units
    ends = f"{names.unit(units[link.source]).plain} → {names.unit(units[link.target]).plain}"
    digits = found.options.digits
    name = names.weight(link.weight, digits)
    value, gradient = found.numbers.weight(link.weight), found.numbers.gradient(link.weight)
    said = name if value is None or link.weight.is_fixed else names.equal(name, value, digits)
    slope = "" if gradient is None else f", gradient {names.number(gradient, digits).plain}"
    return f"{ends}: {said.plain}{slope}"


def _units(found: Figure) -> Iterator[Group]:
    """Yield each column: the circles, and in groups of their own the values and the biases."""
    excerpt, theme, options = found.excerpt, found.theme, found.options
    for c, shown in enumerate(excerpt.columns):
        if shown.column is None:
            continue
        circles: list[Item] = []
        values: list[Item] = []
        deltas: list[Item] = []
        biases: list[Item] = []
        for k in shown.slots:
            if k is None:
                circles += three_dots(
                    found.places.dots[c], theme, upright=ways.is_level(options.direction)
                )
                continue
            word, centre = found.words[k], found.places.centres[k]
            kind = "input" if excerpt.network.units[k].is_input else "neuron"
            inner: list[Item] = list(disc(centre, found.places.radius, kind, theme))
            lines, rows = _inside(word, centre, found)
            inner += lines
            (values if word.is_value else inner).extend(rows[: len(word.inside)])
            deltas += rows[len(word.inside) :]
            written = beside(excerpt, found.places, found.words, k, options)
            if written.bias is not None:
                biases += _bias_items(*written.bias, k, found)
            if written.name is not None:
                inner += [written.name.ground(theme), written.name.text(theme.faint)]
            circles.append(Group(tuple(inner), kind=kind, title=_unit_title(found, k)))
        number = shown.number
        yield Group(tuple(circles), kind=f"units layer-{number}")
        if biases:
            yield Group(tuple(biases), kind=f"biases layer-{number}")
        if values:
            yield Group(tuple(values), kind=f"values layer-{number}")
        if deltas:
            yield Group(tuple(deltas), kind=f"deltas layer-{number}")


ROWS = {1: (0.0,), 2: (-0.36, 0.36), 3: (-0.58, 0.0, 0.58)}
"""Where several numbers stand in a unit, as parts of its radius; lines are between them."""


def _inside(word: Words, centre: Point, found: Figure) -> tuple[list[Item], list[Item]]:
    """Return what stands in a unit, from top to bottom, and the lines between."""
    (x, y), radius, theme = centre, found.places.radius, found.theme
    heights = ROWS[len(word.rows)]
    stroke = Stroke(theme.kinds["computation"].stroke, 0.8)
    lines: list[Item] = []
    for one, other in itertools.pairwise(heights):
        height = (one + other) / 2
        half = radius * math.sqrt(1 - height**2)
        level = y + radius * height
        lines.append(Path((x - half, level), (((x + half, level),),), stroke=stroke))
    colours = [theme.ink] * len(word.inside) + [theme.reverse] * (word.delta is not None)
    rows: list[Item] = [
        centred(fragment, (x, y + by * radius)).text(colour)
        for fragment, by, colour in zip(word.rows, heights, colours, strict=True)
    ]
    return lines, rows


def _bias_items(label: Label, at: Point, k: int, found: Figure) -> Iterator[Item]:
    (x, y), radius = found.places.centres[k], found.places.radius
    stroke = found.scale.bias(found.excerpt.network.units[k].added, found.theme, THICK_BIAS)
    if ways.is_level(found.options.direction):
        ends = (x, y + radius + STUB), (x, y + radius + 1)
    else:
        ends = (x - radius - STUB, y), (x - radius - 1, y)
    yield from arrow(*ends, stroke, 5.0)
    yield from label.drawn(at, found.theme)


def _unit_title(found: Figure, k: int) -> str:
    unit = found.excerpt.network.units[k]
    name, digits = names.unit(unit), found.options.digits
    value = found.numbers.unit(k)
    said = name.plain if value is None else names.equal(name, value, digits).plain
    if unit.activation is None:
        return f"input {said}"
    net = found.numbers.net(k)
    of = "" if net is None else f", net {names.number(net, digits).plain}"
    biases = [names.weight(bias, digits).plain for bias in unit.added]
    bias = f", bias {' + '.join(biases)}" if biases else ""
    delta = found.numbers.delta(k)
    slope = "" if delta is None else f", {names.equal(DELTA, delta, digits).plain}"
    return f"neuron {said}, {unit.activation.described}{of}{bias}{slope}"


def _written(found: Figure) -> Iterator[Group]:
    """Yield what is written on the edges into each column."""
    excerpt, theme = found.excerpt, found.theme
    for c, shown in enumerate(excerpt.columns):
        drawn: list[Item] = []
        for link, label in zip(excerpt.links, found.labels, strict=True):
            if label is not None and excerpt.where[link.target][0] == c:
                drawn += label[0].drawn(label[1], theme)
        if drawn:
            kind = "gradients" if found.scale.by == "gradient" else "weights"
            yield Group(tuple(drawn), kind=f"{kind} layer-{shown.number}")


# Headings and loss


def _headings(found: Figure, whole: Area) -> Iterator[Group]:
    """Yield what each column is: below it, or left of the row."""
    for c, shown in enumerate(found.excerpt.columns):
        lines = set_heading(found.excerpt, shown)
        drawn: list[Item] = []
        x, y = found.places.point(found.places.along[c], 0)
        for k, line in enumerate(lines):
            colour = found.theme.faint if k else found.theme.ink
            if ways.is_level(found.options.direction):
                baseline = whole.bottom + 26 + 18 * k
                drawn.append(Written(line, x - line.width / 2, baseline).text(colour))
            else:
                middle = y + 18 * (k - (len(lines) - 1) / 2)
                drawn.append(left_of(line, (whole.left - 24, middle)).text(colour))
        yield Group(tuple(drawn), kind=f"heading layer-{shown.number}")


def _loss(found: Figure, box: Box, whole: Area) -> Iterator[Item]:
    """Yield the loss and the arrows into it."""
    loss = found.excerpt.network.loss
    assert loss is not None  # noqa: S101 - asked for by items alone
    outputs = [k for k in found.excerpt.network.outputs if k in found.excerpt.where]
    stroke = Stroke(found.theme.edge, 1.3)
    direction = found.options.direction
    is_level, forth = ways.is_level(direction), ways.forth(direction)
    if is_level:
        x, y = (whole.right + 52 if forth > 0 else whole.left - 52 - box.width), -box.height / 2
    else:
        x, y = -box.width / 2, (whole.bottom + 44 if forth > 0 else whole.top - 44 - box.height)
    last, radius = len(found.excerpt.columns) - 1, found.places.radius
    lines: list[Item] = []
    for j, k in enumerate(outputs):
        if found.excerpt.where[k][0] != last:
            continue
        a = found.places.centres[k]
        share = (j + 1) / (len(outputs) + 1)
        if is_level:
            side = x if forth > 0 else x + box.width
            lines += arrow((a[0] + forth * radius, a[1]), (side, y + box.height * share), stroke)
        else:
            side = y if forth > 0 else y + box.height
            lines += arrow((a[0], a[1] + forth * radius), (x + box.width * share, side), stroke)
    yield Group(tuple(lines), kind="edges loss")
    yield loss_box.drawn(box, x, y, loss, found.theme)

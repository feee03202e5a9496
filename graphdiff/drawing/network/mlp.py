"""The figure of a network: columns of neurons, with their weights as edges between."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.drawing.extents import Area, areas, united
from graphdiff.drawing.layout.boxes import Box
from graphdiff.drawing.network import loss_box, names
from graphdiff.drawing.network.elision import Connection
from graphdiff.drawing.network.figure import MOST_HEADS, STUB, Figure, around, set_heading
from graphdiff.drawing.network.paints import signed
from graphdiff.drawing.network.pens import (
    Written,
    arrow,
    centred,
    disc,
    edge,
    left_of,
    three_dots,
)
from graphdiff.drawing.network.places import RADIUS
from graphdiff.drawing.scene import Group, Item, Point, Stroke
from graphdiff.graph import ComputationalGraph


def items(found: Figure, graph: ComputationalGraph) -> tuple[Item, ...]:
    """Return the figure as shapes: the edges, then the units, then what is written on edges."""
    network = found.excerpt.network
    body = [*_edges(found), *_units(found), *_written(found)]
    whole = united(areas(body))
    lines = list(_headings(found, whole))
    box = None
    if network.loss is not None:
        box = loss_box.loss_box(network.loss, graph, found.numbers, found.options)
        body = [*_loss(found, box, whole), *body]
    return (*body, *lines)


def _edges(found: Figure) -> Iterator[Group]:
    """Yield the edges into each column, in a group of their own."""
    excerpt, theme = found.excerpt, found.theme
    heads = len(excerpt.links) <= MOST_HEADS
    for c, shown in enumerate(excerpt.columns):
        drawn: list[Item] = []
        for link, route, label in zip(excerpt.links, found.routes, found.labels, strict=True):
            if excerpt.where[link.target][0] == c:
                stroke = found.scale.stroke(link.weight, theme)
                written = None if label is None else centred(*label)
                line = tuple(edge(route, stroke, written, has_head=heads))
                drawn.append(Group(line, kind="edge", title=_edge_title(found, link)))
        if drawn:
            yield Group(tuple(drawn), kind=f"edges layer-{shown.number}")
    for c, shown in enumerate(excerpt.columns):
        if shown.column is None:
            at = found.places.dots[c]
            upright = found.options.direction == "TB"
            yield Group(tuple(three_dots(at, theme, upright=upright)), kind="more layers")


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
        biases: list[Item] = []
        for k in shown.slots:
            if k is None:
                circles += three_dots(
                    found.places.dots[c], theme, upright=options.direction == "LR"
                )
                continue
            word, centre = found.words[k], found.places.centres[k]
            kind = "input" if excerpt.network.units[k].is_input else "neuron"
            inner: list[Item] = list(disc(centre, RADIUS, kind, theme))
            inside = centred(word.inside, centre).text(theme.ink)
            (values if word.is_value else inner).append(inside)
            beside = list(around(excerpt, found.places, found.words, k, options))
            if word.bias is not None:
                biases += _bias_items(beside.pop(), centre, found)
            for name in beside:
                inner += [name.ground(theme), name.text(theme.faint)]
            circles.append(Group(tuple(inner), kind=kind, title=_unit_title(found, k)))
        number = shown.number
        yield Group(tuple(circles), kind=f"units layer-{number}")
        if biases:
            yield Group(tuple(biases), kind=f"biases layer-{number}")
        if values:
            yield Group(tuple(values), kind=f"values layer-{number}")


def _bias_items(written: Written, centre: Point, found: Figure) -> Iterator[Item]:
    x, y = centre
    paint = found.theme.kinds["parameter"]
    stroke = Stroke(paint.stroke, 1.2)
    if found.options.direction == "LR":
        ends = (x, y + RADIUS + STUB), (x, y + RADIUS + 1)
    else:
        ends = (x - RADIUS - STUB, y), (x - RADIUS - 1, y)
    yield written.ground(found.theme)
    yield from arrow(*ends, stroke, 5.0)
    yield written.text(paint.stroke)


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
    return f"neuron {said}, {unit.activation.described}{of}{bias}"


def _written(found: Figure) -> Iterator[Group]:
    """Yield what is written on the edges into each column."""
    excerpt, theme = found.excerpt, found.theme
    for c, shown in enumerate(excerpt.columns):
        drawn: list[Item] = []
        for link, label in zip(excerpt.links, found.labels, strict=True):
            if label is not None and excerpt.where[link.target][0] == c:
                written = centred(*label)
                value = found.scale.number(link.weight)
                colour = theme.ink if not value else signed(float(value), theme)
                drawn += [written.ground(theme), written.text(colour)]
        if drawn:
            kind = "gradients" if found.scale.by == "gradient" else "weights"
            yield Group(tuple(drawn), kind=f"{kind} layer-{shown.number}")


# Headings and loss


def _headings(found: Figure, whole: Area) -> Iterator[Group]:
    """Yield what each column is: below it, or left of the row."""
    for c, shown in enumerate(found.excerpt.columns):
        lines = set_heading(found.excerpt, shown)
        drawn: list[Item] = []
        u = found.places.along[c]
        for k, line in enumerate(lines):
            colour = found.theme.faint if k else found.theme.ink
            if found.options.direction == "LR":
                baseline = whole.bottom + 26 + 18 * k
                drawn.append(Written(line, u - line.width / 2, baseline).text(colour))
            else:
                middle = u + 18 * (k - (len(lines) - 1) / 2)
                drawn.append(left_of(line, (whole.left - 24, middle)).text(colour))
        yield Group(tuple(drawn), kind=f"heading layer-{shown.number}")


def _loss(found: Figure, box: Box, whole: Area) -> Iterator[Item]:
    """Yield the loss and the arrows into it."""
    loss = found.excerpt.network.loss
    assert loss is not None  # noqa: S101 - asked for by items alone
    outputs = [k for k in found.excerpt.network.outputs if k in found.excerpt.where]
    stroke = Stroke(found.theme.edge, 1.3)
    lr = found.options.direction == "LR"
    x, y = (whole.right + 52, -box.height / 2) if lr else (-box.width / 2, whole.bottom + 44)
    last = len(found.excerpt.columns) - 1
    lines: list[Item] = []
    for j, k in enumerate(outputs):
        if found.excerpt.where[k][0] != last:
            continue
        a = found.places.centres[k]
        share = (j + 1) / (len(outputs) + 1)
        if lr:
            lines += arrow((a[0] + RADIUS, a[1]), (x, y + box.height * share), stroke)
        else:
            lines += arrow((a[0], a[1] + RADIUS), (x + box.width * share, y), stroke)
    yield Group(tuple(lines), kind="edges loss")
    yield loss_box.drawn(box, x, y, loss, found.theme)

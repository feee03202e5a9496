"""The figure of a single neuron: inputs, weights, Σ with the bias, activation, output."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.extents import Area, areas, united
from graphdiff.drawing.network import curve as curves
from graphdiff.drawing.network import loss_box, names
from graphdiff.drawing.network.edge_labels import label_places
from graphdiff.drawing.network.elision import Connection, Excerpt
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.paints import Scale, scale_for, signed
from graphdiff.drawing.network.pens import (
    NAME,
    Written,
    above,
    arrow,
    below,
    centred,
    disc,
    edge,
    left_of,
    number_within,
    right_of,
    three_dots,
    within,
)
from graphdiff.drawing.network.places import DOTS, RADIUS
from graphdiff.drawing.network.routes import HEAD, Route, towards
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Circle, Group, Item, Point, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.typeset import Fragment
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Unit, Weight

SUM_RADIUS = 30.0
SIGMA = 34.0
PITCH = 2 * RADIUS + 26
REACH = 176.0
"""From the inputs' middles to the Σ, when the labels have room."""
WIDER = 1.3
TRIES = 8
NEXT = 58.0
"""The arrow from one thing to the next."""
BIAS = 34.0
FEW = 3
"""Of more inputs the outermost edges are so steep that they pass below the Σ."""
LABEL = 13.5
MIDDLE = 0.46
"""Where on its line the label of an edge stands."""
HEADING = 14.0


@dataclass(frozen=True)
class Sketch:
    """What the figure is made from."""

    excerpt: Excerpt
    numbers: Numbers
    scale: Scale
    options: Options
    theme: Theme

    @property
    def neuron(self) -> int:
        """The one neuron."""
        return self.excerpt.network.neurons[0]

    @property
    def unit(self) -> Unit:
        """The one neuron as it was read."""
        return self.excerpt.network.units[self.neuron]

    @property
    def is_lr(self) -> bool:
        """Whether it runs from left to right."""
        return self.options.direction == "LR"

    def point(self, u: float, v: float) -> Point:
        """Return the point at u along the figure and v across."""
        return (u, v) if self.is_lr else (v, u)


def sketch(excerpt: Excerpt, numbers: Numbers, options: Options) -> Sketch:
    """Return what the figure is made from."""
    scale = scale_for((link.weight for link in excerpt.links), numbers, options.edges)
    return Sketch(excerpt, numbers, scale, options, options.theme)


def items(of: Sketch, graph: ComputationalGraph) -> tuple[Item, ...]:
    """Return the figure as shapes."""
    centres, dots = _inputs(of)
    labels = [_label(of, link) for link in of.excerpt.links]
    reach, lines, points = _spread(of, centres, labels)
    first = list(_input_items(of, centres, dots))
    edges, written = _edge_items(of, lines, labels, points)
    later, end = _after(of, reach)
    body: list[Item] = [edges, *first, written, *later]
    if of.excerpt.network.loss is not None:
        body += _loss(of, end, graph, united(areas(body)))
    return tuple(body)


# Inputs and weights


def _inputs(of: Sketch) -> tuple[dict[int, Point], Point | None]:
    """Return the places of the inputs, and of the dots between them."""
    slots = of.excerpt.columns[0].slots if of.unit.incoming else ()
    wide = max((_value_name(of, k).width for k in slots if k is not None), default=0.0)
    pitch = PITCH if of.is_lr else max(PITCH, wide + 30, 84.0)
    offsets = [0.0]
    for before, after in itertools.pairwise(slots):
        narrow = before is None or after is None
        offsets.append(offsets[-1] + ((pitch + DOTS) / 2 if narrow else pitch))
    centres: dict[int, Point] = {}
    dots: Point | None = None
    for slot, offset in zip(slots, offsets, strict=False):
        place = of.point(0.0, offset - offsets[-1] / 2)
        if slot is None:
            dots = place
        else:
            centres[slot] = place
    return centres, dots


def _value_name(of: Sketch, k: int) -> Fragment:
    return within(names.unit(of.excerpt.network.units[k]), 110.0, NAME)


def _digits(of: Sketch) -> int:
    return min(of.options.digits, 4)


def _circle_words(of: Sketch, k: int) -> tuple[Fragment, Fragment | None]:
    """Return what stands inside a unit's circle, and beside it."""
    value = of.numbers.unit(k) if "value" in of.options.show else None
    name = names.unit(of.excerpt.network.units[k])
    room = 2 * RADIUS - 9
    if value is None:
        return within(name, room), None
    inside = number_within(value, min(of.options.digits, 3), room)
    return inside, _value_name(of, k) if "name" in of.options.show else None


def _input_items(of: Sketch, centres: dict[int, Point], dots: Point | None) -> Iterator[Item]:
    drawn: list[Item] = []
    values: list[Item] = []
    for k, centre in centres.items():
        inside, name = _circle_words(of, k)
        inner: list[Item] = list(disc(centre, RADIUS, "input", of.theme))
        (values if name is not None else inner).append(centred(inside, centre).text(of.theme.ink))
        if name is not None:
            inner.append(_beside_input(of, name, centre).text(of.theme.faint))
        title = names.unit(of.excerpt.network.units[k]).plain
        drawn.append(Group(tuple(inner), kind="input", title=f"input {title}"))
    if dots is not None:
        drawn += three_dots(dots, of.theme, upright=of.is_lr)
        count = typeset.words(f"{len(of.excerpt.columns[0].column or ())} inputs", HEADING)
        last = list(centres.values())[-1]
        if of.is_lr:
            said = below(count, (0.0, last[1] + RADIUS + 12))
        else:
            said = right_of(count, (last[0] + RADIUS + 14, last[1]))
        drawn.append(said.text(of.theme.faint))
    yield Group(tuple(drawn), kind="units layer-0")
    if values:
        yield Group(tuple(values), kind="values layer-0")


def _beside_input(of: Sketch, name: Fragment, centre: Point) -> Written:
    x, y = centre
    return left_of(name, (x - RADIUS - 7, y)) if of.is_lr else above(name, (x, y - RADIUS - 7))


def _label(of: Sketch, link: Connection) -> Fragment | None:
    said = _said(of, link.weight, of.scale.number(link.weight))
    return None if said is None else _short(said, 150.0)


def _said(of: Sketch, weight: Weight, painted: object) -> Name | None:
    """Return what is written on an edge: the name and the value, as far as they are shown."""
    show, digits = of.options.show, _digits(of)
    name = names.weight(weight, digits)
    value = painted if of.scale.by == "gradient" else of.numbers.weight(weight)
    if of.scale.by == "gradient" and of.numbers.run is not None:
        end = of.numbers.run.output
        shown = names.indexed(end or "", ())
        name = Name(rf"\partial {shown.latex}/\partial {name.latex}", f"∂{end}/∂{name.plain}")
    if weight.is_fixed or value is None or "value" not in show:
        return name if weight.is_fixed or "name" in show else None
    return names.equal(name, value, digits) if "name" in show else names.number(value, digits)


def _short(said: Name, room: float) -> Fragment:
    return within(said, room, LABEL)


def _spread(
    of: Sketch, centres: dict[int, Point], labels: list[Fragment | None]
) -> tuple[float, tuple[Route, ...], tuple[Point | None, ...]]:
    """Return how far the Σ is, with the lines and the places of the labels on them."""
    if not of.is_lr:
        start = REACH * 0.8
    else:
        start = max([REACH, *(label.width + 120 for label in labels if label)])
    for attempt in range(TRIES):
        reach = start * WIDER**attempt
        lines = tuple(_line(of, centres[link.source], reach) for link in of.excerpt.links)
        circles = [(centre, RADIUS + 2) for centre in centres.values()]
        circles.append((of.point(reach, 0), SUM_RADIUS + 2))
        taken: list[Area] = []
        if (bias := _bias(of, reach)) is not None:
            taken.append(bias.area.grown(2))
        points = label_places(lines, labels, circles, taken, MIDDLE)
        if points is not None:
            return reach, lines, points
    lines = tuple(_line(of, centres[link.source], start) for link in of.excerpt.links)
    return start, lines, (None,) * len(lines)


def _line(of: Sketch, start: Point, reach: float) -> Route:
    end = of.point(reach, 0)
    begin, stop = towards(start, end, RADIUS), towards(end, start, SUM_RADIUS)
    return Route(begin, ((towards(stop, start, HEAD),),), stop, (begin, stop))


def _edge_items(
    of: Sketch,
    lines: tuple[Route, ...],
    labels: list[Fragment | None],
    points: tuple[Point | None, ...],
) -> tuple[Group, Group]:
    """Return the edges, and what is written on them."""
    edges: list[Item] = []
    written: list[Item] = []
    for link, line, label, point in zip(of.excerpt.links, lines, labels, points, strict=True):
        stroke = of.scale.stroke(link.weight, of.theme)
        said = None if label is None or point is None else centred(label, point)
        name = names.weight(link.weight, of.options.digits).plain
        edges.append(Group(tuple(edge(line, stroke, said)), kind="edge", title=name))
        if said is not None:
            value = of.scale.number(link.weight)
            colour = signed(float(value), of.theme) if value else of.theme.ink
            written += [said.ground(of.theme), said.text(colour)]
    kind = "gradients" if of.scale.by == "gradient" else "weights"
    return Group(tuple(edges), kind="edges layer-1"), Group(tuple(written), kind=f"{kind} layer-1")


# From the sum on


def _bias(of: Sketch, reach: float) -> Written | None:
    """Return what is written where the bias enters."""
    added = of.unit.added
    if not added:
        return None
    if len(added) == 1:
        said = _said(of, added[0], of.numbers.gradient(added[0]))
        if said is None:
            return None
        if added[0].is_fixed:
            said = Name(f"b = {said.latex}", f"b = {said.plain}")
    else:
        called = [names.weight(bias, _digits(of)) for bias in added]
        said = Name("+".join(n.latex for n in called), " + ".join(n.plain for n in called))
    fragment = _short(said, 150.0)
    u, v = reach, -SUM_RADIUS - BIAS - 3
    if of.is_lr:
        return above(fragment, (u, v))
    return left_of(fragment, of.point(u, v))


def _after(of: Sketch, reach: float) -> tuple[list[Item], Point]:
    """Return the Σ and all that follows, and the point the figure ends at."""
    theme, unit = of.theme, of.unit
    activation = unit.activation
    assert activation is not None  # noqa: S101 - it is a neuron
    paint = theme.kinds["computation"]
    middle = of.point(reach, 0)
    drawn: list[Item] = []
    if (bias := _bias(of, reach)) is not None:
        stroke = Stroke(theme.kinds["parameter"].stroke, 1.6)
        start = of.point(reach, -SUM_RADIUS - BIAS)
        entering = (*arrow(start, of.point(reach, -SUM_RADIUS), stroke), bias.text(stroke.colour))
        drawn.append(Group(entering, kind="biases layer-1", title="bias"))
    disc_of_sum = Circle(*middle, SUM_RADIUS, fill=paint.fill, stroke=Stroke(paint.stroke, 1.5))
    sigma = centred(typeset.formula(r"\Sigma", "Σ", SIGMA * 0.8), middle).text(theme.ink)
    drawn.append(Group((disc_of_sum, sigma), kind="sum", title="weighted sum"))
    plain = Stroke(theme.edge, 1.5)
    u = reach + SUM_RADIUS
    if not activation.is_identity:
        half = curves.WIDTH / 2 if of.is_lr else curves.HEIGHT / 2
        far = NEXT
        if (said := _net(of, reach)) is not None:
            drawn.append(
                Group((said.text(theme.ink),), kind="values layer-1", title="weighted sum")
            )
            far = max(NEXT, said.area.right - u + 12) if of.is_lr else NEXT
        drawn += arrow(of.point(u, 0), of.point(u + far, 0), plain)
        box = of.point(u + far + half, 0)
        net = of.numbers.net(of.neuron) if "value" in of.options.show else None
        shapes = tuple(curves.curve(activation, box, theme, None if net is None else float(net)))
        drawn.append(Group(shapes, kind="activation", title=activation.described))
        drawn.append(_under_box(of, box, activation.described))
        u += far + 2 * half
    drawn += arrow(of.point(u, 0), of.point(u + NEXT, 0), plain)
    end = of.point(u + NEXT + RADIUS, 0)
    drawn += _output(of, end)
    return drawn, end


def _under_box(of: Sketch, box: Point, described: str) -> Item:
    said = typeset.words(described, HEADING)
    if of.is_lr:
        return below(said, (box[0], box[1] + curves.HEIGHT / 2 + 8)).text(of.theme.faint)
    return right_of(said, (box[0] + curves.WIDTH / 2 + 10, box[1])).text(of.theme.faint)


def _net(of: Sketch, reach: float) -> Written | None:
    """Return the name and the value of the weighted sum, at the Σ, away from steep edges."""
    name, value = names.net(of.unit), of.numbers.net(of.neuron)
    known = value is not None and "value" in of.options.show
    if not known and "name" not in of.options.show:
        return None
    said = names.equal(name, value, _digits(of)) if known else name
    fragment = _short(said, 120.0)
    if not of.is_lr:
        return right_of(fragment, of.point(reach, SUM_RADIUS + 8))
    centre = reach if len(of.excerpt.links) <= FEW else reach + fragment.width / 2 - 6
    return below(fragment, (centre, SUM_RADIUS + 8))


def _output(of: Sketch, end: Point) -> Iterator[Item]:
    inside, name = _circle_words(of, of.neuron)
    inner: list[Item] = list(disc(end, RADIUS, "neuron", of.theme))
    inner.append(centred(inside, end).text(of.theme.ink))
    if name is not None:
        x, y = end
        if of.is_lr and of.excerpt.network.loss is None:
            written = right_of(name, (x + RADIUS + 7, y))
        elif of.is_lr:
            written = above(name, (x, y - RADIUS - 7))
        else:
            written = right_of(name, (x + RADIUS + 7, y))
        inner.append(written.text(of.theme.faint))
    title = names.unit(of.unit).plain
    yield Group(tuple(inner), kind="units layer-2 output", title=f"output {title}")


def _loss(of: Sketch, end: Point, graph: ComputationalGraph, whole: Area) -> Iterator[Item]:
    loss = of.excerpt.network.loss
    assert loss is not None  # noqa: S101 - asked for by items alone
    box = loss_box.loss_box(loss, graph, of.numbers, of.options)
    if of.is_lr:
        x, y = max(end[0] + RADIUS, whole.right) + NEXT, -box.height / 2
        ends = (end[0] + RADIUS, 0.0), (x, 0.0)
    else:
        x, y = -box.width / 2, end[1] + RADIUS + NEXT
        ends = (0.0, end[1] + RADIUS), (0.0, y)
    yield Group(tuple(arrow(*ends, Stroke(of.theme.edge, 1.5))), kind="edges loss")
    yield loss_box.drawn(box, x, y, loss, of.theme)

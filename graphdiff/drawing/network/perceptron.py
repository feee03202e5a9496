"""The figure of a single neuron: inputs, weights, Σ with the bias, activation, output."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.extents import Area, areas, united
from graphdiff.drawing.network import curve as curves
from graphdiff.drawing.network import loss_box, names, ways, wording
from graphdiff.drawing.network.edge_labels import label_places
from graphdiff.drawing.network.elision import Connection, Excerpt, digits_at
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.paints import THICK, Scale, scale_for, signed
from graphdiff.drawing.network.pens import (
    NAME,
    Label,
    Written,
    above,
    arrow,
    below,
    centred,
    disc,
    edge,
    edge_head,
    left_of,
    number_within,
    right_of,
    three_dots,
    within,
)
from graphdiff.drawing.network.places import DOTS, RADIUS
from graphdiff.drawing.network.routes import HEAD, Route, towards
from graphdiff.drawing.network.setting import Setting
from graphdiff.drawing.network.unit_words import with_step
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
    def setting(self) -> Setting:
        """How closely it is drawn."""
        return self.excerpt.setting

    @property
    def next(self) -> float:
        """The length of the arrow from one thing to the next."""
        return NEXT * self.setting.apart

    @property
    def is_lr(self) -> bool:
        """Whether it runs from left to right, or back."""
        return ways.is_level(self.options.direction)

    @property
    def forth(self) -> int:
        """1 where x, or y, grows along the figure, else -1."""
        return ways.forth(self.options.direction)

    def end(self, area: Area) -> float:
        """Return how far along the figure an area reaches, where it runs to the side."""
        return area.right if self.forth > 0 else -area.left

    def point(self, u: float, v: float) -> Point:
        """Return the point at u along the figure and v across."""
        return ways.place(self.options.direction, u, v)


def sketch(excerpt: Excerpt, numbers: Numbers, options: Options) -> Sketch:
    """Return what the figure is made from."""
    added = excerpt.network.units[excerpt.network.neurons[0]].added
    drawn = [*((link.weight,) for link in excerpt.links), *([added] if added else [])]
    scale = scale_for(drawn, numbers, options.edges)
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
    return within(names.unit(of.excerpt.network.units[k]), 110.0, NAME, of.setting.least)


def _digits(of: Sketch) -> int:
    return digits_at(of.excerpt, of.options)


def _circle_words(of: Sketch, k: int) -> tuple[Fragment, Fragment | None]:
    """Return what stands inside a unit's circle, and beside it."""
    value = of.numbers.unit(k) if "value" in of.options.show else None
    name = names.unit(of.excerpt.network.units[k])
    room = 2 * RADIUS - 9
    if value is None:
        return within(name, room, least=of.setting.least), None
    inside = number_within(value, _digits(of), room)
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
    by = (RADIUS + 7) * of.forth
    if of.is_lr:
        return (left_of if by > 0 else right_of)(name, (x - by, y))
    return (above if by > 0 else below)(name, (x, y - by))


def _label(of: Sketch, link: Connection) -> Label | None:
    value = of.scale.number(link.weight)
    return _said(of, link.weight, signed(float(value), of.theme) if value else of.theme.ink)


def _said(of: Sketch, weight: Weight, colour: str) -> Label | None:
    """Return what is written at a weight: names and values, as far as they are shown."""
    said = list(wording.equations(weight, of.numbers, of.options, _digits(of)))
    if not said or of.setting.weights == "nowhere":
        return None
    lines = [(_short(of, one, 190.0), of.theme.ink if k else colour) for k, one in enumerate(said)]
    return with_step(Label(tuple(lines)), of.excerpt, [weight], of.numbers, of.options)


def _short(of: Sketch, said: Name, room: float) -> Fragment:
    return within(said, room, LABEL, of.setting.least)


def _spread(
    of: Sketch, centres: dict[int, Point], labels: list[Label | None]
) -> tuple[float, tuple[Route, ...], tuple[Point | None, ...]]:
    """Return how far the Σ is, with the lines and the places of the labels on them."""
    if not of.is_lr:
        start = REACH * 0.8 * of.setting.apart
    else:
        start = max([REACH * of.setting.apart, *(label.width + 120 for label in labels if label)])
    for attempt in range(TRIES):
        reach = start * WIDER**attempt
        lines = tuple(_line(of, centres[link.source], reach) for link in of.excerpt.links)
        circles = [(centre, RADIUS + 2) for centre in centres.values()]
        circles.append((of.point(reach, 0), SUM_RADIUS + 2))
        taken: list[Area] = []
        if (bias := _bias(of, reach)) is not None:
            taken.append(bias[0].area(bias[1]).grown(2))
        sizes = [None if label is None else (label.width, label.height) for label in labels]
        points = label_places(lines, sizes, circles, taken, MIDDLE)
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
    labels: list[Label | None],
    points: tuple[Point | None, ...],
) -> tuple[Group, Group]:
    """Return the edges, and what is written on them."""
    edges: list[Item] = []
    written: list[Item] = []
    for link, line, label, point in zip(of.excerpt.links, lines, labels, points, strict=True):
        stroke = of.scale.stroke(link.weight, of.theme)
        area = None if label is None or point is None else label.area(point)
        name = names.weight(link.weight, of.options.digits).plain
        drawn = *edge(line, stroke, area), edge_head(line.end, line.tip, stroke)
        edges.append(Group(drawn, kind="edge", title=name))
        if label is not None and point is not None:
            written += label.drawn(point, of.theme)
    kind = "gradients" if of.scale.by == "gradient" else "weights"
    return Group(tuple(edges), kind="edges layer-1"), Group(tuple(written), kind=f"{kind} layer-1")


# From the sum on


def _bias(of: Sketch, reach: float) -> tuple[Label, Point] | None:
    """Return what is written where the bias enters, and the middle of it."""
    added, digits = of.unit.added, _digits(of)
    colour = of.theme.kinds["parameter"].stroke
    if not added:
        return None
    if len(added) == 1 and added[0].is_fixed:
        said = names.joined(Name("b", "b"), "=", names.weight(added[0], digits))
        label = Label(((_short(of, said, 150.0), colour),))
    elif len(added) == 1:
        found = _said(of, added[0], colour)
        if found is None:
            return None
        label = found
    else:
        label = Label(((_short(of, wording.called(added, digits), 150.0), colour),))
    half = label.height / 2 if of.is_lr else label.width / 2
    u, v = reach, -SUM_RADIUS - BIAS - 3 - half
    return label, of.point(u, v)


def _after(of: Sketch, reach: float) -> tuple[list[Item], Point]:
    """Return the Σ and all that follows, and the point the figure ends at."""
    theme, unit = of.theme, of.unit
    activation = unit.activation
    assert activation is not None  # noqa: S101 - it is a neuron
    paint = theme.kinds["computation"]
    middle = of.point(reach, 0)
    drawn: list[Item] = []
    if (bias := _bias(of, reach)) is not None:
        stroke = of.scale.bias(unit.added, theme, THICK)
        start = of.point(reach, -SUM_RADIUS - BIAS)
        line = arrow(start, of.point(reach, -SUM_RADIUS), stroke)
        entering = (*line, *bias[0].drawn(bias[1], theme))
        drawn.append(Group(entering, kind="biases layer-1", title="bias"))
    disc_of_sum = Circle(*middle, SUM_RADIUS, fill=paint.fill, stroke=Stroke(paint.stroke, 1.5))
    sigma = centred(typeset.formula(r"\Sigma", "Σ", SIGMA * 0.8), middle).text(theme.ink)
    drawn.append(Group((disc_of_sum, sigma), kind="sum", title="weighted sum"))
    plain = Stroke(theme.edge, 1.5)
    u, far = reach + SUM_RADIUS, of.next
    said = None if activation.is_identity else _net(of, reach)
    if (slope := _delta(of, reach, said)) is not None:
        drawn.append(Group((slope.text(theme.reverse),), kind="deltas layer-1", title="δ"))
        far = max(far, of.end(slope.area) - u + 12) if of.is_lr else far
    if not activation.is_identity:
        half = curves.WIDTH / 2 if of.is_lr else curves.HEIGHT / 2
        if said is not None:
            drawn.append(
                Group((said.text(theme.ink),), kind="values layer-1", title="weighted sum")
            )
            far = max(far, of.end(said.area) - u + 12) if of.is_lr else far
        drawn += arrow(of.point(u, 0), of.point(u + far, 0), plain)
        box = of.point(u + far + half, 0)
        net = of.numbers.net(of.neuron) if "value" in of.options.show else None
        shapes = tuple(
            curves.curve(
                activation, box, theme, None if net is None else float(net), of.setting.least
            )
        )
        drawn.append(Group(shapes, kind="activation", title=activation.described))
        drawn.append(_under_box(of, box, activation.described))
        u += far + 2 * half
    last = far if activation.is_identity else of.next
    drawn += arrow(of.point(u, 0), of.point(u + last, 0), plain)
    end = of.point(u + last + RADIUS, 0)
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
    fragment = _short(of, said, 120.0)
    if not of.is_lr:
        return right_of(fragment, of.point(reach, SUM_RADIUS + 8))
    centre = reach if len(of.excerpt.links) <= FEW else reach + fragment.width / 2 - 6
    return below(fragment, of.point(centre, SUM_RADIUS + 8))


def _delta(of: Sketch, reach: float, net: Written | None) -> Written | None:
    """Return δ with its value, below the weighted sum."""
    delta = of.numbers.delta(of.neuron) if of.options.show >= {"value", "P"} else None
    if delta is None:
        return None
    fragment = _short(of, names.equal(wording.DELTA, delta, _digits(of)), 120.0)
    if net is None:
        place = of.point(reach, SUM_RADIUS + 8)
        return below(fragment, place) if of.is_lr else right_of(fragment, place)
    x = net.x if of.forth > 0 or not of.is_lr else net.area.right - fragment.width
    return Written(fragment, x, net.area.bottom + 5 + fragment.ascent)


def _output(of: Sketch, end: Point) -> Iterator[Item]:
    inside, name = _circle_words(of, of.neuron)
    inner: list[Item] = list(disc(end, RADIUS, "neuron", of.theme))
    inner.append(centred(inside, end).text(of.theme.ink))
    if name is not None:
        x, y = end
        if of.is_lr and of.excerpt.network.loss is None:
            by = (RADIUS + 7) * of.forth
            written = (right_of if by > 0 else left_of)(name, (x + by, y))
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
    box = loss_box.loss_box(loss, graph, of.numbers, of.options, of.setting.least)
    if of.is_lr:
        start = end[0] + of.forth * RADIUS
        tip = of.forth * (max(of.forth * start, of.end(whole)) + of.next)
        x, y = (tip if of.forth > 0 else tip - box.width), -box.height / 2
        ends = (start, 0.0), (tip, 0.0)
    else:
        start = end[1] + of.forth * RADIUS
        tip = start + of.forth * of.next
        x, y = -box.width / 2, (tip if of.forth > 0 else tip - box.height)
        ends = (0.0, start), (0.0, tip)
    yield Group(tuple(arrow(*ends, Stroke(of.theme.edge, 1.5))), kind="edges loss")
    yield loss_box.drawn(box, x, y, loss, of.theme)

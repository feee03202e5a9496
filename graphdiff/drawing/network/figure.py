"""The figure of a network before it is drawn: its words typeset, and a place for everything."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from graphdiff.drawing import typeset
from graphdiff.drawing.network import names
from graphdiff.drawing.network.edge_labels import label_places
from graphdiff.drawing.network.elision import Connection, Excerpt, Shown, heading
from graphdiff.drawing.network.paints import Scale, scale_for
from graphdiff.drawing.network.pens import (
    NAME,
    SMALL,
    Written,
    above,
    below,
    left_of,
    number_within,
    right_of,
    within,
)
from graphdiff.drawing.network.places import RADIUS, Places, placed
from graphdiff.drawing.network.routes import Route, routes
from graphdiff.drawing.options import Options, Weighted
from graphdiff.drawing.scene import Point
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.typeset import Fragment
from graphdiff.recognition.network_numbers import Numbers

MOST_LABELS = 48
MOST_IN_A_GAP = 16
"""Edges between two columns that are labelled; more would be a thicket."""
MOST_HEADS = 40
MOST_BIASES = 24
GAP = 132.0
FEW = 6
"""Labels for which columns need not be farther apart."""
WIDER = 1.35
TRIES = 6
STUB = 9.0
"""The line by which a bias enters its neuron."""
SPACE = 4.0
HEADING = 14.0
DIGITS_INSIDE = 3


@dataclass(frozen=True)
class Words:
    """What is written in and at a unit."""

    inside: Fragment
    is_value: bool
    name: Fragment | None
    bias: Fragment | None


@dataclass(frozen=True)
class Figure:
    """A network with its places, ready to be drawn."""

    excerpt: Excerpt
    numbers: Numbers
    scale: Scale
    options: Options
    theme: Theme
    words: Mapping[int, Words]
    places: Places
    routes: tuple[Route, ...]
    labels: tuple[tuple[Fragment, Point] | None, ...]
    has_labels: bool


def figure(excerpt: Excerpt, numbers: Numbers, options: Options) -> Figure:
    """Find places for everything; where labels lack room the columns move apart."""
    links = excerpt.links
    scale = scale_for((link.weight for link in links), numbers, options.edges)
    words = {unit: _words(excerpt, unit, numbers, options) for unit in excerpt.where}
    labels = _labels(excerpt, scale, options)
    pitch = _pitch(words, options)
    gaps = _gaps(excerpt, words, options, has_labels=labels is not None)
    heads = len(links) <= MOST_HEADS
    clear = max((_reach(word, options) for word in words.values()), default=0.0)
    for attempt in range(TRIES):
        by = WIDER**attempt
        places = placed(excerpt, options.direction, [gap * by for gap in gaps], pitch)
        lines = routes(excerpt, places, heads=heads, clear=clear)
        if labels is None:
            break
        circles = [(centre, RADIUS + 2) for centre in places.centres.values()]
        taken = [w.area for k in words for w in around(excerpt, places, words, k, options)]
        if (points := label_places(lines, labels, circles, taken)) is not None:
            written = tuple(
                None if label is None or point is None else (label, point)
                for label, point in zip(labels, points, strict=True)
            )
            return Figure(
                excerpt, numbers, scale, options, options.theme, words, places, lines,
                written, True,
            )  # fmt: skip
    places = placed(excerpt, options.direction, gaps, pitch)
    lines = routes(excerpt, places, heads=heads, clear=clear)
    return Figure(
        excerpt, numbers, scale, options, options.theme, words, places, lines,
        (None,) * len(links), False,
    )  # fmt: skip


def recoloured(found: Figure, by: Weighted) -> Figure:
    """Return a figure with edges by something else, and everything else in its place."""
    scale = scale_for((link.weight for link in found.excerpt.links), found.numbers, by)
    labels = _labels(found.excerpt, scale, found.options) if found.has_labels else None
    written: tuple[tuple[Fragment, Point] | None, ...] = (None,) * len(found.excerpt.links)
    if labels is not None:
        written = tuple(
            None if label is None or old is None else (label, old[1])
            for label, old in zip(labels, found.labels, strict=True)
        )
    return replace(found, scale=scale, labels=written)


# Words


def _words(excerpt: Excerpt, k: int, numbers: Numbers, options: Options) -> Words:
    unit = excerpt.network.units[k]
    value = numbers.unit(k) if "value" in options.show else None
    name = names.unit(unit)
    room = 2 * RADIUS - 9
    digits = min(options.digits, DIGITS_INSIDE)
    inside = within(name, room) if value is None else number_within(value, digits, room)
    outside = None
    if value is not None and "name" in options.show:
        outside = within(name, 70.0, NAME)
    return Words(inside, value is not None, outside, _bias(excerpt, k, numbers, options))


def _bias(excerpt: Excerpt, k: int, numbers: Numbers, options: Options) -> Fragment | None:
    """Typeset a neuron's bias: a name or a number; of several their sum, if it is known."""
    unit = excerpt.network.units[k]
    if not draws_biases(excerpt) or not unit.added or not options.show & {"name", "value"}:
        return None
    values = [numbers.weight(bias) for bias in unit.added]
    digits = min(options.digits, DIGITS_INSIDE)
    if "value" in options.show and all(value is not None for value in values):
        return number_within(sum(values), digits, 60.0, SMALL)
    called = [names.weight(bias, digits) for bias in unit.added]
    whole = names.Name("+".join(n.latex for n in called), "+".join(n.plain for n in called))
    return within(whole, 60.0, SMALL)


def draws_biases(excerpt: Excerpt) -> bool:
    """Whether there is room for biases."""
    neurons = [k for k in excerpt.where if not excerpt.network.units[k].is_input]
    return len(neurons) <= MOST_BIASES and excerpt.is_whole


def _labels(excerpt: Excerpt, scale: Scale, options: Options) -> tuple[Fragment | None, ...] | None:
    links = excerpt.links
    if len(links) > MOST_LABELS or not options.show & {"name", "value"} or not excerpt.is_whole:
        return None
    if max(_in_gaps(excerpt).values(), default=0) > MOST_IN_A_GAP:
        return None
    return tuple(_label(link, scale, options) for link in links)


def _in_gaps(excerpt: Excerpt) -> Counter[tuple[int, int]]:
    """Count the edges between each two columns."""
    return Counter(
        (excerpt.where[link.source][0], excerpt.where[link.target][0]) for link in excerpt.links
    )


def _label(link: Connection, scale: Scale, options: Options) -> Fragment | None:
    found = scale.number(link.weight)
    if scale.by == "plain" and "value" in options.show:
        found = scale.numbers.weight(link.weight)
    digits = min(options.digits, DIGITS_INSIDE)
    if found is None and link.weight.is_fixed:
        found = link.weight.factor
    if found is not None and "value" in options.show:
        return number_within(found, digits, 60.0, SMALL)
    if "name" not in options.show:
        return None
    return within(names.weight(link.weight, digits), 60.0, SMALL)


# Room


def set_heading(excerpt: Excerpt, shown: Shown) -> list[Fragment]:
    """Typeset what is written at a column."""
    return [typeset.words(line, HEADING) for line in heading(excerpt, shown)]


def _height(fragment: Fragment | None) -> float:
    return 0.0 if fragment is None else fragment.height


def _width(fragment: Fragment | None) -> float:
    return 0.0 if fragment is None else fragment.width


def _pitch(words: Mapping[int, Words], options: Options) -> float:
    """Return the distance of two units: circle, name on one side, bias on the other."""
    size = _height if options.direction == "LR" else _width
    name = max((size(word.name) for word in words.values()), default=0.0)
    bias = max((size(word.bias) for word in words.values()), default=0.0)
    extra = (name + SPACE if name else 0) + (bias + STUB + SPACE if bias else 0)
    return 2 * RADIUS + 12 + extra


def _reach(word: Words, options: Options) -> float:
    size = _height if options.direction == "LR" else _width
    return max(size(word.name) + SPACE, size(word.bias) + STUB + SPACE)


def _gaps(
    excerpt: Excerpt, words: Mapping[int, Words], options: Options, *, has_labels: bool
) -> list[float]:
    """Return how far each column is from the next."""
    counts = _in_gaps(excerpt)
    found: list[float] = []
    for number, (before, after) in enumerate(itertools.pairwise(excerpt.columns)):
        edges = max(len(before.slots), len(after.slots))
        gap = GAP + 9 * edges
        if has_labels:
            gap += 6 * max(0, counts[number, number + 1] - FEW)
        if options.direction == "LR":
            wide = [max(line.width for line in set_heading(excerpt, c)) for c in (before, after)]
            gap = max(gap, sum(wide) / 2 + 24)
            names_wide = [
                _width(words[k].name) / 2 for c in (before, after) for k in c.slots if k is not None
            ]
            gap = max(gap, 2 * max(names_wide, default=0) + 2 * RADIUS + 30)
        found.append(gap)
    return found


def around(
    excerpt: Excerpt, places: Places, words: Mapping[int, Words], k: int, options: Options
) -> Iterator[Written]:
    """Yield the name and the bias that stand beside a unit."""
    x, y = places.centres[k]
    word, column = words[k], excerpt.where[k][0]
    far = RADIUS + SPACE
    ends = excerpt.network.loss is None and column == len(excerpt.columns) - 1
    if word.name is not None:
        if options.direction == "LR":
            if column == 0:
                yield left_of(word.name, (x - far - 2, y))
            elif ends:
                yield right_of(word.name, (x + far + 2, y))
            else:
                yield above(word.name, (x, y - far))
        elif column == 0:
            yield above(word.name, (x, y - far))
        elif ends:
            yield below(word.name, (x, y + far))
        else:
            yield right_of(word.name, (x + far, y))
    if word.bias is not None:
        if options.direction == "LR":
            yield below(word.bias, (x, y + RADIUS + STUB + 1.5))
        else:
            yield left_of(word.bias, (x - RADIUS - STUB - 1.5, y))

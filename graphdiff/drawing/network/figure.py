"""The figure of a network before it is drawn: its words typeset, and a place for everything."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from graphdiff.drawing import typeset
from graphdiff.drawing.network import ways
from graphdiff.drawing.network.beside import SPACE, STUB, across, beside, radius_of
from graphdiff.drawing.network.edge_labels import label_places
from graphdiff.drawing.network.elision import Excerpt, Shown, heading
from graphdiff.drawing.network.paints import Scale, scale_for
from graphdiff.drawing.network.pens import Label
from graphdiff.drawing.network.places import RADIUS, Places, placed
from graphdiff.drawing.network.routes import Route, routes
from graphdiff.drawing.network.unit_words import Words, all_words, label, mark, painted
from graphdiff.drawing.options import Options, Weighted
from graphdiff.drawing.scene import Point
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.typeset import Fragment
from graphdiff.recognition.network_numbers import Numbers

MOST_LABELS = 48
MOST_IN_A_GAP = 16
"""Edges between two columns that are labelled; more would be a thicket."""
MOST_HEADS = 40
GAP = 132.0
CLOSEST = 30.0
"""Between the units of two columns."""
FEW = 6
"""Labels for which columns need not be farther apart."""
WIDER = 1.35
TRIES_ALONE, TRIES = 2, 6
HEADING = 14.0


@dataclass(frozen=True)
class Figure:
    """A network with its places, ready to be drawn.

    ``options`` are those there was room for.
    """

    excerpt: Excerpt
    numbers: Numbers
    scale: Scale
    options: Options
    theme: Theme
    words: Mapping[int, Words]
    places: Places
    routes: tuple[Route, ...]
    labels: tuple[tuple[Label, Point] | None, ...]
    has_labels: bool


def figure(
    excerpt: Excerpt, numbers: Numbers, options: Options, also: Weighted | None = None
) -> Figure:
    """Find places for everything; where labels lack room the columns move apart.

    Where that does not help less is written on edges, and at last nothing.

    Parameters
    ----------
    also
        What else edges shall be coloured by: it finds room in the same places.
    """
    found = _placed(excerpt, numbers, options, also)
    if not is_crowded(excerpt, options):
        for fewer in _fewer(options):
            if found.has_labels:
                break
            found = _placed(excerpt, numbers, fewer, also)
    return found


def _fewer(options: Options) -> Iterator[Options]:
    """Yield choices with ever less on the edges."""
    if options.edges == "both":
        options = replace(options, edges="weight")
        yield options
    if options.rate is not None:
        yield replace(options, rate=None)


def _placed(excerpt: Excerpt, numbers: Numbers, options: Options, also: Weighted | None) -> Figure:
    links = excerpt.links
    scale = scale_for(painted(excerpt), numbers, options.edges)
    theme = options.theme
    others = [] if also is None else [replace(options, edges=also, rate=None)]
    words = all_words(excerpt, numbers, options)
    room = [words, *(all_words(excerpt, numbers, other) for other in others)]
    labels = _labels(excerpt, numbers, options)
    wanted = [found for o in (options, *others) if (found := _labels(excerpt, numbers, o))]
    sizes = [_size_of_all(found) for found in zip(*wanted, strict=True)]
    pitch = max(_pitch(each, options) for each in room)
    gaps = _gaps(excerpt, words, options, has_labels=labels is not None)
    heads = len(links) <= MOST_HEADS
    clear = max((_reach(w, options) for each in room for w in each.values()), default=0.0)
    radius = radius_of(words)

    def laid(by: float) -> tuple[Places, tuple[Route, ...]]:
        places = placed(excerpt, options.direction, [gap * by for gap in gaps], pitch, radius)
        return places, routes(excerpt, places, heads=heads, clear=clear)

    tries = () if labels is None else _tries(options)
    for by, alone in tries:
        places, lines = laid(by)
        circles = [(centre, radius + 2) for centre in places.centres.values()]
        taken = [
            area
            for each in room
            for k in each
            for area in beside(excerpt, places, each, k, options).areas
        ]
        taken += [route.head for route in lines] if heads else []
        if (points := label_places(lines, sizes, circles, taken, alone=alone)) is not None:
            written = tuple(
                None if label is None or point is None else (label, point)
                for label, point in zip(labels or (), points, strict=True)
            )
            return Figure(
                excerpt, numbers, scale, options, theme, words, places, lines, written, True
            )
    places, lines = laid(1.0)
    nothing = (None,) * len(links)
    return Figure(excerpt, numbers, scale, options, theme, words, places, lines, nothing, False)


def _tries(options: Options) -> Iterator[tuple[float, bool]]:
    """Yield how much farther apart columns are, and whether no line may pass behind a label.

    Labels with the arrow of a step are wider.
    """
    alone = TRIES_ALONE + (options.rate is not None)
    yield from ((WIDER**attempt, True) for attempt in range(alone))
    yield from ((WIDER**attempt, False) for attempt in range(TRIES))


def _size_of_all(labels: Iterable[Label | None]) -> tuple[float, float] | None:
    known = [label for label in labels if label is not None]
    if not known:
        return None
    return max(label.width for label in known), max(label.height for label in known)


def recoloured(found: Figure, by: Weighted) -> Figure:
    """Return a figure with edges by something else, and everything else in its place."""
    excerpt, numbers, options = found.excerpt, found.numbers, replace(found.options, edges=by)
    scale = scale_for(painted(excerpt), numbers, by)
    words = all_words(excerpt, numbers, options)
    labels = _labels(excerpt, numbers, options) if found.has_labels else None
    written: tuple[tuple[Label, Point] | None, ...] = (None,) * len(excerpt.links)
    if labels is not None:
        written = tuple(
            None if label is None or old is None else (label, old[1])
            for label, old in zip(labels, found.labels, strict=True)
        )
    return replace(found, scale=scale, options=options, words=words, labels=written)


def is_crowded(excerpt: Excerpt, options: Options) -> bool:
    """Whether edges are too many for labels, or none are asked for."""
    return (
        len(excerpt.links) > MOST_LABELS
        or not options.show & {"name", "value"}
        or not excerpt.is_whole
        or excerpt.setting.weights == "nowhere"
        or max(_in_gaps(excerpt).values(), default=0) > MOST_IN_A_GAP
    )


def _labels(
    excerpt: Excerpt, numbers: Numbers, options: Options
) -> tuple[Label | None, ...] | None:
    if is_crowded(excerpt, options):
        return None
    if excerpt.setting.has_table:
        marked = enumerate(excerpt.links, start=1)
        return tuple(mark(k, excerpt, (link.weight,), numbers, options) for k, link in marked)
    return tuple(label(excerpt, (link.weight,), numbers, options) for link in excerpt.links)


def _in_gaps(excerpt: Excerpt) -> Counter[tuple[int, int]]:
    """Count the edges between each two columns."""
    return Counter(
        (excerpt.where[link.source][0], excerpt.where[link.target][0]) for link in excerpt.links
    )


# Room


def set_heading(excerpt: Excerpt, shown: Shown) -> list[Fragment]:
    """Typeset what is written at a column."""
    return [typeset.words(line, HEADING) for line in heading(excerpt, shown)]


def _pitch(words: Mapping[int, Words], options: Options) -> float:
    """Return the distance of two units: circle, name on one side, bias on the other."""
    sizes = [across(word, options) for word in words.values()]
    name, bias = (max((size[k] for size in sizes), default=0.0) for k in (0, 1))
    extra = (name + SPACE if name else 0) + (bias + STUB + SPACE if bias else 0)
    return 2 * radius_of(words) + 12 + extra


def _reach(word: Words, options: Options) -> float:
    name, bias = across(word, options)
    return max(name + SPACE, bias + STUB + SPACE)


def _gaps(
    excerpt: Excerpt, words: Mapping[int, Words], options: Options, *, has_labels: bool
) -> list[float]:
    """Return how far each column is from the next."""
    counts = _in_gaps(excerpt)
    radius = radius_of(words)
    skips = any(last - first > 1 for first, last in counts)
    around_all = GAP * radius / RADIUS if skips else GAP + radius - RADIUS
    found: list[float] = []
    for number, (before, after) in enumerate(itertools.pairwise(excerpt.columns)):
        edges = max(len(before.slots), len(after.slots))
        gap = (around_all + 9 * edges) * excerpt.setting.apart
        gap = max(gap, 2 * radius + CLOSEST)
        if has_labels:
            gap += 6 * max(0, counts[number, number + 1] - FEW)
        if ways.is_level(options.direction):
            wide = [max(line.width for line in set_heading(excerpt, c)) for c in (before, after)]
            gap = max(gap, sum(wide) / 2 + 24)
            names_wide = [
                word.name.width / 2
                for c in (before, after)
                for k in c.slots
                if k is not None and (word := words[k]).name is not None
            ]
            gap = max(gap, 2 * max(names_wide, default=0) + 2 * radius + 30)
        found.append(gap)
    return found

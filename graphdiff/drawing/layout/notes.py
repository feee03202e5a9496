"""Notes beside nodes: where there is room, as near as can be, with a line to the node."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphdiff.drawing.extents import Area
from graphdiff.drawing.layout.areas import along, title_area, whole, written
from graphdiff.drawing.layout.layout import Curve, LaidOut, PlacedNote, Point
from graphdiff.drawing.marks.record import Remark
from graphdiff.drawing.marks.remarks import Block, block

WIDTH = 190.0
"""The widest a note is."""
GAPS = (14.0, 26.0, 42.0, 64.0, 92.0, 130.0)
"""How far from its node a note may be."""
CORNER = 5.0
"""How far within a corner a line ends."""
CLEAR = 6.0
"""Room around a note."""
OUTSIDE = 40.0
"""What it costs to make the picture larger, beside a way of such a length."""


def noted(laid_out: LaidOut) -> LaidOut:
    """Return a layout with the notes of its nodes, the figure made larger where they need it."""
    nodes = laid_out.measured.description.nodes
    if not any(node.note for node in nodes):
        return laid_out
    cards = [
        Area(*whole(*each)) for each in zip(laid_out.nodes, laid_out.measured.nodes, strict=True)
    ]
    taken = [*cards, *_taken(laid_out)]
    notes: list[PlacedNote] = []
    for label, card in zip(nodes, cards, strict=True):
        if label.note:
            said = block(Remark(label.note), 0.0, WIDTH, laid_out.measured.manner.least)
            note = _placed(said, card, taken, cards, laid_out)
            taken.append(Area(note.x, note.y, note.x + said.width, note.y + said.height))
            notes.append(note)
    return _grown(replace(laid_out, notes=tuple(notes)))


def _taken(laid_out: LaidOut) -> Iterator[Area]:
    """Yield where labels, arrows, titles and the borders of frames are."""
    for corner, box in zip(laid_out.labels, laid_out.measured.edges, strict=True):
        if corner is not None and box.lines:
            yield Area(*written(corner, box))
    for curve in laid_out.curves:
        for one, other in itertools.pairwise(along(curve)):
            (left, right), (top, bottom) = (sorted(ends) for ends in zip(one, other, strict=True))
            yield Area(left, top, right, bottom).grown(1.0)
    for frame in laid_out.clusters:
        yield Area(*title_area(frame))
        x, y, right, bottom = frame.x, frame.y, frame.x + frame.width, frame.y + frame.height
        yield from (Area(x, y, right, y + 1), Area(x, bottom - 1, right, bottom))
        yield from (Area(x, y, x + 1, bottom), Area(right - 1, y, right, bottom))


def _placed(
    said: Block, card: Area, taken: Sequence[Area], cards: Sequence[Area], laid_out: LaidOut
) -> PlacedNote:
    def is_free(place: Area) -> bool:
        around = place.grown(CLEAR)
        return not (
            any(around.meets(other) for other in taken)
            or any(other.crossing(*_line(place, card)) for other in cards if other is not card)
        )

    tried = sorted(
        (
            (cost + _outside(place, laid_out), k, place)
            for k, (cost, place) in enumerate(_tried(said, card))
        ),
        key=lambda one: one[:2],
    )
    place = next((place for *_, place in tried if is_free(place)), None)
    if place is None:  # above everything
        top = min(0.0, *(area.top for area in taken)) - said.height - GAPS[0]
        x = (card.left + card.right - said.width) / 2
        place = Area(x, top, x + said.width, top + said.height)
    return PlacedNote(said, place.left, place.top, _line(place, card))


def _tried(said: Block, card: Area) -> Iterator[tuple[float, Area]]:
    """Yield places around a card, and how far from it they are."""
    w, h = said.width, said.height
    middle = (card.left + card.right - w) / 2, (card.top + card.bottom - h) / 2
    for gap in GAPS:
        across = (middle[0], card.left, card.right - w, card.left - w - gap, card.right + gap)
        for x in across:
            for y in (card.top - gap - h, card.bottom + gap):
                yield gap + abs(x - middle[0]) / 4, Area(x, y, x + w, y + h)
        for x in (card.left - gap - w, card.right + gap):
            yield gap + 4, Area(x, middle[1], x + w, middle[1] + h)


def _outside(place: Area, laid_out: LaidOut) -> float:
    beyond = (-place.left, -place.top, place.right - laid_out.width, place.bottom - laid_out.height)
    most = max(beyond)
    return OUTSIDE + most / 4 if most > 0 else 0.0


def _line(place: Area, card: Area) -> tuple[Point, Point]:
    """Return the shortest line from a note to its card."""

    def nearest(one: float, other: float, low: float, high: float) -> tuple[float, float]:
        if one > high:
            return one, high
        if other < low:
            return other, low
        middle = (max(one, low) + min(other, high)) / 2
        return middle, middle

    x, card_x = nearest(place.left, place.right, card.left, card.right)
    y, card_y = nearest(place.top, place.bottom, card.top, card.bottom)
    if x != card_x and y != card_y:  # at a corner, which may be round
        card_x += CORNER if x < card_x else -CORNER
        card_y += CORNER if y < card_y else -CORNER
    length = math.hypot(card_x - x, card_y - y) or 1.0
    start = x + 4 * (card_x - x) / length, y + 4 * (card_y - y) / length
    return start, (card_x, card_y)


def _grown(laid_out: LaidOut) -> LaidOut:
    """Return a layout that begins at (0, 0) and is as large as what is in it."""
    left = min(0.0, *(note.x for note in laid_out.notes))
    top = min(0.0, *(note.y for note in laid_out.notes))
    right = max(laid_out.width, *(note.x + note.said.width for note in laid_out.notes))
    bottom = max(laid_out.height, *(note.y + note.said.height for note in laid_out.notes))

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    return replace(
        laid_out,
        width=right - left,
        height=bottom - top,
        nodes=tuple(map(moved, laid_out.nodes)),
        curves=tuple(
            Curve(tuple(map(moved, curve.points)), moved(curve.tip)) for curve in laid_out.curves
        ),
        labels=tuple(label and moved(label) for label in laid_out.labels),
        clusters=tuple(
            replace(frame, x=frame.x - left, y=frame.y - top) for frame in laid_out.clusters
        ),
        leaders={k: (moved(a), moved(b)) for k, (a, b) in laid_out.leaders.items()},
        notes=tuple(
            PlacedNote(note.said, *moved((note.x, note.y)), tuple(map(moved, note.line)))  # type: ignore[arg-type]
            for note in laid_out.notes
        ),
    )

"""Places for measured boxes.

Graphviz says in which order they stand; everything is drawn in
:mod:`graphdiff.drawing.writers.svg`.
"""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout import dot
from graphdiff.drawing.layout.boxes import Box, Measured
from graphdiff.drawing.layout.levels import Levels, levels
from graphdiff.drawing.layout.orders import Order, order
from graphdiff.drawing.layout.pattern import pattern
from graphdiff.drawing.layout.places import Room, across, along
from graphdiff.drawing.layout.program import Unanswered, ask
from graphdiff.drawing.layout.routes import Arranged, label_at, lines, ports
from graphdiff.drawing.marks.remarks import Block
from graphdiff.drawing.options import Direction
from graphdiff.drawing.reduced.sizes import MAX_CARDS, size
from graphdiff.drawing.typeset import Fragment
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import neutral

MAX_NODES = MAX_CARDS
"""More cards are not laid out: it would take minutes, and nobody could read the picture."""
LANE = 5.0
"""What an edge that passes takes, to both its sides."""
TITLE_ROOM = (9.0, 6.0)
"""Beside the title of a frame, and beyond it."""
MANY = 2000
"""With more nodes, and points that edges pass, each layout takes long."""
TIMEOUT, TOGETHER = 50, 100
"""The seconds of a layout, and of all that are tried for one picture."""
MAX_BYTES = 20_000_000
"""What the layout program may write; it writes about a thousand for a node or an edge."""
MAX_SAID = 200
"""What is told of its message."""
MAX_PLACE = 1e7
"""No place is as far away as this."""
VARIABLE = "GRAPHDIFF_DOT"
PROGRAMS = ("graphviz-pure", "dot")

LEVEL: tuple[Direction, ...] = ("LR", "RL")
BACKWARDS: tuple[Direction, ...] = ("RL", "BT")
Point = tuple[float, float]
Leader = tuple[Point, Point]


@dataclass(frozen=True)
class Curve:
    """An edge's line: a start, then three points for each cubic Bézier piece; and its tip."""

    points: tuple[Point, ...]
    tip: Point


@dataclass(frozen=True)
class ClusterFrame:
    """The frame of a cluster: its top left corner and its size; and its title, ``title_x`` in."""

    title: Fragment
    x: float
    y: float
    width: float
    height: float
    title_x: float = 9.0


@dataclass(frozen=True)
class PlacedNote:
    """A note with its top left corner, and the line from it to its node."""

    said: Block
    x: float
    y: float
    line: Leader


@dataclass(frozen=True)
class LaidOut:
    """Measured boxes with their places: top left corners, y growing downwards from 0.

    ``labels`` has None for edges on which nothing is said.
    """

    measured: Measured
    width: float
    height: float
    nodes: tuple[Point, ...]
    curves: tuple[Curve, ...]
    labels: tuple[Point | None, ...]
    clusters: tuple[ClusterFrame, ...] = ()
    leaders: Mapping[int, tuple[Point, Point]] = field(
        default_factory=dict[int, tuple[Point, Point]]
    )
    """From labels, by their numbers, to the edges they belong to, where they stand far off."""
    notes: tuple[PlacedNote, ...] = ()
    sheet_width: float = 0.0
    """The least width of what is said around the figure."""

    @property
    def centres(self) -> tuple[Point, ...]:
        """The middle of every node."""
        return tuple(
            (x + box.width / 2, y + box.height / 2)
            for (x, y), box in zip(self.nodes, self.measured.nodes, strict=True)
        )


@dataclass(frozen=True)
class Ordered:
    """What stands in each rank, in which order: a layout, however far apart its nodes stand."""

    measured: Measured
    direction: Direction
    levels: Levels
    rooms: Sequence[Room]
    order: Order

    @property
    def is_large(self) -> bool:
        """Whether each layout takes long."""
        return len(self.levels.elements) > MANY

    def laid_out(self, spread: float = 1.0) -> LaidOut:
        """Return the places of all boxes, so many times as far apart as usual."""
        measured, direction, leveled, rooms = self.measured, self.direction, self.levels, self.rooms
        spread *= measured.manner.spread
        is_level = direction in LEVEL
        titles = [
            (title.width + 2 * TITLE_ROOM[0], title.height + TITLE_ROOM[1])
            for title in measured.clusters
        ]
        above = [(height, 0.0) if is_level else (0.0, width) for width, height in titles]
        ahead = [
            (0.0, 0.0, width)
            if is_level
            else ((0.0, height, 0.0) if direction in BACKWARDS else (height, 0.0, 0.0))
            for width, height in titles
        ]
        lengths = [box.width if is_level else box.height for box in measured.edges]
        places = across(leveled, self.order, rooms, above, spread)
        ranked = along(leveled, rooms, places, lengths, ahead, spread)
        arranged = Arranged(leveled, rooms, places, ranked, fanned=not measured.wired)
        return _drawn(measured, arranged, direction)


def in_order(measured: Measured, direction: Direction) -> Ordered:
    """Return in which order everything stands.

    Raises
    ------
    DrawingError
        If the graph is too large, or Graphviz cannot be found or fails.
    """
    check_size(measured.description)
    program = find_dot()
    leveled, rooms = in_levels(measured, direction)
    found = _found(run(program, dot.layout_source(leveled, rooms)), len(rooms))
    if found is None:
        raise _no_layout(program)
    return Ordered(measured, direction, leveled, rooms, order(leveled, found))


def lay_out(measured: Measured, direction: Direction) -> LaidOut:
    """Return the places of all boxes.

    Raises
    ------
    DrawingError
        If the graph is too large, or Graphviz cannot be found or fails.
    """
    return in_order(measured, direction).laid_out()


def check_size(description: Description) -> None:
    """Raise unless the graph is small enough to lay out."""
    places = {node.index: k for k, node in enumerate(description.nodes)}
    ends = [(places[edge.tail], places[edge.head]) for edge in description.edges if not edge.loops]
    leaves = {k for k, node in enumerate(description.nodes) if node.kind != "computation"}
    if said := size(len(places), ends, leaves).refusal:
        raise DrawingError(said)


# Finding and running Graphviz


def find_dot() -> str:
    """Return the layout program: GRAPHDIFF_DOT, graphviz-pure's, or the system's ``dot``.

    The one that is installed with graphdiff comes before the system's, whose version is
    anyone's guess, so that a graph has the same picture on every machine.

    Raises
    ------
    DrawingError
        If there is none; the message says how to get one.
    """
    if named := os.environ.get(VARIABLE):
        if found := shutil.which(named):
            return found
        raise DrawingError(
            f"{VARIABLE} is {named!r}, which is no program that can be run; give the path of dot"
        )
    scripts = sysconfig.get_path("scripts")
    for program in PROGRAMS:
        for place in (scripts, None):
            if found := shutil.which(program, path=place):
                return found
    raise DrawingError(
        "drawing needs the layout program dot, and there is none; run: pip install graphviz-pure "
        f"(or apt install graphviz, brew install graphviz), or set {VARIABLE} to its path"
    )


def run(program: str, source: str) -> Mapping[str, Any]:
    """Return the layout of DOT source, as Graphviz's JSON.

    Raises
    ------
    DrawingError
        If the program cannot be run, fails, takes or writes too much, or writes something else.
    """
    try:
        answer = ask([program, "-Tjson0"], source.encode(), seconds=TIMEOUT, most=MAX_BYTES)
    except Unanswered as problem:
        raise DrawingError(
            f"the layout by {program!r} {problem}; draw a smaller graph, or fewer annotations"
        ) from None
    except OSError as error:
        raise DrawingError(f"{program!r} cannot be run: {error.strerror or error}") from None
    if answer.code:
        said = neutral(_first_line(answer.err), MAX_SAID) or "no message"
        raise DrawingError(f"{program!r} failed with exit code {answer.code}: {said}")
    try:
        layout = json.loads(answer.out)
    except (ValueError, RecursionError):
        layout = None
    if not isinstance(layout, dict) or "objects" not in layout:
        raise _no_layout(program)
    return layout


def _first_line(said: bytes) -> str:
    return next(iter(said.decode(errors="backslashreplace").strip().splitlines()), "")


def _no_layout(program: str) -> DrawingError:
    return DrawingError(
        f"{program!r} wrote something that is not a layout of this graph; is it Graphviz's dot?"
    )


# Places


def in_levels(measured: Measured, direction: Direction) -> tuple[Levels, list[Room]]:
    """Return what stands in which rank, and what it takes.

    Of edges that is where they pass; with their labels where they go on alone.
    """
    is_level = direction in LEVEL
    described = measured.description.edges
    between = Counter((edge.tail, edge.head) for edge in described)
    apart = {
        k
        for k, (edge, box) in enumerate(zip(described, measured.edges, strict=True))
        if box.lines or (measured.wired and between[edge.tail, edge.head] > 1)
    }
    leveled = levels(
        pattern(measured.description),
        apart,
        measured.first,
        measured.last,
        in_line=measured.manner.in_line,
    )
    rooms = [
        Room(box.width, box.height / 2, box.height / 2)
        if is_level
        else Room(box.height, box.width / 2, box.width / 2)
        for box in measured.nodes
    ]
    rooms += [Room(0.0, LANE, LANE)] * (len(leveled.elements) - len(rooms))
    for k, box in enumerate(measured.edges):
        own = leveled.own(k)
        room = rooms[own]
        if box.lines and is_level:
            rooms[own] = replace(room, before=max(room.before, box.height + LANE))
        elif box.lines:
            rooms[own] = replace(room, behind=max(room.behind, box.width + LANE))
    return leveled, rooms


def _found(laid_out: Mapping[str, Any], count: int) -> list[float] | None:
    """Read where Graphviz put the elements, across the ranks; None if it wrote something else."""
    try:
        objects = {found["name"]: found for found in laid_out["objects"]}
        return [-_place(objects[f"n{k}"]["pos"].split(",")[1]) for k in range(count)]
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _place(written: str) -> float:
    value = float(written)
    if not abs(value) < MAX_PLACE:  # not a number, or infinite, too
        raise ValueError(written)
    return value


def _drawn(measured: Measured, arranged: Arranged, direction: Direction) -> LaidOut:
    leveled, _, places, ranked, _ = arranged
    is_level, way = direction in LEVEL, -1 if direction in BACKWARDS else 1

    def at(x: float, y: float) -> Point:
        return (way * x, y) if is_level else (y, way * x)

    def corner(middle: Point, box: Box) -> Point:
        x, y = at(*middle)
        return x - box.width / 2, y - box.height / 2

    nodes = [
        corner((sum(ranked.ranks[element.rank]) / 2, y), box)
        for element, y, box in zip(leveled.elements, places.elements, measured.nodes, strict=False)
    ]
    curves = [Curve(tuple(at(*p) for p in points), at(*tip)) for points, tip in lines(arranged)]
    labels: list[Point | None] = []
    for k, (box, port) in enumerate(zip(measured.edges, ports(arranged)[0], strict=True)):
        size = (box.width, box.height) if is_level else (box.height, box.width)
        side = -1 if is_level else 1
        middle = label_at(arranged, k, size, port, side=side) if box.lines else None
        labels.append(middle and corner(middle, box))
    frames: list[ClusterFrame] = []
    for title, first, second in zip(measured.clusters, ranked.frames, places.frames, strict=True):
        ends = zip(at(first[0], second[0]), at(first[1], second[1]), strict=True)
        (x, to_x), (y, to_y) = map(sorted, ends)
        frames.append(ClusterFrame(title, x, y, to_x - x, to_y - y))
    return _from_zero(measured, nodes, curves, labels, frames)


def _from_zero(
    measured: Measured,
    nodes: Sequence[Point],
    curves: Sequence[Curve],
    labels: Sequence[Point | None],
    frames: Sequence[ClusterFrame],
) -> LaidOut:
    """Move everything so that it begins at (0, 0), and measure the whole."""
    boxes = [
        *zip(nodes, measured.nodes, strict=True),
        *((label, box) for label, box in zip(labels, measured.edges, strict=True) if label),
    ]
    points = [point for curve in curves for point in (*curve.points, curve.tip)]
    for frame in frames:
        points += [(frame.x, frame.y), (frame.x + frame.width, frame.y + frame.height)]
    left, top = (min([c[k] for c, _ in boxes] + [p[k] for p in points]) for k in (0, 1))
    right = max([c[0] + box.width for c, box in boxes] + [p[0] for p in points])
    bottom = max([c[1] + box.height for c, box in boxes] + [p[1] for p in points])

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    return LaidOut(
        measured,
        right - left,
        bottom - top,
        tuple(map(moved, nodes)),
        tuple(Curve(tuple(map(moved, c.points)), moved(c.tip)) for c in curves),
        tuple(label and moved(label) for label in labels),
        tuple(replace(frame, x=frame.x - left, y=frame.y - top) for frame in frames),
    )

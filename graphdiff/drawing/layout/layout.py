"""Places for measured boxes, found by Graphviz.

Only positions are taken from it; everything is drawn in :mod:`graphdiff.drawing.writers.svg`.
"""

from __future__ import annotations

import json
import os
import shutil
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout import dot
from graphdiff.drawing.layout.boxes import Box, Measured
from graphdiff.drawing.layout.program import Unanswered, ask
from graphdiff.drawing.marks.remarks import Block
from graphdiff.drawing.options import Direction
from graphdiff.drawing.reduced.limits import MAX_CARDS
from graphdiff.drawing.typeset import Fragment
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import neutral

MAX_NODES = MAX_CARDS
"""More cards are not laid out: it would take minutes, and nobody could read the picture."""
INSET = 4.0
"""How far within its border a cluster's frame is, so that frames do not touch."""
TIMEOUT = 50
MAX_BYTES = 20_000_000
"""What the layout program may write; it writes about a thousand for a node or an edge."""
MAX_SAID = 200
"""What is told of its message."""
MAX_PLACE = 1e7
"""No place is as far away as this."""
VARIABLE = "GRAPHDIFF_DOT"
PROGRAMS = ("graphviz-pure", "dot")

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

    @property
    def centres(self) -> tuple[Point, ...]:
        """The middle of every node."""
        return tuple(
            (x + box.width / 2, y + box.height / 2)
            for (x, y), box in zip(self.nodes, self.measured.nodes, strict=True)
        )


def lay_out(measured: Measured, direction: Direction, spread: float = 1.0) -> LaidOut:
    """Return the places of all boxes, so many times as far apart as usual.

    Raises
    ------
    DrawingError
        If the graph is too large, or Graphviz cannot be found or fails.
    """
    check_size(measured.description)
    program = find_dot()
    layout = run(program, dot.layout_source(measured, direction, spread))
    try:
        return placed(measured, layout)
    except (ValueError, TypeError, LookupError, AttributeError):  # whatever it wrote is not ours
        raise _no_layout(program) from None


def check_size(description: Description) -> None:
    """Raise unless the graph is small enough to lay out."""
    count = len(description.nodes)
    if count > MAX_NODES:
        raise DrawingError(
            f"the graph needs {count} cards, though alike nodes share one; at most {MAX_NODES} can "
            "be laid out. Draw a part of it, make groups, or export DOT for a layout program made "
            "for large graphs"
        )


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
        answer = ask([program, "-Tjson"], source.encode(), seconds=TIMEOUT, most=MAX_BYTES)
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


# Reading back


def placed(measured: Measured, layout: Mapping[str, Any]) -> LaidOut:
    """Read places from Graphviz's JSON, whose y grows upwards."""
    described = measured.description
    objects = {found["name"]: found for found in layout.get("objects", ())}
    edges = {found["id"]: found for found in layout.get("edges", ())}
    nodes = [
        _corner(_point(objects[dot.id_of(node.index)]["pos"]), box)
        for node, box in zip(described.nodes, measured.nodes, strict=True)
    ]
    found = [edges[f"e{k}"] for k in range(1, len(described.edges) + 1)]
    curves = [_curve(edge["pos"]) for edge in found]
    labels = [
        _corner(_point(edge["lp"]), box) if box.lines else None
        for edge, box in zip(found, measured.edges, strict=True)
    ]
    frames = [
        _frame(title, objects[f"cluster_{k}"]["bb"])
        for k, title in enumerate(measured.clusters, start=1)
    ]
    return _from_zero(measured, nodes, curves, labels, frames)


def _frame(title: Fragment, written: str) -> ClusterFrame:
    """Read the box of a cluster: its left, bottom, right and top."""
    left, bottom, right, top = map(_place, written.split(","))
    return ClusterFrame(
        title, left + INSET, INSET - top, right - left - 2 * INSET, top - bottom - 2 * INSET
    )


def _point(written: str) -> Point:
    x, y = written.split(",")[:2]
    return _place(x), -_place(y)


def _place(written: str) -> float:
    value = float(written)
    if not abs(value) < MAX_PLACE:  # not a number, or infinite, too
        raise ValueError(written)
    return value


def _corner(centre: Point, box: Box) -> Point:
    return centre[0] - box.width / 2, centre[1] - box.height / 2


def _curve(written: str) -> Curve:
    """Read a spline: ``e,x,y`` is the tip, the other pairs are points."""
    parts = written.split(";")[0].split()
    points = tuple(_point(part) for part in parts if part[0] not in "es")
    tips = [_point(part[2:]) for part in parts if part[0] == "e"]
    if len(points) % 3 != 1 or len(points) < 4:
        raise ValueError(written)
    return Curve(points, tips[0] if tips else points[-1])


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

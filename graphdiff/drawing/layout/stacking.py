"""Rows of a graph one below the other, with the lines that lead from one to the next.

A line leaves its row to the right, goes back between the rows, and comes in from the left to where
its node is drawn again. The lower of two lines turns within the upper one: they do not cross.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graphdiff.drawing.labels.description import Cluster, EdgeLabel, NodeLabel, Value
from graphdiff.drawing.layout.boxes import Box, Measured
from graphdiff.drawing.layout.layout import ClusterFrame, Curve, LaidOut, Leader, PlacedNote, Point
from graphdiff.drawing.marks.record import Mark

GUTTER = 30.0
"""Between rows, and half of it beside them, at least."""
LANE = 9.0
"""Between lines."""
CORNER = 7.0
"""The radius of a line's corners."""
TIP = 9.0
"""The length of an arrow's head."""


@dataclass(frozen=True)
class Part:
    """A row: its boxes with those of nodes drawn again, and of ends of lines that leave it.

    ``numbers`` are those of its edges in the whole graph; ``again`` and ``leaving`` the indices
    that nodes of other rows, and ends of lines, have here.
    """

    measured: Measured
    numbers: tuple[int, ...]
    again: Mapping[Value, int]
    leaving: Mapping[Value, int]


def line_of(edge: EdgeLabel, tail: int, head: int, alike: Sequence[EdgeLabel] = ()) -> EdgeLabel:
    """Return the line that leads a value from its node out of its row, or to where it is again.

    Parameters
    ----------
    edge
        One that leads the value on.
    alike
        All that do so in the later row: their paths and highlights go along the line, and their
        colour if they have one together.
    """
    name = edge.called.plain if edge.called else edge.parent
    colours = {one.colour for one in alike}
    return EdgeLabel(
        edge.parent, edge.parent, tail, head, 0, (), f"{name}, to a later row",
        cut_off=all(one.cut_off for one in alike or (edge,)),
        marks=led_on(mark for one in alike for mark in one.marks),
        colour=colours.pop() if len(colours) == 1 else "", again=True, called=edge.called,
    )  # fmt: skip


def led_on(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks of paths and highlights, which go on in a later row."""
    kept = (mark._replace(said=None) for mark in marks if mark.kind in ("path", "highlight"))
    return tuple(dict.fromkeys(kept))


def stacked(measured: Measured, parts: Sequence[Part], laid: Sequence[LaidOut]) -> LaidOut:
    """Return rows on one sheet: nodes and edges in the order they had, then what is added."""
    lines = list(_lines(parts))
    lanes = _lanes(lines)
    left = GUTTER / 2 + LANE * (1 + max(lanes.values(), default=0))
    sheet = _Sheet()
    tops = [0.0]
    for row, (part, one) in enumerate(zip(parts, laid, strict=True)):
        sheet.add(part, _moved(one, left, tops[row]))
        between = GUTTER + LANE * sum(line.row == row for line in lines)
        tops.append(tops[row] + one.height + between)
    right = left + max(one.width for one in laid)
    by_height = sorted(lines, key=lambda line: (line.row, sheet.exits[line.leaving].tip[1]))
    for row, together in itertools.groupby(by_height, key=lambda line: line.row):
        some = list(together)
        for k, line in enumerate(some):
            outward = LANE * (len(some) - 1 - k)
            side = left + laid[row].width + LANE / 2 + outward
            foot = tops[row] + laid[row].height + GUTTER / 2 + outward
            right = max(right, side + 2.0)
            sheet.lead(line, side, foot, left - GUTTER / 2 - LANE * lanes[line])
    return sheet.laid_out(measured, right, tops[-2] + laid[-1].height)


@dataclass
class _Sheet:
    """What stands on the sheet yet, nodes by their indices, edges by their numbers."""

    nodes: dict[int, tuple[NodeLabel, Box, Point]] = field(default_factory=dict[int, Any])
    edges: dict[int, tuple[EdgeLabel, Box, Curve, Point | None]] = field(
        default_factory=dict[int, Any]
    )
    exits: dict[int, Curve] = field(default_factory=dict[int, Curve])
    leaders: dict[int, Leader] = field(default_factory=dict[int, Leader])
    clusters: list[tuple[Cluster, ClusterFrame]] = field(default_factory=list[Any])
    notes: list[PlacedNote] = field(default_factory=list[PlacedNote])

    def add(self, part: Part, one: LaidOut) -> None:
        """Add a row."""
        said = one.measured.description
        ends = set(part.leaving.values())
        for label, box, corner in zip(said.nodes, one.measured.nodes, one.nodes, strict=True):
            if label.index not in ends:
                self.nodes[label.index] = label, box, corner
        found = zip(said.edges, one.measured.edges, one.curves, one.labels, strict=True)
        for k, (label, box, curve, corner) in enumerate(found):
            if label.head in ends:
                self.exits[label.head] = curve
            else:
                self.edges[part.numbers[k]] = label, box, curve, corner
                if k in one.leaders:
                    self.leaders[part.numbers[k]] = one.leaders[k]
        self.clusters += zip(said.clusters, one.clusters, strict=True)
        self.notes += one.notes

    def lead(self, line: _Between, side: float, foot: float, inward: float) -> None:
        """Add a line: out as far as ``side``, down to ``foot``, back to ``inward``, and in."""
        _, box, (x, y) = self.nodes[line.again]
        curve, middle = self.exits[line.leaving], y + box.height / 2
        corners = [
            curve.tip, (side, curve.tip[1]), (side, foot),
            (inward, foot), (inward, middle), (x - TIP, middle),
        ]  # fmt: skip
        out = _straight(curve.points[-1], curve.tip)
        led = Curve((*curve.points, *out, *_rounded(corners)), (x, middle))
        said = line_of(line.leads[0], line.tail, line.again, line.leads)
        self.edges[len(self.edges)] = said, Box(0, 0), led, None

    def laid_out(self, measured: Measured, width: float, height: float) -> LaidOut:
        """Return all that stands on it."""
        said = measured.description
        first = dict.fromkeys(node.index for node in said.nodes)
        nodes = [self.nodes[index] for index in first | dict.fromkeys(self.nodes)]
        edges = [self.edges[k] for k in range(len(self.edges))]
        described = replace(
            said,
            nodes=tuple(label for label, _, _ in nodes),
            edges=tuple(label for label, _, _, _ in edges),
            clusters=tuple(cluster for cluster, _ in self.clusters),
        )
        return LaidOut(
            replace(
                measured,
                description=described,
                nodes=tuple(box for _, box, _ in nodes),
                edges=tuple(box for _, box, _, _ in edges),
                clusters=tuple(frame.title for _, frame in self.clusters),
            ),
            width,
            height,
            tuple(corner for _, _, corner in nodes),
            tuple(curve for _, _, curve, _ in edges),
            tuple(corner for _, _, _, corner in edges),
            tuple(frame for _, frame in self.clusters),
            self.leaders,
            tuple(self.notes),
        )


# Lines


@dataclass(frozen=True)
class _Between:
    """A line from the node ``tail`` of a row to where it is drawn again, by their indices.

    ``leads`` are the edges it stands for.
    """

    row: int
    to: int
    tail: int
    leaving: int
    again: int
    leads: tuple[EdgeLabel, ...]


def _lanes(lines: Sequence[_Between]) -> dict[_Between, int]:
    """Return how far out to the left each line goes: those that pass a row farther than others."""
    lanes: dict[_Between, int] = {}
    for row in {line.row for line in lines}:
        next_row = [line for line in lines if line.row == row and line.to == row + 1]
        lanes |= {line: k for k, line in enumerate(next_row)}
    inner = 1 + max(lanes.values(), default=-1)
    passing = (line for line in lines if line not in lanes)
    return lanes | {line: inner + k for k, line in enumerate(passing)}


def _lines(parts: Sequence[Part]) -> Iterator[_Between]:
    for row, part in enumerate(parts):
        for value, leaving in part.leaving.items():
            for to, other in enumerate(parts[row + 1 :], start=row + 1):
                if (again := other.again.get(value)) is not None:
                    edges = other.measured.description.edges
                    leads = tuple(edge for edge in edges if edge.tail == again)
                    yield _Between(row, to, value[0], leaving, again, leads)


def _moved(one: LaidOut, x: float, y: float) -> LaidOut:
    def moved(point: Point) -> Point:
        return point[0] + x, point[1] + y

    def led(line: Leader) -> Leader:
        return moved(line[0]), moved(line[1])

    return replace(
        one,
        nodes=tuple(map(moved, one.nodes)),
        curves=tuple(Curve(tuple(map(moved, c.points)), moved(c.tip)) for c in one.curves),
        labels=tuple(corner and moved(corner) for corner in one.labels),
        clusters=tuple(replace(frame, x=frame.x + x, y=frame.y + y) for frame in one.clusters),
        leaders={k: led(line) for k, line in one.leaders.items()},
        notes=tuple(
            replace(note, x=note.x + x, y=note.y + y, line=led(note.line)) for note in one.notes
        ),
    )


def _straight(start: Point, end: Point) -> tuple[Point, Point, Point]:
    """Return a straight line as a piece of a curve."""
    (x, y), (u, v) = start, end
    return (x + (u - x) / 3, y + (v - y) / 3), (u - (u - x) / 3, v - (v - y) / 3), end


def _rounded(corners: Sequence[Point]) -> Iterator[Point]:
    """Yield the pieces of a line along right angles, from the first of its corners on."""
    at = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        yield from _straight(at, start)
        yield from (_quarter(start, corner), _quarter(end, corner), end)
        at = end
    yield from _straight(at, corners[-1])


def _towards(corner: Point, other: Point) -> Point:
    """Return where a rounding begins: at most half the way to the next corner."""
    x, y = other[0] - corner[0], other[1] - corner[1]
    length = abs(x) + abs(y)
    share = min(CORNER / length, 0.5) if length else 0.0
    return corner[0] + x * share, corner[1] + y * share


def _quarter(start: Point, corner: Point) -> Point:
    """Return the control point that makes a quarter of a circle."""
    return start[0] + (corner[0] - start[0]) * 0.55, start[1] + (corner[1] - start[1]) * 0.55

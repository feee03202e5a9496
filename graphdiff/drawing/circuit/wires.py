"""The scene of a circuit that is laid out: wires to the gates, gates, what is said of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graphdiff.drawing.arrows import arrow, beside
from graphdiff.drawing.circuit.gates import Gate
from graphdiff.drawing.colours import legible
from graphdiff.drawing.graph_scene import COLOURED, WIDTH, jacobians, notes, surroundings
from graphdiff.drawing.labels.description import EdgeLabel, NodeLabel
from graphdiff.drawing.labels.looks import ink_of, paint_of
from graphdiff.drawing.layout.layout import Curve, LaidOut, Point
from graphdiff.drawing.marks.mark_rendering import LANE, marked_arrow
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.strokes import lanes, stroke_of
from graphdiff.drawing.scene import Circle, Group, Item, Path, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.sheet_scene import Figure, on_sheet
from graphdiff.drawing.stepwise.staging import STILL, Stages, Staging
from graphdiff.drawing.themes import Theme, faded

FAN = 0.62
"""How far from its middle the outer wires enter a gate, as a part of its radius."""
ARROW = 4.6
"""The length of an arrow's head."""
BRANCH = 2.6
"""The radius of the dot where a wire branches."""
AROUND = 4.0
"""How far around the name of a leaf the line of a highlight is, and the radius of its corners."""


def compose(laid_out: LaidOut, theme: Theme, staging: Staging = STILL) -> Scene:
    """Return the picture of a circuit as a scene."""
    drawn = (
        *_wires(laid_out, theme),
        *jacobians(laid_out, theme, staging),
        *_gates(laid_out, theme, staging),
        *notes(laid_out, theme),
    )
    figure = Figure("circuit", drawn, laid_out.width, laid_out.height)
    alt = laid_out.measured.description.alt
    return on_sheet(figure, surroundings(laid_out.measured), alt, theme, laid_out.sheet_width)


# Wires


def led(laid_out: LaidOut) -> LaidOut:
    """Return a circuit whose wires enter their gates at the rim, side by side.

    Where the order of the operands matters they enter in it, the first above; where it does not,
    as they come.
    """
    described = laid_out.measured.description
    gates = _placed(laid_out)
    into: defaultdict[int, list[int]] = defaultdict(list)
    curves = list(laid_out.curves)
    for k, label in enumerate(described.edges):
        if label.head in gates:  # the others leave their row
            into[label.head].append(k)
        gate, (x, y) = gates[label.tail]
        start = x + gate.wire[1][0], y + gate.wire[1][1]
        curves[k] = replace(curves[k], points=(start, *curves[k].points[1:]))
    for index, entering in into.items():
        gate, (x, y) = gates[index]
        order = sorted(entering, key=lambda k: described.edges[k].slot)
        tip = curves[entering[0]].tip
        middle = x + gate.middle[0], y + gate.middle[1]
        if index not in laid_out.measured.ordered:
            order = sorted(order, key=lambda k: _side(curves[k], middle, tip))
        for place, k in enumerate(order):
            share = 2 * place / (len(order) - 1) - 1 if len(order) > 1 else 0.0
            curves[k] = _bent(curves[k], _rim(gate, middle, tip, share * FAN), middle)
    return replace(laid_out, curves=tuple(curves))


def _placed(laid_out: LaidOut) -> Mapping[int, tuple[Gate, Point]]:
    found: dict[int, tuple[Gate, Point]] = {}
    for label, box, corner in zip(
        laid_out.measured.description.nodes, laid_out.measured.nodes, laid_out.nodes, strict=True
    ):
        if isinstance(box, Gate):
            found[label.index] = box, corner
    return found


def _side(curve: Curve, middle: Point, tip: Point) -> float:
    """Return how far from above, or from the left, a wire comes: the tangent of its angle."""
    is_down = abs(tip[1] - middle[1]) > abs(tip[0] - middle[0])
    off = 0 if is_down else 1
    x, y = next((p for p in reversed(curve.points) if abs(p[off] - tip[off]) > 1), curve.points[0])
    along, across = (y - tip[1], x - tip[0]) if is_down else (x - tip[0], y - tip[1])
    return across / max(abs(along), 1.0)


def _rim(gate: Gate, middle: Point, tip: Point, off: float) -> Point:
    """Return the point on the rim of a gate that faces a tip, so far beside the middle."""
    wide, tall = gate.half
    radius = min(wide, tall)
    if abs(tip[1] - middle[1]) > abs(tip[0] - middle[0]):
        across = off * radius
        depth = tall - radius + math.sqrt(radius**2 - across**2)
        return middle[0] + across, middle[1] + math.copysign(depth, tip[1] - middle[1])
    across = off * radius
    depth = wide - radius + math.sqrt(radius**2 - across**2)
    return middle[0] + math.copysign(depth, tip[0] - middle[0]), middle[1] + across


def _bent(curve: Curve, rim: Point, middle: Point) -> Curve:
    """Return a curve that ends in an arrow's head on a rim, its last piece bent to it."""
    is_down = abs(curve.tip[1] - middle[1]) > abs(curve.tip[0] - middle[0])
    k = 1 if is_down else 0
    back = math.copysign(ARROW, curve.tip[k] - middle[k])
    end = (rim[0], rim[1] + back) if is_down else (rim[0] + back, rim[1])
    last = curve.points[-1]
    by = end[0] - last[0], end[1] - last[1]
    bent = curve.points[-2][0] + by[0] / 2, curve.points[-2][1] + by[1]
    if is_down:
        bent = curve.points[-2][0] + by[0], curve.points[-2][1] + by[1] / 2
    return Curve((*curve.points[:-2], bent, end), rim)


def _wires(laid_out: LaidOut, theme: Theme) -> Iterator[Group]:
    for label, curve in zip(laid_out.measured.description.edges, laid_out.curves, strict=True):
        yield Group(
            tuple(_wire(label, curve, theme)),
            kind="edge cut-off" if label.cut_off else "edge",
            title=label.summary,
            data=(("edge", f"{label.parent}->{label.child}"), ("slot", str(label.slot))),
        )


def _wire(label: EdgeLabel, curve: Curve, theme: Theme) -> Iterator[Path]:
    if label.marks:
        return marked_arrow(curve, curve.points[0], label.marks, theme)
    colour = label.colour or (theme.cut_off.stroke if label.cut_off else theme.edge)
    width = COLOURED if label.colour else WIDTH
    return arrow(curve, curve.points[0], Stroke(colour, width, dashed=label.cut_off))


# Gates


def _gates(laid_out: LaidOut, theme: Theme, staging: Staging) -> Iterator[Group]:
    described = laid_out.measured.description
    leaving: defaultdict[int, list[EdgeLabel]] = defaultdict(list)
    for edge in described.edges:
        leaving[edge.tail].append(edge)
    for label in described.nodes:
        box, corner = _placed(laid_out)[label.index]
        yield Group(
            tuple(_gate(label, box, leaving[label.index], theme, staging.node(label))),
            *corner,
            kind=f"node {label.kind}{' cut-off' if label.cut_off else ''}",
            title=label.summary,
            data=(("node", label.name), ("index", str(label.index)), ("kind", label.kind)),
        )


def _gate(
    label: NodeLabel, box: Gate, leaving: Sequence[EdgeLabel], theme: Theme, stages: Stages
) -> Iterator[Item]:
    line = Stroke(theme.cut_off.stroke if label.cut_off else theme.edge, WIDTH, label.cut_off)
    marks = lanes([mark for edge in leaving for mark in edge.marks])
    yield from _stem(box, marks, line, theme)
    if len(leaving) > 1:
        yield Circle(*box.wire[1], BRANCH, fill=line.colour)
    paint = paint_of(label, theme)
    mark = stroke_of(label.marks[0], theme) if label.marks else None
    if not box.is_leaf:
        pale = faded(paint, theme)
        yield from stages.before("value", _circle(box, pale.fill, Stroke(pale.stroke, 1.5)))
        stroke = Stroke(paint.stroke, 1.5, label.cut_off or label.again)
        yield from stages.seen("value", _circle(box, paint.fill, mark or stroke))
    elif mark:
        (x, y), (wide, tall) = box.middle, (half + AROUND for half in box.half)
        yield Rectangle(x - wide, y - tall, 2 * wide, 2 * tall, AROUND, stroke=mark)
    for said in box.lines:
        ink = ink_of(said.role, theme)
        if label.colour and said.role == "formula":
            ink = label.colour if box.is_leaf else legible(ink, paint.fill, (theme.background,))
        text = Text(said.fragment, said.x, said.y, ink)
        match said.role:
            case "forward":
                yield from stages.seen("value", text)
            case "backward":
                yield from stages.seen("P", text)
            case _:
                yield text


def _stem(box: Gate, marks: Sequence[Mark], line: Stroke, theme: Theme) -> Iterator[Path]:
    """Yield the wire of a gate before it branches, in the lines of what its branches are on."""
    for k, stroke in enumerate([stroke_of(mark, theme) for mark in marks] or [line]):
        start, end = beside(box.wire, (k - (len(marks) - 1) / 2) * LANE if marks else 0.0)
        yield Path(start, ((end,),), stroke=stroke)


def _circle(box: Gate, fill: str, stroke: Stroke) -> Rectangle:
    (x, y), (wide, tall) = box.middle, box.half
    return Rectangle(
        x - wide, y - tall, 2 * wide, 2 * tall, min(wide, tall), fill=fill, stroke=stroke
    )

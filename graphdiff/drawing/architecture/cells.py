"""What is in a recurrent cell, in the form of C. Olah, "Understanding LSTM Networks" (2015).

Of an LSTM the line of the cell is above, that of the hidden state below; of a GRU the hidden state
is above. Gates take what the line below them joins, and the state through peepholes at their sides.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from graphdiff.drawing import typeset
from graphdiff.drawing.arrows import head
from graphdiff.drawing.layout.boxes import Manner
from graphdiff.drawing.scene import Circle, Item, Path, Point, Rectangle, Stroke, Text
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.drawing.typeset import Fragment
from graphdiff.graph import Node
from graphdiff.notation import latex
from graphdiff.recognition.blocks.records import Block

LETTER = 15.0
GATE = (23.0, 15.0)
"""Half the width and the height of a gate."""
PILL = (17.0, 10.0)
SIGN = 10.0
"""The radius of the circle of a product or a sum."""
BESIDE = 12.0
"""Between a gate and the line of its peephole."""
DOT = 2.4
ARROW = 3.6
NAME = 6.0
"""Between a name and the line it stands above."""

SIGNS = {
    "tanh": (r"\tanh", "tanh"), "sigmoid": (r"\sigma", "σ"), "relu": (r"\mathrm{ReLU}", "ReLU"),
}  # fmt: skip
"""What stands in a gate, as LaTeX and plain."""

Form = Literal["gate", "circle", "pill", "layer"]
"""A layer is a pill that has parameters."""


@dataclass(frozen=True)
class Operator:
    """A gate, a sign in a circle, or a function in a pill, around a point."""

    form: Form
    middle: Point
    sign: Fragment


@dataclass(frozen=True)
class Name:
    """A name that stands on a line: from its left end on, before its right end, or beside it."""

    said: Fragment
    at: Point


@dataclass(frozen=True)
class Cell:
    """The inside of a cell, from (0, top) on.

    Attributes
    ----------
    wires
        Lines through points; all end in an arrow's head but those that lead out of the cell.
    dots
        Where lines join and branch.
    entries, exits
        How far down the values of nodes come in on the left, and go out on the right.
    """

    width: float
    height: float
    wires: tuple[tuple[Point, ...], ...]
    dots: tuple[Point, ...]
    operators: tuple[Operator, ...]
    names: tuple[Name, ...]
    entries: dict[str, float]
    exits: dict[str, float]
    other: float
    top: float = 0.0

    def moved(self, down: float) -> Cell:
        """Return it lower in its box."""
        return replace(self, top=self.top + down)


class _Pen:
    """What a cell is put together with."""

    def __init__(self, named: Container[str], size: float) -> None:
        self.named, self.size = named, size
        self.wires: list[tuple[Point, ...]] = []
        self.dots: list[Point] = []
        self.operators: list[Operator] = []
        self.names: list[Name] = []

    def put(self, form: Form, x: float, y: float, written: str, plain: str) -> None:
        sign = typeset.formula(written, plain, self.size)
        self.operators.append(Operator(form, (x, y), sign))

    def gate(self, x: float, y: float, node: Node, *, squashes: bool = False) -> None:
        """Put a gate, with its name above it."""
        self.put("gate", x, y, *SIGNS["tanh" if squashes else "sigmoid"])
        if said := self.typeset(node):
            place = x - said.width - NAME, y - GATE[1] - NAME - said.descent
            self.names.append(Name(said, place))

    def on(self, node: Node | None, x: float, y: float, *, ends: bool = False) -> None:
        """Write a name above a line, from x on or before it."""
        if node is not None and (said := self.typeset(node)):
            left = x - said.width if ends else x
            self.names.append(Name(said, (left, y - NAME - said.descent)))

    def typeset(self, node: Node) -> Fragment | None:
        if node.name not in self.named:
            return None
        return typeset.formula(latex.name(node.name), node.name, self.size)


def opened(block: Block, named: Container[str], manner: Manner) -> Cell:
    """Return the inside of a cell.

    Parameters
    ----------
    named
        The names that the author gave.
    """
    pen = _Pen(named, max(LETTER, manner.least))
    h = block.roles.get("h")
    others = [one for one in block.data if one is not h and one is not block.roles.get("c")]
    match block.kind:
        case "lstm":
            return _lstm(block, h, others, pen)
        case "gru":
            return _gru(block, h, others, pen)
        case _:
            return _elman(block, h, others, pen)


def _lstm(block: Block, h: Node | None, others: list[Node], pen: _Pen) -> Cell:
    roles = block.roles
    top, gates, low, lowest, right = 34.0, 132.0, 180.0, 212.0, 420.0
    f, i, g, o, out = 100.0, 170.0, 238.0, 306.0, 366.0
    join = 62.0
    pen.wires += [
        ((0, top), (f - SIGN, top)), ((f + SIGN, top), (g - SIGN, top)),
        ((g + SIGN, top), (right, top)),
        ((0, low), (o, low), (o, gates + GATE[1])),
        *(((x, low), (x, gates + GATE[1])) for x in (f, i, g)),
        ((f, gates - GATE[1]), (f, top + SIGN)),
        ((i, gates - GATE[1]), (i, 84), (g - SIGN, 84)),
        ((g, gates - GATE[1]), (g, 84 + SIGN)), ((g, 84 - SIGN), (g, top + SIGN)),
        ((out, top), (out, 84 - PILL[1])), ((out, 84 + PILL[1]), (out, gates - SIGN)),
        ((o + GATE[0], gates), (out - SIGN, gates)),
        ((out, gates + SIGN), (out, low), (right, low)),
    ]  # fmt: skip
    pen.dots += [(f, low), (i, low), (g, low), (out, top)]
    for x, name in ((f, "f"), (i, "i"), (o, "o")):
        pen.gate(x, gates, roles[name])
        if f"{name} looks" in block.traits:
            side = x - GATE[0] - BESIDE
            start = ((f - GATE[0] - BESIDE, 58.0), (side, 58.0)) if name == "i" else ((side, top),)
            pen.wires.append((*start, (side, gates), (x - GATE[0], gates)))
            pen.dots.append(start[0])
    if "f looks" not in block.traits and "i looks" in block.traits:
        side = f - GATE[0] - BESIDE
        pen.wires.append(((side, top), (side, 58.0)))
        pen.dots[-1:] = [(side, top), (side, 58.0)]
    pen.gate(g, gates, roles["g"], squashes=True)
    for x, y in ((f, top), (g, 84.0), (out, gates)):
        pen.put("circle", x, y, r"\odot", "⊙")
    pen.put("circle", g, top, "+", "+")
    pen.put("pill", out, 84, r"\tanh", "tanh")
    pen.on(roles["c"], 8, top)
    pen.on(h, 8, low)
    pen.on(roles["c_new"], right - 8, top, ends=True)
    pen.on(roles["h_new"], right - 8, low, ends=True)
    if others:
        pen.wires.append(((0, lowest), (join, lowest), (join, low)))
        pen.dots.append((join, low))
        _all_on(pen, others, lowest)
    entries = {roles["c"].name: top} | ({} if h is None else {h.name: low})
    exits = {roles["c_new"].name: top, roles["h_new"].name: low}
    return _made(pen, (right, lowest + 14), entries, exits, lowest)


def _gru(block: Block, h: Node | None, others: list[Node], pen: _Pen) -> Cell:
    roles = block.roles
    top, gates, low, lowest, right = 34.0, 146.0, 194.0, 228.0, 390.0
    branch, join, r, z, n, back = 40.0, 62.0, 120.0, 210.0, 310.0, 164.0
    height = 92.0
    keeps = "keeps by z" not in block.traits
    pen.wires += [
        ((0, top), (z - SIGN, top)), ((z + SIGN, top), (n - SIGN, top)),
        ((n + SIGN, top), (right, top)),
        ((branch, top), (branch, low), (z, low), (z, gates + GATE[1])),
        ((r, low), (r, gates + GATE[1])), ((r, gates - GATE[1]), (r, height + SIGN)),
        ((r + SIGN, height), (back, height), (back, lowest)),
        ((n, gates - GATE[1]), (n, height + SIGN)), ((n, height - SIGN), (n, top + SIGN)),
    ]  # fmt: skip
    pen.dots += [(branch, top), (r, low), (r, top), (z, height)]
    if keeps:  # (1 - z) ⊙ h + z ⊙ n
        pen.put("pill", z, 66, "1 -", "1 −")
        pen.wires += [
            ((z, gates - GATE[1]), (z, 66 + PILL[1])), ((z, 66 - PILL[1]), (z, top + SIGN)),
            ((z, height), (n - SIGN, height)),
        ]  # fmt: skip
    else:
        middle = (z + n) / 2
        pen.put("pill", middle, height, "1 -", "1 −")
        pen.wires += [
            ((z, gates - GATE[1]), (z, top + SIGN)), ((z, height), (middle - PILL[0], height)),
            ((middle + PILL[0], height), (n - SIGN, height)),
        ]  # fmt: skip
    if "resets after" in block.traits:  # r ⊙ (U h + b)
        pen.put("layer", r, 62, r"U \cdot", "U·")
        pen.wires += [((r, top), (r, 62 - PILL[1])), ((r, 62 + PILL[1]), (r, height - SIGN))]
    else:
        pen.wires.append(((r, top), (r, height - SIGN)))
    pen.gate(r, gates, roles["r"])
    pen.gate(z, gates, roles["z"])
    pen.gate(n, gates, roles["n"], squashes=True)
    for x, y in ((r, height), (z, top), (n, height)):
        pen.put("circle", x, y, r"\odot", "⊙")
    pen.put("circle", n, top, "+", "+")
    pen.on(h, 8, top)
    pen.on(roles["h_new"], right - 8, top, ends=True)
    start = 0.0 if others else back
    pen.wires.append(((start, lowest), (n, lowest), (n, gates + GATE[1])))
    if others:
        pen.wires.append(((join, lowest), (join, low)))
        pen.dots += [(join, lowest), (join, low)]
        _all_on(pen, others, lowest)
    pen.dots.append((back, lowest))
    entries = {} if h is None else {h.name: top}
    return _made(pen, (right, lowest + 14), entries, {roles["h_new"].name: top}, lowest)


def _elman(block: Block, h: Node | None, others: list[Node], pen: _Pen) -> Cell:
    line, lowest, join, gate, right = 40.0, 92.0, 62.0, 160.0, 280.0
    sign = SIGNS[block.function_name]
    pen.put("gate", gate, line, *sign)
    pen.wires += [
        ((0, line), (gate - GATE[0], line)), ((gate + GATE[0], line), (right, line)),
        ((0, lowest), (join, lowest), (join, line)),
    ]  # fmt: skip
    pen.dots.append((join, line))
    pen.on(h, 8, line)
    pen.on(block.roles["h_new"], right - 8, line, ends=True)
    _all_on(pen, others, lowest)
    entries = {} if h is None else {h.name: line}
    exits = {block.roles["h_new"].name: line}
    return _made(pen, (right, lowest + 14), entries, exits, lowest)


def _all_on(pen: _Pen, nodes: list[Node], y: float) -> None:
    """Write the names of all that comes in on one line."""
    x = 8.0
    for node in nodes[:2]:
        before = len(pen.names)
        pen.on(node, x, y)
        if len(pen.names) > before:
            x += pen.names[-1].said.width + NAME


def _made(
    pen: _Pen, size: Point, entries: dict[str, float], exits: dict[str, float], other: float
) -> Cell:
    return Cell(
        *size, tuple(pen.wires), tuple(pen.dots), tuple(pen.operators), tuple(pen.names),
        entries, exits, other,
    )  # fmt: skip


# Drawn


def drawn(cell: Cell, width: float, paints: tuple[Paint, Paint], theme: Theme) -> Iterator[Item]:
    """Yield the inside of a cell; lines that lead out go to the right end of its card.

    Parameters
    ----------
    paints
        Of gates, which have parameters, and of what has none.
    """
    line = Stroke(theme.edge, 1.4)
    for wire in cell.wires:
        points = [(x, y + cell.top) for x, y in wire]
        is_out = points[-1][0] == cell.width
        if is_out:
            points[-1] = width, points[-1][1]
        yield from _wire(points, line, is_out=is_out, joins=wire[-1] in cell.dots)
    for x, y in cell.dots:
        yield Circle(x, y + cell.top, DOT, fill=theme.edge)
    for operator in cell.operators:
        yield from _operator(operator, cell.top, paints, theme)
    for name in cell.names:
        yield Text(name.said, name.at[0], name.at[1] + cell.top, theme.ink)


def _wire(points: list[Point], line: Stroke, *, is_out: bool, joins: bool) -> Iterator[Path]:
    if is_out or joins:
        yield Path(points[0], tuple((point,) for point in points[1:]), stroke=line)
        return
    (x, y), (before_x, before_y) = points[-1], points[-2]
    far = max(abs(x - before_x), abs(y - before_y)) or 1.0
    back = 2 * ARROW / far
    end = x + (before_x - x) * back, y + (before_y - y) * back
    yield Path(points[0], tuple((point,) for point in (*points[1:-1], end)), stroke=line)
    yield head(end, points[-1], line.colour, ARROW)


def _operator(
    operator: Operator, top: float, paints: tuple[Paint, Paint], theme: Theme
) -> Iterator[Item]:
    x, y = operator.middle[0], operator.middle[1] + top
    paint = paints[0] if operator.form in ("gate", "layer") else paints[1]
    half = {"gate": GATE, "circle": (SIGN, SIGN)}.get(operator.form, PILL)
    wide = max(half[0], operator.sign.width / 2 + 3) if operator.form != "circle" else half[0]
    radius = 3.0 if operator.form == "gate" else half[1]
    yield Rectangle(
        x - wide, y - half[1], 2 * wide, 2 * half[1], radius,
        fill=paint.fill, stroke=Stroke(paint.stroke, 1.3),
    )  # fmt: skip
    sign = operator.sign
    yield Text(sign, x - sign.width / 2, y + (sign.ascent - sign.descent) / 2, theme.ink)

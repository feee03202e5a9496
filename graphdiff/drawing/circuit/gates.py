"""Gates measured: a circle or a name, and the wire it leads to, as one box.

The layout of graphs so keeps room for what stands above and below each wire, and wires begin
and end where the boxes of two gates face each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graphdiff.drawing.labels.description import Description, NodeLabel, Phrase, Role
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.boxes import USUAL, Box, Manner, Measured, TextLine
from graphdiff.drawing.layout.layout import Point
from graphdiff.drawing.marks.record import Remark, words
from graphdiff.drawing.options import Direction
from graphdiff.drawing.typeset import Fragment
from graphdiff.notation.equations import Link

RADIUS = 16.0
"""Of a gate; one with a wider sign is as much wider."""
AGAIN = 10.0
"""Of the mark where a wire goes on in a later row."""
SIGN_ROOM = 8.0
"""Between a sign and its gate."""
NAME_GAP = 4.0
"""Between a gate and its name, and a name and its wire."""
OFF = 5.0
"""Between a wire and what stands above and below it."""
WIRE = 40.0
"""The least length of the wire within the box of a gate."""
WIRE_ROOM = 8.0
"""How much longer a wire is than what is said of it, at each end."""
VALUE_ROOM = (220.0, 110.0)
TOO_LARGE = Remark(
    (
        Link("∈ ℝ^(m × n)", r"\in \mathbb{R}^{m \times n}"),
        words("stands where an array is too large for its wire"),
    )
)


@dataclass(frozen=True)
class Gate(Box):
    """The box of a gate.

    Attributes
    ----------
    middle, half
        The middle of its circle, or of its name, and half its width and height there.
    wire
        Where its wire begins and ends.
    is_leaf
        Whether it is a name without a circle.
    """

    middle: Point = (0.0, 0.0)
    half: tuple[float, float] = (0.0, 0.0)
    wire: tuple[Point, Point] = ((0.0, 0.0), (0.0, 0.0))
    is_leaf: bool = False


def measure(description: Description, direction: Direction, manner: Manner = USUAL) -> Measured:
    """Return the boxes of all gates, and of what is said on branches; and say what is not."""
    if _leaves_out(description, manner) and TOO_LARGE not in description.remarks:
        description = replace(
            description,
            alt=f"{description.alt} {TOO_LARGE.text}.",
            remarks=(*description.remarks, TOO_LARGE),
        )
    return Measured(
        description,
        tuple(gate(label, manner, direction) for label in description.nodes),
        tuple(boxes.edge_box(label, manner) for label in description.edges),
        wired=True,
        manner=manner,
    )


def _leaves_out(description: Description, manner: Manner) -> bool:
    """Whether of any array there is room for no more than the space it is in."""

    def is_out(phrase: Phrase, room: tuple[float, float]) -> bool:
        if phrase.describes or phrase.shorter is None:
            return phrase.describes
        return phrase.shorter.describes and boxes.whole(phrase, room, manner) is None

    said = [(phrase, VALUE_ROOM) for label in description.nodes for phrase in label.phrases]
    said += [(phrase, manner.edge_room) for label in description.edges for phrase in label.phrases]
    return any(is_out(phrase, room) for phrase, room in said)


def gate(label: NodeLabel, manner: Manner = USUAL, direction: Direction = "LR") -> Gate:
    """Return a gate, measured along the way of its wire and across it.

    On that side of the wire which is above it, where it leads to the right, stands the value; on
    the other what comes back, and the name of the gate.
    """
    is_down = direction in ("TB", "BT")

    def size(fragment: Fragment) -> tuple[float, float]:
        return _turned((fragment.width, fragment.height), is_down)

    said: dict[Role, Fragment] = {
        phrase.role: boxes.fit(phrase, VALUE_ROOM, manner).scaled(label.size)
        for phrase in label.phrases
    }
    sign, name = said.pop("formula"), said.pop("index", None)
    is_leaf = label.kind != "computation" and not label.again
    half = sign.width / 2, sign.height / 2
    if not is_leaf:
        least, room = (AGAIN, SIGN_ROOM / 2) if label.again else (RADIUS, SIGN_ROOM)
        half = max(least, half[0] + room), max(least, half[1] + room)
    along, across = _turned(half, is_down)
    named = size(name) if name else (0.0, -NAME_GAP)
    column = max(along, named[0] / 2)
    far = 1 + max([across + NAME_GAP + named[1], *(OFF + size(f)[1] for f in said.values())])
    start = column + along + (NAME_GAP if is_leaf else 0.0)
    free = max(start, 2 * column)
    wire = 0.0 if label.again else WIRE * manner.spread
    room = 2 * WIRE_ROOM * manner.spread
    length = free + max([wire, *(size(f)[0] + room for f in said.values())])

    def place(way: float, off: float) -> Point:
        forth = way if direction in ("LR", "TB") else length - way
        return _turned((forth, far + off), is_down)

    lines = [_centred(sign, "formula", place(column, 0))]
    if name:
        off = across + NAME_GAP + named[1] / 2
        lines.append(_centred(name, "index", place(column, off)))
    for role, fragment in said.items():
        off = OFF + size(fragment)[1] / 2
        at = place((free + length) / 2, -off if role == "forward" else off)
        lines.append(_centred(fragment, role, at))
    width, height = _turned((length, 2 * far), is_down)
    return Gate(
        width, height, tuple(lines), (), place(column, 0), half,
        (place(start, 0), place(length, 0)), is_leaf,
    )  # fmt: skip


def _turned(pair: tuple[float, float], is_down: bool) -> tuple[float, float]:
    first, second = pair
    return (second, first) if is_down else pair


def _centred(fragment: Fragment, role: Role, middle: Point) -> TextLine:
    """Return a line whose middle is at a point."""
    x, y = middle
    return TextLine(
        fragment, role, x - fragment.width / 2, y + (fragment.ascent - fragment.descent) / 2
    )

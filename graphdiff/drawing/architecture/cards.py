"""Blocks measured: cards of lines, circles, cards with a volume, and open cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from graphdiff.drawing.architecture import said
from graphdiff.drawing.architecture.cells import Cell
from graphdiff.drawing.architecture.volumes import Volume
from graphdiff.drawing.labels.description import Description, NodeLabel
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.boxes import Box, Manner, Measured, TextLine
from graphdiff.drawing.scene import Point
from graphdiff.recognition.blocks.records import Block

RADIUS = 15.0
"""Of the circle of a sum or a product."""
AROUND = 4.0
"""Between a volume and what is written above and below it."""


Opening = Callable[[Manner], Cell]
"""What returns the inside of a cell."""


@dataclass(frozen=True)
class Card(Box):
    """The box of a block, with what is drawn in it beside its lines."""

    circle: bool = False
    volume: tuple[Volume, Point] | None = None
    cell: Cell | None = None


def measure(
    description: Description,
    blocks: Mapping[int, Block],
    volumes: Mapping[int, Volume],
    opened: Mapping[int, Opening],
    manner: Manner,
) -> Measured:
    """Return the boxes of all blocks.

    Parameters
    ----------
    blocks, volumes, opened
        By the indices of their labels: all blocks, those drawn with a volume, and the cells drawn
        with what is in them.
    """
    measured = boxes.measure(description, manner)
    cards = tuple(
        _card(label, blocks[label.index], volumes.get(label.index), opened.get(label.index), manner)
        for label in description.nodes
    )
    made = (  # what is learned in them makes them no leaves
        replace(label, kind="input" if blocks[label.index].kind == "input" else "computation")
        for label in description.nodes
    )
    return replace(measured, description=replace(description, nodes=tuple(made)), nodes=cards)


def _card(
    label: NodeLabel, block: Block, volume: Volume | None, opening: Opening | None, manner: Manner
) -> Card:
    if said.is_circle(block):
        radius = max(RADIUS * label.size, 0.95 * manner.least)
        sign = boxes.fit(label.phrases[0], manner.node_room, manner).scaled(label.size)
        x = radius - sign.width / 2
        y = radius + (sign.ascent - sign.descent) / 2
        line = TextLine(sign, "formula", x, y)
        return Card(2 * radius, 2 * radius, (line,), circle=True)
    if opening is not None:
        return _opened(label, opening(manner), manner)
    whole = boxes.node_box(label, manner)
    if volume is None:
        return Card(whole.width, whole.height, whole.lines, whole.rules)
    return _around(whole, volume)


def _around(whole: Box, volume: Volume) -> Card:
    """Return a card with a volume between its first line and the others."""
    wide, high = volume.size
    width = max(whole.width, wide + 2 * boxes.NODE_PADDING[0])
    right = (width - whole.width) / 2
    first = whole.lines[0]
    top = first.y + first.fragment.descent + AROUND + 2
    down = high + 2 * AROUND
    lines = [replace(first, x=first.x + right)]
    lines += [replace(line, x=line.x + right, y=line.y + down) for line in whole.lines[1:]]
    return Card(
        width, whole.height + down, tuple(lines), volume=(volume, ((width - wide) / 2, top))
    )


def _opened(label: NodeLabel, cell: Cell, manner: Manner) -> Card:
    box = boxes.node_box(label, manner)
    first, rest = box.lines[0], box.lines[1:]
    lines = [replace(first, x=12.0, y=first.y)]
    x = 12.0 + first.fragment.width + 16
    for line in rest:
        lines.append(replace(line, x=x, y=first.y))
        x += line.fragment.width + 16
    head = first.y + 8
    return Card(max(cell.width, x), cell.height + head, tuple(lines), cell=cell.moved(head))

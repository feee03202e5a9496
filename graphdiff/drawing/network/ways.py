"""Which way a network runs: u along it and v across, as places on the sheet."""

from __future__ import annotations

from graphdiff.drawing.layout.layout import BACKWARDS, LEVEL
from graphdiff.drawing.options import Direction
from graphdiff.drawing.scene import Point


def is_level(direction: Direction) -> bool:
    """Whether it runs from left to right, or back."""
    return direction in LEVEL


def forth(direction: Direction) -> int:
    """Return 1 where x, or y, grows along it, else -1."""
    return -1 if direction in BACKWARDS else 1


def place(direction: Direction, u: float, v: float) -> Point:
    """Return the point at u along the network and v across.

    Examples
    --------
    >>> [place(direction, 3, 1) for direction in ("LR", "RL", "TB", "BT")]
    [(3, 1), (-3, 1), (1, 3), (1, -3)]
    """
    along = forth(direction) * u
    return (along, v) if is_level(direction) else (v, along)

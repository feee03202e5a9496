"""Axes: from numbers to places, with ticks at round numbers and names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import below, left_of, set_name
from graphdiff.drawing.scene import Group, Item, Path, Point, Rectangle, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.notation import text

TICK, NAME = 13.0, 17.0
TICKS = 5
"""About so many to an axis."""

Range = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """A rectangle of the plane of two numbers, with its top left corner at (0, 0)."""

    horizontal: Range
    vertical: Range
    width: float = 320.0
    height: float = 320.0

    def at(self, x: float, y: float) -> Point:
        """Return the place of two numbers."""
        (left, right), (low, high) = self.horizontal, self.vertical
        return (
            (x - left) / (right - left) * self.width,
            (high - y) / (high - low) * self.height,
        )

    def line(self, points: Sequence[Sequence[float]], stroke: Stroke) -> Path:
        """Return a line through points."""
        first, *others = (self.at(float(x), float(y)) for x, y in points)
        return Path(first, tuple((point,) for point in others), stroke=stroke)

    def area(self, points: Sequence[Sequence[float]], fill: str) -> Path:
        """Return the inside of a polygon, its edge in the same colour, so that no seam is seen."""
        first, *others = (self.at(float(x), float(y)) for x, y in points)
        pieces = tuple((point,) for point in others)
        return Path(first, pieces, closed=True, fill=fill, stroke=Stroke(fill, 0.6))

    def frame(self, theme: Theme, names: tuple[Name, Name | None]) -> Iterator[Item]:
        """Yield the frame with its ticks and the names of the axes."""
        drawn: list[Item] = []
        stroke = Stroke(theme.edge, 1.0)
        drawn.append(Rectangle(0, 0, self.width, self.height, stroke=stroke))
        lowest, widest = 0.0, 0.0
        for value in ticks(self.horizontal):
            x, _ = self.at(value, self.vertical[0])
            label = below(_number(value), (x, self.height + 9))
            drawn.append(Path((x, self.height), (((x, self.height + 5),),), stroke=stroke))
            drawn.append(label.text(theme.faint))
            lowest = max(lowest, label.area.bottom)
        for value in ticks(self.vertical):
            _, y = self.at(self.horizontal[0], value)
            label = left_of(_number(value), (-9, y))
            drawn.append(Path((0, y), (((-5, y),),), stroke=stroke))
            drawn.append(label.text(theme.faint))
            widest = min(widest, label.area.left)
        first = set_name(names[0], NAME)
        drawn.append(below(first, (self.width / 2, lowest + 8)).text(theme.ink))
        if names[1] is not None:
            second = set_name(names[1], NAME)
            drawn.append(left_of(second, (widest - 8, self.height / 2)).text(theme.ink))
        yield Group(tuple(drawn), kind="axes")


def _number(value: float) -> typeset.Fragment:
    return typeset.words(text.number(value, 6).replace("-", "\N{MINUS SIGN}"), TICK)


def ticks(of: Range) -> list[float]:
    """Return about five round numbers in a range."""
    low, high = of
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    found = [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
    return [float(f"{value:.10g}") + 0.0 for value in found]


def around(values: np.ndarray, margin: float = 0.25) -> Range:
    """Return the range of numbers with a margin, of one number 1 on both sides."""
    low, high = float(np.min(values)), float(np.max(values))
    if not (math.isfinite(low) and math.isfinite(high)):
        raise DrawingError("a plot has finite numbers only; some are infinite or NaN")
    spare = margin * (high - low) or 1.0
    return low - spare, high + spare

"""Axes: from numbers to places, with ticks at round numbers and names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.network import names
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import below, left_of, set_name
from graphdiff.drawing.options import MAX_DIGITS
from graphdiff.drawing.scene import Group, Item, Path, Point, Rectangle, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.notation import text

TICK, NAME = 13.0, 17.0
TICKS = 5
"""About so many to an axis that has room for them."""
ROOM: dict[str, float] = {"horizontal": 52.0, "vertical": 30.0}
"""From a tick to the next, at least."""
APART = 6.0
"""Between the numbers of an axis."""
NARROWEST = 1e-6
"""Of the numbers of an axis, half its length at least."""

Range = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """A rectangle of the plane of two numbers, with its top left corner at (0, 0).

    Attributes
    ----------
    horizontal, vertical
        From where to where; of a logarithmic axis, the logarithms to the base of ten.
    width, height
        Of the rectangle.
    logarithmic
        The axes that are, ``"horizontal"`` and ``"vertical"``.
    """

    horizontal: Range
    vertical: Range
    width: float = 320.0
    height: float = 320.0
    logarithmic: frozenset[str] = frozenset()

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

    def frame(self, theme: Theme, called: tuple[Name, Name | None]) -> Iterator[Item]:
        """Yield the frame with its ticks and the names of the axes."""
        drawn: list[Item] = []
        stroke = Stroke(theme.edge, 1.0)
        drawn.append(Rectangle(0, 0, self.width, self.height, stroke=stroke))
        lowest, widest, written = 0.0, 0.0, -math.inf
        for value, number in self._ticks("horizontal"):
            x, _ = self.at(value, self.vertical[0])
            label = below(number, (x, self.height + 9))
            drawn.append(Path((x, self.height), (((x, self.height + 5),),), stroke=stroke))
            if label.area.left > written:  # a long number leaves out the next
                drawn.append(label.text(theme.faint))
                written = label.area.right + APART
            lowest = max(lowest, label.area.bottom)
        for value, number in self._ticks("vertical"):
            _, y = self.at(self.horizontal[0], value)
            label = left_of(number, (-9, y))
            drawn.append(Path((0, y), (((-5, y),),), stroke=stroke))
            drawn.append(label.text(theme.faint))
            widest = min(widest, label.area.left)
        first = set_name(called[0], NAME)
        drawn.append(below(first, (self.width / 2, lowest + 8)).text(theme.ink))
        if called[1] is not None:
            second = set_name(called[1], NAME)
            drawn.append(left_of(second, (widest - 8, self.height / 2)).text(theme.ink))
        yield Group(tuple(drawn), kind="axes")

    def _ticks(self, axis: str) -> list[tuple[float, typeset.Fragment]]:
        """Return the ticks of an axis, and what is written at each."""
        of: Range = getattr(self, axis)
        length = self.width if axis == "horizontal" else self.height
        most = min(TICKS, max(1, int(length / ROOM[axis])))
        if axis not in self.logarithmic:
            step = step_of(of, most)
            return [(value, _number(value, step)) for value in ticks(of, most)]
        found = powers(of, most)
        if all(abs(place) < 4 for place, _ in found):
            return [(place, numeral(number, 6, TICK)) for place, number in found]
        return [(k, set_name(Name(f"10^{{{k:.0f}}}", f"1e{k:.0f}"), TICK)) for k, _ in found]


def powers(of: Range, most: int = TICKS) -> list[tuple[float, float]]:
    """Return a few numbers of a logarithmic axis, powers of ten where it has several.

    Each comes with its logarithm, which is its place.
    """
    low, high = of
    whole = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    if len(whole) > 2:
        step = math.ceil((len(whole) - 1) / most)
        chosen = [k for k in whole if k % step == 0]
        return [(float(k), float(f"1e{k}")) for k in chosen]
    near = [float(f"{k}e{n}") for n in range(math.floor(low), math.ceil(high)) for k in (1, 2, 5)]
    return [(math.log10(x), x) for x in near if low - 1e-9 <= math.log10(x) <= high + 1e-9]


def numeral(number: float, digits: int, size: float) -> typeset.Fragment:
    """Return a number typeset, with a power of ten where it needs one."""
    said = text.number(number, digits)
    if "e" in said:
        return set_name(names.number(number, digits), size)
    return typeset.words(said.replace("-", "\N{MINUS SIGN}"), size)


def _number(value: float, step: float) -> typeset.Fragment:
    """Return a tick's number with the digits that tell it from the next."""
    apart = math.log10(abs(value) / step) if value else 0.0
    return numeral(value, min(MAX_DIGITS, max(6, math.ceil(apart) + 2)), TICK)


def step_of(of: Range, most: int = TICKS) -> float:
    """Return how far apart ticks are."""
    low, high = of
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= rough * 0.999)


def ticks(of: Range, most: int = TICKS) -> list[float]:
    """Return a few round numbers in a range."""
    (low, high), step = of, step_of(of, most)
    first = math.ceil(low / step - 1e-9)
    found = [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]
    return [float(f"{value:.10g}") + 0.0 for value in found]


def around(values: np.ndarray, margin: float = 0.25) -> Range:
    """Return the range of numbers with a margin, of one number 1 on both sides.

    It is wide enough for places in it to differ, however large the numbers are.
    """
    low, high = float(np.min(values)), float(np.max(values))
    spare = max(margin * (high - low) or 1.0, NARROWEST * max(abs(low), abs(high)))
    if not all(map(math.isfinite, (low, high, high + spare - (low - spare)))):
        raise DrawingError("a plot has finite numbers only; some are infinite, NaN or too large")
    return low - spare, high + spare

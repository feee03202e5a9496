"""How an edge tells its weight: colour and dashes for the sign, width for the size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphdiff.drawing.colours import mixed
from graphdiff.drawing.options import Weighted
from graphdiff.drawing.scene import Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Weight

THIN, THICK = 0.9, 3.0
PLAIN = 1.3
PALEST = 0.45
"""How much of its colour the smallest weight has."""


@dataclass(frozen=True)
class Scale:
    """The numbers that edges are painted by, and the largest of them."""

    by: Weighted
    largest: float
    numbers: Numbers

    def number(self, weight: Weight) -> Any:
        """Return the number an edge is painted by."""
        if self.by == "gradient":
            return self.numbers.gradient(weight)
        return self.numbers.weight(weight) if self.by == "weight" else None

    def stroke(self, weight: Weight, theme: Theme) -> Stroke:
        """Return how the line of an edge is drawn."""
        found = self.number(weight)
        value = None if found is None else float(found)
        if value is None or not math.isfinite(value) or not self.largest:
            return Stroke(theme.edge, PLAIN)
        share = min(1.0, abs(value) / self.largest)
        if not value:
            return Stroke(mixed(theme.edge, theme.background, PALEST), THIN)
        colour = mixed(signed(value, theme), theme.background, PALEST + (1 - PALEST) * share)
        return Stroke(colour, THIN + (THICK - THIN) * share, dashed=value < 0)


def signed(value: float, theme: Theme) -> str:
    """Return the colour of positive or of negative numbers."""
    return theme.reverse if value < 0 else theme.kinds["input"].stroke


def scale_for(weights: Iterable[Weight], numbers: Numbers, by: Weighted) -> Scale:
    """Return the scale for the edges drawn; plain ones where the numbers are not known."""
    if by == "gradient" and not numbers.has_gradients:
        by = "weight"
    of = numbers.gradient if by == "gradient" else numbers.weight
    found = [of(weight) for weight in weights] if by != "plain" else []
    known = [abs(float(value)) for value in found if value is not None]
    largest = max((value for value in known if math.isfinite(value)), default=0.0)
    return Scale(by if largest else "plain", largest, numbers)

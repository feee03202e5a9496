"""How an edge tells its weight: colour and dashes for the sign, width for the size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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

    def number(self, *weights: Weight) -> Any:
        """Return the number an edge is painted by, or the arrow of biases that enter as one."""
        return None if self.by == "plain" else _number(weights, self.numbers, self.by)

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

    def bias(self, weights: Sequence[Weight], theme: Theme, thick: float) -> Stroke:
        """Return how the arrow of a bias is drawn, up to so thick, in the parameters' colour."""
        found, colour = self.number(*weights), theme.kinds["parameter"].stroke
        if found is None or not self.largest or not math.isfinite(found):
            return Stroke(colour, PLAIN)
        return Stroke(colour, THIN + (thick - THIN) * min(1.0, abs(float(found)) / self.largest))


def _number(weights: Sequence[Weight], numbers: Numbers, by: Weighted) -> Any:
    if by == "gradient":
        return numbers.gradient(weights[0]) if len(weights) == 1 else None
    values = [numbers.weight(weight) for weight in weights]
    return None if any(value is None for value in values) else sum(values)


def signed(value: float, theme: Theme) -> str:
    """Return the colour of positive or of negative numbers."""
    return theme.reverse if value < 0 else theme.kinds["input"].stroke


def scale_for(drawn: Iterable[Sequence[Weight]], numbers: Numbers, by: Weighted) -> Scale:
    """Return the scale for the edges and biases drawn; a plain one where nothing is known.

    Each of ``drawn`` is a weight, or the biases that enter a neuron as one.
    """
    if by in ("gradient", "both") and not numbers.has_gradients:
        by = "weight"
    found = [_number(weights, numbers, by) for weights in drawn] if by != "plain" else []
    known = [abs(float(value)) for value in found if value is not None]
    largest = max((value for value in known if math.isfinite(value)), default=0.0)
    return Scale(by if largest else "plain", largest, numbers)

"""Heights over two parameters: lines of one height each, with numbers on some of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.drawing.network.pens import Written, centred
from graphdiff.drawing.options import MAX_DIGITS
from graphdiff.drawing.plots.axes import Axes, numeral
from graphdiff.drawing.plots.contours import Line, contour
from graphdiff.drawing.scene import Item, Point, Stroke
from graphdiff.drawing.themes import Theme, mixed
from graphdiff.drawing.typeset import Fragment
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import run_forward
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import text

GRID = 121
SIDE = 320.0
"""Of the square that is usually seen."""
LEVELS = 11
NUMBER = 11.5
PALEST = 0.3
MOST_NUMBERS = 2
"""Times a height is written, on the longest of its lines."""


def over(
    graph: ComputationalGraph,
    output: Node,
    parameters: tuple[Node, Node],
    values: Mapping[str, Any],
    xs: np.ndarray,
    ys: np.ndarray,
) -> np.ndarray:
    """Return the loss (rows of ys, columns of xs), all places as samples of one sweep."""
    first, second = (grid.reshape(-1) for grid in np.meshgrid(xs, ys))
    at = {**values, parameters[0].name: first, parameters[1].name: second}
    found = np.asarray(run_forward(graph, at).value[output.name], float)
    return np.broadcast_to(found, first.shape).reshape(len(ys), len(xs))


def levels_of(losses: np.ndarray) -> list[float]:
    """Return heights that are the closer together the lower they are.

    At least as squares; in a narrow valley the middle one is that of half of what is seen.
    """
    known = losses[np.isfinite(losses)]
    if not known.size:
        raise DrawingError("the loss has no finite value there; choose other ranges")
    low, high = float(known.min()), float(known.max())
    share = (float(np.median(known)) - low) / ((high - low) or 1.0)
    power = max(2.0, math.log(share) / math.log(0.5)) if share > 0 else 2.0
    return [low + (high - low) * ((k + 0.5) / LEVELS) ** power for k in range(LEVELS)]


def _digits(levels: Sequence[float]) -> int:
    """Return how many digits tell heights apart, three at least."""
    for digits in range(3, MAX_DIGITS):
        if len({text.number(level, digits) for level in levels}) == len({*levels}):
            return digits
    return MAX_DIGITS


@dataclass(frozen=True)
class Heights:
    """The lines of equal height of a function of two numbers.

    Attributes
    ----------
    levels, lines
        The heights, and the lines of each.
    """

    levels: tuple[float, ...]
    lines: tuple[tuple[Line, ...], ...]

    @classmethod
    def of(cls, xs: np.ndarray, ys: np.ndarray, losses: np.ndarray) -> Heights:
        """Return those of numbers on a grid.

        Raises
        ------
        DrawingError
            If none is finite.
        """
        levels = levels_of(losses)
        lines = ([one for one in contour(xs, ys, losses, at) if len(one) > 2] for at in levels)
        return cls(tuple(levels), tuple(map(tuple, lines)))

    def drawn(
        self, axes: Axes, paths: Sequence[Sequence[Point]], theme: Theme, strength: float = 1.0
    ) -> Iterator[Item]:
        """Yield the lines, the paler the higher, and on every second one its height, off the paths.

        With less ``strength`` all are paler, and stand back behind other lines.
        """
        steps = [step for path in paths for step in _steps(path)]
        written: list[Written] = []
        digits = _digits(self.levels)
        for k, (level, lines) in enumerate(zip(self.levels, self.lines, strict=True)):
            share = strength * (1 - (1 - PALEST) * k / LEVELS)
            colour = mixed(theme.kinds["input"].stroke, theme.background, share)
            yield from (axes.line(line, Stroke(colour, 1.2)) for line in lines)
            said = numeral(level, digits, NUMBER)
            for line in sorted(lines, key=len, reverse=True)[: MOST_NUMBERS if k % 2 else 0]:
                found = _height(axes, line, said, steps, written)
                if found is not None:
                    written.append(found)
        for said in written:
            yield said.ground(theme)
            yield said.text(theme.faint)


def _steps(path: Sequence[Point]) -> list[tuple[Point, Point]]:
    return [*itertools.pairwise(path)] or [(path[0], path[0])]


def _height(
    axes: Axes,
    line: Line,
    fragment: Fragment,
    steps: Sequence[tuple[Point, Point]],
    taken: Sequence[Written],
) -> Written | None:
    """Return the number of a line at a place of it where there is room, or None."""
    for share in (0.5, 0.35, 0.65, 0.2, 0.8):
        said = centred(fragment, axes.at(*line[int(share * (len(line) - 1))]))
        area = said.area.grown(4)
        inside = area.left > 0 and area.top > 0
        inside = inside and area.right < axes.width and area.bottom < axes.height
        crosses = any(area.crossing(*step) for step in steps)
        if inside and not crosses and not any(area.meets(other.area) for other in taken):
            return said
    return None

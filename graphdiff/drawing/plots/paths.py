"""The paths of several descents over lines of equal height: whole, and step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.drawing.labels.description import Entry, counted
from graphdiff.drawing.network import names
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, Range, around
from graphdiff.drawing.plots.curves import within
from graphdiff.drawing.plots.heights import GRID, SIDE, Heights, over
from graphdiff.drawing.plots.plot import Plot, plot, writing
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.plots.strokes import MOST, stroke_of
from graphdiff.drawing.scene import Circle, Group, Item, Path, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import latex, text

BACK = 0.6
"""How strong the lines of equal height are, beside the paths."""
START, END = 4.5, 4.0
"""The radii of the dots at the start and at the end of a path."""
RING = 1.6
"""Around a dot, in the colour of the ground."""


@dataclass(frozen=True)
class Way:
    """The places of one descent.

    Attributes
    ----------
    name
        Whose it is.
    places
        Two numbers for each step, (steps + 1, 2).
    heights
        The objective at each.
    """

    name: str
    places: np.ndarray
    heights: np.ndarray

    def to(self, step: int) -> Way:
        """Return its part up to a step."""
        return Way(self.name, self.places[: step + 1], self.heights[: step + 1])


@dataclass(frozen=True)
class Land:
    """Lines of equal height over two parameters, with room for paths.

    Attributes
    ----------
    graph, output, parameters
        What is computed, of which output, over which two.
    ways
        The paths.
    ranges, heights
        What is drawn of both, and the lines.
    """

    graph: ComputationalGraph
    output: Node
    parameters: tuple[Node, Node]
    ways: tuple[Way, ...]
    ranges: tuple[Range, Range]
    heights: Heights
    options: Options

    def plot(self, step: int | None = None) -> Plot:
        """Return the paths up to a step, or whole."""
        ways = self.ways if step is None else tuple(way.to(step) for way in self.ways)
        theme = self.options.theme
        with writing(self.graph, self.options):
            first, second = (names.Name(latex.name(p.name), p.name) for p in self.parameters)

        def draw(setting: Setting) -> Iterator[Item]:
            axes = Axes(*self.ranges, SIDE * setting.across, SIDE * setting.upwards)
            whole = [[axes.at(x, y) for x, y in way.places.tolist()] for way in self.ways]
            yield Group(tuple(self.heights.drawn(axes, whole, theme, BACK)), kind="contours")
            yield from axes.frame(theme, (first, second))
            for k, way in enumerate(ways):
                yield Group(tuple(_way(axes, way, stroke_of(k, theme))), kind="descent")
            yield Group(tuple(_dots(axes, ways, theme)), kind="dots")

        return plot(self.graph, self.options, draw, list(self._legend()), self._alt(ways))

    def _legend(self) -> Iterator[Entry]:
        for k, way in enumerate(self.ways):
            left = _outside(self.ranges, way.places[-1])
            yield Entry(stroke_of(k, self.options.theme), way.name + ", leaves" * left)
        several = len(self.ways) > 1
        end = f"{'dots' if several else 'dot'}: the end{'s' if several else ''}"
        yield Entry(None, f"open dot: the start; full {end}")

    def _alt(self, ways: Sequence[Way]) -> str:
        first, second = (p.name for p in self.parameters)
        told = [
            f"{way.name} is after {counted(len(way.places) - 1, 'step')} at "
            f"({', '.join(text.number(float(x), 4) for x in way.places[-1])}), where "
            f"{self.output.name} is {text.number(float(way.heights[-1]), 4)}"
            for way in ways
        ]
        start = ", ".join(text.number(float(x), 4) for x in ways[0].places[0])
        return (
            f"Lines of equal {self.output.name} over {first} and {second}, and paths from "
            f"({start}). {'; '.join(told)}."
        )


def land(
    graph: ComputationalGraph,
    output: Node,
    parameters: tuple[Node, Node],
    values: Mapping[str, Any],
    ways: Sequence[Way],
    spans: tuple[Range, Range] | None,
    options: Options,
) -> Land:
    """Return the heights over two parameters, all else held, with the paths of descents.

    Raises
    ------
    DrawingError
        If there are too many paths, or no finite height.
    """
    if len(ways) > MOST:
        raise DrawingError(f"there are {len(ways)} paths; at most {MOST} are told apart")
    ranges = spans or _ranges(ways)
    for low, high in ranges:
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise DrawingError(f"the range is ({low:g}, {high:g}); give two numbers, low and high")
    xs, ys = (np.linspace(*span, GRID) for span in ranges)
    heights = Heights.of(xs, ys, over(graph, output, parameters, values, xs, ys))
    return Land(graph, output, parameters, tuple(ways), ranges, heights, options)


def _ranges(ways: Sequence[Way]) -> tuple[Range, Range]:
    """Return ranges with all places that are no higher than the start: none of what diverges."""
    kept = np.concatenate([way.places[way.heights <= way.heights[0]] for way in ways])
    return around(kept[:, 0], 0.2), around(kept[:, 1], 0.2)


def _outside(ranges: tuple[Range, Range], place: np.ndarray) -> bool:
    (left, right), (low, high) = ranges
    return not (left <= place[0] <= right and low <= place[1] <= high)


def _way(axes: Axes, way: Way, stroke: Stroke) -> Iterator[Item]:
    """Yield the steps as one line, as far as it is inside."""
    points = [axes.at(x, y) for x, y in way.places.tolist()]
    for line in within(axes, points):
        yield Path(line[0], tuple((point,) for point in line[1:]), stroke=stroke)


def _dots(axes: Axes, ways: Sequence[Way], theme: Theme) -> Iterator[Item]:
    ranges = axes.horizontal, axes.vertical
    for k, way in enumerate(ways):
        if len(way.places) > 1 and not _outside(ranges, way.places[-1]):
            stroke = stroke_of(k, theme)
            yield Circle(
                *axes.at(*way.places[-1].tolist()),
                END,
                stroke.colour,
                Stroke(theme.background, RING),
            )
    if not _outside(ranges, ways[0].places[0]):
        start = axes.at(*ways[0].places[0].tolist())
        yield Circle(*start, START, theme.background, Stroke(theme.ink, 1.8))

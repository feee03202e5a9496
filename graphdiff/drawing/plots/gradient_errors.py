"""The error of central differences against h, with its branches of truncation and rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Circle, Group, Item, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

DASHES = (6.0, 3.0)
DOTS = (2.0, 2.5)
WIDTH, HEIGHT = 380.0, 280.0
ACROSS = (-12.4, -0.6)
"""The powers of ten that h is."""


@dataclass(frozen=True)
class _Branch:
    """A line of errors that grow as a power of h: log e = through + slope·log h."""

    said: str
    slope: float
    through: float
    stroke: Stroke


def gradient_errors(
    graph: ComputationalGraph, errors: Mapping[float, float], options: Options
) -> Plot:
    """Return the error against h, both as powers of ten, with lines of h² and of 1/h.

    Raises
    ------
    DrawingError
        If there are no errors to draw: the differences are exact.
    """
    points = [(math.log10(h), math.log10(e)) for h, e in errors.items() if e > 0]
    if len(points) < 2:
        raise DrawingError("the differences are exact at every h; there is no error to draw")
    theme, heights = options.theme, [y for _, y in points]
    lowest, highest = math.floor(min(heights)) - 0.5, math.ceil(max(heights)) + 0.5
    x, y = min(points, key=lambda point: point[1])
    curve, branches = Stroke(theme.paths[0], 2.0), list(_branches(points, x, theme))

    def draw(setting: Setting) -> Iterator[Item]:
        both = frozenset({"horizontal", "vertical"})
        sides = WIDTH * setting.across, HEIGHT * setting.upwards
        axes = Axes(ACROSS, (lowest, highest), *sides, both)
        for branch in branches:
            ends = [(p, branch.through + branch.slope * p) for p in _within(branch, axes)]
            yield axes.line(ends, branch.stroke)
        yield axes.line(sorted(points), curve)
        yield Group(tuple(Circle(*axes.at(*p), 3.2, theme.paths[0], curve) for p in points))
        yield from axes.frame(theme, (Name("h", "h"), Name(r"\mathrm{error}", "error")))

    legend = [Entry(curve, "largest relative error")]
    legend += [Entry(branch.stroke, branch.said) for branch in branches]
    alt = (
        f"The largest relative error of central differences against h. It is least, 1e{y:.1f}, "
        f"at h = 1e{x:.0f}."
    )
    return plot(graph, options, draw, legend, alt)


def _branches(points: Sequence[tuple[float, float]], x: float, theme: Theme) -> Iterator[_Branch]:
    """Yield the branches on both sides of the least error that have points enough."""
    sides = (
        ("truncation, like h²", 2.0, [p for p in points if p[0] >= x], DASHES, theme.paths[1]),
        ("rounding, like 1/h", -1.0, [p for p in points if p[0] <= x], DOTS, theme.paths[2]),
    )
    for said, slope, of, dashes, colour in sides:
        if len(of) > 2:
            through = sorted(q - slope * p for p, q in of)[len(of) // 2]
            yield _Branch(said, slope, through, Stroke(colour, 1.4, dashes=dashes))


def _within(branch: _Branch, axes: Axes) -> tuple[float, float]:
    """Return from where to where a line is within the axes."""
    at = sorted((height - branch.through) / branch.slope for height in axes.vertical)
    return max(at[0], axes.horizontal[0]), min(at[1], axes.horizontal[1])

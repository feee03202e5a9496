"""The error of central differences against h, with its branches of truncation and rounding."""

from __future__ import annotations

import math
from collections.abc import Mapping

from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.scene import Circle, Group, Item, Stroke
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

DASHES = (6.0, 3.0)
DOTS = (2.0, 2.5)


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
    both = frozenset({"horizontal", "vertical"})
    axes = Axes((-12.4, -0.6), (lowest, highest), 380.0, 280.0, both)
    x, y = min(points, key=lambda point: point[1])
    branches = (
        ("truncation, like h²", 2.0, [p for p in points if p[0] >= x], DASHES, theme.paths[1]),
        ("rounding, like 1/h", -1.0, [p for p in points if p[0] <= x], DOTS, theme.paths[2]),
    )
    items, legend = list[Item](), list[Entry]()
    for said, slope, branch, dashes, colour in branches:
        if len(branch) > 2:
            stroke = Stroke(colour, 1.4, dashes=dashes)
            through = sorted(q - slope * p for p, q in branch)[len(branch) // 2]
            ends = [(p, through + slope * p) for p in _within(slope, through, axes)]
            items.append(axes.line(ends, stroke))
            legend.append(Entry(stroke, said))
    curve = Stroke(theme.paths[0], 2.0)
    items.append(axes.line(sorted(points), curve))
    items.append(Group(tuple(Circle(*axes.at(*p), 3.2, theme.paths[0], curve) for p in points)))
    items += axes.frame(theme, (Name("h", "h"), Name(r"\mathrm{error}", "error")))
    legend.insert(0, Entry(curve, "largest relative error"))
    alt = (
        f"The largest relative error of central differences against h. It is least, 1e{y:.1f}, "
        f"at h = 1e{x:.0f}."
    )
    return plot(graph, options, items, legend, alt)


def _within(slope: float, through: float, axes: Axes) -> tuple[float, float]:
    """Return from where to where a line is within the axes."""
    at = sorted((height - through) / slope for height in axes.vertical)
    return max(at[0], axes.horizontal[0]), min(at[1], axes.horizontal[1])

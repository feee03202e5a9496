"""Curves over steps, in panels one below the other, each curve with its name at its end."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.extents import Area, areas, united
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import Written, below, right_of, set_name
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import NAME, TICK, Axes, Range, around
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.plots.strokes import MOST, stroke_of
from graphdiff.drawing.scene import Circle, Group, Item, Path, Point, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError, GraphError
from graphdiff.graph import ComputationalGraph
from graphdiff.notation import text

WIDTH, HEIGHT = 440.0, 200.0
"""A panel with its names: on a page 84 mm wide its type has 6 points yet."""
LEAST_WIDTH = 190.0
LEFT = 62.0
"""Room for the numbers of the vertical axis."""
BETWEEN = 40.0
"""Between two panels."""
LEADER, SAMPLE, APART = 22.0, 24.0, 17.0
"""From the end of a curve to the sample of its line, its length, and from a name to the next."""
DOTS = (1.2, 2.4)
"""Of leaders, which no curve has."""
LONGEST_NAME = 190.0
"""A name beside a curve that is longer is cut."""
DOTTED = 25
"""Curves of at most so many points have a dot at each."""
BINS = 400
"""A longer curve is drawn by the first, least, greatest and last number of so many parts."""
DECADES = 2.0
"""Positive numbers that span more powers of ten have a logarithmic axis."""
MOST_DECADES = 40.0
"""Powers of ten of a logarithmic axis; what is less than that leaves it at the bottom."""
BOTTOM = 1e4


@dataclass(frozen=True)
class Curve:
    """Numbers over steps, with a name."""

    name: Name
    xs: np.ndarray
    ys: np.ndarray


@dataclass(frozen=True)
class Panel:
    """Curves in one pair of axes.

    Attributes
    ----------
    across, title
        What the numbers across are, and what those upwards are.
    log
        Whether the vertical axis is logarithmic; None to choose by the numbers.
    most
        Curves leave the axes above this number, None where nothing is cut off.
    """

    across: Name
    title: Name
    curves: tuple[Curve, ...]
    log: bool | None = None
    most: float | None = None

    @property
    def is_log(self) -> bool:
        """Whether the vertical axis is logarithmic.

        Raises
        ------
        DrawingError
            If that is asked for, and a number is negative, or none is positive.
        """
        known = self._known
        if self.log:
            for curve in self.curves:
                wrong = np.flatnonzero(curve.ys < 0)
                if wrong.size:
                    raise DrawingError(
                        f"{curve.name.plain} is {curve.ys[wrong[0]]:g} at {self.across.plain} "
                        f"{curve.xs[wrong[0]]:g}; a logarithmic axis has no negative numbers, "
                        "leave log out"
                    )
            if not (known > 0).any():
                raise DrawingError("all numbers are 0; a logarithmic axis has positive ones only")
        if self.log is not None or (known < 0).any() or not (known > 0).any():
            return bool(self.log)
        return math.log10(known.max()) - math.log10(known[known > 0].min()) > DECADES

    @property
    def _known(self) -> np.ndarray:
        """All numbers that are seen.

        Raises
        ------
        DrawingError
            If there are none.
        """
        limit = math.inf if self.most is None else self.most
        ys = np.concatenate([curve.ys for curve in self.curves] or [np.zeros(0)])
        known = ys[np.isfinite(ys) & (ys <= limit)]
        if not known.size:
            raise DrawingError("there is no finite number to draw")
        return known

    @property
    def upwards(self) -> Range:
        """What numbers the vertical axis has, or which powers of ten."""
        known = self._known
        if self.is_log:
            powers = np.log10(known[known > 0])
            known = np.maximum(powers, powers.max() - MOST_DECADES)
        return around(known, 0.07)

    def heights(self, curve: Curve) -> np.ndarray:
        """Return the numbers of a curve as they are on the vertical axis, far below it for 0."""
        if not self.is_log:
            return curve.ys
        with np.errstate(divide="ignore"):
            return np.maximum(np.log10(curve.ys), -BOTTOM)


def curves_plot(
    graph: ComputationalGraph, panels: Sequence[Panel], options: Options, alt: str
) -> Plot:
    """Return panels one below the other, or on a wide sheet beside, with the title of a graph.

    Raises
    ------
    DrawingError
        If there are too many curves in one, or no finite number.
    """
    usual = min(map(_width, panels))

    def draw(setting: Setting) -> Iterator[Item]:
        size = usual * setting.across, HEIGHT * setting.upwards
        drawn = [Group(tuple(_panel(panel, size, options.theme)), kind="panel") for panel in panels]
        boxes = [united(areas([group])) for group in drawn]
        wide = max(box.right - box.left for box in boxes) + BETWEEN
        top = 0.0
        for start in range(0, len(drawn), setting.columns):
            row = range(start, min(start + setting.columns, len(drawn)))
            above = min(boxes[k].top for k in row)
            for k in row:
                left = (k - start) * wide - (boxes[k].left if setting.columns > 1 else 0.0)
                yield replace(drawn[k], x=left, y=top - above)
            top += max(boxes[k].bottom for k in row) - above + BETWEEN

    return plot(graph, options, draw, list(_legend(panels)), alt, parts=len(panels))


def _legend(panels: Sequence[Panel]) -> Iterator[Entry]:
    """Yield what is to be known of curves that leave their axes."""
    for panel in panels:
        low, high = panel.upwards
        heights = [panel.heights(curve) for curve in panel.curves]
        cut = any((ys[ys > -BOTTOM] < low).any() for ys in heights)
        less = f"less than {text.number(10.0 ** round(low), 1)}, or 0" if cut else "0"
        below, above = ([(ys < low).any() for ys in heights], [(ys > high).any() for ys in heights])
        for leaving, where in ((below, f"at the bottom: {less}"), (above, "at the top")):
            said = [c.name.plain for c, leaves in zip(panel.curves, leaving, strict=True) if leaves]
            if said:
                verb = "leaves" if len(said) == 1 else "leave"
                yield Entry(None, f"{', '.join(said)} {verb} {where}")


def _width(panel: Panel) -> float:
    """Return the width of the axes, with the names of the curves beside them."""
    if len(panel.curves) > MOST:
        raise DrawingError(f"there are {len(panel.curves)} curves; at most {MOST} are told apart")
    longest = max((_label(curve).width for curve in panel.curves), default=0.0)
    beside = LEADER + SAMPLE + 6 + longest if _is_named(panel) else 0.0
    return max(LEAST_WIDTH, WIDTH - LEFT - beside)


def _is_named(panel: Panel) -> bool:
    """Whether curves have names: one alone is what the title says."""
    return [curve.name for curve in panel.curves] != [panel.title]


def _label(curve: Curve) -> typeset.Fragment:
    whole = said(curve.name, TICK)
    if whole.width <= LONGEST_NAME:
        return whole
    return boxes.cut(curve.name.plain, TICK, LONGEST_NAME)


def said(name: Name, size: float) -> typeset.Fragment:
    """Typeset a name; one without LaTeX is words."""
    return set_name(name, size) if name.latex else typeset.words(name.plain, size)


def _panel(panel: Panel, size: tuple[float, float], theme: Theme) -> Iterator[Item]:
    curves = [(curve.xs, panel.heights(curve)) for curve in panel.curves]
    logarithmic = frozenset({"vertical"} if panel.is_log else ())
    axes = Axes(_across(curves), panel.upwards, *size, logarithmic)
    is_dotted = max(len(xs) for xs, _ in curves) <= DOTTED
    for k, (xs, ys) in enumerate(curves):
        drawn = _curve(axes, xs, ys, stroke_of(k, theme), is_dotted=is_dotted)
        yield Group(tuple(drawn), kind="curve")
    yield from axes.frame(theme, (panel.across, None))
    title = said(panel.title, NAME)
    yield below(title, (title.width / 2, -12 - title.height)).text(theme.ink)
    if _is_named(panel):
        yield Group(tuple(_names(panel, axes, curves, theme)), kind="names")


def _across(curves: Sequence[tuple[np.ndarray, np.ndarray]]) -> Range:
    low, high = (float(f([f(xs) for xs, _ in curves])) for f in (np.min, np.max))
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _curve(
    axes: Axes, xs: np.ndarray, ys: np.ndarray, stroke: Stroke, *, is_dotted: bool
) -> Iterator[Item]:
    """Yield a curve with gaps where numbers are not finite, and a dot at each if asked for."""
    known = np.isfinite(ys)
    breaks = np.flatnonzero(np.diff(known.astype(int))) + 1
    for part in np.split(np.arange(len(xs)), breaks):
        if not known[part[0]]:
            continue
        chosen = part[_telling(ys[part])]
        points = [
            axes.at(x, y) for x, y in zip(xs[chosen].tolist(), ys[chosen].tolist(), strict=True)
        ]
        for line in within(axes, points):
            yield Path(line[0], tuple((point,) for point in line[1:]), stroke=stroke)
        if len(points) == 1 or is_dotted:
            for x, y in points:
                if 0 <= x <= axes.width and 0 <= y <= axes.height:
                    yield Circle(x, y, 2.6, fill=stroke.colour)


def within(axes: Axes, points: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield the parts of a line through points that are inside of axes."""
    inside = Area(0.0, 0.0, axes.width, axes.height)
    line: list[Point] = []
    for one, other in itertools.pairwise(points):
        part = None if one == other else inside.grown(1e-6).crossing(one, other)
        if part is None:
            continue
        start, end = (
            one if share == 0 else other if share == 1 else _between(one, other, share)
            for share in part
        )
        if line and line[-1] != start:
            yield line
            line = []
        line += [end] if line else [start, end]
    if line:
        yield line


def _between(one: Point, other: Point, share: float) -> Point:
    (x, y), (u, v) = one, other
    return x + share * (u - x), y + share * (v - y)


def _telling(ys: np.ndarray) -> np.ndarray:
    """Return the places of the numbers that make a curve look as all of them do.

    Of each of some parts the first, the least, the greatest and the last (Jugel et al., M4, 2014).
    """
    if len(ys) <= 4 * BINS:
        return np.arange(len(ys))
    found: list[int] = []
    for part in np.array_split(np.arange(len(ys)), BINS):
        within = ys[part]
        found += {part[0], part[within.argmin()], part[within.argmax()], part[-1]}
    return np.array(sorted(found))


def _names(
    panel: Panel, axes: Axes, curves: Sequence[tuple[np.ndarray, np.ndarray]], theme: Theme
) -> Iterator[Item]:
    """Yield the names right of the axes, each behind a piece of its line, with leaders to ends."""
    ends: list[tuple[float, float, int]] = []
    for k, (xs, ys) in enumerate(curves):
        last = np.flatnonzero(np.isfinite(ys))[-1:]
        for at in last:
            x, y = axes.at(float(xs[at]), float(ys[at]))
            if not 0 <= y <= axes.height:  # it has left the axes
                x, y = 0.0, min(max(y, 0.0), axes.height)
            ends.append((y, x, k))
    ends.sort()
    distance = max(APART, *(_label(curve).height + 2.0 for curve in panel.curves))
    heights = apart([y for y, _, _ in ends], distance)
    least = axes.height - 6.0
    for k in reversed(range(len(heights))):  # above the numbers of the other axis
        heights[k] = min(heights[k], least)
        least = heights[k] - distance
    for (y, x, k), height in zip(ends, heights, strict=True):
        start = (axes.width + LEADER, height)
        to = (start[0] + SAMPLE, height)
        if x >= axes.width - 0.5:  # one that ends before is told by its line alone
            leader = Stroke(theme.faint, 1.0, dashes=DOTS)
            yield Path((axes.width + 2.0, y), (((start[0] - 3.0, height),),), stroke=leader)
        yield Path(start, ((to,),), stroke=stroke_of(k, theme))
        yield _beside(panel.curves[k], to).text(theme.ink)


def _beside(curve: Curve, to: tuple[float, float]) -> Written:
    return right_of(_label(curve), (to[0] + 5, to[1]))


def apart(places: Sequence[float], distance: float) -> list[float]:
    """Return sorted places moved so that each is so far from the next, and as little as may be.

    Those that would meet are one block around the mean of where they belong, as in the regression
    of a sequence that must not fall (pool adjacent violators).

    Examples
    --------
    >>> apart([0, 0, 10], 4)
    [-2.0, 2.0, 10.0]
    """
    blocks: list[list[float]] = []
    wanted = [place - k * distance for k, place in enumerate(places)]
    for place in wanted:
        blocks.append([place])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = [_mean(block) for block in blocks for _ in block]
    return [place + k * distance for k, place in enumerate(moved)]


def _mean(block: Sequence[float]) -> float:
    return sum(block) / len(block)


def check_log(given: object) -> None:
    """Raise unless it is True, False, or None for a choice by the numbers."""
    if given is not None and not isinstance(given, bool):
        raise GraphError(
            f"log is {given!r:.40}; give True, False, or None to choose by the numbers"
        )

"""The curve of an activation in a small box with axes, drawn from its own numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.network.pens import Written
from graphdiff.drawing.scene import Circle, Item, Path, Point, Rectangle, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.recognition.activations import Activation

WIDTH, HEIGHT = 104.0, 78.0
INSET = 9.0
REACH = 4.0
FARTHEST = 40.0
"""A net value beyond this is not marked on the curve."""
SAMPLES = 161
TICK = 10.5
TALLEST = 1e6

At = Callable[[float, float], Point]
"""From a net value and a value to the point in the box."""


def curve(
    activation: Activation,
    centre: Point,
    theme: Theme,
    net: float | None = None,
    least: float = 0.0,
) -> Iterator[Item]:
    """Yield a box around a point with the curve in it, the value at ``net`` marked.

    Type is no smaller than ``least``.
    """
    x, y = centre[0] - WIDTH / 2, centre[1] - HEIGHT / 2
    paint = theme.kinds["computation"]
    yield Rectangle(x, y, WIDTH, HEIGHT, 4, paint.fill, Stroke(paint.stroke, 1.5))
    marked = net is not None and abs(net) <= FARTHEST
    reach = max(REACH, 1.2 * abs(net)) if marked and net is not None else REACH
    z = np.linspace(-reach, reach, SAMPLES)
    a = activation.at(z)
    known = a[np.isfinite(a) & (np.abs(a) <= TALLEST)]
    if not known.size:
        return
    low, high = min(0.0, float(known.min())), max(0.0, float(known.max()))
    spare = 0.08 * ((high - low) or 1.0)
    low, high = low - spare, high + spare
    inner_width, inner_height = WIDTH - 2 * INSET, HEIGHT - 2 * INSET

    def at(net_value: float, value: float) -> Point:
        return (
            x + INSET + (net_value + reach) / (2 * reach) * inner_width,
            y + INSET + (high - value) / (high - low) * inner_height,
        )

    axis = Stroke(theme.faint, 0.7)
    yield Path(at(-reach, 0), ((at(reach, 0),),), stroke=axis)
    yield Path(at(0, low), ((at(0, high),),), stroke=axis)
    yield from _ticks(known, at, theme, max(TICK, least))
    line = Stroke(theme.ink, 1.9)
    if activation.jump is not None:
        yield from _steps(activation.jump, reach, at, line, paint.fill)
    else:
        yield from _line(z, a, at, line)
    if marked and net is not None:
        value = float(activation.at(np.array([net]))[0])
        if np.isfinite(value) and low <= value <= high:
            yield Circle(*at(net, value), 4.0, fill=theme.reverse, stroke=Stroke(paint.fill, 1.0))


def _ticks(known: np.ndarray, at: At, theme: Theme, size: float) -> Iterator[Item]:
    """Yield 1 and −1 at the vertical axis, where the curve comes near them and no farther."""
    for level, extreme in ((1, float(known.max())), (-1, float(known.min()))):
        if abs(extreme - level) < 0.05:
            fragment = typeset.words(f"{level}".replace("-", "\N{MINUS SIGN}"), size)
            px, py = at(0, level)
            side = px - 4 - fragment.width if level > 0 else px + 4
            middle = (fragment.ascent - fragment.descent) / 2
            yield Path((px - 2, py), (((px + 2, py),),), stroke=Stroke(theme.faint, 0.7))
            yield Written(fragment, side, py + middle).text(theme.faint)


def _steps(
    jump: tuple[float, float, float], reach: float, at: At, line: Stroke, ground: str
) -> Iterator[Item]:
    """Yield two levels; a full dot is the value at 0, an open one is none."""
    low, middle, high = jump
    yield Path(at(-reach, low), ((at(0, low),),), stroke=line)
    yield Path(at(0, high), ((at(reach, high),),), stroke=line)
    for level in (low, high):
        if level != middle:
            yield Circle(*at(0, level), 2.6, fill=ground, stroke=Stroke(line.colour, 1.2))
    yield Circle(*at(0, middle), 2.6, fill=line.colour, stroke=Stroke(line.colour, 1.2))


def _line(z: np.ndarray, a: np.ndarray, at: At, line: Stroke) -> Iterator[Item]:
    """Yield the curve, in pieces where it has no value."""
    run: list[Point] = []
    for net_value, value in zip(z.tolist(), a.tolist(), strict=True):
        if np.isfinite(value) and abs(value) <= TALLEST:
            run.append(at(net_value, value))
            continue
        if len(run) > 1:
            yield Path(run[0], tuple((point,) for point in run[1:]), stroke=line)
        run = []
    if len(run) > 1:
        yield Path(run[0], tuple((point,) for point in run[1:]), stroke=line)

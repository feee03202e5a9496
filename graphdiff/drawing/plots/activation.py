"""Activations and their derivatives as curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Unpack

import numpy as np

from graphdiff.drawing import typeset
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.pens import below
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.drawing.plots.axes import Axes, Range
from graphdiff.drawing.plots.plot import Plot, plot
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.plots.strokes import stroke_of
from graphdiff.drawing.scene import Circle, Group, Item, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError, unknown
from graphdiff.graph import ComputationalGraph
from graphdiff.language import functions
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.recognition.activations import NET, Activation, recognised

SAMPLES = 801
WIDTH, HEIGHT = 320.0, 240.0
GAP, BELOW = 78.0, 92.0
MOST = 4


Given = str | Callable[[Expression], Expression]
"""An activation: a name of the catalogue, or a function of a node."""


def plot_activation(
    *activations: Given,
    span: Range = (-6.0, 6.0),
    derivative: bool = True,
    **choices: Unpack[OptionKeywords],
) -> Plot:
    """Draw the curves of activations over a range, and beside them those of their derivatives.

    Parameters
    ----------
    activations
        Up to four: names such as ``"sigmoid"``, or functions such as ``gd.relu`` and
        ``lambda z: 2 * gd.sigmoid(z) - 1``.
    span
        The least and the largest z.
    choices
        ``theme``, ``width``, ``aspect``, ``page``, ``size`` and ``show`` of
        :meth:`graphdiff.Graph.draw`; with ``direction="TB"`` the derivatives stand below, as they
        do in a narrow column.

    Raises
    ------
    UnknownNameError
        For a name that is none.
    DrawingError
        If there are none or too many, one has no curve, or the range is empty.

    Examples
    --------
    >>> import graphdiff as gd
    >>> print(gd.plot_activation("sigmoid").alt)
    The curve of sigmoid and its derivative from -6 to 6.
    """
    low, high = span
    if not (np.isfinite([low, high]).all() and low < high):
        raise DrawingError(f"the range is ({low:g}, {high:g}); give two numbers, the smaller first")
    if not 1 <= len(activations) <= MOST:
        count = len(activations)
        raise DrawingError(f"there are {count} activations; give 1 to {MOST} for one plot")
    options, z = Options(**choices), np.linspace(low, high, SAMPLES)
    found = [_activation(given) for given in activations]
    value, slope = Name(r"\varphi(z)", "φ(z)"), Name(r"\varphi'(z)", "φ′(z)")
    panels = [(value, [each.at(z) for each in found])]
    if derivative:
        panels.append((slope, [each.slopes(z) for each in found]))
    for _, values in panels:
        _check(found, values, span)

    def draw(setting: Setting) -> Iterator[Item]:
        for k, (name, values) in enumerate(panels):
            axes = _axes(values, span, setting)
            drawn = tuple(_curves(axes, values, z, name, options.theme))
            down, across = divmod(k, setting.columns)
            yield Group(drawn, across * (axes.width + GAP), down * (axes.height + BELOW))

    several, said = len(found) > 1, ", ".join(each.described for each in found)
    legend = [Entry(stroke_of(k, options.theme), each.described) for k, each in enumerate(found)]
    also = f" and {'their derivatives' if several else 'its derivative'}" if derivative else ""
    alt = f"The curve{'s' if several else ''} of {said}{also} from {low:g} to {high:g}."
    titled = ComputationalGraph("" if several else said)
    parts = len(panels)
    columns = 1 if options.direction in ("TB", "BT") else parts
    return plot(titled, options, draw, legend if several else [], alt, parts=parts, columns=columns)


def _activation(given: Given) -> Activation:
    if not isinstance(given, str):
        made = given(NET)
        if not isinstance(made, Expression):
            raise DrawingError(f"{given!r:.40} gives no formula of a node; give an activation")
        return recognised(made)
    if given == "identity":
        return recognised(NET)
    name = functions.ALIASES.get(given, given)
    if name not in functions.NAMED:
        raise unknown("activation", given, ["identity", *functions.NAMED])
    function = functions.NAMED[name]
    if function.arity - len(function.defaults) != 1:
        raise DrawingError(f"{given!r} takes {function.arity} numbers; an activation takes one")
    return recognised(Apply(function, (NET, *map(Constant, function.defaults))))


def _check(found: Sequence[Activation], values: Sequence[np.ndarray], span: Range) -> None:
    for activation, a in zip(found, values, strict=True):
        if not np.isfinite(a).any():
            raise DrawingError(f"{activation.name!r} has no value from {span[0]:g} to {span[1]:g}")


def _axes(values: Sequence[np.ndarray], span: Range, setting: Setting) -> Axes:
    known = np.concatenate([a[np.isfinite(a)] for a in values])
    low, high = min(0.0, float(known.min())), max(0.0, float(known.max()))
    spare = 0.08 * ((high - low) or 1.0)
    sides = WIDTH * setting.across, HEIGHT * setting.upwards
    return Axes((float(span[0]), float(span[1])), (low - spare, high + spare), *sides)


def _curves(
    axes: Axes, values: Sequence[np.ndarray], z: np.ndarray, name: Name, theme: Theme
) -> Iterator[Item]:
    faint = Stroke(theme.faint, 0.7)
    if z[0] < 0 < z[-1]:
        yield axes.line([(0, axes.vertical[0]), (0, axes.vertical[1])], faint)
    yield axes.line([(z[0], 0), (z[-1], 0)], faint)
    for k, a in enumerate(values):
        yield Group(tuple(_curve(axes, z, a, stroke_of(k, theme))), kind="curve")
    yield from axes.frame(theme, (Name("z", "z"), None))
    title = typeset.formula(name.latex, name.plain, 17.0)
    yield below(title, (axes.width / 2, -14 - title.height)).text(theme.ink)


def _curve(axes: Axes, z: np.ndarray, a: np.ndarray, stroke: Stroke) -> Iterator[Item]:
    """Yield a curve in pieces: it is not drawn across a jump."""
    steep = np.abs(np.diff(a)) > 0.2 * (axes.vertical[1] - axes.vertical[0])
    breaks = np.flatnonzero(steep | ~np.isfinite(np.diff(a))) + 1
    for part in np.split(np.arange(len(z)), breaks):
        points = [(float(z[k]), float(a[k])) for k in part if np.isfinite(a[k])]
        if len(points) > 1:
            yield axes.line(points, stroke)
        elif points:
            yield Circle(*axes.at(*points[0]), 3.0, fill=stroke.colour)

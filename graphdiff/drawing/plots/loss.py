"""The loss over two parameters: lines of one height, and the path that descent takes on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphdiff.drawing.labels.description import Entry, Phrase, counted
from graphdiff.drawing.network import names
from graphdiff.drawing.network.pens import arrow
from graphdiff.drawing.options import Options
from graphdiff.drawing.plots.axes import Axes, Range, around
from graphdiff.drawing.plots.heights import GRID, SIDE, Heights, over
from graphdiff.drawing.plots.plot import Plot, plot, writing
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Circle, Group, Item, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError, NumericalError
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.run import run_backward
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import latex, text

MOST_STEPS = 10_000
ARROW = 12.0
"""Steps that are longer are drawn as arrows."""


def descended(
    graph: ComputationalGraph,
    output: Node,
    parameters: tuple[Node, Node],
    values: Mapping[str, Any],
    rate: float,
    steps: int,
) -> np.ndarray:
    """Return the places (steps + 1, 2) of gradient descent in two parameters, all else held.

    θ ← θ − η ∂E/∂θ.

    Raises
    ------
    DrawingError
        If a step leaves the finite numbers.
    """
    at = {**checked_values(graph, values)}
    path = [tuple(float(at[p.name]) for p in parameters)]
    for step in range(steps):
        try:
            run = run_backward(graph, output, at, wrt=parameters)
        except NumericalError as error:
            if not step:
                raise
            raise DrawingError(
                f"after {counted(step, 'step')} of descent {output.name!r} is no finite "
                f"number any more; give a smaller rate than {rate:g}, or fewer steps"
            ) from error
        for parameter in parameters:
            at[parameter.name] = at[parameter.name] - rate * run.gradient[parameter.name]
        path.append(tuple(float(at[p.name]) for p in parameters))
    return np.array(path)


def loss_plot(
    graph: ComputationalGraph,
    output: Node,
    parameters: tuple[Node, Node],
    values: Mapping[str, Any],
    *,
    steps: int,
    spans: tuple[Range, Range] | None,
    options: Options,
) -> Plot:
    """Return lines of equal loss over two parameters, with the path of descent.

    Raises
    ------
    DrawingError
        If the output is no scalar, a parameter is none or has several entries, or the loss has
        no finite value.
    """
    _check(output, parameters, steps)
    rate = options.rate
    path = descended(graph, output, parameters, values, rate or 0.0, steps if rate else 0)
    ranges = spans or (around(path[:, 0], 0.3), around(path[:, 1], 0.3))
    xs, ys = (np.linspace(*span, GRID) for span in ranges)
    losses = over(graph, output, parameters, values, xs, ys)
    found, theme = Heights.of(xs, ys, losses), options.theme
    with writing(graph, options):
        first, second = (names.Name(latex.name(p.name), p.name) for p in parameters)

    def draw(setting: Setting) -> Iterator[Item]:
        axes = Axes(*ranges, SIDE * setting.across, SIDE * setting.upwards)
        places = [axes.at(x, y) for x, y in path.tolist()]
        yield Group(tuple(found.drawn(axes, [places], theme)), kind="contours")
        yield from axes.frame(theme, (first, second))
        yield Group(tuple(_path(axes, path, theme)), kind="descent")

    begin, end = (_at(graph, output, parameters, values, place) for place in (path[0], path[-1]))
    with writing(graph, options):
        legend = list(_legend(output, path, (begin, end), rate, options))
    alt = (
        f"Lines of equal {output.name} over {first.plain} and {second.plain}, from "
        f"{text.number(found.levels[0], 4)} to {text.number(found.levels[-1], 4)}. "
        f"At ({_place(path[0])}) {output.name} is {text.number(begin, 4)}"
    )
    if len(path) > 1:
        made = counted(len(path) - 1, "step")
        alt += f"; after {made}, at ({_place(path[-1])}), {text.number(end, 4)}"
    return plot(graph, options, draw, legend, f"{alt}.")


def _at(
    graph: ComputationalGraph,
    output: Node,
    parameters: tuple[Node, Node],
    values: Mapping[str, Any],
    place: np.ndarray,
) -> float:
    return float(over(graph, output, parameters, values, place[:1], place[1:])[0, 0])


def _check(output: Node, parameters: tuple[Node, Node], steps: object) -> None:
    if output.size != 1:
        raise DrawingError(f"{output.name!r} has shape {output.shape}; a surface is of one number")
    for parameter in parameters:
        if not parameter.is_leaf or parameter.shape:
            what = "computed" if not parameter.is_leaf else f"of shape {parameter.shape}"
            raise DrawingError(
                f"{parameter.name!r} is {what}; the surface is over two leaves that are numbers"
            )
    if parameters[0] is parameters[1]:
        raise DrawingError(f"both parameters are {parameters[0].name!r}; give two")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 0 <= steps <= MOST_STEPS:
        raise DrawingError(f"steps is {steps!r:.40}; give a whole number from 0 to {MOST_STEPS}")


# What is drawn


def _path(axes: Axes, path: np.ndarray, theme: Theme) -> Iterator[Item]:
    """Yield the steps as arrows, or as a line where they are short; an open dot at the start."""
    stroke = Stroke(theme.reverse, 1.8)
    is_inside = [
        axes.horizontal[0] <= x <= axes.horizontal[1] and axes.vertical[0] <= y <= axes.vertical[1]
        for x, y in path.tolist()
    ]
    for k in range(len(path) - 1):
        if is_inside[k] and is_inside[k + 1]:
            one, other = axes.at(*path[k].tolist()), axes.at(*path[k + 1].tolist())
            if math.dist(one, other) > ARROW:
                yield from arrow(one, other, stroke, 6.0)
            elif one != other:
                yield axes.line(path[k : k + 2].tolist(), stroke)
    for k, radius, fill in ((0, 4.5, theme.background), (-1, 3.0, theme.reverse)):
        if is_inside[k] and (k == 0 or len(path) > 1):
            yield Circle(*axes.at(*path[k].tolist()), radius, fill, stroke)


def _legend(
    output: Node, path: np.ndarray, losses: tuple[float, float], rate: Any, options: Options
) -> Iterator[Entry]:
    name = latex.name(output.name)
    yield Entry(Phrase("formula", name, output.name), "is constant on each line")
    begin, end = (names.in_words(loss, options.digits) for loss in losses)
    if len(path) > 1 and rate is not None:
        steps = f"{counted(len(path) - 1, 'step')} of descent, η = {names.in_words(rate, 4)}"
        yield Entry(Stroke(options.theme.reverse, 1.8), f"{steps}: from {begin} to {end}")
    else:
        yield Entry(None, f"open dot: {begin}")


def _place(place: np.ndarray) -> str:
    return ", ".join(text.number(float(value), 4) for value in place)

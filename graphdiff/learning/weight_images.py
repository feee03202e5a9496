"""The weights of each unit as an image, where what comes in is one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np

from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.drawing.plots.images import images
from graphdiff.drawing.plots.plot import Plot
from graphdiff.errors import GraphError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning.choices import is_whole
from graphdiff.models.mlp import MLP
from graphdiff.notation import text
from graphdiff.workbench import Graph


def plot_weights(
    model: Graph,
    name: Any = "W__1",
    shape: tuple[int, int] | None = None,
    *,
    rows: Iterable[int] | None = None,
    **choices: Unpack[OptionKeywords],
) -> Plot:
    r"""Draw the rows of a matrix of weights as images of h × w cells, all in one scale of colours.

    Dark blue is the most negative, pale yellow the most positive; 0 has the colour of the paper.

    Parameters
    ----------
    model
        A network, or any graph with values.
    name
        The matrix, (k, h·w), a row for each unit.
    shape
        (h, w) of an image; left out, a square.
    rows
        Which rows, counted from 0 as in Python; left out, all. The numbers below images are those
        of units in pictures and formulas, which count from 1: ``rows=[0]`` is unit 1.
    **choices
        ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

    Raises
    ------
    GraphError
        If the matrix is none, has no value, or its rows are no images of this shape.
    DrawingError
        For more than 100 images, or 60 000 cells.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([9, 4, 1], seed=1)
    >>> print(plot_weights(net, "W__1", (3, 3)).alt)
    The rows of W__1 as 4 images of 3 × 3, from -0.6419 to 0.6532.
    """
    graph = model.layers() if isinstance(model, MLP) and model.view == "neurons" else model
    node = graph[name]
    if node.value is None:
        raise GraphError(f"{node.name!r} has no value; give it one, or train the graph")
    weights = np.asarray(FLOAT64.number(node.value), float)
    if weights.ndim != 2:
        raise GraphError(f"{node.name!r} has shape {weights.shape}; images are rows of a matrix")
    high, wide = _checked(shape, weights.shape[1], node.name)
    chosen = list(range(len(weights)) if rows is None else rows)
    for row in chosen:
        if not is_whole(row) or not 0 <= row < len(weights):
            raise GraphError(f"{node.name!r} has no row {row!r:.20}; give some of 0 to "
                             f"{len(weights) - 1}")  # fmt: skip
    if not chosen:
        raise GraphError("no rows are given; leave rows out to draw all")
    shown = weights[chosen]
    ends = " to ".join(text.number(float(x), 4) for x in (shown.min(), shown.max()))
    several = f"{len(chosen)} image{'s' * (len(chosen) != 1)}"
    alt = f"The rows of {node.name} as {several} of {high} × {wide}, from {ends}."
    labels = tuple(str(int(row) + 1) for row in chosen)
    return images(graph, shown, (high, wide), labels, Options(**choices), alt)


def _checked(shape: Any, size: int, name: str) -> tuple[int, int]:
    if shape is None:
        side = math.isqrt(size)
        if side * side != size:
            raise GraphError(
                f"a row of {name!r} has {size} weights, which is no square; give shape=(h, w)"
            )
        return side, side
    try:
        high, wide = (int(n) for n in shape)
    except (TypeError, ValueError):
        raise GraphError(f"shape is {shape!r:.40}; give the height and the width, (h, w)") from None
    if high < 1 or high * wide != size:
        raise GraphError(
            f"shape is ({high}, {wide}), but a row of {name!r} has {size} weights; give (h, w) "
            f"with h·w = {size}"
        )
    return high, wide

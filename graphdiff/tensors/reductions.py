"""Reductions along axes: sum, mean, variance, norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.expression import Apply, Expression, apply, as_expression
from graphdiff.tensors.common import (
    Axis,
    axes_of,
    axis_keywords,
    composite,
    kernel,
    named_map,
    spread,
    squeezed,
)


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the sum Σ x_I along one axis, several, or all.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.sum([[1, 2], [3, 4]], axis=0))
    >>> g.forward().value["s"]
    array([4., 6.])
    """
    return as_expression(x).sum(axis, keepdims=keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the mean (1/n) Σ x_I along one axis, several, or all.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> m = g.node("m", gd.mean([[1, 2], [3, 4]], axis=1, keepdims=True))
    >>> g.forward(exact=True).value["m"]
    array([[3/2],
           [7/2]], dtype=object)
    """
    return as_expression(x).mean(axis, keepdims=keepdims)


def var(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the variance (1/n) Σ (x_I − mean)² along axes; divided by n, not by n − 1.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> v = g.node("v", gd.var([1, 2, 6]))
    >>> g.forward(exact=True).value["v"]
    14/3
    """
    x = as_expression(x)
    axes = axes_of(axis, x, "var")

    def expand(a: Expression) -> Expression:
        return ((a - a.mean(axes, keepdims=True)) ** 2).mean(axes, keepdims=keepdims)

    return composite("var", expand, x, axis_keywords(axes, x, keepdims=keepdims))


def norm(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the Euclidean norm √Σ x_I² along axes; of a matrix, Frobenius'.

    It has no derivative at 0, where a reverse sweep is refused; its square has one.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> n = g.node("n", gd.norm(g.parameter("x", [3, 4])))
    >>> g.backward().gradient["x"]
    array([0.6, 0.8])
    """
    x = as_expression(x)
    axes = axes_of(axis, x, "norm")

    def expand(a: Expression) -> Expression:
        return apply(named_map("sqrt"), (a**2).sum(axes, keepdims=keepdims))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], value: Apply) -> Expression:
        (a,) = arguments
        return spread(c, a, axes) * (a / spread(value, a, axes))

    return composite(
        "norm", expand, x, axis_keywords(axes, x, keepdims=keepdims), rule=rule,
        kernel=kernel(lambda a, along: squeezed(_norm(a, along), along, keepdims=keepdims),
                      axes, x.ndim),
        latex=r"\left\|{0}\right\|", caveat="a norm has no derivative at 0",
    )  # fmt: skip


def _norm(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
    """Return the norm of entries in units of the largest, whose squares are in range."""
    largest = np.max(np.abs(a), axis=along, keepdims=True)
    unit = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return unit * np.sqrt(np.sum((a / unit) ** 2, axis=along, keepdims=True))

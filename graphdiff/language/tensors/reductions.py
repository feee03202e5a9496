"""Reductions along axes: sum, mean, variance, norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.tensors.common import Axes, Axis, named_map, reduction


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

    def expand(a: Expression, axes: Axes) -> Expression:
        return ((a - a.mean(axes, keepdims=True)) ** 2).mean(axes, keepdims=keepdims)

    return reduction("var", x, axis, expand, keepdims=keepdims)


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

    def expand(a: Expression, axes: Axes) -> Expression:
        return apply(named_map("sqrt"), (a**2).sum(axes, keepdims=keepdims))

    def rule(c: Expression, a: Expression, value: Expression, _: Axes) -> Expression:
        return c * (a / value)

    return reduction(
        "norm", x, axis, expand, keepdims=keepdims, rule=rule, compute=_norm,
        latex=r"\left\|{0}\right\|", caveat="a norm has no derivative at 0",
    )  # fmt: skip


def _norm(a: np.ndarray, along: Axes) -> np.ndarray:
    """Return the norm of entries in units of the largest, whose squares are in range."""
    largest = np.max(np.abs(a), axis=along, keepdims=True)
    unit = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return unit * np.sqrt(np.sum((a / unit) ** 2, axis=along, keepdims=True))

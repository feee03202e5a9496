"""Reductions along axes: sum, mean, variance, standard deviation, norm."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.language import shapes
from graphdiff.language.cotangent_arithmetic import times
from graphdiff.language.expression import Expression, apply, as_expression, count, described
from graphdiff.language.tensors.common import (
    Axes,
    Axis,
    Keywords,
    axes_of,
    counted,
    named_map,
    reduction,
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


def var(x: Any, axis: Axis = None, *, ddof: int = 0, keepdims: bool = False) -> Expression:
    """Return the variance Σ (x_I − mean)² / (n − ddof) along axes; with ddof=1 that of a sample.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice, or no more entries than ddof.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> v = g.node("v", gd.var([1, 2, 6]))
    >>> g.forward(exact=True).value["v"]
    14/3
    """
    x = as_expression(x)
    freedom = _freedom("var", x, axis, ddof)

    def expand(a: Expression, axes: Axes) -> Expression:
        squares = (a - a.mean(axes, keepdims=True)) ** 2
        if not ddof:
            return squares.mean(axes, keepdims=keepdims)
        return squares.sum(axes, keepdims=keepdims) / count(freedom)

    return reduction("var", x, axis, expand, keepdims=keepdims, keywords=_ddof(ddof))


def std(x: Any, axis: Axis = None, *, ddof: int = 0, keepdims: bool = False) -> Expression:
    """Return the standard deviation √(Σ (x_I − mean)² / (n − ddof)) along axes.

    It has no derivative where all entries are equal.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice, or no more entries than ddof.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.std(g.parameter("x", [1, 5, 3, 3]), ddof=1))
    >>> g.forward(exact=True).value["s"]
    2*sqrt(6)/3
    """
    x = as_expression(x)
    freedom = _freedom("std", x, axis, ddof)

    def expand(a: Expression, axes: Axes) -> Expression:
        return apply(named_map("sqrt"), var(a, axes, ddof=ddof, keepdims=keepdims))

    def rule(c: Expression, a: Expression, value: Expression, axes: Axes) -> Expression:
        return c * ((a - a.mean(axes, keepdims=True)) / (value * count(freedom)))

    def compute(a: np.ndarray, along: Axes) -> np.ndarray:
        return _norm(a - a.mean(along, keepdims=True), along) / np.sqrt(float(freedom))

    return reduction(
        "std", x, axis, expand, keepdims=keepdims, rule=rule, compute=compute,
        keywords=_ddof(ddof), caveat="a standard deviation has no derivative where it is 0",
    )  # fmt: skip


def _freedom(name: str, x: Expression, axis: Axis, ddof: int) -> Any:
    """Return n − ddof, which sums of squares are divided by."""
    taken = counted(ddof, "ddof", name, least=0)
    entries = shapes.entries(tuple(x.shape[k] for k in axes_of(axis, x, name)))
    if isinstance(entries, int) and entries <= taken:
        raise GraphError(
            f"{name} of {described(x)} with ddof={taken} would divide by {entries - taken}, as it "
            f"is along {entries} entr{'y' if entries == 1 else 'ies'}; give a smaller ddof"
        )
    return entries - taken


def _ddof(ddof: int) -> Keywords:
    return (("ddof", int(ddof)),) if ddof else ()


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

    def stable(a: Expression, axes: Axes) -> Expression:
        largest = abs(a).max(axes, keepdims=True)
        unit = apply(named_map("max"), apply(named_map("min"), largest, LARGEST), SMALLEST)
        length = apply(named_map("sqrt"), ((a / unit) ** 2).sum(axes, keepdims=keepdims))
        return unit.reshape(length.shape) * length

    def rule(c: Expression, a: Expression, value: Expression, _: Axes) -> Expression:
        return times(c, a / value)

    return reduction(
        "norm", x, axis, expand, keepdims=keepdims, rule=rule, stable=stable, compute=_norm,
        latex=r"\left\|{0}\right\|", caveat="a norm has no derivative at 0",
    )  # fmt: skip


_RANGE = float(np.finfo(float).tiny), float(np.finfo(float).max)
SMALLEST, LARGEST = map(sp.Rational, _RANGE)
"""The range of float64."""


def _norm(a: np.ndarray, along: Axes) -> np.ndarray:
    """Return the norm of entries in units of the largest, whose squares are in range."""
    largest = np.maximum.reduce(np.abs(a), axis=along, keepdims=True)
    unit = np.minimum(np.maximum(largest, _RANGE[0]), _RANGE[1])
    return unit * np.sqrt(np.add.reduce((a / unit) ** 2, axis=along, keepdims=True))

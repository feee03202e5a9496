"""Softmax and its like, computed so that no exponential overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.language.expression import Apply, Expression, apply
from graphdiff.language.functions.scalar_function import ABOVE_0
from graphdiff.language.tensors.common import (
    Axes,
    Axis,
    axes_of_some,
    composite,
    kernel,
    last_axis,
    named_map,
    reduction,
    vector,
)


def softmax(x: Any, axis: Axis = -1) -> Expression:
    """Return exp(x_i) / Σ_k exp(x_k) along an axis, the last if none is given.

    Raises
    ------
    GraphError
        For a scalar, or if there is no such axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.softmax([1000, 1000, -1000]))
    >>> g.forward().value["s"]
    array([0.5, 0.5, 0. ])
    """
    x = vector(x, "softmax")
    axes = axes_of_some(axis, x, "softmax")

    def expand(a: Expression) -> Expression:
        e = apply(named_map("exp"), a)
        return e / e.sum(axes, keepdims=True)

    def stable(a: Expression) -> Expression:
        e, _ = _shifted(a, axes)
        return e / e.sum(axes, keepdims=True)

    def rule(_: int, c: Expression, __: tuple[Expression, ...], s: Apply) -> Expression:
        return s * (c - (s * c).sum(axes, keepdims=True))

    return composite(
        "softmax", expand, x, last_axis(axes, x), rule=rule, stable=stable,
        logarithm=lambda a: log_softmax(a, axes), kernel=kernel(_softmax, axes, x.ndim),
        range=ABOVE_0, sums_to_one=axes,
    )  # fmt: skip


def log_softmax(x: Any, axis: Axis = -1) -> Expression:
    """Return x_i − log Σ_k exp(x_k) along an axis, the last if none is given.

    Raises
    ------
    GraphError
        For a scalar, or if there is no such axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.log_softmax([1000, 0, -1000]))
    >>> g.forward().value["s"]
    array([    0., -1000., -2000.])
    """
    x = vector(x, "log_softmax")
    axes = axes_of_some(axis, x, "log_softmax")

    def expand(a: Expression) -> Expression:
        return a - apply(named_map("log"), apply(named_map("exp"), a).sum(axes, keepdims=True))

    def stable(a: Expression) -> Expression:
        e, largest = _shifted(a, axes)
        return (a - largest) - apply(named_map("log"), e.sum(axes, keepdims=True))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], __: Apply) -> Expression:
        return c - softmax(arguments[0], axes) * c.sum(axes, keepdims=True)

    return composite(
        "log_softmax", expand, x, last_axis(axes, x), rule=rule, stable=stable,
        kernel=kernel(lambda a, along: a - _logsumexp(a, along), axes, x.ndim),
    )  # fmt: skip


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return log Σ_k exp(x_k) along one axis, several, or all.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.logsumexp(g.parameter("x", [1000, 0])))
    >>> run = g.backward()
    >>> run.value["s"], run.gradient["x"]
    (1000.0, array([1., 0.]))
    """

    def expand(a: Expression, axes: Axes) -> Expression:
        return apply(named_map("log"), apply(named_map("exp"), a).sum(axes, keepdims=keepdims))

    def stable(a: Expression, axes: Axes) -> Expression:
        e, largest = _shifted(a, axes)
        total = largest + apply(named_map("log"), e.sum(axes, keepdims=True))
        return total if keepdims else total.sum(axes)

    def rule(c: Expression, a: Expression, _: Expression, axes: Axes) -> Expression:
        return c * (softmax(a, axes) if axes else 1)

    return reduction(
        "logsumexp", x, axis, expand, keepdims=keepdims, rule=rule, compute=_logsumexp,
        stable=stable,
    )  # fmt: skip


def _shifted(a: Expression, axes: Axes) -> tuple[Expression, Expression]:
    """Return exp(a − max a), which does not overflow, and max a."""
    largest = a.max(axes, keepdims=True)
    return apply(named_map("exp"), a - largest), largest


def _softmax(a: np.ndarray, along: Axes) -> np.ndarray:
    e = np.exp(a - np.maximum.reduce(a, axis=along, keepdims=True))
    return e / np.add.reduce(e, axis=along, keepdims=True)


def _logsumexp(a: np.ndarray, along: Axes) -> np.ndarray:
    largest = np.maximum.reduce(a, axis=along, keepdims=True)
    return largest + np.log(np.add.reduce(np.exp(a - largest), axis=along, keepdims=True))

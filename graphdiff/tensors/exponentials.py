"""Softmax and its like, computed so that no exponential overflows."""

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
    last_axis,
    named_map,
    spread,
    squeezed,
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
    axes = axes_of(axis, x, "softmax")

    def expand(a: Expression) -> Expression:
        e = apply(named_map("exp"), a)
        return e / e.sum(axes, keepdims=True)

    def rule(_: int, c: Expression, __: tuple[Expression, ...], s: Apply) -> Expression:
        return s * (c - (s * c).sum(axes, keepdims=True))

    return composite(
        "softmax", expand, x, last_axis(axes, x), rule=rule, kernel=kernel(_softmax, axes, x.ndim)
    )


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
    axes = axes_of(axis, x, "log_softmax")

    def expand(a: Expression) -> Expression:
        return a - apply(named_map("log"), apply(named_map("exp"), a).sum(axes, keepdims=True))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], __: Apply) -> Expression:
        return c - softmax(arguments[0], axes) * c.sum(axes, keepdims=True)

    return composite(
        "log_softmax", expand, x, last_axis(axes, x), rule=rule,
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
    x = as_expression(x)
    axes = axes_of(axis, x, "logsumexp")

    def expand(a: Expression) -> Expression:
        return apply(named_map("log"), apply(named_map("exp"), a).sum(axes, keepdims=keepdims))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], __: Apply) -> Expression:
        (a,) = arguments
        return spread(c, a, axes) * (softmax(a, axes) if axes else 1)

    def compute(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
        return squeezed(_logsumexp(a, along), along, keepdims=keepdims)

    return composite(
        "logsumexp", expand, x, axis_keywords(axes, x, keepdims=keepdims), rule=rule,
        kernel=kernel(compute, axes, x.ndim),
    )  # fmt: skip


def _softmax(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
    e = np.exp(a - np.max(a, axis=along, keepdims=True))
    return e / np.sum(e, axis=along, keepdims=True)


def _logsumexp(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
    largest = np.max(a, axis=along, keepdims=True)
    return largest + np.log(np.sum(np.exp(a - largest), axis=along, keepdims=True))

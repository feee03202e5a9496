"""What functions of tensors have in common: axes, options as they are written, refusals."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language import functions, shapes
from graphdiff.language.expression import Apply, Expression, apply, as_expression, described
from graphdiff.language.functions import Function
from graphdiff.language.functions.movement import normal_axes
from graphdiff.language.functions.tensor_function import Composite

Axis = int | tuple[int, ...] | None
"""One axis, several, or all of them; negative ones are counted from the last."""

Axes = tuple[int, ...]
"""Axes counted from the first."""

Keywords = tuple[tuple[str, Any], ...]

Compute = Callable[[np.ndarray, Axes], np.ndarray]
"""What computes in float64, of an array and its axes counted from the last."""


def named_map(name: str) -> Function:
    """Return a function of the catalogue that acts entry by entry."""
    return functions.NAMED[name]


def composite(
    name: str,
    expand: Callable[..., Expression],
    x: Expression,
    keywords: Keywords = (),
    *more: Any,
    **options: Any,
) -> Apply:
    """Return a function made of others, applied."""
    operands = x, *map(as_expression, more)
    given = tuple(operand.shape for operand in operands)
    return apply(Composite(name, expand, keywords, shapes=given, **options), *operands)


def reduction(
    name: str,
    x: Any,
    axis: Axis,
    expand: Callable[[Expression, Axes], Expression],
    *,
    keepdims: bool,
    keywords: Keywords = (),
    rule: Callable[[Expression, Expression, Expression, Axes], Expression] | None = None,
    compute: Compute | None = None,
    stable: Callable[[Expression, Axes], Expression] | None = None,
    **options: Any,
) -> Apply:
    """Return a reduction made of other functions, along axes that its parts are given.

    Parameters
    ----------
    expand
        Its definition, of an array and the axes.
    keywords
        Options beside axes and keepdims.
    rule
        Its pullback, of the cotangent with its axes kept, the array, the value alike, and the axes.
    compute
        Its value in float64 with the axes kept, of an array and the axes from the last.
    stable
        Its definition in a form that is stable in floating point, of an array and the axes.
    """
    x = as_expression(x)
    axes = axes_of_some(axis, x, name)
    if rule is not None:
        options["rule"] = lambda _, c, arguments, value: rule(
            spread(c, arguments[0], axes), arguments[0], spread(value, arguments[0], axes), axes
        )
    if compute is not None:
        options["kernel"] = kernel(
            lambda a, along: squeezed(compute(a, along), along, keepdims=keepdims), axes, x.ndim
        )
    if stable is not None:
        options["stable"] = lambda a: stable(a, axes)
    keywords = (*axis_keywords(axes, x, keepdims=keepdims), *keywords)
    return composite(name, lambda a: expand(a, axes), x, keywords, **options)


def kernel(compute: Compute, axes: Axes, rank: int) -> Callable[..., np.ndarray]:
    """Return a float64 kernel of (arrays, shapes) from one of an array and axes from the last."""
    along = tuple(axis - rank for axis in axes)
    return lambda arrays, _: compute(arrays[0], along)


def squeezed(found: np.ndarray, along: tuple[int, ...], *, keepdims: bool) -> np.ndarray:
    """Return a reduction's result without the axes it was taken along, unless they are kept."""
    return found if keepdims else np.squeeze(found, axis=along)


def axes_of(axis: Axis, x: Expression, name: str) -> tuple[int, ...]:
    """Return axes counted from the first; raise GraphError if there is no such axis."""
    try:
        return normal_axes(axis, x.ndim, name)
    except ShapeError as error:
        raise error.named([described(x)]) from None


def axes_of_some(axis: Axis, x: Expression, name: str) -> tuple[int, ...]:
    """Return axes counted from the first; raise GraphError if there are no entries along them."""
    axes = axes_of(axis, x, name)
    if shapes.entries(tuple(x.shape[k] for k in axes)) == 0:
        raise GraphError(f"{name} of {described(x)} is over no entries, and has no value")
    return axes


def axis_of(axis: Any, rank: int, x: Expression, name: str) -> int:
    """Return one axis of so many, counted from the first."""
    try:
        return shapes.axis_of(axis, builtins.max(rank, 1), name)
    except ShapeError as error:
        raise error.named([described(x)]) from None


def axis_keywords(axes: tuple[int, ...], x: Expression, *, keepdims: bool = False) -> Keywords:
    """Return axes and keepdims as they are written where all axes are the default."""
    options: list[tuple[str, Any]] = []
    if len(axes) < x.ndim:
        options.append(("axis", axes[0] if len(axes) == 1 else axes))
    if keepdims:
        options.append(("keepdims", True))
    return tuple(options)


def last_axis(axes: tuple[int, ...], x: Expression) -> Keywords:
    """Return axes as they are written where the last one is the default."""
    if axes == (x.ndim - 1,):
        return ()
    return (("axis", axes[0] if len(axes) == 1 else axes),)


def spread(c: Expression, x: Expression, axes: tuple[int, ...]) -> Expression:
    """Return what a reduction of x gave, with its axes kept at size 1."""
    if c.ndim == x.ndim or not c.ndim:
        return c
    return c.reshape(tuple(1 if axis in axes else size for axis, size in enumerate(x.shape)))


def vector(x: Any, name: str) -> Expression:
    """Return an expression that has an axis."""
    x = as_expression(x)
    if not x.ndim:
        raise GraphError(f"{name} takes a vector or a batch of them, but was given {described(x)}")
    return x


def whole(value: Any, what: str, name: str) -> int:
    """Return an option that is a whole number, of any sign."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise GraphError(f"the {what} of {name} is {value!r:.40}; it must be a whole number")
    return int(value)


def counted(value: Any, what: str, name: str, least: int = 1) -> int:
    """Return an option that is a whole number, at least so large."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise GraphError(
            f"the {what} of {name} is {value!r:.40}; it must be a whole number from {least}"
        )
    return int(value)

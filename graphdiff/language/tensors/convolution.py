"""Convolutions and pooling: a contraction, the largest or the mean, of windows picked by index."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language import shapes
from graphdiff.language.expression import Expression, apply, as_expression, described
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Index, Key, Scatter, Slice, as_key
from graphdiff.language.tensors.common import composite, counted


def conv1d(x: Any, kernel: Any, *, stride: int = 1, padding: int = 0) -> Expression:
    """Return the cross-correlation Σ_u x_{s·i+u} k_u along the last axis, stride s.

    Deep learning calls it convolution: the kernel is not turned round. Shapes (n) with (k),
    or (…, channels, n) with (out, channels, k). ``padding`` zeros go to either side.

    Raises
    ------
    GraphError
        For other shapes, letters for sizes, a kernel longer than the data, and a stride or
        padding that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.conv1d([1, 2, 4, 8], [1, -1]))
    >>> g.forward().value["z"]
    array([-1., -2., -4.])
    """
    return _convolution("conv1d", x, kernel, 1, stride, padding)


def conv2d(x: Any, kernel: Any, *, stride: int = 1, padding: int = 0) -> Expression:
    """Return the cross-correlation along the last two axes.

    Shapes (h, w) with (k, l), or (…, channels, h, w) with (out, channels, k, l). Stride and
    padding are those of both axes.

    Raises
    ------
    GraphError
        For other shapes, letters for sizes, a kernel longer than the data, and a stride or
        padding that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.conv2d([[1, 2], [3, 4]], [[1, 1], [1, 1]], padding=1, stride=2))
    >>> g.forward().value["z"]
    array([[1., 2.],
           [3., 4.]])
    """
    return _convolution("conv2d", x, kernel, 2, stride, padding)


def max_pool1d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the largest entry of each window along the last axis.

    Windows stand side by side unless a stride is given; entries after the last whole window
    are left out. Entries that tie share the derivative.

    Raises
    ------
    GraphError
        For a scalar, letters for sizes, a window longer than the data, and a size or stride
        that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.max_pool1d([1, 5, 3, 2, 9], 2))
    >>> g.forward().value["z"]
    array([5., 3.])
    """
    return _pool("max_pool1d", x, size, 1, stride)


def max_pool2d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the largest entry of each square window along the last two axes.

    Windows stand side by side unless a stride is given; entries after the last whole window
    are left out. Entries that tie share the derivative.

    Raises
    ------
    GraphError
        For less than two axes, letters for sizes, a window longer than the data, and a size
        or stride that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.max_pool2d([[1, 5, 3, 2], [4, 0, 7, 6]], 2))
    >>> g.forward().value["z"]
    array([[5., 7.]])
    """
    return _pool("max_pool2d", x, size, 2, stride)


def avg_pool1d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the mean of each window along the last axis.

    Windows stand side by side unless a stride is given; entries after the last whole window
    are left out.

    Raises
    ------
    GraphError
        For a scalar, letters for sizes, a window longer than the data, and a size or stride
        that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.avg_pool1d([1, 5, 3, 2, 9], 2))
    >>> g.forward().value["z"]
    array([3. , 2.5])
    """
    return _pool("avg_pool1d", x, size, 1, stride)


def avg_pool2d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the mean of each square window along the last two axes.

    Windows stand side by side unless a stride is given; entries after the last whole window
    are left out.

    Raises
    ------
    GraphError
        For less than two axes, letters for sizes, a window longer than the data, and a size
        or stride that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.avg_pool2d([[1, 5, 3, 2], [4, 0, 7, 6]], 2))
    >>> g.forward().value["z"]
    array([[2.5, 4.5]])
    """
    return _pool("avg_pool2d", x, size, 2, stride)


def _convolution(
    name: str, x: Any, kernel: Any, axes: int, stride: Any, padding: Any
) -> Expression:
    x, kernel = as_expression(x), as_expression(kernel)
    plain = x.ndim == kernel.ndim == axes
    layered = x.ndim > axes and kernel.ndim == axes + 2 and x.shape[-axes - 1] == kernel.shape[1]
    if not plain and not layered:
        raise GraphError(
            f"{name} cannot take {described(x)} with the kernel {described(kernel)}; it takes "
            + ("(n) with (k), or (…, channels, n) with (out, channels, k)" if axes == 1 else
               "(h, w) with (k, l), or (…, channels, h, w) with (out, channels, k, l)")
        )  # fmt: skip
    step, zeros = counted(stride, "stride", name), counted(padding, "padding", name, least=0)

    def expand(a: Expression, k: Expression) -> Expression:
        windows = _windows(_padded(a, axes, zeros), k.shape[-axes:], step, name)
        places, inside = "xy"[:axes], "uv"[:axes]
        if plain:
            return apply(Einsum(f"{places}{inside},{inside}->{places}"), windows, k)
        lead = "abcdefghjklm"[: a.ndim - axes - 1]
        return apply(Einsum(f"{lead}i{places}{inside},oi{inside}->{lead}o{places}"), windows, k)

    given = (("stride", step, 1), ("padding", zeros, 0))
    keywords = tuple((key, value) for key, value, usual in given if value != usual)
    return composite(name, expand, x, keywords, kernel)


def _pool(name: str, x: Any, size: Any, axes: int, stride: Any) -> Expression:
    x = as_expression(x)
    if x.ndim < axes:
        raise GraphError(
            f"{name} takes {axes} ax{'i' if axes == 1 else 'e'}s or more, but was given "
            f"{described(x)}"
        )
    side = counted(size, "size", name)
    step = side if stride is None else counted(stride, "stride", name)

    def expand(a: Expression) -> Expression:
        windows = _windows(a, (side,) * axes, step, name)
        inside = tuple(range(windows.ndim - axes, windows.ndim))
        return windows.max(inside) if name.startswith("max") else windows.mean(inside)

    keywords = (("size", side), *((("stride", step),) if step != side else ()))
    return composite(name, expand, x, keywords)


def _windows(a: Expression, sizes: tuple[int, ...], stride: int, name: str) -> Expression:
    """Return every window along the last axes: the places first, then what is inside."""
    axes = len(sizes)
    if not shapes.is_known((*a.shape, *sizes)):
        raise GraphError(f"{name} needs sizes that are numbers, but {described(a)} has letters")
    counts = (
        builtins.max((length - size) // stride + 1, 1)
        for length, size in zip(a.shape[-axes:], sizes, strict=True)
    )
    shapes.checked((*a.shape[:-axes], *counts, *sizes), f"all windows of {name} together")
    for length, size in zip(a.shape[-axes:], sizes, strict=True):
        if size > length:
            raise GraphError(f"{name}: a window of {size} is longer than the {length} entries")
    return apply(Index(window_key(a.shape[-axes:], sizes, stride)), a)


def window_key(lengths: shapes.Shape, sizes: tuple[int, ...], stride: int) -> Key:
    """Return the brackets that choose every window along the last axes."""
    axes = len(sizes)
    key: list[Any] = [Ellipsis]
    for axis, (length, size) in enumerate(zip(lengths, sizes, strict=True)):
        starts = np.arange(0, length - size + 1, stride)
        place = [1] * (2 * axes)
        place[axis], place[axes + axis] = len(starts), size
        key.append((starts[:, None] + np.arange(size)).reshape(place))
    return as_key(tuple(key))


def _padded(a: Expression, axes: int, padding: int) -> Expression:
    if not padding:
        return a
    inner = tuple(Slice(padding, padding + size, None) for size in a.shape[-axes:])
    wide = (*a.shape[:-axes], *(size + 2 * padding for size in a.shape[-axes:]))
    shapes.checked(wide, f"{described(a)} with padding")
    return apply(Scatter((Ellipsis, *inner), wide), a)

"""Sums over windows by their name: convolutions, and their derivatives, which are some too.

A convolution is a contraction of windows, picked by index. Its derivative in the kernel is a
contraction of the same windows with the cotangent: a convolution with that. Its derivative in the
data puts the products of both back where the windows were: the full convolution of the cotangent,
so many zeros around it, with the kernel turned round. Windows must follow each other by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.language import tensors
from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.contraction import OUTER, Einsum, MatMul
from graphdiff.language.functions.movement import Broadcast, Index, Key, Reshape, Scatter, Slice
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.tensors.convolution import window_key
from graphdiff.symbolic.tensor_algebra.products import TRANSPOSED

CONVOLUTIONS = {1: tensors.conv1d, 2: tensors.conv2d}
LETTERS = {1: ("x", "u"), 2: ("xy", "uv")}
"""What convolutions call the places of windows, and the entries inside."""


def as_convolution(part: Apply) -> Expression | None:
    """Return a sum over windows as a convolution; None if it is none."""
    match part.function, part.arguments:
        case MatMul(), (windows, vector) if windows.ndim == 2 and vector.ndim == 1:
            return _of_windows(windows, vector)
        case Einsum() as function, (one, other):
            return _contracted(function, one, other)
        case Scatter(key=key, to=to), (inner,) if isinstance(inner, Apply):
            return _put_back(key, to, inner)
        case Index(key=key), (Apply(function=Composite()) as inner,):
            return _inner_part(key, inner)
    return None


def windows_of(key: Key, lengths: Any) -> tuple[int, tuple[int, ...], int] | None:
    """Return along how many axes a key chooses windows, their sizes and the stride."""
    axes = len(key) - 1
    if axes not in CONVOLUTIONS or key[0] is not Ellipsis or len(lengths) < axes:
        return None
    places = [np.array(part) for part in key[1:] if isinstance(part, tuple)]
    if len(places) < axes or any(place.ndim != 2 * axes for place in places):
        return None
    sizes = tuple(place.shape[axes + axis] for axis, place in enumerate(places))
    firsts = {
        int(place.flat[size])
        for place, size in zip(places, sizes, strict=True)
        if place.size > size
    }
    stride = firsts.pop() if len(firsts) == 1 else 1
    if stride < 1 or key != window_key(tuple(lengths[-axes:]), sizes, stride):
        return None
    return axes, sizes, stride


def _data_of(part: Expression) -> tuple[Expression, int, int, tuple[int, ...]] | None:
    """Return the data that windows are of, the zeros around it, its axes and the sizes."""
    if not isinstance(part, Apply) or not isinstance(part.function, Index):
        return None
    (data,) = part.arguments
    found = windows_of(part.function.key, data.shape)
    if found is None or found[2] != 1:
        return None
    axes, sizes, _ = found
    match data:
        case Apply(function=Scatter(key=(first, *slices)), arguments=(inner,)):
            width = _width(slices, inner.shape[-axes:], data.shape[-axes:])
            if first is Ellipsis and width is not None:
                return inner, width, axes, sizes
    return data, 0, axes, sizes


def _width(slices: Any, inner: Any, outer: Any) -> int | None:
    """Return how far from all ends slices of an array are; None if that is not all they are."""
    widths = {part.start for part in slices if isinstance(part, Slice)}
    if len(widths) != 1 or len(slices) != len(inner):
        return None
    (width,) = widths
    same = all(
        part == Slice(width, width + size, None) and whole == size + 2 * width
        for part, size, whole in zip(slices, inner, outer, strict=True)
    )
    return width if same else None


def _of_windows(windows: Expression, vector: Expression) -> Expression | None:
    """Return Σ_i c_i x_{i+u}, the windows of a vector times another."""
    if isinstance(windows, Apply) and windows.function == TRANSPOSED:
        windows = windows.arguments[0]
    found = _data_of(windows)
    if found is None or found[0].ndim != 1:
        return None
    return _convolved(found[0], vector, found[1], 1)


def _convolved(data: Expression, kernel: Expression, padding: int, axes: int) -> Expression:
    return CONVOLUTIONS[axes](data, kernel, padding=padding)


def _contracted(function: Einsum, one: Expression, other: Expression) -> Expression | None:
    """Return a contraction of windows with a cotangent over the places of the windows."""
    for (c, windows), (letters, inside) in (
        ((one, other), function.operands),
        ((other, one), function.operands[::-1]),
    ):
        found = _data_of(windows)
        if found is None:
            continue
        data, padding, axes, _ = found
        places, entries = inside[-2 * axes : -axes], inside[-axes:]
        if letters[-axes:] != places:
            continue
        lead, mine = inside[: -2 * axes], letters[:-axes]
        if not lead and not mine and function.output == entries:
            return _convolved(data, c, padding, axes)
        if len(lead) == 1 == len(mine) and function.output == mine + lead + entries:
            layers = (slice(None), None)
            return _layers_swapped(_convolved(data[layers], c[layers], padding, axes))
        if (
            len(lead) == 2 == len(mine) and lead[0] == mine[0]
            and function.output == mine[1] + lead[1] + entries
        ):  # fmt: skip
            data, c = _layers_swapped(data), _layers_swapped(c)
            return _layers_swapped(_convolved(data, c, padding, axes))
    return None


def _layers_swapped(part: Expression) -> Expression:
    """Return an array with its first two axes the other way round."""
    return tensors.transpose(part, 1, 0, *range(2, part.ndim))


def _put_back(key: Key, to: Any, inner: Apply) -> Expression | None:
    """Return products put back where windows were: a full convolution with the kernel turned."""
    found = windows_of(key, to)
    if found is None or len(set(found[1])) > 1:
        return None
    axes, sizes, stride = found
    match inner:
        case Apply(function=Broadcast(), arguments=(Apply(function=Reshape(), arguments=(c,)),)):
            return _of_means(c, to, axes, sizes, stride)
        case Apply(function=function, arguments=(c, kernel)) if function == OUTER:
            operands, output = (LETTERS[1][0], LETTERS[1][1]), "".join(LETTERS[1])
        case Apply(function=Einsum() as function, arguments=(c, kernel)):
            operands, output = function.operands, function.output
        case _:
            return None
    if stride != 1:
        return None
    letters, kernels = operands
    places, entries = letters[-axes:], kernels[-axes:]
    if not output.endswith(places + entries):
        return None
    padding = sizes[0] - 1
    lead, (mine, own) = output[: -2 * axes], (letters[:-axes], kernels[:-axes])
    if not lead and not mine and not own:
        return _convolved(c, tensors.flip(kernel), padding, axes)
    if len(own) == 2 and mine[-1:] == own[0] and lead == mine[:-1] + own[1]:
        turned = tensors.flip(kernel, tuple(range(2, 2 + axes)))
        return _convolved(c, _layers_swapped(turned), padding, axes)
    return None


def _of_means(c: Expression, to: Any, axes: int, sizes: Any, stride: int) -> Expression | None:
    """Return entries repeated over the windows they stand for."""
    if c.ndim != axes or len(to) != axes:
        return None
    ones = tensors.ones(*sizes)
    if stride == 1:
        return _convolved(c, ones, sizes[0] - 1, axes)
    if stride == sizes[0] and all(n * stride == m for n, m in zip(c.shape, to, strict=True)):
        return tensors.kron(c, ones)
    return None


def _inner_part(key: Key, inner: Apply) -> Expression | None:
    """Return a full convolution without what was put around the data: with fewer zeros."""
    name, options = inner.function.name, dict(inner.function.keywords)  # type: ignore[union-attr]
    axes = next((n for n, call in CONVOLUTIONS.items() if call.__name__ == name), 0)
    if not axes or set(options) != {"padding"} or key[0] is not Ellipsis:
        return None
    slices = key[1:]
    widths = {part.start for part in slices if isinstance(part, Slice)}
    if len(widths) != 1 or len(slices) != axes:
        return None
    width, zeros = widths.pop(), options["padding"]
    outer = inner.shape[-axes:]
    if any(part != Slice(width, n - width, None) for part, n in zip(slices, outer, strict=True)):
        return None
    if width > zeros:
        return None
    data, kernel = inner.arguments
    return _convolved(data, kernel, zeros - width, axes)

"""Functions of vectors, matrices and batches, to be called on nodes: ``gd.softmax(z)``.

Axes, shapes and broadcasting are NumPy's. A batch is a leading axis: losses are averaged
over it, softmax and the like act along the last axis.

Those made of others (softmax, the losses, the norms, convolutions) are shown under their
own name; their definition is what stands here.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np

from graphdiff import functions, shapes
from graphdiff.errors import GraphError, ShapeError
from graphdiff.expression import Apply, Constant, Expression, apply, as_expression, described
from graphdiff.functions import Function
from graphdiff.functions.contraction import Einsum
from graphdiff.functions.contraction import einsum as contraction
from graphdiff.functions.linear import Det, Inverse, LogDet
from graphdiff.functions.structure import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Scatter,
    Slice,
    Stack,
    as_key,
    normal_axes,
)
from graphdiff.functions.tensor import Composite
from graphdiff.shapes import axis_of

Axis = int | tuple[int, ...] | None


def _of(x: Any) -> Expression:
    return as_expression(x)


def _map(name: str) -> Function:
    return functions.NAMED[name]


# Reductions


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the sum along one axis, several, or all."""
    return _of(x).sum(axis, keepdims=keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the mean along one axis, several, or all."""
    return _of(x).mean(axis, keepdims=keepdims)


def var(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the variance along axes: the mean of the squared distance to the mean."""
    x = _of(x)
    axes = _axes(axis, x, "var")

    def expand(a: Expression) -> Expression:
        return ((a - a.mean(axes, keepdims=True)) ** 2).mean(axes, keepdims=keepdims)

    return _composite("var", expand, x, _axis_keywords(axes, x, keepdims=keepdims))


def norm(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the Euclidean norm along axes, the root of the sum of squares (Frobenius')."""
    x = _of(x)
    axes = _axes(axis, x, "norm")

    def expand(a: Expression) -> Expression:
        return apply(_map("sqrt"), (a**2).sum(axes, keepdims=keepdims))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], value: Apply) -> Expression:
        (a,) = arguments
        return _spread(c, a, axes) * (a / _spread(value, a, axes))

    return _composite("norm", expand, x, _axis_keywords(axes, x, keepdims=keepdims), rule=rule,
                      latex=r"\left\|{0}\right\|")  # fmt: skip


# Products


def matmul(a: Any, b: Any) -> Expression:
    """Return the matrix product a @ b."""
    return _of(a) @ b


def dot(a: Any, b: Any) -> Expression:
    """Return the inner product of two vectors, Σ a_i b_i."""
    a, b = _of(a), _of(b)
    if a.ndim != 1 or b.ndim != 1:
        raise GraphError(
            f"dot takes two vectors, but was given {described(a)} and {described(b)}; "
            "for matrices write @"
        )
    return a @ b


def outer(a: Any, b: Any) -> Expression:
    """Return the outer product of two vectors, the matrix a_i b_j."""
    return apply(Einsum("i,j->ij", "outer"), a, b)


def trace(a: Any) -> Expression:
    """Return the trace of a square matrix."""
    return apply(Einsum("ii->", "trace"), a)


def diag(x: Any) -> Expression:
    """Return the diagonal of a square matrix, or the diagonal matrix of a vector."""
    x = _of(x)
    if x.ndim != 1:
        return apply(Einsum("ii->i", "diag"), x)
    n = x.shape[0]
    return _composite("diag", lambda v: apply(Eye(n)) * v, x)


def einsum(subscripts: str, *operands: Any) -> Expression:
    """Return a contraction: the sum over the indices that are not in the output."""
    given = [_of(operand) for operand in operands]
    return apply(contraction(subscripts, [operand.ndim for operand in given]), *given)


def inv(a: Any) -> Expression:
    """Return the inverse of a square matrix."""
    return apply(Inverse(), a)


def det(a: Any) -> Expression:
    """Return the determinant of a square matrix."""
    return apply(Det(), a)


def logdet(a: Any) -> Expression:
    """Return the natural logarithm of the determinant, which must be positive."""
    return apply(LogDet(), a)


# Structure


def transpose(x: Any, *order: int) -> Expression:
    """Return the axes in another order, reversed if none is given."""
    return _of(x).transpose(*order)


def reshape(x: Any, *shape: Any) -> Expression:
    """Return the same entries, row by row, in another shape; one size may be −1."""
    return _of(x).reshape(*shape)


def broadcast_to(x: Any, shape: Any) -> Expression:
    """Return the same values repeated to a larger shape."""
    return apply(Broadcast(shapes.checked(shape, "the result of broadcast_to")), x)


def concatenate(*parts: Any, axis: int = 0) -> Expression:
    """Return arrays one after the other along an axis."""
    given = _several(parts, "concatenate")
    return apply(Concatenate(_axis(axis, given[0].ndim, given[0], "concatenate")), *given)


def stack(*parts: Any, axis: int = 0) -> Expression:
    """Return arrays of one shape along a new axis."""
    given = _several(parts, "stack")
    return apply(Stack(_axis(axis, given[0].ndim + 1, given[0], "stack")), *given)


def eye(n: int) -> Expression:
    """Return the identity matrix."""
    (size,) = shapes.checked((n,), "the identity matrix")
    return apply(Eye(size))


def ones(*shape: Any) -> Expression:
    """Return ones in every place of a shape."""
    return broadcast_to(1, _shape_given(shape))


def zeros(*shape: Any) -> Expression:
    """Return zeros in every place of a shape."""
    return broadcast_to(0, _shape_given(shape))


# Softmax and its like


def softmax(x: Any, axis: Axis = -1) -> Expression:
    """Return exp(x_i) / Σ_k exp(x_k) along an axis, the last if none is given."""
    x = _vector(x, "softmax")
    axes = _axes(axis, x, "softmax")

    def expand(a: Expression) -> Expression:
        e = apply(_map("exp"), a)
        return e / e.sum(axes, keepdims=True)

    def rule(_: int, c: Expression, __: tuple[Expression, ...], s: Apply) -> Expression:
        return s * (c - (s * c).sum(axes, keepdims=True))

    return _composite(
        "softmax", expand, x, _last_axis(axes, x), rule=rule,
        kernel=_kernel(_softmax, axes, x.ndim),
    )  # fmt: skip


def log_softmax(x: Any, axis: Axis = -1) -> Expression:
    """Return x_i − log Σ_k exp(x_k) along an axis, the last if none is given."""
    x = _vector(x, "log_softmax")
    axes = _axes(axis, x, "log_softmax")

    def expand(a: Expression) -> Expression:
        return a - apply(_map("log"), apply(_map("exp"), a).sum(axes, keepdims=True))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], __: Apply) -> Expression:
        return c - softmax(arguments[0], axes) * c.sum(axes, keepdims=True)

    return _composite(
        "log_softmax", expand, x, _last_axis(axes, x), rule=rule,
        kernel=_kernel(lambda a, along: a - _logsumexp(a, along), axes, x.ndim),
    )  # fmt: skip


def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return log Σ_k exp(x_k) along one axis, several, or all."""
    x = _of(x)
    axes = _axes(axis, x, "logsumexp")

    def expand(a: Expression) -> Expression:
        return apply(_map("log"), apply(_map("exp"), a).sum(axes, keepdims=keepdims))

    def rule(_: int, c: Expression, arguments: tuple[Expression, ...], __: Apply) -> Expression:
        (a,) = arguments
        return _spread(c, a, axes) * softmax(a, axes)

    def compute(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
        found = _logsumexp(a, along)
        return found if keepdims else np.squeeze(found, axis=along)

    return _composite(
        "logsumexp", expand, x, _axis_keywords(axes, x, keepdims=keepdims), rule=rule,
        kernel=_kernel(compute, axes, x.ndim),
    )  # fmt: skip


def _softmax(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
    e = np.exp(a - np.max(a, axis=along, keepdims=True))
    return e / np.sum(e, axis=along, keepdims=True)


def _logsumexp(a: np.ndarray, along: tuple[int, ...]) -> np.ndarray:
    largest = np.max(a, axis=along, keepdims=True)
    return largest + np.log(np.sum(np.exp(a - largest), axis=along, keepdims=True))


# Normalisation


EPSILON = Decimal("0.00001")


def layer_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: Any = EPSILON) -> Expression:
    """Return (x − mean) / √(variance + eps) along the last axis, times gamma, plus beta."""
    x = _vector(x, "layer_norm")
    return _normalised("layer_norm", x, (x.ndim - 1,), gamma, beta, eps)


def batch_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: Any = EPSILON) -> Expression:
    """Return (x − mean) / √(variance + eps) over the batch, times gamma, plus beta.

    Every axis but the last is the batch.
    """
    x = _of(x)
    if x.ndim < 2:
        raise GraphError(f"batch_norm takes a batch of vectors, but was given {described(x)}")
    return _normalised("batch_norm", x, tuple(range(x.ndim - 1)), gamma, beta, eps)


def _normalised(
    name: str, x: Expression, axes: tuple[int, ...], gamma: Any, beta: Any, eps: Any
) -> Expression:
    epsilon = Constant(eps)
    if beta is not None and gamma is None:
        gamma = 1

    def expand(a: Expression, *affine: Expression) -> Expression:
        centred = a - a.mean(axes, keepdims=True)
        deviation = apply(_map("sqrt"), (centred**2).mean(axes, keepdims=True) + epsilon)
        scaled = centred / deviation
        if affine:
            scaled = scaled * affine[0]
        return scaled + affine[1] if len(affine) > 1 else scaled

    given = [part for part in (gamma, beta) if part is not None]
    keywords = () if eps == EPSILON else (("eps", epsilon.text),)
    return _composite(name, expand, x, keywords, *given)


# Losses


def squared_error(prediction: Any, target: Any) -> Expression:
    """Return the sum of squared errors, Σ (ŷ − y)²."""
    return _loss("squared_error", prediction, target, lambda p, y: ((p - y) ** 2).sum())


def mse(prediction: Any, target: Any) -> Expression:
    """Return the mean squared error over all entries."""
    return _loss("mse", prediction, target, lambda p, y: ((p - y) ** 2).mean())


def absolute_error(prediction: Any, target: Any) -> Expression:
    """Return the mean absolute error over all entries."""
    return _loss("absolute_error", prediction, target, lambda p, y: abs(p - y).mean())


def huber(prediction: Any, target: Any, *, delta: Any = 1) -> Expression:
    """Return the mean of e²/2 where |e| ≤ delta, else of delta·(|e| − delta/2)."""
    bound = _of(delta)
    if not isinstance(bound, Constant) or not bound.value > 0:
        raise GraphError(f"the delta of huber is {delta!r:.40}; it must be a positive number")

    def expand(p: Expression, y: Expression) -> Expression:
        size = abs(p - y)
        return apply(
            _map("where"), size <= bound, (p - y) ** 2 / 2, bound * (size - bound / 2)
        ).mean()

    keywords = () if bound.value == 1 else (("delta", bound.text),)
    return _loss("huber", prediction, target, expand, keywords)


def hinge(score: Any, target: Any) -> Expression:
    """Return the mean of max(1 − y·s, 0), for targets y of −1 and 1."""
    return _loss("hinge", score, target, lambda s, y: apply(_map("relu"), 1 - y * s).mean())


def binary_cross_entropy(probability: Any, target: Any) -> Expression:
    """Return the mean of −y log p − (1 − y) log(1 − p)."""

    def expand(p: Expression, y: Expression) -> Expression:
        xlogy = _map("xlogy")
        return -(apply(xlogy, y, p) + apply(xlogy, 1 - y, 1 - p)).mean()

    return _loss("binary_cross_entropy", probability, target, expand)


def binary_cross_entropy_with_logits(logit: Any, target: Any) -> Expression:
    """Return the mean of log(1 + exp(z)) − y·z: binary cross-entropy of p = sigmoid(z)."""
    return _loss(
        "binary_cross_entropy_with_logits", logit, target,
        lambda z, y: (apply(_map("softplus"), z) - y * z).mean(),
    )  # fmt: skip


def cross_entropy(probability: Any, target: Any) -> Expression:
    """Return −Σ y log p along the last axis, its mean over the batch."""
    return _loss(
        "cross_entropy", _vector(probability, "cross_entropy"), target,
        lambda p, y: -apply(_map("xlogy"), y, p).sum(-1).mean(),
    )  # fmt: skip


def cross_entropy_with_logits(logits: Any, target: Any) -> Expression:
    """Return −Σ y log softmax(z) along the last axis, its mean over the batch."""
    return _loss(
        "cross_entropy_with_logits", _vector(logits, "cross_entropy_with_logits"), target,
        lambda z, y: -(y * log_softmax(z)).sum(-1).mean(),
    )  # fmt: skip


def _loss(
    name: str,
    prediction: Any,
    target: Any,
    expand: Callable[[Expression, Expression], Expression],
    keywords: tuple[tuple[str, Any], ...] = (),
) -> Expression:
    prediction, target = _of(prediction), _of(target)
    if prediction.shape != target.shape and target.shape and prediction.shape:
        raise GraphError(
            f"{name} compares {described(prediction)} with {described(target)}; "
            "the shapes must be equal"
        )
    return _composite(name, expand, prediction, keywords, target)


# Convolutions: a contraction of windows, which are entries picked out


def conv1d(x: Any, kernel: Any, *, stride: int = 1, padding: int = 0) -> Expression:
    """Return the cross-correlation along the last axis, as deep learning calls convolution.

    Shapes (n) with (k), or (…, channels, n) with (out, channels, k).
    """
    return _convolution("conv1d", x, kernel, 1, stride, padding)


def conv2d(x: Any, kernel: Any, *, stride: int = 1, padding: int = 0) -> Expression:
    """Return the cross-correlation along the last two axes.

    Shapes (h, w) with (k, l), or (…, channels, h, w) with (out, channels, k, l).
    """
    return _convolution("conv2d", x, kernel, 2, stride, padding)


def max_pool1d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the largest entry of each window along the last axis."""
    return _pool("max_pool1d", x, size, 1, stride)


def max_pool2d(x: Any, size: int, *, stride: int | None = None) -> Expression:
    """Return the largest entry of each window along the last two axes."""
    return _pool("max_pool2d", x, size, 2, stride)


def _convolution(
    name: str, x: Any, kernel: Any, axes: int, stride: int, padding: int
) -> Expression:
    x, kernel = _of(x), _of(kernel)
    plain = x.ndim == kernel.ndim == axes
    layered = x.ndim > axes and kernel.ndim == axes + 2 and x.shape[-axes - 1] == kernel.shape[1]
    if not plain and not layered:
        raise GraphError(
            f"{name} cannot take {described(x)} with the kernel {described(kernel)}; it takes "
            + ("(n) with (k), or (…, channels, n) with (out, channels, k)" if axes == 1 else
               "(h, w) with (k, l), or (…, channels, h, w) with (out, channels, k, l)")
        )  # fmt: skip
    _positive(stride, "stride", name)
    _positive(padding + 1 if isinstance(padding, int) else padding, "padding", name)

    def expand(a: Expression, k: Expression) -> Expression:
        a = _padded(a, axes, padding)
        windows = _windows(a, k.shape[-axes:], stride, name)
        places, inside = "xy"[:axes], "uv"[:axes]
        if plain:
            return apply(Einsum(f"{places}{inside},{inside}->{places}"), windows, k)
        lead = "abcdefgh"[: a.ndim - axes - 1]
        return apply(Einsum(f"{lead}i{places}{inside},oi{inside}->{lead}o{places}"), windows, k)

    given = (("stride", stride, 1), ("padding", padding, 0))
    keywords = tuple((key, value) for key, value, usual in given if value != usual)
    return _composite(name, expand, x, keywords, kernel)


def _pool(name: str, x: Any, size: int, axes: int, stride: int | None) -> Expression:
    x = _of(x)
    if x.ndim < axes:
        raise GraphError(f"{name} takes {axes} axes or more, but was given {described(x)}")
    _positive(size, "size", name)
    step = size if stride is None else stride
    _positive(step, "stride", name)

    def expand(a: Expression) -> Expression:
        windows = _windows(a, (size,) * axes, step, name)
        return windows.max(tuple(range(windows.ndim - axes, windows.ndim)))

    keywords = (("size", size), *((("stride", step),) if step != size else ()))
    return _composite(name, expand, x, keywords)


def _windows(a: Expression, sizes: tuple[int, ...], stride: int, name: str) -> Expression:
    """Return every window along the last axes: the places first, then what is inside."""
    axes = len(sizes)
    if not shapes.is_known((*a.shape, *sizes)):
        raise GraphError(f"{name} needs sizes that are numbers, but {described(a)} has letters")
    key: list[Any] = [Ellipsis]
    for axis, (length, size) in enumerate(zip(a.shape[-axes:], sizes, strict=True)):
        if size > length:
            raise GraphError(f"{name}: a window of {size} is longer than the {length} entries")
        starts = np.arange(0, length - size + 1, stride)
        place = [1] * (2 * axes)
        place[axis], place[axes + axis] = len(starts), size
        key.append((starts[:, None] + np.arange(size)).reshape(place))
    return apply(Index(as_key(tuple(key))), a)


def _padded(a: Expression, axes: int, padding: int) -> Expression:
    if not padding:
        return a
    inner = tuple(Slice(padding, padding + size, None) for size in a.shape[-axes:])
    wide = (*a.shape[:-axes], *(size + 2 * padding for size in a.shape[-axes:]))
    return apply(Scatter((Ellipsis, *inner), wide), a)


# What these have in common


def _composite(
    name: str,
    expand: Callable[..., Expression],
    x: Expression,
    keywords: tuple[tuple[str, Any], ...] = (),
    *more: Any,
    **options: Any,
) -> Expression:
    return apply(Composite(name, expand, keywords, **options), x, *more)


def _kernel(
    compute: Callable[[np.ndarray, tuple[int, ...]], np.ndarray], axes: tuple[int, ...], rank: int
) -> Callable[..., np.ndarray]:
    along = tuple(axis - rank for axis in axes)
    return lambda arrays, _: compute(arrays[0], along)


def _axes(axis: Axis, x: Expression, name: str) -> tuple[int, ...]:
    try:
        return normal_axes(axis, x.ndim, name)
    except ShapeError as error:
        raise error.named([described(x)]) from None


def _axis(axis: int, rank: int, x: Expression, name: str) -> int:
    try:
        return axis_of(axis, builtins.max(rank, 1), name)
    except ShapeError as error:
        raise error.named([described(x)]) from None


def _axis_keywords(
    axes: tuple[int, ...], x: Expression, *, keepdims: bool = False
) -> tuple[tuple[str, Any], ...]:
    options: list[tuple[str, Any]] = []
    if len(axes) < x.ndim:
        options.append(("axis", axes[0] if len(axes) == 1 else axes))
    if keepdims:
        options.append(("keepdims", True))
    return tuple(options)


def _last_axis(axes: tuple[int, ...], x: Expression) -> tuple[tuple[str, Any], ...]:
    if axes == (x.ndim - 1,):
        return ()
    return (("axis", axes[0] if len(axes) == 1 else axes),)


def _spread(c: Expression, x: Expression, axes: tuple[int, ...]) -> Expression:
    """Return what a reduction of x gave, with its axes kept at size 1."""
    if c.ndim == x.ndim or not c.ndim:
        return c
    return c.reshape(tuple(1 if axis in axes else size for axis, size in enumerate(x.shape)))


def _vector(x: Any, name: str) -> Expression:
    x = _of(x)
    if not x.ndim:
        raise GraphError(f"{name} takes a vector or a batch of them, but was given {described(x)}")
    return x


def _several(parts: tuple[Any, ...], name: str) -> list[Expression]:
    if len(parts) == 1 and isinstance(parts[0], list | tuple):
        parts = tuple(parts[0])
    if not parts:
        raise GraphError(f"{name} takes one argument or more, but was given none")
    return [_of(part) for part in parts]


def _shape_given(shape: tuple[Any, ...]) -> Any:
    return shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape


def _positive(value: Any, what: str, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise GraphError(f"the {what} of {name} is {value!r:.40}; it must be a whole number")


CALLS: Mapping[str, Callable[..., Expression]] = MappingProxyType({
    call.__name__: call
    for call in (
        sum, mean, var, norm, matmul, dot, outer, trace, diag, einsum, inv, det, logdet,
        transpose, reshape, broadcast_to, concatenate, stack, eye, ones, zeros,
        softmax, log_softmax, logsumexp, layer_norm, batch_norm,
        squared_error, mse, absolute_error, huber, hinge,
        binary_cross_entropy, binary_cross_entropy_with_logits,
        cross_entropy, cross_entropy_with_logits,
        conv1d, conv2d, max_pool1d, max_pool2d,
    )
})  # fmt: skip
"""Functions of tensors by name."""

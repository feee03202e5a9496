"""NumPy's own functions on nodes: ``numpy.sum(x)`` is ``x.sum()``, what has no counterpart refused.

Only the options that mean the same here are taken; ``dtype=`` and ``out=`` do not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.expression import as_expression, described, operation
from graphdiff.tensors import products, reductions, structure


def _reduction(method: str) -> Callable[..., Any]:
    def reduce(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return getattr(as_expression(a), method)(axis, keepdims=keepdims)

    return reduce


def _dot(a: Any, b: Any) -> Any:
    a, b = as_expression(a), as_expression(b)
    if 0 in (a.ndim, b.ndim):
        return a * b
    if max(a.ndim, b.ndim) > 2:
        raise GraphError(
            f"numpy.dot of {described(a)} and {described(b)} is no product of matrices; write @ "
            "or gd.einsum"
        )
    return a @ b


def _norm(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    return reductions.norm(x, axis, keepdims=keepdims)


def _var(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reductions.var(a, axis, keepdims=keepdims)


def _transpose(a: Any, axes: Any = None) -> Any:
    return as_expression(a).transpose(*(() if axes is None else axes))


def _reshape(a: Any, shape: Any) -> Any:
    return as_expression(a).reshape(shape)


def _joined(join: Callable[..., Any]) -> Callable[..., Any]:
    return lambda arrays, axis=0: join(*arrays, axis=axis)


def _where(condition: Any, x: Any, y: Any) -> Any:
    return operation("where")(condition, x, y)


def _size(a: Any) -> Any:
    return a.size


ANSWERS: Mapping[Callable[..., Any], Callable[..., Any]] = {
    np.sum: _reduction("sum"), np.mean: _reduction("mean"),
    np.max: _reduction("max"), np.min: _reduction("min"),
    np.amax: _reduction("max"), np.amin: _reduction("min"),
    np.var: _var, np.linalg.norm: _norm,
    np.dot: _dot, np.outer: products.outer, np.trace: products.trace, np.diag: products.diag,
    np.einsum: products.einsum, np.linalg.inv: products.inv, np.linalg.det: products.det,
    np.transpose: _transpose, np.reshape: _reshape, np.broadcast_to: structure.broadcast_to,
    np.concatenate: _joined(structure.concatenate), np.stack: _joined(structure.stack),
    np.where: _where,
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: _size,
}  # fmt: skip
"""What answers each function of NumPy, by the same arguments."""


def numpy_call(
    function: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    """Return what a function of NumPy means for nodes.

    Raises
    ------
    GraphError
        If it has no counterpart, or an option that has none.

    Examples
    --------
    >>> import graphdiff as gd, numpy as np
    >>> x = gd.Graph().input("x", shape=(2, 3))
    >>> np.sum(x, axis=0).shape
    (3,)
    """
    name = f"{function.__module__}.{function.__name__}"
    answer = ANSWERS.get(function)
    if answer is None:
        known = ", ".join(sorted(known.__name__ for known in ANSWERS))
        raise GraphError(f"{name} cannot be applied to a node; functions that can: {known}")
    try:
        bound = inspect.signature(answer).bind(*arguments, **options)
    except TypeError as error:
        raise GraphError(f"{name} on a node: {error}") from None
    return answer(*bound.args, **bound.kwargs)

"""NumPy's own functions on nodes: ``numpy.sum(x)`` is ``x.sum()``, what has no counterpart refused.

Only the options that mean the same here are taken; ``dtype=`` and ``out=`` do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language.expression import as_expression, described, operation
from graphdiff.language.tensors import (
    cumulative,
    kronecker,
    movement,
    products,
    rearranging,
    reductions,
    running_products,
    solving,
)


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


def _trace(a: Any) -> Any:
    a = as_expression(a)
    return products.trace(a) if a.ndim <= 2 else products.einsum("ii...->...", a)


def _diag(v: Any) -> Any:
    v = as_expression(v)
    if v.ndim > 2:
        raise GraphError(
            f"numpy.diag of {described(v)} has no value; gd.diag takes the diagonal of each matrix"
        )
    return products.diag(v)


def _norm(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    return reductions.norm(x, axis, keepdims=keepdims)


def _spread(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def spread(a: Any, axis: Any = None, *, ddof: int = 0, keepdims: bool = False) -> Any:
        return reduce(a, axis, ddof=ddof, keepdims=keepdims)

    return spread


def _pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    if mode != "constant":
        raise GraphError(
            f"numpy.pad of a node takes the mode 'constant', not {mode!r:.20}; gd.concatenate puts "
            "together what is computed"
        )
    return rearranging.pad(array, pad_width, constant_values)


def _transpose(a: Any, axes: Any = None) -> Any:
    return as_expression(a).transpose(*(() if axes is None else axes))


def _reshape(a: Any, shape: Any) -> Any:
    return as_expression(a).reshape(shape)


def _joined(join: Callable[..., Any]) -> Callable[..., Any]:
    return lambda arrays, axis=0: join(*arrays, axis=axis)


def _where(condition: Any, x: Any, y: Any) -> Any:
    return operation("where")(condition, x, y)


def _round(a: Any, decimals: Any = 0) -> Any:
    if decimals != 0:
        raise GraphError(
            f"numpy.round of a node goes to whole numbers, not to {decimals!r:.20} decimals; write "
            "gd.round(x*100)/100 for two"
        )
    return operation("round")(a)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **named: Any) -> Any:
    """Return the clipped entries; an end may be left out, and have either of NumPy's names."""
    low, high = named.pop("min", a_min), named.pop("max", a_max)
    if named:
        raise GraphError(f"numpy.clip on a node takes two ends, no {next(iter(named))!r:.20}")
    match low, high:
        case None, None:
            return as_expression(a)
        case None, _:
            return operation("min")(a, high)
        case _, None:
            return operation("max")(a, low)
    return operation("clip")(a, low, high)


def _cholesky(a: Any) -> Any:
    return solving.cholesky(a)


def _size(a: Any) -> Any:
    return a.size


ANSWERS: Mapping[Callable[..., Any], Callable[..., Any]] = {
    np.sum: _reduction("sum"), np.mean: _reduction("mean"),
    np.max: _reduction("max"), np.min: _reduction("min"),
    np.amax: _reduction("max"), np.amin: _reduction("min"),
    np.cumsum: cumulative.cumsum, np.kron: kronecker.kron,
    np.var: _spread(reductions.var), np.std: _spread(reductions.std),
    np.linalg.solve: solving.solve, np.linalg.cholesky: _cholesky,
    np.linalg.matrix_power: lambda a, n: solving.matrix_power(a, n),
    np.prod: running_products.prod, np.cumprod: running_products.cumprod,
    np.flip: rearranging.flip, np.tril: rearranging.tril, np.triu: rearranging.triu, np.pad: _pad,
    np.linalg.norm: _norm,
    np.dot: _dot, np.outer: products.outer, np.trace: _trace, np.diag: _diag,
    np.einsum: products.einsum, np.linalg.inv: products.inv, np.linalg.det: products.det,
    np.transpose: _transpose, np.reshape: _reshape, np.broadcast_to: movement.broadcast_to,
    np.concatenate: _joined(movement.concatenate), np.stack: _joined(movement.stack),
    np.where: _where, np.round: _round, np.around: _round, np.clip: _clip,
    np.shape: lambda a: a.shape, np.ndim: lambda a: a.ndim, np.size: _size,
}  # fmt: skip
"""What answers each function of NumPy, by the same arguments."""

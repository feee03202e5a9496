"""Functions of vectors, matrices and batches, to be called on nodes: ``gd.softmax(z)``.

Axes, shapes and broadcasting are NumPy's. A batch is a leading axis: losses are averaged
over it, softmax and the like act along the last axis.

Those made of others (softmax, the losses, the norms, convolutions) are shown under their
own name; their definition is what stands here.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp

from graphdiff.language.expression import Constant, Expression
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors.convolution import (
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    max_pool1d,
    max_pool2d,
)
from graphdiff.language.tensors.cumulative import cumsum
from graphdiff.language.tensors.kronecker import kron
from graphdiff.language.tensors.losses import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    hinge,
    huber,
    mse,
    squared_error,
)
from graphdiff.language.tensors.movement import (
    broadcast_to,
    concatenate,
    eye,
    ones,
    reshape,
    scatter,
    stack,
    transpose,
    zeros,
)
from graphdiff.language.tensors.normalisation import batch_norm, layer_norm
from graphdiff.language.tensors.products import (
    adj,
    det,
    diag,
    dot,
    einsum,
    inv,
    logdet,
    matmul,
    outer,
    trace,
)
from graphdiff.language.tensors.rearranging import flip, pad, tril, triu, vec
from graphdiff.language.tensors.reductions import mean, norm, std, sum, var
from graphdiff.language.tensors.running_products import (
    cumprod,
    linear_scan,
    prod,
    prod_of_others,
)
from graphdiff.language.tensors.softmax import log_softmax, logsumexp, softmax
from graphdiff.language.tensors.solving import cholesky, matrix_power, solve

CALLS: Mapping[str, Callable[..., Expression]] = MappingProxyType({
    call.__name__: call
    for call in (
        sum, mean, var, std, norm, cumsum, prod, prod_of_others, cumprod, linear_scan,
        matmul, dot, outer, kron, trace, diag, einsum, inv, det, adj, logdet,
        solve, cholesky, matrix_power,
        transpose, reshape, broadcast_to, concatenate, stack, eye, ones, zeros,
        flip, tril, triu, vec, pad, scatter,
        softmax, log_softmax, logsumexp, layer_norm, batch_norm,
        squared_error, mse, absolute_error, huber, hinge,
        binary_cross_entropy, binary_cross_entropy_with_logits,
        cross_entropy, cross_entropy_with_logits,
        conv1d, conv2d, max_pool1d, max_pool2d, avg_pool1d, avg_pool2d,
    )
})  # fmt: skip
"""Functions of tensors by name."""

__all__ = [
    "CALLS", "absolute_error", "adj", "avg_pool1d", "avg_pool2d", "batch_norm",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "broadcast_to", "cholesky",
    "concatenate", "conv1d", "conv2d", "cross_entropy", "cross_entropy_with_logits", "cumprod",
    "cumsum", "det", "diag", "dot", "einsum", "eye", "flip", "hinge", "huber", "inv", "kron",
    "layer_norm", "linear_scan", "log_softmax", "logdet", "logsumexp", "matmul", "matrix_power",
    "max_pool1d", "max_pool2d", "mean", "mse", "norm", "ones", "outer", "pad", "prod",
    "prod_of_others", "reshape", "scatter", "softmax", "solve", "squared_error", "stack", "std",
    "sum", "trace", "transpose", "tril", "triu", "var", "vec", "zeros",
]  # fmt: skip


class _Operand(Expression):
    """What a function was applied to, of which its shape is known."""

    __slots__ = ("shape",)

    def __init__(self, shape: Shape) -> None:
        self.shape = shape


def of_call(name: str, shapes: tuple[Shape, ...], keywords: tuple[tuple[str, Any], ...]) -> Any:
    """Return the function that a call applies to operands of these shapes, options as written."""
    options = {
        key: Constant.written(sp.Rational(value), value) if isinstance(value, str) else value
        for key, value in keywords
    }
    applied: Any = CALLS[name](*map(_Operand, shapes), **options)
    return applied.function


copyreg.pickle(Composite, lambda made: (of_call, (made.name, made.shapes, made.keywords)))

"""Activation functions, each with a kernel that holds at ±1000.

At a kink the derivative is declared: relu'(0) = 0, leaky_relu'(0) = slope, hardtanh'(±1) = 0.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language.functions.elementary import erfc_kernel
from graphdiff.language.functions.kinks import abs, cases
from graphdiff.language.functions.scalar_function import ABOVE_0, Function
from graphdiff.language.functions.stable import one_minus_sigmoid

SLOPE = Decimal("0.01")
SELU = sp.Rational("1.0507009873554805"), sp.Rational("1.7580993408473768")
"""The slopes of selu right and left of 0: mean 0 and variance 1 stay so from layer to layer."""


def _sigmoid_kernel(x: Any) -> np.ndarray:
    small = np.exp(-np.abs(x))  # at most 1, so nothing overflows and no tail is lost
    if not small.ndim:  # one number is chosen without arrays
        return (1.0 if x >= 0 else small) / (1.0 + small)
    return np.where(np.asarray(x) >= 0, 1.0, small) / (1.0 + small)


def _elu_kernel(x: Any, alpha: Any) -> np.ndarray:
    return np.where(np.asarray(x) > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def _selu_kernel(x: Any) -> np.ndarray:
    right, left = map(float, SELU)
    return np.where(np.asarray(x) > 0, right * x, left * np.expm1(np.minimum(x, 0.0)))


def _mish_kernel(x: Any) -> np.ndarray:
    """Return x σ(x) (1 + q) / (1 + q²), q = σ(−x), in which nothing cancels."""
    rest = _sigmoid_kernel(-np.asarray(x))
    return x * _sigmoid_kernel(x) * (1 + rest) / (1 + rest**2)


def _mish_derivative(x: sp.Expr) -> sp.Expr:
    inner = sp.tanh(softplus.symbolic(x))
    return inner + x * sigmoid.symbolic(x) * (1 - inner**2)


def _gelu_kernel(x: Any) -> np.ndarray:
    return 0.5 * np.asarray(x) * erfc_kernel(-np.asarray(x) / np.sqrt(2.0))


def _gelu_derivative(x: sp.Expr) -> sp.Expr:
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    return (1 + sp.erf(x / sp.sqrt(2))) / 2 + x * density


# fmt: off
sigmoid = Function(
    "sigmoid", lambda x: 1 / (1 + sp.exp(-x)),
    derivative=(lambda x: sigmoid.symbolic(x) * (1 - sigmoid.symbolic(x)),), range=(0, 1),
    kernel=_sigmoid_kernel, latex=r"\sigma{\left({0}\right)}", has_head=True,
    logarithm=lambda x: -softplus.symbolic(-x),
    complement=lambda x: one_minus_sigmoid.symbolic(sigmoid.symbolic(x), x),
    summary="1 / (1 + exp(−x))",
)
softplus = Function(
    "softplus", lambda x: sp.log(1 + sp.exp(x)),
    derivative=(lambda x: sigmoid.symbolic(x),), range=ABOVE_0,
    kernel=lambda x: np.logaddexp(0.0, x), has_head=True,
    summary="log(1 + exp(x))",
)
logaddexp = Function(
    "logaddexp", lambda a, b: sp.log(sp.exp(a) + sp.exp(b)), 2,
    derivative=(lambda a, b: sigmoid.symbolic(a - b), lambda a, b: sigmoid.symbolic(b - a)),
    kernel=np.logaddexp, has_head=True, summary="log(exp(a) + exp(b))",
)
swish = Function(
    "swish", lambda x: x / (1 + sp.exp(-x)),
    derivative=(
        lambda x: sigmoid.symbolic(x) * (1 + x * (1 - sigmoid.symbolic(x))),
    ),
    kernel=lambda x: x * _sigmoid_kernel(x), has_head=True,
    summary="x · sigmoid(x), also called SiLU",
)
gelu = Function(
    "gelu", lambda x: x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
    derivative=(_gelu_derivative,), kernel=_gelu_kernel, has_head=True,
    summary="x · Φ(x), with the error function (not the tanh approximation)",
)
relu = Function(
    "relu", lambda x: cases((x, x > 0), (0, True)),
    derivative=(lambda x: cases((1, x > 0), (0, True)),),
    kernel=lambda x: np.maximum(x, 0.0), kinks={(0,): (0,)}, has_head=True,
    summary="max(x, 0)",
)
leaky_relu = Function(
    "leaky_relu", lambda x, slope: cases((x, x > 0), (slope * x, True)), 2,
    derivative=(
        lambda x, slope: cases((1, x > 0), (slope, True)),
        lambda x, _: cases((0, x > 0), (x, True)),
    ),
    kernel=lambda x, slope: np.where(np.asarray(x) > 0, x, slope * np.asarray(x)),
    domain=((-2, 2), (0.01, 0.5)), kinks={(0, SLOPE): (SLOPE, 0)},
    defaults=(SLOPE,), has_head=True, summary="x where x > 0, else slope·x; slope 0.01",
)
elu = Function(
    "elu", lambda x, alpha: cases((x, x > 0), (alpha * (sp.exp(x) - 1), True)), 2,
    derivative=(
        lambda x, alpha: cases((1, x > 0), (alpha * sp.exp(x), True)),
        lambda x, _: cases((0, x > 0), (sp.exp(x) - 1, True)),
    ),
    kernel=_elu_kernel, domain=((-2, 2), (0.5, 1.5)),
    kinks={(0, Decimal("0.5")): (Decimal("0.5"), 0)},
    defaults=(1,), has_head=True, summary="x where x > 0, else alpha·(exp(x) − 1); alpha 1",
)
selu = Function(
    "selu", lambda x: cases((SELU[0] * x, x > 0), (SELU[1] * (sp.exp(x) - 1), True)),
    derivative=(lambda x: cases((SELU[0], x > 0), (SELU[1] * sp.exp(x), True)),),
    kernel=_selu_kernel, kinks={(0,): (SELU[1],)}, has_head=True,
    summary="1.0507…·x where x > 0, else 1.7581…·(exp(x) − 1)",
)
mish = Function(
    "mish", lambda x: x * sp.tanh(sp.log(1 + sp.exp(x))), derivative=(_mish_derivative,),
    kernel=_mish_kernel, has_head=True, summary="x · tanh(softplus(x))",
)
softsign = Function(
    "softsign", lambda x: x / (1 + abs.symbolic(x)),
    derivative=(lambda x: 1 / (1 + abs.symbolic(x)) ** 2,),
    kernel=lambda x: x / (1 + np.abs(x)), has_head=True, summary="x / (1 + |x|)",
)
hardtanh = Function(
    "hardtanh", lambda x: cases((-1, x < -1), (1, x > 1), (x, True)),
    derivative=(lambda x: cases((1, (x > -1) & (x < 1)), (0, True)),),
    kernel=lambda x: np.clip(x, -1.0, 1.0), kinks={(-1,): (0,), (1,): (0,)}, has_head=True,
    summary="x, but at most 1 and at least −1",
)
# fmt: on

FUNCTIONS = (
    sigmoid, softplus, logaddexp, swish, gelu, relu, leaky_relu, elu, selu, mish, softsign,
    hardtanh,
)  # fmt: skip
ALIASES = {"σ": "sigmoid", "sigma": "sigmoid", "silu": "swish", "logistic": "sigmoid"}

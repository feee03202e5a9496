"""Both sweeps over a tape of float operations, compiled once for all tapes by numba.

Importing this file needs numba, the extra ``jit``. What it compiles it keeps on disk, so that
only the first process that ever asks waits for it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from graphdiff.program.scalars.codes import CODE, OF_TWO
from graphdiff.program.scalars.triangular import VANISHED

FIRST_OF_ONE = len(OF_TWO)
LN2, LN10, TWO_BY_ROOT_PI = math.log(2), math.log(10), 2 / math.sqrt(math.pi)

# Names of their own for what numba shall take as constants.
(
    COPY, ADD, SUB, NEG, MUL, DIV, SQUARE, POWER, FIXED_POWER, EXP, EXPM1, LOG, LOG2, LOG10, SQRT,
    ERF, ERFC, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH, ASINH, ACOSH, ATANH, SIGMOID,
    SOFTPLUS, RELU, ABS, SIGN, STEP, MAX, MIN, XLOGY,
) = (CODE[name] for name in (
    "mark", "add", "sub", "neg", "mul", "div", "square", "pow", "fixed_pow", "exp", "expm1", "log",
    "log2", "log10", "sqrt", "erf", "erfc", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
    "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "relu", "abs", "sign",
    "step", "max", "min", "xlogy",
))  # fmt: skip

_numba: Any = importlib.import_module("numba")


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return _numba.njit(cache=True, error_model="numpy", nogil=True)(function)


@_compiled
def _sigmoid(x: Any) -> Any:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


@_compiled
def _sign(x: Any) -> Any:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


@_compiled
def forward(op: Any, a: Any, b: Any, v: Any) -> None:
    """Compute the values of all operations, which are the last in ``v``.

    The value before goes on to the next operation by itself: a chain does not wait for memory.
    """
    start = len(v) - len(op)
    r = v[start - 1]
    for i in range(len(op)):
        code, j, k, before = op[i], a[i], b[i], start + i - 1
        x = r if j == before else v[j]
        y = r if k == before else v[k]
        if code == MUL:
            r = x * y
        elif code == ADD:
            r = x + y
        elif code == TANH:
            r = math.tanh(x)
        elif code == SUB:
            r = x - y
        elif code == NEG:
            r = -x
        elif code == DIV:
            r = x / y
        elif code == SQUARE:
            r = x * x
        elif code == SIGMOID:
            r = _sigmoid(x)
        elif code == RELU:
            r = 0.0 if x <= 0.0 else x
        elif code == EXP:
            r = math.exp(x)
        elif code == LOG:
            r = np.log(x)
        elif code == SQRT:
            r = np.sqrt(x)
        elif code == SIN:
            r = np.sin(x)
        elif code == COS:
            r = np.cos(x)
        elif code in (POWER, FIXED_POWER):
            r = x**y
        elif code == COPY:
            r = x
        elif code == SOFTPLUS:
            r = (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x
        elif code == ABS:
            r = abs(x)
        elif code == SIGN:
            r = _sign(x)
        elif code == STEP:
            r = 1.0 if x >= 0.0 else 0.0 if x < 0.0 else x
        elif code == MAX:
            r = x if x >= y or x != x else y
        elif code == MIN:
            r = x if x <= y or x != x else y
        elif code == XLOGY:
            r = 0.0 if x == 0.0 and y == y else x * np.log(y)
        elif code == EXPM1:
            r = math.expm1(x)
        elif code == LOG2:
            r = np.log2(x)
        elif code == LOG10:
            r = np.log10(x)
        elif code == ERF:
            r = math.erf(x)
        elif code == ERFC:
            r = math.erfc(x)
        elif code == TAN:
            r = np.tan(x)
        elif code == ASIN:
            r = np.arcsin(x)
        elif code == ACOS:
            r = np.arccos(x)
        elif code == ATAN:
            r = np.arctan(x)
        elif code == SINH:
            r = np.sinh(x)
        elif code == COSH:
            r = np.cosh(x)
        elif code == ASINH:
            r = np.arcsinh(x)
        elif code == ACOSH:
            r = np.arccosh(x)
        elif code == ATANH:
            r = np.arctanh(x)
        else:
            r = np.nan
        v[start + i] = r


@_compiled
def backward(op: Any, a: Any, b: Any, v: Any, P: Any) -> None:
    """Complete P, the derivative of the last value in every other; P is 1 there, else 0."""
    start = len(v) - len(op)
    passed = 0.0  # what has just been given to the operation before, as in forward
    for at in range(len(v) - 1, start - 1, -1):
        c = P[at] + passed
        if -VANISHED < c < VANISHED:
            c = 0.0
        P[at] = c
        code, j, k, r = op[at - start], a[at - start], b[at - start], v[at]
        x, y = v[j], v[k]
        passed = 0.0
        if code < FIRST_OF_ONE:
            if code == MUL:
                J, K = y, x
            elif code == ADD:
                J, K = 1.0, 1.0
            elif code == SUB:
                J, K = 1.0, -1.0
            elif code == DIV:
                J, K = 1.0 / y, -r / y
            elif code in (MAX, MIN):
                half = 0.5 if x == y else 0.0
                J = 1.0 if (x > y if code == MAX else x < y) else half
                K = 1.0 if (x < y if code == MAX else x > y) else half
            elif code == POWER:
                J, K = y * x ** (y - 1.0), r * np.log(x)
            elif code == XLOGY:
                J, K = np.log(y), 0.0 if x == 0.0 else x / y
            else:
                J, K = np.nan, np.nan
            if k == at - 1:
                passed = c * K
            else:
                P[k] += c * K
        elif code == TANH:
            J = 1.0 - r * r
        elif code == NEG:
            J = -1.0
        elif code == SQUARE:
            J = 2.0 * x
        elif code == SIGMOID:
            J = r * (1.0 - r)
        elif code == RELU:
            J = 1.0 if x > 0.0 else 0.0
        elif code == EXP:
            J = r
        elif code == LOG:
            J = 1.0 / x
        elif code == SQRT:
            J = 0.5 / r
        elif code == SIN:
            J = np.cos(x)
        elif code == COS:
            J = -np.sin(x)
        elif code == FIXED_POWER:
            J = y * x ** (y - 1.0)
        elif code == COPY:
            J = 1.0
        elif code == SOFTPLUS:
            J = _sigmoid(x)
        elif code == ABS:
            J = _sign(x)
        elif code in (SIGN, STEP):
            J = 0.0
        elif code == EXPM1:
            J = math.exp(x)
        elif code == LOG2:
            J = (1.0 / LN2) / x
        elif code == LOG10:
            J = (1.0 / LN10) / x
        elif code == ERF:
            J = TWO_BY_ROOT_PI * math.exp(-(x * x))
        elif code == ERFC:
            J = -TWO_BY_ROOT_PI * math.exp(-(x * x))
        elif code == TAN:
            J = r * r + 1.0
        elif code == ASIN:
            J = 1.0 / np.sqrt(1.0 - x * x)
        elif code == ACOS:
            J = -1.0 / np.sqrt(1.0 - x * x)
        elif code == ATAN:
            J = 1.0 / (x * x + 1.0)
        elif code == SINH:
            J = np.cosh(x)
        elif code == COSH:
            J = np.sinh(x)
        elif code == ASINH:
            J = 1.0 / np.sqrt(x * x + 1.0)
        elif code == ACOSH:
            J = 1.0 / (np.sqrt(x - 1.0) * np.sqrt(x + 1.0))
        elif code == ATANH:
            J = 1.0 / (1.0 - x * x)
        else:
            J = np.nan
        if j == at - 1:
            passed += c * J
        else:
            P[j] += c * J
    P[start - 1] += passed

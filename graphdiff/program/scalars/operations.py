"""The operations that scalar programs are made of: maps of the catalogue, and a few more."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from graphdiff.language.functions import CATALOGUE, stable
from graphdiff.language.functions.scalar_function import Function

_OWN = ("logcosh", "hypot", "one_minus_sigmoid", "one_minus_tanh_squared")

OPERATIONS: Mapping[str, Function] = {
    **{name: CATALOGUE[name] for name in (
        "add", "sub", "mul", "div", "pow", "max", "min", "xlogy", "atan2", "logaddexp",
        "mod", "floor_divide",
        "neg", "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "erf", "erfc", "sin",
        "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
        "sigmoid", "softplus", "softsign", "relu", "abs", "sign", "step", "floor", "ceil",
        "round",
    )},
    **{function.name: function for function in stable.FUNCTIONS if function.name in _OWN},
}  # fmt: skip
"""By name."""

OF_MATH: Mapping[str, Callable[..., float]] = {
    name: getattr(math, name) for name in OPERATIONS if hasattr(math, name)
}
"""Those that Python has for floats. They raise where NumPy warns."""

OF_TWO = tuple(name for name, function in OPERATIONS.items() if function.arity == 2)
"""Operations in both of whose operands there is a derivative; their codes come first."""

CODE = {
    name: code
    for code, name in enumerate(
        dict.fromkeys((*OF_TWO, "mark", "square", "fixed_pow", *OPERATIONS))
    )
}
"""Numbers on a tape that an interpreter runs; squares and powers of numbers have one too."""

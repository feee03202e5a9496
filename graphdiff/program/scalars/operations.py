"""The operations that scalar programs are made of: maps of the catalogue, and two more."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import sympy as sp

from graphdiff.language.functions import CATALOGUE
from graphdiff.language.functions.elementary import erfc_kernel
from graphdiff.language.functions.scalar_function import Function

OPERATIONS: Mapping[str, Function] = {
    **{name: CATALOGUE[name] for name in (
        "add", "sub", "mul", "div", "pow", "max", "min", "xlogy",
        "neg", "exp", "log", "log2", "log10", "sqrt", "erf", "sin", "cos", "tan", "asin", "acos",
        "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "relu",
        "abs", "sign", "step",
    )},
    "expm1": Function("expm1", lambda x: sp.exp(x) - 1, kernel=np.expm1),
    "erfc": Function("erfc", sp.erfc, kernel=erfc_kernel),
}  # fmt: skip
"""By name; those of two arguments come first. The last two keep the digits of elu and gelu."""

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

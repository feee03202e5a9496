"""Double precision."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.evaluation.arithmetic import CACHED, Arithmetic, Array, Rule, once
from graphdiff.evaluation.lambdified import in_numpy, kernel, narrowed
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction


class Float64(Arithmetic):
    """Double precision, on whole batches at once."""

    repeats = True

    def number(self, value: Any) -> Array:
        """Return an array of float64; a number beyond its range as infinite."""
        if isinstance(value, np.ndarray):
            return np.asarray(value, np.float64)
        return np.asarray(_as_float(value) if isinstance(value, sp.Expr) else _float(value))

    @once
    def apply(self, function: Function) -> Rule:
        """Return the function's kernel, else its compiled formula."""
        return kernel(function)

    @once
    def partial(self, function: LocalFunction, slot: int) -> Rule:
        """Return the compiled derivative."""
        formals, formula, used = narrowed(function.formals, function.stable.partial(slot))
        compute = in_numpy(formals, formula)
        if len(used) == function.arity:
            return compute
        return lambda *arguments: compute(*[arguments[k] for k in used])

    def is_finite(self, value: Array) -> bool:
        """Whether no entry is infinite or not a number."""
        number = value.item() if getattr(value, "size", 0) == 1 else value
        if isinstance(number, float):
            return math.isfinite(number)
        finite = np.isfinite(value)
        return np.count_nonzero(finite) == finite.size

    def guard(self) -> Any:
        """Let NumPy compute without warnings: what is not finite is reported by name."""
        return np.errstate(all="ignore")


def _float(value: Any) -> float:
    """Return a number in double precision; one beyond its range as infinite."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


_as_float = lru_cache(maxsize=CACHED)(_float)


FLOAT64 = Float64()

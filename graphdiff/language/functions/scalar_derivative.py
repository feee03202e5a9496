"""The derivative of a map as a map of its own: tanh′."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.scalar_function import Function


@lru_cache(maxsize=10_000)
def prime(function: Function, slot: int) -> Function:
    """Return ∂f/∂a_slot as a function of the same arguments.

    Examples
    --------
    >>> from graphdiff.language.functions.elementary import sin
    >>> prime(sin, 0).formula(sp.Symbol("x"))
    cos(x)
    """
    name = f"{function.name}'" if function.arity == 1 else f"{function.name}'_{slot + 1}"

    def formula(*arguments: sp.Expr) -> sp.Expr:
        return with_declared_kinks(sp.sympify(function.partial(slot, arguments)))

    return Function(
        name,
        formula,
        function.arity,
        domain=function.domain,
        latex=rf"\operatorname{{{function.name.replace('_', ' ')}}}'"
        + (f"_{{{slot + 1}}}" if function.arity > 1 else "")
        + r"{\left("
        + ", ".join(f"{{{k}}}" for k in range(function.arity))
        + r"\right)}",
        of=(function, slot),
    )


@lru_cache(maxsize=10_000)
def is_zero(function: Function, slot: int) -> bool:
    """Whether ∂f/∂a_slot is 0 everywhere (sign, step)."""
    return prime(function, slot).formula(*function.formals) == 0

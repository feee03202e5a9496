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
    place = place_beside_prime(function, slot)

    def formula(*arguments: sp.Expr) -> sp.Expr:
        return with_declared_kinks(sp.sympify(function.partial(slot, arguments)))

    return Function(
        f"{function.name}'" + (f"_{place}" if place else ""),
        formula,
        function.arity,
        defaults=function.defaults,
        domain=function.domain,
        latex=rf"\operatorname{{{function.name.replace('_', ' ')}}}'"
        + (f"_{{{place}}}" if place else "")
        + r"{\left("
        + ", ".join(f"{{{k}}}" for k in range(function.arity))
        + r"\right)}",
        of=(function, slot),
    )


def place_beside_prime(function: Function, slot: int) -> int | None:
    """Return the number of the argument as it stands beside a prime: max′₂; none if one is enough.

    leaky_relu′(x, 0.01) is the derivative in x, the argument that cannot be left out.
    """
    return None if slot == 0 and function.arity - len(function.defaults) == 1 else slot + 1


def root(function: Function) -> Function:
    """Return the function that a prime, or a prime of one, is the derivative of."""
    while function.of is not None:
        function = function.of[0]
    return function


@lru_cache(maxsize=10_000)
def is_zero(function: Function, slot: int) -> bool:
    """Whether ∂f/∂a_slot is 0 everywhere (sign, step)."""
    return prime(function, slot).formula(*function.formals) == 0

"""Derivatives in the value of the function itself: 1 − a² for a = tanh(z), 1/(2s) for s = √z.

So a person writes them, who has the value already. It is used by local Jacobians, of scalars and
in index notation, by gradients in terms of nodes and by gradient graphs, and what it replaces by
the tidying of tensors too.
"""

from __future__ import annotations

import sympy as sp


def in_own_value(derivative: sp.Expr, value: sp.Expr, name: sp.Expr) -> sp.Expr:
    """Return a derivative with the value of the function under its name, where that is shorter.

    Parameters
    ----------
    derivative
        The derivative of a function in one of its arguments, or a part of it.
    value
        The function itself, as a formula of the same symbols.
    name
        What the value is called.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> for value in (sp.tanh(x), sp.exp(-x**2), sp.sqrt(x), 1 / x, 1 / (1 + sp.exp(-x)), x**3):
    ...     print(in_own_value(value.diff(x), value, y))
    1 - y**2
    -2*x*y
    1/(2*y)
    -y**2
    y*(1 - y)
    3*x**2
    """
    if isinstance(value, sp.Mul):
        ratio = derivative / value
        is_simple = value.has(sp.Function) and ratio.is_polynomial(*ratio.free_symbols)
        return ratio * name if is_simple else derivative
    logistic = _logistic(derivative, value, name)
    return derivative.xreplace(stands_for(value, name)) if logistic is None else logistic


def stands_for(value: sp.Expr, name: sp.Expr) -> dict[sp.Basic, sp.Expr]:
    """Return the parts of a derivative that a value stands for: tanh(z) for a, and z^(−½) for 1/s.

    Of sums and products, whose derivatives do not have them in them, there are none.
    """
    if not value.args or isinstance(value, sp.Add | sp.Mul | sp.Number):
        return {}
    base, power = value.as_base_exp()
    if not isinstance(value, sp.Pow) or not power.is_Rational:
        return {value: name}
    times = (power - 1) / power  # u^(p − 1) is (u^p)^((p − 1)/p)
    return {value: name, base ** (power - 1): name**times} if times in (-2, -1, 2) else {}


def _logistic(derivative: sp.Expr, value: sp.Expr, name: sp.Expr) -> sp.Expr | None:
    """Return k·a (1 − c a), the derivative of a = 1/(c + g) where g′ is −k g; None for another."""
    base, power = value.as_base_exp()
    if power != -1 or not base.is_Add:
        return None
    number, rest = base.as_coeff_Add()
    ratio = derivative * base**2 / rest
    if number == 0 or not rest.has(sp.exp) or ratio.has(sp.exp):
        return None
    return ratio * name * (1 - number * name)

"""Sigmoids by their name: eᵘ/(1 + eᵘ) and 1 − σ(−u) are σ(u), for every u."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.functions.activations import sigmoid
from graphdiff.language.functions.scalar_function import Head


def with_sigmoids(formula: sp.Expr) -> sp.Expr:
    """Return a formula with σ(u) for eᵘ/(1 + eᵘ) and for 1 − σ(−u)."""
    if formula.has(sp.exp):
        formula = formula.replace(lambda part: part.is_Mul, _product)
    if any(map(_of_a_negative, formula.atoms(Head))):
        formula = formula.replace(lambda part: part.is_Add, _complement)
    return formula


def _of_a_negative(part: sp.Basic) -> bool:
    if not isinstance(part, Head) or part.declaration != sigmoid:
        return False
    return bool(part.args[0].as_coeff_Mul()[0].is_negative)


def _complement(total: sp.Add) -> sp.Expr:
    for part in filter(_of_a_negative, total.atoms(Head)):
        if total in (1 - part, part - 1):
            return (1 if total == 1 - part else -1) * sigmoid.symbolic(-part.args[0])
    return total


def _product(product: sp.Mul) -> sp.Expr:
    for factor in product.args:
        if isinstance(factor, sp.exp) and 1 / (1 + factor) in product.args:
            (u,) = factor.args
            return product / factor * (1 + factor) * sigmoid.symbolic(u)
    return product

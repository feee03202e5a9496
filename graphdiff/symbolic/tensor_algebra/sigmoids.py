"""Quotients of exponentials by their name: eᵘ/(1 + eᵘ) is σ(u), for every u."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.functions.activations import sigmoid


def with_sigmoids(formula: sp.Expr) -> sp.Expr:
    """Return a formula with σ(u) for eᵘ/(1 + eᵘ)."""
    if not formula.has(sp.exp):
        return formula
    return formula.replace(lambda part: part.is_Mul, _product)


def _product(product: sp.Mul) -> sp.Expr:
    for factor in product.args:
        if isinstance(factor, sp.exp) and 1 / (1 + factor) in product.args:
            (u,) = factor.args
            return product / factor * (1 + factor) * sigmoid.symbolic(u)
    return product

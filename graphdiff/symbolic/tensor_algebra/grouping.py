"""Matrix products with a common factor: A x + B x = (A + B) x."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.expression import Apply, Expression, apply
from graphdiff.language.functions.contraction import MatMul
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm
from graphdiff.symbolic.tensor_algebra.translation import Translation

Group = list[tuple[sp.Expr, Apply]]
"""Coefficients, each with a matrix product."""


def grouped(translation: Translation, formula: sp.Expr) -> sp.Expr:
    """Return A x + A y as A (x + y), and A x + B x as (A + B) x."""
    for side in (0, 1):
        groups: dict[tuple[Expression, int], Group] = {}
        others: list[sp.Expr] = []
        for term in sp.Add.make_args(formula):
            coefficient, rest = translation.atoms.split(EntryForm(term, ()))
            product = translation.atoms.part(rest.formula)
            if isinstance(product, Apply) and isinstance(product.function, MatMul):
                common = translation.atoms.interned(product.arguments[side])
                key = common, product.arguments[1 - side].ndim
                groups.setdefault(key, []).append((coefficient, product))
            else:
                others.append(term)
        if any(len(group) > 1 for group in groups.values()):
            formula = sp.Add(*others, *(_together(translation, g, side) for g in groups.values()))
    return formula


def _together(translation: Translation, group: Group, side: int) -> sp.Expr:
    if len(group) == 1:
        coefficient, product = group[0]
        return coefficient * translation.atoms.symbol(product)
    others = [product.arguments[1 - side] for _, product in group]
    terms = [
        c * translation.form(other).formula for (c, _), other in zip(group, others, strict=True)
    ]
    outside, rest = translation.atoms.split(EntryForm(sp.Add(*terms), others[0].shape))
    if outside == 0:
        return sp.S.Zero
    operands = [group[0][1].arguments[side], translation.written(rest)]
    left, right = operands if side == 0 else reversed(operands)
    return outside * translation.part(apply(MatMul(), left, right)).formula

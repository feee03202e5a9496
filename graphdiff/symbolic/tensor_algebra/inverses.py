"""Determinants and inverses as a person writes them, where the formula divides by one anyway."""

from __future__ import annotations

import sympy as sp

from graphdiff.language.expression import Apply, Expression, apply
from graphdiff.language.functions.kinks import abs as absolute
from graphdiff.language.functions.kinks import sign
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse
from graphdiff.symbolic.tensor_algebra.products import TRANSPOSED, transpose
from graphdiff.symbolic.tensor_algebra.translation import Translation


def with_inverses(translation: Translation, formula: sp.Expr) -> sp.Expr:
    """Return a formula with sign(u)/|u| as 1/u, and adj(X)/det X as X⁻¹."""
    return formula.replace(lambda part: part.is_Mul, lambda part: _product(translation, part))


def _product(translation: Translation, product: sp.Mul) -> sp.Expr:
    for size in product.atoms(absolute.head):
        (u,) = size.args
        with_sign = sign.symbolic(u)
        if {with_sign, 1 / size} <= set(product.args):
            product = product * size / with_sign / u
    for factor in sp.Mul.make_args(product):
        part = translation.atoms.part(factor)
        matrix = None if part is None else _adjugate_of(part)
        if part is not None and matrix is not None:
            det = translation.form(apply(Det(), matrix)).formula
            if 1 / det in sp.Mul.make_args(product):
                inverse = apply(Inverse(), matrix)
                is_plain = isinstance(part, Apply) and part.function == Adjugate()
                turned = inverse if is_plain else transpose(TRANSPOSED, inverse)
                product = product * det / factor * translation.form(turned).formula
    return product


def _adjugate_of(part: Expression) -> Expression | None:
    """Return X of adj X or its transpose."""
    if isinstance(part, Apply) and part.function == TRANSPOSED:
        part = part.arguments[0]
    match part:
        case Apply(function=Adjugate(), arguments=(matrix,)):
            return matrix
        case _:
            return None


def of_inverse(part: Apply) -> tuple[Apply, Expression] | None:
    """Return det X and X of adj(X⁻¹) or det(X⁻¹), which are X/det X and 1/det X."""
    match part:
        case Apply(arguments=(Apply(function=Inverse(), arguments=(matrix,)),)):
            return apply(Det(), matrix), matrix
        case _:
            return None

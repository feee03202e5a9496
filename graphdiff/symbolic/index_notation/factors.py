"""Common factors of sums: A_ij B_jk + A_ij C_jk is A_ij (B_jk + C_jk)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sympy as sp

_SHORT = (sp.Symbol, sp.Indexed, sp.KroneckerDelta)
"""What is as short as the 1 that stays where it is taken out."""

MAX_MULTIPLIED = 60
"""Terms of a sum whose products are multiplied out, to see whether something cancels."""


def length(e: sp.Expr) -> int:
    """Return how many parts a formula has when written out."""
    return sum(1 for _ in sp.preorder_traversal(e))


def without_number(factor: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return 2 and a − b for 2a − 2b."""
    if not factor.is_Add:
        return sp.S.One, factor
    shares = [term.as_coeff_Mul()[0] for term in factor.args]
    share = next((share for share in shares if share.is_positive), shares[0])
    if {abs(other) for other in shares} != {abs(share)}:
        return sp.S.One, factor
    return share, sp.Add(*(term / share for term in factor.args))


def added(terms: Sequence[sp.Expr]) -> sp.Expr:
    """Return a sum, common factors taken out."""
    return factored(sp.Add(*terms))


def factored(e: sp.Expr) -> sp.Expr:
    """Return a sum with the factors that all its terms share taken out: δ_ip (x_i − x_q)."""
    if e.is_Mul:
        return sp.Mul(*map(factored, e.args))
    if not e.is_Add:
        return e
    first, *others = [sp.Mul.make_args(term) for term in e.args]
    common = [f for f in first if not f.is_Number and all(f in factors for factors in others)]
    if not common:
        return e
    rest = [sp.Mul(*(f for f in factors if f not in common)) for factors in (first, *others)]
    return sp.Mul(*common, *without_number(sp.Add(*rest)))


def collected(e: sp.Expr) -> sp.Expr:
    """Return a sum in the shortest form found: factors taken out, products multiplied out first."""
    found = _collected(e)
    terms = sp.Add.make_args(e)
    if len(terms) < sum(map(_terms_of_product, terms)) <= MAX_MULTIPLIED:
        other = _collected(sp.Add(*(sp.expand_mul(term, deep=False) for term in terms)))
        if 10 * length(other) < 9 * length(found):
            return other
    return found


def _terms_of_product(product: sp.Expr) -> int:
    return math.prod(len(sp.Add.make_args(factor)) for factor in sp.Mul.make_args(product))


def _collected(e: sp.Expr) -> sp.Expr:
    """Return a sum with factors taken out, of several terms too, the one that saves most first."""
    e = factored(e)
    if not e.is_Add:
        return sp.Mul(*(_collected(part) if part.is_Add else part for part in sp.Mul.make_args(e)))
    e = _joined(e)
    uses = Counter(
        factor for term in sp.Add.make_args(e) for factor in sp.Mul.make_args(term)
        if not (factor.is_number or (isinstance(factor, _SHORT) and term in (factor, -factor)))
    )  # fmt: skip
    saved = {factor: (many - 1) * length(factor) for factor, many in uses.items() if many > 1}
    if not saved:
        return e
    most = min(saved, key=lambda factor: (-saved[factor], sp.default_sort_key(factor)))
    have = [term for term in e.args if most in sp.Mul.make_args(term)]
    rest = [term for term in e.args if most not in sp.Mul.make_args(term)]
    return _collected(_collected(sp.Add(*have)) + sp.Add(*rest))


def _joined(e: sp.Expr) -> sp.Expr:
    """Return a sum of sums as one, where they share a factor: Σ_k x_k (A_pk + A_kp)."""
    alike: dict[tuple[Any, ...], list[sp.Expr]] = {}
    for term in e.args:
        sums = [factor for factor in sp.Mul.make_args(term) if isinstance(factor, sp.Sum)]
        if len(sums) == 1:
            outside = sp.Mul(*(f for f in sp.Mul.make_args(term) if f is not sums[0]))
            alike.setdefault((outside, sums[0].limits), []).append(sums[0])
    for (outside, limits), sums in alike.items():
        body = factored(sp.Add(*(one.function for one in sums)))
        if len(sums) > 1 and body.is_Mul:
            e = e - sp.Add(*(outside * one for one in sums)) + outside * sums[0].func(body, *limits)
    return e

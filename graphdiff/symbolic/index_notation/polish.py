"""A formula as it is to be read: one index for two that are equal, common factors taken out."""

from __future__ import annotations

import sympy as sp

from graphdiff.symbolic.index_notation.factors import collected, length
from graphdiff.symbolic.index_notation.symbols import (
    INPUT,
    Index,
    Quotient,
    Remainder,
    Same,
    Within,
    indices_of,
    settled,
    unguarded,
)

_INDICES = (sp.Indexed, sp.Tuple, sp.KroneckerDelta, Within, Same)
"""What holds indices, which stay as they are."""


def polished(formula: sp.Expr) -> sp.Expr:
    """Return a formula as it is to be read."""
    deltas = formula.atoms(sp.KroneckerDelta)
    return _polished(formula.xreplace({delta: _solved(delta) for delta in deltas}))


def _solved(delta: sp.KroneckerDelta) -> sp.Expr:
    """Return δ_{i-2, p} for δ_{i, p+2}."""
    for place, other in (delta.args, delta.args[::-1]):
        constant = sp.Add(*(term for term in sp.Add.make_args(place) if not indices_of(term)))
        index = place - constant
        if isinstance(index, Index) and index.kind == INPUT:
            return sp.KroneckerDelta(other - constant, index)
    return delta


def _polished(e: sp.Expr) -> sp.Expr:
    if not e.args or isinstance(e, _INDICES):
        return e
    e = _one_index(e)
    parts = [_polished(part) for part in e.args]
    if any(a is not b for a, b in zip(parts, e.args, strict=True)):
        e = e.func(*parts)
    match e:
        case sp.Mul():
            return _spread(_cancelled(_one_index(e)))
        case sp.Add():
            return _one_index(collected(e))
        case sp.Sum():
            outside, inside = e.function.as_independent(*e.variables, as_Add=False)
            return _one_index(outside * e.func(inside, *e.limits))
    return e


def _one_index(e: sp.Expr) -> sp.Expr:
    """Return a product with one index for the two that a delta makes equal."""
    factors = list(sp.Mul.make_args(e))
    for k in reversed(range(len(factors))):
        delta = factors[k]
        if isinstance(delta, sp.KroneckerDelta):
            factors = [f if f is delta else _renamed(f, delta) for f in factors]
    return sp.Mul(*factors)


def _spread(product: sp.Expr) -> sp.Expr:
    """Return s_i (δ_ip − s_p) for s_p (δ_ip − s_i), s_i c − y_i for s_i (c − y_i / s_i)."""
    factors = sp.Mul.make_args(product)
    for k, factor in enumerate(factors):
        if factor.is_Add and factor.has(sp.KroneckerDelta, sp.Piecewise):
            others = sp.Mul(*factors[:k], *factors[k + 1 :])
            terms = (_cancelled(_one_index(others * term)) for term in factor.args)
            spread = collected(sp.Add(*terms))
            if length(spread) <= length(product):
                return spread
    return product


def _cancelled(product: sp.Expr) -> sp.Expr:
    """Return y for p times "0 where y = 0, else y/p"."""
    factors = sp.Mul.make_args(product)
    for k, factor in enumerate(factors):
        if isinstance(factor, sp.Piecewise) and (value := unguarded(factor)) is not None:
            whole = sp.Mul(value, *factors[:k], *factors[k + 1 :])
            if whole.as_numer_denom()[1].is_positive:
                return whole
    return product


def _renamed(factor: sp.Expr, delta: sp.KroneckerDelta) -> sp.Expr:
    """Return a factor of δ_ab with i for p, i + 2 for p, i for p + 2, 0 for p."""
    if isinstance(factor, Within):
        return settled(factor, delta)
    a, b = delta.args
    for place, other in ((a, b), (b, a)):
        kinds = [{index.kind for index in indices_of(e)} for e in (place, other)]
        if kinds[0] == {INPUT} and INPUT not in kinds[1] and (place.is_Symbol or other.is_Symbol):
            factor = factor.xreplace({place: other})
    return _undivided(factor, a, b)


def _undivided(factor: sp.Expr, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Return a factor of δ_ab with p and q for the quotient and the remainder of a = n·p + q."""
    places: dict[sp.Expr, sp.Expr] = {}
    for part in factor.atoms(Quotient, Remainder):
        for place, other in ((a, b), (b, a)):
            if part.args[0] == place or part.args[0].has(place):
                same = part.xreplace({place: other})
                if not same.has(Quotient, Remainder):
                    places[part] = same
    return factor.xreplace(places) if places else factor

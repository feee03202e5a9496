"""Sums without deltas: Σ_k δ_kq f_k = f_q, Σ_k c = n c, common factors taken out."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from graphdiff.symbolic.index_notation.factors import added, factored, length, without_number
from graphdiff.symbolic.index_notation.symbols import (
    BOUND_MARK,
    OUTPUT,
    Index,
    Sum,
    indices_of,
    proven,
    solution,
    within,
)


def summed(body: sp.Expr, indices: Sequence[sp.Expr]) -> sp.Expr:
    """Return the sum over indices: deltas eliminated, constants counted, factors taken out."""
    for index in reversed(indices):
        if isinstance(index, Index):
            body = _summed(body, index)
    return body


def _summed(body: sp.Expr, index: Index) -> sp.Expr:
    body = factored(body)
    if not body.has(index):
        return index.size * body
    if body.is_Add:
        return _sum_of_terms(body, index)
    factors = sp.Mul.make_args(body)
    outside = sp.Mul(*(factor for factor in factors if not factor.has(index)))
    inside = [factor for factor in factors if factor.has(index)]
    eliminated = _eliminated(inside, index)
    if eliminated is not None:
        return outside * eliminated
    for place, factor in enumerate(inside):
        if factor.is_Add and _has_delta(factor, index):
            others = sp.Mul(*inside[:place], *inside[place + 1 :])
            return outside * added([_summed(others * term, index) for term in factor.args])
    if outside != 1:
        return outside * _summed(sp.Mul(*inside), index)
    return _closed(body, index)


def _eliminated(factors: Sequence[sp.Expr], index: Index) -> sp.Expr | None:
    """Return Σ_k δ_kq f_k = f_q, if there is such a delta."""
    found: list[tuple[bool, int, int, sp.Expr, sp.Expr]] = []
    for order, factor in enumerate(factors):
        if isinstance(factor, sp.KroneckerDelta):
            place = solution(factor, index)
            if place is not None:
                guard = within(place, index.size)
                kind = max((part.kind for part in indices_of(place)), default=OUTPUT)
                found.append((guard != 1, kind, order, place, guard))
    if not found:
        return None
    _, _, order, place, guard = min(found, key=lambda option: option[:3])
    rest = sp.Mul(*(factor for k, factor in enumerate(factors) if k != order))
    return proven(rest.xreplace({index: place})) * guard


def _has_delta(body: sp.Expr, index: Index) -> bool:
    """Whether a delta that can be eliminated is a factor somewhere in a sum of products."""
    if isinstance(body, sp.KroneckerDelta):
        return solution(body, index) is not None
    return (body.is_Add or body.is_Mul) and any(_has_delta(part, index) for part in body.args)


def _sum_of_terms(body: sp.Expr, index: Index) -> sp.Expr:
    """Return the sum of a sum, what does not vary counted, or term by term, if that is shorter."""
    apart = [_summed(term, index) for term in body.args if term.has(sp.KroneckerDelta)]
    rest = [term for term in body.args if not term.has(sp.KroneckerDelta)]
    constant = sp.Add(*(term for term in rest if not term.has(index)))
    varying = [term for term in rest if term.has(index)]
    single = index.size * constant + sp.Add(*(_summed(term, index) for term in varying))
    joined = _closed(sp.Add(*rest), index) if varying else single
    return added([*apart, min(joined, single, key=length)])


def _closed(body: sp.Expr, index: Index) -> sp.Expr:
    """Return a SymPy sum whose bound index is named by how deep it is, so that equals are equal."""
    share, factors = sp.S.One, []
    for factor in sp.Mul.make_args(body):
        number, rest = without_number(factor)
        share *= number
        factors.append(rest)
    body = sp.Mul(*factors)
    inner = [symbol for symbol in body.atoms(sp.Symbol) if symbol.name.startswith(BOUND_MARK)]
    depth = 1 + max((int(symbol.name[len(BOUND_MARK) :]) for symbol in inner), default=0)
    name = sp.Symbol(f"{BOUND_MARK}{depth}", integer=True, nonnegative=True)
    return share * Sum(body.xreplace({index: name}), (name, 0, index.size - 1))

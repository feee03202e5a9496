"""Sums without deltas: Σ_k δ_kq f_k = f_q, Σ_k c = n c, common factors taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from graphdiff.symbolic.index_notation.symbols import (
    BOUND_MARK,
    INPUT,
    OUTPUT,
    Index,
    Quotient,
    Remainder,
    Same,
    Within,
    indices_of,
    settled,
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
    return outside * _closed(sp.Mul(*inside), index)


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
    return settled(rest.xreplace({index: place}) * guard)


def _has_delta(body: sp.Expr, index: Index) -> bool:
    """Whether a delta that can be eliminated is a factor somewhere in a sum of products."""
    if isinstance(body, sp.KroneckerDelta):
        return solution(body, index) is not None
    return (body.is_Add or body.is_Mul) and any(_has_delta(part, index) for part in body.args)


def _sum_of_terms(body: sp.Expr, index: Index) -> sp.Expr:
    """Return the sum of a sum; what does not vary is counted where that is shorter."""
    apart = [_summed(term, index) for term in body.args if _has_delta(term, index)]
    rest = [term for term in body.args if not _has_delta(term, index)]
    if rest:
        joined = _closed_or_counted(sp.Add(*rest), index)
        constant = sp.Add(*(term for term in rest if not term.has(index)))
        varying = sp.Add(*(term for term in rest if term.has(index)))
        split = index.size * constant + _closed_or_counted(varying, index)
        apart.append(split if length(split) < length(joined) else joined)
    return added(apart)


def _closed_or_counted(body: sp.Expr, index: Index) -> sp.Expr:
    body = factored(body)
    if not body.has(index):
        return index.size * body
    factors = sp.Mul.make_args(body)
    outside = sp.Mul(*(factor for factor in factors if not factor.has(index)))
    return outside * _closed(sp.Mul(*(f for f in factors if f.has(index))), index)


def _closed(body: sp.Expr, index: Index) -> sp.Expr:
    """Return a SymPy sum whose bound index is named by how deep it is, so that equals are equal."""
    share, factors = sp.S.One, []
    for factor in sp.Mul.make_args(settled(body)):
        number, rest = _without_number(factor)
        share *= number
        factors.append(rest)
    body = sp.Mul(*factors)
    inner = [symbol for symbol in body.atoms(sp.Symbol) if symbol.name.startswith(BOUND_MARK)]
    depth = 1 + max((int(symbol.name[len(BOUND_MARK) :]) for symbol in inner), default=0)
    name = sp.Symbol(f"{BOUND_MARK}{depth}", integer=True, nonnegative=True)
    return share * sp.Sum(body.xreplace({index: name}), (name, 0, index.size - 1))


def _without_number(factor: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return 2 and a − b for 2a − 2b."""
    if not factor.is_Add:
        return sp.S.One, factor
    shares = [term.as_coeff_Mul()[0] for term in factor.args]
    share = next((share for share in shares if share.is_positive), shares[0])
    if {abs(other) for other in shares} != {abs(share)}:
        return sp.S.One, factor
    return share, sp.Add(*(term / share for term in factor.args))


def length(e: sp.Expr) -> int:
    """Return how many parts a formula has when written out."""
    return sum(1 for _ in sp.preorder_traversal(e))


# Sums of terms


def added(terms: Sequence[sp.Expr]) -> sp.Expr:
    """Return a sum, common factors taken out."""
    return factored(sp.Add(*terms))


def factored(e: sp.Expr) -> sp.Expr:
    """Return a sum with the factors that all its terms share taken out: δ_ip (x_i − x_q)."""
    if not e.is_Add:
        return e
    first, *others = [sp.Mul.make_args(term) for term in e.args]
    common = [f for f in first if not f.is_Number and all(f in factors for factors in others)]
    if not common:
        return e
    rest = [sp.Mul(*(f for f in factors if f not in common)) for factors in (first, *others)]
    return sp.Mul(*common, sp.Add(*rest))


def polished(formula: sp.Expr) -> sp.Expr:
    """Return a formula as it is to be read: where δ_ip stands, p is i in the other factors."""
    return _bottom_up(formula, lambda e: _aligned(settled(e)) if e.is_Mul else factored(_joined(e)))


def _joined(e: sp.Expr) -> sp.Expr:
    """Return a sum of sums as one, where they share a factor: Σ_k x_k (A_pk + A_kp)."""
    if not e.is_Add or not e.has(sp.Sum):
        return e
    alike: dict[tuple[Any, ...], list[sp.Expr]] = {}
    for term in e.args:
        sums = [factor for factor in sp.Mul.make_args(term) if isinstance(factor, sp.Sum)]
        if len(sums) == 1:
            outside = sp.Mul(*(f for f in sp.Mul.make_args(term) if f is not sums[0]))
            alike.setdefault((outside, sums[0].limits), []).append(sums[0])
    for (outside, limits), sums in alike.items():
        body = factored(sp.Add(*(one.function for one in sums)))
        if len(sums) > 1 and body.is_Mul:
            e = e - sp.Add(*(outside * one for one in sums)) + outside * sp.Sum(body, *limits)
    return e


def _aligned(product: sp.Expr) -> sp.Expr:
    factors = list(sp.Mul.make_args(product))
    for delta in [factor for factor in factors if isinstance(factor, sp.KroneckerDelta)]:
        a, b = delta.args
        if isinstance(a, Index) and isinstance(b, Index) and {a.kind, b.kind} == {OUTPUT, INPUT}:
            output, argument = (a, b) if a.kind == OUTPUT else (b, a)
            factors = [f if f == delta else f.xreplace({argument: output}) for f in factors]
        factors = [f if f == delta else _undivided(f, a, b) for f in factors]
    return sp.Mul(*factors)


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


_INDICES = (sp.Indexed, sp.Tuple, sp.KroneckerDelta, Within, Same)
"""What holds indices, which stay as they are."""


def _bottom_up(e: sp.Expr, change: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    if not e.args or isinstance(e, _INDICES):
        return e
    arguments = [_bottom_up(part, change) for part in e.args]
    same = all(a is b for a, b in zip(arguments, e.args, strict=True))
    return change(e if same else e.func(*arguments))

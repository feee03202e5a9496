"""Sums of terms: those that differ little become one, so that there are few."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import sympy as sp

from graphdiff.language.functions.movement import Eye
from graphdiff.local_functions.pullback import ONE
from graphdiff.program.structured.draft import combined
from graphdiff.program.structured.order import multiplied
from graphdiff.program.structured.products import plus, scaled
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.terms import Factor, LabelledProduct, Labels

MOST_ALIKE = 3
"""Terms with the same axes tied."""

MOST_PATTERNS = 4
"""Ways in which the axes of terms may be tied."""


def total(make: Shared, terms: Iterable[LabelledProduct]) -> tuple[LabelledProduct, ...]:
    """Return the sum of terms as few terms."""
    alike: dict[Labels, list[LabelledProduct]] = {}
    for term in terms:
        alike[term.axes] = with_term(make, alike.get(term.axes, []), term)
    alike = {axes: group for axes, group in alike.items() if group}
    while len(alike) > MOST_PATTERNS:
        _loosen_one(make, alike)
    for group in alike.values():
        while len(group) > MOST_ALIKE:
            group[:] = _one_less(make, group)
    return tuple(term for group in alike.values() for term in group)


def _one_less(
    make: Shared, group: Sequence[LabelledProduct], order: Labels = ()
) -> list[LabelledProduct]:
    """Return terms of one pattern with the two added that grow least by it."""
    first, second = min(itertools.combinations(group, 2), key=lambda pair: _growth(*pair))
    rest = [term for term in group if term is not first and term is not second]
    merged = added(make, first, second, order)
    return rest if merged is None else [*rest, merged]


def whole(make: Shared, terms: Iterable[LabelledProduct]) -> tuple[LabelledProduct, ...]:
    """Return the sum of terms as one for each pattern, for a dense array.

    A term with tied axes is added to one without, where that has a factor for it already:
    M + diag(q).
    """
    waiting = sorted(terms, key=lambda term: len(set(term.axes)))
    alike: dict[Labels, list[LabelledProduct]] = {}
    while waiting:
        term = waiting.pop(0)
        loose = _loose_beside(make, term, waiting)
        if loose is not None:
            waiting.append(loose)
            waiting.sort(key=lambda term: len(set(term.axes)))
        else:
            alike.setdefault(term.axes, []).append(term)
    for axes, group in alike.items():
        order = tuple(dict.fromkeys(axes))
        while len(group) > 1:
            group[:] = _one_less(make, group, order)
    return tuple(term for group in alike.values() for term in group)


def _loose_beside(
    make: Shared, term: LabelledProduct, others: Sequence[LabelledProduct]
) -> LabelledProduct | None:
    """Return a term with one of its ties as a factor, if it can be added to another then."""
    for place, label in enumerate(term.axes):
        if label != place:
            loose = untied(make, term, place)
            for other in others:
                if other.axes == loose.axes and _growth(other, loose) <= 0:
                    return loose
    return None


def with_term(
    make: Shared, terms: Sequence[LabelledProduct], term: LabelledProduct
) -> list[LabelledProduct]:
    """Return terms of one pattern with another added to one of them, where none grows by that."""
    for k, other in enumerate(terms):
        if _growth(other, term) <= 0:
            merged = added(make, other, term)
            rest = [*terms[:k], *terms[k + 1 :]]
            return rest if merged is None else with_term(make, rest, merged)
    return [*terms, term]


def _growth(first: LabelledProduct, second: LabelledProduct) -> int:
    """Return by how many entries the largest factor grows if two terms become one."""
    _, left, right = _compared(first, second)
    union = {label for factor in (*left, *right) for label in factor.labels}
    largest = max((factor.expression.size for factor in (*left, *right)), default=1)
    return first.size(union) - largest


def _compared(
    first: LabelledProduct, second: LabelledProduct
) -> tuple[list[Factor], list[Factor], list[Factor]]:
    """Return the factors that both have, and those of either alone."""
    keys = [{factor.key for factor in term.factors} for term in (first, second)]
    return (
        [factor for factor in first.factors if factor.key in keys[1]],
        [factor for factor in first.factors if factor.key not in keys[1]],
        [factor for factor in second.factors if factor.key not in keys[0]],
    )


def added(
    make: Shared, first: LabelledProduct, second: LabelledProduct, order: Labels = ()
) -> LabelledProduct | None:
    """Return the sum of two terms of one pattern, or None if it is 0.

    The order is that of the labels of the sum; that of its largest factor if not given.
    """
    common, left, right = _compared(first, second)
    ratio = second.coefficient / first.coefficient
    if not left and not right:
        coefficient = first.coefficient + second.coefficient
        return None if coefficient == 0 else _of(first, common, coefficient)
    sizes = dict(enumerate(first.sizes))
    a, b = (
        multiplied(make, some, sizes, order or _order(some))
        for some in (left, right if ratio in (1, -1) else _scaled(make, right, ratio))
    )
    one = plus(make, a, b, negative=ratio == -1)
    return _of(first, combined(make, [*common, one]), first.coefficient)


def _of(like: LabelledProduct, factors: Sequence[Factor], coefficient: sp.Expr) -> LabelledProduct:
    placed = tuple(sorted(factors, key=lambda f: (sorted(f.labels), f.labels)))
    return LabelledProduct(like.axes, like.sizes, placed, coefficient)


def _order(factors: Sequence[Factor]) -> Labels:
    """Return the labels of factors, those of the largest first."""
    largest_first = sorted(factors, key=lambda factor: -len(factor.labels))
    return tuple(dict.fromkeys(label for f in largest_first for label in f.labels))


def _scaled(make: Shared, factors: Sequence[Factor], by: sp.Expr) -> list[Factor]:
    if not factors:
        return [Factor(scaled(make, make.constant(ONE), by), ())]
    small = min(range(len(factors)), key=lambda k: factors[k].expression.size)
    return [
        Factor(scaled(make, factor.expression, by), factor.labels) if k == small else factor
        for k, factor in enumerate(factors)
    ]


def _loosen_one(make: Shared, alike: dict[Labels, list[LabelledProduct]]) -> None:
    """Untie the smallest terms that have axes tied, one axis of theirs."""
    tied = [axes for axes in alike if len(set(axes)) < len(axes)]
    axes = min(tied, key=lambda axes: alike[axes][0].size(set(axes)))
    for term in alike.pop(axes):
        place = next(k for k, label in enumerate(term.axes) if label != k)
        loose = untied(make, term, place)
        found = with_term(make, alike.pop(loose.axes, []), loose)
        if found:
            alike[loose.axes] = found


def untied(make: Shared, term: LabelledProduct, place: int) -> LabelledProduct:
    """Return a term with an axis and those behind it untied: the identity matrix is a factor."""
    label, size = term.axes[place], term.sizes[place]
    axes = tuple(
        place if k >= place and other == label else other for k, other in enumerate(term.axes)
    )
    eye = Factor(make(Eye(size)), (label, place))
    return _of(
        LabelledProduct(axes, term.sizes, (), term.coefficient),
        [*term.factors, eye],
        term.coefficient,
    )

"""What happens entry by entry, as SymPy formulas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import NamedTuple

import sympy as sp
from sympy.core.parameters import distribute, global_parameters

from graphdiff.language.shapes import Shape

MAX_OPERATIONS = 400
"""Operations of one formula beyond which it is left as it is."""

MAX_FACTORED = 80
"""Operations of a formula that is factored as a fraction."""


class EntryForm(NamedTuple):
    """A part of an expression as a SymPy formula of one entry, and the shape it has."""

    formula: sp.Expr
    shape: Shape


def undistributed(*formulas: sp.Expr) -> AbstractContextManager[None]:
    """Return a context in which SymPy keeps 2(a + b) as it is.

    It empties SymPy's memory, so where there is no sum it does nothing.
    """
    has_sum = any(formula.has(sp.Add) for formula in formulas)
    return distribute(False) if has_sum else nullcontext()


def operations(formula: sp.Expr) -> int:
    """Return how many operations a formula has."""
    return sum(1 for _ in sp.preorder_traversal(formula))


def factored(formula: sp.Expr) -> sp.Expr:
    """Take common factors out where that is shorter: 2(a − b), not 2a − 2b."""
    if not formula.has(sp.Add):
        return formula
    return _factored(formula, global_parameters.distribute)


@lru_cache(maxsize=10_000)
def _factored(formula: sp.Expr, _: bool) -> sp.Expr:
    """Return a formula factored, as SymPy does it while it distributes numbers, or does not."""
    if operations(formula) > MAX_OPERATIONS:
        return formula
    candidates = [sp.factor_terms(formula)]
    candidates.append(candidates[0].replace(lambda part: part.is_Mul, _fraction_inside))
    if operations(formula) <= MAX_FACTORED:
        if any(term.is_Mul and term.has(sp.Add) for term in _terms(candidates[0])):
            candidates.append(sp.factor_terms(_opened(candidates[0])))
        if any(map(_cancels, candidates[0].atoms(sp.Mul))):
            candidates.append(candidates[0].replace(lambda part: part.is_Mul, _inside))
        if _has_fraction_of_sums(formula):
            candidates.append(sp.factor(formula))
        candidates += cancelled(formula)
    shorter = min(candidates, key=cost)
    return shorter if cost(shorter) <= cost(formula) else formula


def _terms(formula: sp.Expr) -> Iterator[sp.Expr]:
    """Return the terms of all sums in a formula."""
    return (term for total in formula.atoms(sp.Add) for term in total.args)


def _opened(formula: sp.Expr) -> sp.Expr:
    """Return a formula with a sum that is a term of a sum as terms of it: a − (a − b) is b."""
    if formula.is_Atom:
        return formula
    inner = [_opened(part) for part in formula.args]
    if formula.is_Add:
        return sp.Add(*map(_number_inside, inner))
    return formula.func(*inner)


def _number_inside(term: sp.Expr) -> sp.Expr:
    """Return c(a + b) as c a + c b, for a number c."""
    coefficient, rest = term.as_coeff_Mul()
    return sp.Add(*(coefficient * part for part in rest.args)) if rest.is_Add else term


def _fraction_inside(product: sp.Mul) -> sp.Expr:
    """Return (a + 4 b)/(4 r) as (a/4 + b)/r."""
    if not _is_brought_to_one_line(product):
        return product
    number, *factors = product.args
    place = next(place for place, factor in enumerate(factors) if factor.is_Add)
    factors[place] = sp.Add(*(number * term for term in factors[place].args))
    return sp.Mul(*factors)


def cost(formula: sp.Expr) -> int:
    """Return how many operations a formula has; a minus is none, (a + 10 b)/5 has one more."""
    products = [part for part in sp.preorder_traversal(formula) if part.is_Mul]
    signs = sum(1 for product in products if product.args[0] == -1)
    return operations(formula) - 2 * signs + sum(map(_is_brought_to_one_line, products))


def _is_brought_to_one_line(product: sp.Mul) -> bool:
    """Whether a sum is divided by a number by which a term of it is multiplied."""
    divisor = product.args[0]
    if not (divisor.is_Rational and not divisor.is_Integer):
        return False
    terms = (term for total in product.args if total.is_Add for term in total.args)
    sizes = (abs(term.as_coeff_Mul()[0]) for term in terms if not term.is_number)
    return any(size.is_Integer and (size * divisor).is_Integer for size in sizes)


def cancelled(formula: sp.Expr) -> list[sp.Expr]:
    """Return a formula multiplied out, and as one fraction, where a factor may cancel in it."""
    if operations(formula) > MAX_FACTORED or not any(map(_cancels, formula.atoms(sp.Mul))):
        return []
    return [sp.expand_mul(formula), sp.factor_terms(sp.cancel(formula))]


def _inside(product: sp.Mul) -> sp.Expr:
    """Return p(a + b/p) as p a + b."""
    for total in product.args:
        for factor in product.args:
            if total.is_Add and factor in _below(total):
                terms = sp.Add(*(factor * term for term in total.args))
                others = [each for each in product.args if each not in (factor, total)]
                return sp.Mul(*others, terms)
    return product


def _below(total: sp.Expr) -> set[sp.Expr]:
    """Return what stands below the line in a sum."""
    return {power.base for power in total.atoms(sp.Pow) if power.exp.is_negative}


def _cancels(product: sp.Mul) -> bool:
    """Whether a product has a factor that stands below the line in a sum beside it."""
    factors = {factor for factor in product.args if not factor.is_number}
    sums = [factor for factor in factors if factor.is_Add]
    below = {base for total in sums for base in _below(total)}
    below |= {sp.exp(-inner.args[0]) for total in sums for inner in total.atoms(sp.exp)}
    return not below.isdisjoint(factors)


def _has_fraction_of_sums(formula: sp.Expr) -> bool:
    """Whether a sum has a term with a sum below the line, so that terms may cancel."""
    if any(not power.exp.is_Integer for power in formula.atoms(sp.Pow) if power.base.is_Add):
        return False
    return any(
        any(power.exp.is_negative and power.base.is_Add for power in total.atoms(sp.Pow))
        for total in formula.atoms(sp.Add)
    )

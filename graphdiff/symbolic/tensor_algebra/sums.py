"""Sums and means: coefficients taken out, what cancels cancelled."""

from __future__ import annotations

import math

import sympy as sp

from graphdiff.language.expression import Apply, Expression, apply
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm, cost, factored, operations
from graphdiff.symbolic.tensor_algebra.facts import adds_up_to_one, adds_up_to_zero
from graphdiff.symbolic.tensor_algebra.translation import Translation


def sum_of(translation: Translation, function: Sum, argument: EntryForm, shape: Shape) -> EntryForm:
    """Return a sum as a formula; Σ (x − mean x) is 0, Σ (c a + b) is c Σ a + Σ b if shorter."""
    if function.keepdims and function.axes == tuple(range(len(function.axes))):
        function = Sum(function.axes, function.rank)  # broadcasting adds these axes again
    coefficient, rest = translation.atoms.split(argument)
    parts = map(translation.atoms.part, translation.atoms.within(rest.formula))
    if any(part is not None and _is_known(part, function.axes) for part in parts):
        rest = EntryForm(sp.expand_mul(rest.formula), rest.shape)
    terms = sp.Add.make_args(rest.formula)
    if len(terms) > 1:
        given = [EntryForm(term, argument.shape) for term in terms]
        apart = sp.Add(*(_of_one_term(translation, function, one, shape).formula for one in given))
        new = apart.free_symbols - argument.formula.free_symbols
        if sum(1 for symbol in new if _is_a_sum(translation.atoms.part(symbol))) <= 1:
            return EntryForm(coefficient * apart, shape)
    form = _of_one_term(translation, function, rest, shape)
    return EntryForm(coefficient * form.formula, shape)


def mean_of(
    translation: Translation, function: Mean, argument: EntryForm, shape: Shape
) -> EntryForm:
    """Return a mean as a sum over the number of terms, so that it meets other sums."""
    total = Sum(function.axes, function.rank, function.keepdims)
    form = sum_of(translation, total, argument, shape)
    return EntryForm(form.formula / function.count(argument.shape), shape)


def with_means(translation: Translation, formula: sp.Expr) -> sp.Expr:
    """Return a formula with Σx/n as the mean of x, and n x − Σx as n (x − mean x)."""
    totals: dict[sp.Expr, dict[sp.Basic, sp.Expr]] = {}
    for symbol in sorted(translation.atoms.within(formula), key=str):
        part = translation.atoms.part(symbol)
        if isinstance(part, Apply) and isinstance(part.function, Sum):
            reduction, (inner,) = part.function, part.arguments
            if reduction.count(inner.shape) == 0:
                continue
            mean = inner.mean(reduction.axes, keepdims=reduction.keepdims)
            number = reduction.count(inner.shape)
            total = number * translation.atoms.symbol(mean)
            averaged = formula.xreplace({symbol: total})
            if operations(averaged) < operations(formula):
                formula = averaged
            else:
                totals.setdefault(number, {})[symbol] = total
        elif isinstance(part, Apply) and _stands_beside_entries(translation, symbol, formula):
            one, other = part.arguments
            number = sp.sympify(one.shape[0])
            mean = translation.atoms.symbol((one * other).mean())
            totals.setdefault(number, {})[symbol] = number * mean
    for together in totals.values():
        averaged = factored(formula.xreplace(together))
        if cost(averaged) < cost(factored(formula)):
            formula = averaged
    return formula


def _stands_beside_entries(translation: Translation, symbol: sp.Basic, formula: sp.Expr) -> bool:
    """Whether an inner product is a term of a sum of entries: n a b − aᵀb, n c − (aᵀb) c."""
    part = translation.atoms.part(symbol)
    if not isinstance(part, Apply) or not isinstance(part.function, MatMul) or part.ndim:
        return False
    totals = (total.args for total in formula.atoms(sp.Add))
    return any(
        any(symbol in sp.Mul.make_args(term) for term in terms)
        and any(any(translation.atoms.shapes(term)) for term in terms)
        for terms in totals
    )


def _is_known(part: Expression, axes: tuple[int, ...]) -> bool:
    """Whether the sum of a part is known."""
    return adds_up_to_one(part, axes) or adds_up_to_zero(part, axes)


def _is_a_sum(part: Expression | None) -> bool:
    return isinstance(part, Apply) and isinstance(part.function, Sum | MatMul)


def _of_one_term(
    translation: Translation, function: Sum, argument: EntryForm, shape: Shape
) -> EntryForm:
    """Return the sum of a product: what is equal along the axes goes before it."""
    coefficient, rest = translation.atoms.split(argument)
    if function.keepdims:
        outside, rest = translation.atoms.split(rest, function.from_the_end)
        coefficient *= outside
    part = translation.atoms.part(rest.formula)
    if part is not None and part.shape == argument.shape:
        if adds_up_to_one(part, function.axes):
            return EntryForm(coefficient, shape)
        if adds_up_to_zero(part, function.axes):
            return EntryForm(sp.S.Zero, shape)
    if rest.formula == 1:
        return EntryForm(coefficient * function.count(argument.shape), shape)
    if rest.formula.is_Add and coefficient != 1:
        return EntryForm(coefficient * sum_of(translation, function, rest, shape).formula, shape)
    inner = translation.written(rest, shaped=False)
    lost = len(argument.shape) - inner.ndim
    equal = {
        axis for axis in function.axes
        if axis < lost or inner.shape[axis - lost] != argument.shape[axis]
    }  # fmt: skip
    axes = tuple(axis - lost for axis in function.axes if axis not in equal)
    whole = len(function.axes) == function.rank
    if whole:
        axes = tuple(range(inner.ndim))
    elif not function.keepdims:
        inner, axes = _without(inner, [axis - lost for axis in equal if axis >= lost], axes)
    coefficient *= math.prod(argument.shape[axis] for axis in equal)
    if axes:
        keepdims = function.keepdims and not whole
        form = translation.part(_summed(inner, axes, keepdims=keepdims))
    else:
        form = translation.form(inner)
    return EntryForm(coefficient * form.formula, shape)


def _without(
    inner: Expression, gone: list[int], axes: tuple[int, ...]
) -> tuple[Expression, tuple[int, ...]]:
    """Return a part without some axes of size 1, and where the others are then."""
    if not gone:
        return inner, axes
    kept = tuple(size for axis, size in enumerate(inner.shape) if axis not in gone)
    moved = tuple(axis - sum(other < axis for other in gone) for axis in axes)
    return inner.reshape(kept), moved


def _summed(inner: Expression, axes: tuple[int, ...], *, keepdims: bool) -> Expression:
    """Return a sum; of a product of two vectors, their inner product."""
    if inner.ndim == 1 and not keepdims and isinstance(inner, Apply):
        factors = inner.arguments
        plain = getattr(inner.function, "name", "") == "mul"
        if plain and all(f.shape == inner.shape for f in factors) and factors[0] is not factors[1]:
            return apply(MatMul(), *factors)
    return inner.sum(axes, keepdims=keepdims)

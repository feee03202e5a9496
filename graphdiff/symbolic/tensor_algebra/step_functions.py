"""Chains of kinks in one variable as the steps they are: max′(max(x, 2), x)·… is 1 where x > 2.

A product of derivatives at kinks is constant between finitely many points, if all that is compared
is linear between kinks; then its values there and between them say all of it, at the ties too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import sympy as sp
from sympy.core.relational import Relational

from graphdiff.language.functions.scalar_function import Head
from graphdiff.local_functions.without_primes import with_comparisons
from graphdiff.symbolic.tensor_algebra.entry_form import operations

DEEPEST = 8
"""Functions inside each other that are written out by their cases."""

LONGEST = 100
"""Operations of a formula that is looked at."""

MOST = 12
"""Points between which a function is looked at."""


def with_steps(formula: sp.Expr) -> sp.Expr:
    """Return a formula with products and sums of steps in one variable as cases of it."""
    kinks = (head for head in formula.atoms(Head) if head.declaration.kinks or head.declaration.of)
    if not formula.has(sp.Piecewise) and next(kinks, None) is None:
        return formula
    return formula.replace(lambda part: part.is_Add or part.is_Mul or part.is_Piecewise, _stepped)


def _stepped(part: sp.Expr) -> sp.Expr:
    """Return a part with its factors, or terms, that are steps in one variable as one."""
    if part.is_Piecewise:
        return _flat(part) or part
    groups: dict[sp.Basic, list[sp.Expr]] = {}
    for inner in part.args:
        if inner.has(sp.Piecewise, Head) and _is_step(inner):
            groups.setdefault(next(iter(inner.free_symbols)), []).append(inner)
    for group in groups.values():
        found = _flat(part.func(*group))
        if found is not None:
            rest = [inner for inner in part.args if inner not in group]
            part = part.func(*rest, found)
    return part


def _flat(steps: sp.Expr) -> sp.Expr | None:
    """Return steps in one variable as cases of it, if that is shorter; else None."""
    written = _by_cases(steps) if _is_step(steps) else None
    if written is None:
        return None
    (x,) = steps.free_symbols
    points = _kinks(written, x)
    if points is None or len(points) > MOST:
        return None
    found = _cases(x, *_values(written, x, points))
    shorter = operations(with_comparisons(found)) < operations(with_comparisons(steps))
    return found if shorter else None


def _is_step(formula: sp.Expr) -> bool:
    """Whether a formula is constant between points of one variable."""
    is_small = len(formula.free_symbols) == 1 and operations(formula) <= LONGEST
    written = _by_cases(formula) if is_small else None
    return written is not None and _is_constant_between(written)


def _by_cases(formula: sp.Expr) -> sp.Expr | None:
    """Return a formula with the cases of the functions in it; None if one has none."""
    for _ in range(DEEPEST):
        heads = formula.atoms(Head)
        if not heads:
            return formula
        written = {head: sp.sympify(head.declaration.formula(*head.args)) for head in heads}
        if not all(cases.has(sp.Piecewise) or cases.is_number for cases in written.values()):
            return None
        formula = formula.xreplace(written)
    return None


def _is_constant_between(formula: sp.Expr) -> bool:
    """Whether a formula is made of numbers and cases of numbers."""
    if formula.is_Rational:
        return True
    if formula.is_Add or formula.is_Mul:
        return all(map(_is_constant_between, formula.args))
    return formula.is_Piecewise and all(_is_constant_between(value) for value, _ in formula.args)


def _is_linear_between(formula: sp.Expr) -> bool:
    """Whether a formula in one variable is linear between its kinks."""
    if formula.is_Rational or formula.is_Symbol:
        return True
    if formula.is_Add:
        return all(map(_is_linear_between, formula.args))
    if formula.is_Mul:
        number, rest = formula.as_coeff_Mul()
        return number.is_Rational and rest != formula and _is_linear_between(rest)
    return formula.is_Piecewise and all(_is_linear_between(value) for value, _ in formula.args)


def _kinks(formula: sp.Expr, x: sp.Symbol) -> list[sp.Rational] | None:
    """Return where any condition of a formula may change, in order."""
    points: set[sp.Rational] = set()
    for relation in formula.atoms(Relational):
        difference = sp.sympify(relation.lhs - relation.rhs)
        inner = _kinks(difference, x) if _is_linear_between(difference) else None
        if inner is None:
            return None
        points.update(inner)
        for first, second in _inside(inner):
            a, b = (difference.subs(x, point) for point in (first, second))
            if a != b:
                points.add(first - a * (second - first) / (b - a))
    return sorted(points)


def _inside(points: Sequence[sp.Rational]) -> Iterable[tuple[sp.Rational, sp.Rational]]:
    """Return two points of each interval between points, and of those at the ends."""
    if not points:
        return [(sp.S.Zero, sp.S.One)]
    between = [((2 * a + b) / 3, (a + 2 * b) / 3) for a, b in pairwise(points)]
    return [(points[0] - 2, points[0] - 1), *between, (points[-1] + 1, points[-1] + 2)]


def _values(
    formula: sp.Expr, x: sp.Symbol, points: Sequence[sp.Rational]
) -> tuple[list[sp.Rational], list[sp.Expr], list[sp.Expr]]:
    """Return the points where a formula changes, its values there, and those between them."""
    between = [formula.subs(x, first) for first, _ in _inside(points)]
    changes, there, values = [], [], between[:1]
    for point, after in zip(points, between[1:], strict=False):
        at = formula.subs(x, point)
        if at != values[-1] or after != values[-1]:
            changes.append(point)
            there.append(at)
            values.append(after)
    return changes, there, values


def _cases(
    x: sp.Symbol,
    points: Sequence[sp.Rational],
    there: Sequence[sp.Expr],
    between: Sequence[sp.Expr],
) -> sp.Expr:
    """Return a step function as cases, from the right end for one step up from 0."""
    if len(points) == 1 and between[0] == 0:
        (point,), (at,) = points, there
        above = x >= point if at == between[1] else x > point
        tie = () if at in between else ((at, x >= point),)
        return sp.Piecewise((between[1], above), *tie, (0, True))
    branches: list[tuple[sp.Expr, object]] = []
    for point, at, value in zip(points, there, between, strict=False):
        if at == value:
            branches.append((value, x <= point))
        else:
            branches.append((value, x < point))
            if at != between[points.index(point) + 1]:
                branches.append((at, x <= point))
    return sp.Piecewise(*branches, (between[-1], True))

"""Products of factors as expressions: entry by entry with broadcasting, or as matrix products."""

from __future__ import annotations

import math
import string
from collections.abc import Collection, Sequence

import sympy as sp

from graphdiff.language.cotangent_arithmetic import inside, is_number, leaves_out
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.comparisons import where
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Broadcast, Reshape, Transpose
from graphdiff.language.functions.reductions import Sum
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.terms import Factor, Labels, number

MOST_EXACT = 10**15
"""Whole numbers up to this are floats without rounding."""

DEEPEST = 3
"""Levels of operands in which a number is sought a place."""


def arranged(make: Shared, factor: Factor, order: Labels) -> Expression:
    """Return a factor with its axes in this order, and one of size 1 for each label it lacks."""
    own = tuple(label for label in order if label in factor.labels)
    turned = transposed(make, factor.expression, tuple(map(factor.labels.index, own)))
    if own == order:
        return turned
    sizes = factor.sizes
    return make(Reshape(tuple(sizes.get(label, 1) for label in order)), turned)


def ordered(make: Shared, factor: Factor, order: Labels) -> Factor:
    """Return a factor with its axes in this order."""
    own = tuple(label for label in order if label in factor.labels)
    return Factor(arranged(make, factor, own), own)


def transposed(make: Shared, expression: Expression, order: tuple[int, ...]) -> Expression:
    """Return the axes in this order."""
    return make(Transpose(order), expression) if len(order) > 1 else expression


def entrywise(
    make: Shared, function: Function, left: Factor, right: Factor, order: Labels
) -> Factor:
    """Return a map of two factors, on the labels of both in this order."""
    union = tuple(label for label in order if label in left.labels or label in right.labels)
    a, b = (_beside(make, *pair, union) for pair in ((left, right), (right, left)))
    return Factor(make(function, a, b), union)


def _beside(make: Shared, factor: Factor, other: Factor, union: Labels) -> Expression:
    """Return a factor so that it broadcasts; NumPy itself adds axes in front."""
    suffix = factor.labels == union[len(union) - len(factor.labels) :]
    if suffix and (not factor.labels or len(other.labels) == len(union)):
        return factor.expression
    return arranged(make, factor, union)


def times(make: Shared, left: Factor, right: Factor, order: Labels = ()) -> Factor:
    """Return the product entry by entry; the order is that of the larger factor if not given."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one.expression, Constant) and one.expression.value == 1:
            return other
    if not order:
        large, small = (left, right) if len(left.labels) >= len(right.labels) else (right, left)
        order = large.labels + tuple(label for label in small.labels if label not in large.labels)
    for one, other in ((left, right), (right, left)):
        if leaves_out(one.expression):
            return _chosen(make, one, other, order)
    return entrywise(make, mul, left, right, order)


def _chosen(make: Shared, choice: Factor, other: Factor, order: Labels) -> Factor:
    """Return a choice with its branches multiplied by another factor: what is left out stays 0."""
    assert isinstance(choice.expression, Apply)  # noqa: S101 - a choice
    union = tuple(label for label in order if label in choice.labels or label in other.labels)
    condition, *branches = (
        Factor(part, choice.labels[len(choice.labels) - part.ndim :])
        for part in choice.expression.arguments
    )
    products = (
        branch if is_number(branch.expression, 0) else times(make, branch, other, order)
        for branch in branches
    )
    parts = (
        arranged(make, part, union) if part.labels else part.expression
        for part in (condition, *products)
    )
    return Factor(make(where, *parts), union)


def plus(make: Shared, left: Factor, right: Factor, *, negative: bool = False) -> Factor:
    """Return the sum of two factors, or their difference."""
    order = left.labels + tuple(label for label in right.labels if label not in left.labels)
    if set(order) == set(right.labels) and len(left.labels) < len(order):
        order = right.labels
    return entrywise(make, sub if negative else add, left, right, order)


def summed_out(make: Shared, factor: Factor, labels: Collection[int]) -> Factor:
    """Return the sum of a factor over some of its labels."""
    axes = tuple(axis for axis, label in enumerate(factor.labels) if label in labels)
    kept = tuple(label for label in factor.labels if label not in labels)
    return Factor(make(Sum(axes, len(factor.labels)), factor.expression), kept)


def contracted(
    make: Shared, left: Factor, right: Factor, over: Collection[int], first: Collection[int] = ()
) -> Factor:
    """Return the product summed over labels that both have.

    ``first`` are labels that had better stand in the rows of the result.
    """
    shared = [label for label in left.labels if label in right.labels]
    both = tuple(label for label in shared if label not in over)
    if set(_free(right, shared)) & set(first) and not set(_free(left, shared)) & set(first):
        left, right = right, left
    labels = (*both, *_free(left, shared), *_free(right, shared))
    if not both and len(over) == 1 and max(len(left.labels), len(right.labels)) < 3:
        return Factor(_matrix_product(make, left, right, *over), labels)
    letter = {label: string.ascii_letters[k] for k, label in enumerate((*labels, *over))}
    terms = ["".join(letter[label] for label in f) for f in (left.labels, right.labels, labels)]
    subscripts = f"{terms[0]},{terms[1]}->{terms[2]}"
    return Factor(make(Einsum(subscripts), left.expression, right.expression), labels)


def _free(factor: Factor, shared: Sequence[int]) -> Labels:
    return tuple(label for label in factor.labels if label not in shared)


def _matrix_product(make: Shared, left: Factor, right: Factor, over: int) -> Expression:
    a, b = left.expression, right.expression
    if left.labels[-1] != over:
        a = transposed(make, a, (1, 0))
    if right.labels[0] != over:
        b = transposed(make, b, (1, 0))
    return make(MatMul(), a, b)


def diagonal(make: Shared, expression: Expression, labels: Labels) -> Factor:
    """Return an expression with labels that may stand twice as a factor: its diagonal."""
    once = tuple(dict.fromkeys(labels))
    if len(once) < len(labels):
        letter = {label: string.ascii_letters[k] for k, label in enumerate(once)}
        term = "".join(letter[label] for label in labels)
        expression = make(Einsum(f"{term}->{''.join(letter.values())}"), expression)
    return Factor(expression, once)


def scaled(make: Shared, expression: Expression, by: sp.Expr) -> Expression:
    """Return a multiple of an expression, where it costs least: on the smallest operand.

    Examples
    --------
    2·(Aᵀ(v ⊙ A)) is Aᵀ((2v) ⊙ A), since v is small.
    """
    if by == 1:
        return expression
    if isinstance(expression, Constant):
        return make.constant(number(expression.value * by))
    if leaves_out(expression):
        return make.interned(inside(expression, lambda branch: scaled(make, branch, by)))
    place = _cheaper(expression)
    if isinstance(expression, Apply) and place is not None:
        arguments = list(expression.arguments)
        arguments[place] = scaled(make, arguments[place], by)
        return make(expression.function, *arguments)
    if by.is_negative and isinstance(expression, Apply) and expression.function is sub:
        first, second = expression.arguments
        return scaled(make, make(sub, second, first), -by)
    if by == -1:
        return make(neg, expression)
    return make(mul, multiplier(make, by), expression)


def _cheaper(expression: Expression) -> int | None:
    """Return the operand to multiply in place of a product, where that is less work.

    It must be half the work at least: what is computed anew had perhaps been shared.
    """
    if not isinstance(expression, Apply) or not _passes_on(expression):
        return None
    sizes = [_least(argument, DEEPEST) for argument in expression.arguments]
    least = min(sizes)
    return sizes.index(least) if 2 * least <= expression.size else None


def _passes_on(part: Apply) -> bool:
    """Whether a multiple of it is that of a multiple of one operand."""
    return part.function is mul or isinstance(part.function, MatMul | Einsum | Reshape | Transpose)


def _least(expression: Expression, depth: int) -> int:
    if depth and isinstance(expression, Apply) and _passes_on(expression):
        return min([expression.size, *(_least(a, depth - 1) for a in expression.arguments)])
    return expression.size


def multiplier(make: Shared, value: sp.Expr) -> Expression:
    """Return an exact number as an expression, a fraction as a quotient.

    One of very many digits is rounded to a float: its numerator and denominator may be none.
    """
    if value.is_Rational and max(abs(value.p), value.q) > MOST_EXACT:
        near = float(value)
        is_float = math.isfinite(near) and near != 0  # what leaves their range stays as it is
        return make.constant(number(sp.Rational(repr(near)) if is_float else value))
    if value.is_Rational and not value.is_Integer:
        return make(div, make.constant(number(sp.Integer(value.p))),
                    make.constant(number(sp.Integer(value.q))))  # fmt: skip
    return make.constant(number(value))


def stretched(make: Shared, expression: Expression, shape: tuple[int, ...]) -> Expression:
    """Return an expression broadcast to a shape."""
    return expression if expression.shape == shape else make(Broadcast(shape), expression)

"""Products and sums of cotangents: what a choice leaves out stays 0, and what cancels is cancelled.

What was not chosen gives 0 to what it was made of, even where its own derivative is infinite. So a
factor goes into the branches of a choice, and not before it::

    where(x > 0, c, 0) · J = where(x > 0, c·J, 0)

And 2‖x‖ · (x/‖x‖) is 2x, also where ‖x‖ = 0: a quotient takes its denominator out of the cotangent,
if it is a factor there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeGuard

from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow
from graphdiff.language.functions.comparisons import where
from graphdiff.language.functions.elementary import sqrt

ONE, ZERO = Constant(1), Constant(0)

DEEPEST = 8
"""Levels of a product that a factor is looked for in."""


def is_number(part: Expression, number: int) -> bool:
    """Whether an expression is this number."""
    return isinstance(part, Constant) and part.value == number


def times(c: Expression, J: Expression) -> Expression:
    """Return c ⊙ J, without a factor that is 1."""
    if is_number(J, 1):
        return c
    if is_number(c, 1):
        return J
    if leaves_out(c):
        return inside(c, lambda branch: times(branch, J))
    if isinstance(J, Apply) and J.function is div:
        numerator, denominator = J.arguments
        rest = without_factor(c, denominator)
        if rest is not None:
            return times(rest, numerator)
    return c * J


def over(c: Expression, denominator: Expression) -> Expression:
    """Return c / denominator, without it where it is a factor of c."""
    if leaves_out(c):
        return inside(c, lambda branch: over(branch, denominator))
    rest = without_factor(c, denominator)
    return c / denominator if rest is None else rest


def total(_: object, terms: Sequence[Expression]) -> Expression:
    """Return the sum of cotangents; those of one choice are chosen together."""
    return reduce(_plus, terms)


def _plus(c: Expression, d: Expression) -> Expression:
    if leaves_out(c) and leaves_out(d) and c.arguments[0] is d.arguments[0]:
        (condition, *branches), others = c.arguments, d.arguments[1:]
        sums = (
            b if is_number(a, 0) else a if is_number(b, 0) else _plus(a, b)
            for a, b in zip(branches, others, strict=True)
        )
        return Apply(where, (condition, *sums))
    return operator.add(c, d)


def leaves_out(c: Expression) -> TypeGuard[Apply]:
    """Whether a cotangent is a choice with 0 for a branch, however deep."""
    return (
        isinstance(c, Apply)
        and c.function is where
        and any(is_number(branch, 0) or leaves_out(branch) for branch in c.arguments[1:])
    )


def inside(choice: Apply, change: Callable[[Expression], Expression | None]) -> Expression:
    """Return a choice with its branches changed, all but those that are 0."""
    condition, *branches = choice.arguments
    changed = (None if is_number(b, 0) else change(b) for b in branches)
    return Apply(where, (condition, *(ZERO if b is None else b for b in changed)))


def without_factor(c: Expression, factor: Expression, depth: int = DEEPEST) -> Expression | None:
    """Return c / factor if it is one of the factors of c, else None; x over √x is √x."""
    if c is factor:
        return ONE
    if isinstance(factor, Apply) and factor.function is sqrt and factor.arguments[0] is c:
        return factor
    if not isinstance(c, Apply) or not depth:
        return None
    rest: Expression | None = None
    match c.function, c.arguments:
        case function, (a, b) if function is mul:
            if (rest := without_factor(a, factor, depth - 1)) is not None:
                return times(rest, b)
            if (rest := without_factor(b, factor, depth - 1)) is not None:
                return times(a, rest)
        case function, (a, b) if function is add:
            first, second = (without_factor(term, factor, depth - 1) for term in (a, b))
            return None if first is None or second is None else first + second
        case function, (a, b) if function is div:
            rest = without_factor(a, factor, depth - 1)
            return None if rest is None else rest / b
        case function, (a,) if function is neg:
            rest = without_factor(a, factor, depth - 1)
            return None if rest is None else -rest
        case function, (base, Constant(value=exponent)) if function is pow and base is factor:
            if exponent.is_number and exponent >= 1:
                return base ** Constant(exponent - 1) if exponent != 2 else base
        case _:
            pass
    return None

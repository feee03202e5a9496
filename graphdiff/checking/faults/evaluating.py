"""Slips in evaluating: the step is written, and what comes of it is not what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.checking import diagnoses
from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.equality import flat
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.digits import printed_as
from graphdiff.checking.faults.printed_steps import Step, by_rule, definition, is_arithmetic, steps
from graphdiff.checking.points import Point
from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Apply, Constant, Expression, pi
from graphdiff.language.functions import Function
from graphdiff.language.functions.activations import sigmoid
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.elementary import cos, exp, log, sin, sqrt, tan

EVALUATE = "Evaluate the step once more, one operation at a time."


def _applied(part: Expression, *functions: Any) -> tuple[Expression, ...]:
    """Return the arguments of a part that is one of these functions applied; else nothing."""
    is_one = isinstance(part, Apply) and part.function in functions
    return part.arguments if isinstance(part, Apply) and is_one else ()


def _is_number(part: Expression, *numbers: Any) -> bool:
    return isinstance(part, Constant) and part.value in numbers


def _sign(part: Expression) -> Iterator[Expression]:
    """Yield a part with the other sign."""
    if isinstance(part, Apply) and part.function is neg:
        yield part.arguments[0]
    elif not _is_number(part, 0) and not _applied(part, pow):
        yield -part


def _exponent(part: Expression) -> Iterator[Expression]:
    """Yield e^u for e^−u and the reverse, σ(−u) for σ(u), a^−n for a^n."""
    for function in (exp, sigmoid):
        for argument in _applied(part, function):
            for other in _sign(argument):
                yield Apply(function, (other,))
    if arguments := _applied(part, pow):
        yield arguments[0] ** -arguments[1]


def _square(part: Expression) -> Iterator[Expression]:
    """Yield a for a^n."""
    if arguments := _applied(part, pow):
        yield arguments[0]


def _doubled(part: Expression) -> Iterator[Expression]:
    """Yield n·a for a^n."""
    if arguments := _applied(part, pow):
        yield arguments[0] * arguments[1]


def _factor(part: Expression) -> Iterator[Expression]:
    """Yield a product without one factor, a quotient without its denominator; a ½ is told apart."""
    for one, other in _pairs(part):
        if not _is_half(other):
            yield one
    if (arguments := _applied(part, div)) and not _is_number(arguments[1], 2):
        yield arguments[0]


def _half(part: Expression) -> Iterator[Expression]:
    """Yield a product without its ½, or what is divided by 2."""
    for one, other in _pairs(part):
        if _is_half(one):
            yield other
    if (arguments := _applied(part, div)) and _is_number(arguments[1], 2):
        yield arguments[0]


def _pairs(part: Expression) -> Iterator[tuple[Expression, Expression]]:
    if arguments := _applied(part, mul):
        left, right = arguments
        yield left, right
        yield right, left


def _is_half(part: Expression) -> bool:
    quotient = _applied(part, div)
    if quotient:
        return _is_number(quotient[0], 1) and _is_number(quotient[1], 2)
    return _is_number(part, sp.Rational(1, 2))


def _term(part: Expression) -> Iterator[Expression]:
    """Yield a sum without one term."""
    yield from _applied(part, add)
    if arguments := _applied(part, sub):
        yield arguments[0]
        yield -arguments[1]


def _operation(part: Expression) -> Iterator[Expression]:
    """Yield a sum for a product, a product for a sum or a quotient, a quotient for a product."""
    if arguments := _applied(part, add, sub, div):
        yield Apply(mul, arguments)
    if arguments := _applied(part, mul):
        yield Apply(add, arguments)
        yield Apply(div, arguments)


def _negative_squared(part: Expression) -> Iterator[Expression]:
    """Yield −(a^n) for (−a)^n, and for a^n with a number a below 0."""
    if arguments := _applied(part, pow):
        base, exponent = arguments
        if not (isinstance(exponent, Constant) and exponent.value.is_even):
            return
        if isinstance(base, Constant) and base.value.is_negative:
            yield -(base**exponent)
        if inner := _applied(base, neg):
            yield -(inner[0] ** exponent)
        if _applied(base, sub, add):
            yield -(base**exponent)


def _order(part: Expression) -> Iterator[Expression]:
    """Yield a part with its brackets set elsewhere: (a + b)·c for a + b·c."""
    if not isinstance(part, Apply) or not isinstance(part.function, Function):
        return
    outer = part.function
    for k, inner in enumerate(part.arguments):
        if not isinstance(inner, Apply) or inner.function.operator is None:
            continue
        if outer.operator is None:
            continue
        if len(part.arguments) == 1:  # −(a + b) as −a + b, −(a·b) stays
            if len(inner.arguments) == 2:
                first, second = inner.arguments
                yield Apply(inner.function, (Apply(outer, (first,)), second))
        elif len(inner.arguments) == 2:
            try:
                yield _regrouped(part, k, inner)
            except GraphdiffError:  # arrays that do not fit so
                continue


def _regrouped(part: Apply, k: int, inner: Apply) -> Expression:
    """Return (a ∘ b) • c as a ∘ (b • c), and a • (b ∘ c) as (a • b) ∘ c."""
    first, second = inner.arguments
    if k == 0:
        return Apply(inner.function, (first, Apply(part.function, (second, part.arguments[1]))))
    return Apply(inner.function, (Apply(part.function, (part.arguments[0], first)), second))


def _function(part: Expression) -> Iterator[Expression]:
    """Yield the argument of a function for its value, and the denominator of 1/a for it."""
    if isinstance(part, Apply) and len(part.arguments) == 1 and part.function is not neg:
        yield part.arguments[0]
    if (arguments := _applied(part, div)) and _is_number(arguments[0], 1):
        yield arguments[1]


def _fraction(part: Expression) -> Iterator[Expression]:
    """Yield a quotient upside down, and as the product that is left of it without its line."""
    if arguments := _applied(part, div):
        above, below = arguments
        yield below * above
        yield below / above


def _fractions(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a step without a fraction, or the formula of a node."""
    among = steps if line.link.is_numeric else definition
    yield from by_rule(_fraction, among)(fault, line)


def _logarithm(part: Expression) -> Iterator[Expression]:
    """Yield the logarithm to base 10, or 2, for the natural one."""
    for argument in _applied(part, log):
        for base in (10, 2):
            yield Apply(log, (argument,)) / Apply(log, (Constant(base),))


def _degrees(part: Expression) -> Iterator[Expression]:
    """Yield the sine of so many degrees for that of an angle in radians."""
    for function in (sin, cos, tan):
        for argument in _applied(part, function):
            yield Apply(function, (argument * pi / Constant(180),))


def _root(part: Expression) -> Iterator[Expression]:
    """Yield a half of a for its root, and the root for a half."""
    for argument in _applied(part, sqrt):
        yield argument / Constant(2)


def _arithmetic(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield what was claimed, if a printed step gives something else, or the formula before it."""

    def value(point: Point) -> Any:
        return point.of(line.link)

    found = steps(line)
    for step in (*(one for one in found if one.is_printed), *found):
        if step.is_printed or step.side in line.before:
            yield Attempt(fault, value, {"slip": _evaluated(line, step)}, step.shown)
            return


def _evaluated(line: WrongLine, step: Step) -> str:
    """Say what a printed step gives: its numbers are the student's own, and so is what they give.

    To as many digits as were written in place of it. What a formula gives is not told.
    """
    if not is_arithmetic(step.formula):
        return f"{step.shown} has another value"
    if isinstance(line.link, ClaimedSide) and not line.link.is_literal:
        return f"it is not what {step.shown} gives with numbers put in"
    place = step.off[0] if step.place is None else step.place
    unit = line.numbers.known_to(line.link, np.size(step.given))[place].unit
    given, claimed = flat(step.given)[place], flat(line.ground.here.of(line.link))[place]
    right, said = _in_brief(given, unit or WHOLE), printed_as(claimed, unit or WHOLE)
    is_whole = np.size(step.given) == 1 or step.place is not None
    if not step.is_printed or right is None or right == said or not is_whole:
        return f"there is a slip in the arithmetic: {step.shown} gives another result"
    return f"there is a slip in the arithmetic: {step.shown} is {right:f}, not {said:f}"


def _in_brief(given: Any, unit: Decimal) -> Decimal | None:
    """Return a number whole, if it has but two digits more than the unit; else rounded."""
    whole, rounded = printed_as(given, unit.scaleb(-2)), printed_as(given, unit)
    is_whole = whole is not None and abs(float(whole) - float(given)) <= EXACTLY * abs(float(given))
    return whole.normalize() if whole is not None and is_whole else rounded


EXACTLY = 1e-14
"""The part of a number that it is computed to."""

WHOLE = Decimal(1)
"""A unit of the last digit of a whole number."""

ARITHMETIC = Slip(
    diagnoses.ARITHMETIC, "a slip in the arithmetic",
    "{slip}",
    EVALUATE, "arithmetic", 4.0, _arithmetic, general=True,
)  # fmt: skip

FAULTS = (
    Slip(
        "sign-lost", "a sign is lost in evaluating",
        "the sign of {part} is turned round",
        "Look at each minus of the step.", "−a · b = −(a · b), −(−a) = a", 3.0,
        by_rule(_sign, but=(exp, sigmoid)),
    ),
    Slip(
        "exponent-sign", "an exponent or an argument has the other sign",
        "{part} is taken as {new}",
        "Look at the sign in the exponent.", "σ(z) = 1/(1 + e^−z)", 1.5, by_rule(_exponent),
    ),
    Slip(
        "negative-squared", "the square of a negative number is taken as negative",
        "{part} is taken as negative",
        "Look at the sign of a square.", "(−a)² = a²", 4.0, by_rule(_negative_squared),
    ),
    Slip(
        "square-forgotten", "a square is forgotten",
        "the exponent of {part} is forgotten",
        "Look at the exponents of the step.", "a² = a · a", 1.0, by_rule(_square),
    ),
    Slip(
        "doubled-for-squared", "a number is doubled in place of squared",
        "in {part} the exponent is taken for a factor",
        "Look at the exponents of the step.", "a² = a · a, not 2a", 0.7, by_rule(_doubled),
    ),
    Slip(
        "half-forgotten", "a factor ½ is forgotten",
        "the factor 1/2 of {step} is forgotten",
        "Look at the constant factors of the step.", "½a is half of a", 1.5, by_rule(_half),
    ),
    Slip(
        "factor-forgotten", "a factor is forgotten in evaluating",
        "{part} is taken as {new}: a factor is forgotten",
        "Count the factors of the step.", "a product has all of its factors", 1.0, by_rule(_factor),
    ),
    Slip(
        "term-forgotten", "a term is forgotten in evaluating",
        "{part} is taken as {new}: a term is forgotten",
        "Count the terms of the step.", "a sum has all of its terms", 0.8, by_rule(_term),
    ),
    Slip(
        "order-of-operations", "operations are done in another order",
        "{part} is computed as {new}",
        "Look at which operation comes first.", "powers before products, products before sums", 1.0,
        by_rule(_order),
    ),
    Slip(
        "operation-misread", "one operation is taken for another",
        "{part} is computed as {new}",
        "Look at each sign of operation in the step.", "a + b is not a · b", 0.7,
        by_rule(_operation),
    ),
    Slip(
        "function-forgotten", "a function is not applied",
        "{new} is taken in place of {part}",
        "Look at which functions the step applies.", "f(z) is not z", 0.8, by_rule(_function),
    ),
    Slip(
        "fraction-lost", "a fraction is lost, or upside down",
        "the fraction {part} is taken as {new}",
        "Look at what stands above and below each line.", "a/b is not a · b", 1.0,
        _fractions,
    ),
    Slip(
        "other-logarithm", "a logarithm has another base",
        "{part} is taken with a logarithm of another base",
        "Look at the base of the logarithm.", "log is the natural logarithm, ln", 3.0,
        by_rule(_logarithm),
    ),
    Slip(
        "degrees", "an angle is taken in degrees",
        "in {part} the angle is taken in degrees",
        "Is the calculator set to degrees or to radians?", "(sin x)′ = cos x, with x in radians",
        3.0, by_rule(_degrees),
    ),
    Slip(
        "half-for-root", "a half is taken in place of the square root",
        "a half is taken in place of {part}",
        "Look at the root.", "√a · √a = a", 0.4, by_rule(_root),
    ),
)  # fmt: skip
"""Slips that alter one part of a step."""

"""Slips in the digits of a number: swapped, lost, doubled, misread; the decimal point; cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any

import mpmath
import numpy as np

from graphdiff.checking.equality import flat
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.formulas import side_of
from graphdiff.checking.faults.printed_steps import Attempts, Step, distinct, rewritten, steps
from graphdiff.checking.points import Point
from graphdiff.language.expression import Constant, Expression

CARRIED = 40
"""Digits of a number before it is rounded as it was printed."""

SHIFTS = (1, -1, 2, -2)
"""By how many places a decimal point is moved, the likeliest first."""

EARLY = (1, 2, 3)
"""Decimals that a number on the way may be rounded to."""

Misprints = Callable[[Decimal], Iterator[Decimal]]
"""The numbers that one may be miswritten as."""


def swapped(number: Decimal) -> Iterator[Decimal]:
    """Yield a number with two neighbouring digits swapped, the last ones first.

    No 0 comes to stand first: nobody writes 01 for 10.

    Examples
    --------
    >>> [str(one) for one in swapped(Decimal("0.325"))]
    ['0.352', '0.235', '3.025']
    """
    digits = _digits(number)
    for k in range(len(digits) - 1, 0, -1):
        one, other = digits[k - 1], digits[k]
        if one != other and (k > 1 or other):
            yield _with(number, (*digits[: k - 1], other, one, *digits[k + 1 :]))


def lost(number: Decimal) -> Iterator[Decimal]:
    """Yield a number with one digit left out, those after it moved up.

    Examples
    --------
    >>> [str(one) for one in lost(Decimal("0.325"))]
    ['0.32', '0.35', '0.25']
    """
    digits = _digits(number)
    for k in range(len(digits) - 1, _whole(number) - 1, -1):
        shorter = (*digits[:k], *digits[k + 1 :])
        yield _with(number, shorter, 1)


def doubled(number: Decimal) -> Iterator[Decimal]:
    """Yield a number with one digit written twice, those after it moved down.

    Examples
    --------
    >>> [str(one) for one in doubled(Decimal("0.32"))]
    ['0.322', '0.332', '0.032']
    """
    digits = _digits(number)
    for k in range(len(digits) - 1, -1, -1):
        yield _with(number, (*digits[: k + 1], *digits[k:]), -1)


def different(number: Decimal) -> Iterator[Decimal]:
    """Yield a number with one digit changed, but the last, which rounding may change too.

    Examples
    --------
    >>> len(list(different(Decimal("0.32"))))
    18
    """
    digits = _digits(number)
    for k in range(len(digits) - 2, -1, -1):
        for digit in range(10):
            if digit != digits[k]:
                yield _with(number, (*digits[:k], digit, *digits[k + 1 :]))


def shifted(number: Decimal) -> Iterator[Decimal]:
    """Yield a number with its decimal point moved.

    Examples
    --------
    >>> [str(one) for one in shifted(Decimal("0.32"))]
    ['3.2', '0.032', '32', '0.0032']
    """
    return (number.scaleb(k) for k in SHIFTS)


def _digits(number: Decimal) -> tuple[int, ...]:
    """Return the digits of a number, with the zeros before them down to the decimal point."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - of finite numbers
    return (*(0,) * (1 - exponent - len(digits)), *digits)


def _whole(number: Decimal) -> int:
    """Return how many digits stand before the decimal point."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - of finite numbers
    return len(_digits(number)) + min(exponent, 0)


def _with(number: Decimal, digits: tuple[int, ...], up: int = 0) -> Decimal:
    """Return a number of other digits, the last of them so many places up."""
    sign, _, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - of finite numbers
    return Decimal((sign, digits, exponent + up))


def printed_as(value: Any, unit: Decimal) -> Decimal | None:
    """Return a number rounded to a unit of the last digit; None where it has no digit left."""
    try:
        with localcontext(prec=CARRIED):
            return Decimal(mpmath.nstr(mpmath.mpf(value), CARRIED)).quantize(unit)
    except ArithmeticError:
        return None


def of_result(misprints: Misprints, more: int = 0, chance: float = 0.0) -> Attempts:
    """Return the attempts of a slip in the digits of what a step gives.

    Parameters
    ----------
    more
        How many digits more than are printed the number had before.
    chance
        How often another slip, in an operand, looks like this.
    """

    @distinct
    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        for step, right, place, unit in _results(line):
            number = printed_as(flat(right)[place], unit.scaleb(-more))
            for other in misprints(number) if number is not None else ():
                value = _instead(right, place, other)
                yield Attempt(fault, value, {"at": step.result}, step.shown, chance=chance)

    return attempts


def _results(line: WrongLine) -> Iterator[tuple[Step, Any, int, Decimal]]:
    """Yield each step, what it gives, an entry that the claim is off in, and its last digit."""
    for step in steps(line):
        if step.given is None:
            continue
        knowns = line.numbers.known_to(line.link, np.size(step.given))
        for place in step.off if step.place is None else (step.place,):
            unit = knowns[place].unit
            if unit is not None:
                yield step, step.given, place, unit


def _instead(right: Any, place: int, number: Decimal) -> Callable[[Point], Any]:
    """Return what gives an array with a number in one place, or the number."""

    def value(point: Point) -> Any:
        new = float(number) if point.rough else mpmath.mpf(str(number))
        if not np.ndim(right):
            return new
        changed = np.array(right)
        changed.ravel()[place] = new
        return changed

    return value


def of_parts(misprints: Misprints) -> Attempts:
    """Return the attempts of a slip in the digits of a number that stands in a step."""

    def misread(part: Expression) -> Iterator[Expression]:
        if isinstance(part, Constant) and part.value.is_Rational and "." in part.text:
            for other in misprints(Decimal(part.text)):
                yield Constant(other)

    @distinct
    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        for step in steps(line):
            for part, _, whole in rewritten(step.formula, misread):
                words = {"at": step.part(part)}
                yield Attempt(fault, step.altered(whole), words, step.shown)

    return attempts


@distinct
def _early(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a step with a number on its way rounded, or cut off, to a few decimals."""
    here = line.ground.here

    def rounded(part: Expression) -> Iterator[Expression]:
        if part.shape or isinstance(part, Constant):
            return
        value = here.of(side_of(part))
        if value is None:
            return
        for decimals in EARLY:
            unit = Decimal(1).scaleb(-decimals)
            near = printed_as(value, unit)
            with localcontext(rounding=ROUND_DOWN):
                cut = printed_as(value, unit)
            for number in dict.fromkeys((near, cut)):
                if number is not None and number != 0:
                    yield Constant(number)

    for step in steps(line):
        for part, _, whole in rewritten(step.formula, rounded):
            if part is not step.formula:
                words = {"part": step.part(part), "step": step.shown}
                yield Attempt(fault, step.altered(whole), words, step.shown)


def _each(*several: Attempts) -> Attempts:
    """Return the attempts of several, one after the other."""

    @distinct
    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        for one in several:
            yield from one(fault, line)

    return attempts


COMPARE = "Compare the digits with those of the step, one by one."

FAULTS = (
    Slip(
        "decimal-point", "a decimal point is moved",
        "the decimal point of {at} is moved",
        "Count the zeros behind the decimal point.", "0.0004 is a tenth of 0.004", 2.0,
        _each(of_parts(shifted), of_result(shifted, 6)),
    ),
    Slip(
        "digits-swapped", "two digits are swapped",
        "two neighbouring digits of {at} are swapped",
        COMPARE, "digits", 1.0, _each(of_result(swapped), of_parts(swapped)),
    ),
    Slip(
        "digit-lost", "a digit is lost",
        "a digit of {at} is left out",
        COMPARE, "digits", 1.0, of_result(lost, 1),
    ),
    Slip(
        "digit-doubled", "a digit is written twice",
        "a digit of {at} is written twice",
        COMPARE, "digits", 0.7, of_result(doubled, -1),
    ),
    Slip(
        "digit-misread", "a digit is another one",
        "one digit of {at} is another one",
        COMPARE, "digits", 0.5,
        of_result(different, chance=0.03),
    ),
    Slip(
        "rounded-early", "a number on the way is rounded too far",
        "{part} is rounded to so few digits that the result is another",
        "Carry more digits on the way.", "round at the end", 1.0, _early,
    ),
)  # fmt: skip
"""Slips in digits."""

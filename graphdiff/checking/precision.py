"""How exactly a claimed number is known: by its printed digits, or the type it was computed in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import mpmath
import numpy as np

from graphdiff.files.tolerance import Tolerance

HALFWAY = mpmath.mpf(10) ** -12
"""Of two decimals as near to a number, such as 0.4 and 0.5 to 0.45, both are right."""

FULL = 13
"""Significant digits from which on a decimal is a float, printed whole or nearly so."""

SEVEN = 7
"""Significant digits that a float32 has; with two more it is told from its neighbours."""

LEAST = 1e-12
"""What a float64 out of a computation is right to, as a part of it."""

LOST = 32
"""Roundings of the type that a computation may be off by, times how they grow in the graph."""

WORN = 1000
"""From this growth of roundings on, a result is mostly what cancelling left."""

NOISE = 1e-9
"""Up to this a few printed digits may be all that float64 has left of a 0."""

CARRIED = 60
"""Digits to tell a number with no more digits than are printed from one that has more."""

COARSE = 0.5
"""The part of what is right by which a number of no decimals may be off: 1e0 is not 0.6."""

OF_ZERO = Decimal("0.1")
"""The most that the last digit of a 0 stands for: 0e9 has none that says how large it may be."""

CERTAIN = 3
"""Significant digits from which on one unit of the last is a slip of rounding only."""


@dataclass(frozen=True)
class FloatType:
    """A type of floating-point numbers: its name, unit roundoff, and what results are right to."""

    name: str
    roundoff: float
    least: float
    digits: int
    """Digits from which on a number is no rounded one, but printed whole."""


FLOAT64 = FloatType("float64", 2.0**-53, LEAST, FULL)
FLOAT32 = FloatType("float32", 2.0**-24, 2.0**-20, 7)
FLOAT16 = FloatType("float16", 2.0**-11, 2.0**-7, 3)
BFLOAT16 = FloatType("bfloat16", 2.0**-8, 2.0**-4, 2)
TYPES = {kind.name: kind for kind in (FLOAT32, FLOAT16)}


class BFloat16(float):
    """A number that came of a bfloat16, which NumPy has not, and is as exact."""


@dataclass(frozen=True)
class Precision:
    """How exactly a number is known.

    Attributes
    ----------
    unit
        One unit of its last printed digit; None for a number that is exact.
    digits
        Its significant digits, as printed.
    computed
        The type of a number out of a computation.
    printed
        A type whose numbers print like this one.
    whole
        Whether it is a whole number of so many digits that it may be a rounded one.
    typed
        Whether a person may have written it, and cut it off or slipped in its last digit.
    """

    unit: Decimal | None = None
    digits: int = 0
    computed: FloatType | None = None
    printed: FloatType | None = None
    whole: bool = False
    typed: bool = True


EXACT = Precision()


def of_text(text: str) -> Precision:
    """Return how exactly a literal of a text is known.

    Examples
    --------
    >>> of_text("0.0430").unit, of_text("0.0430").digits, of_text("8").unit
    (Decimal('0.0001'), 3, None)
    """
    decimal = printed(text)
    if decimal is None:
        digits = text.strip("+-").lstrip("0")
        return Precision(whole=digits.isdigit() and len(digits) >= CERTAIN)
    unit = Decimal(1).scaleb(int(decimal.as_tuple().exponent))
    if decimal == 0:
        unit = min(unit, OF_ZERO)
    digits = 0 if decimal == 0 else len(decimal.as_tuple().digits)
    if digits >= FULL:
        kind = FLOAT32 if _is_of_float32(decimal) else _float_type(decimal)
        return Precision(unit, digits, computed=kind)
    return Precision(unit, digits, printed=_printed_by(decimal, digits))


def of_float(value: float | np.floating[Any]) -> Precision:
    """Return how exactly a float is known: as computed in its type, or as it was typed."""
    if isinstance(value, BFloat16):
        return Precision(computed=BFLOAT16)
    if isinstance(value, np.floating) and value.dtype.name in TYPES:
        shown = of_text(str(value))  # as short as tells it from its neighbours
        kind = TYPES[value.dtype.name]
        is_rounded = CERTAIN <= shown.digits < kind.digits and (shown.unit or 2) <= 1
        unit = shown.unit if is_rounded else None
        return Precision(unit, shown.digits, computed=kind, typed=False)
    text = repr(float(value))
    found = of_text(text)
    unit = None if found.unit is None or found.unit > 1 else found.unit  # 1e+16 has all its digits
    typed = not isinstance(value, np.floating)
    return Precision(unit, found.digits, computed=_float_type(Decimal(text)), typed=typed)


def printed(text: str) -> Decimal | None:
    """Return a literal as a decimal if it shows a decimal point or exponent, else None.

    NumPy writes 1.00 as ``1.``, which counts as 1.0.

    Examples
    --------
    >>> printed("0.40"), printed("1."), printed("8")
    (Decimal('0.40'), Decimal('1.0'), None)
    """
    if not any(mark in text for mark in ".eE"):
        return None
    return Decimal(f"{text}0" if text.endswith(".") else text)


def half_digit(number: Decimal) -> Decimal:
    """Return half a unit of the last printed digit: 0.005 for 0.39."""
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)


def _float_type(decimal: Decimal) -> FloatType:
    """Return float32 for what only a float32 made a Python float prints as, else float64."""
    value = float(decimal)
    shortest = len(Decimal(repr(value)).normalize().as_tuple().digits)
    with np.errstate(all="ignore"):
        is_single = shortest > 9 and float(np.float32(value)) == value
    return FLOAT32 if is_single else FLOAT64


def _printed_by(decimal: Decimal, digits: int) -> FloatType | None:
    """Return float32 if a float32 prints as this, with all the digits it needs."""
    if not SEVEN <= digits <= SEVEN + 2:
        return None
    return FLOAT32 if _is_of_float32(decimal) else None


def _is_of_float32(decimal: Decimal) -> bool:
    """Whether a float32 prints so with as many digits."""
    with np.errstate(all="ignore"):
        single = float(np.float32(str(decimal)))
    if not math.isfinite(single):
        return False
    try:
        return Decimal(single).quantize(decimal) == decimal
    except ArithmeticError:  # it has more digits than decimals are computed with
        return False


class Match(NamedTuple):
    """How a number agrees with another: to its own precision, or almost; and what to say."""

    exactly: bool
    note: str = ""


DIGITS = Match(exactly=True, note="to the digits printed")


def matched(
    known: Precision, claimed: Any, expected: Any, growth: Callable[[], Any]
) -> Match | None:
    """Return how a claimed number agrees with what is right; None if it does not.

    Parameters
    ----------
    growth
        How large roundings become on the way to the right number, as multiples of the unit
        roundoff; asked for only where it matters.
    """
    off = abs(claimed - expected)
    unit = None if known.unit is None else mpmath.mpf(str(known.unit))
    is_near = unit is not None and (unit < 1 or off <= COARSE * abs(expected))
    if unit is not None and is_near and off <= unit / 2 * (1 + HALFWAY):
        return DIGITS
    if known.computed is not None:
        for kind in dict.fromkeys((FLOAT64, known.computed)):
            note = "" if kind is FLOAT64 else f"as {kind.name}"
            if off <= kind.least * abs(expected):
                return Match(exactly=True, note=note)
            if off <= LOST * kind.roundoff * growth():
                return Match(exactly=True, note=note or "as far as float64 can tell")
    if known.printed is not None and unit is not None:
        if off < unit * (19 if known.digits > SEVEN else 3) / 2:
            return Match(exactly=False, note=f"as {known.printed.name}")
        if WORN * abs(expected) <= growth() and off <= LOST * known.printed.roundoff * growth():
            return Match(exactly=False, note=f"as {known.printed.name}")
    if (
        unit is not None
        and off <= NOISE
        and WORN * abs(expected) <= growth()
        and off <= LOST * FLOAT64.roundoff * growth()
    ):
        return Match(exactly=True, note="as far as float64 can tell")
    if known.typed and unit is not None and claimed * expected > 0 and _is_cut(known, expected):
        at_most = unit * (1 + HALFWAY) if known.digits >= CERTAIN else unit * (1 - HALFWAY)
        if off <= at_most:
            cut = abs(claimed) < abs(expected)
            return Match(exactly=False, note="cut off, not rounded" if cut else _ONE_UNIT)
    if known.whole and off <= mpmath.mpf(1) / 2:
        return Match(exactly=True, note="rounded to a whole number")
    return None


def _is_cut(known: Precision, expected: Any) -> bool:
    """Whether a number has more digits than are printed of it, which rounding changes.

    In as many digits as the number has: 1 is 10⁹ units of 10⁻⁹, and no part of one more.
    """
    with mpmath.workdps(CARRIED):
        steps = mpmath.mpf(expected) / mpmath.mpf(str(known.unit))
        return abs(steps) >= 1 and abs(steps - mpmath.nint(steps)) > HALFWAY


_ONE_UNIT = "off by one unit of the last digit"


def within(tolerance: Tolerance, claimed: Any, expected: Any) -> bool:
    """Whether a number is within a teacher's tolerance, 1 % or 0.001, of what is right."""
    size = abs(expected) if tolerance.relative else 1
    return bool(abs(claimed - expected) <= mpmath.mpf(str(tolerance.amount)) * size * (1 + HALFWAY))

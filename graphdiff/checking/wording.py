"""How a report says what is wrong: numbers and arrays in brief, entries, points."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from graphdiff.checking.claim_records import ClaimedSide, Side
from graphdiff.checking.equality import equal
from graphdiff.checking.precision import EXACT, FULL
from graphdiff.language import quantity
from graphdiff.language.shapes import shown
from graphdiff.notation import arrays, text

LONG = 1e15
"""Whole numbers up to this are shown with all their digits."""

MAX_ENTRIES, MAX_LINE = 3, 100
"""Wrong entries named in a note; characters of an array written whole."""

WIDE = 30
"""Characters of a leaf's array in the description of a point."""

WRITTEN, NEAR = 40, 4
"""Digits to round from; units of the last digit that are counted in a note."""

SHORT, DECIMALS = 7, 4
"""Signs of an exact number written as it is; decimals with which a fraction is written so."""

RECORDED = 100
"""Entries of a leaf's array in the record of a point."""


def number(value: Any, digits: int = 6) -> str:
    """Return a number for a report: whole, a small fraction, or to six digits."""
    if isinstance(value, float):
        return text.number(value, digits)
    exact = Fraction(*_ratio(value)).limit_denominator(1000)
    if equal(mpmath.mpf(exact.numerator) / exact.denominator, value):
        return str(exact)
    return mpmath.nstr(value, digits)


def shown_value(value: Any, claimed: Any = None) -> str:
    """Return a number, or an array: whole where it is small, else its range and norm.

    A number has as many digits as it takes to see that it is not what was claimed.
    """
    if not isinstance(value, np.ndarray):
        is_number = claimed is not None and not isinstance(claimed, np.ndarray)
        return told_apart(claimed, value)[1] if is_number else number(value)
    if arrays.is_small(value.shape):
        whole = _listed(value, number)
        if len(whole) <= MAX_LINE:
            return whole
    return f"{shown(value.shape)} {text.summary(value.astype(np.float64))}"


def _listed(value: Any, write: Callable[[Any], str]) -> str:
    if not isinstance(value, np.ndarray):
        return write(value)
    return f"[{', '.join(_listed(row, write) for row in value)}]"


def told_apart(claimed: Any, expected: Any) -> tuple[str, str]:
    """Return two different numbers with as many digits as it takes to see that they differ."""
    write = (lambda x, n: text.number(x, n)) if isinstance(expected, float) else mpmath.nstr
    enough = (n for n in (6, 15, 30, 60) if write(claimed, n) != write(expected, n))
    digits = next(enough, 6)
    return number(claimed, digits), number(expected, digits)


def entries(link: Side, claimed: np.ndarray, expected: np.ndarray, places: Sequence[int]) -> str:
    """Say which entries are wrong, as they were written: the first few, and how many."""
    shape = link.shape if np.size(claimed) == math.prod(link.shape) else expected.shape
    parts: list[str] = []
    for place in places[:MAX_ENTRIES]:
        was, should = told_apart(claimed.flat[place], expected.flat[place])
        index = ", ".join(str(int(k)) for k in np.unravel_index(place, shape))
        parts.append(f"[{index}] is {was}, should be {should}")
    more = ", …" if len(places) > MAX_ENTRIES else ""
    total = math.prod(shape)
    verb = "entry is" if total == 1 else f"of {total} entries {'is' if len(places) == 1 else 'are'}"
    return f"{len(places)} {verb} wrong: {'; '.join(parts)}{more}"


def _ratio(value: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = mpmath.mpf(value)._mpf_
    mantissa = -int(mantissa) if sign else int(mantissa)
    if abs(exponent) > 3000 or abs(value) > LONG:
        return 0, 1
    return (mantissa << exponent, 1) if exponent >= 0 else (mantissa, 1 << -exponent)


def should_be(link: Side, claimed: Any, expected: Any, places: Sequence[int]) -> str:
    """Return what a number should have been, and how it rounds to the digits claimed."""
    if isinstance(expected, np.ndarray):
        return entries(link, claimed, expected, places)
    value = f"it is {told_apart(claimed, expected)[1]}"
    known = link.known if isinstance(link, ClaimedSide) and link.is_literal else EXACT
    unit = known.unit
    if unit is None or known.digits >= FULL:
        return value
    with mpmath.workdps(WRITTEN), contextlib.suppress(ArithmeticError):
        exactly = Decimal(mpmath.nstr(mpmath.mpf(expected), WRITTEN))
        rounded = exactly.quantize(unit)
        units = (
            abs(Decimal(mpmath.nstr(mpmath.mpf(claimed), WRITTEN)).quantize(unit) - rounded) / unit
        )
        if rounded != exactly and units and str(rounded) != value.removeprefix("it is "):
            value += f", which rounds to {rounded}"
        elif not units:
            value += f"; {rounded} has too few digits to say so"
        if 0 < units < NEAR:
            value += f"; the last digit is off by {'one' if units == 1 else int(units)}"
    return value


def brief(value: Any) -> str:
    """Return a leaf's value for a sentence."""
    if isinstance(value, np.ndarray):
        whole = shown_value(value.astype(np.float64))
        return whole if len(whole) <= WIDE else "…"
    return quantity.written(value) if is_plain(value) else text.number(float(value))


def is_plain(value: Any) -> bool:
    """Whether an exact number is short as it is written: 3, 2/3, sqrt(2), but not 1/2 for 0.5."""
    exact = quantity.exact(value)
    is_decimal = exact.is_Rational and not exact.is_Integer and 10**DECIMALS % exact.q == 0
    return not is_decimal and len(str(exact)) < SHORT


def written(value: Any) -> str:
    """Return a leaf's value for the record of a point."""
    if not isinstance(value, np.ndarray):
        return quantity.written(value)
    if value.size > RECORDED:
        return shown_value(value.astype(np.float64))
    return _listed(value, str)

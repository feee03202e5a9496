"""When two numbers are the same, entry by entry, and how numbers are shown in a report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from graphdiff.notation import arrays, text
from graphdiff.shapes import shown

TOLERANCE = mpmath.mpf(10) ** -40
SHRUNK = mpmath.mpf(10) ** -100
"""By this much a difference made by rounding shrinks at 400 digits, if not to nothing."""

FAINT = mpmath.mpf(10) ** -300
"""Below this a number may be what cancelling left: σ(z) − 1 at z = 2000 has lost 400 digits."""

HALFWAY = mpmath.mpf(10) ** -12
"""Of two decimals as near to a number, such as 0.4 and 0.5 to 0.45, both are right."""

COMPUTED = 1e-12
"""Floats out of a computation are right to this part of the largest entry."""

CLOSE, ABSOLUTE = 1e-7, 1e-8
"""In float64: to this part of a number, or to this part of the largest entry."""

LONG = 1e15
"""Whole numbers up to this are shown with all their digits."""

MAX_ENTRIES, MAX_LINE = 3, 100
"""Wrong entries named in a note; characters of an array written whole."""


def flat(value: Any) -> list[Any]:
    """Return the entries row by row; of a number itself."""
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


def equal(a: Any, b: Any) -> bool:
    """Whether two numbers of many digits are equal but for the last of them."""
    return bool(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))


def unequal(claimed: Any, expected: Any, *, rough: bool = False) -> list[int]:
    """Return the places, counted row by row, where two arrays of one shape differ."""
    if rough:
        claimed, expected = np.atleast_1d(claimed).ravel(), np.atleast_1d(expected).ravel()
        sizes = np.maximum(np.abs(claimed), np.abs(expected))
        allowed = CLOSE * sizes + ABSOLUTE * np.max(np.abs(expected))
        return np.flatnonzero(np.abs(claimed - expected) > allowed).tolist()
    pairs = zip(flat(claimed), flat(expected), strict=True)
    return [place for place, (a, b) in enumerate(pairs) if not equal(a, b)]


def lost(rough: tuple[Any, Any], sharper: tuple[Any, Any]) -> bool:
    """Whether numbers have cancelled to so little that even 400 digits are none of them."""
    if max(map(abs, sharper)) >= FAINT:
        return False
    return any(
        abs(digits - more) >= abs(more) / 2 for digits, more in zip(rough, sharper, strict=True)
    )


def number(value: Any, digits: int = 6) -> str:
    """Return a number for a report: whole, a small fraction, or to six digits."""
    if isinstance(value, float):
        return text.number(value, digits)
    exact = Fraction(*_ratio(value)).limit_denominator(1000)
    if equal(mpmath.mpf(exact.numerator) / exact.denominator, value):
        return str(exact)
    return mpmath.nstr(value, digits)


def shown_value(value: Any) -> str:
    """Return a number, or an array: whole where it is small, else its range and norm."""
    if not isinstance(value, np.ndarray):
        return number(value)
    if arrays.is_small(value.shape):
        whole = _nested(value)
        if len(whole) <= MAX_LINE:
            return whole
    return f"{shown(value.shape)} {text.summary(value.astype(np.float64))}"


def _nested(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return number(value)
    return f"[{', '.join(map(_nested, value))}]"


def told_apart(claimed: Any, expected: Any) -> tuple[str, str]:
    """Return two different numbers with as many digits as it takes to see that they differ."""
    write = (lambda x, n: text.number(x, n)) if isinstance(expected, float) else mpmath.nstr
    enough = (n for n in (6, 15, 30, 60) if write(claimed, n) != write(expected, n))
    digits = next(enough, 60)
    return number(claimed, digits), number(expected, digits)


def wrong_entries(
    claimed: np.ndarray, expected: np.ndarray, places: Sequence[int], shape: tuple[int, ...]
) -> str:
    """Say which entries are wrong: the first few, and how many of how many."""
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

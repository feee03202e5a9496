"""When two numbers are the same, and two arrays entry by entry."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

TOLERANCE = mpmath.mpf(10) ** -40
SHRUNK = mpmath.mpf(10) ** -100
"""By this much a difference made by rounding shrinks at 400 digits, if not to nothing."""

FAINT = mpmath.mpf(10) ** -300
"""Below this a number may be what cancelling left: σ(z) − 1 at z = 2000 has lost 400 digits."""

CLOSE, ABSOLUTE = 1e-7, 1e-8
"""In float64: to this part of a number, or to this part of the largest entry."""


def flat(value: Any) -> list[Any]:
    """Return the entries row by row; of a number itself."""
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


def equal(a: Any, b: Any) -> bool:
    """Whether two numbers of many digits are equal but for the last of them."""
    return bool(a == b or abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))


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


def still_unequal(
    apart: list[int], digits: tuple[Any, Any], sharper: tuple[Any, Any]
) -> list[int] | None:
    """Return the places that differ truly, not for digits lost; None if that cannot be told."""
    pairs = list(zip(flat(digits[0]), flat(digits[1]), strict=True))
    sharp = list(zip(flat(sharper[0]), flat(sharper[1]), strict=True))
    gone = [place for place in apart if lost(pairs[place], sharp[place])]
    differing = [
        place
        for place in apart
        if place not in gone
        and not equal(*sharp[place])
        and abs(sharp[place][0] - sharp[place][1]) > SHRUNK * abs(pairs[place][0] - pairs[place][1])
    ]
    return None if gone and not differing else differing

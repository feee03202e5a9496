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

HALFWAY = mpmath.mpf(10) ** -12
"""Of two decimals as near to a number, such as 0.4 and 0.5 to 0.45, both are right."""

COMPUTED = 1e-12
"""Floats out of a computation are right to this part of the largest entry."""

CLOSE, ABSOLUTE = 1e-7, 1e-8
"""In float64: to this part of a number, or to this part of the largest entry."""


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

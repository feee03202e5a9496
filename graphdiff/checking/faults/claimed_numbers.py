"""The numbers that a line claims, and how likely others give them by chance.

Few digits say little: so many results are about as large, and round to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.checking.equality import flat
from graphdiff.checking.faults.candidates import Group
from graphdiff.checking.faults.declaration import WrongLine

Array = Any

EXACT, SHORT = 1e-9, 200
"""To this part a result has no more digits than are printed; of so many results it is counted."""

MOST = 3
"""Numbers of an array that count for how likely it is to fit by chance."""


@dataclass(frozen=True)
class ClaimedNumbers:
    """The numbers that a line claims.

    Attributes
    ----------
    said
        The numbers, in a row.
    allowed
        How far each may be off.
    digits
        The most significant digits that one of them has.
    """

    said: Array
    allowed: Array
    digits: int

    @classmethod
    def of(cls, line: WrongLine) -> ClaimedNumbers | None:
        """Return those of a line; None if it has no value."""
        claimed = line.ground.here.of(line.link)
        row = row_of(claimed)
        if row is None:
            return None
        knowns = line.numbers.known_to(line.link, len(row))
        slack = [float(each) for each in line.numbers.slack(line.link, claimed)]
        allowed = [
            max(_half(known, value), more)
            for known, value, more in zip(knowns, row, slack, strict=True)
        ]
        digits = max(_digits(known, value) for known, value in zip(knowns, row, strict=True))
        return cls(row, np.array(allowed), digits)

    def fits(self, values: Array) -> bool:
        """Whether numbers are those claimed, to the digits that are printed."""
        return bool((np.abs(values - self.said) <= self.allowed + 1e-9 * np.abs(self.said)).all())


def _half(known: Any, value: float) -> float:
    """Return how far a number as printed may be off."""
    if known.unit is not None:
        return float(known.unit) / 2 * (1 + 1e-9)
    return 0.5 if known.whole else abs(value) * 1e-9


def _digits(known: Any, value: float) -> int:
    """Return the significant digits of a number as printed, or that it needs."""
    return known.digits or len(_positional(abs(value), 15).replace(".", "").strip("0"))


def by_chance(said: Array, allowed: Array, spread: Array) -> float:
    """Return how likely another result would fit: one about as far off as mistakes lead.

    Of an array at most three numbers count, since a mistake does the same to all.
    """
    numbers, first = np.unique(np.abs(said), return_index=True)
    widths = np.maximum(np.broadcast_to(allowed, said.shape)[first], _units(numbers))
    sizes = np.minimum(numbers, np.broadcast_to(spread, said.shape)[first])
    parts = np.minimum(1.0, widths / np.maximum(sizes, 1e-12))
    return float(np.prod(np.sort(parts)[:MOST]))


def short(group: Group, said: Array) -> float:
    """Return the share of mistakes that give numbers of as few digits: with odd numbers, few."""
    units = 2 * _units(said)
    steps = group.values[:SHORT, 0] / units
    return float((np.abs(steps - np.round(steps)) <= EXACT * np.abs(steps) + EXACT).all(1).mean())


def _units(said: Array) -> Array:
    """Return half a unit of the last digit that each number needs.

    Examples
    --------
    >>> _units(np.array([2, 0.25, 3e-7, 4e11])).tolist()
    [0.5, 0.005, 5e-08, 0.5]
    """
    decimals = [len(_positional(float(value), 10).partition(".")[2]) for value in said]
    return np.array([float(f"5e-{many + 1}") for many in decimals])


def _positional(value: float, digits: int) -> str:
    """Return a number to so many digits, written without a power of ten."""
    return np.format_float_positional(float(f"{value:.{digits}g}"), trim="-")


def row_of(value: Any) -> Array | None:
    """Return numbers in a row, as floats; None if there are none."""
    if value is None:
        return None
    return np.array([float(entry) for entry in flat(value)])

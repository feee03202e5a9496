"""How hard an exercise is: which numbers a person has to work with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from graphdiff.errors import UnknownNameError, unknown

Number = int | Fraction


@dataclass(frozen=True)
class Level:
    """What the numbers of an exercise are like.

    Attributes
    ----------
    name
        What it is called.
    given
        The sizes of numbers that are given; signs are drawn apart.
    negative
        Of a hundred given numbers so many are negative.
    entries
        The sizes of the entries of arrays.
    largest
        No number on the way is larger.
    decimals
        So many decimals a number on the way has, if it is not rounded.
    rounded
        So many of a hundred answers may be rounded ones, where functions such as σ occur.
    """

    name: str
    given: tuple[Number, ...]
    negative: int
    entries: tuple[Number, ...]
    largest: int
    decimals: int
    rounded: int


LEVELS = {
    level.name: level
    for level in (
        Level("easy", (1, 2, 3, 4, 5), 25, (0, 1, 2, 3), 40, 2, 20),
        Level("medium", (2, 3, 4, 5, 1, Fraction(1, 2)), 40, (0, 1, 2, 3), 100, 2, 90),
        Level(
            "hard", (2, 3, 4, 5, Fraction(1, 2), Fraction(3, 2), Fraction(1, 10)), 45,
            (0, 1, 2, 3, Fraction(1, 2)), 200, 3, 95,
        ),
    )
}  # fmt: skip


def level_of(name: str) -> Level:
    """Return a level by its name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if name not in LEVELS:
        raise UnknownNameError(unknown("level", name, LEVELS))
    return LEVELS[name]

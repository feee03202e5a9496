"""Numbers drawn from a seed, the same on every machine and in every version of Python.

The generator is SplitMix64: a 64-bit counter that goes on by a fixed odd number, and is mixed
by two products. ``random.Random`` promises the same only for :meth:`random.Random.random`, and
NumPy only within a version. Every choice takes one number of the generator, in the order in
which it is asked for, so that an exercise is a function of its seed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15
MIXING = (30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)


class Draws:
    """A sequence of choices that follows from a seed.

    Examples
    --------
    >>> draws = Draws(7)
    >>> [draws.below(6) for _ in range(8)], draws.choice("abc")
    ([2, 0, 5, 3, 2, 1, 2, 1], 'a')
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & MASK

    def number(self) -> int:
        """Return the next number of the generator, below 2⁶⁴."""
        self._state = mixed = (self._state + STEP) & MASK
        for shift, factor in MIXING:
            mixed = ((mixed ^ (mixed >> shift)) * factor) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, count: int) -> int:
        """Return a whole number from 0, below a count."""
        return (self.number() * count) >> 64

    def choice(self, options: Sequence[T]) -> T:
        """Return one of several options."""
        return options[self.below(len(options))]

    def happens(self, percent: int) -> bool:
        """Whether something happens that does so in so many cases of a hundred."""
        return self.below(100) < percent

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order, each taken from those that are left."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]

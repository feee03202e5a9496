"""Numbers whose derivatives are taken at one side of a kink."""

from __future__ import annotations

from typing import Any

import mpmath

from graphdiff.checking.rationals import Strict
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction

ASIDE = mpmath.mpf(10) ** -30
"""How far beside a kink the derivative is taken."""


class OneSided(Strict):
    """Derivatives from one side of where they are asked for, or in the middle of both.

    Parameters
    ----------
    side
        1 for above, −1 for below, 0 for the middle. From above, each of tied maxima counts as
        the only one.
    """

    def __init__(self, digits: int, side: int) -> None:
        super().__init__(digits)
        self._side = side

    def apply(self, function: Function) -> Any:
        """Return the function; of a derivative, the value at one side."""
        compute = super().apply(function)
        return compute if function.of is None else self._aside(compute, function.of[1])

    def partial(self, function: LocalFunction, slot: int) -> Any:
        """Return the derivative at one side."""
        return self._aside(super().partial(function, slot), slot)

    def share(self, many: int) -> Any:
        """Return what each of so many tied maxima has of the derivative."""
        return self.number(1) if self._side > 0 else super().share(many)

    def _aside(self, compute: Any, slot: int) -> Any:
        def shifted(arguments: tuple[Any, ...], by: Any) -> Any:
            moved = list(arguments)
            moved[slot] = moved[slot] + by
            return compute(*moved)

        def at(*arguments: Any) -> Any:
            if self._side:
                return shifted(arguments, self._side * ASIDE)
            return (shifted(arguments, ASIDE) + shifted(arguments, -ASIDE)) / 2

        return at

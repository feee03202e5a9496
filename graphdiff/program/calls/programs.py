"""The programs of a compiled step, by the calls they are for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

MAX_PROGRAMS = 32
"""Programs kept for one step; of more kinds of calls the oldest is made anew."""

Program = tuple[Callable[..., Any], str]
"""A function and its text."""


class Programs:
    """The programs made so far, and which calls try first.

    Attributes
    ----------
    first
        The function that the next call tries; it refuses what it was not made for.
    """

    def __init__(self) -> None:
        self.first: Callable[..., Any]
        self._made: dict[Hashable, Program] = {}
        self._lasting: set[Hashable] = set()
        self._last: Hashable = None

    def begin_with(self, key: Hashable, function: Callable[..., Any], source: str) -> None:
        """Keep a program for good, and try it first."""
        self._made[key] = function, source
        self._lasting.add(key)
        self.return_to(key)

    def return_to(self, key: Hashable) -> None:
        """Let the next call try a program again."""
        self.first, self._last = self._made[key][0], key

    def of(self, key: Hashable, make: Callable[[], Program]) -> Callable[..., Any]:
        """Return the program for a kind of call, made if there is none; its text is shown next."""
        if key not in self._made:
            if len(self._made) >= MAX_PROGRAMS:
                del self._made[next(old for old in self._made if old not in self._lasting)]
            self._made[key] = make()
        self._last = key
        return self._made[key][0]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._made

    @property
    def source(self) -> str:
        """The text of the program that was used last."""
        return self._made[self._last][1]

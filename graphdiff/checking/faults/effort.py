"""How much the search for mistakes may take: counted work, so that it is the same on any machine.

A unit is an operation on numbers or small arrays; a large array is several.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S", bound=Sequence[Any])

PAGE, LINE = 500_000, 40_000
"""Units of work for all wrong lines of a page, and at most for one of them."""

FEWEST = 50
"""Units with which to look for mistakes is of no use any more."""

ENTRIES = 4_000
"""Numbers that an operation computes for one unit of work."""

SOME = 10
"""Lines that are always reckoned with, beside those that were judged or are to come."""


@dataclass
class Work:
    """Work done so far, in units."""

    done: int = 0

    def add(self, entries: int) -> None:
        """Count an operation that computes so many numbers."""
        self.done += 1 + entries // ENTRIES


class Tries(Generic[T, S]):
    """What comes of trying one thing after another, kept; tried on as far as it is asked for.

    Parameters
    ----------
    each
        Begins to try, and yields what comes of each; None where nothing does.
    work
        What counts the work of trying.
    gathered
        Makes a sequence of what was found; the same one is given as long as no more is.
    """

    def __init__(
        self,
        each: Callable[[], Iterator[T | None]],
        work: Work,
        gathered: Callable[[list[T]], S],
    ) -> None:
        self._each, self._work, self._gathered = each, work, gathered
        self._begin()

    def _begin(self) -> None:
        self._trying = self._each()
        self._upto: list[int] = []
        self._found: list[T | None] = []
        self._last_given: tuple[int, S] | None = None
        self._is_over = False

    def within(self, units: int) -> tuple[S, int, bool]:
        """Return what was found by so much work, the work it took, and whether all was tried.

        It does not depend on how much was asked for before.
        """
        while not self._is_over and self._last <= units:
            before = self._work.done
            try:
                one = next(self._trying)
            except StopIteration:
                self._is_over = True
            except BaseException:  # interrupted, by which the trying is over
                self._begin()
                raise
            else:
                self._upto.append(self._last + self._work.done - before)
                self._found.append(one)
        many = bisect(self._upto, units)
        if many < len(self._upto):
            return self._first(many), self._upto[many], False
        return self._first(many), self._last, True

    def _first(self, many: int) -> S:
        """Return what came of the first tries, gathered once: some is large, and shared."""
        if self._last_given is None or self._last_given[0] != many:
            found = [one for one in self._found[:many] if one is not None]
            self._last_given = many, self._gathered(found)
        return self._last_given[1]

    @property
    def _last(self) -> int:
        return self._upto[-1] if self._upto else 0


@dataclass
class Allowance:
    """The work that one line may take.

    Attributes
    ----------
    left
        Units that are left.
    ended
        Whether something was not tried for want of work.
    """

    left: int = LINE
    ended: bool = False

    def of(self, tries: Tries[Any, S]) -> S:
        """Return what comes of trying, as far as there is work left for it."""
        found, taken, is_all = tries.within(self.left)
        self.left -= taken
        self.ended = self.ended or not is_all
        return found

    def take(self, units: int) -> None:
        """Take off work that was done."""
        self.left -= units


@dataclass
class Effort:
    """The work that all wrong lines of a page may take, shared out among them.

    Attributes
    ----------
    lines
        About how many lines there are.
    """

    lines: int
    left: int = field(default_factory=lambda: PAGE)
    _judged: int = field(default=0, init=False)
    _wrong: int = field(default=0, init=False)

    def judged(self) -> None:
        """Count a line that was judged."""
        self._judged += 1

    @contextmanager
    def share(self) -> Iterator[Allowance]:
        """Give what a wrong line may take: as if of those to come as many were wrong as so far."""
        to_come = max(self.lines - self._judged, SOME)
        expected = 1 + to_come * self._wrong // (self._judged + SOME)
        self._wrong += 1
        given = min(LINE, self.left // expected)
        work = Allowance(given)
        try:
            yield work
        finally:
            self.left -= given - work.left

"""How much of its points an answer earns, by its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from graphdiff.checking.report import ACCEPTED, VERDICTS
from graphdiff.errors import FileError, UnknownNameError, quoted_list
from graphdiff.grading.records import MarkVerdict

ENTRIES, LINKS, OPEN = "entries", "links", "open"

DEFAULT = {
    **{verdict: Fraction(verdict in ACCEPTED) for verdict in VERDICTS},
    "follows": Fraction(1, 2),
    ENTRIES: Fraction(1, 2),
    LINKS: Fraction(1),
    OPEN: Fraction(1),
}
"""What is earned of each point, where the teacher does not say."""

GIVEN = ("rounded", "convention", "given", "coincidental", "follows", ENTRIES, LINKS, OPEN)
"""Shares that a teacher may give; what is right earns all, what says nothing, nothing."""


@dataclass(frozen=True)
class Credit:
    """The share of its points that an answer earns.

    Attributes
    ----------
    shares
        By verdict. ``entries`` is the share of the points that right entries of an array that is
        wrong as a whole earn, each its part; ``links`` the share that right links of a chain that
        is wrong as a whole earn, each its part; ``open`` the share that is left to a formula of
        derivatives that are answered nowhere.
    """

    shares: Mapping[str, Fraction] = field(default_factory=lambda: DEFAULT)

    def of(self, verdict: MarkVerdict) -> Fraction:
        """Return the share of a verdict; nothing where nothing was said."""
        return self.shares.get(verdict, Fraction(0))

    @property
    def of_entries(self) -> Fraction:
        """What the right entries of an array earn."""
        return self.shares[ENTRIES]

    @property
    def of_links(self) -> Fraction:
        """What the right links of a chain earn."""
        return self.shares[LINKS]

    @property
    def of_open(self) -> Fraction:
        """What is left to a right formula of derivatives that are answered nowhere."""
        return self.shares[OPEN]


def credit(entries: Any) -> Credit:
    """Read the shares that a teacher gives.

    Raises
    ------
    FileError
        For a share that is no number from 0 to 1, or of what earns none.
    """
    if not isinstance(entries, Mapping):
        raise FileError(
            f"credit is {entries!r:.60}; write shares by verdict, credit = {{follows = 0.5}}"
        )
    for name in entries:
        if name not in GIVEN:
            raise UnknownNameError(f"credit has no {name!r:.40}; it may have {quoted_list(GIVEN)}")
    return Credit({**DEFAULT, **{name: _share(name, entry) for name, entry in entries.items()}})


def _share(name: str, entry: Any) -> Fraction:
    share = exactly(entry)
    if share is None or not 0 <= share <= 1:
        raise FileError(f"the credit for {name!r} is {entry!s:.40}; write a number from 0 to 1")
    return share


def exactly(entry: Any) -> Fraction | None:
    """Return a number of a file, 2, 0.5 or "1/3", as it is; None if it is none."""
    if isinstance(entry, bool) or not isinstance(entry, int | float | Decimal | str):
        return None
    try:
        return Fraction(str(entry)) if len(str(entry)) <= 40 else None
    except (ValueError, ZeroDivisionError):
        return None

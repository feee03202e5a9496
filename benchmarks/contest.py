"""What is measured: contests of contestants that do the same work, and their goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

Quantity = Literal["time", "seconds", "bytes"]


class NotMeasured(Exception):
    """Said by a contestant that cannot take part, with the reason."""


class Goal(NamedTuple):
    """The most a contestant is to take.

    Attributes
    ----------
    most
        The number.
    unit
        ``"×"``: times the first contestant; ``"s"``: seconds; ``"ns"``: nanoseconds for each of
        the contest's ``parts``.
    """

    most: float
    unit: Literal["×", "s", "ns"] = "×"


class Contestant(NamedTuple):
    """One way of doing a contest's work.

    Attributes
    ----------
    name
        Its name in the table.
    make
        Prepares it, and returns what is timed. A ``functools.partial`` is timed as a call of
        its function with its arguments written out, as a person would call it.
    read
        Takes what the call returned and lists it as arrays, in the order all contestants of
        the contest have; they are compared before anything is timed. Left out, nothing is
        compared, which is right only for a bound that does less than the work.
    goal
        What it is to reach.
    needs
        The module it needs; left out of the table where that is not installed.
    """

    name: str
    make: Callable[[], Callable[[], Any]]
    read: Callable[[Any], Sequence[Any]] | None = None
    goal: Goal | None = None
    needs: str = ""


class Contest(NamedTuple):
    """Contestants that do the same work; the first is the limit the others are divided by.

    Attributes
    ----------
    work
        The work's name in the table.
    contestants
        The limit first.
    tolerance
        How far results may be apart, relative to the largest entry of an array.
    parts
        The number of like parts of the work and what one is called, ``(101632, "edge")``.
    quantity
        ``"time"``: calls are timed. ``"seconds"``, ``"bytes"``: a call returns its measure.
    """

    work: str
    contestants: Sequence[Contestant]
    tolerance: float = 1e-9
    parts: tuple[int, str] = (1, "")
    quantity: Quantity = "time"

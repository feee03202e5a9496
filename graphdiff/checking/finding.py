"""What is found of a line before it is put into words."""

from __future__ import annotations

from typing import NamedTuple

from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.report import Verdict


class Finding(NamedTuple):
    """A verdict, with what is said of it.

    Attributes
    ----------
    point
        Where claim and truth differ, or None.
    follows
        The number of the line whose mistake it carries on, or None.
    off
        Of an array of numbers, which entries are wrong, counted row by row.
    """

    verdict: Verdict
    note: str = ""
    point: Point | None = None
    follows: int | None = None
    off: tuple[int, ...] = ()


def following(line: PageLine) -> Finding:
    """Return what is found of a line that carries on the mistake of another."""
    return Finding("follows", following_from(f"line {line.place}"), follows=line.place)


def following_from(cause: str) -> str:
    """Return what is said of a line that carries on a mistake."""
    return f"it follows from {cause}"

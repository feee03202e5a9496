"""Sheets that a picture is fitted into: a width, a ratio of its sides, or a page with margins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from graphdiff.drawing.lengths import length
from graphdiff.errors import DrawingError

MM = length("1mm")
POINT = 0.75
"""A unit of a scene in points."""


class Page(NamedTuple):
    """A page and its margin, in millimetres."""

    width: float
    height: float
    margin: float


PAGES: Mapping[str, Page] = MappingProxyType(
    {
        "a4": Page(210, 297, 20),
        "a4 landscape": Page(297, 210, 20),
        "letter": Page(215.9, 279.4, 20),
        "letter landscape": Page(279.4, 215.9, 20),
        "slide": Page(160, 90, 5),
        "slide 4:3": Page(128, 96, 5),
    }
)
"""Slides are those of Beamer."""

TALLEST = 240 * MM, 1.5
"""A picture of which the width alone is given is no taller than a page's text, or by its width."""
WIDTH = "160mm"
"""Of a picture of which the ratio alone is given."""
RATIO = (0.1, 10.0)


@dataclass(frozen=True)
class Sheet:
    """Room for a picture, in units of a scene; a picture ``fills`` a sheet that has a height.

    Attributes
    ----------
    asked
        What was asked for, in words.
    """

    width: float
    height: float
    asked: str
    fills: bool = False
    margin: float = 0.0

    def scale(self, width: float, height: float) -> float:
        """Return how large a picture is on it: smaller, never larger."""
        return min(1.0, self.width / width, self.height / height)


def sheet_of(width: float | str | None, aspect: float | None, page: str | None) -> Sheet | None:
    """Return the sheet that is asked for, or None if there is none.

    Raises
    ------
    DrawingError
        If a page is asked for and its width or its ratio too.
    """
    if page is not None:
        if width is not None or aspect is not None:
            raise DrawingError(f"page={page!r} has its own size; leave width and aspect out")
        wide, high, margin = (MM * side for side in PAGES[page])
        room = wide - 2 * margin, high - 2 * margin
        return Sheet(*room, f"the page {page}", fills=True, margin=margin)
    if width is None and aspect is None:
        return None
    wide = length(WIDTH if width is None else width)
    said = f"{wide / MM:.4g} mm"
    if aspect is None:
        return Sheet(wide, max(TALLEST[0], TALLEST[1] * wide), said)
    return Sheet(wide, wide / aspect, f"{said} × {wide / aspect / MM:.4g} mm", fills=True)


def ratio(given: object) -> float | None:
    """Return the ratio of width to height: 1.5, "4:3" or "16/9".

    Raises
    ------
    DrawingError
        For what is no ratio from 0.1 to 10.

    Examples
    --------
    >>> ratio("4:3"), ratio("1.5"), ratio(2)
    (1.3333333333333333, 1.5, 2.0)
    """
    if given is None:
        return None
    number = r"\s*(\d{1,4}(?:\.\d{1,4})?)\s*"
    found = re.fullmatch(rf"{number}(?:[:/]{number})?", given) if isinstance(given, str) else None
    value: float = 0.0
    if found:
        value = float(found[1]) / (float(found[2] or 1) or 1e9)
    elif isinstance(given, int | float) and not isinstance(given, bool):
        value = given
    least, most = RATIO
    if not least <= value <= most:
        raise DrawingError(
            f"aspect is {given!r:.40}; give the ratio of width to height, such as '16:9', '4:3' or "
            f"1.5, from {least:g} to {most:g}"
        )
    return float(value)


def page(given: object) -> str | None:
    """Return the name of a page.

    Raises
    ------
    DrawingError
        For an unknown one.
    """
    if given is None or (isinstance(given, str) and given in PAGES):
        return given
    raise DrawingError(f"unknown page {given!r:.40}; choose from {', '.join(PAGES)}")


def points(given: object) -> float:
    """Return a size of type in points.

    Raises
    ------
    DrawingError
        For what is no number from 0 to 20.
    """
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 20:
        raise DrawingError(
            f"min_pt is {given!r:.40}; give a number of points from 0, for any size, to 20"
        )
    return float(given)

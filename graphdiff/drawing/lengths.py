"""Lengths as a person gives them: 640, "160mm", "5in"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from graphdiff.errors import DrawingError

UNITS: Mapping[str, float] = MappingProxyType(
    {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72}
)
"""Units of a scene, 1/96 inch, in a unit of length."""

_LENGTH = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(px|in|cm|mm|pt|)\s*")


def length(width: object) -> float:
    """Return a length in units of a scene.

    Raises
    ------
    DrawingError
        For what is no positive length.

    Examples
    --------
    >>> length("2.54cm"), length(300)
    (96.0, 300.0)
    """
    found = _LENGTH.fullmatch(width) if isinstance(width, str) else None
    if found:
        value = float(found[1]) * UNITS[found[2]]
    else:
        value = width if isinstance(width, int | float) and not isinstance(width, bool) else 0.0
    if not 0 < value < 1e9:
        raise DrawingError(
            f"width is {width!r:.40}; give a number of pixels, or a length such as '160mm', "
            "'12cm', '5in' or '300pt'"
        )
    return float(value)

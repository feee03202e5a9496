"""Pictures made to fit into a width, and a warning where that makes them hard to read."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from graphdiff.drawing.scene import Scene
from graphdiff.errors import DrawingError

UNITS: Mapping[str, float] = MappingProxyType(
    {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72}
)
"""Units of a scene, 1/96 inch, in a unit of length."""

SMALLEST = 5.0
"""The size in points below which print is hard to read."""

_LENGTH = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(px|in|cm|mm|pt|)\s*")


class SmallPrintWarning(UserWarning):
    """A picture whose smallest letters are hard to read."""


def length(width: float | str) -> float:
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
    found = _LENGTH.fullmatch(width if isinstance(width, str) else "")
    if found:
        value = float(found[1]) * UNITS[found[2]]
    elif isinstance(width, int | float) and not isinstance(width, bool):
        value = float(width)
    else:
        value = 0.0
    if not 0 < value < 1e9:
        raise DrawingError(
            f"width is {width!r:.40}; give a number of pixels, or a length such as '160mm', "
            "'12cm', '5in' or '300pt'"
        )
    return value


def fitted(scene: Scene, width: float | str | None) -> Scene:
    """Return a scene no wider than a width; it is made smaller, never larger.

    Warns where its smallest letters would then be under 5 points.
    """
    if width is None or scene.pixels[0] <= (room := length(width)):
        return scene
    smaller = replace(scene, scale=scene.scale * room / scene.pixels[0])
    size = min((fragment.size for fragment in scene.fragments), default=0) * smaller.scale * 0.75
    if 0 < size < SMALLEST:
        warnings.warn(
            f"at this width the smallest letters are {size:.1f} pt high; direction='TB', fewer "
            "annotations in show=, or collapse= make a narrower picture",
            SmallPrintWarning,
            stacklevel=2,
        )
    return smaller

"""Sizes as a person gives them: "160mm x 90mm", (640, 480)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from graphdiff.drawing.lengths import length
from graphdiff.errors import DrawingError

Size = tuple[float, float]

_BETWEEN = re.compile(r"\s*[x×]\s*|\s*,\s*")


def size_of(given: Any) -> Size | None:
    """Return a width and a height in units of a scene.

    Raises
    ------
    DrawingError
        For what is no size.

    Examples
    --------
    >>> size_of("5in x 2.54cm"), size_of((640, 480))
    ((480.0, 96.0), (640.0, 480.0))
    """
    if given is None:
        return None
    parts: Any = _BETWEEN.split(given) if isinstance(given, str) else given
    if not isinstance(parts, Sequence) or len(parts) != 2:
        raise DrawingError(
            f"size is {given!r:.60}; give a width and a height, '160mm x 90mm' or (640, 480)"
        )
    try:
        width, height = (length(part) for part in parts)
    except DrawingError as error:
        raise DrawingError(f"size: {str(error).replace('width is', 'a length is')}") from None
    return width, height

"""What files of pixels that play have in common: how long a step lasts, and how large they are."""

from __future__ import annotations

from graphdiff.drawing.writers.density import told
from graphdiff.errors import DrawingError

HOLD = 2.0
"""How many steps longer the last step is shown."""

MAX_FRAMES = 120
MAX_PIXELS = 120_000_000
"""Of all frames together, which are held in memory."""


def durations(count: int, seconds: float) -> list[int]:
    """Return how long each step is shown, in milliseconds."""
    return [round(1000 * seconds)] * (count - 1) + [round(1000 * seconds * (1 + HOLD))]


def check_size(what: str, count: int, size: tuple[float, float], scale: float) -> None:
    """Raise unless so many frames of a size can be held in memory.

    Raises
    ------
    DrawingError
        Naming the format and what to do.
    """
    width, height = size
    if count > MAX_FRAMES:
        raise DrawingError(
            f"a {what} of {count} frames would be too large; at most {MAX_FRAMES} are written. "
            "Save the steps as .svg, which plays too, or as numbered .png files"
        )
    pixels = count * width * height
    if pixels * scale * scale > MAX_PIXELS:
        asked, fitting = told(scale, (MAX_PIXELS / pixels) ** 0.5)
        raise DrawingError(
            f"{asked} the {what} has {count} frames of {width * scale:.0f} × "
            f"{height * scale:.0f} pixels; {fitting}, "
            "or save the steps as .svg, which plays too"
        )

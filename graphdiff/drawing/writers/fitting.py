"""Pictures made to fit into a width, and a warning where that makes them hard to read."""

from __future__ import annotations

import warnings
from dataclasses import replace

from graphdiff.drawing.lengths import length
from graphdiff.drawing.scene import Scene

SMALLEST = 5.0
"""The size in points below which print is hard to read."""


class SmallPrintWarning(UserWarning):
    """A picture whose smallest letters are hard to read."""


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

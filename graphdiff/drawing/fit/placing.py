"""A picture on its sheet, and the size of its smallest type there."""

from __future__ import annotations

from dataclasses import replace

from graphdiff.drawing.fit.sheets import POINT, Sheet
from graphdiff.drawing.scene import Group, Scene


def smallest(scene: Scene) -> float:
    """Return the size of the smallest type of a picture, in points; 0 if it has none."""
    return min((part.size for part in scene.fragments), default=0.0) * scene.scale * POINT


def placed(scene: Scene, sheet: Sheet) -> Scene:
    """Return a picture as large as it can be on a sheet; it is made smaller, never larger."""
    scale = sheet.scale(*scene.pixels)
    smaller = replace(scene, scale=scene.scale * scale)
    if not sheet.fills:
        return smaller
    wide, high = ((side + 2 * sheet.margin) / smaller.scale for side in (sheet.width, sheet.height))
    moved = Group(scene.items, (wide - scene.width) / 2, (high - scene.height) / 2)
    return replace(smaller, width=wide, height=high, items=(moved,))

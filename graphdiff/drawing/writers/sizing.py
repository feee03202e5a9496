"""A scene on a sheet of an exact size: as large as it can be, in the middle."""

from __future__ import annotations

from dataclasses import replace

from graphdiff.drawing.scene import Group, Scene
from graphdiff.drawing.sizes import Size


def of_size(scene: Scene, size: Size | None) -> Scene:
    """Return a scene that is exactly so large, its content as large as it can be, in the middle."""
    if size is None:
        return scene
    scale = min(size[0] / scene.width, size[1] / scene.height)
    width, height = size[0] / scale, size[1] / scale
    moved = Group(scene.items, (width - scene.width) / 2, (height - scene.height) / 2)
    return replace(scene, width=width, height=height, scale=scale, items=(moved,))

"""What holds of every plot with axes."""

import itertools

from graphdiff.drawing.extents import areas, of_text
from graphdiff.drawing.scene import Group, Rectangle


def groups(items, kind, x=0.0, y=0.0):
    """Yield the groups of a kind, with their places."""
    for item in items:
        if isinstance(item, Group):
            if item.kind == kind:
                yield item, x + item.x, y + item.y
            yield from groups(item.items, kind, x + item.x, y + item.y)


def check(scene):
    """Raise unless all is on the sheet, curves are in their axes, and no two texts meet."""
    for area in areas(scene.items):
        assert -0.01 <= area.left <= area.right <= scene.width + 0.01
        assert -0.01 <= area.top <= area.bottom <= scene.height + 0.01
    for drawn, x, y in groups(scene.items, "panel"):
        frame = next(
            item
            for axes, _, _ in groups([drawn], "axes")
            for item in axes.items
            if isinstance(item, Rectangle)
        )
        for curve, _, _ in groups([drawn], "curve"):
            for area in areas(curve.items, x, y):
                box = next(areas([frame], x, y)).grown(2.7)
                assert box.left <= area.left and area.right <= box.right
                assert box.top <= area.top and area.bottom <= box.bottom
    boxes = [of_text(text.fragment, text.x, text.y) for text in scene.texts]
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]

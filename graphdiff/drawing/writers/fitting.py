"""Pictures made to fit a sheet, and a warning where that makes them hard to read."""

from __future__ import annotations

import warnings

from graphdiff.drawing.fit.placing import placed, smallest
from graphdiff.drawing.fit.sheets import Sheet, ratio
from graphdiff.drawing.fit.sheets import sheet_of as sheet_asked_for
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Scene


class SmallPrintWarning(UserWarning):
    """A picture whose smallest letters are hard to read."""


def sheet_of(options: Options) -> Sheet | None:
    """Return the sheet that is asked for, or None.

    Raises
    ------
    DrawingError
        If a page is asked for and its width or its ratio too.
    """
    return sheet_asked_for(options.width, ratio(options.aspect), options.page)


def fitted(scene: Scene, options: Options) -> Scene:
    """Return a scene on the sheet asked for; it is made smaller, never larger.

    Warns where its smallest letters would then be smaller than asked for.
    """
    sheet = sheet_of(options)
    if sheet is None:
        return scene
    smaller = placed(scene, sheet)
    size = smallest(smaller)
    if size and smaller.scale < scene.scale and size < options.min_pt - 1e-6:
        warnings.warn(
            f"on {sheet.asked} the smallest letters are {size:.1f} pt high, under min_pt="
            f"{options.min_pt:g}; ask for a larger width or page, draw a part of the graph, "
            "collapse= groups, show= less, or allow a smaller min_pt",
            SmallPrintWarning,
            stacklevel=2,
        )
    return smaller

"""A scene as one page of PDF, of the picture's size, with all text as outlines."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from graphdiff.drawing.scene import Scene
from graphdiff.drawing.writers import svg

UNIT = 0.75
"""Points in a unit of a scene; the converter takes one for the other."""


def pdf(scene: Scene) -> bytes:
    """Return the picture as PDF."""
    return of_svg(svg.svg(replace(scene, scale=scene.scale * UNIT)))


def of_svg(text: str) -> bytes:
    """Return an SVG whose text is outlines as a page of PDF, a point for each of its pixels."""
    from svg2pdf_py import svg_to_pdf

    return svg_to_pdf(text, _no_fonts())


@lru_cache(maxsize=1)
def _no_fonts() -> Any:
    """Return an empty set of fonts: no text is left that would need one."""
    from svg2pdf_py import FontDatabase

    return FontDatabase()

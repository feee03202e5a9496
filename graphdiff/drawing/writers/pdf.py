"""A scene as one page of PDF, of the picture's size, with all text as outlines.

Over the outlines each line stands as text without ink, unless that is not wanted; and the page
says in words what it shows, for those who listen to it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from graphdiff.drawing.scene import Scene
from graphdiff.drawing.writers import pdf_text, svg
from graphdiff.drawing.writers.pdf_objects import Document

UNIT = 0.75
"""Points in a unit of a scene; the converter takes one for the other."""


def pdf(scene: Scene, *, text: bool = True) -> bytes:
    """Return the picture as PDF, with its text over the outlines unless ``text`` is false."""
    scene = replace(scene, scale=scene.scale * UNIT)
    document = Document.of(of_svg(svg.svg(scene)))
    pdf_text.tell(document, scene, scene.texts if text else ())
    return document.written()


def of_svg(text: str) -> bytes:
    """Return an SVG whose text is outlines as a page of PDF, a point for each of its pixels."""
    from svg2pdf_py import svg_to_pdf

    return svg_to_pdf(text, _no_fonts())


@lru_cache(maxsize=1)
def _no_fonts() -> Any:
    """Return an empty set of fonts: no text is left that would need one."""
    from svg2pdf_py import FontDatabase

    return FontDatabase()

"""A scene as a file of some format: every picture and every frame is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import resvg_py

from graphdiff.drawing.lengths import UNITS
from graphdiff.drawing.options import Saving, checked_scale
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.writers import pdf, svg, tikz
from graphdiff.drawing.writers.density import told, with_density
from graphdiff.errors import DrawingError

MAX_PIXELS = 80_000_000
PNG_SCALE = 2.0


def png(scene: Scene, scale: float = PNG_SCALE) -> bytes:
    """Return a scene as PNG, ``scale`` pixels to a unit of the SVG (1/96 inch), and so it says.

    Raises
    ------
    DrawingError
        For a scale that is not positive, or would give a picture too large for memory.
    """
    checked_scale(scale)
    width, height = scene.pixels
    if width * height * scale * scale > MAX_PIXELS:
        asked, fitting = told(scale, (MAX_PIXELS / (width * height)) ** 0.5)
        raise DrawingError(
            f"{asked} the picture has {width * scale:.0f} × {height * scale:.0f} "
            f"pixels; {fitting}, or save it as .svg"
        )
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg.svg(scene),
        background=scene.background,
        zoom=scale,
        dpi=96,
        skip_system_fonts=True,
    )
    return with_density(bytes(drawn), scale * UNITS["in"])


WRITERS: Mapping[str, Callable[[Scene, Saving], str | bytes]] = MappingProxyType(
    {
        ".svg": lambda scene, saving: svg.svg(scene, text=bool(saving.text)),
        ".png": lambda scene, saving: png(scene, saving.pixels or PNG_SCALE),
        ".pdf": lambda scene, saving: pdf.pdf(scene, text=saving.text is not False),
        ".tex": lambda scene, _: tikz.tikz(scene),
    }
)
"""What writes a scene, by the suffix of the file."""

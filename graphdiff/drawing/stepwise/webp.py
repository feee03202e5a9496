"""Frames as an animated WebP: all colours, and no loss."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from graphdiff.drawing.writers.density import told
from graphdiff.errors import DrawingError

MAX_SIDE = 16_383
"""Pixels of a side, more than which the format does not have."""


def webp(
    pngs: Sequence[bytes], durations: Sequence[int], size: tuple[float, float], scale: float
) -> bytes:
    """Return frames, each a PNG, as a WebP that plays forever; durations are in milliseconds.

    Parameters
    ----------
    size, scale
        Of the scene, and how many pixels to its unit the frames have.

    Raises
    ------
    DrawingError
        If a side is too long, or Pillow was built without the format.
    """
    from PIL import features

    if not features.check("webp"):
        raise DrawingError(
            "Pillow was built without WebP here; install it from PyPI (pip install --upgrade "
            "pillow), or save the steps as .gif or .svg"
        )
    if max(size) * scale > MAX_SIDE:
        asked, fitting = told(scale, MAX_SIDE / max(size))
        raise DrawingError(
            f"{asked} the WebP has {size[0] * scale:.0f} × {size[1] * scale:.0f} pixels, and the "
            f"format at most {MAX_SIDE} a side; {fitting}, or save the steps as .svg"
        )
    first, *others = _images(pngs)
    stream = io.BytesIO()
    first.save(
        stream,
        format="WEBP",
        save_all=True,
        append_images=others,
        duration=list(durations),
        loop=0,
        lossless=True,
        quality=50,
        method=2,
    )
    return stream.getvalue()


def _images(pngs: Sequence[bytes]) -> Iterator[Any]:
    from PIL import Image

    for png in pngs:
        with Image.open(io.BytesIO(png)) as opened:
            yield opened.convert("RGB")

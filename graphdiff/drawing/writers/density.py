"""How large a PNG is on paper: its pixels to a metre, in a chunk of the file; and at most."""

from __future__ import annotations

import math
import struct
import zlib

from graphdiff.drawing.lengths import UNITS

INCH = 0.0254
HEADER = 33
"""Bytes of the signature and the first chunk, behind which it stands."""


def with_density(png: bytes, dpi: float) -> bytes:
    """Return a PNG that says how many of its pixels are an inch.

    The chunk is called pHYs: pixels to a metre across and down, and 1 for metres.
    """
    pixels = max(1, round(dpi / INCH))
    said = b"pHYs" + struct.pack(">IIB", pixels, pixels, 1)
    chunk = struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said))
    return png[:HEADER] + chunk + png[HEADER:]


def told(scale: float, most: float) -> tuple[str, str]:
    """Return a scale that is too large, and the largest that is possible, each as dpi too.

    Examples
    --------
    >>> told(12.5, 7.46)
    ('at scale 12.5 (1200 dpi)', 'use scale=7.4 (dpi=716) or less')
    """
    power = 10.0 ** (1 - math.floor(math.log10(most)))
    fitting, inch = math.floor(most * power) / power, UNITS["in"]
    return (
        f"at scale {scale:g} ({scale * inch:g} dpi)",
        f"use scale={fitting:g} (dpi={math.floor(most * inch)}) or less",
    )

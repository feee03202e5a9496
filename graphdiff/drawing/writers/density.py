"""How large a PNG is on paper: its pixels to a metre, in a chunk of the file."""

from __future__ import annotations

import struct
import zlib

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

"""Frames as an animated GIF: one palette for all of them, and no dithering.

A GIF has 256 colours. A picture of flat colours and the shades along their edges has more, of
which most are of a few pixels; the frequent ones are kept as they are, the others are replaced
by the nearest of those chosen for them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

COLOURS = 256
KEPT = 128
"""The most frequent colours, which are kept as they are."""
CHUNK = 4096


def gif(pngs: Sequence[bytes], durations: Sequence[int]) -> bytes:
    """Return frames, each a PNG, as a GIF that plays forever; durations are in milliseconds."""
    image = _pillow()
    colours, counts = _colours(image, pngs)
    palette = _palette(image, colours, counts)
    nearest = _nearest(colours, palette)
    frames = [_indexed(image, png, colours, nearest, palette) for png in pngs]
    stream = io.BytesIO()
    frames[0].save(
        stream,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=list(durations),
        loop=0,
        optimize=False,
    )
    return stream.getvalue()


def _pillow() -> Any:
    from PIL import Image

    return Image


def _packed(image: Any, png: bytes) -> Any:
    """Return each pixel of a PNG as one number."""
    with image.open(io.BytesIO(png)) as opened:
        pixels = np.asarray(opened.convert("RGB"), dtype=np.uint32)
    return (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]


def _colours(image: Any, pngs: Sequence[bytes]) -> tuple[Any, Any]:
    """Return all colours of all frames, in order, and of how many pixels they are."""
    found: dict[int, int] = {}
    for png in pngs:
        colours, counts = np.unique(_packed(image, png), return_counts=True)
        for colour, count in zip(colours.tolist(), counts.tolist(), strict=True):
            found[colour] = found.get(colour, 0) + count
    ordered = sorted(found)
    return np.array(ordered, dtype=np.uint32), np.array([found[c] for c in ordered])


def _palette(image: Any, colours: Any, counts: Any) -> Any:
    """Return at most 256 colours."""
    by_count = colours[np.lexsort((colours, -counts))]
    kept, rest = by_count[:KEPT], by_count[KEPT:]
    if len(colours) <= COLOURS or not len(rest):
        return _split(by_count)
    strip = image.fromarray(_split(np.sort(rest)).astype(np.uint8)[None])
    chosen = strip.quantize(COLOURS - KEPT, method=image.Quantize.MEDIANCUT).getpalette()
    more = np.array(chosen, dtype=np.int32).reshape(-1, 3)[: COLOURS - KEPT]
    return np.concatenate([_split(kept), more])


def _split(colours: Any) -> Any:
    return np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=-1).astype(np.int32)


def _nearest(colours: Any, palette: Any) -> Any:
    """Return the place in the palette of the colour nearest to each."""
    found = [
        np.argmin(((_split(colours[k : k + CHUNK])[:, None] - palette) ** 2).sum(-1), axis=1)
        for k in range(0, len(colours), CHUNK)
    ]
    return np.concatenate(found).astype(np.uint8)


def _indexed(image: Any, png: bytes, colours: Any, nearest: Any, palette: Any) -> Any:
    """Return a frame whose pixels are places in the palette."""
    made = image.fromarray(nearest[np.searchsorted(colours, _packed(image, png))])
    made.putpalette(palette.astype(np.uint8).tobytes())
    return made

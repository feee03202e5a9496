"""Values of convolutions as cuboids: height and depth show their sizes, breadth the channels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing.colours import mixed
from graphdiff.drawing.scene import Path, Point, Stroke
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.recognition.blocks.records import Architecture, Block

TALLEST = 96.0
LEAST = 14.0
CHANNEL = 7.0
"""A doubling of the channels is so much broader."""
SLANT = (0.30, 0.26)
"""How far back a depth of 1 leads, to the right and up."""
AXES = {"conv1d": 1, "max_pool1d": 1, "avg_pool1d": 1}


@dataclass(frozen=True)
class Volume:
    """A cuboid: how broad, high and deep it is drawn."""

    breadth: float
    height: float
    depth: float

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height it takes."""
        return self.breadth + self.depth * SLANT[0], self.height + self.depth * SLANT[1]


def volumes(found: Architecture) -> dict[int, Volume]:
    """Return the cuboids of the blocks that have one, by their numbers, in one scale."""
    axes = {k: n for k in range(len(found.blocks)) if (n := _axes(found, k))}
    sizes = {k: _sizes(found.blocks[k], n) for k, n in axes.items()}
    largest = max((max(size[1:]) for size in sizes.values()), default=1)
    return {k: _volume(*size, largest) for k, size in sizes.items()}


def _axes(found: Architecture, k: int) -> int:
    """Return along how many axes a block's value is convolved or pooled; 0 for other blocks."""
    block = found.blocks[k]
    if block.kind in ("convolution", "pooling"):
        return AXES.get(block.function_name, 2)
    if block.kind == "input":
        takers = (found.blocks[edge.head] for edge in found.edges if edge.tail == k)
        return max((AXES.get(one.function_name, 2) for one in takers
                    if one.kind in ("convolution", "pooling") and block.output in one.data),
                   default=0)  # fmt: skip
    return 0


def _sizes(block: Block, axes: int) -> tuple[int, int, int]:
    """Return how many channels there are, and how high and wide each is."""
    shape = block.shape
    channels = shape[-axes - 1] if len(shape) > axes else 1
    high = shape[-axes]
    wide = shape[-1] if axes > 1 else 1
    return tuple(size if isinstance(size, int) else 1 for size in (channels, high, wide))  # type: ignore[return-value]


def _volume(channels: int, high: int, wide: int, largest: int) -> Volume:
    def side(size: int) -> float:
        return LEAST + (TALLEST - LEAST) * math.sqrt(size / largest)

    return Volume(LEAST / 2 + CHANNEL * math.log2(channels + 1), side(high), side(wide))


def drawn(volume: Volume, at: Point, paint: Paint, theme: Theme) -> Iterator[Path]:
    """Yield the three faces of a cuboid that are seen, in a rectangle with this corner."""
    x, (right, up) = at[0], (volume.depth * SLANT[0], volume.depth * SLANT[1])
    y, b, h = at[1] + up, volume.breadth, volume.height
    line = Stroke(paint.stroke, 1.2)
    shade = mixed(paint.stroke, paint.fill, 0.25)
    light = mixed(theme.background, paint.fill, 0.45)
    for fill, points in (
        (light, ((x, y), (x + right, y - up), (x + right + b, y - up), (x + b, y))),
        (shade, ((x + b, y), (x + b + right, y - up), (x + b + right, y - up + h), (x + b, y + h))),
        (paint.fill, ((x, y), (x + b, y), (x + b, y + h), (x, y + h))),
    ):
        rest = tuple((point,) for point in points[1:])
        yield Path(points[0], rest, closed=True, fill=fill, stroke=line)

"""Where name and bias stand beside a unit, away from the edges on both of its sides."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphdiff.drawing.extents import Area
from graphdiff.drawing.network import ways
from graphdiff.drawing.network.elision import Excerpt
from graphdiff.drawing.network.pens import (
    Label,
    Written,
    above,
    below,
    left_of,
    right_of,
)
from graphdiff.drawing.network.places import RADII, Places
from graphdiff.drawing.network.unit_words import Words
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Point

STUB = 9.0
"""The line by which a bias enters its neuron."""
SPACE = 4.0


def radius_of(words: Mapping[int, Words]) -> float:
    """Return the radius of all units: the larger the more numbers a neuron holds."""
    return RADII[max((len(word.rows) for word in words.values()), default=1) - 1]


def across(word: Words, options: Options) -> tuple[float, float]:
    """Return how far the name and the bias reach across the network."""
    lr = ways.is_level(options.direction)
    name, bias = (
        0.0 if part is None else part.height if lr else part.width
        for part in (word.name, word.bias)
    )
    return name, bias


@dataclass(frozen=True)
class Beside:
    """What stands beside a unit, with its place."""

    name: Written | None
    bias: tuple[Label, Point] | None

    @property
    def areas(self) -> Iterator[Area]:
        """The boxes of its ink."""
        if self.name is not None:
            yield self.name.area
        if self.bias is not None:
            yield self.bias[0].area(self.bias[1])


def beside(
    excerpt: Excerpt, places: Places, words: Mapping[int, Words], k: int, options: Options
) -> Beside:
    """Return the name and the bias that stand beside a unit."""
    x, y = places.centres[k]
    word, column = words[k], excerpt.where[k][0]
    far, lr = places.radius + SPACE, ways.is_level(options.direction)
    along = far * ways.forth(options.direction)
    before, behind = (left_of, right_of) if along > 0 else (right_of, left_of)
    if not lr:
        before, behind = (above, below) if along > 0 else (below, above)
    ends = excerpt.network.loss is None and column == len(excerpt.columns) - 1
    name = bias = None
    if word.name is not None:
        if lr and column == 0:
            name = before(word.name, (x - along - math.copysign(2, along), y))
        elif lr and ends:
            name = behind(word.name, (x + along + math.copysign(2, along), y))
        elif lr:
            name = above(word.name, (x, y - far))
        elif column == 0:
            name = before(word.name, (x, y - along))
        elif ends:
            name = behind(word.name, (x, y + along))
        else:
            name = right_of(word.name, (x + far, y))
    if word.bias is not None:
        beyond = places.radius + STUB + 1.5 + (word.bias.height if lr else word.bias.width) / 2
        bias = word.bias, (x, y + beyond) if lr else (x - beyond, y)
    return Beside(name, bias)

"""Heat maps, typeset as lines are: cells, and beside them the scale with its numbers.

The colours go from dark blue for the most negative over grey to pale yellow for the most positive,
so that they stay in order on grey paper and for eyes without colours; an entry that is 0 has the
colour of the paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise

from graphdiff.drawing import typeset
from graphdiff.drawing.colours import luminance, mixed
from graphdiff.drawing.labels.heat import Heat
from graphdiff.drawing.scene import Item, Path, Point, Rectangle, Stroke, Text
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.typeset import Fragment

SIDE = 72.0
"""The longer side of a map, at most."""
CELL = 12.0
"""The side of a cell, at most, and that of the thinnest map."""
SCALE = 7.0
"""The width of the scale beside a map."""
LEAST_HEIGHT = 34.0
GAP = 6.0
NUMBER = 11.5
APART = 1.3 * NUMBER
"""The 0 of a scale stands so far from its ends, or is not written."""
STEPS = 16
"""Shades on either side of 0."""

RAMP = ((-1.0, "#12296b"), (-0.5, "#3f66a3"), (0.0, "#9a9c98"), (0.5, "#dcbd68"), (1.0, "#fff3b0"))
FRAME = "#5a6472"


@lru_cache(maxsize=8 * STEPS)
def shade(step: int, *, grey: bool = False) -> str:
    """Return the colour of a step from −16 to 16, or the grey that is as light."""
    if grey:
        linear = luminance(shade(step))
        light = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
        return "#" + f"{round(255 * light):02x}" * 3
    level = step / STEPS
    for (low, below), (high, above) in pairwise(RAMP):
        if level <= high:
            return mixed(above, below, (level - low) / (high - low))
    raise AssertionError(level)


def step_of(level: float) -> int | None:
    """Return the step of a number from −1 to 1, whose sign it has; None for 0 itself."""
    if level == 0:
        return None
    return round(level * STEPS) or (1 if level > 0 else -1)


@dataclass(frozen=True)
class HeatMap(Fragment):
    """A map with what is written at it; it has no ink of its own.

    Attributes
    ----------
    heat
        What is shown.
    by
        How many times as large as usual it is.
    texts
        What is written at it, with places.
    top
        The height at which the map begins, of which 0 is the baseline.
    cell
        The width and the height of a cell.
    scale_at
        Where the scale stands: left, top and height.
    """

    heat: Heat | None = None
    by: float = 1.0
    texts: tuple[tuple[Fragment, float, float], ...] = ()
    top: float = 0.0
    left: float = 0.0
    cell: tuple[float, float] = (0.0, 0.0)
    scale_at: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def scaled(self, by: float) -> HeatMap:
        """Return the same map larger or smaller."""
        return replace(
            self,
            width=self.width * by,
            ascent=self.ascent * by,
            descent=self.descent * by,
            by=self.by * by,
            texts=tuple((text.scaled(by), x * by, y * by) for text, x, y in self.texts),
            top=self.top * by,
            left=self.left * by,
            cell=(self.cell[0] * by, self.cell[1] * by),
            scale_at=(self.scale_at[0] * by, self.scale_at[1] * by, self.scale_at[2] * by),
        )


def heat_map(heat: Heat, heading: Fragment | None) -> HeatMap:
    """Return a map with its scale; below a heading, if there is one."""
    rows, columns = len(heat.cells), len(heat.cells[0])
    side = min(CELL, SIDE / max(rows, columns))
    cell = max(side, CELL / columns), max(side, CELL / rows)
    width, high = columns * cell[0], rows * cell[1]
    height = max(high, LEAST_HEIGHT)
    numbers = [typeset.formula(*written, NUMBER) for written in (heat.ends[1], heat.ends[0])]
    places = [numbers[0].ascent, height - numbers[1].descent]
    if heat.least < 0 < heat.most:
        zero = typeset.formula("0", "0", NUMBER)
        middle = _at(heat, 0.0) * height
        if APART < middle < height - APART:
            numbers.append(zero)
            places.append(middle + zero.ascent / 2)
    beside = width + GAP + SCALE + 4.0
    whole = beside + max(number.width for number in numbers)
    above = 0.0 if heading is None else heading.height + GAP
    left = 0.0
    if heading is not None and heading.width > whole:
        left = (heading.width - whole) / 2
    total, start = height + above, above - (height + above)
    texts = [(number, left + beside, start + y) for number, y in zip(numbers, places, strict=True)]
    if heading is not None:
        at = max(0.0, left + (whole - heading.width) / 2)
        texts.append((heading, at, heading.ascent - total))
    return HeatMap(
        max(whole, heading.width if heading else 0.0),
        total,
        0.0,
        heat=heat,
        texts=tuple(texts),
        top=start + (height - high) / 2,
        left=left,
        cell=cell,
        scale_at=(left + width + GAP, start, height),
    )


def _at(heat: Heat, value: float) -> float:
    """Return where a number stands on the scale, from 0 at its top to 1 at its bottom."""
    return (heat.most - value) / (heat.most - heat.least)


def drawn(found: HeatMap, place: Point, ink: str, theme: Theme) -> Iterator[Item]:
    """Yield a map with its left end and its baseline at a place, grey in a theme of greys."""
    heat, (x, y), paper, grey = found.heat, place, theme.background, is_grey(theme)
    assert heat is not None  # noqa: S101 - it is made of one
    w, h = found.cell
    left, top = x + found.left, y + found.top
    line = Stroke(FRAME, 0.6 * found.by)
    size = len(heat.cells[0]) * w, len(heat.cells) * h
    yield Rectangle(left, top, *size, fill=paper)
    shaded: dict[int, list[Rectangle]] = defaultdict(list)
    for row, levels in enumerate(heat.cells):
        column = 0
        for step, alike in groupby(map(step_of, levels)):
            count = len(list(alike))
            if step is not None:
                at = left + column * w, top + row * h
                shaded[step].append(Rectangle(*at, count * w, h, fill=shade(step, grey=grey)))
            column += count
    for step in sorted(shaded):  # those of one colour are one outline in a file
        yield from shaded[step]
    yield Rectangle(left, top, *size, stroke=line)
    yield from _scale(found, heat, place, theme)
    for text, dx, dy in found.texts:
        yield Text(text, x + dx, y + dy, ink)


def is_grey(theme: Theme) -> bool:
    """Whether a theme has no colours."""
    fills = [paint.fill for paint in theme.kinds.values()]
    return all(fill[1:3] == fill[3:5] == fill[5:7] for fill in fills)


def _scale(found: HeatMap, heat: Heat, place: Point, theme: Theme) -> Iterator[Item]:
    left, top, height = found.scale_at
    left, top, grey = place[0] + left, place[1] + top, is_grey(theme)
    width, count = SCALE * found.by, 2 * STEPS
    line = Stroke(FRAME, 0.6 * found.by)
    before = None
    for k in range(count):  # each down to the bottom, so that no gap is between them
        value = heat.most - (k + 0.5) / count * (heat.most - heat.least)
        fill = shade(step_of(value / heat.largest) or 0, grey=grey)
        if fill != before:
            down = k * height / count
            yield Rectangle(left, top + down, width, height - down, fill=fill)
        before = fill
    if heat.least <= 0 <= heat.most:
        at = top + min(max(_at(heat, 0.0) * height, 0.8), height - 0.8)
        yield Path(
            (left, at), (((left + width, at),),), stroke=Stroke(theme.background, 1.6 * found.by)
        )
    yield Rectangle(left, top, width, height, stroke=line)

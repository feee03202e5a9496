"""Small things both figures draw: circles with words, arrows, dots."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphdiff.drawing import typeset
from graphdiff.drawing.arrows import head
from graphdiff.drawing.extents import Area, of_text
from graphdiff.drawing.network import names
from graphdiff.drawing.network.names import Name
from graphdiff.drawing.network.routes import Route, around_label, towards
from graphdiff.drawing.scene import Circle, Item, Path, Point, Rectangle, Stroke, Text
from graphdiff.drawing.themes import Theme
from graphdiff.drawing.typeset import Fragment

INSIDE = 15.0
NAME = 15.0
SMALL = 13.5
LEAST = 0.55
LEAST_NUMBER = 0.85
"""How small a number may be set, before it has fewer digits."""
"""How small words inside a circle may become, as a part of their size."""
HALO = (2.5, 1.5)
HALF_HEAD = 3.4
STEP, LEAST_STEP, STEP_ROOM = 26.0, 10.0, 12.0
"""The arrow of a step: the longest, the shortest, and its room beside a weight."""
LEADING = 3.0
"""Between two lines of a label."""


@dataclass(frozen=True)
class Written:
    """A line with its place."""

    fragment: Fragment
    x: float
    y: float

    @property
    def area(self) -> Area:
        """The box of its ink."""
        return of_text(self.fragment, self.x, self.y)

    def text(self, colour: str) -> Text:
        """Return it as it is drawn."""
        return Text(self.fragment, self.x, self.y, colour)

    def ground(self, theme: Theme) -> Rectangle:
        """Return what hides the lines that pass behind it."""
        box, (beside, above_it) = self.area, HALO
        width, height = box.right - box.left + 2 * beside, box.bottom - box.top + 2 * above_it
        left, top = box.left - beside, box.top - above_it
        return Rectangle(left, top, width, height, fill=theme.background)


@dataclass(frozen=True)
class Label:
    """Lines one below the other, each in its colour; and at their right what a step does.

    Attributes
    ----------
    step
        How far a step of gradient descent changes a weight, as a part of the longest there is;
        None where there is no step.
    up, down
        The colours of arrows of weights that grow, and of others.
    """

    lines: tuple[tuple[Fragment, str], ...]
    step: float | None = None
    up: str = ""
    down: str = ""

    @property
    def width(self) -> float:
        """The width of the widest line, with the arrow beside it."""
        return self._wide + (0.0 if self.step is None else STEP_ROOM)

    @property
    def _wide(self) -> float:
        return max(fragment.width for fragment, _ in self.lines)

    @property
    def height(self) -> float:
        """The height of all lines, with the room between them, or of the longest arrow."""
        return max(self._high, 0.0 if self.step is None else STEP)

    @property
    def _high(self) -> float:
        return sum(fragment.height + LEADING for fragment, _ in self.lines) - LEADING

    def around(self, centre: Point) -> Iterator[tuple[Written, str]]:
        """Yield the lines around a point, with their colours."""
        x, y = centre
        x -= (self.width - self._wide) / 2
        top = y - self._high / 2
        for fragment, colour in self.lines:
            yield below(fragment, (x, top)), colour
            top += fragment.height + LEADING

    def area(self, centre: Point) -> Area:
        """Return the box of all ink around a point."""
        return Area.around(centre, self.width, self.height)

    def drawn(self, centre: Point, theme: Theme) -> Iterator[Item]:
        """Yield it around a point, on a ground that hides what passes behind it."""
        for written, _ in self.around(centre):
            yield written.ground(theme)
        for written, colour in self.around(centre):
            yield written.text(colour)
        if self.step:
            yield from self._arrow(centre)

    def _arrow(self, centre: Point) -> Iterator[Item]:
        """Yield −η ∂E/∂w as an arrow: up where the weight grows."""
        assert self.step is not None  # noqa: S101 - asked for by drawn alone
        x, y = centre[0] + self.width / 2 - HALF_HEAD, centre[1]
        half = math.copysign(max(abs(self.step) * STEP, LEAST_STEP) / 2, self.step)
        yield from arrow((x, y + half), (x, y - half), self._stroke, 4.5)

    @property
    def _stroke(self) -> Stroke:
        return Stroke(self.up if self.step and self.step > 0 else self.down, 1.4)


RING = 2.5
"""Between a number and its ring."""


@dataclass(frozen=True)
class Mark(Label):
    """The number of a weight, in a ring, as it stands on its edge and in the table."""

    @property
    def width(self) -> float:
        """The width of the ring."""
        (fragment, _), *_ = self.lines
        return math.hypot(fragment.width, fragment.size * 0.7) + 2 * RING

    @property
    def height(self) -> float:
        """The height of the ring."""
        return self.width

    def drawn(self, centre: Point, theme: Theme) -> Iterator[Item]:
        """Yield the ring, with the number in it."""
        ((fragment, colour),) = self.lines
        ring = Stroke(colour, 0.8)
        yield Circle(*centre, self.width / 2, fill=theme.background, stroke=ring)
        x, y = centre
        baseline = y + (fragment.ascent - fragment.descent) / 2
        yield Text(fragment, x - fragment.width / 2, baseline, theme.ink)


def set_name(name: Name, size: float) -> Fragment:
    """Typeset a name or a number."""
    if not typeset.short_enough(name.latex):
        return typeset.words(name.plain, size)
    return typeset.formula(name.latex, name.plain, size)


def within(name: Name, width: float, size: float = INSIDE, least: float = 0.0) -> Fragment:
    """Typeset a name so that it is no wider; cut if it would become smaller than may be."""
    size = max(size, least)
    share = max(LEAST, least / size)
    fragment = set_name(name, size)
    if fragment.width <= width:
        return fragment
    if fragment.width * share <= width:
        return fragment.scaled(width / fragment.width)
    plain = name.plain
    while len(plain) > 1:
        plain = plain[:-1]
        cut = typeset.words(plain + "…", size * share)
        if cut.width <= width:
            return cut
    return typeset.words("…", size * share)


def number_within(value: Any, digits: int, width: float, size: float = INSIDE) -> Fragment:
    """Typeset a number so that it is no wider, with fewer digits if need be: never cut."""
    fragment = set_name(names.number(value, digits), size)
    for fewer in range(digits, 0, -1):
        fragment = set_name(names.number(value, fewer), size)
        if fragment.width * LEAST_NUMBER <= width:
            break
    return fragment if fragment.width <= width else fragment.scaled(width / fragment.width)


def centred(fragment: Fragment, centre: Point) -> Written:
    """Return a line around a point."""
    x, y = centre
    return Written(fragment, x - fragment.width / 2, y + (fragment.ascent - fragment.descent) / 2)


def left_of(fragment: Fragment, point: Point) -> Written:
    """Return a line that ends at a point."""
    x, y = point
    return centred(fragment, (x - fragment.width / 2, y))


def right_of(fragment: Fragment, point: Point) -> Written:
    """Return a line that begins at a point."""
    x, y = point
    return centred(fragment, (x + fragment.width / 2, y))


def above(fragment: Fragment, point: Point) -> Written:
    """Return a line that stands on a point."""
    x, y = point
    return Written(fragment, x - fragment.width / 2, y - fragment.descent)


def below(fragment: Fragment, point: Point) -> Written:
    """Return a line that hangs from a point."""
    x, y = point
    return Written(fragment, x - fragment.width / 2, y + fragment.ascent)


def disc(centre: Point, radius: float, kind: str, theme: Theme) -> Iterator[Circle]:
    """Yield a unit: an input has a double border, so that kinds differ in grey too."""
    paint = theme.kinds["input" if kind == "input" else "computation"]
    yield Circle(*centre, radius, fill=paint.fill, stroke=Stroke(paint.stroke, 1.5))
    if kind == "input":
        yield Circle(*centre, radius - 3, stroke=Stroke(paint.stroke, 0.8))


def arrow(start: Point, end: Point, stroke: Stroke, length: float = 7.0) -> Iterator[Item]:
    """Yield a straight arrow with its tip at the end."""
    stop = towards(end, start, length)
    yield Path(start, ((stop,),), stroke=stroke)
    yield edge_head(stop, end, stroke)


def edge(route: Route, stroke: Stroke, label: Area | None = None) -> Iterator[Path]:
    """Yield the line of an edge as far as the head of its arrow, with a gap for its label."""
    gap = None if label is None else label.grown(HALO[0] + stroke.width / 2)
    for start, pieces in around_label(route, gap):
        yield Path(start, pieces, stroke=stroke)


def edge_head(stop: Point, end: Point, stroke: Stroke) -> Path:
    """Return the head of an arrow, a little larger for a thick line."""
    return head(stop, end, stroke.colour, HALF_HEAD + stroke.width / 3)


def three_dots(centre: Point, theme: Theme, *, upright: bool) -> Iterator[Circle]:
    """Yield ⋮ or ⋯."""
    x, y = centre
    for k in (-1, 0, 1):
        at = (x, y + 10 * k) if upright else (x + 10 * k, y)
        yield Circle(*at, 2.2, fill=theme.ink)

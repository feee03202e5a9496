"""A picture as shapes with places: what is laid out ends here, and every writer begins here.

Lengths are in SVG units (1/96 inch), y grows downwards. Colours are ``#rrggbb``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphdiff.drawing.typeset import Fragment

Point = tuple[float, float]

DASHES = (5.0, 3.0)
"""The usual line and gap."""


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn; ``dashes`` are lengths of line and gap, other than the usual ones."""

    colour: str
    width: float
    dashed: bool = False
    dashes: tuple[float, ...] = ()

    @property
    def pattern(self) -> tuple[float, ...]:
        """Lengths of line and gap in turn; empty for a line without gaps."""
        return self.dashes or (DASHES if self.dashed else ())


@dataclass(frozen=True)
class Text:
    """A typeset line with the left end of its baseline at (x, y).

    Where another typesetter sets it wider or narrower, its middle stays, or its left end if it
    is not ``centred``.
    """

    fragment: Fragment
    x: float
    y: float
    colour: str
    centred: bool = True


@dataclass(frozen=True)
class Rectangle:
    """A rectangle with its top left corner at (x, y); ``radius`` rounds the corners."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Circle:
    """A circle around (x, y)."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Path:
    """A line: a start, then pieces of one point (straight) or three (a cubic Bézier)."""

    start: Point
    pieces: tuple[tuple[Point, ...], ...]
    closed: bool = False
    fill: str | None = None
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Group:
    """Items moved by (x, y) that are one thing.

    Attributes
    ----------
    kind
        What it is, in words that become classes: ``"node input"``, ``"edge"``.
    title
        What it says, in plain text.
    data
        Names and values for programs that read the picture.
    steps
        The steps of a sweep in which it is seen, from the first to before the last; None for
        always.
    """

    items: tuple[Item, ...]
    x: float = 0.0
    y: float = 0.0
    kind: str = ""
    title: str = ""
    data: tuple[tuple[str, str], ...] = ()
    steps: tuple[int, int] | None = None


Item = Text | Rectangle | Circle | Path | Group


@dataclass(frozen=True, repr=False)
class Scene:
    """A whole picture; ``alt`` says in words what it shows.

    It is drawn ``scale`` times as large as its lengths say.
    """

    width: float
    height: float
    background: str
    title: str
    alt: str
    items: tuple[Item, ...]
    scale: float = 1.0

    def __repr__(self) -> str:
        return f"<scene {self.title!r} of {len(self.items)} items>"

    @property
    def pixels(self) -> tuple[float, float]:
        """The width and the height it is drawn in."""
        return self.width * self.scale, self.height * self.scale

    @property
    def texts(self) -> Iterator[Text]:
        """All that is typeset in it, each with its place in the whole picture."""
        return _texts(self.items, 0.0, 0.0)

    @property
    def fragments(self) -> Iterator[Fragment]:
        """All that is typeset in it, without its places."""
        return (text.fragment for text in self.texts)

    def at(self, step: int) -> Scene:
        """Return what is seen in one step."""
        return replace(self, items=_at(self.items, step))


def _texts(items: tuple[Item, ...], x: float, y: float) -> Iterator[Text]:
    for item in items:
        if isinstance(item, Group):
            yield from _texts(item.items, x + item.x, y + item.y)
        elif isinstance(item, Text):
            yield replace(item, x=x + item.x, y=y + item.y)


def _at(items: tuple[Item, ...], step: int) -> tuple[Item, ...]:
    seen: list[Item] = []
    for item in items:
        if not isinstance(item, Group):
            seen.append(item)
        elif item.steps is None or item.steps[0] <= step < item.steps[1]:
            seen.append(replace(item, items=_at(item.items, step), steps=None))
    return tuple(seen)

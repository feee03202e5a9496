"""Typeset lines as outlines with places: what a formula is once it has been set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

BASE = 24.0
"""The size formulas are typeset at, before they are scaled to the size asked for."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Glyph:
    """The outline of one glyph: a name unique in the package, and SVG path data."""

    name: str
    path: str


@dataclass(frozen=True)
class Mark:
    """A glyph with its origin at (x, y), scaled."""

    glyph: Glyph
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Bar:
    """A filled rectangle, as in fractions and roots."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Fragment:
    """A typeset line; x = 0 is the left end of its ink, y = 0 the baseline, y grows downwards.

    ``source`` is what was typeset, LaTeX if it ``is_math``, at a ``size``; ``plain`` is what it
    says in plain text, nothing in the later pieces of a formula that was broken.
    """

    width: float
    ascent: float
    descent: float
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    source: str = field(default="", compare=False)
    is_math: bool = field(default=False, compare=False)
    size: float = field(default=BASE, compare=False)
    plain: str = field(default="", compare=False)

    @property
    def height(self) -> float:
        """From the top of the ink to its bottom."""
        return self.ascent + self.descent

    def scaled(self, by: float) -> Fragment:
        """Return the same line larger or smaller."""
        return Fragment(
            self.width * by,
            self.ascent * by,
            self.descent * by,
            tuple(Mark(m.glyph, m.x * by, m.y * by, m.scale * by) for m in self.marks),
            tuple(Bar(b.x * by, b.y * by, b.width * by, b.height * by) for b in self.bars),
            self.source,
            self.is_math,
            self.size * by,
            self.plain,
        )

    @property
    def unsaid(self) -> Fragment:
        """The same line as a later piece of one that has been said as a whole."""
        return replace(self, plain="")


def measured(marks: Sequence[Mark], bars: Sequence[Bar]) -> Fragment:
    """Return marks and bars as a line that begins where their ink does."""
    inks = [*map(ink, marks), *((b.x, b.y, b.x + b.width, b.y + b.height) for b in bars)]
    if not inks:
        return Fragment(0, 0, 0)
    left, top, right, bottom = (
        choose(ink[k] for ink in inks) for k, choose in enumerate((min, min, max, max))
    )
    return Fragment(
        right - left,
        -top,
        bottom,
        tuple(Mark(m.glyph, m.x - left, m.y, m.scale) for m in marks),
        tuple(Bar(b.x - left, b.y, b.width, b.height) for b in bars),
    )


def ink(mark: Mark) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what a mark shows."""
    left, top, right, bottom = _extent(mark.glyph.path)
    s = mark.scale
    return mark.x + left * s, mark.y + top * s, mark.x + right * s, mark.y + bottom * s


@lru_cache(maxsize=5_000)
def _extent(path: str) -> tuple[float, float, float, float]:
    numbers = [float(n) for n in _NUMBER.findall(path)]
    xs, ys = numbers[0::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def glyphs_of(fragments: Iterable[Fragment]) -> tuple[Glyph, ...]:
    """Return the distinct glyphs of fragments, by name."""
    found = {mark.glyph.name: mark.glyph for fragment in fragments for mark in fragment.marks}
    return tuple(found[name] for name in sorted(found))

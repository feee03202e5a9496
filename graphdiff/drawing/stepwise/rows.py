"""Captions set in rows, all alike, so that nothing moves from one step to the next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.stepwise.captions import Caption, Form
from graphdiff.drawing.typeset import Fragment

SIZE = 18.0
SCALES = (1.0, 0.9, 0.8)
MAX_LATEX = 1200
"""Longer equations have no room in two rows."""
LEADING = 8.0
GAP = 0.38
"""Room between the links of an equation, by size."""
WORD_GAP = 15.0
COUNTER_SIZE = 14.0
COUNTER_GAP = 18.0


Spaced = tuple[Fragment, float]
"""A fragment and the room before it."""


@dataclass(frozen=True)
class Placed:
    """A fragment with its place: x of its left end, y of its baseline under the first row's."""

    fragment: Fragment
    x: float
    y: float


@dataclass(frozen=True)
class Rows:
    """A caption with its place: the heading, the counter of steps and the equation.

    ``ascent`` and ``descent`` are how far it reaches above and below the baseline of its first
    row.
    """

    heading: Fragment
    counter: Placed
    equation: tuple[Placed, ...]

    @property
    def ascent(self) -> float:
        """How far it reaches above the baseline of its first row."""
        placed = (p for p in (self.counter, *self.equation) if not p.y)
        return max(self.heading.ascent, *(p.fragment.ascent for p in placed))

    @property
    def descent(self) -> float:
        """How far it reaches below the baseline of its first row."""
        return max(
            self.heading.descent,
            *(p.y + p.fragment.descent for p in (self.counter, *self.equation)),
        )


def set_in_rows(captions: Sequence[Caption], width: float) -> tuple[Rows, ...]:
    """Return the captions in rows of a width."""
    counters = [
        typeset.words(f"{k} / {len(captions)}", COUNTER_SIZE) for k in range(1, len(captions) + 1)
    ]
    headings = {c.heading: typeset.words(c.heading, SIZE) for c in captions}
    indent = max(heading.width for heading in headings.values()) + WORD_GAP
    room = width - indent - max(counter.width for counter in counters) - COUNTER_GAP
    return tuple(
        Rows(
            headings[caption.heading],
            Placed(counter, width - counter.width, 0.0),
            tuple(Placed(p.fragment, p.x + indent, p.y) for p in _equation(caption, room)),
        )
        for caption, counter in zip(captions, counters, strict=True)
    )


def _equation(caption: Caption, room: float) -> tuple[Placed, ...]:
    """Set the longest form for which there is room, smaller if need be; or cut it."""
    for form in caption.forms:
        if sum(len(link.latex) for link in form) > MAX_LATEX:
            continue
        if all(typeset.short_enough(link.latex) for link in form):
            for scale in SCALES:
                if placed := _set(form, room, SIZE * scale):
                    return placed
    plain = " ".join(link.text for link in caption.forms[-1])
    return (Placed(boxes.cut(plain, SIZE * SCALES[-1], room), 0.0, 0.0),)


def _set(form: Form, room: float, size: float) -> tuple[Placed, ...]:
    """Set the links one after the other, in a row or two; () if there is no room."""
    close = [link.latex.startswith(r"\text{, ") for link in form]
    gaps = [0.0 if is_close else GAP * size for is_close in close]
    fragments = [typeset.formula(link.latex, link.text, size) for link in form]
    drawn = list(zip(fragments, gaps, strict=True))
    sides = [k for k, link in enumerate(form) if k and link.text.startswith(("=", "≈"))]
    others = [k for k in range(1, len(form)) if k not in sides and not close[k]]
    for breaks in ([], *([k] for k in reversed(sides)), *([k] for k in reversed(others))):
        rows = [drawn[a:b] for a, b in itertools.pairwise([0, *breaks, len(drawn)])]
        if all(_width(row) <= room for row in rows):
            return tuple(_stacked(rows))
    return ()


def _width(row: Sequence[Spaced]) -> float:
    return sum(fragment.width + before for fragment, before in row) - row[0][1]


def _stacked(rows: list[list[Spaced]]) -> Iterator[Placed]:
    y = 0.0
    for above, row in itertools.pairwise([[], *rows]):
        if above:
            y += max(f.descent for f, _ in above) + LEADING + max(f.ascent for f, _ in row)
        x = -row[0][1]
        for fragment, before in row:
            yield Placed(fragment, x + before, y)
            x += before + fragment.width

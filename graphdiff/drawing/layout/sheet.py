"""What surrounds a figure: the title above; below, remarks, long formulas and the legend."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing import titles, typeset
from graphdiff.drawing.labels.description import Entry, Equation, Phrase
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.listing import NARROW, Listing, listing_for
from graphdiff.drawing.marks.record import Remark
from graphdiff.drawing.marks.remarks import Remarks, remarks_for
from graphdiff.drawing.scene import Stroke
from graphdiff.drawing.typeset import Fragment

TITLE_SIZE = 22.0
LEGEND_SIZE = 14.0
SWATCH = (26.0, 16.0)
LINE = 34.0
"""The length of a line that is a sample in the legend."""
SAMPLE_GAP = 7.0
ENTRY_GAP = 26.0
ROW = 26.0


WIDEST_TITLE = 560.0
"""A title that would be wider at its smallest is cut."""
ROUNDING = 1.0
"""How much wider than in proportion a line may be in another size."""


@dataclass(frozen=True)
class Style:
    """What sheets of one kind have in common.

    Attributes
    ----------
    least_width
        Of a sheet with a title or a legend.
    widest_title
        A title up to this width widens the sheet before it is set smaller, not before it is cut.
    """

    untitled: str
    least_width: float
    legend_gap: float
    widest_title: float = 0.0


GRAPH = Style("Computational graph", least_width=420.0, legend_gap=18.0)
ARCHITECTURE = Style("Architecture", least_width=320.0, legend_gap=18.0, widest_title=WIDEST_TITLE)
NETWORK = Style("Network", least_width=320.0, legend_gap=16.0, widest_title=WIDEST_TITLE)


@dataclass(frozen=True)
class Surroundings:
    """What is said around a figure, with no place yet; ``listed`` are formulas without room."""

    style: Style
    title: str
    legend: tuple[Entry, ...] = ()
    remarks: tuple[Remark, ...] = ()
    listed: tuple[Equation, ...] = ()
    least: float = 0.0
    """The least size of type."""


@dataclass(frozen=True)
class Sample:
    """An entry of the legend, typeset."""

    entry: Entry
    notation: Fragment | None
    meaning: Fragment | None

    @property
    def indent(self) -> float:
        """How far from its left end its meaning is."""
        if self.entry.sample is None:
            return 0.0
        line = LINE if isinstance(self.entry.sample, Stroke) else SWATCH[0]
        return (line if self.notation is None else self.notation.width) + SAMPLE_GAP

    @property
    def width(self) -> float:
        """The width of the whole entry."""
        return self.indent + (self.meaning.width if self.meaning else -SAMPLE_GAP)


@dataclass(frozen=True)
class Sheet:
    """The title, remarks, the list of formulas and the legend; and the width they need."""

    width: float
    title: Fragment | None
    remarks: Remarks
    listing: Listing
    legend: tuple[tuple[Sample, ...], ...]

    @property
    def fragments(self) -> Iterator[Fragment]:
        """All that is typeset on it."""
        samples = [sample for row in self.legend for sample in row]
        yield from self.remarks.fragments
        yield from self.listing.fragments
        parts = [self.title, *(part for s in samples for part in (s.notation, s.meaning))]
        yield from (part for part in parts if part)


def sheet_for(around: Surroundings, width: float) -> Sheet:
    """Typeset the title, remarks, listed formulas and the legend, wrapped to a figure's width."""
    style = around.style
    samples = [_sample(entry, max(LEGEND_SIZE, around.least)) for entry in around.legend]
    least = min(style.least_width, NARROW if around.least else math.inf)
    least = least if around.legend or around.title else 0
    width = max([width, least, *(sample.width for sample in samples)])
    remarks = remarks_for(around.remarks, width, around.least)
    listing = listing_for(around.listed, max(width, remarks.width), around.least)
    width = max(width, remarks.width, listing.width)
    if style.widest_title or not around.least:
        wanted = typeset.words(around.title, TITLE_SIZE).width
        shrunk = wanted if style.widest_title else wanted * titles.SMALLEST + ROUNDING
        width = max(width, min(shrunk, style.widest_title or WIDEST_TITLE))
    title = _title(around.title, width) if around.title else None
    rows: list[list[Sample]] = []
    used = math.inf
    for sample in samples:
        if used + sample.width > width:
            rows.append([])
            used = 0.0
        rows[-1].append(sample)
        used += sample.width + ENTRY_GAP
    return Sheet(width, title, remarks, listing, tuple(map(tuple, rows)))


def _title(said: str, width: float) -> Fragment:
    """Return a title, its mathematics typeset where it has some, smaller where it is long."""
    if typeset_title := titles.title(said, TITLE_SIZE, width):
        return typeset_title
    by = (width - ROUNDING) / max(typeset.words(said, TITLE_SIZE).width, 1.0)
    return boxes.cut(said, TITLE_SIZE * max(titles.SMALLEST, min(1.0, by)), width)


def _sample(entry: Entry, size: float) -> Sample:
    notation = None
    if isinstance(entry.sample, Phrase):
        notation = typeset.formula(entry.sample.latex, entry.sample.plain, size + 1)
    meaning = typeset.words(entry.meaning, size) if entry.meaning else None
    return Sample(entry, notation, meaning)

"""What surrounds the graph: the title above; below, remarks, long formulas and the legend."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.labels.describe import Entry, Phrase
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.boxes import Measured
from graphdiff.drawing.layout.listing import Listing, listing_for
from graphdiff.drawing.marks.remarks import Remarks, remarks_for
from graphdiff.drawing.typeset import Fragment

TITLE_SIZE = 22.0
LEGEND_SIZE = 14.0
LEAST_WIDTH = 420.0
SWATCH = (26.0, 16.0)
SAMPLE_GAP = 7.0
ENTRY_GAP = 26.0
ROW = 26.0


@dataclass(frozen=True)
class Sample:
    """An entry of the legend, typeset."""

    entry: Entry
    notation: Fragment | None
    meaning: Fragment | None

    @property
    def width(self) -> float:
        """The width of the whole entry."""
        sample = SWATCH[0] if self.notation is None else self.notation.width
        return sample + (SAMPLE_GAP + self.meaning.width if self.meaning else 0)


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


def sheet_for(measured: Measured, width: float) -> Sheet:
    """Typeset the title, the listed formulas and the legend, wrapped to the graph's width."""
    description = measured.description
    samples = [_sample(entry) for entry in description.legend]
    least = LEAST_WIDTH if description.legend or description.title else 0
    width = max([width, least, *(sample.width for sample in samples)])
    remarks = remarks_for(description.remarks, width)
    listing = listing_for(measured.listed, max(width, remarks.width))
    width = max(width, remarks.width, listing.width)
    title = boxes.cut(description.title, TITLE_SIZE, width) if description.title else None
    rows: list[list[Sample]] = []
    used = math.inf
    for sample in samples:
        if used + sample.width > width:
            rows.append([])
            used = 0.0
        rows[-1].append(sample)
        used += sample.width + ENTRY_GAP
    return Sheet(width, title, remarks, listing, tuple(map(tuple, rows)))


def _sample(entry: Entry) -> Sample:
    notation = None
    if isinstance(entry.sample, Phrase):
        notation = typeset.formula(entry.sample.latex, entry.sample.plain, LEGEND_SIZE + 1)
    meaning = typeset.words(entry.meaning, LEGEND_SIZE) if entry.meaning else None
    return Sample(entry, notation, meaning)

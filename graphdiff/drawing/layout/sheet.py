"""What surrounds a figure: the title above; below, remarks, long formulas and the legend."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphdiff.drawing import titles, typeset
from graphdiff.drawing.labels.description import Entry, Equation, Phrase
from graphdiff.drawing.layout.listing import NARROW, Listing, listing_for
from graphdiff.drawing.layout.wrapping import in_lines
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


LEADING = 18.0
"""From a line of an entry to its next."""


WIDEST_TITLE = 560.0
"""A title that would be wider at its smallest is broken into lines."""
TITLE_LINES = 3
"""A title that would have more is cut."""
TITLE_LEADING = 5.0
"""Between two lines of a title."""
BROKEN = 0.8
"""How large the lines of a title are, if they are few enough so."""
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
        A title up to this width widens the sheet before it is set smaller, not before it is broken.
    wraps
        Whether entries of the legend that are wider than the figure are broken into lines.
    """

    untitled: str
    least_width: float
    legend_gap: float
    widest_title: float = 0.0
    wraps: bool = False


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
    meaning: tuple[Fragment, ...]

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
        return self.indent + max((line.width for line in self.meaning), default=-SAMPLE_GAP)

    @property
    def height(self) -> float:
        """The height of its lines."""
        return ROW + LEADING * max(0, len(self.meaning) - 1)


@dataclass(frozen=True)
class Sheet:
    """The title, remarks, the list of formulas and the legend; and the width they need."""

    width: float
    title: tuple[Fragment, ...]
    remarks: Remarks
    listing: Listing
    legend: tuple[tuple[Sample, ...], ...]

    @property
    def title_height(self) -> float:
        """The height of the lines of the title."""
        lines = (line.height + TITLE_LEADING for line in self.title)
        return sum(lines) - TITLE_LEADING if self.title else 0.0

    @property
    def legend_height(self) -> float:
        """The height of the rows of the legend."""
        return sum(height_of(row) for row in self.legend)

    @property
    def fragments(self) -> Iterator[Fragment]:
        """All that is typeset on it."""
        samples = [sample for row in self.legend for sample in row]
        yield from self.remarks.fragments
        yield from self.listing.fragments
        yield from self.title
        for sample in samples:
            yield from sample.meaning
            if sample.notation is not None:
                yield sample.notation


def height_of(row: tuple[Sample, ...]) -> float:
    """Return the height of entries beside each other."""
    return max(sample.height for sample in row)


def sheet_for(around: Surroundings, width: float) -> Sheet:
    """Typeset the title, remarks, listed formulas and the legend, wrapped to a figure's width."""
    style = around.style
    least = min(style.least_width, NARROW if around.least else math.inf)
    least = least if around.legend or around.title else 0
    size, widest = max(LEGEND_SIZE, around.least), max(width, least) if style.wraps else math.inf
    samples = [sample_of(entry, size, widest) for entry in around.legend]
    width = max([width, least, *(sample.width for sample in samples)])
    remarks = remarks_for(around.remarks, width, around.least)
    listing = listing_for(around.listed, max(width, remarks.width), around.least)
    width = max(width, remarks.width, listing.width)
    if style.widest_title or not around.least:
        wanted = typeset.words(around.title, TITLE_SIZE).width
        shrunk = wanted if style.widest_title else wanted * titles.SMALLEST + ROUNDING
        width = max(width, min(shrunk, style.widest_title or WIDEST_TITLE))
    title = _title(around.title, width) if around.title else ()
    rows: list[list[Sample]] = []
    used = math.inf
    for sample in samples:
        if used + sample.width > width:
            rows.append([])
            used = 0.0
        rows[-1].append(sample)
        used += sample.width + ENTRY_GAP
    return Sheet(width, title, remarks, listing, tuple(map(tuple, rows)))


def _title(said: str, width: float) -> tuple[Fragment, ...]:
    """Return the lines of a title, its mathematics typeset where it has some.

    It is smaller where it is long, then it has several lines; at last it is cut.
    """
    if typeset_title := titles.title(said, TITLE_SIZE, width):
        return (typeset_title,)
    by = (width - ROUNDING) / max(typeset.words(said, TITLE_SIZE).width, 1.0)
    if by >= titles.SMALLEST:
        return in_lines(said, TITLE_SIZE * min(1.0, by), width, most=1)
    lines = in_lines(said, TITLE_SIZE * BROKEN, width)
    if len(lines) <= TITLE_LINES:
        return lines
    return in_lines(said, TITLE_SIZE * titles.SMALLEST, width, TITLE_LINES)


def sample_of(entry: Entry, size: float, width: float = math.inf) -> Sample:
    """Typeset an entry of the legend, what it means in lines if it is wider."""
    notation = None
    if isinstance(entry.sample, Phrase):
        notation = typeset.formula(entry.sample.latex, entry.sample.plain, size + 1)
    bare = Sample(entry, notation, ())
    if not entry.meaning:
        return bare
    return replace(bare, meaning=in_lines(entry.meaning, size, width - bare.indent))

"""Remarks below the picture, typeset: formulas and words in rows, a note in smaller words.

Where the size of a sheet is given, paths stand in as many columns as there is room for, and so does
what stands below headings, in the columns that are together least high.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing import typeset
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.listing import LEAST_WIDTH, NARROW, Placed, split, within
from graphdiff.drawing.marks.record import Mark, Remark
from graphdiff.drawing.marks.strokes import badge_half
from graphdiff.drawing.typeset import Fragment
from graphdiff.notation.equations import Link

SIZE = 15.0
WORDS = 14.0
NOTE = 12.5
SCALES = (1.0, 0.9, 0.8, 0.7)
GUTTER = 58.0
"""Room for the sample of a mark."""

SAMPLE = 48.0
PART_GAP = 6.0
WORD_GAP = 4.0
LEADING = 6.0
BLOCK_GAP = 10.0
COLUMN_GAP = 30.0
BADGE_GAP = 2.0
HEADING_GAP = 8.0
NARROWEST = 300.0
"""Of columns of what stands below headings."""
LATER = 14.0
"""How far the later rows of a remark are set in."""

_JACOBIANS = re.compile(r" \\, (?=J\^)")


@dataclass(frozen=True)
class Block:
    """A remark with the places of its lines, and of its note; ``middle`` is where its mark is."""

    remark: Remark
    lines: tuple[Placed, ...]
    note: tuple[Placed, ...]
    width: float
    height: float
    middle: float

    @property
    def mark(self) -> Mark | None:
        """The mark it is about."""
        return self.remark.mark


@dataclass(frozen=True)
class Remarks:
    """All remarks, each with its top left corner."""

    width: float
    height: float
    blocks: tuple[Block, ...] = ()
    places: tuple[tuple[float, float], ...] = ()

    @property
    def fragments(self) -> Iterator[Fragment]:
        """All that is typeset in them."""
        for block in self.blocks:
            yield from (line.fragment for line in (*block.lines, *block.note))


def remarks_for(remarks: Sequence[Remark], width: float, least: float = 0.0) -> Remarks:
    """Typeset remarks within a width, nothing smaller than ``least``."""
    if not remarks:
        return Remarks(0, 0)
    width = max(width, NARROW if least else LEAST_WIDTH)
    sections = _sections(remarks)
    most = int((width + COLUMN_GAP) / (NARROWEST + COLUMN_GAP)) if least else 1
    counts = range(1, 1 + max(1, min(most, len(sections))))
    rooms = [(width + COLUMN_GAP) / count - COLUMN_GAP for count in counts]
    indent = GUTTER if any(remark.mark for remark in remarks) else 0.0
    tried = ([_section(some, indent, room, least) for some in sections] for room in rooms)
    placed = [_side_by_side(made, width if least else 0.0) for made in tried]
    found = min(placed, key=lambda one: one.height)
    return replace(found, width=max(width, found.width))


def _side_by_side(sections: Sequence[Remarks], width: float) -> Remarks:
    """Return sections one beside the other as long as there is room, then below."""
    places: list[tuple[float, float]] = []
    x = y = widest = lowest = 0.0
    for section in sections:
        if not 0 < x <= width - section.width:
            x, y = 0.0, lowest + (HEADING_GAP if lowest else 0.0)
        places += [(x + left, y + top) for left, top in section.places]
        widest = max(widest, x + section.width)
        x += section.width + COLUMN_GAP
        lowest = max(lowest, y + section.height)
    blocks = tuple(block for section in sections for block in section.blocks)
    return Remarks(widest, lowest - BLOCK_GAP, blocks, tuple(places))


def _sections(remarks: Sequence[Remark]) -> list[list[Remark]]:
    """Return headings, each with what stands below it."""
    sections: list[list[Remark]] = []
    for remark in remarks:
        if not sections or _is_heading(remark):
            sections.append([])
        sections[-1].append(remark)
    return sections


def _is_heading(remark: Remark) -> bool:
    return remark.mark is None and not remark.parts[0].latex


def _section(remarks: Sequence[Remark], indent: float, width: float, least: float) -> Remarks:
    """Return the places of a heading and of what stands below it, as wide as they are."""
    blocks: list[Block] = []
    places: list[tuple[float, float]] = []
    y = 0.0
    for together in _together(remarks):
        into = 0.0 if _is_heading(together[0]) else indent
        made = [block(remark, into, width, least) for remark in together]
        found, height = _in_columns(made, width if least else 0.0, least)
        places += [(x, y + top) for x, top in found]
        blocks += made
        y += height
    widest = max(x + block.width for block, (x, _) in zip(blocks, places, strict=True))
    return Remarks(widest, y, tuple(blocks), tuple(places))


def _together(remarks: Sequence[Remark]) -> Iterator[tuple[Remark, ...]]:
    """Yield paths that follow one another together, and all else alone."""
    for is_path, some in itertools.groupby(remarks, lambda remark: remark.is_path):
        together = tuple(some)
        yield from [together] if is_path else zip(together, strict=True)


def _in_columns(
    blocks: Sequence[Block], width: float, least: float
) -> tuple[list[tuple[float, float]], float]:
    """Return places of blocks in as many columns as there is room for, of two each at least.

    Badges stand apart, too.
    """
    step = max(block.width for block in blocks) + COLUMN_GAP
    columns = min(max(1, int((width + COLUMN_GAP) / step)), math.ceil(len(blocks) / 2))
    count = math.ceil(len(blocks) / columns)
    places: list[tuple[float, float]] = []
    y = lowest = 0.0
    for k, one in enumerate(blocks):
        column, row = divmod(k, count)
        y = y if row else 0.0
        places.append((column * step, y))
        badge = 2 * badge_half(least) + BADGE_GAP if one.mark and one.mark.has_badge else 0.0
        y += max(one.height + BLOCK_GAP, badge)
        lowest = max(lowest, y)
    return places, lowest


def block(remark: Remark, indent: float, width: float, least: float = 0.0) -> Block:
    """Typeset one remark within a width, nothing smaller than ``least``."""
    room = width - indent
    rows = _wrapped(list(_pieces(remark.parts, room - LATER, least)), room, LATER)
    lines, y = _placed(rows, indent, 0.0)
    middle = _middle(rows[0])
    note: tuple[Placed, ...] = ()
    if remark.note:
        said = [(fragment, WORD_GAP) for fragment in _words(remark.note, max(NOTE, least), room)]
        note, y = _placed(_wrapped(said, room), indent, y + LEADING)
    placed = (*lines, *note)
    return Block(
        remark, lines, note, max(line.x + line.fragment.width for line in placed), y, middle
    )


def _middle(row: Sequence[tuple[Fragment, float]]) -> float:
    """Return how far below its top the middle of a row's letters is."""
    return max(fragment.ascent for fragment, _ in row) - 0.3 * SIZE


def _placed(
    rows: Sequence[Sequence[tuple[Fragment, float]]], indent: float, top: float
) -> tuple[tuple[Placed, ...], float]:
    """Return the places of rows one below the other, and where they end."""
    placed: list[Placed] = []
    y = top
    for k, row in enumerate(rows):
        y += max(fragment.ascent for fragment, _ in row) + (LEADING if k else 0)
        x = indent
        for fragment, gap in row:
            placed.append(Placed(fragment, x + gap, y))
            x += gap + fragment.width
        y += max(fragment.descent for fragment, _ in row)
    return tuple(placed), y


def _wrapped(
    fragments: Sequence[tuple[Fragment, float]], room: float, later: float = 0.0
) -> list[list[tuple[Fragment, float]]]:
    """Fill rows; all but the first are set in. Words that stand side by side become one line."""
    rows: list[list[tuple[Fragment, float]]] = [[]]
    used = 0.0
    for fragment, gap in fragments:
        if rows[-1] and used + gap + fragment.width > room:
            rows.append([])
        if not rows[-1]:
            gap, used = later if len(rows) > 1 else 0.0, 0.0
        rows[-1].append((fragment, gap))
        used += gap + fragment.width
    return [list(_joined(row)) for row in rows]


def _joined(row: Sequence[tuple[Fragment, float]]) -> Iterator[tuple[Fragment, float]]:
    """Yield a row with its words set as lines, so that a writer with another font spaces them."""
    for is_math, together in itertools.groupby(row, lambda part: part[0].is_math):
        parts = list(together)
        if is_math:
            yield from parts
        else:
            said = " ".join(fragment.source for fragment, _ in parts)
            yield typeset.words(said, parts[0][0].size), parts[0][1]


def _pieces(parts: Sequence[Link], room: float, least: float) -> Iterator[tuple[Fragment, float]]:
    """Yield what may not be broken, each with the room before it."""
    for part in parts:
        if part.latex:
            for k, fragment in enumerate(_formula(part, room, least)):
                yield fragment, 0.2 * SIZE if k else PART_GAP
        else:
            for k, fragment in enumerate(_words(part.text, max(WORDS, least), room)):
                yield fragment, WORD_GAP if k else PART_GAP


def _formula(part: Link, room: float, least: float) -> list[Fragment]:
    """Typeset a formula, in pieces if it is too wide for a row; smaller if one of them is."""
    if not typeset.typesettable(part.latex):
        return [boxes.cut(part.text, max(WORDS, least), room)]
    whole = typeset.formula(part.latex, part.text, max(SIZE, least))
    if whole.width <= room:
        return [whole]
    written = [
        factor
        for product in _JACOBIANS.split(part.latex)
        for term in split(product, "sign")
        for factor in split(term, "factor")
    ]
    pieces = [one for piece in written for one in _fitted(piece, part.text, room, least)]
    return [pieces[0], *(piece.unsaid for piece in pieces[1:])]


def _fitted(formula: str, plain: str, room: float, least: float) -> Iterator[Fragment]:
    """Yield a piece of a formula, smaller or broken within its brackets if it is too wide.

    One that cannot be broken is as wide as it is: half a formula says something else.
    """
    fragment = Fragment(0.0, 0.0, 0.0)
    for scale in SCALES:
        fragment = typeset.formula(f"{{}}{formula}", plain, max(SIZE * scale, least))
        if fragment.width <= room:
            yield fragment
            return
    inner = within(formula)
    if len(inner) == 1:
        yield fragment
    for piece in inner if len(inner) > 1 else ():
        yield from _fitted(piece, plain, room, least)


def _words(said: str, size: float, room: float) -> list[Fragment]:
    fragments = [typeset.words(word, size) for word in said.split()]
    return [
        fragment if fragment.width <= room else boxes.cut(word, size, room)
        for fragment, word in zip(fragments, said.split(), strict=True)
    ]

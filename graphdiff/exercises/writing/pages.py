"""A worksheet as pages of PDF, set here: no LaTeX is needed, and no browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.drawing import typeset
from graphdiff.drawing.fragments import glyphs_of
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers import pdf, pdf_pages
from graphdiff.drawing.writers.svg import NAMESPACES, definitions, number, placed, sized
from graphdiff.exercises.exercise import LEGIBLE
from graphdiff.exercises.writing.sheet import Part, Row, Sheet
from graphdiff.notation.equations import Line

WIDTH, HEIGHT = 793.7, 1122.52
"""A4, in units of 1/96 inch."""

MARGIN = 64.0
INNER, PAGE = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
BIG, MIDDLE, NORMAL, SMALL = 25.0, 18.0, 15.0, 12.0
"""Sizes of letters."""

SMALLER = 1.0, 0.85, 0.7
"""Parts of the size of a picture which are tried where that saves a page."""

GAP, BETWEEN, ROOM = 10.0, 28.0, 26.0
"""Between blocks, between two columns, and for each line of an answer."""

TOGETHER = 4
"""Equations of a step that stay on one page; the list of local derivatives may be longer."""

INK, FAINT, PREFIX = "#000000", "#555555", "p"


@dataclass(frozen=True)
class Block:
    """What stands on one page.

    Attributes
    ----------
    height
        How much of the page it takes.
    draw
        Its elements, below a height of the page.
    fragments
        The lines that are set in it.
    stays
        Whether it stays with the block after it, as a heading does.
    """

    height: float
    draw: Callable[[float], str]
    fragments: tuple[Fragment, ...] = ()
    stays: bool = False


def pages(sheet: Sheet, picture: Picture) -> bytes:
    """Return a worksheet as a PDF of A4 pages."""
    every = laid_out(sheet, picture)
    return pdf_pages.joined(
        [
            pdf.of_svg(_page(each, f"{sheet.origin}; page {place} of {len(every)}"))
            for place, each in enumerate(every, 1)
        ]
    )


def laid_out(sheet: Sheet, picture: Picture) -> list[list[Block]]:
    """Return the blocks of each page: of no more pages than need be, and all about as full.

    Pages begin with a part where they can. A smaller picture is taken where that saves a page.
    """
    size = min((fragment.size for fragment in picture.scene.fragments), default=LEGIBLE)
    smaller = [part for part in SMALLER if part * size * picture.scene.scale >= LEGIBLE]
    tries = [list(blocks(sheet, picture, part)) for part in smaller or SMALLER[:1]]
    few = min(tries, key=lambda every: len(list(broken(every))))
    count = len(list(broken(few)))
    heights = (PAGE * part / 100 for part in range(50, 101))
    found = (list(broken(few, height)) for height in heights)
    return min((every for every in found if len(every) == count), key=_torn)


def _torn(every: Sequence[Sequence[Block]]) -> int:
    """Return how many pages begin within a part, not with its heading."""
    return sum(not page[0].stays for page in every[1:])


def broken(every: Sequence[Block], height: float = PAGE) -> Iterator[list[Block]]:
    """Yield the blocks of each page; one that stays with the next goes to its page."""
    page: list[Block] = []
    left = height
    for place, block in enumerate(every):
        wanted, k = block.height, place
        while every[k].stays and k + 1 < len(every):
            k += 1
            wanted += every[k].height
        if page and wanted > left:
            yield page
            page, left = [], height
        page.append(block)
        left -= block.height
    yield page


def _page(blocks: Sequence[Block], foot: str) -> str:
    below = typeset.words(foot, SMALL)
    fragments = [below, *(fragment for block in blocks for fragment in block.fragments)]
    size = sized(WIDTH * pdf.UNIT, HEIGHT * pdf.UNIT, WIDTH, HEIGHT)
    parts, top = [], MARGIN
    for block in blocks:
        parts.append(block.draw(top))
        top += block.height
    parts.append(placed(below, MARGIN, HEIGHT - MARGIN / 2, FAINT, PREFIX))
    glyphs = definitions(glyphs_of(fragments), PREFIX)
    return f"<svg {NAMESPACES} {size}>{glyphs}{''.join(parts)}</svg>"


# Blocks


def blocks(sheet: Sheet, picture: Picture, by: float = 1.0) -> Iterator[Block]:
    """Yield what stands on a worksheet, from its top."""
    yield from _words(sheet.title, BIG)
    if not sheet.steps:
        yield _name()
    yield from _words(sheet.about, NORMAL)
    yield _figure(picture, by)
    yield from _run("Given:", sheet.given)
    if sheet.told:
        yield from _run("You may use:", sheet.told)
    for hint in sheet.hints:
        yield from _words(hint, NORMAL)
    for part in sheet.parts:
        yield from _part(part)
    if sheet.steps:
        yield from _words("How the answers come about", MIDDLE, above=MIDDLE, stays=True)
    for step in sheet.steps:
        yield from _words(step.heading, NORMAL, above=NORMAL, stays=True, colour=FAINT)
        *before, last = map(_equation, step.lines)
        stays = len(before) < TOGETHER
        yield from (replace(block, stays=stays) for block in before)
        yield replace(last, height=last.height + GAP)


def _words(
    text: str, size: float, *, above: float = 0.0, stays: bool = False, colour: str = INK
) -> Iterator[Block]:
    """Yield lines of words, broken where they are longer than a line."""
    words, line = text.split(), ""
    if not words:
        return
    for word in [*words, ""]:
        longer = f"{line} {word}".strip()
        if word and typeset.words(longer, size).width <= INNER:
            line = longer
            continue
        shown = [typeset.words(line, size)]
        yield _line(shown, size, above=above, stays=stays, colour=colour)
        line, above = word, 0.0


def _line(
    fragments: Sequence[Fragment], size: float, *, above: float = 0.0, stays: bool = False,
    colour: str = INK, left: float = MARGIN, between: float = 0.0,
) -> Block:  # fmt: skip
    """Return fragments beside each other on one baseline."""
    ascent = max(size, *(fragment.ascent for fragment in fragments))
    descent = max(0.3 * size, *(fragment.descent for fragment in fragments))

    def draw(top: float) -> str:
        x, drawn = left, ""
        for fragment in fragments:
            drawn += placed(fragment, x, top + above + ascent, colour, PREFIX)
            x += fragment.width + between
        return drawn

    height = above + ascent + descent + GAP / 2
    return Block(height, draw, tuple(fragments), stays)


def _name() -> Block:
    word = typeset.words("Name:", NORMAL)

    def draw(top: float) -> str:
        y, x = top + NORMAL + GAP, MARGIN + word.width + GAP
        return placed(word, MARGIN, y, INK, PREFIX) + _ruled(x, y + 3, 300)

    return Block(2 * (NORMAL + GAP), draw, (word,))


def _ruled(x: float, y: float, width: float) -> str:
    at = f'x="{number(x)}" y="{number(y)}" width="{number(width)}"'
    return f'<rect {at} height="0.8" fill="{INK}"/>'


def _figure(picture: Picture, part: float) -> Block:
    scene = picture.scene
    by = part * scene.scale
    width, height = scene.width * by, scene.height * by
    inner = re.sub(
        r' width="[\d.]+" height="[\d.]+"',
        f' width="{number(width)}" height="{number(height)}"',
        picture.svg, count=1,
    )  # fmt: skip

    def draw(top: float) -> str:
        return inner.replace("<svg ", f'<svg x="{number(MARGIN)}" y="{number(top)}" ', 1)

    return Block(height + GAP, draw)


def _set(line: Line) -> Fragment:
    return _fitting(typeset.formula(line.latex, line.text, NORMAL), INNER)


def _fitting(fragment: Fragment, width: float) -> Fragment:
    return fragment if fragment.width <= width else fragment.scaled(width / fragment.width)


def _run(word: str, lines: Sequence[Line]) -> Iterator[Block]:
    """Yield equations one after the other, as many as there is room for on a line."""
    row, used = [typeset.words(word, NORMAL)], typeset.words(word, NORMAL).width
    for fragment in map(_set, lines):
        if used + 2 * GAP + fragment.width > INNER:
            yield _line(row, NORMAL, between=2 * GAP)
            row, used = [], -2 * GAP
        row.append(fragment)
        used += 2 * GAP + fragment.width
    yield _line(row, NORMAL, between=2 * GAP)


def _equation(line: Line) -> Block:
    return _line([_fitting(_set(line), INNER - BETWEEN)], NORMAL, left=MARGIN + BETWEEN)


# What is asked


@dataclass(frozen=True)
class _Asked:
    """A line to fill in, as it is set."""

    place: Fragment
    left: Fragment
    note: Fragment | None
    blank: bool
    lines: int

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        return (self.place, self.left, *((self.note,) if self.note else ()))

    @property
    def below(self) -> float:
        """The room below the baseline."""
        return max(self.left.descent + GAP, (self.lines - 1) * ROOM if self.blank else 0.0)

    def draw(self, x: float, y: float, width: float) -> str:
        """Return the elements, on a baseline."""
        start = x + BETWEEN
        drawn = placed(self.place, x, y, FAINT, PREFIX) + placed(self.left, start, y, INK, PREFIX)
        if self.blank:
            end = x + width - (self.note.width + GAP if self.note else 0)
            begin = start + self.left.width + GAP
            drawn += _ruled(begin, y + 3, max(end - begin, GAP))
            if self.note:
                drawn += placed(self.note, end + GAP, y, FAINT, PREFIX)
        return drawn


def _part(part: Part) -> Iterator[Block]:
    yield from _words(part.heading, MIDDLE, above=MIDDLE, stays=True)
    yield from _words(part.sentence, NORMAL, stays=True)
    asked = [_asked(place, row) for place, row in enumerate(part.rows, 1)]
    column = (INNER - BETWEEN) / 2
    narrow = all(a.left.width + BETWEEN + 80 <= column and a.note is None for a in asked)
    if not narrow:
        yield from _kept([_beside([each], INNER) for each in asked])
        return
    rows = [_beside(asked[k : k + 2], column) for k in range(0, len(asked), 2)]
    yield from _kept(rows)


def _kept(rows: Sequence[Block]) -> Iterator[Block]:
    """Yield rows of which neither the first nor the last stands alone on a page."""
    for place, row in enumerate(rows):
        yield replace(row, stays=place in (0, len(rows) - 2) and place + 1 < len(rows))


def _asked(place: int, row: Row) -> _Asked:
    ends = ("=", "=") if row.answer is None else (
        f"{row.sign.latex} {row.answer.latex}", f"{row.sign.text} {row.answer.text}",
    )  # fmt: skip
    left = typeset.formula(f"{row.left.latex} {ends[0]}", f"{row.left.text} {ends[1]}", NORMAL)
    has_note = row.answer is None and row.note
    return _Asked(
        typeset.words(f"{place}.", SMALL),
        _fitting(left, INNER - BETWEEN),
        typeset.words(row.note, SMALL) if has_note else None,
        row.answer is None,
        row.lines,
    )


def _beside(asked: Sequence[_Asked], width: float) -> Block:
    ascent = max(NORMAL, *(each.left.ascent for each in asked))

    def draw(top: float) -> str:
        places = (MARGIN + k * (width + BETWEEN) for k in range(len(asked)))
        y = top + GAP / 2 + ascent
        return "".join(each.draw(x, y, width) for each, x in zip(asked, places, strict=True))

    fragments = tuple(fragment for each in asked for fragment in each.fragments)
    below = max(each.below for each in asked)
    return Block(max(ROOM, GAP / 2 + ascent + below), draw, fragments)

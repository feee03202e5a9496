r"""Formulas that differ in their digits alone, typeset as one.

Pictures are full of numbers: the typesetter would be asked for u^{1}, u^{2}, u^{3}, …, each of
which takes milliseconds. In a line of text all digits are equally wide, so that one can take
another's place; in an index they are not, and what stands to the right is moved by the difference.
Where anything else would change (below a bar, under a sign, beside a second index) nothing is
replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from graphdiff.drawing.fragments import Fragment, Glyph, measured

SHEETS = ("01234567890", "x^{01234567890}")
"""All digits in a row: as they are set in a line, and as they are set in an index."""

_DIGIT = re.compile(r"[0-9]")
_ELSEWHERE = re.compile(r"[0-9]\s*(?:pt|mu|em|ex|mm|cm|in|px)(?![a-z])|\\begin")
"""Lengths, and matrices, whose columns are as wide as their widest entry."""
_STACKED = re.compile(
    r"\\(?:frac|dfrac|tfrac|sqrt|sum|prod|int|lim|max|min|bar|hat|tilde|dot|vec|over|under|"
    r"stackrel|binom|operatorname\*)"
    r"|[_^](?:\{[^{}]*\}|[^{}])[_^]|[_^]\{[^{}]*\{"
)
"""LaTeX in which a line is not set from the left to the right, each part behind the one before."""


class _Digit(NamedTuple):
    """What a glyph is: which digit, how wide, and whether it is of an index."""

    value: int
    advance: float
    in_index: bool


def canonical(latex: str) -> tuple[str, str]:
    """Return LaTeX with other digits in place of its own, the same for all; and its own.

    No two neighbouring parts of those other digits are equal, so that it can be seen whether they
    were set in their order.
    """
    if _ELSEWHERE.search(latex):
        return latex, ""
    digits = "".join(_DIGIT.findall(latex))
    others = iter(_without_squares(len(digits)))
    return _DIGIT.sub(lambda _: next(others), latex), digits


@lru_cache(maxsize=1_000)
def _without_squares(length: int) -> str:
    """Return the beginning of a sequence in which no part is repeated at once.

    It is how the ones between zeros are counted in the sequence of Thue and Morse.

    Examples
    --------
    >>> _without_squares(12)
    '210201210120'
    """
    parity = [k.bit_count() % 2 for k in range(4 * length + 8)]
    zeros = [k for k, bit in enumerate(parity) if not bit]
    return "".join(str(after - before - 1) for before, after in pairwise(zeros))[:length]


def with_digits(
    template: Fragment, latex: str, digits: str, sheets: Sequence[Fragment]
) -> Fragment | None:
    """Return the canonical form of a formula with its own digits; None if it must be set itself.

    Parameters
    ----------
    template
        The canonical form as it was typeset.
    latex
        Its LaTeX.
    sheets
        :data:`SHEETS` as they were typeset.
    """
    known, glyphs = _tables(tuple(sheets))
    found = [known.get(mark.glyph.name) for mark in template.marks]
    set_digits = "".join(str(digit.value) for digit in found if digit)
    if set_digits != _without_squares(len(digits)):
        return None
    if any(digit and digit.in_index for digit in found) and not _is_line(template, latex):
        return None
    marks, moved, own = [], 0.0, iter(digits)
    for mark, digit in zip(template.marks, found, strict=True):
        if digit is None:
            marks.append(replace(mark, x=mark.x + moved))
            continue
        glyph, advance = glyphs[int(next(own)), digit.in_index]
        marks.append(replace(mark, glyph=glyph, x=mark.x + moved))
        moved += (advance - digit.advance) * mark.scale
    return measured(marks, template.bars)


def _is_line(template: Fragment, latex: str) -> bool:
    """Whether each part is set behind the one before, so that it moves with it."""
    places = [mark.x for mark in template.marks]
    return not template.bars and not _STACKED.search(latex) and places == sorted(places)


Tables = tuple[dict[str, _Digit], dict[tuple[int, bool], tuple[Glyph, float]]]


@lru_cache(maxsize=1)
def _tables(sheets: tuple[Fragment, ...]) -> Tables:
    """Return what each glyph is, and the glyph of each digit, with its width for a scale of 1."""
    known: dict[str, _Digit] = {}
    glyphs: dict[tuple[int, bool], tuple[Glyph, float]] = {}
    for in_index, sheet in enumerate(sheets):
        for value, glyph, advance in _read(sheet):
            known[glyph.name] = _Digit(value, advance, bool(in_index))
            glyphs[value, bool(in_index)] = glyph, advance
    return known, glyphs


def _read(sheet: Fragment) -> Iterator[tuple[int, Glyph, float]]:
    """Yield each digit of a sheet, with its width for a scale of 1."""
    for value, (mark, after) in enumerate(pairwise(sheet.marks[-11:])):
        yield value, mark.glyph, (after.x - mark.x) / mark.scale

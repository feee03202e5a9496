"""Formulas that are too long for their labels, listed below the graph in full.

A formula that is wider than the sheet is broken before a sign of its sum or a factor of a
product, within brackets where there is no other way, and set smaller if that does not suffice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graphdiff.drawing import typeset
from graphdiff.drawing.labels.description import Equation
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.typeset import Fragment

MAX_LISTED = 40
"""More formulas, and those of more than ``typeset.MAX_LATEX`` characters, are only counted."""
SIZE = 15.0
SCALES = (1.0, 0.9, 0.8, 0.7)
LEAST_WIDTH, NARROW = 560.0, 340.0
"""Of the list, and of one on a sheet of which the size is given."""
COLUMN_GAP = 36.0
BLOCK_GAP = 11.0
LEADING = 7.0
EQUALS_GAP = 0.3
"""Room after the sign of equality, and how far a later row is set in, by size."""

BETWEEN = 0.5
"""Room that a piece of a formula needs beside its ink, by size."""

_TOKEN = re.compile(
    r"(?P<open>\\left(?:\\[a-zA-Z]+|\\?.)|\\begin\{\w+\}|\{)"
    r"|(?P<close>\\right(?:\\[a-zA-Z]+|\\?.)|\\end\{\w+\}|\})"
    r"|(?P<sign> [+-] )"
    r"|(?P<factor> \\(?:cdot|odot|oslash) )"
    r"|\\[a-zA-Z]+|\\.|.",
    re.DOTALL,
)


@dataclass(frozen=True)
class Placed:
    """A fragment with its place in its block: x of its left end, y of its baseline."""

    fragment: Fragment
    x: float
    y: float


@dataclass(frozen=True)
class Block:
    """One listed formula, in one row or several."""

    plain: str
    width: float
    height: float
    lines: tuple[Placed, ...]


@dataclass(frozen=True)
class Listing:
    """The blocks with their top left corners, and how many formulas are left out."""

    width: float
    height: float
    blocks: tuple[Block, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    more: Fragment | None = None

    @property
    def fragments(self) -> Iterator[Fragment]:
        """All that is typeset in it."""
        yield from (line.fragment for block in self.blocks for line in block.lines)
        if self.more:
            yield self.more


def listing_for(equations: tuple[Equation, ...], width: float, least: float = 0.0) -> Listing:
    """Typeset equations in columns, within a width unless one of them cannot be."""
    if not equations:
        return Listing(0, 0)
    width = max(width, NARROW if least else LEAST_WIDTH)
    fitting = [e for e in equations if boxes.can_be_listed(e)]
    blocks = [block(equation, width, least) for equation in fitting[:MAX_LISTED]]
    left_out = len(equations) - len(blocks)
    widest = max((b.width for b in blocks), default=0.0)
    columns = max(1, min(len(blocks), int((width + COLUMN_GAP) / (widest + COLUMN_GAP))))
    count = math.ceil(len(blocks) / columns)
    places, height = [], 0.0
    for k, made in enumerate(blocks):
        column, row = divmod(k, max(count, 1))
        y = 0.0 if row == 0 else places[-1][1] + blocks[k - 1].height + BLOCK_GAP
        places.append((column * (widest + COLUMN_GAP), y))
        height = max(height, y + made.height)
    more = None
    if left_out:
        more = typeset.words(
            f"…, {left_out} more, too long or too many for a picture", max(SIZE - 1, least)
        )
        height += (BLOCK_GAP if blocks else 0) + more.height
        widest = max(widest, more.width)
    return Listing(max(width, widest), height, tuple(blocks), tuple(places), more)


def block(equation: Equation, width: float, least: float = 0.0) -> Block:
    """Typeset an equation: in one row, in several, or smaller; as much as the width demands."""
    made: Block | None = None
    for breaking, scales in ((False, SCALES[:2]), (True, SCALES)):
        for scale in scales:
            made = _set(equation, width, max(SIZE * scale, least), breaking=breaking)
            if made.width <= width:
                return made
    assert made is not None  # noqa: S101
    return made


def _set(equation: Equation, width: float, size: float, *, breaking: bool) -> Block:
    left, right = equation.left, equation.right
    assert right is not None  # noqa: S101
    head = typeset.formula(f"{left.latex} =", f"{left.plain} =", size)
    indent = head.width + EQUALS_GAP * size
    written = [right.latex]
    if breaking:
        further = width - indent - EQUALS_GAP * size

        def width_of(latex: str) -> float:
            return typeset.formula(latex, latex, size).width + BETWEEN * size

        written = _rows(right.latex, width_of, further)
    rows = [typeset.formula(row, right.plain, size) for row in written]
    if not typeset.typesettable(right.latex):
        rows = [boxes.cut(right.plain, size, width - indent)]
    lines, y = [], 0.0
    rows[1:] = [row.unsaid for row in rows[1:]]
    for k, row in enumerate(rows):
        ascent, descent = row.ascent, row.descent
        if not k:
            ascent, descent = max(ascent, head.ascent), max(descent, head.descent)
        y += ascent + (LEADING if k else 0)
        if not k:
            lines.append(Placed(head, 0, y))
        lines.append(Placed(row, indent + (EQUALS_GAP * size if k else 0), y))
        y += descent
    wide_most = max(line.x + line.fragment.width for line in lines)
    return Block(f"{left.plain} = {right.plain}", wide_most, y, tuple(lines))


def _rows(latex: str, width_of: Callable[[str], float], most: float) -> list[str]:
    """Fill rows with the terms of a sum; a term that is too wide alone, with its factors."""
    pieces = list(broken(latex, lambda piece: width_of("{}" + piece) <= most))
    rows, filled = [pieces[0]], width_of(pieces[0])
    for piece in pieces[1:]:
        width = width_of("{}" + piece)
        if filled + width > most:
            rows.append("{}" + piece)
            filled = width
        else:
            rows[-1] += piece
            filled += width
    return rows


def broken(latex: str, fits: Callable[[str], bool]) -> Iterator[str]:
    r"""Yield a formula in pieces that fit, unless there is no way to break them.

    Examples
    --------
    >>> list(broken(r"a + \left(b - c\right) d", lambda piece: len(piece) < 24))
    ['a', ' + \\left(b - c\\right) d']
    >>> list(broken(r"a \left(b + c\right)", lambda piece: len(piece) < 18))
    ['a ', '\\left(b\\right.', '\\left.{} + c\\right)']
    """
    if fits(latex):
        yield latex
        return
    for pieces in (split(latex, "sign"), split(latex, "factor"), within(latex)):
        if len(pieces) > 1:
            for piece in pieces:
                yield from broken(piece, fits)
            return
    yield latex


def split(latex: str, at: str) -> list[str]:
    r"""Split LaTeX before its outermost signs or factors, which the later pieces begin with.

    Examples
    --------
    >>> split(r"a + \left(b - c\right) d - e", "sign")
    ['a', ' + \\left(b - c\\right) d', ' - e']
    """
    pieces, depth = [""], 0
    for token in _TOKEN.finditer(latex):
        kind = token.lastgroup
        before = pieces[-1]
        if depth == 0 and before.strip(" +-") and (kind == at or _multiplies(token, before, at)):
            pieces.append("")
        depth += (kind == "open") - (kind == "close")
        pieces[-1] += token[0]
    return pieces


def within(latex: str) -> list[str]:
    r"""Split LaTeX within its first brackets that hold a sum, before the signs or factors there.

    Examples
    --------
    >>> within(r"\left(a + b\right) d")
    ['\\left(a\\right.', '\\left.{} + b\\right) d']
    """
    depth, begin = 0, None
    for token in _TOKEN.finditer(latex):
        if token.lastgroup == "open" and depth == 0 and token[0] in (r"\left(", r"\left["):
            begin = token
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if token.lastgroup == "close" and depth == 0 and begin is not None:
            inside = latex[begin.end() : token.start()]
            pieces = split(inside, "sign")
            pieces = pieces if len(pieces) > 1 else split(inside, "factor")
            if len(pieces) == 1:
                pieces = within(inside)
            if len(pieces) > 1:
                first, *middle, last = pieces
                return [
                    rf"{latex[: begin.end()]}{first}\right.",
                    *middle,
                    rf"\left.{{}}{last}{latex[token.start() :]}",
                ]
            begin = None
    return [latex]


def _multiplies(token: re.Match[str], before: str, at: str) -> bool:
    r"""Whether a factor in brackets or a fraction begins here; sin (x) is not a product."""
    return (
        at == "factor"
        and (token[0].startswith(r"\left") or token[0] == r"\frac")
        and before.endswith(" ")
        and not re.search(r"(?:\\[a-zA-Z]+|\\cdot)\s*$", before)
    )

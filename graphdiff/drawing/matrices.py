r"""Matrices of numbers, put together from their entries.

Pictures of arrays are full of matrices that differ in their numbers alone, and the typesetter takes
milliseconds for each. So one of zeros is set, once for each number of rows and columns, and others
have their own numbers in place of the zeros: columns are as much wider as their widest number, what
stands to the right is moved by that, and each number stands in the middle of its column, where the
typesetter would put it. Rows are as high as those of zeros; where an entry is higher, such as 10⁻⁵,
or no number, nothing is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from typing import NamedTuple

from graphdiff.drawing.fragments import Fragment, Mark, measured

Set = Callable[[str], Fragment | None]

_MATRIX = re.compile(r"(.*\\begin\{bmatrix\})(.*?)(\\end\{bmatrix\}.*)")
_ENTRY = re.compile(r"-?\d+(?:\.\d+)?")


class _Number(NamedTuple):
    """A number that begins at 0, ``before`` its ink does, and ends where a digit would follow."""

    marks: tuple[Mark, ...]
    before: float
    width: float


def with_numbers(latex: str, alone: Set, line: Set) -> Fragment | None:
    """Return a formula with one matrix, of numbers; None if it must be set as a whole.

    Parameters
    ----------
    latex
        As the typesetter is given it.
    alone
        Typesets a formula.
    line
        Typesets a number.
    """
    found = _MATRIX.fullmatch(latex)
    if not found or latex.count(r"\begin") > 1:
        return None
    rows = [_entries(row) for row in found[2].split(r"\\")]
    entries = [*chain(*rows)]
    if len({len(row) for row in rows}) > 1 or not all(map(_ENTRY.fullmatch, entries)):
        return None
    shell = alone(_zeros(rows).join((found[1], found[3])))
    numbers = [number for entry in entries if (number := _number(line(entry + "0")))]
    zero = _number(line("00"))
    if not shell or shell.bars or not zero or len(numbers) < len(entries):
        return None
    zeros = [k for k, mark in enumerate(shell.marks) if mark.glyph == zero.marks[0].glyph]
    before, behind = (text.count("0") for text in (found[1], found[3]))
    if len(zeros) != before + len(entries) + behind:
        return None
    places = zeros[before : before + len(entries)]
    return _composed(shell, dict(zip(places, numbers, strict=True)), len(rows[0]), zero)


def _entries(row: str) -> list[str]:
    return [cell.strip().removeprefix(r"\,").strip(" {}") for cell in row.split("&")]


def _zeros(rows: Sequence[Sequence[str]]) -> str:
    return r" \\ ".join(r" & \, ".join("0" for _ in row) for row in rows)


def _composed(
    shell: Fragment, numbers: Mapping[int, _Number], columns: int, zero: _Number
) -> Fragment:
    """Return a matrix with numbers, row by row, in place of some of its marks, which are zeros."""
    widths = [number.width for number in numbers.values()]
    wider = [max(widths[c::columns]) - zero.width for c in range(columns)]
    moved = [0.0, *accumulate(wider)]
    marks: list[Mark] = []
    column = 0
    for k, mark in enumerate(shell.marks):
        if number := numbers.get(k):
            less = number.width - zero.width
            if not column:  # in which nothing stands before the ink; in others a space does
                less -= number.before - zero.before
            x = mark.x + moved[column] + (wider[column] - less) / 2
            marks += (replace(m, x=x + m.x, y=mark.y + m.y) for m in number.marks)
            column = (column + 1) % columns
        else:
            marks.append(replace(mark, x=mark.x + (moved[-1] if k > max(numbers) else 0.0)))
    return measured(marks, ())


def _number(with_zero: Fragment | None) -> _Number | None:
    """Return a number that was typeset with a digit more behind it, which says where it ends."""
    if with_zero is None or with_zero.bars:
        return None
    first, *_, last = with_zero.marks
    moved = (replace(mark, x=mark.x - first.x) for mark in with_zero.marks[:-1])
    return _Number(tuple(moved), -first.x, last.x - first.x)

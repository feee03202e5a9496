"""Where the mistake was made that a line carries on: the first line of those it comes of.

It is told by what it says, dL/da = 0.3, which is found in any file; on a page with its place, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graphdiff.checking.finding import following_from
from graphdiff.checking.report import Result
from graphdiff.errors.plain_text import brief

MAX_CLAIM = 60
"""Characters of a claim that is named."""


def traced(results: Sequence[Result]) -> tuple[Result, ...]:
    """Return results of which those that follow name the one where the mistake was made.

    Of what stands on a page, ``follows`` is its line then.

    Parameters
    ----------
    results
        Those of one page, where ``follows`` is the number of another of them, from 1.
    """
    return tuple(
        result if result.follows is None else _traced(result, results) for result in results
    )


def _traced(result: Result, results: Sequence[Result]) -> Result:
    number = result.follows or 0
    while (before := results[number - 1].follows) is not None:
        number = before
    cause = results[number - 1]
    said = f"{cause.target} = {' '.join(cause.claimed.split())}"
    where = "" if cause.line is None else f" in line {cause.line}"
    where += "" if cause.cell is None else f" of cell {cause.cell}"
    note = result.note.replace(
        following_from(f"line {result.follows}"),
        following_from(brief(said, MAX_CLAIM) + where),
    )
    line = number if cause.line is None else cause.line
    return replace(result, follows=line, follows_cell=cause.cell, note=note)

"""What stands below a name: the index of an entry, or NumPy's brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphdiff.language.functions.writing import ATOM, LatexPart

_GROUP = re.compile(r"\{[^{}]*\}")


def index_of(index: Iterable[str]) -> str:
    """Return the places of an entry as one index: ij, or i,: where one is no single letter."""
    places = tuple(index)
    return (",".join if any(len(p) > 1 or p == ":" for p in places) else "".join)(places)


def subscripted(part: LatexPart, index: str) -> str:
    """Return a part with an index below; in parentheses if it has one already."""
    held, bare = part.held(ATOM), part.latex
    while _GROUP.search(bare):
        bare = _GROUP.sub("", bare)
    if held == part.latex and "_" in bare:
        held = rf"\left({held}\right)"
    return f"{held}_{{{index}}}"

"""Entries of arrays as one types them without scripts: ``z1``, ``w12``, ``dL/dp2``, ``yhat3``.

Where the graph has an array z and nothing called z1, both mean what z_1 with a script does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.spelling import split
from graphdiff.files.mathematics.trees import Name, Number, Script, Tree, mapped

_NUMBERED = re.compile(r"(?P<name>.*[^\W\d_])(?P<index>[1-9]\d*)")


def with_indices(names: Names, lines: Iterable[Line]) -> list[Line]:
    """Return lines in which such names have their numbers below them; programs as they are."""

    def index_below(tree: Tree) -> Tree:
        match = _NUMBERED.fullmatch(tree.text) if isinstance(tree, Name) else None
        if match is None or not _is_entry(names, match["name"], match["index"]):
            return tree
        assert isinstance(tree, Name)  # noqa: S101 - it matched
        begin, end = tree.span
        cut = max(begin, end - len(match["index"]))
        name = replace(tree, text=match["name"], span=(begin, cut))
        return Script(name, Number(match["index"], span=(cut, end)), span=tree.span)

    return [
        line
        if line.fragment.form == "code"
        else line.changed(lambda tree: mapped(tree, index_below))
        for line in lines
    ]


def _is_entry(names: Names, name: str, index: str) -> bool:
    """Whether an array has an entry of this number, and nothing is called by name and number."""
    node = names.exact(split(name))
    if node is None or names.exact(split(name + index)) is not None:
        return False
    places = [int(index)] if len(node.shape) == 1 else [int(digit) for digit in index]
    if len(places) == 1 and len(node.shape) == 2 and 1 in node.shape:
        places = [places[0] if size != 1 else 1 for size in node.shape]
    return len(places) == len(node.shape) > 0 and all(
        isinstance(size, int) and 0 < place <= size
        for place, size in zip(places, node.shape, strict=True)
    )

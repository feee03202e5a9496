"""Arrays of which a page gives some entries and leaves out the others: […, 0.9084]."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Side, Tree


def entries_given(sides: Sequence[Side]) -> list[tuple[int, ...]]:
    """Return the entries of arrays that are not all given: […, 0.9]; none of whole arrays."""
    found: dict[tuple[int, ...], None] = {}
    partial = False
    for side in sides:
        entries = _entries(side.tree)
        if entries is None:
            continue
        partial = partial or any(_is_left_out(entry) for entry in entries.values())
        found |= {key: None for key, entry in entries.items() if not _is_left_out(entry)}
    return list(found) if partial else []


def _entries(tree: Tree) -> dict[tuple[int, ...], Tree] | None:
    """Return the entries of an array that is written out, by their places."""
    match tree:
        case trees.Group(body=trees.Items(items=items)):
            return {(k,): item for k, item in enumerate(items)}
        case trees.Matrix(rows=rows) if len(rows) == 1:
            return {(k,): entry for k, entry in enumerate(rows[0])}
        case trees.Matrix(rows=rows) if all(len(row) == 1 for row in rows):
            return {(k,): row[0] for k, row in enumerate(rows)}
        case trees.Matrix(rows=rows):
            return {(i, k): entry for i, row in enumerate(rows) for k, entry in enumerate(row)}
        case _:
            return None


def _is_left_out(tree: Tree) -> bool:
    return isinstance(tree, trees.Dots)


def entry_of(side: Side, key: tuple[int, ...]) -> Side:
    """Return the side of one entry: that of an array that is written out, else the side itself."""
    entries = _entries(side.tree)
    if entries is None or key not in entries:
        return side
    return Side(side.relation, entries[key])

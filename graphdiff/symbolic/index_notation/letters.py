"""The letters of indices, as a textbook chooses them.

Entries of the value are i, j, k, …, those of the argument p, q, r, …, bound indices k, l,
m, …: none twice, and none that is the name of a node or of a size.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sympy as sp

from graphdiff.symbolic.index_notation.symbols import Places

_OUTPUT, _INPUT, _BOUND = "ijklmnabcfgh", "pqrstuvwxyz", "klmnabcfghijpqrstuvw"


class Letters(NamedTuple):
    """The symbols for the indices of a row, of a column, and of sums from the outermost."""

    row: Places
    column: Places
    bound: tuple[sp.Symbol, ...]


def chosen(row: Places, column: Places, depth: int, taken: Collection[str]) -> Letters:
    """Return letters for the axes that have an index (one of a single entry has 0)."""
    used = set(taken)

    def free(alphabet: str, many: int) -> list[sp.Symbol]:
        letters = [letter for letter in alphabet if letter not in used][:many]
        number = 1
        while len(letters) < many:
            letter = f"{alphabet[0]}_{number}"
            letters += [letter] if letter not in used else []
            number += 1
        used.update(letters)
        return [sp.Symbol(letter, integer=True) for letter in letters]

    def for_places(places: Places, alphabet: str) -> Places:
        found = iter(free(alphabet, sum(place.is_Symbol for place in places)))
        return tuple(next(found) if place.is_Symbol else place for place in places)

    rows, columns = for_places(row, _OUTPUT), for_places(column, _INPUT)
    return Letters(rows, columns, tuple(free(_BOUND, depth)))


def depth(formula: sp.Basic) -> int:
    """Return how many bound indices stand inside one another at most."""
    own = len(formula.limits) if isinstance(formula, sp.Sum) else 0
    return own + max(map(depth, formula.args), default=0)


def with_bound(formula: sp.Basic, letters: Sequence[sp.Symbol]) -> sp.Basic:
    """Return a formula whose bound indices have letters, the outermost the first."""
    if not formula.args or not formula.has(sp.Sum):
        return formula
    if not isinstance(formula, sp.Sum):
        return formula.func(*(with_bound(part, letters) for part in formula.args))
    own = dict(zip((index for index, *_ in reversed(formula.limits)), letters, strict=False))
    body = with_bound(formula.function.xreplace(own), letters[len(own) :])
    return formula.func(body, *((own[index], *ends) for index, *ends in formula.limits))

"""Functions that move entries about: which axes they leave alone, and what becomes of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphdiff.language.expression import Expression
from graphdiff.language.functions.movement import Eye, Index, Key, Reshape, Scatter, Slice
from graphdiff.program.structured.draft import Draft, squeezed
from graphdiff.program.structured.order import multiplied
from graphdiff.program.structured.products import arranged, stretched
from graphdiff.program.structured.shared import Shared

ALL = Slice(None, None, None)

Move = Callable[[Expression, tuple[int, ...]], Expression]
"""What moves the last axes of an expression, whose first ones are of this shape."""


def moved(
    make: Shared, draft: Draft, low: int, high: int, new: tuple[int, ...], move: Move
) -> None:
    """Move the entries along some axes, which become others.

    The factors along these axes become one, with their other labels in front; an axis that is
    tied to another gets the identity matrix for a factor.
    """
    touched: list[int] = []
    for axis in range(low, high):
        label = draft.axes[axis]
        others = (*draft.basis, *draft.axes[:axis], *draft.axes[axis + 1 :])
        if draft.sizes[label] > 1 and label in others:
            loose = draft.fresh(draft.sizes[label])
            draft.append(make(Eye(draft.sizes[label])), (loose, label))
            draft.axes[axis] = label = loose
        touched.append(label)
    settled = [squeezed(make, *part) for part in draft.parts]
    carrying = [factor for factor in settled if set(factor.labels) & set(touched)]
    apart = tuple(sorted({x for f in carrying for x in f.labels} - set(touched)))
    gathered = multiplied(make, carrying, draft.sizes, (*apart, *touched))
    lead = tuple(draft.sizes[label] for label in apart)
    whole = arranged(make, gathered, (*apart, *touched))
    wide = stretched(make, whole, lead + tuple(draft.sizes[label] for label in touched))
    draft.parts = [(f.expression, f.labels) for f in settled if f not in carrying]
    labels = [draft.fresh(size) for size in new]
    draft.append(move(wide, lead), (*apart, *labels))
    draft.axes[low:high] = labels


def reshaped(make: Shared, draft: Draft, to: tuple[int, ...]) -> None:
    """Reshape: axes that are neither merged nor split stay as they are."""

    def move(new: tuple[int, ...]) -> Move:
        return lambda e, lead: make(Reshape(lead + new), e)

    old = tuple(draft.sizes[label] for label in draft.axes)
    for low, high, start, stop in reversed(groups(old, to)):
        new = to[start:stop]
        wide = [label for label in draft.axes[low:high] if draft.sizes[label] != 1]
        if [draft.sizes[label] for label in wide] == [size for size in new if size != 1]:
            kept = iter(wide)
            draft.axes[low:high] = [draft.fresh(1) if size == 1 else next(kept) for size in new]
        else:
            moved(make, draft, low, high, new, move(new))


def groups(old: tuple[int, ...], new: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Return the smallest runs of old and new axes with equally many entries.

    Examples
    --------
    >>> groups((2, 3, 4), (6, 2, 2))
    [(0, 2, 0, 1), (2, 3, 1, 3)]
    """
    found: list[tuple[int, int, int, int]] = []
    high = stop = 0
    while high < len(old) or stop < len(new):
        low, start = high, stop
        high, stop = min(high + 1, len(old)), min(stop + 1, len(new))
        while (before := math.prod(old[low:high])) != (after := math.prod(new[start:stop])):
            high, stop = (high + 1, stop) if before < after else (high, stop + 1)
        found.append((low, high, start, stop))
    return found


def chosen(make: Shared, draft: Draft, index: Index, shape: tuple[int, ...]) -> None:
    """Choose entries by a key; ``shape`` is that of what is chosen."""
    rank = len(draft.axes)
    low, behind, key = essential(index.key, rank)
    high, new = rank - behind, shape[low : len(shape) - behind]
    if all(part is None or part == ALL for part in key):
        old = iter(draft.axes[low:high])
        draft.axes[low:high] = [draft.fresh(1) if part is None else next(old) for part in key]
        return
    inner = tuple(draft.sizes[label] for label in draft.axes[low:high])

    def move(e: Expression, lead: tuple[int, ...]) -> Expression:
        if not is_awkward(key):
            return make(Index((ALL,) * len(lead) + key), e)
        flat = make(Reshape((*lead, math.prod(inner))), e)
        return make(Index((ALL,) * len(lead) + table(key, inner)), flat)

    moved(make, draft, low, high, new, move)


def scattered(make: Shared, draft: Draft, scatter: Scatter) -> None:
    """Put entries where a key says, into zeros."""
    low, behind, key = essential(scatter.key, len(scatter.to))
    inner = scatter.to[low : len(scatter.to) - behind]

    def move(e: Expression, lead: tuple[int, ...]) -> Expression:
        if not is_awkward(key):
            return make(Scatter((ALL,) * len(lead) + key, lead + inner), e)
        places = (ALL,) * len(lead) + table(key, inner)
        return make(Reshape(lead + inner), make(Scatter(places, (*lead, math.prod(inner))), e))

    moved(make, draft, low, len(draft.axes) - behind, inner, move)


def essential(key: Key, rank: int) -> tuple[int, int, Key]:
    """Return how many axes a key leaves alone in front and behind, and the key of the others."""
    consumed = sum(part is not None and part is not Ellipsis for part in key)
    whole = (ALL,) * (rank - consumed)
    place = key.index(Ellipsis) if Ellipsis in key else len(key)
    full: tuple[Any, ...] = (*key[:place], *whole, *key[place + 1 :])
    if is_awkward(full):
        return 0, 0, full
    low = next((k for k, part in enumerate(full) if part != ALL), len(full))
    behind = next((k for k, part in enumerate(reversed(full[low:])) if part != ALL), 0)
    return low, behind, full[low : len(full) - behind]


def is_awkward(key: Key) -> bool:
    """Whether NumPy puts the axes of a key's lists in front of all others."""
    lists = [isinstance(part, tuple) and not isinstance(part, Slice) for part in key]
    if not any(lists):
        return False
    places = [k for k, part in enumerate(key) if lists[k] or isinstance(part, int)]
    return places[-1] - places[0] + 1 > len(places)


def table(key: Key, shape: tuple[int, ...]) -> Key:
    """Return the key as a list of places in the flat array."""

    def nested(part: Any) -> Any:
        return tuple(map(nested, part)) if isinstance(part, list) else part

    return (nested(Index(key).table(shape).tolist()),)

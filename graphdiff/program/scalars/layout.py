"""Where every value of a grouped program stands, and what is computed together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphdiff.program.scalars.assembly import Assembly, Maps, assembled, is_in
from graphdiff.program.scalars.index_arrays import IndexArrays

Array = np.ndarray
ALONE = 4
"""As many rows of a level may each be a product with a row of their own."""
LEAST = 8
"""Entries of a row from which on it is worth a dense product."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Entries of long sums of one level, by row and what is in it; rows are places among them."""

    row: Array
    coefficient: Array
    a: Array
    b: Array

    def __len__(self) -> int:
        return len(self.row)

    def chosen(self, keep: Array) -> Entries:
        """Return some of the entries."""
        return Entries(self.row[keep], self.coefficient[keep], self.a[keep], self.b[keep])


@dataclass(frozen=True, eq=False)
class Level:
    """What is computed at one level: long sums, then maps.

    Attributes
    ----------
    sums
        The values that are long sums, in their order in the vector.
    dense
        How many rows each dense block has, and its entries, sorted by row and column.
    weighted
        Entries leaf·value, the leaf used nowhere else.
    own
        Entries coefficient·leaf, the leaf used nowhere else.
    pairs, linear
        Entries of values that are in the vector.
    """

    sums: Array
    dense: list[tuple[int, int, Entries]]
    weighted: Entries
    own: Entries
    pairs: Entries
    linear: Entries
    maps: list[Maps]


@dataclass(frozen=True, eq=False)
class Layout:
    """The vector of values, and the levels.

    Attributes
    ----------
    position
        The position of each value in the vector; −1 where it has none.
    shown
        The leaves that stand at the beginning of the vector.
    active
        Whether a value depends on one of ``wrt``.
    """

    assembly: Assembly
    position: Array
    shown: Array
    active: Array
    levels: list[Level]
    size: int


@dataclass(frozen=True, eq=False)
class Leveled:
    """A graph taken apart, with the level of each value, and whether it depends on ``wrt``."""

    assembly: Assembly
    level: Array
    active: Array


def leveled(network: IndexArrays) -> Leveled:
    """Take a graph apart and find the level of each value."""
    assembly = assembled(network)
    return Leveled(assembly, *_levels(network, assembly))


def laid_out(network: IndexArrays, parts: Leveled | None = None) -> Layout:
    """Return where each value of a graph stands; ``parts`` if it has been taken apart already."""
    parts = leveled(network) if parts is None else parts
    assembly, level, active = parts.assembly, parts.level, parts.active
    is_leaf = np.zeros(assembly.count, bool)
    is_leaf[network.leaves] = True
    weight = _weights(network, assembly, is_leaf)
    sums = assembly.sums
    shown = np.zeros(assembly.count, bool)
    for group in assembly.maps:
        shown[group.of.ravel()] = True
    first = weight[0]
    shown[sums.a[~first]] = True
    shown[sums.b[~weight[1] & (sums.b >= 0)]] = True
    shown &= is_leaf
    leaves = np.flatnonzero(shown)
    position = np.full(assembly.count, -1)
    position[leaves] = np.arange(len(leaves))
    # Weights stand first in their pair.
    swap = weight[1]
    a, b = np.where(swap, sums.b, sums.a), np.where(swap, sums.a, sums.b)
    is_weight = first | swap
    at = len(leaves)
    grouped_maps = _maps_by_level(assembly.maps, level)
    roots_level = level[assembly.roots]
    levels: list[Level] = []
    in_order = np.argsort(level[sums.row], kind="stable")
    bounds = np.searchsorted(level[sums.row][in_order], np.arange(int(level.max()) + 2))
    row_place = np.full(assembly.count, -1)
    for number in range(1, int(level.max()) + 1):
        rows = assembly.roots[roots_level == number] if len(assembly.roots) else assembly.roots
        entries = in_order[bounds[number] : bounds[number + 1]]
        row_place[rows] = np.arange(len(rows))
        given = Entries(
            row_place[sums.row[entries]], sums.coefficient[entries], a[entries], b[entries]
        )
        ordered, dense, rest = _dense(len(rows), given, is_weight[entries])
        rows = rows[ordered]
        position[rows] = at + np.arange(len(rows))
        at += len(rows)
        maps = grouped_maps.get(number, [])
        for group in maps:
            position[group.ids] = at + np.arange(len(group.ids))
            at += len(group.ids)
        levels.append(Level(rows, dense, *rest, maps))
    return Layout(assembly, position, leaves, active, levels, at)


def _levels(network: IndexArrays, assembly: Assembly) -> tuple[Array, Array]:
    """Return the level of each value, and whether it depends on one of ``wrt``."""
    targets, sources = [assembly.sums.row], [assembly.sums.a]
    paired = assembly.sums.b >= 0
    targets.append(assembly.sums.row[paired])
    sources.append(assembly.sums.b[paired])
    level = [0] * assembly.count
    for group in assembly.maps:
        width = group.of.shape[1]
        targets.append(np.repeat(group.ids, width))
        sources.append(group.of.ravel())
        if width == 0:
            for value in group.ids.tolist():
                level[value] = 1
    target, source = np.concatenate(targets), np.concatenate(sources)
    order = np.argsort(assembly.order[target], kind="stable")
    active = bytearray(assembly.count)
    for place in network.wrt_places.tolist():
        active[place] = 1
    for i, j in zip(target[order].tolist(), source[order].tolist(), strict=True):
        if level[j] >= level[i]:
            level[i] = level[j] + 1
        if active[j]:
            active[i] = 1
    return np.array(level), np.frombuffer(active, np.uint8).astype(bool)


def _weights(network: IndexArrays, assembly: Assembly, is_leaf: Array) -> tuple[Array, Array]:
    """Return which entries have a leaf that is used nowhere else: as a, and as b."""
    sums = assembly.sums
    paired = sums.b >= 0
    uses = np.bincount(sums.a, minlength=assembly.count)
    uses += np.bincount(sums.b[paired], minlength=assembly.count)
    for group in assembly.maps:
        uses += np.bincount(group.of.ravel(), minlength=assembly.count)
    own = is_leaf & (uses == 1)
    own[network.end] = False
    parameter = np.zeros(assembly.count, bool)
    parameter[[n.index - 1 for n in network.nodes if n.kind == "parameter"]] = True
    as_a, as_b = own[sums.a], own[sums.b] & paired
    # Of two such leaves the parameter is the weight, else the first.
    both = as_a & as_b
    second = both & parameter[sums.b] & ~parameter[sums.a]
    return as_a & ~second, as_b & (~as_a | second)


def _maps_by_level(maps: list[Maps], level: Array) -> dict[int, list[Maps]]:
    """Return the groups of each level: what has the same rule there."""
    found: dict[int, list[Maps]] = {}
    for group in maps:
        levels = level[group.ids]
        order = np.lexsort((group.ids, levels))
        starts = np.flatnonzero(np.diff(levels[order], prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
            part = order[start:end]
            here = Maps(group.rule, group.ids[part], group.of[part])
            found.setdefault(int(levels[part[0]]), []).append(here)
    return found


def _dense(
    count: int, given: Entries, is_weight: Array
) -> tuple[Array, list[tuple[int, int, Entries]], tuple[Entries, Entries, Entries, Entries]]:
    """Sort the entries of a level: dense blocks, and the four kinds of what remains.

    Returns the order of the rows, the blocks (first row, rows, entries), and the rest, whose
    rows are places in that order.
    """
    paired = given.b >= 0
    weighted = given.chosen(is_weight & paired)
    blocks = _blocks(count, weighted)
    ordered = np.arange(count)
    if blocks:
        inside = np.concatenate([rows for rows, _ in blocks])
        ordered = np.concatenate([inside, np.setdiff1d(ordered, inside)])
    place = np.empty(count, np.int64)
    place[ordered] = np.arange(count)

    def placed(entries: Entries) -> Entries:
        return Entries(place[entries.row], entries.coefficient, entries.a, entries.b)

    dense: list[tuple[int, int, Entries]] = []
    taken = np.zeros(len(weighted), bool)
    for rows, chosen in blocks:
        entries = placed(weighted.chosen(chosen))
        dense.append((int(place[rows[0]]), len(rows), entries))
        taken[chosen] = True
    rest = placed(weighted.chosen(~taken))
    rest = rest.chosen(np.lexsort((rest.a, rest.row)))
    others = [
        placed(given.chosen(kind))
        for kind in (is_weight & ~paired, ~is_weight & paired, ~is_weight & ~paired)
    ]
    sorted_others = [e.chosen(np.argsort(e.row, kind="stable")) for e in others]
    return ordered, dense, (rest, sorted_others[0], sorted_others[1], sorted_others[2])


def _blocks(count: int, weighted: Entries) -> list[tuple[Array, Array]]:
    """Return rows that have the same columns, each with its entries by row and column."""
    if not len(weighted):
        return []
    order = np.lexsort((weighted.b, weighted.row))
    rows, columns = weighted.row[order], weighted.b[order]
    plain = weighted.coefficient[order] == 1
    ends = np.searchsorted(rows, np.arange(count + 1))
    alike: dict[bytes, list[int]] = {}
    repeated = is_in(rows[1:][(rows[1:] == rows[:-1]) & (columns[1:] == columns[:-1])], count)
    scaled = is_in(rows[~plain], count)
    for row in np.flatnonzero(np.diff(ends) > 0).tolist():
        if not (repeated[row] or scaled[row]):
            alike.setdefault(columns[ends[row] : ends[row + 1]].tobytes(), []).append(row)
    found = []
    for same in alike.values():
        width = ends[same[0] + 1] - ends[same[0]]
        if width * len(same) >= 2 * LEAST and (len(same) > 1 or len(alike) <= ALONE):
            entries = np.concatenate([order[ends[row] : ends[row + 1]] for row in same])
            found.append((np.array(same), entries))
    return found

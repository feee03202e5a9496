"""All nodes of a graph taken apart into maps and sums, as arrays, and sums joined to longer ones.

A sum that is used once, as a term of another sum, becomes part of it: products that are
nodes of their own, and sums built up term by term over many nodes, are one long sum again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphdiff.program.scalars.decomposition import MANY, Key, MapOfParts, Rule, Terms, parts_of
from graphdiff.program.scalars.index_arrays import IndexArrays

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Maps:
    """Values that one rule computes: value ids[k] is rule(*of[k])."""

    rule: Rule
    ids: Array
    of: Array


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums as entries: value row[k] has the term coefficient[k]·a[k]·b[k], b < 0 for none."""

    row: Array
    coefficient: Array
    a: Array
    b: Array


@dataclass(frozen=True, eq=False)
class Assembly:
    """A graph as maps and sums of values; value k is node k, those beyond are parts of nodes.

    Attributes
    ----------
    count
        The number of values.
    roots
        The values that are long sums, in order.
    constant
        The constant term of each value that is a sum.
    order
        A topological order: arguments have a smaller number.
    """

    count: int
    maps: list[Maps]
    sums: Sums
    roots: Array
    constant: Array
    order: Array


class _Collected:
    """Sums collected as lists of arrays."""

    def __init__(self) -> None:
        self.rows: list[Array] = []
        self.coefficients: list[Array] = []
        self.a: list[Array] = []
        self.b: list[Array] = []
        self.constants: list[tuple[Array, float]] = []
        self.long: list[Array] = []

    def add(self, ids: Array, terms: Terms, of: Array) -> None:
        """Add sums of the same form; row k of ``of`` has what their references mean."""
        many = len(ids)
        if len(terms.linear):
            width = len(terms.linear)
            self.rows.append(np.repeat(ids, width))
            self.coefficients.append(np.tile(terms.linear, many))
            self.a.append(of[:, terms.linear_of].ravel())
            self.b.append(np.full(many * width, -1))
        if len(terms.pairs):
            width = len(terms.pairs)
            self.rows.append(np.repeat(ids, width))
            self.coefficients.append(np.tile(terms.pairs, many))
            self.a.append(of[:, terms.pairs_of[:, 0]].ravel())
            self.b.append(of[:, terms.pairs_of[:, 1]].ravel())
        if terms.constant:
            self.constants.append((ids, terms.constant))


def assembled(network: IndexArrays) -> Assembly:
    """Take a graph apart."""
    rules: dict[Key, Rule] = {}
    collected = _Collected()
    maps: dict[int, tuple[Rule, list[Array], list[Array]]] = {}
    count = len(network.nodes)
    orders: list[Array] = []
    for kind, nodes in network.by_kind():
        parts = parts_of(network.functions[kind], rules)
        ids, parents = network.needed[nodes], network.table(network.parents, kind, nodes)
        of = parents
        for number, part in enumerate(parts):
            if number == len(parts) - 1:
                values = ids
            else:
                values = np.arange(count, count + len(ids))
                count += len(ids)
                orders.append(ids - 1 + (number + 1) / (len(parts) + 1))
                # Part m is the reference −1 − m: a column from the right end.
                of = np.column_stack([of[:, : parents.shape[1]], values[:, None],
                                      of[:, parents.shape[1]:]])  # fmt: skip
            _collect(part, values, of, collected, maps)
    order = np.concatenate([np.arange(len(network.nodes), dtype=np.float64), *orders])
    return _joined(
        count, [Maps(rule, np.concatenate(i), np.concatenate(o)) for rule, i, o in maps.values()],
        collected, order, network,
    )  # fmt: skip


def _collect(
    part: MapOfParts,
    ids: Array,
    of: Array,
    collected: _Collected,
    maps: dict[int, tuple[Rule, list[Array], list[Array]]],
) -> None:
    if part.rule is None:
        assert part.terms is not None  # noqa: S101 - a map or a sum
        collected.add(ids, part.terms, of)
        collected.long.append(ids)
    else:
        _, all_ids, all_of = maps.setdefault(id(part.rule), (part.rule, [], []))
        all_ids.append(ids)
        all_of.append(of[:, part.of])


def _joined(
    count: int, maps: list[Maps], collected: _Collected, order: Array, network: IndexArrays
) -> Assembly:
    """Join sums that are used once in another sum to it, where a long one comes of it."""
    is_long = np.zeros(count, bool)
    for ids in collected.long:
        is_long[ids] = True
    short = [group for group in maps if group.rule.terms is not None]
    for group in short:
        assert group.rule.terms is not None  # noqa: S101 - just asked
        collected.add(group.ids, group.rule.terms, group.of)
    sums = _sums(collected)
    constant = np.zeros(count)
    for ids, value in collected.constants:
        constant[ids] = value
    root = _roots(sums, maps, network, count)
    is_root = np.zeros(count, bool)
    is_root[sums.row] = True
    is_root &= root[0] == np.arange(count)
    length = np.bincount(root[0][sums.row], minlength=count)
    is_root &= is_long | (length >= MANY)
    inside = is_root[root[0]] & is_in(sums.row, count)
    kept = inside[sums.row]
    # A term that is a sum joined to the same long one is no longer a term.
    linear = sums.b < 0
    joined = inside & (root[0] != np.arange(count))
    kept &= ~(linear & joined[sums.a])
    final_rows = root[0][sums.row[kept]]
    total = np.where(is_root, constant, 0.0)
    total += np.bincount(root[0][joined], (root[1] * constant)[joined], minlength=count)
    coefficients = sums.coefficient[kept] * root[1][sums.row[kept]]
    return Assembly(
        count,
        [kept_of(group, ~inside) for group in maps if not inside[group.ids].all()],
        Sums(final_rows, coefficients, sums.a[kept], sums.b[kept]),
        np.flatnonzero(is_root)[np.argsort(order[np.flatnonzero(is_root)], kind="stable")],
        total,
        order,
    )  # fmt: skip


def is_in(values: Array, count: int) -> Array:
    """Return which of 0 … count−1 stand among some values."""
    found = np.zeros(count, bool)
    found[values] = True
    return found


def kept_of(group: Maps, keep: Array) -> Maps:
    """Return the values of a group that are kept."""
    chosen = keep[group.ids]
    return group if chosen.all() else Maps(group.rule, group.ids[chosen], group.of[chosen])


def _sums(collected: _Collected) -> Sums:
    if not collected.rows:
        none = np.empty(0, np.int64)
        return Sums(none, np.empty(0), none, none)
    return Sums(
        np.concatenate(collected.rows),
        np.concatenate(collected.coefficients),
        np.concatenate(collected.a),
        np.concatenate(collected.b),
    )


def _roots(sums: Sums, maps: list[Maps], network: IndexArrays, count: int) -> tuple[Array, Array]:
    """Return the sum that each value is part of in the end, and with what coefficient."""
    uses = np.bincount(sums.a, minlength=count) + np.bincount(sums.b[sums.b >= 0], minlength=count)
    for group in maps:
        if group.rule.terms is None:
            uses += np.bincount(group.of.ravel(), minlength=count)
    may = is_in(sums.row, count) & (uses == 1)
    may[network.end] = False
    may[network.wrt_places] = False
    entry = np.flatnonzero((sums.b < 0) & may[sums.a])
    parent, coefficient = np.arange(count), np.ones(count)
    parent[sums.a[entry]] = sums.row[entry]
    coefficient[sums.a[entry]] = sums.coefficient[entry]
    while True:
        above = parent[parent]
        if np.array_equal(above, parent):
            return parent, coefficient
        coefficient = coefficient * coefficient[parent]
        parent = above

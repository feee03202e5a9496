"""Wide scalar graphs: alike nodes of one level are computed by a few NumPy calls.

All values stand in one vector, level by level, so that groups read and write slices of it.
Long sums of products are a dense matrix product where all rows have the same columns, and a
sparse one where not; the entries are read straight from the vector of leaves, and their
derivatives written straight to the gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from graphdiff.program.scalars import numeric
from graphdiff.program.scalars.assembly import Maps
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.layout import Entries, Layout, Level, Leveled, laid_out
from graphdiff.program.scalars.places import Places, Rows, Table, distinct

Array = np.ndarray
ONE = np.ones(1)


@dataclass(frozen=True, eq=False)
class State:
    """The vectors of one call: leaves, values, P of the values, the gradient, and what is kept."""

    x: Array
    v: Array
    p: Array
    g: Array
    kept: dict[int, Any]


class Group(Protocol):
    """What is computed together."""

    text: str

    def forward(self, s: State) -> None:
        """Compute the values."""
        ...

    def backward(self, s: State) -> None:
        """Pass P on to what the values were computed from."""
        ...


class Start:
    """The values of the sums of a level before terms are added: their constants."""

    def __init__(self, at: slice, constant: Array) -> None:
        self.at = at
        self.constant = constant if constant.any() else 0.0
        self.text = ""

    def forward(self, s: State) -> None:
        """Set the constants."""
        s.v[self.at] = self.constant

    def backward(self, s: State) -> None:
        """Pass on nothing."""


class Dense:
    """z += W x for a matrix of leaves that are used nowhere else."""

    def __init__(
        self, at: slice, weights: Array, columns: Array, wanted: Array, passes: bool
    ) -> None:
        self.at = at
        self.weights = Table(weights)
        self.columns = Places(columns)
        self.passes = passes
        self.wanted = _Wanted(wanted, Table)
        rows, width = weights.shape
        self.text = f"W({rows}×{width}) @ {_shown('v', self.columns)}"

    def forward(self, s: State) -> None:
        """Add the product."""
        W, x = self.weights.read(s.x), self.columns.read(s.v)
        s.kept[id(self)] = W, x
        s.v[self.at] += W @ x

    def backward(self, s: State) -> None:
        """x̄ += Wᵀ P, W̄ = P xᵀ."""
        W, x = s.kept[id(self)]
        P = s.p[self.at]
        if self.passes:
            self.columns.add(s.p, P @ W)
        if self.wanted.all:
            self.wanted.places.put_product(s.g, P[:, None], x)
        elif self.wanted.any:
            self.wanted.put(s.g, np.multiply(P[:, None], x))


class Sparse:
    """z += A x for a sparse matrix A: of numbers, or of numbers times leaves or values.

    Parameters
    ----------
    columns
        The places of x among the values; None where x = 1.
    factor
        The leaves or the values; None for numbers alone.
    passes
        Whether P goes on to x.
    """

    def __init__(
        self, at: slice, e: Entries, columns: Array | None, factor: _OfLeaves | _OfValues | None,
        text: str, *, passes: bool = True,
    ) -> None:  # fmt: skip
        self.at = at
        self.is_one = columns is None
        self.columns = np.zeros(len(e), np.int64) if columns is None else columns
        self.rows = Rows(e.row, self.columns, at.stop - at.start)
        self.scale = np.ascontiguousarray(e.coefficient, np.float64)
        self.scaled = factor is None or bool((self.scale != 1).any())
        self.factor = factor
        self.passes = passes and not self.is_one
        self.text = text

    def _x(self, s: State) -> Array:
        return ONE if self.is_one else s.v

    def forward(self, s: State) -> None:
        """Add the product."""
        data = self.scale
        if self.factor is not None:
            data = self.factor.read(s) * self.scale if self.scaled else self.factor.read(s)
        s.kept[id(self)] = data
        self.rows.add_product(data, self._x(s), s.v[self.at])

    def backward(self, s: State) -> None:
        """x̄ += Aᵀ P; what is a factor of an entry gets P of its row times x of its column."""
        data, P = s.kept[id(self)], s.p[self.at]
        if self.passes:
            self.rows.add_transposed(data, P, s.p)
        if self.factor is not None and self.factor.receives:
            x = self._x(s).take(self.columns)
            if self.scaled:
                x *= self.scale
            self.factor.give(s, x, P)


class _OfLeaves:
    """Leaves that are used nowhere else, one for each entry of a matrix."""

    def __init__(self, row: Array, leaves: Array, wanted: Array) -> None:
        self.row = row
        width = np.bincount(row)
        shape = (len(width), int(width[0])) if (width == width[0]).all() else None
        self.shape = shape
        self.leaves = Table(leaves.reshape(shape)) if shape else Places(leaves)
        self.wanted = _Wanted(wanted.reshape(shape), Table) if shape else _Wanted(wanted, Places)
        self.receives = self.wanted.any

    def read(self, s: State) -> Array:
        return self.leaves.read(s.x).ravel()

    def give(self, s: State, x: Array, P: Array) -> None:
        if self.shape is None:
            x *= P.take(self.row)
            self.wanted.put(s.g, x)
        elif self.wanted.all:
            self.wanted.places.put_product(s.g, P[:, None], x.reshape(self.shape))
        else:
            self.wanted.put(s.g, P[:, None] * x.reshape(self.shape))


class _OfValues:
    """Values, one for each entry of a matrix."""

    receives = True

    def __init__(self, row: Array, values: Array, count: int) -> None:
        self.values = np.asarray(values, np.int64)
        self.rows = Rows(row, values, count)

    def read(self, s: State) -> Array:
        return s.v.take(self.values)

    def give(self, s: State, x: Array, P: Array) -> None:
        self.rows.add_transposed(x, P, s.p)


class Map:
    """Values that one rule computes, entry by entry."""

    def __init__(self, at: slice, group: Maps, position: Array, active: Array) -> None:
        self.at = at
        rule = group.rule
        self.lines, self.output = rule.lines, rule.output
        self.inputs = rule.inputs()
        slots = tuple(k for k in range(rule.arity) if active[group.of[:, k]].any())
        back = rule.cotangents(slots)
        self.seed = rule.seed
        self.numbers = numeric.numbers(self.lines)
        self.program = numeric.steps(self.lines, [self.output])
        known = [self.output, *(line for _, line, _ in self.program)]
        self.back_program = numeric.steps(self.lines, back.values(), known)
        self.operands: list[Places | int] = []
        for k in range(rule.arity):
            of = position[group.of[:, k]]
            same = len(of) > 1 and bool((of == of[0]).all())
            self.operands.append(int(of[0]) if same else Places(of))
        self.back = [(self.operands[k], line) for k, line in back.items()]
        self.text = f"{_formula(self)}"

    def forward(self, s: State) -> None:
        """Compute the rule."""
        values = dict(self.numbers)
        for line, operand in zip(self.inputs, self.operands, strict=True):
            values[line] = s.v[operand] if isinstance(operand, int) else operand.read(s.v)
        numeric.run(self.program, values)
        s.v[self.at] = values[self.output]
        s.kept[id(self)] = values

    def backward(self, s: State) -> None:
        """Pass on P times each partial derivative."""
        if not self.back:
            return
        values = s.kept[id(self)]
        values[self.seed] = s.p[self.at]
        numeric.run(self.back_program, values)
        for operand, line in self.back:
            if isinstance(operand, int):
                s.p[operand] += values[line].sum()
            else:
                operand.add(s.p, values[line])


class _Wanted:
    """Where derivatives in leaves go in the gradient; −1 marks those not asked for."""

    def __init__(self, index: Array, kind: Callable[[Array], Any]) -> None:
        keep = index >= 0
        self.any = bool(keep.any())
        self.all = bool(keep.all())
        self.keep = None if self.all else keep
        self.places: Any = kind(index) if self.all else Places(index[keep])

    def put(self, gradient: Array, entries: Array) -> None:
        """Set the derivatives asked for."""
        if self.keep is None:
            gradient[self.places.index] = entries
        else:
            self.places.put(gradient, entries[self.keep])


@dataclass(frozen=True, eq=False)
class GroupedProgram:
    """A program of groups.

    Attributes
    ----------
    source
        One line for each group, in order.
    """

    groups: list[Group]
    backward: list[Group]
    source: str
    why: str
    shown: Places
    size: int
    end: int
    wrt: int
    direct: bool
    ends: list[tuple[Places, Places]]
    again: Array | None
    kind: str = field(default="grouped")

    def __call__(self, leaves: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient for the values of all leaves."""
        x = np.ascontiguousarray(leaves, np.float64)
        s = State(
            x, np.empty(self.size), np.zeros(self.size),
            np.empty(self.wrt) if self.direct else np.zeros(self.wrt), {},
        )  # fmt: skip
        with np.errstate(all="ignore"):
            s.v[: len(self.shown.index)] = self.shown.read(x)
            for group in self.groups:
                group.forward(s)
            s.p[self.end] = 1.0
            for group in self.backward:
                group.backward(s)
            for values, gradient in self.ends:
                gradient.put(s.g, values.read(s.p))
        gradient = s.g if self.again is None else s.g.take(self.again)
        return float(s.v[self.end]), gradient


def grouped_program(
    network: IndexArrays, why: str = "", parts: Leveled | None = None
) -> GroupedProgram:
    """Return a graph as a program of groups; ``parts`` if it has been taken apart already."""
    layout = laid_out(network, parts)
    # In the order of the graph, so that weights that follow each other are written as a matrix.
    wrt = distinct(network.wrt_places)
    wanted = np.full(layout.assembly.count, -1)
    wanted[wrt] = np.arange(len(wrt))
    leaf = np.full(layout.assembly.count, -1)
    leaf[network.leaves] = np.arange(len(network.leaves))
    groups: list[Group] = []
    source = [f"v[0:{len(layout.shown)}] = {_shown('leaves', Places(leaf[layout.shown]))}"]
    written = np.zeros(len(wrt), bool)
    for level in layout.levels:
        for at, part in _of_level(level, layout, leaf, wanted):
            groups += part
            text = " + ".join(group.text for group in part if group.text)
            source.append(f"v[{at.start}:{at.stop}] = {text or '0'}")
        for entries in (*(block[2] for block in level.dense), level.weighted, level.own):
            places = wanted[entries.a]
            written[places[places >= 0]] = True
    in_vector = wrt[layout.position[wrt] >= 0]
    ends = []
    if len(in_vector):
        ends.append((Places(layout.position[in_vector]), Places(wanted[in_vector])))
        written[wanted[in_vector]] = True
    again = [int(wanted[node.index - 1]) for node in network.wrt]
    return GroupedProgram(
        groups,
        [group for group in reversed(groups) if not isinstance(group, Start)],
        "\n".join([*source, f"value = v[{int(layout.position[network.end])}]"]) + "\n",
        why,
        Places(leaf[layout.shown]),
        layout.size,
        int(layout.position[network.end]),
        len(wrt),
        bool(written.all()),
        ends,
        None if again == list(range(len(wrt))) else np.array(again, np.int64),
    )


def _of_level(
    level: Level, layout: Layout, leaf: Array, wanted: Array
) -> list[tuple[slice, list[Group]]]:
    """Return the groups of a level, with where their values stand."""
    result: list[tuple[slice, list[Group]]] = []
    position, active = layout.position, layout.active
    if len(level.sums):
        start = int(position[level.sums[0]])
        at = slice(start, start + len(level.sums))
        groups: list[Group] = [Start(at, layout.assembly.constant[level.sums])]
        for first, count, e in level.dense:
            shape = count, -1
            columns = e.b[: len(e) // count]
            groups.append(
                Dense(
                    slice(start + first, start + first + count),
                    leaf[e.a].reshape(shape), position[columns], wanted[e.a].reshape(shape),
                    bool(active[columns].any()),
                )
            )  # fmt: skip
        e = level.weighted
        if len(e):
            here, e = _trimmed(start, e)
            leaves = _OfLeaves(e.row, leaf[e.a], wanted[e.a])
            text = f"A({here.stop - here.start} rows, {len(e)} entries, sparse) @ v"
            passes = bool(active[e.b].any())
            groups.append(Sparse(here, e, position[e.b], leaves, text, passes=passes))
        e = level.own
        if len(e):
            here, e = _trimmed(start, e)
            leaves = _OfLeaves(e.row, leaf[e.a], wanted[e.a])
            groups.append(Sparse(here, e, None, leaves, _shown("leaves", Places(leaf[e.a]))))
        e = level.pairs
        if len(e):
            values = _OfValues(e.row, position[e.a], len(level.sums))
            groups.append(Sparse(at, e, position[e.b], values, f"Σ v·v ({len(e)} pairs)"))
        e = level.linear
        if len(e):
            text = f"C({len(level.sums)} rows, {len(e)} numbers) @ v"
            groups.append(Sparse(at, e, position[e.a], None, text))
        result.append((at, groups))
    for group in level.maps:
        start = int(position[group.ids[0]])
        at = slice(start, start + len(group.ids))
        result.append((at, [Map(at, group, position, active)]))
    return result


def _trimmed(start: int, e: Entries) -> tuple[slice, Entries]:
    """Return where the rows of entries stand, from the first to the last, and the entries in it."""
    low, high = int(e.row.min()), int(e.row.max()) + 1
    return slice(start + low, start + high), replace(e, row=e.row - low)


def _shown(vector: str, places: Places) -> str:
    """Return how a list of places is written."""
    if places.key is None:
        return f"{vector}[{len(places.index)} places]"
    step = "" if places.key.step in (None, 1) else f":{places.key.step}"
    return f"{vector}[{places.key.start}:{places.key.stop}{step}]"


def _formula(group: Map) -> str:
    """Return the formula of a map, on the places it reads."""
    from graphdiff.program.naming import Naming
    from graphdiff.program.scalars.python import Printer, Reserved

    names = {
        line: f"v[{operand}]" if isinstance(operand, int) else _shown("v", operand)
        for line, operand in zip(group.inputs, group.operands, strict=True)
    }
    printer = Printer(group.lines, Naming(Reserved()), names, {})
    assignments = printer.assignments([group.output])
    text = printer.use(group.output)
    return f"{text} where {'; '.join(assignments)}" if assignments else text

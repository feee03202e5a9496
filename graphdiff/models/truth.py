"""Truth tables: Boolean functions as columns of truths, and what a graph makes of its inputs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.models.conventions import Convention
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table, few_lines
from graphdiff.workbench import Graph

MAX_INPUTS = 12
"""Inputs of a truth table, which has 2ⁿ rows."""

Truths = tuple[bool, ...]


@dataclass(frozen=True, repr=False)
class TruthTable(Shown):
    """What a graph puts out for every row of its inputs, 0…0 first, the last input fastest.

    Attributes
    ----------
    inputs, columns
        The names of the inputs, and of the nodes whose values follow them; the output is last.
    rows
        The inputs of each row and its values.
    convention
        How truth is written.
    """

    inputs: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    convention: Convention

    @property
    def outputs(self) -> tuple[Any, ...]:
        """The last column."""
        return tuple(row[-1] for row in self.rows)

    @property
    def truths(self) -> Truths:
        """The last column as truths.

        Raises
        ------
        GraphError
            If an output is neither true nor false.
        """
        return tuple(
            self.convention.read(output, f"the output in row {k}")
            for k, output in enumerate(self.outputs, 1)
        )

    def shown(self) -> Iterator[Table | str]:
        """Yield the rows."""
        columns = (*self.inputs, *self.columns)
        yield Table.of("", columns, self.rows, lambda row: tuple(map(text.number, row)))

    def __repr__(self) -> str:
        return few_lines(str(self))

    def __str__(self) -> str:
        heads = (*self.inputs, *self.columns)
        written = [[text.number(value) for value in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(heads, *written, strict=True)]
        lines = [_line(cells, widths, len(self.inputs)) for cells in (heads, *written)]
        rule = "-+-".join("-" * len(part) for part in lines[0].split(" | "))
        return "\n".join([lines[0], rule, *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int], inputs: int) -> str:
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
    return f"{'  '.join(padded[:inputs])} | {'  '.join(padded[inputs:])}"


def rows(inputs: int) -> tuple[Truths, ...]:
    """Return all rows of so many inputs, all false first."""
    return tuple(itertools.product((False, True), repeat=inputs))


def truth_table(graph: Graph, convention: Convention) -> TruthTable:
    """Sweep a graph exactly over all rows of its inputs, as samples.

    Raises
    ------
    GraphError
        For too many inputs, or one that is no scalar.
    """
    inputs = graph.inputs
    if len(inputs) > MAX_INPUTS:
        raise GraphError(
            f"{len(inputs)} inputs have 2^{len(inputs)} rows; give {MAX_INPUTS} or fewer"
        )
    for node in inputs:
        if node.shape:
            raise GraphError(
                f"the input {node.name!r} is no scalar; a truth table has one column each"
            )
    every = rows(len(inputs))
    given = np.array([[convention.written(truth) for truth in row] for row in every])
    run = graph.forward(dict(zip(inputs, given.T, strict=True)), exact=True)
    columns = tuple(node.name for node in graph if not node.is_leaf)
    found = [np.broadcast_to(np.asarray(run.value[name], object), len(every)) for name in columns]
    return TruthTable(
        tuple(node.name for node in inputs),
        columns,
        tuple(
            (*map(int, row), *(_plain(column[k]) for column in found))
            for k, row in enumerate(given)
        ),
        convention,
    )


def _plain(value: Any) -> Any:
    return int(value) if value == int(value) else value


def truths_of(table: Any) -> Truths:
    """Return a Boolean function as the column of its truths.

    Parameters
    ----------
    table
        2ⁿ outputs, 0/1 or truths, that of 0…0 first and the last input fastest; a truth table; or
        a Python function of n truths.

    Raises
    ------
    GraphError
        For another number of outputs, or one that is neither.
    """
    if isinstance(table, TruthTable):
        return table.truths
    if callable(table):
        return _tabulated(table)
    if isinstance(table, str) or not isinstance(table, Iterable):
        raise GraphError(f"{table!r:.60} is no truth table; give its outputs, such as [0, 1, 1, 0]")
    outputs = tuple(table)
    inputs = max(len(outputs), 1).bit_length() - 1
    if len(outputs) != 2**inputs or not inputs or inputs > MAX_INPUTS:
        raise GraphError(
            f"the truth table has {len(outputs)} outputs; n inputs have 2^n of them, and n is from "
            f"1 to {MAX_INPUTS}"
        )
    return tuple(_truth(output, row) for row, output in zip(rows(inputs), outputs, strict=True))


def _truth(output: Any, row: Truths) -> bool:
    if output not in (0, 1):
        shown = ", ".join(str(int(truth)) for truth in row)
        raise GraphError(f"the output for ({shown}) is {output!r:.40}; it must be 0 or 1")
    return bool(output)


def _tabulated(function: Callable[..., Any]) -> Truths:
    arity = getattr(getattr(function, "__code__", None), "co_argcount", 0)
    if not 1 <= arity <= MAX_INPUTS:
        raise GraphError(
            f"a Boolean function takes 1 to {MAX_INPUTS} named arguments, and this one {arity}"
        )
    return tuple(_truth(function(*row), row) for row in rows(arity))

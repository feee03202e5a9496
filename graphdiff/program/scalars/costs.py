"""What a call takes in each kind of program, estimated from what it consists of.

The seconds were fitted to measurements of the graphs in ``benchmarks/zoo.py``; what counts is how
the kinds compare. What depends on a node is computed once for each local function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.layout import Leveled
from graphdiff.program.scalars.periods import outside_runs
from graphdiff.program.scalars.places import distinct
from graphdiff.program.scalars.scalar_tape import CONDITIONS, Lines
from graphdiff.program.scalars.sequential import MAX_STATEMENTS

NANOSECONDS: Mapping[str, Mapping[str, float]] = {
    "floats": {
        "arithmetic": 22, "function": 65, "choice": 20, "edge": 25, "derivative": 200,
    },
    "sequential": {
        "call": 28_000, "leaf": 23, "node": 50, "arithmetic": 18, "function": 35, "choice": 40,
        "looked up": 575, "edge": 6.4,
        "alike": 7_000, "alike arithmetic": 480, "alike function": 500, "alike choice": 4_500,
        "alike term": 240, "alike slot": 1_500,
    },
    "grouped": {
        "call": 6_000, "leaf": 1, "map": 2_100, "operation": 1_500, "operand": 2_200,
        "operation on a value": 1.4, "sum": 7_200, "term": 1.3,
    },
}  # fmt: skip
"""For plain floats and values in order: each operation and edge of all nodes; ``alike`` is once for
all nodes of a local function. For groups: each group, and what it computes with."""
LEAST_OF_LEVEL = 6_000
"""Nanoseconds that a level of a grouped program takes at least."""


class Operations(NamedTuple):
    """How many operations there are, by how long they take."""

    arithmetic: int
    function: int
    choice: int


_ARITHMETIC = ("add", "sub", "mul", "div", "neg", "pow")
_CHOICES = ("where", "less", "less_equal", "greater", "greater_equal", "leaky_relu", "elu",
            "select", "relu", "abs", "max", "min", "sign", "step", *CONDITIONS)  # fmt: skip


def _counted(names: Iterable[str]) -> Operations:
    arithmetic = function = choice = 0
    for name in names:
        if name in _ARITHMETIC:
            arithmetic += 1
        elif name in _CHOICES:
            choice += 1
        elif name not in ("input", "number", "mark"):
            function += 1
    return Operations(arithmetic, function, choice)


def _of_function(function: LocalFunction) -> Operations:
    return _counted(
        line.function.name for line in function.program if not isinstance(line, Formal | Literal)
    )


def _of_lines(lines: Lines) -> int:
    return sum(_counted(line[0] for line in lines.lines))


@dataclass(frozen=True, eq=False)
class Counted:
    """How many nodes have each local function, and what the functions consist of.

    Attributes
    ----------
    nodes, operations
        The nodes and the operations of each function.
    terms, slots
        The arguments of all functions that are plain terms, whose partial is a number, and the
        others.
    """

    nodes: np.ndarray
    operations: np.ndarray
    terms: int
    slots: int


def counted(network: IndexArrays) -> Counted:
    """Return what the estimates of plain floats and of values in order are made of."""
    functions = network.functions
    terms = sum(len(_terms(function) or ()) for function in functions)
    return Counted(
        np.bincount(network.kinds, minlength=len(functions)),
        np.array([_of_function(function) for function in functions]).reshape(-1, 3),
        terms,
        sum(function.arity for function in functions) - terms,
    )


def _seconds(kind: str, **counts: float) -> float:
    costs = NANOSECONDS[kind]
    return 1e-9 * sum(costs[name.replace("_", " ")] * many for name, many in counts.items())


def of_floats(network: IndexArrays, graph: Counted) -> float:
    """Return the seconds of a call in plain Python."""
    total = Operations(*(graph.nodes @ graph.operations).tolist())
    return _seconds("floats", **total._asdict(), edge=network.edges, derivative=len(network.wrt))


def of_sequence(network: IndexArrays, graph: Counted) -> float:
    """Return the seconds of a call with one value after the other."""
    nodes = len(network.needed)
    many = nodes > MAX_STATEMENTS and outside_runs(network) > MAX_STATEMENTS
    total = Operations(*(graph.nodes @ graph.operations).tolist())
    alike = Operations(*graph.operations.sum(axis=0).tolist())
    return _seconds(
        "sequential",
        call=1, leaf=len(network.leaves), node=nodes, edge=network.edges, **total._asdict(),
        looked_up=nodes * many, alike=len(graph.nodes), alike_term=graph.terms,
        alike_slot=graph.slots,
        **{f"alike_{name}": number for name, number in alike._asdict().items()},
    )  # fmt: skip


def of_groups(network: IndexArrays, leveled: Leveled) -> float:
    """Return the seconds of a call with alike nodes together."""
    sums, level = leveled.assembly.sums, leveled.level
    groups = operations = operands = on_values = 0
    for group in leveled.assembly.maps:
        own = len(distinct(level[group.ids]))
        each = _of_lines(group.rule.lines)
        groups += own
        operations += own * each
        operands += own * group.of.shape[1]
        on_values += len(group.ids) * each
    matrices = len(distinct(2 * level[sums.row] + (sums.b >= 0)))
    return _seconds(
        "grouped",
        call=1, leaf=len(network.leaves), map=groups, operation=operations, operand=operands,
        operation_on_a_value=on_values, sum=matrices, term=len(sums.row),
    )  # fmt: skip


def least_of_groups(network: IndexArrays, enough: float = math.inf) -> float:
    """Return seconds that a call with alike nodes together takes at least, found quickly.

    A node is a level below its parents. Only a sum that one node uses, be it twice, may be joined
    to the sum it is a term of. Where it takes more than ``enough``, no more is found out.
    """
    terms = [_terms(function) for function in network.functions]
    many = len(network.nodes)
    children = np.repeat(np.arange(len(network.needed)), np.diff(network.ends))
    pairs = distinct(children * many + network.parents)
    uses = np.bincount(pairs % many, minlength=many)
    uses[network.end] = 2
    uses[network.wrt_places] = 2
    once = (uses == 1).tolist()
    level = [0] * many
    joins = [False] * many
    deepest, deep_enough = 0, 1e9 * enough / LEAST_OF_LEVEL
    for place, (kind, parents) in zip(
        network.needed.tolist(), network.each(network.parents), strict=True
    ):
        plain, highest = terms[kind], 0
        for slot, parent in enumerate(parents):
            below = level[parent] + (plain is None or not joins[parent] or slot not in plain)
            if below > highest:
                highest = below
        level[place] = highest
        joins[place] = plain is not None and once[place]
        if highest > deepest:
            deepest = highest
            if deepest > deep_enough:
                break
    return 1e-9 * LEAST_OF_LEVEL * deepest


def _terms(function: LocalFunction) -> set[int] | None:
    """Return the arguments that are terms of a function, None if it is no sum or product."""
    if _name(function.program[-1]) not in ("add", "sub", "neg", "mul"):
        return None
    found: set[int] = set()
    waiting = [len(function.program) - 1]
    while waiting:
        line: Any = function.program[waiting.pop()]
        if isinstance(line, Formal):
            found.add(line.slot)
        elif _name(line) in ("add", "sub", "neg") or (
            _name(line) == "mul"
            and any(isinstance(function.program[k], Literal) for k in line.lines)
        ):
            waiting += line.lines
    return found


def _name(line: Any) -> str:
    return "" if isinstance(line, Formal | Literal) else line.function.name

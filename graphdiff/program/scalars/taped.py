"""A scalar graph as one tape of float operations, for a compiled interpreter.

One operation after the other, each of earlier values: v = [leaves, numbers, operations]. The
program is data, so that nothing has to be compiled for a graph, however large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.program.jitted import check_numba
from graphdiff.program.scalars.decomposition import Rule, whole
from graphdiff.program.scalars.index_arrays import IndexArrays
from graphdiff.program.scalars.operations import CODE, OF_TWO

Array = np.ndarray
MAX_SHOWN = 10_000
"""Operations printed."""


@dataclass(frozen=True, eq=False)
class Tape:
    """Operations on a vector of values.

    Attributes
    ----------
    op, a, b
        The code of each operation, and where its operands stand; b = a where it has one.
    leaves, numbers
        How many leaves come first, and the numbers after them.
    value
        Where the value of each computed node stands.
    """

    op: Array
    a: Array
    b: Array
    leaves: int
    numbers: Array
    value: Array

    @property
    def start(self) -> int:
        """Where the first operation stands."""
        return self.leaves + len(self.numbers)


@dataclass(frozen=True, eq=False)
class TapedProgram:
    """A program that an interpreter runs."""

    network: IndexArrays
    tape: Tape
    why: str
    _wanted: Array
    kind: str = field(default="taped", init=False)

    def __call__(self, leaves: Array) -> tuple[float, Array]:
        """Return the value and the gradient for the values of all leaves."""
        from graphdiff.program.scalars.interpreter import backward, forward

        t = self.tape
        v = np.empty(t.start + len(t.op))
        v[: t.leaves] = leaves
        v[t.leaves : t.start] = t.numbers
        forward(t.op, t.a, t.b, v)
        if not len(self._wanted):
            return float(v[-1]), np.empty(0)
        P = np.zeros(len(v) + 1)
        P[len(v) - 1] = 1.0
        backward(t.op, t.a, t.b, v, P)
        return float(v[-1]), P[self._wanted]

    @property
    def source(self) -> str:
        """The tape as text, an operation a line."""
        return self._source

    @cached_property
    def _source(self) -> str:
        count = len(self.tape.op)
        lines = [f"# {count} operations, run forward and backward by one compiled interpreter"]
        lines += self._lines(min(count, MAX_SHOWN))
        if count > MAX_SHOWN:
            lines.append(f"# … and {count - MAX_SHOWN} more")
        return "\n".join(lines) + "\n"

    def _lines(self, count: int) -> Iterator[str]:
        t, nodes = self.tape, self.network.nodes
        names = {k: nodes[place].name for k, place in enumerate(self.network.leaves)}
        for place, at in zip(self.network.needed, t.value.tolist(), strict=True):
            names[at] = nodes[place].name
        for k, number in enumerate(t.numbers.tolist(), t.leaves):
            names[k] = repr(number)
        called = {code: name for name, code in CODE.items()}
        for k in range(count):
            used = [t.a[k], t.b[k]] if called[int(t.op[k])] in _SHOWN_WITH_TWO else [t.a[k]]
            operands = ", ".join(names.get(int(j), f"t{int(j)}") for j in used)
            at = t.start + k
            yield f"{names.get(at, f't{at}')} = {called[int(t.op[k])]}({operands})"


_SHOWN_WITH_TWO = {*OF_TWO, "fixed_pow"}


def taped_program(network: IndexArrays, why: str = "") -> TapedProgram:
    """Return a graph as a tape for the interpreter.

    Raises
    ------
    GraphError
        Where numba is missing, or a function has no operation on the tape.
    """
    check_numba()
    tape = _tape(network, [whole(function) for function in network.functions])
    number = network.number[network.wrt_places]
    wanted = np.where(number < 0, -1 - number, tape.value[np.maximum(number, 0)])
    nothing = tape.start + len(tape.op)
    apart = (number >= 0) & ~np.isin(network.wrt_places, network.needed)
    return TapedProgram(network, tape, why, np.where(apart, nothing, wanted))


@dataclass(frozen=True, eq=False)
class _Part:
    """The operations of one local function: codes, and operands by what they are."""

    codes: list[int]
    operands: list[tuple[tuple[str, Any], tuple[str, Any]]]


def _tape(network: IndexArrays, rules: list[Rule]) -> Tape:
    parts = [_part(rule) for rule in rules]
    numbers: dict[float, int] = {}
    for part in parts:
        for kind, number in (operand for pair in part.operands for operand in pair):
            if kind == "number":
                numbers.setdefault(number, len(numbers))
    leaves = len(network.leaves)
    start = leaves + len(numbers)
    sizes = np.array([len(part.codes) for part in parts], np.int64)[network.kinds]
    first = start + np.concatenate([[0], np.cumsum(sizes)])
    if first[-1] >= 2**31:
        raise GraphError(f"the graph has {first[-1]} operations; a tape has at most {2**31 - 1}")
    value = first[1:] - 1
    op = np.empty(int(first[-1]) - start, np.uint8)
    a, b = np.empty(len(op), np.int32), np.empty(len(op), np.int32)
    for kind, nodes in network.by_kind():
        part, table = parts[kind], network.table(network.arguments, kind, nodes)
        read = np.where(table < 0, -1 - table, value[np.maximum(table, 0)])

        def place(operand: tuple[str, Any], nodes: Array = nodes, read: Array = read) -> Any:
            """Return where an operand stands, for each of the nodes."""
            match operand:
                case "input", slot:
                    return read[:, slot]
                case "number", number:
                    return leaves + numbers[number]
                case _, before:
                    return first[nodes] + before

        for step, (code, (left, right)) in enumerate(zip(part.codes, part.operands, strict=True)):
            at = first[nodes] - start + step
            op[at], a[at], b[at] = code, place(left), place(right)
    return Tape(op, a, b, leaves, np.array(list(numbers), np.float64), value)


def _part(rule: Rule) -> _Part:
    lines = rule.lines
    codes: list[int] = []
    operands: list[tuple[tuple[str, Any], tuple[str, Any]]] = []
    where: dict[int, tuple[str, Any]] = {}
    for line in lines.needed([rule.output]):
        name, *_ = lines.lines[line]
        if name == "input":
            where[line] = "input", lines.lines[line][1]
            continue
        if name == "number":
            where[line] = "number", lines.lines[line][1]
            continue
        arguments = lines.arguments(line)
        if name == "mul" and arguments[0] == arguments[1]:
            name = "square"
        if name == "pow" and where[arguments[1]][0] == "number":
            name = "fixed_pow"
        if name not in CODE:
            called = lines.lines[line][1].name if name == "call" else "a choice between values"
            raise GraphError(
                f"jit=True has no operation for {called}; compile without it, which takes "
                "every function"
            )
        where[line] = "step", len(codes)
        codes.append(CODE[name])
        operands.append((where[arguments[0]], where[arguments[-1]]))
    if not codes or where[rule.output] != ("step", len(codes) - 1):
        codes.append(CODE["mark"])
        operands.append((where[rule.output], where[rule.output]))
    return _Part(codes, operands)
